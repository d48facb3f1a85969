from datetime import UTC, datetime

import pytest

from media_catalog.models import MediaFile, TimestampCandidate
from media_catalog.templatetags import capture

JANUARY = datetime(2015, 1, 31, 14, 20, 30)


@pytest.mark.parametrize(
    ("local", "until", "precision", "text"),
    [
        (JANUARY, JANUARY, "second", "31 Jan 2015 14:20:30"),
        (JANUARY, JANUARY, "minute", "31 Jan 2015 14:20"),
        (datetime(2015, 1, 31), datetime(2015, 1, 31, 23, 59, 59), "day", "31 Jan 2015"),
        (datetime(2015, 1, 1), datetime(2015, 1, 31, 23, 59, 59), "month", "January 2015"),
        (datetime(1978, 6, 1), datetime(1978, 8, 31, 23, 59, 59), "season", "Summer 1978"),
        (datetime(1978, 12, 1), datetime(1979, 2, 28, 23, 59, 59), "season", "Winter 1978/79"),
        (datetime(1999, 12, 1), datetime(2000, 2, 29, 23, 59, 59), "season", "Winter 1999/00"),
        (datetime(1978, 7, 1), datetime(1978, 9, 30, 23, 59, 59), "season", "1 Jul 1978 – 30 Sep 1978"),  # noqa: RUF001
        (datetime(2015, 1, 1), datetime(2015, 12, 31, 23, 59, 59), "year", "2015"),
        (datetime(1970, 1, 1), datetime(1979, 12, 31, 23, 59, 59), "decade", "1970s"),
        (datetime(2015, 1, 3), datetime(2015, 2, 7), "range", "3 Jan 2015 – 7 Feb 2015"),  # noqa: RUF001
        (datetime(2015, 1, 3, 9), datetime(2015, 1, 3, 11, 30), "range", "3 Jan 2015 09:00 – 11:30"),  # noqa: RUF001
        (datetime(2015, 1, 3), None, "range", "3 Jan 2015"),
        (datetime(1826, 7, 4), None, "year", "1826"),
    ],
)
def test_writes_a_period_in_its_own_precision(local, until, precision, text):
    assert capture.period_text(local, until, precision) == text


@pytest.mark.parametrize(
    ("minutes", "text"), [(540, "+09:00"), (0, "+00:00"), (-210, "-03:30"), (345, "+05:45"), (-840, "-14:00")]
)
def test_writes_an_offset_as_cameras_do(minutes, text):
    assert capture.offset_text(minutes) == text


def test_leaves_the_offset_out_of_what_is_no_moment():
    assert capture.clock_text(datetime(2015, 1, 31), None, "day", 60) == "31 Jan 2015"


@pytest.mark.parametrize(
    ("offset_minutes", "offset_source", "text"),
    [
        (540, "EXIF:OffsetTimeOriginal", "31 Jan 2015 14:20:30 +09:00"),
        (60, "assumed", "31 Jan 2015 14:20:30 +01:00 (zone assumed)"),
        (None, "", "31 Jan 2015 14:20:30"),
    ],
)
def test_says_where_the_zone_of_a_file_is_assumed(offset_minutes, offset_source, text):
    file = MediaFile(
        captured_local=JANUARY,
        captured_until_local=JANUARY,
        captured_precision="second",
        offset_minutes=offset_minutes,
        offset_source=offset_source,
    )
    assert capture.captured(file) == text


def test_says_that_an_undated_file_has_no_date():
    assert capture.captured(MediaFile()) == "no date"


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_never_shifts_a_wall_clock_to_the_zone_of_the_server(settings, zone):
    settings.TIME_ZONE = zone
    assert (
        capture.captured(MediaFile(captured_local=JANUARY, captured_precision="second"))
        == "31 Jan 2015 14:20:30"
    )


@pytest.mark.parametrize(
    ("candidate", "text"),
    [
        (
            TimestampCandidate(local=JANUARY, precision="second", offset_minutes=540),
            "31 Jan 2015 14:20:30 +09:00",
        ),
        (
            TimestampCandidate(instant=datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC), precision="second"),
            "31 Jan 2015 05:20:30 UTC",
        ),
        (TimestampCandidate(precision="second"), "no date"),
    ],
)
def test_writes_what_a_candidate_claims(candidate, text):
    assert capture.claimed(candidate) == text


@pytest.mark.parametrize(
    ("mtime_ns", "text"),
    [
        (1_422_735_630_999_999_999, "31 Jan 2015 20:20:30 UTC"),
        (-1_000_000_000, "31 Dec 1969 23:59:59 UTC"),
        ((1 << 63) - 1, "11 Apr 2262 23:47:16 UTC"),
        (10**30, str(10**30)),
    ],
)
def test_writes_modification_times_in_utc(mtime_ns, text):
    assert capture.modified(mtime_ns) == text
