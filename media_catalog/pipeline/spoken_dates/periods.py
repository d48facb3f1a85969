"""What a typed date may mean, and why it may mean nothing."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from media_catalog.pipeline.timestamps.candidates import Precision, period_end
from media_catalog.pipeline.timestamps.phrases import gettext_noop

DECEMBER = 12


class Why(StrEnum):
    """Why a text is no date."""

    UNREADABLE = "unreadable"
    NO_SUCH_DAY = "no_such_day"
    NO_SUCH_TIME = "no_such_time"
    NO_SUCH_ZONE = "no_such_zone"
    SHORT_YEAR = "short_year"
    WRONG_WEEKDAY = "wrong_weekday"
    NO_END = "no_end"
    BACKWARDS = "backwards"
    TOO_EARLY = "too_early"
    FUTURE = "future"


WORDS = {
    Why.UNREADABLE: gettext_noop(
        "This is not understood. Try “15 August 2019”, “May 2003” or “summer 1978”."
    ),
    Why.NO_SUCH_DAY: gettext_noop("There is no such day."),
    Why.NO_SUCH_TIME: gettext_noop("There is no such time of day."),
    Why.NO_SUCH_ZONE: gettext_noop("No clock on earth has this distance from UTC."),
    Why.SHORT_YEAR: gettext_noop("Please write the year with four digits."),
    Why.WRONG_WEEKDAY: gettext_noop("That day was another day of the week."),
    Why.NO_END: gettext_noop("Please say from when to when, such as “1970 to 1975”."),
    Why.BACKWARDS: gettext_noop("This ends before it begins."),
    Why.TOO_EARLY: gettext_noop("This is before the first photograph was taken."),
    Why.FUTURE: gettext_noop("This is in the future."),
}


class NotADate(ValueError):
    """The text is no date; `why` has its words in `WORDS`."""

    def __init__(self, why: Why) -> None:
        super().__init__(WORDS[why])
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How words are meant that mean two things; `today` is the day on which they were typed."""

    today: date
    is_day_first: bool = True
    is_winter_of_its_end: bool = False
    is_century_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The first and the last second that are meant, by a clock on the wall."""

    local: datetime
    until: datetime
    precision: Precision
    offset_minutes: int | None = None


def of(year: int, month: int = 1, day: int = 1, *, precision: Precision) -> Period:
    """Return the period of this precision that begins on a day.

    :raises NotADate: when the calendar has no such day.
    """
    try:
        local = datetime(year, month, day)
        return Period(local=local, until=period_end(local, precision), precision=precision)
    except (ValueError, OverflowError):
        raise NotADate(Why.NO_SUCH_DAY) from None


def season(year: int, month: int) -> Period:
    """Return the season that begins with a month."""
    return of(year, month, precision=Precision.SEASON)


def between(first: Period, last: Period) -> Period:
    """Return the time from the beginning of one period to the end of another.

    :raises NotADate: when it would end before it begins.
    """
    if last.until < first.local:
        raise NotADate(Why.BACKWARDS)
    if first.offset_minutes not in (None, last.offset_minutes):
        raise NotADate(Why.UNREADABLE)  # a journey has no one clock
    return Period(
        local=first.local,
        until=last.until,
        precision=Precision.RANGE,
        offset_minutes=last.offset_minutes,
    )
