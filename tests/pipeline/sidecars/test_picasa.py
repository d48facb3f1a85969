import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.sidecars import picasa
from media_catalog.pipeline.sidecars.facts import Facts, Unreadable

INI = """\
[Picasa]
name=Sommer
[Contacts2]
8e62398ebda8c1a5=Oma Erna;;
[.album:0a1b]
name=Best of 2009
token=0a1b
[IMG_0001.JPG]
star=yes
caption=Am Strand = schön
keywords=sea, sand,,sea
albums=0a1b,ffff
faces=rect64(3f845bcb59418507),8e62398ebda8c1a5;rect64(01),ffffffffffffffff
rotate=rotate(1)
[IMG_0002.JPG]
rotate=rotate(2)
"""


def test_reads_what_is_noted_about_a_picture():
    tags = picasa.parse(INI.encode())

    assert picasa.pictures(tags) == ("IMG_0001.JPG",)
    assert picasa.facts(tags, picture="IMG_0001.JPG") == Facts(
        description="Am Strand = schön",
        keywords=("sea", "sand"),
        people=("Oma Erna",),
        albums=("Best of 2009",),
        is_favourite=True,
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_reads_umlauts_of_new_and_old_versions(encoding):
    tags = picasa.parse("[Müller.jpg]\r\ncaption=schön\r\n".encode(encoding))

    assert picasa.facts(tags, picture="Müller.jpg").description == "schön"


def test_refuses_what_is_too_large():
    with pytest.raises(Unreadable):
        picasa.parse(bytes(picasa.SIZE_LIMIT + 1))


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_reads_any_bytes(data):
    tags = picasa.parse(b"[a.jpg]\nstar=yes\n" + data)

    for picture in picasa.pictures(tags):
        picasa.facts(tags, picture=picture)
