"""Reads the text of one date tag: EXIF, XMP and ISO forms, from a mere year to microseconds with a zone."""

import re
from dataclasses import dataclass
from datetime import datetime

from media_catalog.pipeline.timestamps import zones

TEXT_LIMIT = 100  # characters; what is longer is no date
# Years at the very edges of the calendar would overflow as soon as a zone is applied.
FIRST_YEAR, LAST_YEAR = 2, 9998
DATE = re.compile(
    r"\s*([0-9]{4})(?:[:\-/.] ?([0-9]{1,2})(?:[:\-/.] ?([0-9]{1,2})([T\s].*)?)?)?\s*", re.DOTALL
)
TIME = re.compile(
    r"[T\s]\s*([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:[.,]([0-9]+))?)?"
    r"\s*(Z|UTC|GMT|[+-][0-9]{1,2}(?::?[0-9]{2})?)?\s*"
)
NO_TIME = re.compile(r"[T\s0-9:.,+\-Z]*")  # blank, or digits that are no time of day
UNKNOWN_ZONES = frozenset(
    ("Z", "UTC", "GMT", "-00:00", "-0000")
)  # the instant is known, the place's zone is not
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class DateText:
    """A date as written; `unit` is the smallest part given: year, month, day, minute or second."""

    local: datetime
    unit: str
    offset_minutes: int | None
    is_utc: bool

    @property
    def has_time(self) -> bool:
        return self.unit in {"minute", "second"}


def parse(text: str) -> DateText | None:
    """Read a date; None where it is none, or none that the calendar has.

    Nothing is filled in but the start of the period: every number of the result stands in the text. A good
    date with an impossible or blank time of day is a day.
    """
    match = DATE.fullmatch(text) if len(text) <= TEXT_LIMIT else None
    if match is None:
        return None
    year, month, day, rest = match.groups()
    try:
        date = datetime(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        return None
    if day is None:
        return DateText(local=date, unit="month" if month else "year", offset_minutes=None, is_utc=False)
    return _with_time(date, rest or "")


def microseconds(digits: str) -> int:
    """Read the digits behind a decimal point ("68" is 680,000); 0 where they are no digits."""
    return int(digits[:6].ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0


def without_controls(text: str) -> str:
    """Remove control characters and what UTF-8 cannot hold; what follows a NUL stays."""
    return CONTROLS.sub("", text)


def _with_time(date: datetime, rest: str) -> DateText | None:
    match = TIME.fullmatch(rest)
    if match is None:
        return _day(date) if NO_TIME.fullmatch(rest) else None
    hour, minute, second, fraction, zone = match.groups()
    try:
        local = date.replace(hour=int(hour), minute=int(minute), second=int(second or 0))
    except ValueError:
        return _day(date)
    return DateText(
        local=local.replace(microsecond=microseconds(fraction or "")),
        unit="second" if second else "minute",
        offset_minutes=zones.parse_offset(zone) if zone and zone not in UNKNOWN_ZONES else None,
        is_utc=zone in UNKNOWN_ZONES,
    )


def _day(date: datetime) -> DateText:
    return DateText(local=date, unit="day", offset_minutes=None, is_utc=False)
