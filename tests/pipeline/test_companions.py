import pytest

from media_catalog.pipeline import companions

FOLDER = b"""
a.jpg IMG_1.HEIC IMG_1.MOV IMG_2.CR2 IMG_2.JPG IMG_3.MP4 GX010001.MP4 GH010002.MP4 c(1).jpg c.jpg d.JPG
21b6f7ae-6e0f-4f9c-a6ef-7a2bd1234567.jpg notes.txt caf\xe9.jpg
""".split()
NAMES = companions.media_names(FOLDER)


@pytest.mark.parametrize(
    ("sidecar", "owner"),
    [
        (b"a.jpg.xmp", b"a.jpg"),
        (b"a.xmp", b"a.jpg"),
        (b"A.XMP", b"a.jpg"),
        (b"caf\xe9.jpg.xmp", b"caf\xe9.jpg"),
        (b"IMG_2.xmp", b"IMG_2.CR2"),  # written for the RAW file
        (b"IMG_2.JPG.xmp", b"IMG_2.JPG"),
        (b"IMG_1.AAE", b"IMG_1.HEIC"),
        (b"IMG_3.AAE", b"IMG_3.MP4"),
        (b"IMG_9.AAE", None),
        (b"notes.xmp", None),
        (b"IMG_3.THM", b"IMG_3.MP4"),
        (b"GL010001.LRV", b"GX010001.MP4"),
        (b"GL010002.LRV", b"GH010002.MP4"),
        (b"GL010003.LRV", None),
        (b"a.thm", None),  # a still has none
        (b"a.jpg.json", b"a.jpg"),
        (b"a.jpg.supplemental-metadata.json", b"a.jpg"),
        (b"a.jpg.supplemental-me.json", b"a.jpg"),
        (b"a.jpg.s.json", b"a.jpg"),
        (b"a.jpg..json", b"a.jpg"),
        (b"21b6f7ae-6e0f-4f9c-a6ef-7a2bd1234567.jpg.suppl.json", b"21b6f7ae-6e0f-4f9c-a6ef-7a2bd1234567.jpg"),
        (b"c.jpg(1).json", b"c(1).jpg"),
        (b"c.jpg.supplemental-metadata(1).json", b"c(1).jpg"),
        (b"c.jpg.json", b"c.jpg"),
        (b"c(1).jpg.json", b"c(1).jpg"),
        (b"c.jpg(2).json", None),
        (b"d.jpg.json", b"d.JPG"),
        (b"metadata.json", None),
        (b"a.jpg.other.json", None),
        (b"Picasa.ini", None),
    ],
)
def test_finds_the_owner_of_a_sidecar(sidecar, owner):
    assert companions.find(sidecar, NAMES) == owner


@pytest.mark.parametrize(
    ("name", "is_sidecar"),
    [
        (b"orphan.xmp", True),
        (b"IMG_9.AAE", True),
        (b"Picasa.ini", True),
        (b"a.jpg.json", True),
        (b"package.json", False),
        (b"IMG_3.THM", True),
        (b"IMG_9.THM", False),  # the only picture left of its video
        (b"GL010009.LRV", False),
        (b"a.jpg", False),
        (b"notes.txt", False),
    ],
)
def test_tells_sidecars_from_other_files(name, is_sidecar):
    assert companions.is_sidecar(name, NAMES) is is_sidecar
    assert companions.may_be_sidecar(name) or not is_sidecar
