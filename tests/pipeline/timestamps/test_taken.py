from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import taken

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ORIGINAL, CREATED = "EXIF:ExifIFD:DateTimeOriginal", "EXIF:ExifIFD:CreateDate"
LOCAL = datetime(2015, 1, 31, 14, 20, 30)
IN_TOKYO = datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)


def read(**tags):
    return read_tags({f"EXIF:ExifIFD:{name}": value for name, value in tags.items()})


def read_tags(tags):
    found = taken.taken(tags, now=NOW)
    return found.local, found.offset_minutes, found.instant


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"DateTimeOriginal": "2015:01:31 14:20:30", "CreateDate": "2016:01:01 00:00:01"}, LOCAL),
        ({"CreateDate": "2015:01:31 14:20:30"}, LOCAL),
        ({"DateTimeOriginal": "0000:00:00 00:00:00", "CreateDate": "2015:01:31 14:20:30"}, LOCAL),
        ({"DateTimeOriginal": "2015:01:31 14:20:30", "ModifyDate": "2010:01:01 10:00:00"}, LOCAL),
        ({"ModifyDate": "2015:01:31 14:20:30"}, None),
        ({}, None),
    ],
)
def test_is_2_original_goes_before_digitized_and_modified_never_counts(tags, expected):
    assert read(**tags) == (expected, None, None)


def test_a_moment_before_the_earliest_year_is_left_out():
    tags = {ORIGINAL: "1998:01:31 14:20:30", CREATED: "2015:01:31 14:20:30"}
    assert taken.taken(tags, now=NOW, earliest_year=2000).local == LOCAL
    assert taken.taken(tags, now=NOW, earliest_year=2016) == taken.NEVER


@pytest.mark.parametrize(
    "tags",
    [
        {"EXIF:IFD0:ModifyDate": "2015:01:31 14:20:30"},
        {"XMP:XMP-xmp:CreateDate": "2015:01:31 14:20:30"},
        {"QuickTime:CreateDate": "2015:01:31 14:20:30"},
        {"File:System:FileModifyDate": "2015:01:31 14:20:30+00:00"},
        {"EXIF:IFD1:DateTimeOriginal": "2015:01:31 14:20:30"},
    ],
)
def test_is_2_nothing_but_exif_of_the_picture_counts(tags):
    assert read_tags(tags) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    ["", None, "invalid", "2015:02:30 14:20:30", "    :  :     :  :  ", "0000:00:00 00:00:00", 0, [], "2015"],
)
def test_is_3_what_is_no_date_gives_none(text):
    assert read(DateTimeOriginal=text) == (None, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "2015:01:31",
        "2015:01:31 14:20",
        "1970:01:01 00:00:00",
        "1800:01:31 14:20:30",
        "2099:01:01 10:00:00",
    ],
)
def test_a_mere_day_a_zero_of_a_clock_and_the_future_are_left_out(text):
    assert read(DateTimeOriginal=text) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015:01:31 14:20:30\x00", LOCAL),
        ("2015:01:31 14:20:30\x00rubbish", LOCAL),
        ("2015-01-31T14:20:30", LOCAL),
        ("2015-01-31 14:20:30", LOCAL),
        ("  2015:01:31 14:20:30 ", LOCAL),
        ("2015:01:31 14:20:30.5", LOCAL.replace(microsecond=500_000)),
    ],
)
def test_is_b1_nul_iso_forms_and_subseconds_are_read(text, expected):
    assert read(DateTimeOriginal=text) == (expected, None, None)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"DateTimeOriginal": "2015:01:31 14:20:30"}, (LOCAL, None, None)),
        (
            {"DateTimeOriginal": "2015:01:31 14:20:30", "OffsetTimeOriginal": "+09:00"},
            (LOCAL, 540, IN_TOKYO),
        ),
        ({"DateTimeOriginal": "2015-01-31T14:20:30+09:00"}, (LOCAL, 540, IN_TOKYO)),
        ({"CreateDate": "2015:01:31 14:20:30", "OffsetTimeDigitized": "+09:00"}, (LOCAL, 540, IN_TOKYO)),
        ({"DateTimeOriginal": "2015:01:31 05:20:30Z"}, (None, None, IN_TOKYO)),
    ],
)
def test_is_b2_local_time_is_never_labelled_utc(tags, expected):
    assert read(**tags) == expected


@pytest.mark.parametrize(
    ("gps_time", "expected"),
    [
        ("05:20:30", (LOCAL, 540, IN_TOKYO)),
        ("05:18:10", (LOCAL, 540, IN_TOKYO)),
        ("05:03:00", (LOCAL, None, None)),
        ("14:20:30", (LOCAL, None, None)),
    ],
)
def test_is_b2_gps_time_tells_the_offset_where_it_fits(gps_time, expected):
    tags = {ORIGINAL: "2015:01:31 14:20:30", "EXIF:GPS:GPSDateStamp": "2015:01:31"}
    assert read_tags(tags | {"EXIF:GPS:GPSTimeStamp": gps_time}) == expected


@given(st.dictionaries(st.sampled_from([ORIGINAL, CREATED]), st.text() | st.integers() | st.none()))
def test_nothing_raises(tags):
    read_tags(tags)
