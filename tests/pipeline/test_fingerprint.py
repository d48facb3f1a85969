import contextlib
import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from media_catalog.pipeline import fingerprint
from media_catalog.pipeline.shared_buffer import SharedBuffer
from tests.pipeline.pictures import edit, save, scene

MIME_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "tif": "image/tiff",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "jp2": "image/jp2",
    "heic": "image/heic",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
EDITS = {
    "dates": ["-AllDates=2011:12:13 14:15:16", "-XMP:DateCreated=2011:12:13 14:15:16"],
    "texts": ["-XMP:Description=" + "long " * 2000, "-XMP:Subject+=family"],
    "orientation": ["-EXIF:Orientation#=6"],
}


@pytest.fixture
def buffer() -> Iterator[SharedBuffer]:
    with contextlib.closing(SharedBuffer()) as shared:
        yield shared


def data_hash(path: Path) -> str | None:
    return fingerprint.image_data_hash(os.fsencode(path), mime_type=MIME_TYPES[path.suffix[1:]])


@pytest.mark.parametrize("size", [0, 1, 4096, 5000, 3 << 20])
@pytest.mark.parametrize("keep_bytes_below", [0, 64 << 20])
def test_reads_and_hashes_in_one_go(tmp_path, buffer, size, keep_bytes_below):
    content = random.Random(size).randbytes(size)
    path = tmp_path / "x.bin"
    path.write_bytes(content)

    contents = fingerprint.read_and_hash(os.fsencode(path), buffer=buffer, keep_bytes_below=keep_bytes_below)

    with contents.file as file:
        assert os.pread(file.fileno(), size, 0) == content
    assert contents.sha256 == hashlib.sha256(content).hexdigest()
    assert contents.size_bytes == size
    assert contents.is_in_buffer == bool(keep_bytes_below)
    assert contents.mtime_ns == path.stat().st_mtime_ns
    if contents.is_in_buffer:
        assert os.pread(buffer.descriptor, size, 0) == content


def test_reads_a_name_that_is_not_utf8(tmp_path, buffer):
    path = os.fsencode(tmp_path) + b"/caf\xe9.jpg"
    Path(os.fsdecode(path)).write_bytes(b"x")

    contents = fingerprint.read_and_hash(path, buffer=buffer)

    with contents.file:
        assert contents.size_bytes == 1


def test_does_not_follow_what_has_become_a_link(tmp_path, buffer):
    (tmp_path / "real").write_bytes(b"secret")
    (tmp_path / "link").symlink_to("real")

    with pytest.raises(OSError, match="symbolic links"):
        fingerprint.read_and_hash(os.fsencode(tmp_path / "link"), buffer=buffer)


