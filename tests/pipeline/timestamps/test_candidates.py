"""Which claims the tags of a file make."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import candidates
from media_catalog.pipeline.timestamps.candidates import Precision, period_end
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS

ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"
ALL_KEYS = sorted(
    {key for tag in DATE_TAGS for key in (*tag.keys, *tag.times, *tag.offsets, *tag.subseconds)}
    | {"QuickTime:Track1:TrackCreateDate", "QuickTime:Track2:MediaCreateDate"}
)


def only(tags):
    (claim,) = candidates.from_tags(tags)
    return claim


@pytest.mark.parametrize(
    ("tags", "source", "local", "instant", "offset"),
    [
        (
            {ORIGINAL: "2015:01:31 14:20:30", "EXIF:ExifIFD:OffsetTimeOriginal": "+09:00"},
            "EXIF:DateTimeOriginal",
            datetime(2015, 1, 31, 14, 20, 30),
            datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC),
            (540, "EXIF:OffsetTimeOriginal"),
        ),
        (
            {ORIGINAL: "2015:01:31 14:20:30", "EXIF:ExifIFD:OffsetTime": "-05:00"},
            "EXIF:DateTimeOriginal",
            datetime(2015, 1, 31, 14, 20, 30),
            datetime(2015, 1, 31, 19, 20, 30, tzinfo=UTC),
            (-300, "EXIF:OffsetTime"),
        ),
        (
            {"EXIF:ExifIFD:CreateDate": "2017:10:06 23:14:39", "EXIF:ExifIFD:SubSecTimeDigitized": 68},
            "EXIF:CreateDate",
            datetime(2017, 10, 6, 23, 14, 39, 680_000),
            None,
            (None, None),
        ),
        (
            {"QuickTime:Keys:CreationDate": "2019:07:24 11:25:40+03:00"},
            "Keys:CreationDate",
            datetime(2019, 7, 24, 11, 25, 40),
            datetime(2019, 7, 24, 8, 25, 40, tzinfo=UTC),
            (180, "value"),
        ),
        (
            {"QuickTime:CreateDate": "2019:07:24 08:25:57"},
            "QuickTime:CreateDate",
            None,
            datetime(2019, 7, 24, 8, 25, 57, tzinfo=UTC),
            (None, None),
        ),
        (  # ExifTool turns the dates of a CR3 into the zone of the machine it runs on
            {"QuickTime:CreateDate": "2018:02:21 07:08:56-05:00"},
            "QuickTime:CreateDate",
            None,
            datetime(2018, 2, 21, 12, 8, 56, tzinfo=UTC),
            (None, None),
        ),
        (
            {"XMP:XMP-exif:DateTimeOriginal": "2013:07:05 03:18:27Z"},
            "XMP:DateTimeOriginal",
            None,
            datetime(2013, 7, 5, 3, 18, 27, tzinfo=UTC),
            (None, None),
        ),
        (
            {"IPTC:DateCreated": "2015:01:31", "IPTC:TimeCreated": "14:20:30+09:00"},
            "IPTC:DateCreated",
            datetime(2015, 1, 31, 14, 20, 30),
            datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC),
            (540, "value"),
        ),
        (  # IPTC must have a zone, so writers without one write this
            {"IPTC:DateCreated": "2015:12:05", "IPTC:TimeCreated": "00:59:26+00:00"},
            "IPTC:DateCreated",
            datetime(2015, 12, 5, 0, 59, 26),
            None,
            (None, None),
        ),
        (
            {"RIFF:DateTimeOriginal": "2003:03:10 15:04:43"},
            "RIFF:DateTimeOriginal",
            datetime(2003, 3, 10, 15, 4, 43),
            None,
            (None, None),
        ),
        (
            {"H264:DateTimeOriginal": "2008:12:31 23:16:24+01:00"},
            "H264:DateTimeOriginal",
            datetime(2008, 12, 31, 23, 16, 24),
            datetime(2008, 12, 31, 22, 16, 24, tzinfo=UTC),
            (60, "value"),
        ),
        (
            {"Matroska:DateTimeOriginal": "2015:01:31 05:20:30Z"},
            "Matroska:DateTimeOriginal",
            None,
            datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC),
            (None, None),
        ),
        (
            {"EXIF:GPS:GPSDateStamp": "2022:01:10", "EXIF:GPS:GPSTimeStamp": "21:15:33.519"},
            "GPS:GPSDateTime",
            None,
            datetime(2022, 1, 10, 21, 15, 33, 519_000, tzinfo=UTC),
            (None, None),
        ),
        (
            {"PNG:CreationTime": "2007:02:13 06:34:38"},
            "PNG:CreationTime",
            datetime(2007, 2, 13, 6, 34, 38),
            None,
            (None, None),
        ),
    ],
)
def test_reads_each_kind_of_clock(tags, source, local, instant, offset):
    claim = only(tags)

    assert (claim.source, claim.local, claim.instant) == (source, local, instant)
    assert (claim.offset_minutes, claim.offset_source) == offset
    assert claim.precision is Precision.SECOND


def test_the_zone_in_a_value_goes_before_the_offset_tag():
    claim = only({ORIGINAL: "2023-09-27T14:32:53+02:00", "EXIF:ExifIFD:OffsetTimeOriginal": "+09:00"})

    assert (claim.offset_minutes, claim.offset_source) == (120, "value")


def test_an_offset_tag_does_not_move_a_value_that_is_in_utc():
    claim = only({ORIGINAL: "2013:07:05 03:18:27Z", "EXIF:ExifIFD:OffsetTimeOriginal": "+09:00"})

    assert claim.local is None
    assert claim.instant == datetime(2013, 7, 5, 3, 18, 27, tzinfo=UTC)


@pytest.mark.parametrize("offset", ["-05:30", "soon", 9, None, ["x"], {}])
def test_an_impossible_offset_leaves_the_wall_clock_alone(offset):
    claim = only({ORIGINAL: "2015:01:31 14:20:30", "EXIF:ExifIFD:OffsetTimeOriginal": offset})

    assert claim.local == datetime(2015, 1, 31, 14, 20, 30)
    assert claim.instant is None


def test_a_trailing_nul_is_no_part_of_a_date():
    claim = only({ORIGINAL: "2007:12:06 14:33:18\0", "EXIF:ExifIFD:OffsetTimeOriginal": "+09:00\0\0"})

    assert claim.local == datetime(2007, 12, 6, 14, 33, 18)
    assert claim.offset_minutes == 540
    assert "\0" not in claim.raw


@pytest.mark.parametrize(
    "text", ["0000:00:00 00:00:00", "    :  :     :  :  ", "not a date", "2015:02:30 10:00:00"]
)
def test_keeps_what_is_no_date_to_be_shown(text):
    claims = candidates.from_tags({ORIGINAL: text, "EXIF:ExifIFD:CreateDate": "2015:01:31 14:20:30"})

    assert [claim.local for claim in claims] == [None, datetime(2015, 1, 31, 14, 20, 30)]
    assert claims[0].raw == text.strip()
    assert claims[0].instant is None


@pytest.mark.parametrize(
    "tags",
    [
        {"ICC_Profile:ICC-header:ProfileDateTime": "1998:02:09 06:49:00"},
        {"File:System:FileModifyDate": "2015:01:31 14:20:30+00:00"},
        {"File:System:FileInodeChangeDate": "2015:01:31 14:20:30+00:00"},
        {"EXIF:IFD1:ModifyDate": "2015:01:31 14:20:30"},
        {"EXIF:IFD1:DateTimeOriginal": "2015:01:31 14:20:30"},
        {"Composite:SubSecDateTimeOriginal": "2015:01:31 14:20:30"},
        {"QuickTime:ModifyDate": "2015:01:31 14:20:30"},
        {"QuickTime:ItemList:ContentCreateDate": 2010},  # a year of music
        {"RIFF:DateCreated": "2020:08:28"},
        {"EXIF:GPS:GPSDateStamp": "2023:10:10"},
        {"XMP:XMP-xmp:MetadataDate": "2015:01:31 14:20:30"},
        {ORIGINAL: ""},
        {},
    ],
)
def test_some_dates_are_never_claims(tags):
    assert candidates.from_tags(tags) == []


def test_tracks_repeat_the_date_of_a_video_once_each():
    tags = {
        "QuickTime:CreateDate": "2017:01:01 01:01:01",
        "QuickTime:Track1:TrackCreateDate": "2009:02:26 21:49:46",
        "QuickTime:Track2:TrackCreateDate": "2009:02:26 21:49:46",
        "QuickTime:Track2:MediaCreateDate": "2009:02:26 21:49:46",
        "QuickTime:Track2:MediaModifyDate": "2009:02:26 21:49:46",
    }

    sources = [claim.source for claim in candidates.from_tags(tags)]

    assert sources == ["QuickTime:CreateDate", "QuickTime:TrackCreateDate", "QuickTime:MediaCreateDate"]


def test_takes_the_first_of_a_list_and_a_bare_year():
    claim = only({"XMP:XMP-photoshop:DateCreated": ["2006-05", "2007"]})
    year = only({"XMP:XMP-photoshop:DateCreated": 1978})

    assert (claim.local, claim.precision) == (datetime(2006, 5, 1), Precision.MONTH)
    assert (year.local, year.precision) == (datetime(1978, 1, 1), Precision.YEAR)


def test_lists_the_most_trusted_claim_first():
    tags = {
        "EXIF:IFD0:ModifyDate": "2016:01:01 10:00:00",
        "XMP:XMP-xmp:CreateDate": "2016:01:01 10:00:00",
        ORIGINAL: "2015:01:31 14:20:30",
    }

    weights = [claim.weight for claim in candidates.from_tags(tags)]

    assert weights == sorted(weights, reverse=True)


def test_the_file_time_is_an_instant_whatever_the_zone_of_the_server():
    claim = candidates.from_mtime(1_422_681_630_123_456_789)

    assert claim.instant == datetime(2015, 1, 31, 5, 20, 30, 123_456, tzinfo=UTC)
    assert (claim.source, claim.local, claim.weight) == ("file:mtime", None, 1)


@pytest.mark.parametrize("mtime_ns", [2**63 - 1, -(2**63), 10**30, -(10**30)])
def test_an_absurd_file_time_is_kept_but_is_no_date(mtime_ns):
    claim = candidates.from_mtime(mtime_ns)

    assert claim.raw
    assert claim.instant is None or claim.instant.tzinfo is UTC


@pytest.mark.parametrize(
    ("local", "precision", "end"),
    [
        (datetime(2015, 1, 31, 14, 20, 30), Precision.SECOND, datetime(2015, 1, 31, 14, 20, 30)),
        (datetime(2015, 1, 31, 14, 20), Precision.MINUTE, datetime(2015, 1, 31, 14, 20, 59)),
        (datetime(2015, 1, 31), Precision.DAY, datetime(2015, 1, 31, 23, 59, 59)),
        (datetime(2016, 2, 1), Precision.MONTH, datetime(2016, 2, 29, 23, 59, 59)),
        (datetime(1978, 12, 1), Precision.SEASON, datetime(1979, 2, 28, 23, 59, 59)),
        (datetime(1978, 6, 1), Precision.SEASON, datetime(1978, 8, 31, 23, 59, 59)),
        (datetime(2015, 1, 1), Precision.YEAR, datetime(2015, 12, 31, 23, 59, 59)),
        (datetime(1970, 1, 1), Precision.DECADE, datetime(1979, 12, 31, 23, 59, 59)),
        (datetime(1970, 1, 1), Precision.RANGE, datetime(1970, 1, 1)),
    ],
)
def test_a_period_ends_at_its_last_second(local, precision, end):
    assert period_end(local, precision) == end


ISO_LIKE = r"[0-9]{4}([:-][0-9]{2}){2}[ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([+-][0-9]{2}:?[0-9]{2}|Z)?"
date_like = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789:-+TZ ./\0", max_size=40),
    st.from_regex(ISO_LIKE, fullmatch=True),
    st.datetimes().map(lambda moment: moment.strftime("%Y:%m:%d %H:%M:%S")),
)
anything = st.one_of(
    date_like,
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.lists(date_like, max_size=2),
    st.dictionaries(st.text(max_size=3), date_like, max_size=2),
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@patient
@given(st.dictionaries(st.sampled_from(ALL_KEYS), anything, max_size=12))
def test_no_value_of_any_date_tag_raises(tags):
    candidates.from_tags(tags)


@patient
@given(text=date_like)
def test_every_number_of_a_date_stands_in_its_text(text):
    for claim in candidates.from_tags({ORIGINAL: text}):
        moment = claim.local or (claim.instant and claim.instant.replace(tzinfo=None))
        if moment is None:
            continue
        numbers = [int(number) for number in re.findall(r"[0-9]+", text)]
        written = [moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second]
        depth = {"year": 1, "month": 2, "day": 3, "minute": 5, "second": 6}[claim.precision]
        assert numbers[:depth] == written[:depth]
