from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import clock_correction
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision

NOON = datetime(2015, 7, 4, 12)
HOUR = timedelta(hours=1)
HOUR_SLOW = CameraClock(shift_seconds=3600)


def claim(source, local=NOON, *, instant=None, precision=Precision.SECOND, offset=None):
    return Candidate(
        source=source,
        raw="as written",
        local=local,
        instant=instant,
        precision=precision,
        offset_minutes=offset,
        offset_source=None if offset is None else "EXIF:OffsetTimeOriginal",
        weight=10,
    )


CLOCK = claim("EXIF:DateTimeOriginal")


def correct(one, clock=HOUR_SLOW):
    """Correct a claim that stands beside the camera's own clock."""
    return clock_correction.corrected([CLOCK, one], clock)[1]


@pytest.mark.parametrize(
    "one",
    [
        claim("EXIF:CreateDate"),
        claim("EXIF:ModifyDate", NOON + timedelta(seconds=1)),
        claim("name:phone_camera", NOON - timedelta(seconds=2)),
        claim("XMP:CreateDate"),
        claim("sidecar:XMP:DateTimeOriginal"),
        claim("RIFF:DateTimeOriginal", NOON - 30 * HOUR),
        claim("Keys:CreationDate", NOON - 30 * HOUR),
    ],
)
def test_what_the_camera_wrote_and_what_was_copied_from_it_moves(one):
    assert correct(one).local == one.local + HOUR
    assert correct(one).raw == "as written"


@pytest.mark.parametrize(
    "one",
    [
        claim("EXIF:ModifyDate", NOON + 24 * HOUR),  # an editor's computer
        claim("name:phone_camera", NOON + HOUR),  # the right time
        claim("name:whatsapp", datetime(2015, 7, 4), precision=Precision.DAY),
        claim("folder:day", datetime(2015, 7, 4), precision=Precision.DAY),
        claim("GPS:GPSDateTime", None, instant=NOON.replace(tzinfo=UTC)),
        claim("file:mtime", None, instant=NOON.replace(tzinfo=UTC)),
        claim("takeout:photoTakenTime", None, instant=NOON.replace(tzinfo=UTC)),
        claim("neighbour:stem"),
        claim("EXIF:CreateDate", None),
        claim("EXIF:CreateDate", datetime(2000, 1, 1)),  # a clock that was never set
    ],
)
def test_what_others_say_stays(one):
    assert correct(one) == one


def test_a_wall_clock_with_a_zone_moves_as_a_whole():
    one = claim("EXIF:CreateDate", instant=datetime(2015, 7, 4, 10, tzinfo=UTC), offset=120)
    moved = correct(one, CameraClock(shift_seconds=3600, zone="Asia/Tokyo"))
    assert (moved.local, moved.instant) == (NOON + HOUR, datetime(2015, 7, 4, 11, tzinfo=UTC))
    assert (moved.offset_minutes, moved.offset_source) == (120, "EXIF:OffsetTimeOriginal")


def test_a_rule_gives_its_zone_to_a_clock_without_one():
    moved = correct(claim("EXIF:CreateDate"), CameraClock(zone="Asia/Tokyo"))
    assert (moved.local, moved.instant) == (NOON, datetime(2015, 7, 4, 3, tzinfo=UTC))
    assert (moved.offset_minutes, moved.offset_source) == (540, "camera rule")


@pytest.mark.parametrize("local", [datetime(2015, 10, 25, 2, 30), datetime(2015, 3, 29, 2, 30)])
def test_the_hour_that_comes_twice_or_never_gets_no_zone(local):
    assert correct(claim("EXIF:CreateDate", local), CameraClock(zone="Europe/Berlin")).instant is None


@pytest.mark.parametrize("source", ["QuickTime:CreateDate", "QuickTime:MediaCreateDate"])
def test_a_camera_that_writes_its_wall_clock_as_utc_is_read_so(source):
    one = claim(source, None, instant=NOON.replace(tzinfo=UTC))
    read = correct(one, CameraClock(quicktime_is_local=True, shift_seconds=3600))
    assert (read.local, read.instant) == (NOON + HOUR, None)
    assert correct(one, CameraClock(quicktime_is_local=False)) == one
    assert correct(one, CameraClock()) == one


def test_a_shift_beyond_the_calendar_leaves_the_claim():
    assert correct(claim("EXIF:CreateDate"), CameraClock(shift_seconds=10**12)) == claim("EXIF:CreateDate")


@given(shift=st.integers(-(10**9), 10**9))
def test_a_shift_and_its_opposite_cancel_out(shift):
    there = correct(claim("EXIF:CreateDate"), CameraClock(shift_seconds=shift))
    assert there.local == NOON + timedelta(seconds=shift)
    back = clock_correction.corrected([there], CameraClock(shift_seconds=-shift))
    assert back in ([claim("EXIF:CreateDate")], [there])  # unless it looks like a clock's zero there