@pytest.mark.timeout(10)
def test_does_not_wait_for_what_has_become_a_fifo(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(fingerprint.NotARegularFile):
        fingerprint.read_head(os.fsencode(tmp_path / "pipe"))


@pytest.mark.parametrize(
    ("extension", "edits"),
    [
        (extension, edits)
        for extension in MIME_TYPES
        for edits in EDITS
        # ExifTool writes no BMP, and no EXIF orientation into these
        if extension != "bmp" and not (edits == "orientation" and extension in {"gif", "mp4", "mov", "jp2"})
    ],
)
def test_image_data_hash_survives_edits_of_metadata(tmp_path, extension, edits):
    path = save(tmp_path / f"a.{extension}", scene())
    before = data_hash(path)

    edit(path, *EDITS[edits])

    assert before is not None
    assert data_hash(path) == before


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tif", "gif", "heic", "avif", "mp4", "mov"])
def test_image_data_hash_survives_the_removal_of_all_metadata(tmp_path, extension):
    path = save(tmp_path / f"a.{extension}", scene())
    before = data_hash(path)
    edit(path, *EDITS["dates"], *EDITS["texts"])

    edit(path, "-all=")

    assert data_hash(path) == before


@pytest.mark.parametrize("extension", MIME_TYPES)
def test_image_data_hash_changes_with_the_picture(tmp_path, extension):
    picture = scene()
    path = save(tmp_path / f"a.{extension}", picture)
    before = data_hash(path)
    ImageDraw.Draw(picture).rectangle((10, 10, 40, 40), fill="red")

    assert data_hash(save(path, picture)) != before


@pytest.mark.parametrize("extension", MIME_TYPES)
def test_image_data_hash_needs_a_picture(tmp_path, extension):
    path = tmp_path / f"a.{extension}"
    path.write_bytes(b"This is no picture at all, whatever the name says." * 20)

    assert data_hash(path) is None


def test_image_data_hash_of_a_damaged_bit_differs(tmp_path):
    path = save(tmp_path / "a.jpg", scene())
    before = data_hash(path)
    content = bytearray(path.read_bytes())
    content[-500] ^= 1
    path.write_bytes(content)

    assert data_hash(path) != before


def test_a_truncated_jpeg_still_has_an_image_data_hash(tmp_path):
    path = save(tmp_path / "a.jpg", scene())
    whole = data_hash(path)
    path.write_bytes(path.read_bytes()[:-2000])

    truncated = data_hash(path)

    assert truncated is not None
    assert truncated != whole


def test_image_data_hash_ignores_what_follows_a_jpeg(tmp_path):
    path = save(tmp_path / "a.jpg", scene())
    before = data_hash(path)
    path.write_bytes(path.read_bytes() + b"video of a motion photo")

    assert data_hash(path) == before


def test_image_data_hash_sees_all_pages_of_a_tiff(tmp_path):
    path = tmp_path / "a.tif"
    scene().save(path, save_all=True, append_images=[scene(2)], compression="tiff_lzw")
    before = data_hash(path)
    scene().save(path, save_all=True, append_images=[scene(3)], compression="tiff_lzw")

    assert data_hash(path) != before


def test_image_data_hash_of_a_progressive_jpeg_covers_all_scans(tmp_path):
    path = tmp_path / "a.jpg"
    scene().save(path, progressive=True)
    before = data_hash(path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1  # in the last scan
    path.write_bytes(content)

    assert data_hash(path) != before


def test_has_no_image_data_hash_for_raw(tmp_path):
    path = tmp_path / "a.nef"
    path.write_bytes(b"II*\0")

    assert fingerprint.image_data_hash(os.fsencode(path), mime_type="image/x-nikon-nef") is None


def test_looks_the_same_after_resizing_and_compressing(tmp_path):
    picture = scene(size=(1600, 1200))
    copy = tmp_path / "copy.jpg"
    picture.resize((800, 600)).save(copy, quality=60)

    first = fingerprint.fingerprint(picture.resize((400, 300)))
    second = fingerprint.fingerprint(Image.open(copy).resize((400, 300)))

    assert first.phash is not None
    assert second.phash is not None
    assert (first.phash ^ second.phash).bit_count() <= 6


def test_looks_different_when_it_is_different():
    first, second = (fingerprint.fingerprint(scene(seed)).phash for seed in (1, 2))

    assert first is not None
    assert second is not None
    assert (first ^ second).bit_count() > 10


@pytest.mark.parametrize("colour", ["black", "white", "grey", "skyblue"])
def test_a_picture_of_one_colour_has_no_information_and_no_hash(colour):
    assert fingerprint.fingerprint(Image.new("RGB", (400, 300), colour)) == fingerprint.Fingerprint(
        phash=None, information=0.0
    )


def test_information_is_at_most_half_the_grey_scale():
    stripes = np.zeros((100, 100), dtype=np.uint8)
    stripes[:, ::2] = 255

    assert fingerprint.fingerprint(Image.fromarray(stripes).convert("RGB")).information == 127.5


def test_phash_is_an_unsigned_64_bit_number():
    assert all(
        (phash := fingerprint.fingerprint(scene(seed)).phash) is not None and 0 <= phash < 2**64
        for seed in range(20)
    )
