from datetime import UTC, datetime
from typing import Any

import pytest

from media_catalog.pipeline.timestamps import clock_rules
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.clock_rules import Camera, ClockBook, ClockRule

NOON = datetime(2015, 7, 4, 12)
NIKON = Camera(make="NIKON", model="D70", serial="1", source_id=1)


def rule(**facts):
    usual: dict[str, Any] = {"make": "", "model": "D70", "serial": "", "source_id": None, "zone": ""}
    any_time: dict[str, Any] = {"from_local": None, "until_local": None, "shift_seconds": 60}
    return ClockRule(**(usual | any_time | facts))


def shown(local=NOON, source="EXIF:DateTimeOriginal", instant=None):
    claim = Candidate(
        source=source,
        raw="",
        local=local,
        instant=instant,
        precision=Precision.SECOND,
        offset_minutes=None,
        offset_source=None,
        weight=10,
    )
    return [claim]


@pytest.mark.parametrize(
    ("facts", "camera", "holds"),
    [
        ({}, NIKON, True),
        ({"make": "NIKON"}, NIKON, True),
        ({"make": "Nikon"}, NIKON, False),
        ({"model": "D50"}, NIKON, False),
        ({"serial": "1"}, NIKON, True),
        ({"serial": "2"}, NIKON, False),
        ({"serial": "1"}, Camera(make="NIKON", model="D70"), False),
        ({"source_id": 1}, NIKON, True),
        ({"source_id": 2}, NIKON, False),
    ],
)
def test_a_rule_holds_for_its_camera(facts, camera, holds):
    clock = ClockBook(rules=(rule(**facts),)).clock(camera, shown())
    assert (clock is not None) is holds


@pytest.mark.parametrize(
    ("begin", "end", "clock", "holds"),
    [
        (NOON, None, NOON, True),
        (None, NOON, NOON, True),
        (None, NOON, NOON.replace(microsecond=999), True),
        (NOON.replace(second=1), None, NOON, False),
        (None, NOON.replace(hour=11), NOON, False),
        (NOON, NOON, None, False),
        (None, None, None, True),
    ],
)
def test_a_rule_holds_in_its_period_by_the_clock_itself(begin, end, clock, holds):
    book = ClockBook(rules=(rule(from_local=begin, until_local=end),))
    assert (book.clock(NIKON, shown(clock) if clock else []) is not None) is holds


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (shown(), NOON),
        (shown(source="Keys:CreationDate"), NOON),
        (shown(None, "QuickTime:CreateDate", NOON.replace(tzinfo=UTC)), NOON),
        (shown(source="name:android"), None),
        (shown(source="XMP:DateTimeOriginal"), None),
        ([], None),
    ],
)
def test_the_time_is_what_the_camera_wrote(claims, expected):
    assert clock_rules.clock_time(claims) == expected


def test_the_closest_rule_holds_and_the_newest_of_equals():
    general, bounded = rule(shift_seconds=1), rule(shift_seconds=2, from_local=NOON)
    of_serial = rule(shift_seconds=3, serial="1")
    assert ClockBook(rules=(general, bounded)).clock(NIKON, shown()).shift_seconds == 2
    assert ClockBook(rules=(general, bounded, of_serial)).clock(NIKON, shown()).shift_seconds == 3
    newer = ClockBook(rules=(general,)).with_rule(rule(shift_seconds=4))
    assert newer.clock(NIKON, shown()).shift_seconds == 4


def test_a_habit_is_known_without_a_rule():
    book = ClockBook(habits={("NIKON", "D70"): True})
    assert book.clock(NIKON, []) == CameraClock(quicktime_is_local=True)
    assert book.clock(Camera(make="NIKON", model="D50"), []) is None
    both = book.with_rule(rule(zone="Asia/Tokyo"))
    assert both.clock(NIKON, []) == CameraClock(shift_seconds=60, zone="Asia/Tokyo", quicktime_is_local=True)


@pytest.mark.parametrize(
    ("utc", "local", "expected"),
    [
        (0, 0, None),
        (2, 0, None),
        (3, 0, False),
        (0, 3, True),
        (3, 1, None),
        (100, 5, False),
        (100, 6, None),
        (5, 100, True),
    ],
)
def test_a_habit_wants_several_files_and_hardly_an_exception(utc, local, expected):
    assert clock_rules.habit(utc_count=utc, local_count=local) is expected
