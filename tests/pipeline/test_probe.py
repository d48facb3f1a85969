"""What a file is: type, size as displayed, camera, place, words."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from media_catalog.pipeline import probe
from media_catalog.pipeline.probe import Kind
from tests import tagging

PICTURE = {"File:MIMEType": "image/jpeg", "File:FileTypeExtension": "JPG"}
PARIS = {
    "EXIF:GPS:GPSLatitude": 48.858,
    "EXIF:GPS:GPSLatitudeRef": "N",
    "EXIF:GPS:GPSLongitude": 2.292,
    "EXIF:GPS:GPSLongitudeRef": "E",
}


def read_tags(path: Path) -> dict[str, Any]:
    tags: dict[str, Any] = json.loads(tagging.run("-j", "-G0:1", "-n", path))[0]
    return tags


def see(tags, sniffed_mime=None):
    return probe.probe(tags, sniffed_mime=sniffed_mime)


def test_the_content_decides_the_type_whatever_the_name_says(tmp_path):
    path = tmp_path / "holiday.jpg"
    Image.new("RGB", (16, 12)).save(path, format="PNG")

    facts = see(read_tags(path), "image/png")

    assert (facts.mime_type, facts.extension, facts.kind) == ("image/png", "png", Kind.IMAGE)


@pytest.mark.parametrize(
    ("told", "sniffed", "expected"),
    [
        ("image/x-canon-cr2", "image/tiff", (Kind.RAW, "image/x-canon-cr2")),
        ("image/heic", "image/heif", (Kind.IMAGE, "image/heic")),
        ("image/mpo", "image/jpeg", (Kind.IMAGE, "image/jpeg")),
        ("image/apng", "image/png", (Kind.IMAGE, "image/png")),
        ("video/m2ts", "video/mp2t", (Kind.VIDEO, "video/m2ts")),
        ("application/rdf+xml", "text/xml", (Kind.SIDECAR, "application/rdf+xml")),
        ("text/plain", "image/jpeg", (Kind.IMAGE, "image/jpeg")),
        (None, "image/png", (Kind.IMAGE, "image/png")),
        ("application/pdf", "application/pdf", (Kind.OTHER, "application/pdf")),
        (None, None, (Kind.OTHER, None)),
    ],
)
def test_exiftool_tells_the_type_and_the_bytes_fill_in(told, sniffed, expected):
    facts = see({"File:MIMEType": told} if told else {}, sniffed)

    assert (facts.kind, facts.mime_type) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (PARIS, (48.858, 2.292)),
        (PARIS | {"EXIF:GPS:GPSLatitudeRef": "S", "EXIF:GPS:GPSLongitudeRef": "W"}, (-48.858, -2.292)),
        (PARIS | {"EXIF:GPS:GPSLatitude": 0.0}, (0.0, 2.292)),  # on the equator
        (PARIS | {"EXIF:GPS:GPSLatitude": 0, "EXIF:GPS:GPSLongitude": 0}, (None, None)),
        (PARIS | {"EXIF:GPS:GPSLatitude": 91}, (None, None)),
        (PARIS | {"EXIF:GPS:GPSLongitude": 180.5}, (None, None)),
        (PARIS | {"EXIF:GPS:GPSLongitude": "undef"}, (None, None)),
        (PARIS | {"EXIF:GPS:GPSLongitude": "nan"}, (None, None)),
        (PARIS | {"EXIF:GPS:GPSLongitudeRef": ""}, (None, None)),
        ({"EXIF:GPS:GPSLatitude": 48.858, "EXIF:GPS:GPSLatitudeRef": "N"}, (None, None)),
        ({"QuickTime:Keys:GPSCoordinates": "32.0929 34.862 28.516"}, (32.0929, 34.862)),
        ({"QuickTime:UserData:GPSCoordinates": "51.4169 -0.0806"}, (51.4169, -0.0806)),
        ({"QuickTime:Keys:GPSCoordinates": "51.4169"}, (None, None)),
        ({"XMP:XMP-exif:GPSLatitude": 37.77, "XMP:XMP-exif:GPSLongitude": -122.42}, (37.77, -122.42)),
    ],
)
def test_a_position_is_complete_and_on_earth_or_none(tags, expected):
    facts = see(PICTURE | tags)

    assert (facts.gps_lat, facts.gps_lon) == expected


@pytest.mark.parametrize(
    ("altitude", "reference", "expected"), [(35.5, 0, 35.5), (400, 1, -400), (1e9, 0, None), ("inf", 0, None)]
)
def test_altitude_has_a_sign_and_a_limit(altitude, reference, expected):
    tags = {"EXIF:GPS:GPSAltitude": altitude, "EXIF:GPS:GPSAltitudeRef": reference}

    assert see(PARIS | tags).gps_altitude_m == expected


def test_camera_program_and_serial_are_clean_single_lines():
    facts = see(
        {
            "EXIF:IFD0:Make": " Canon\0\0 ",
            "EXIF:IFD0:Model": 610,
            "EXIF:IFD0:Software": "Ver. 1\n2\x07",
            "MakerNotes:Canon:SerialNumber": "0460112345",
        }
    )

    assert (facts.camera_make, facts.camera_model) == ("Canon", "610")
    assert (facts.software, facts.camera_serial) == ("Ver. 1 2", "0460112345")


def test_a_video_names_its_camera_in_its_own_way():
    facts = see({"QuickTime:Keys:Make": "Apple", "QuickTime:Keys:Model": "iPhone 6", "EXIF:IFD0:Make": ""})

    assert (facts.camera_make, facts.camera_model) == ("Apple", "iPhone 6")


def test_names_are_cut_at_a_hundred_characters_after_cleaning():
    facts = see({"EXIF:IFD0:Make": "\0" + "x" * 300, "EXIF:ExifIFD:SerialNumber": "0000"})

    assert facts.camera_make is not None
    assert len(facts.camera_make) == 100
    assert facts.camera_serial is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"EXIF:IFD0:ImageDescription": "OLYMPUS DIGITAL CAMERA         "}, None),
        ({"EXIF:IFD0:ImageDescription": "SONY DSC"}, None),
        ({"EXIF:IFD0:ImageDescription": "   "}, None),
        ({"EXIF:IFD0:ImageDescription": "Oma in Island"}, "Oma in Island"),
        ({"IPTC:Caption-Abstract": "two\r\nlines"}, "two\nlines"),
        ({"EXIF:IFD0:ImageDescription": "old", "XMP:XMP-dc:Description": "new"}, "new"),
    ],
)
def test_a_description_is_what_somebody_wrote(tags, expected):
    assert see(tags).description == expected


@pytest.mark.parametrize(
    ("rating", "expected"), [(5, 5), ("3", 3), (-1, -1), (0, None), (99, None), (2.5, None)]
)
def test_a_rating_is_one_to_five_or_rejected(rating, expected):
    assert see({"XMP:XMP-xmp:Rating": rating}).rating == expected


def test_keywords_come_from_everywhere_once():
    facts = see(
        {
            "XMP:XMP-dc:Subject": ["Ski trip", "Oma", 2015],
            "IPTC:Keywords": "Oma",
            "EXIF:IFD0:XPKeywords": "Schnee; Oma;",
        }
    )

    assert facts.keywords == ("Ski trip", "Oma", "2015", "Schnee")


@pytest.mark.parametrize(
    "key",
    [
        "QuickTime:Keys:ContentIdentifier",
        "MakerNotes:Apple:MediaGroupUUID",
        "MakerNotes:Apple:ContentIdentifier",
    ],
)
def test_both_halves_of_a_live_photo_carry_one_identifier(key):
    identifier = "570F1469-09C7-4E50-9875-05F21D5BD166"

    assert see({key: identifier}).content_identifier == identifier


def test_stored_tags_are_json_that_any_database_takes():
    stored = probe.clean_tags(
        {
            "SourceFile": "/home/x/a.jpg",
            "File:System:FileName": "a.jpg",
            "EXIF:IFD0:Make": "Canon\0",
            "EXIF:ExifIFD:FNumber": math.nan,
            "EXIF:ExifIFD:ISO": math.inf,
            "XMP:XMP-dc:Subject": ["a\0", {"b\x01": ["c\ud800", 1.5, None, True]}],
            "PNG:Comment": "x" * 5000,
            "MakerNotes:Blob": b"\xff\x00z",
        }
    )

    assert stored == {
        "EXIF:IFD0:Make": "Canon",
        "EXIF:ExifIFD:FNumber": None,
        "EXIF:ExifIFD:ISO": None,
        "XMP:XMP-dc:Subject": ["a", {"b": ["c", 1.5, None, True]}],
        "PNG:Comment": "x" * 2000,
        "MakerNotes:Blob": "\ufffdz",
    }


def test_deep_and_long_values_are_cut():
    deep: Any = "x"
    for _ in range(50):
        deep = [deep]

    stored = probe.clean_tags({"a": deep, "b": list(range(10_000))})

    assert len(json.dumps(stored["a"])) < 100
    assert len(stored["b"]) == 500


def test_all_that_is_stored_of_one_file_is_bounded():
    many = {f"XMP:{number}": ["long text " * 100] * 400 for number in range(4000)}

    stored = probe.clean_tags(many)

    assert len(json.dumps(stored)) < 3_000_000
    assert stored["XMP:0"][0] == "long text " * 100


KNOWN_KEYS = (
    "File:MIMEType",
    "File:FileTypeExtension",
    "File:ImageWidth",
    "EXIF:IFD0:Orientation",
    "EXIF:IFD0:Make",
    "EXIF:GPS:GPSLatitude",
    "EXIF:GPS:GPSLatitudeRef",
    "EXIF:GPS:GPSAltitude",
    "QuickTime:Rotation",
    "QuickTime:CleanAperture",
    "QuickTime:Duration",
    "QuickTime:Keys:GPSCoordinates",
    "QuickTime:Track1:MatrixStructure",
    "QuickTime:Track1:ImageWidth",
    "Composite:ImageSize",
    "XMP:XMP-dc:Subject",
    "XMP:XMP-xmp:Rating",
    "EXIF:IFD0:XPKeywords",
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
values = st.one_of(
    scalars, st.lists(scalars, max_size=3), st.dictionaries(st.text(max_size=3), scalars, max_size=2)
)
mime_types = st.sampled_from(
    ["image/jpeg", "image/heic", "image/avif", "image/x-adobe-dng", "video/mp4", None]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tags=st.dictionaries(st.sampled_from(KNOWN_KEYS), values), sniffed_mime=mime_types)
def test_no_tag_can_make_it_fail(tags, sniffed_mime):
    facts = probe.probe(tags, sniffed_mime=sniffed_mime)

    assert facts.orientation in range(1, 9)
    assert (facts.gps_lat is None) == (facts.gps_lon is None)
    json.dumps(probe.clean_tags(tags), allow_nan=False).encode()
