"""Place, words and people that a copy gets, read back by the real ExifTool."""

import hashlib
import os

import av
import pillow_heif
import pytest
from PIL import Image

from media_catalog.pipeline import archive, archive_about, archive_tags, probe
from media_catalog.pipeline.archive_about import About
from media_catalog.pipeline.archive_tags import Facts
from media_catalog.pipeline.exiftool import ExifTool, TagEdit
from media_catalog.pipeline.sidecars import xmp
from media_catalog.pipeline.sidecars.facts import Position

pillow_heif.register_heif_opener()

SYDNEY = Position(-33.8567844, 151.2152967, 4.5)
DEAD_SEA = Position(31.5, 35.4761234, -430.5)
CLIFFS = Position(52.9715, -9.4309, None)
TEXT = 'Oma & Opa am Strand 🏖,\nzweite Zeile: "Grüße"'
ABOUT = About(position=SYDNEY, description=TEXT, rating=4, people=("Oma Élise", "Bob"))
TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "tif": "image/tiff",
    "gif": "image/gif",
    "heic": "image/heic",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "bmp": "image/bmp",
    "avi": "video/x-msvideo",
    "mkv": "video/x-matroska",
}


@pytest.fixture(scope="module")
def tool():
    with ExifTool() as running:
        yield running


@pytest.fixture
def exported(tool, tmp_path):
    """Make a file with some tags, export it with what is known of it, and read what says so then."""

    def export(suffix="jpg", about=ABOUT, own=()):
        source = make(tmp_path / f"a.{suffix}")
        if own:
            tool.write(os.fsencode(source), own)
        mime_type = TYPES[suffix]
        edits = archive_tags.tag_edits(Facts(about=about), mime_type=mime_type, tags=read(tool, source))
        copy = archive.export_copy(
            os.fsencode(source),
            tmp_path / f"copy.{suffix}",
            expected_sha256=hashlib.sha256(source.read_bytes()).hexdigest(),
            mime_type=mime_type,
            edits=edits,
            exiftool=tool,
        )
        assert copy.tags_error is None
        return read(tool, copy.sidecar or tmp_path / f"copy.{suffix}")

    return export


def make(path):
    if not TYPES[path.suffix[1:]].startswith("video/"):
        Image.effect_noise((64, 48), 60).convert("RGB").save(path)
        return path
    with av.open(path, "w", format={"mkv": "matroska"}.get(path.suffix[1:])) as container:
        track = container.add_stream("mpeg4", rate=1, width=176, height=144, pix_fmt="yuv420p")
        container.mux(track.encode(av.VideoFrame(176, 144, "yuv420p")))
        container.mux(track.encode(None))
    return path


def read(tool, path):
    [reading] = tool.read([os.fsencode(path)])
    assert reading.error is None
    return reading.tags


def position(tags):
    known = probe.probe(tags, sniffed_mime=None)
    return known.gps_lat, known.gps_lon, known.gps_altitude_m


@pytest.mark.parametrize("suffix", TYPES)
def test_a_copy_says_where_what_and_whom_it_shows(exported, suffix):
    tags = exported(suffix)

    known = probe.probe(tags, sniffed_mime=None)
    assert position(tags) == pytest.approx(SYDNEY, abs=1e-6)
    assert (known.description, known.rating) == (TEXT, 4)
    assert tags["XMP:XMP-iptcExt:PersonInImage"] == ["Oma Élise", "Bob"]


@pytest.mark.parametrize("place", [SYDNEY, CLIFFS, Position(-0.0000004, 179.9999999, 0.0)])
@pytest.mark.parametrize("suffix", ["jpg", "mp4", "bmp"])
def test_every_quarter_of_the_world_reads_back(exported, suffix, place):
    assert position(exported(suffix, About(position=place)))[:2] == pytest.approx(place[:2], abs=1e-6)


@pytest.mark.parametrize("suffix", ["jpg", "mp4"])
def test_a_place_below_the_sea_stays_there(exported, suffix):
    assert position(exported(suffix, About(position=DEAD_SEA))) == pytest.approx(DEAD_SEA, abs=1e-6)


def test_what_the_file_says_is_never_replaced(exported):
    own = [
        *archive_about.edits(About(position=CLIFFS, rating=2), tags={}, is_movie=False),
        TagEdit(tag="IPTC:Caption-Abstract", value="Mine"),
        TagEdit(tag="XMP-iptcExt:PersonInImage", value="oma élise", op="+="),
    ]
    tags = exported(own=own)

    known = probe.probe(tags, sniffed_mime=None)
    assert position(tags)[:2] == pytest.approx(CLIFFS[:2], abs=1e-6)
    assert (known.description, known.rating) == ("Mine", 2)
    assert not [key for key in tags if key.endswith("Description")]
    assert xmp.facts(tags).people == ("oma élise", "Bob")


def test_what_a_camera_writes_for_nothing_is_left_beside_a_description(exported):
    own = [TagEdit(tag="EXIF:ImageDescription", value="OLYMPUS DIGITAL CAMERA")]
    tags = exported(about=About(description="Am Strand"), own=own)

    assert tags["EXIF:IFD0:ImageDescription"] == "OLYMPUS DIGITAL CAMERA"
    assert tags["XMP:XMP-dc:Description"] == "Am Strand"


@pytest.mark.parametrize(
    "about", [archive_about.NOTHING, About(description=" \t\r\n "), About(people=["", " "])]
)
def test_nothing_known_is_nothing_written(about):
    assert archive_about.edits(about, tags={}, is_movie=False) == []


def test_control_characters_do_not_reach_a_tag(exported):
    tags = exported(about=About(description="a\tb\r\nc\x00d", people=["A\tB\n C"]))

    assert tags["XMP:XMP-dc:Description"] == "a b\nc d"
    assert tags["XMP:XMP-iptcExt:PersonInImage"] == "A B C"


def test_a_sidecar_repeats_the_people_that_it_would_hide():
    tags = {"XMP:XMP-iptcExt:PersonInImage": ["Anna"]}
    edits = archive_about.edits(About(people=["Bob", "ANNA"]), tags=tags, is_movie=False)

    assert [edit.value for edit in archive_about.as_xmp(edits, tags=tags)] == ["Anna", "Bob"]
    assert archive_about.as_xmp([], tags=tags) == []


def test_the_same_in_xmp_twice_is_the_same():
    edits = archive_about.edits(ABOUT, tags={}, is_movie=False)
    once = archive_about.as_xmp(edits, tags={})

    assert archive_about.as_xmp(once, tags={}) == once
    assert TagEdit(tag="XMP-exif:GPSLatitude", value="-33.8567844") in once


def test_a_place_that_reads_back_elsewhere_is_not_believed():
    assert archive_about.is_same_place("48.137222 11.5 519", "48.1372221 11.5 519")
    assert not archive_about.is_same_place("48.1373 11.5 519", "48.1372221 11.5 519")
    assert not archive_about.is_same_place("48.1372221 11.5", "48.1372221 11.5 519")
    assert not archive_about.is_same_place("", "")
    assert not archive_about.is_same_place("N", "48")
