from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from media_catalog.pipeline.timestamps import candidates, clock_witnesses
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.clock_witnesses import Kind, Span

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2015, 7, 4, 12)
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)


def claim(source, local=None, *, instant=None, precision=Precision.SECOND, offset=None, weight=6):
    return Candidate(
        source=source,
        raw=str(local or instant),
        local=local,
        instant=instant,
        precision=precision,
        offset_minutes=offset,
        offset_source=None if offset is None else "EXIF:OffsetTimeOriginal",
        weight=weight,
    )


CLOCK = claim("EXIF:DateTimeOriginal", NOON)


def bear(*claims, clock=CLOCK, place=None, peers=None):
    return clock_witnesses.witnesses([clock, *claims], clock=clock, place=place, peers=peers)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"EXIF:ExifIFD:DateTimeOriginal": "2015:07:04 12:00:00"}, "EXIF:DateTimeOriginal"),
        ({"EXIF:ExifIFD:CreateDate": "2015:07:04 12:00:00"}, "EXIF:CreateDate"),
        (
            {
                "EXIF:ExifIFD:DateTimeOriginal": "0000:00:00 00:00:00",
                "EXIF:ExifIFD:CreateDate": "2015:07:04 12:00:00",
            },
            "EXIF:CreateDate",
        ),
        ({"RIFF:DateTimeOriginal": "2015:07:04 12:00:00"}, "RIFF:DateTimeOriginal"),
        ({"EXIF:ExifIFD:DateTimeOriginal": "2000:01:01 00:00:00"}, None),
        ({"EXIF:ExifIFD:DateTimeOriginal": "2015:07:04"}, None),
        ({"EXIF:IFD0:ModifyDate": "2015:07:04 12:00:00"}, None),
        ({"QuickTime:CreateDate": "2015:07:04 12:00:00"}, None),
        ({}, None),
    ],
)
def test_the_clock_is_what_the_camera_wrote_when_it_took_the_picture(tags, expected):
    clock = clock_witnesses.camera_clock(candidates.from_tags(tags))
    assert (clock and clock.source) == expected


def test_a_clock_far_in_the_future_is_still_a_clock():
    assert clock_witnesses.camera_clock([claim("EXIF:DateTimeOriginal", datetime(2099, 1, 2, 3))])


def test_gps_time_at_a_place_says_what_a_right_clock_would_show():
    gps = claim("GPS:GPSDateTime", instant=datetime(2015, 7, 4, 20, tzinfo=UTC))
    [witness] = bear(gps, place=NEW_YORK)
    at_place = datetime(2015, 7, 4, 16)
    assert witness.kind is Kind.GPS
    assert witness.says == Span(earliest=at_place - 2 * MINUTES, latest=at_place + 5 * MINUTES)
    assert witness.allows.latest == at_place + 65 * MINUTES


def test_gps_time_is_compared_with_the_zone_that_the_clock_itself_names():
    clock = claim("EXIF:DateTimeOriginal", NOON, offset=120)
    [witness] = bear(claim("GPS:GPSDateTime", instant=datetime(2015, 7, 4, 10, tzinfo=UTC)), clock=clock)
    assert witness.says.earliest < NOON < witness.says.latest


def test_an_instant_without_a_place_leaves_all_zones_open():
    [witness] = bear(claim("GPS:GPSDateTime", instant=datetime(2015, 7, 4, 10, tzinfo=UTC)))
    assert witness.says == Span(earliest=datetime(2015, 7, 3, 22), latest=datetime(2015, 7, 5, 0))


@pytest.mark.parametrize(
    ("precision", "local", "says_until", "allows"),
    [
        (Precision.DAY, datetime(2015, 7, 4), datetime(2015, 7, 4, 23, 59, 59), (1.5 * DAYS, 3 * DAYS)),
        (Precision.MONTH, datetime(2015, 7, 1), datetime(2015, 7, 31, 23, 59, 59), (20 * DAYS, 20 * DAYS)),
        (Precision.YEAR, datetime(2015, 1, 1), datetime(2015, 12, 31, 23, 59, 59), (31 * DAYS, 31 * DAYS)),
    ],
)
def test_a_folder_means_its_period_and_allows_some_more(precision, local, says_until, allows):
    [witness] = bear(claim(f"folder:{precision}", local, precision=precision, weight=2))
    assert witness.kind is Kind.FOLDER
    assert witness.says == Span(earliest=local, latest=says_until)
    assert witness.allows == Span(earliest=local - allows[0], latest=says_until + allows[1])


def test_the_name_of_a_camera_means_its_second():
    [witness] = bear(claim("name:android", NOON + DAYS))
    assert witness.kind is Kind.NAME
    assert witness.says == Span(earliest=NOON + DAYS - 2 * MINUTES, latest=NOON + DAYS + 2 * MINUTES)


@pytest.mark.parametrize(
    "others",
    [
        [claim("name:signal", NOON + 5 * DAYS, weight=4)],  # sent later
        [claim("name:mdy", NOON + 5 * DAYS, weight=2)],  # read too freely
        [claim("file:mtime", instant=datetime(2020, 1, 1, tzinfo=UTC), weight=1)],  # copied later
        [claim("file:mtime", instant=datetime(1980, 1, 1, 0, 0, 1, tzinfo=UTC), weight=1)],  # a broken one
        [claim("sidecar:XMP:DateTimeOriginal", NOON, weight=8)],  # a copy
        [claim("takeout:photoTakenTime", instant=datetime(2015, 7, 4, 10, tzinfo=UTC))],  # a copy, at a guess
        [claim("name:unknown", None)],  # no date
        [claim("neighbour:folder", NOON + DAYS)],  # derived from other cameras' clocks, or its own
        [claim("EXIF:CreateDate", NOON + DAYS)],  # the same clock
        [claim("folder:decade", datetime(2000, 1, 1), precision=Precision.DECADE)],
    ],
)
def test_what_tells_nothing_about_the_clock_bears_no_witness(others):
    assert bear(*others) == ()


@pytest.mark.parametrize(
    "earlier",
    [
        claim("file:mtime", instant=datetime(2015, 6, 1, tzinfo=UTC), weight=1),
        claim("name:signal", datetime(2015, 6, 1, 12), weight=4),
    ],
)
def test_a_picture_is_not_taken_after_its_file_was_written_or_sent(earlier):
    [witness] = bear(earlier)
    assert witness.allows.earliest is None
    assert witness.allows.latest < NOON - 20 * DAYS


def test_a_sidecar_with_another_date_bears_witness():
    [witness] = bear(claim("sidecar:XMP:DateTimeOriginal", NOON + DAYS, weight=8))
    assert witness.kind is Kind.SIDECAR


def test_other_devices_in_the_folder_bear_witness():
    peers = Span(earliest=NOON, latest=NOON + 2 * DAYS)
    [witness] = bear(peers=peers)
    assert witness.kind is Kind.PEERS
    assert witness.says == Span(earliest=NOON - 6 * HOURS, latest=NOON + 2 * DAYS + 6 * HOURS)
    assert "2015-07-04 to 2015-07-06" in witness.text


def test_nobody_bears_witness_by_a_date_before_the_earliest_year():
    sidecar = claim("sidecar:xmp", datetime(1999, 7, 4, 12))
    heard = clock_witnesses.witnesses([CLOCK, sidecar], clock=CLOCK, place=None, peers=None)
    later = clock_witnesses.witnesses(
        [CLOCK, sidecar], clock=CLOCK, place=None, peers=None, earliest_year=2000
    )
    assert ([one.kind for one in heard], later) == ([Kind.SIDECAR], ())
