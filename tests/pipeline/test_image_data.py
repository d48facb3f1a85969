import io
from pathlib import Path

import pytest
from PIL import Image

from media_catalog.pipeline import image_data, jpeg_data
from tests.pipeline.pictures import edit, noise, save, scene

MIME_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "gif": "image/gif",
    "tif": "image/tiff",
    "heic": "image/heic",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}


def mark(path: Path) -> str | None:
    content = memoryview(path.read_bytes())
    return image_data.content_mark(content, mime_type=MIME_TYPES[path.suffix[1:]])


def jpeg(picture: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", **options)
    return buffer.getvalue()


def of_jpeg(content: bytes) -> str | None:
    return image_data.content_mark(memoryview(content), mime_type="image/jpeg")


@pytest.mark.parametrize("extension", MIME_TYPES)
def test_the_mark_survives_edits_of_metadata_and_changes_with_the_picture(tmp_path, extension):
    path = save(tmp_path / f"a.{extension}", noise(1))
    before = mark(path)
    other = save(tmp_path / f"b.{extension}", noise(2))

    edit(path, "-XMP-dc:Description=" + "much to say " * 500, "-Rating=3")

    assert before
    assert mark(path) == before
    assert mark(other) != before


@pytest.mark.parametrize("extension", MIME_TYPES)
def test_the_mark_is_the_same_for_an_open_file(tmp_path, extension):
    path = save(tmp_path / f"a.{extension}", scene())

    with path.open("rb") as source:
        assert image_data.content_mark(source, mime_type=MIME_TYPES[extension]) == mark(path)


@pytest.mark.parametrize("place", [0.2, 0.5, 0.9])
def test_the_mark_sees_a_damaged_bit(place):
    content = bytearray(jpeg(noise(size=(1600, 1200)), quality=95))
    before = of_jpeg(bytes(content))
    at = int(len(content) * place)
    content[at] ^= 1 if content[at] not in (0xFE, 0xFF) else 0

    assert len(content) > 4 * jpeg_data.BLOCK_BYTES
    assert of_jpeg(bytes(content)) != before


def test_the_mark_sees_where_a_picture_is_cut_off():
    content = jpeg(noise(), quality=95)

    assert len({of_jpeg(content), of_jpeg(content[:-1000]), of_jpeg(content[:-1001])}) == 3


def test_nothing_is_marked_beyond_the_limits(tmp_path, monkeypatch):
    path = save(tmp_path / "a.png", noise())
    monkeypatch.setattr(image_data, "MOST_BYTES_AT_LEAST", 0)
    monkeypatch.setattr(image_data, "MOST_TIMES_ITS_SIZE", 0.5)

    assert mark(path) is None


@pytest.mark.parametrize(("name", "value"), [("MOST_PACKETS", 3), ("MOST_TIMES_ITS_SIZE", 0)])
def test_a_video_of_endless_packets_has_no_mark(tmp_path, monkeypatch, name, value):
    path = save(tmp_path / "a.mp4", scene())
    monkeypatch.setattr(image_data, name, value)

    assert mark(path) is None


@pytest.mark.parametrize("shift", range(-3, 4))
def test_the_end_of_a_jpeg_is_found_at_every_border(shift):
    head = jpeg_data.START + b"\xff\xda\x00\x02"
    body = bytes(jpeg_data.BLOCK_BYTES - len(head) + len(jpeg_data.START) + shift)

    parts = jpeg_data.parts(memoryview(head + body + b"\xff\xd9" + b"trailer \xff\xd9"))

    assert b"".join(parts) == head[len(jpeg_data.START) :] + body


def test_a_jpeg_without_an_end_goes_to_the_end_of_the_file():
    content = jpeg(noise())
    cut = content[: len(content) // 2]

    assert cut.endswith(b"".join(jpeg_data.parts(memoryview(cut)))[-5000:])


@pytest.mark.parametrize("content", [b"", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"GIF89a", jpeg(scene())[:300]])
def test_without_a_scan_there_is_no_picture(content):
    with pytest.raises(jpeg_data.NoScan):
        list(jpeg_data.parts(memoryview(content)))
