import io

import pytest

from media_catalog.pipeline.decoders import integrity


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


FILE = box(b"ftyp", b"isom") + box(b"moov", bytes(100)) + box(b"mdat", bytes(1000))
LARGE = box(b"ftyp", b"isom") + b"\0\0\0\1mdat" + (16 + 1000).to_bytes(8, "big") + bytes(1000)


@pytest.mark.parametrize(
    ("content", "damage"),
    [
        (FILE, None),
        (FILE[:-1], "picture data is cut off"),
        (FILE[:60], "picture data is cut off"),
        (LARGE, None),
        (LARGE[:-1], "picture data is cut off"),
        (box(b"ftyp", b"isom") + b"\0\0\0\0mdat" + bytes(50), None),  # up to the end, however long
        (FILE + b"SEFT trailer of a phone", None),
        (FILE + box(b"sefd", bytes(10))[:-3], None),  # a vendor's box may lie
        (FILE + bytes(64), None),
        (b"", None),
        (b"no boxes here", None),
    ],
)
def test_finds_files_that_end_before_their_last_box(content, damage):
    assert integrity.find_damage(io.BytesIO(content), file_format="MP4") == damage


def test_ends_on_boxes_without_number():
    assert integrity.find_damage(io.BytesIO(box(b"free") * 50_000), file_format="MP4") is None
