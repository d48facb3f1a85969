import pytest

from media_catalog.pipeline.sidecars import companions

FOLDER = "a.jpg IMG_1.HEIC IMG_1.MOV IMG_2.CR2 IMG_2.JPG IMG_3.MP4 GX010001.MP4 GH010002.MP4 notes.txt é.jpg"
NAMES = companions.media_names([*FOLDER.encode().split(), b"caf\xe9.jpg"])


@pytest.mark.parametrize(
    ("sidecar", "owner"),
    [
        (b"a.jpg.xmp", b"a.jpg"),
        (b"a.xmp", b"a.jpg"),
        (b"A.XMP", b"a.jpg"),
        (b"caf\xe9.jpg.xmp", b"caf\xe9.jpg"),
        ("e\u0301.jpg.xmp".encode(), "é.jpg".encode()),  # the accent apart, as macOS has it
        (b"IMG_2.xmp", b"IMG_2.CR2"),  # written for the RAW file
        (b"IMG_2.JPG.xmp", b"IMG_2.JPG"),
        (b"IMG_1.AAE", b"IMG_1.HEIC"),
        (b"IMG_O1.AAE", b"IMG_1.HEIC"),
        (b"IMG_3.AAE", b"IMG_3.MP4"),
        (b"IMG_9.AAE", None),
        (b"notes.xmp", None),
        (b"IMG_3.THM", b"IMG_3.MP4"),
        (b"GL010001.LRV", b"GX010001.MP4"),
        (b"GL010002.LRV", b"GH010002.MP4"),
        (b"GL010003.LRV", None),
        (b"a.thm", None),  # a still has none
        (b"a.jpg.json", None),  # told by its content
        (b"Picasa.ini", None),  # about the whole folder
    ],
)
def test_finds_the_owner_of_a_sidecar(sidecar, owner):
    found = companions.find(sidecar, NAMES)

    assert (found.name if found else None) == owner


@pytest.mark.parametrize(
    ("name", "is_certain"),
    [
        (b"orphan.xmp", True),
        (b"IMG_9.AAE", True),
        (b"Picasa.ini", True),
        (b".picasa.ini", True),
        (b"package.json", False),
        (b"IMG_9.THM", False),  # the only picture left of its video
        (b"a.jpg", False),
    ],
)
def test_tells_what_is_a_sidecar_whatever_lies_beside_it(name, is_certain):
    assert companions.is_certain(name) is is_certain
