"""Offsets, places and the distance between clocks."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from media_catalog.pipeline.timestamps import zones

FIVE_MINUTES = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("+09:00", 540),
        ("-0330", -210),
        ("+5", 300),
        ("GMT+01:00", 60),
        ("Z", 0),
        ("+05:45\0garbage", 345),
        ("-05:30", None),  # https://github.com/immich-app/immich/issues/14824
        ("+14:30", None),
        ("+00:20", None),
        ("09:00", None),
        ("", None),
    ],
)
def test_reads_only_offsets_that_clocks_keep(text, minutes):
    assert zones.parse_offset(text) == minutes


@pytest.mark.parametrize(
    ("instant", "minutes"),
    [
        (datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC), 540),
        (datetime(2015, 1, 31, 5, 16, 0, tzinfo=UTC), 540),  # the fix is four and a half minutes old
        (datetime(2015, 1, 31, 5, 14, 0, tzinfo=UTC), None),
        (datetime(2015, 1, 31, 8, 35, 30, tzinfo=UTC), 345),  # Nepal
        (datetime(2015, 1, 30, 23, 20, 30, tzinfo=UTC), None),  # 15 hours
        (datetime(2015, 1, 31, 19, 50, 30, tzinfo=UTC), None),  # no clock keeps -05:30
    ],
)
def test_finds_the_offset_between_wall_clock_and_instant(instant, minutes):
    wall_clock = datetime(2015, 1, 31, 14, 20, 30)

    assert zones.offset_between(wall_clock, instant, tolerance=FIVE_MINUTES) == minutes


@pytest.mark.parametrize(
    ("position", "name"),
    [
        ((35.68, 139.69), "Asia/Tokyo"),
        ((48.858, 2.292), "Europe/Paris"),
        ((20.0, -30.0), "Etc/GMT+2"),
        (None, None),
    ],
)
def test_finds_the_zone_of_a_place(position, name):
    zone = zones.zone_at(position)

    assert (zone.key if zone else None) == name


def test_knows_no_wall_clock_offset_in_the_hour_that_comes_twice_or_never():
    berlin = ZoneInfo("Europe/Berlin")

    assert zones.offset_at_wall_clock(berlin, datetime(2019, 7, 1, 12)) == 120
    assert zones.offset_at_wall_clock(berlin, datetime(2019, 10, 27, 2, 30)) is None
    assert zones.offset_at_wall_clock(berlin, datetime(2019, 3, 31, 2, 30)) is None


def test_goes_from_wall_clock_to_instant_and_back():
    instant = zones.to_instant(datetime(2015, 12, 31, 22, 30), -300)

    assert instant == datetime(2016, 1, 1, 3, 30, tzinfo=UTC)
    assert zones.to_local(instant, -300) == datetime(2015, 12, 31, 22, 30)
    assert zones.offset_text(-300) == "-05:00"
    assert zones.offset_text(345) == "+05:45"
