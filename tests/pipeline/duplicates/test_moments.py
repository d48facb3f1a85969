from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from media_catalog.pipeline.duplicates import moments
from media_catalog.pipeline.duplicates.moments import Moment
from tests.pipeline.duplicates.units import taken, unit

FINE: dict[str, Any] = {"has_subseconds": True}


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [
        (0, Moment.CLOSE),
        (1, Moment.SERIES),
        (2, Moment.SERIES),
        (3, Moment.APART),
        (600, Moment.APART),
        (3600, Moment.UNKNOWN),  # a clock set to another zone
        (5 * 3600 + 1800, Moment.UNKNOWN),
        (30 * 3600, Moment.APART),
        (365 * 86400, Moment.APART),
    ],
)
def test_compares_clocks_that_know_seconds(after_s, expected):
    assert moments.compare(unit(1, **taken()), unit(2, **taken(after_s))) is expected


@pytest.mark.parametrize(
    ("after_s", "expected"),
    [(0, Moment.SAME), (0.1, Moment.SERIES), (1.9, Moment.SERIES), (2.5, Moment.APART)],
)
def test_compares_clocks_that_know_parts_of_seconds(after_s, expected):
    assert moments.compare(unit(1, **taken(0.2), **FINE), unit(2, **taken(0.2 + after_s), **FINE)) is expected


def test_compares_whole_seconds_where_one_clock_knows_no_more():
    assert moments.compare(unit(1, **taken(0.7), **FINE), unit(2, **taken())) is Moment.CLOSE


def test_knows_nothing_without_a_time():
    assert moments.compare(unit(1, **taken()), unit(2)) is Moment.UNKNOWN


def test_takes_two_cameras_for_two_shots():
    other = unit(2, **taken(camera=("NIKON", "COOLPIX P1")))
    assert moments.compare(unit(1, **taken()), other) is Moment.APART
    serials = [unit(number, **taken(), camera_serial=str(number)) for number in (1, 2)]
    assert moments.compare(*serials) is Moment.APART


def test_lets_a_file_that_names_no_camera_be_of_any():
    assert moments.compare(unit(1, **taken()), unit(2, **taken(camera=("", "")))) is Moment.CLOSE


def test_reads_a_camera_in_any_case():
    assert (
        moments.compare(unit(1, **taken()), unit(2, **taken(camera=("CANON", "canon eos 7d"))))
        is Moment.CLOSE
    )


def test_believes_the_identifier_of_a_series():
    one, other = unit(1, **taken(), burst_id="B1"), unit(2, **taken(9), burst_id="B1")
    assert moments.compare(one, other) is Moment.SERIES
    same = unit(3, **taken(0.5), **FINE, burst_id="B1"), unit(4, **taken(0.5), **FINE, burst_id="B1")
    assert moments.compare(*same) is Moment.SAME


def test_compares_instants_where_clocks_differ_by_a_zone():
    at = datetime(2019, 5, 4, 10, 30, tzinfo=UTC)
    local, universal = unit(1, **taken(), shot_at=at), unit(2, **taken(-7205), shot_at=at)
    assert moments.compare(local, universal) is Moment.CLOSE
    later = unit(3, **taken(-7205), shot_at=at + timedelta(seconds=30))
    assert moments.compare(local, later) is Moment.APART


def test_measures_the_gap():
    assert moments.gap_s(unit(1, **taken()), unit(2, **taken(1.5))) == pytest.approx(1.5)
    assert moments.gap_s(unit(1, **taken()), unit(2)) is None
