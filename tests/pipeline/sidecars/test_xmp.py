from collections.abc import Iterator
from pathlib import Path

import pytest

from media_catalog.pipeline.exiftool import ExifTool
from media_catalog.pipeline.sidecars import xmp
from media_catalog.pipeline.sidecars.facts import Facts
from tests.pipeline import pictures


@pytest.fixture(scope="module")
def exiftool() -> Iterator[ExifTool]:
    with ExifTool() as resident:
        yield resident


@pytest.fixture
def written(tmp_path: Path, exiftool):
    """Write an XMP file with ExifTool and give what it says."""

    def write(*arguments: str):
        path = pictures.edit(tmp_path / "a.jpg.xmp", *arguments)
        [reading] = exiftool.read([bytes(path)])
        return xmp.facts(reading.tags)

    return write


@pytest.mark.parametrize(
    ("tag", "source", "weight"),
    [
        ("XMP-exif:DateTimeOriginal", "sidecar:XMP:DateTimeOriginal", 10),
        ("XMP-photoshop:DateCreated", "sidecar:XMP:DateCreated", 10),
        ("XMP-exif:DateTimeDigitized", "sidecar:XMP:DateTimeDigitized", 5),
        ("XMP-xmp:CreateDate", "sidecar:XMP:CreateDate", 3),
    ],
)
def test_dates_have_the_sidecar_as_their_source(written, tag, source, weight):
    [claim] = written(f"-{tag}=2009:08:07 06:05:04+02:00").claims

    assert (claim.source, claim.weight, claim.offset_minutes) == (source, weight, 120)
    assert claim.local.isoformat() == "2009-08-07T06:05:04"


def test_reads_words_place_and_rating(written):
    facts = written(
        "-XMP-dc:Subject=sea",
        "-XMP-dc:Subject=harbour",
        "-XMP-dc:Description=On the pier",
        "-XMP-xmp:Rating=4",
        "-XMP-exif:GPSLatitude=54.5",
        "-XMP-exif:GPSLongitude=-3.25",
    )

    assert (facts.keywords, facts.description, facts.rating) == (("sea", "harbour"), "On the pier", 4)
    assert (facts.position.lat, facts.position.lon) == (54.5, -3.25)
    assert facts.claims == ()


def test_knows_people_by_their_names_and_by_their_faces(written):
    facts = written(
        "-XMP-iptcExt:PersonInImage=Anna",
        "-XMP-mwg-rs:RegionInfo={RegionList=[{Name=Ben,Type=Face},{Name=Rex,Type=Pet},{Name=Anna,Type=Face}]}",
    )

    assert facts.people == ("Anna", "Ben")


def test_says_nothing_where_nothing_stands():
    assert xmp.facts({}) == Facts()
