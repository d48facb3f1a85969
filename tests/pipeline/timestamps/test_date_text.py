"""Reading the text of one date."""

from datetime import datetime

import pytest

from media_catalog.pipeline.timestamps import date_text


@pytest.mark.parametrize(
    ("text", "local", "unit", "offset_minutes"),
    [
        ("2015:01:31 14:20:30", datetime(2015, 1, 31, 14, 20, 30), "second", None),
        ("2015:01:31 14:20:30.68", datetime(2015, 1, 31, 14, 20, 30, 680_000), "second", None),
        ("2014:09:21 16:00:56.000000+02:00", datetime(2014, 9, 21, 16, 0, 56), "second", 120),  # Jolla
        ("2023-09-27T14:32:53+02:00", datetime(2023, 9, 27, 14, 32, 53), "second", 120),  # ISO in EXIF
        ("2019:07:24 11:25:40+0300", datetime(2019, 7, 24, 11, 25, 40), "second", 180),
        ("2003/08/06 18:04:34", datetime(2003, 8, 6, 18, 4, 34), "second", None),
        ("2009: 3: 4 07:05:59", datetime(2009, 3, 4, 7, 5, 59), "second", None),
        ("2020:01:05 15:04", datetime(2020, 1, 5, 15, 4), "minute", None),
        ("2004:02:26", datetime(2004, 2, 26), "day", None),  # IPTC:DateCreated alone
        ("2004:02:26   :  :  ", datetime(2004, 2, 26), "day", None),
        ("2015:01:31 25:61:00", datetime(2015, 1, 31), "day", None),
        ("2006-05", datetime(2006, 5, 1), "month", None),
        ("1978", datetime(1978, 1, 1), "year", None),
        ("2015:01:31 14:20:30-05:30", datetime(2015, 1, 31, 14, 20, 30), "second", None),  # no such zone
    ],
)
def test_reads_what_is_written_and_no_more(text, local, unit, offset_minutes):
    date = date_text.parse(text)

    assert date is not None
    assert (date.local, date.unit, date.offset_minutes) == (local, unit, offset_minutes)
    assert not date.is_utc


@pytest.mark.parametrize("zone", ["Z", "UTC", "-00:00"])
def test_a_bare_utc_mark_leaves_the_place_unknown(zone):
    date = date_text.parse(f"2013:07:05 03:18:27{zone}")

    assert date is not None
    assert date.is_utc
    assert date.offset_minutes is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2001:12:00 00:00:00",  # Traveler SX330Z
        "2015:02:30 10:00:00",
        "2014:09:259 13:05:12.05",  # iPhone 6
        "171546:01:01 00:00:00",
        "0001:01:01 00:00:00",
        "9999:12:31 23:59:59",
        "2015:01:31 lunch",
        "\u0662\u0660\u0661\u0665:01:31 14:20:30",  # digits, but not those of a camera
        "Anthus sp., field ID by G. Iglesias",
        "2015:01:31 14:20:30" + " " * 100,
    ],
)
def test_is_no_date(text):
    assert date_text.parse(text) is None


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("68", 680_000), ("007", 7_000), ("958123456", 958_123), ("", 0), ("x1", 0), ("²", 0)],
)
def test_reads_subseconds_as_decimals(digits, expected):
    assert date_text.microseconds(digits) == expected
