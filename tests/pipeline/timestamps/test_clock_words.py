from dataclasses import replace

import pytest

from media_catalog.pipeline.timestamps import clock_words
from media_catalog.pipeline.timestamps.clock_errors import ClockError

ERROR = ClockError(
    shift_seconds=-21600,
    margin_seconds=240,
    from_local=None,
    until_local=None,
    files_for=6,
    files_against=0,
    files_silent=0,
    kinds=(("GPS time", 6),),
    examples=(),
)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (-90, "1 minute 30 seconds"),
        (86400, "1 day"),
        (365 * 86400 + 3605, "365 days 1 hour"),
    ],
)
def test_lengths_of_time_have_at_most_two_units(seconds, expected):
    assert clock_words.duration(seconds) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "The clock was 6 hours ahead, say 6 files (GPS time: 6); none says otherwise."),
        (
            {
                "shift_seconds": 31536000,
                "margin_seconds": 36000,
                "files_for": 12,
                "files_against": 1,
                "files_silent": 30,
                "kinds": (("folder", 10), ("file name", 2)),
            },
            "The clock was 365 days behind, say 12 files (folder: 10, file name: 2); 1 file says otherwise; "
            "30 files of that time tell nothing; "
            "only the days are known, the time of day is taken to be right.",
        ),
    ],
)
def test_says_how_wrong_the_clock_was_and_who_says_so(facts, expected):
    assert clock_words.error(replace(ERROR, **facts)) == expected
