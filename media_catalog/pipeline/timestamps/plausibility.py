"""Which dates nobody took a picture on, and which deserve doubt (lists: issue trackers of photo managers)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from media_catalog.pipeline.timestamps import witnesses, zones
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, period_end

FIRST_PHOTOGRAPH = 1826  # Niépce; scans may carry any year since
FIRST_DIGITAL_CAMERA = 1988  # no camera wrote a date into a file before
FUTURE = timedelta(days=1)  # room for clocks east of UTC
# Zero of a clock, at any zone's distance: QuickTime, Unix, FAT and ZIP, and EXIF's all-zero date made valid.
CLOCK_ZEROS = (
    datetime(1904, 1, 1),
    datetime(1970, 1, 1),
    datetime(1980, 1, 1),
    datetime(1999, 11, 30),
)
ZERO_TIMES = frozenset(
    zero + sign * timedelta(minutes=offset)
    for zero in CLOCK_ZEROS
    for offset in zones.REAL_OFFSETS
    for sign in (1, -1)
)
# Exactly these seconds: camera defaults (https://github.com/photoprism/photoprism/issues/3229).
DEFAULT_TIMES = frozenset((datetime(2000, 1, 1), datetime(2002, 12, 8, 12)))
# Whole days on which counters start or end: spreadsheets, FAT in a zone west of UTC, NTP, 32-bit Unix.
COUNTER_DAYS = frozenset(
    (date(1899, 12, 30), date(1899, 12, 31), date(1979, 12, 31), date(2036, 2, 7), date(2038, 1, 19))
)
BLANK = frozenset("0 :-/.T")
FACTORY_HOUR = timedelta(minutes=30)  # a camera whose clock was never set starts on 1 January at midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a claim is no date; `phrases` has the words of `phrase`."""

    code: str  # refused_sentinel, refused_unreadable, refused_future, refused_too_early
    phrase: str
    values: Mapping[str, Any] = field(default_factory=dict)


def refusal(candidate: Candidate, *, now: datetime, earliest_year: int = FIRST_PHOTOGRAPH) -> Refusal | None:
    """Say why a claim cannot be a capture date; None if it can be one.

    What ends before `earliest_year`, of which people say that none of their pictures is older, is none
    either, unless a person says it.
    """
    if candidate.local is None and candidate.instant is None:
        if BLANK.issuperset(candidate.raw):
            return Refusal(code="refused_sentinel", phrase="refused_empty")
        return _refusal("refused_unreadable")
    time = digits(candidate)
    if too_early := _too_early(candidate, time, earliest_year):
        return too_early
    if time > now.astimezone(UTC).replace(tzinfo=None) + FUTURE:
        return _refusal("refused_future")
    if _is_sentinel(candidate, time):
        return _refusal("refused_sentinel")
    return None


def _refusal(code: str, **values: Any) -> Refusal:
    return Refusal(code=code, phrase=code, values=values)


def _too_early(candidate: Candidate, time: datetime, earliest_year: int) -> Refusal | None:
    if time.year < FIRST_PHOTOGRAPH:
        return _refusal("refused_too_early", year=FIRST_PHOTOGRAPH)
    if time.year >= earliest_year or witnesses.is_by_person(candidate):
        return None
    end = candidate.until or period_end(time, candidate.precision)
    if end.year >= earliest_year:
        return None  # a decade that reaches into it
    return Refusal(code="refused_too_early", phrase="refused_before_yours", values={"year": earliest_year})


def is_factory_default(candidate: Candidate) -> bool:
    """Tell whether the claim looks like a clock that was started and never set: 1 January, 00:00 to 00:30."""
    time = digits(candidate)
    if candidate.precision not in EXACT or (time.month, time.day) != (1, 1):
        return False
    return time - time.replace(hour=0, minute=0, second=0, microsecond=0) <= FACTORY_HOUR


def is_midnight(candidate: Candidate) -> bool:
    """Tell whether a wall clock shows midnight to the second: far more often a mere day than a time."""
    local = candidate.local
    if local is None or candidate.precision not in EXACT:
        return False
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def is_before_digital_cameras(candidate: Candidate) -> bool:
    """Tell whether a time is older than any camera that could have written it, so that a person did."""
    return candidate.precision in EXACT and digits(candidate).year < FIRST_DIGITAL_CAMERA


def digits(candidate: Candidate) -> datetime:
    """Give what a claim shows without a zone: its wall clock, else its instant in UTC.

    :raises ValueError: when the claim holds no date.
    """
    if candidate.local is not None:
        return candidate.local
    if candidate.instant is not None:
        return candidate.instant.replace(tzinfo=None)
    raise ValueError(f"{candidate.source} holds no date: {candidate.raw!r}")


def _is_sentinel(candidate: Candidate, time: datetime) -> bool:
    if time.date() in COUNTER_DAYS:
        return True
    if candidate.precision not in EXACT:
        return False  # a day, month or year that somebody gave on purpose
    second = time.replace(microsecond=0)
    return second in ZERO_TIMES or second in DEFAULT_TIMES
