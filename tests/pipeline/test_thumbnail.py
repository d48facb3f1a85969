import io
import os
from pathlib import Path

import pytest
from PIL import Image

from media_catalog.pipeline import thumbnail
from media_catalog.pipeline.thumbnail import Decoded, DecodePolicy, Undecodable
from tests.pipeline.pictures import STORED_FOR, corner_names, corners, save_heic, save_video, stored_for


def decode(
    path: Path,
    mime_type: str,
    *,
    orientation: int = 1,
    preview: bytes | None = None,
    is_content_kept: bool = True,
) -> Decoded:
    return thumbnail.decode(
        os.fsencode(path),
        data=path.read_bytes() if is_content_kept else None,
        mime_type=mime_type,
        orientation=orientation,
        policy=DecodePolicy(),
        raw_preview=lambda: preview,
    )


def jpeg_bytes(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.mark.parametrize("orientation", STORED_FOR)
@pytest.mark.parametrize(
    ("name", "mime_type"), [("a.jpg", "image/jpeg"), ("a.png", "image/png"), ("a.webp", "image/webp")]
)
def test_applies_the_exif_orientation_once(tmp_path, name, mime_type, orientation):
    path = tmp_path / name
    exif = Image.Exif()
    exif[0x112] = orientation
    stored_for(corners((800, 600)), orientation).save(path, exif=exif)

    decoded = decode(path, mime_type, orientation=orientation)

    assert corner_names(decoded.picture) == "RGBY"
    assert decoded.picture.size == (400, 300)
    assert (decoded.width_px, decoded.height_px) == (800, 600)


@pytest.mark.parametrize("orientation", STORED_FOR)
@pytest.mark.parametrize("mime_type", ["image/heic", "image/avif", "image/tiff"])
def test_applies_no_orientation_on_top_of_the_decoders(tmp_path, mime_type, orientation):
    path = tmp_path / f"a.{mime_type.split('/')[1]}"
    stored = stored_for(corners((800, 600)), orientation)
    exif = Image.Exif()
    exif[0x112] = orientation
    if mime_type == "image/heic":
        save_heic(path, stored, orientation=orientation)
    else:
        stored.save(path, exif=exif)

    decoded = decode(path, mime_type, orientation=orientation)

    assert corner_names(decoded.picture) == "RGBY"
    assert (decoded.width_px, decoded.height_px) == (800, 600)


def test_applies_no_orientation_to_a_video(tmp_path):
    path = save_video(tmp_path / "a.mp4", [corners((320, 240))] * 3)

    assert corner_names(decode(path, "video/mp4", orientation=6).picture) == "RGBY"


@pytest.mark.parametrize("orientation", STORED_FOR)
def test_turns_the_preview_of_a_raw_file_once(tmp_path, orientation):
    path = tmp_path / "a.nef"
    path.write_bytes(b"II*\0 sensor data")
    preview = jpeg_bytes(stored_for(corners((800, 600)), orientation))

    decoded = decode(path, "image/x-nikon-nef", orientation=orientation, preview=preview)

    assert corner_names(decoded.picture) == "RGBY"
    assert (decoded.width_px, decoded.height_px) == (800, 600)


def test_a_raw_file_without_preview_is_undecodable(tmp_path):
    path = tmp_path / "a.nef"
    path.write_bytes(b"II*\0 sensor data")

    with pytest.raises(Undecodable, match="without a preview"):
        decode(path, "image/x-nikon-nef")


def test_a_dng_without_preview_shows_its_first_picture(tmp_path):
    path = tmp_path / "a.dng"
    corners().save(path, "TIFF")

    assert corner_names(decode(path, "image/x-adobe-dng").picture) == "RGBY"


@pytest.mark.parametrize(("name", "mime_type"), [("a.jpg", "image/jpeg"), ("a.png", "image/png")])
def test_reads_the_file_itself_when_its_content_was_not_kept(tmp_path, name, mime_type):
    path = tmp_path / name
    corners((800, 600)).save(path)

    assert corner_names(decode(path, mime_type, is_content_kept=False).picture) == "RGBY"


def test_decodes_nothing_that_it_has_no_decoder_for(tmp_path):
    path = tmp_path / "a.svg"
    path.write_bytes(b"<svg/>")

    with pytest.raises(Undecodable, match="no decoder for image/svg"):
        decode(path, "image/svg+xml")


def test_saves_a_jpeg_and_makes_its_folders(tmp_path):
    target = thumbnail.path_of("abcdef" + 58 * "0", folder=tmp_path / "thumbnails")

    thumbnail.save_jpeg(corners(), target)

    assert target == tmp_path / "thumbnails/ab/cd" / f"abcdef{58 * '0'}.jpg"
    with Image.open(target) as saved:
        assert (saved.format, saved.size, corner_names(saved)) == ("JPEG", (80, 60), "RGBY")


def test_replaces_a_thumbnail_and_leaves_no_other_file(tmp_path):
    target = tmp_path / "a.jpg"
    target.write_bytes(b"half")

    thumbnail.save_jpeg(corners(), target)

    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]
    assert target.read_bytes().startswith(b"\xff\xd8")


def test_a_failed_save_leaves_nothing_behind(tmp_path):
    with pytest.raises(OSError, match="cannot write mode"):
        thumbnail.save_jpeg(Image.new("RGBA", (4, 4)), tmp_path / "a.jpg")

    assert list(tmp_path.iterdir()) == []
