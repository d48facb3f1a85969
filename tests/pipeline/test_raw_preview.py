import os
from collections.abc import Iterator

import pytest

from media_catalog.pipeline import raw_preview
from media_catalog.pipeline.exiftool import ExifTool
from tests.pipeline.pictures import save, save_raw, scene


@pytest.fixture
def exiftool() -> Iterator[ExifTool]:
    with ExifTool() as resident:
        yield resident


def tags_of(**sizes: int) -> dict[str, str]:
    return {
        f"EXIF:{name.replace('_', ':')}": f"(Binary data {size} bytes, use -b option to extract)"
        for name, size in sizes.items()
    }


@pytest.mark.parametrize(
    ("sizes", "order"),
    [
        ({}, []),
        ({"IFD1_ThumbnailImage": 8_000}, ["EXIF:IFD1:ThumbnailImage"]),
        (
            {"IFD1_ThumbnailImage": 8_000, "SubIFD_JpgFromRaw": 4_000_000, "IFD0_PreviewImage": 400_000},
            ["EXIF:IFD0:PreviewImage", "EXIF:SubIFD:JpgFromRaw", "EXIF:IFD1:ThumbnailImage"],
        ),
        (
            {"IFD0_PreviewImage": 9_000, "IFD1_ThumbnailImage": 20_000},
            ["EXIF:IFD1:ThumbnailImage", "EXIF:IFD0:PreviewImage"],
        ),
        ({"SubIFD_TileOffsets": 400_000}, []),
    ],
)
def test_prefers_the_smallest_preview_that_is_large_enough(sizes, order):
    assert raw_preview.by_fitness(tags_of(**sizes)) == order


def test_extracts_the_jpeg_of_a_save_raw(tmp_path, exiftool):
    preview = save(tmp_path / "preview.jpg", scene()).read_bytes()
    path = os.fsencode(save_raw(tmp_path / "a.rw2", preview))
    [reading] = exiftool.read([path])

    assert raw_preview.extract_preview(path, tags=reading.tags, exiftool=exiftool) == preview


def test_gives_nothing_that_is_no_jpeg(tmp_path, exiftool):
    path = os.fsencode(save_raw(tmp_path / "a.rw2", bytes(5_000)))
    [reading] = exiftool.read([path])

    assert raw_preview.extract_preview(path, tags=reading.tags, exiftool=exiftool) is None


def test_gives_nothing_for_a_file_that_is_gone(tmp_path, exiftool):
    path = os.fsencode(tmp_path / "a.rw2")

    assert raw_preview.extract_preview(path, tags=tags_of(IFD0_JpgFromRaw=50_000), exiftool=exiftool) is None
