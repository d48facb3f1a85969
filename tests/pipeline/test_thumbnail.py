from pathlib import Path

import pytest
from PIL import Image

from media_catalog.pipeline import thumbnail
from media_catalog.pipeline.thumbnail import Decoded, DecodePolicy, Undecodable
from tests.pipeline.pictures import STORED_FOR, corner_names, corners, save_heic, save_video, stored_for

POLICY = DecodePolicy()


def decode(
    path: Path,
    mime_type: str,
    *,
    orientation: int = 1,
    policy: DecodePolicy = POLICY,
    is_in_memory: bool = True,
) -> Decoded:
    with path.open("rb") as file:
        return thumbnail.decode(
            memoryview(path.read_bytes()) if is_in_memory else file,
            mime_type=mime_type,
            orientation=orientation,
            policy=policy,
        )


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
def test_reads_an_open_file_as_well(tmp_path, name, mime_type):
    path = tmp_path / name
    corners((800, 600)).save(path)

    assert corner_names(decode(path, mime_type, is_in_memory=False).picture) == "RGBY"


def test_decodes_nothing_that_it_has_no_decoder_for(tmp_path):
    path = tmp_path / "a.svg"
    path.write_bytes(b"<svg/>")

    with pytest.raises(Undecodable, match="no decoder for image/svg"):
        decode(path, "image/svg+xml")


@pytest.mark.parametrize(
    ("name", "mime_type"),
    [
        ("a.jpg", "image/jpeg"),
        ("a.png", "image/png"),
        ("a.tif", "image/tiff"),
        ("a.avif", "image/avif"),
        ("a.heic", "image/heic"),
        ("a.mp4", "video/mp4"),
    ],
)
def test_gives_a_preview_as_large_as_is_wanted(tmp_path, name, mime_type):
    path = tmp_path / name
    picture = corners((2000, 1500))
    if name.endswith("heic"):
        save_heic(path, picture, thumbnail_px=320)
    elif name.endswith("mp4"):
        save_video(path, [picture] * 2)
    else:
        picture.save(path)

    decoded = decode(path, mime_type, policy=DecodePolicy(longest_px=1600))

    assert (decoded.picture.size, corner_names(decoded.picture)) == ((1600, 1200), "RGBY")
    assert (decoded.width_px, decoded.height_px) == (2000, 1500)


@pytest.mark.parametrize("is_in_memory", [True, False])
def test_refuses_a_picture_file_that_is_too_large_but_no_video(tmp_path, is_in_memory):
    policy = DecodePolicy(max_file_bytes=100)
    corners((800, 600)).save(tmp_path / "a.jpg")
    save_video(tmp_path / "a.mp4", [corners((320, 240))] * 3)

    with pytest.raises(Undecodable, match="picture file of 0 MB is larger than the limit"):
        decode(tmp_path / "a.jpg", "image/jpeg", policy=policy, is_in_memory=is_in_memory)
    assert decode(tmp_path / "a.mp4", "video/mp4", policy=policy, is_in_memory=is_in_memory).width_px == 320


def test_saves_a_picture_and_makes_its_folders(tmp_path):
    target = thumbnail.path_of("abcdef" + 58 * "0", folder=tmp_path / "thumbnails")

    thumbnail.save(b"a picture", target)

    assert target == tmp_path / "thumbnails/ab/cd" / f"abcdef{58 * '0'}.jpg"
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"a picture", 0o644)


def test_replaces_a_thumbnail_and_leaves_no_other_file(tmp_path):
    target = tmp_path / "a.jpg"
    target.write_bytes(b"half")

    thumbnail.save(b"whole", target)

    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]
    assert target.read_bytes() == b"whole"


def test_a_failed_save_leaves_nothing_behind(tmp_path):
    (tmp_path / "a.jpg").mkdir()

    with pytest.raises(IsADirectoryError):
        thumbnail.save(b"a picture", tmp_path / "a.jpg")

    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]
