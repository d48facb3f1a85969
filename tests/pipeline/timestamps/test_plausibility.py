"""What nobody took a picture on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from media_catalog.pipeline.timestamps import phrases, plausibility
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def claim(local=None, *, instant=None, precision=Precision.SECOND, raw="x"):
    return Candidate(
        source="EXIF:DateTimeOriginal",
        raw=raw,
        local=local,
        instant=instant,
        precision=precision,
        offset_minutes=None,
        offset_source=None,
        weight=10,
    )


@pytest.mark.parametrize(
    ("local", "code"),
    [
        (datetime(1904, 1, 1), "refused_sentinel"),
        (datetime(1970, 1, 1), "refused_sentinel"),
        (datetime(1970, 1, 1, 9), "refused_sentinel"),  # the same second on a clock in Tokyo
        (datetime(1969, 12, 31, 19), "refused_sentinel"),  # and in New York
        (datetime(1980, 1, 1), "refused_sentinel"),
        (datetime(1979, 12, 31, 17), "refused_sentinel"),
        (datetime(2000, 1, 1), "refused_sentinel"),
        (datetime(2002, 12, 8, 12), "refused_sentinel"),  # Motorola XT1068
        (datetime(1999, 11, 30), "refused_sentinel"),
        (datetime(2038, 1, 19, 3, 14, 7), "refused_future"),
        (datetime(1601, 1, 1), "refused_too_early"),
        (datetime(1825, 12, 31), "refused_too_early"),
        (datetime(2099, 1, 1), "refused_future"),
        (datetime(2026, 11, 21, 12, 0, 1), "refused_future"),
    ],
)
def test_refuses_with_a_reason(local, code):
    refusal = plausibility.refusal(claim(local), now=NOW)

    assert refusal is not None
    assert refusal.code == code
    assert refusal.phrase in phrases.VERDICTS


@pytest.mark.parametrize(
    "local",
    [
        datetime(1826, 6, 1),
        datetime(1919, 5, 4, 12),
        datetime(1995, 7, 4, 12),
        datetime(1970, 1, 1, 14, 20, 31),  # the day is not refused, only the second
        datetime(2000, 1, 1, 0, 3, 12),
        datetime(2026, 11, 21, 11),  # it is tomorrow already in the east
    ],
)
def test_accepts_every_year_that_has_photographs(local):
    assert plausibility.refusal(claim(local), now=NOW) is None


def test_refuses_an_instant_that_is_a_clock_zero():
    zero = claim(instant=datetime(1904, 1, 1, tzinfo=UTC))

    assert plausibility.refusal(zero, now=NOW).code == "refused_sentinel"


def test_believes_a_day_that_somebody_gave():
    assert plausibility.refusal(claim(datetime(1970, 1, 1), precision=Precision.DAY), now=NOW) is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("0000:00:00 00:00:00", "refused_sentinel"),
        (":  :     :  :", "refused_sentinel"),
        ("yesterday", "refused_unreadable"),
    ],
)
def test_tells_an_empty_date_from_nonsense(raw, code):
    assert plausibility.refusal(claim(raw=raw), now=NOW).code == code


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        (datetime(2005, 1, 1, 0, 7, 12), True),
        (datetime(2005, 1, 1, 0, 30), True),
        (datetime(2005, 1, 1, 0, 31), False),
        (datetime(2005, 1, 2, 0, 7), False),
    ],
)
def test_notices_a_clock_that_was_never_set(local, expected):
    assert plausibility.is_factory_default(claim(local)) is expected


def test_knows_midnight_and_years_without_digital_cameras():
    assert plausibility.is_midnight(claim(datetime(2015, 1, 31)))
    assert not plausibility.is_midnight(claim(datetime(2015, 1, 31) + timedelta(microseconds=5)))
    assert plausibility.is_before_digital_cameras(claim(datetime(1978, 6, 1, 12)))
    assert not plausibility.is_before_digital_cameras(claim(datetime(1995, 7, 4, 12)))


def test_has_no_digits_where_there_is_no_date():
    with pytest.raises(ValueError, match="holds no date"):
        plausibility.digits(claim())


@pytest.mark.parametrize(
    "early",
    [
        claim(datetime(1999, 12, 31, 23, 59)),
        claim(instant=datetime(1997, 5, 1, 10, tzinfo=UTC)),
        claim(datetime(1999, 1, 1), precision=Precision.YEAR),
        claim(datetime(1980, 1, 1), precision=Precision.DECADE),
    ],
)
def test_what_is_over_before_the_earliest_year_of_somebodys_pictures_is_refused_by_that_year(early):
    refusal = plausibility.refusal(early, now=NOW, earliest_year=2000)

    assert refusal.code == "refused_too_early"
    said = phrases.VERDICTS[refusal.phrase] % refusal.values
    assert said == "before the earliest year of your pictures (2000)"
    assert plausibility.refusal(early, now=NOW) is None


@pytest.mark.parametrize(
    "claim",
    [
        claim(datetime(2000, 1, 2)),
        claim(datetime(1995, 1, 1), precision=Precision.DECADE),
        replace(claim(datetime(1999, 12, 30), precision=Precision.RANGE), until=datetime(2000, 1, 2)),
        replace(claim(datetime(1975, 7, 4, 12)), source="name:forced", weight=90),
    ],
)
def test_what_reaches_into_that_year_and_what_a_person_says_is_not(claim):
    assert plausibility.refusal(claim, now=NOW, earliest_year=2000) is None


def test_nobody_says_that_a_picture_is_older_than_photography():
    forced = replace(claim(datetime(1825, 7, 4, 12)), weight=90)
    assert plausibility.refusal(forced, now=NOW, earliest_year=2000).values == {"year": 1826}
