"""Dates as people type them: "summer 1978", "15/08/2019 14:20", "about 1985", "3 March 1999 2pm +02:00".

Nothing is made more exact than it was said. What can be read in two ways is read in the usual one, and the
other one is given beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from media_catalog.pipeline.spoken_dates import printing, sentences
from media_catalog.pipeline.spoken_dates.periods import NotADate, Period, Usage, Why
from media_catalog.pipeline.timestamps.candidates import Precision
from media_catalog.pipeline.timestamps.plausibility import FIRST_PHOTOGRAPH

__all__ = ["Doubt", "NotADate", "Spoken", "Why", "read", "understand"]

Doubt = sentences.Doubt
LONGEST = 100  # characters; a date is shorter
FUTURE = timedelta(days=1)  # somebody east of here may write tomorrow's date


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A date as it was understood: naive wall clocks at the first and the last second of its period.

    Where the words mean one of two things, `other` is the second, and `doubt` says what they differ in.
    """

    local: datetime
    until: datetime
    precision: Precision
    offset_minutes: int | None = None
    doubt: Doubt | None = None
    other: "Spoken | None" = None

    @property
    def text(self) -> str:
        """The same date in words that are understood as nothing else; days come first in them."""
        return printing.text(self.local, self.until, self.precision, self.offset_minutes)


def understand(text: str, *, today: date, day_first: bool = True) -> Spoken | None:
    """Read a date that somebody typed; `None` for what is none. It never raises.

    :param day_first: whether 3/4/2019 is the third of April.
    """
    try:
        return read(text, today=today, day_first=day_first)
    except NotADate:
        return None


def read(text: str, *, today: date, day_first: bool = True) -> Spoken:
    """Read a date that somebody typed.

    :raises NotADate: with the reason, for whoever typed it.
    """
    if len(text) > LONGEST:
        raise NotADate(Why.UNREADABLE)
    usual = Usage(today=today, is_day_first=day_first)
    refused, found = NotADate(Why.UNREADABLE), list[tuple[Doubt | None, Spoken]]()
    for doubt, usage in ((None, usual), *sentences.other_usages(usual)):
        try:
            period = sentences.period(text, usage)
            found.append((doubt, _believable(period, today)))
        except NotADate as refusal:
            refused = refusal if doubt is None else refused
    if not found:
        raise refused
    return _with_doubt(*_distinct(found))


def _believable(period: Period, today: date) -> Spoken:
    if period.local.year < FIRST_PHOTOGRAPH:
        raise NotADate(Why.TOO_EARLY)
    if period.local.date() > today + FUTURE:
        raise NotADate(Why.FUTURE)
    return Spoken(
        local=period.local,
        until=period.until,
        precision=period.precision,
        offset_minutes=period.offset_minutes,
    )


def _distinct(found: list[tuple[Doubt | None, Spoken]]) -> Iterator[tuple[Doubt | None, Spoken]]:
    seen: list[Spoken] = []
    for doubt, spoken in found:
        if spoken not in seen:
            seen.append(spoken)
            yield doubt, spoken


def _with_doubt(first: tuple[Doubt | None, Spoken], *others: tuple[Doubt | None, Spoken]) -> Spoken:
    if not others:
        return first[1]
    doubt, other = others[0]
    return replace(first[1], doubt=doubt, other=other)
