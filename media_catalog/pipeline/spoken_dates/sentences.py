"""What stands around a date: "about", "early", a time of day and its zone, "from … to …"."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from media_catalog.pipeline.filename_dates import text as names
from media_catalog.pipeline.spoken_dates import clocks, periods, rules
from media_catalog.pipeline.spoken_dates.periods import NotADate, Period, Usage, Why
from media_catalog.pipeline.timestamps.candidates import EXACT, MONTHS, Precision

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = re.compile(rf"(?P<day>{'|'.join(f'{day}|{day[:3]}' for day in DAYS)})\.? (?P<rest>.+)")
LEAD = re.compile(r"(?:on|in|the|during|am|im|le|el|den|sometime|some time) (?P<rest>.+)")
ABOUT = re.compile(
    r"(?:(?:about|around|circa|approximately|approx\.?|roughly|maybe|perhaps|um|vers|ungefähr|etwa) "
    r"|c(?:a|irca)?\.? ?(?=[0-9])|~ ?)(?P<rest>.+)"
)
ABOUT_END = re.compile(r"(?P<rest>.+?) ?(?:\?|~| or so)")
EARLY = "early|anfang|the beginning of|beginning of|the start of|start of"
MIDDLE = "mid|middle of|the middle of|mitte"
LATE = "late|ende|the end of|end of"
PART = re.compile(rf"(?:(?P<early>{EARLY})|(?P<middle>{MIDDLE})|(?P<late>{LATE}))[ -](?:the )?(?P<rest>.+)")
OPEN = re.compile(r"(?:before|after|since|until|till|vor|nach|seit|bis) .+")
BETWEEN = re.compile(r"(?:from|between|von|zwischen) (?P<rest>.+)")
JOINT = re.compile(r" (?:to|until|till|bis|and|und) | ?- ?")
ABOUT_DAYS = timedelta(days=3)
ABOUT_TIME = timedelta(minutes=30)
ABOUT_MONTHS = {Precision.MONTH: 1, Precision.SEASON: 1, Precision.YEAR: 12}


class Doubt(StrEnum):
    """In what two readings of one text differ."""

    DAY_OR_MONTH = "day_or_month"
    WHICH_WINTER = "which_winter"
    WHICH_CENTURY = "which_century"


def other_usages(usual: Usage) -> Iterator[tuple[Doubt, Usage]]:
    """Give the ways in which the words might be meant instead."""
    yield Doubt.DAY_OR_MONTH, replace(usual, is_day_first=not usual.is_day_first)
    yield Doubt.WHICH_WINTER, replace(usual, is_winter_of_its_end=True)
    yield Doubt.WHICH_CENTURY, replace(usual, is_century_before=True)


def period(text: str, usage: Usage) -> Period:
    """Read a whole sentence.

    :raises NotADate: when it says no date.
    """
    plain = names.plain(text).replace("\u2019", "'").replace(",", " ")
    return _sentence(" ".join(plain.split()).strip(" .!"), usage)


def _sentence(text: str, usage: Usage) -> Period:
    if OPEN.fullmatch(text):
        raise NotADate(Why.NO_END)
    for pattern, widened in ((ABOUT, _about), (ABOUT_END, _about)):
        if match := pattern.fullmatch(text):
            return widened(_sentence(match["rest"], usage))
    try:
        return _date(text, usage)
    except NotADate as refusal:
        if refusal.why is not Why.UNREADABLE:
            raise
    return _range(text, usage)


def _date(text: str, usage: Usage) -> Period:
    """Read one date, with what stands before or after it."""
    try:
        return rules.one(text, usage)
    except NotADate as refusal:
        if refusal.why is not Why.UNREADABLE:
            raise
    if match := WEEKDAY.fullmatch(text):
        return _on_weekday(match["day"], _date(match["rest"], usage))
    if match := PART.fullmatch(text):
        return _third(match, _date(match["rest"], usage))
    if match := LEAD.fullmatch(text):
        return _date(match["rest"], usage)
    date_text, clock = clocks.split(text)
    return clocks.at(_date(date_text, usage), clock)


def _on_weekday(name: str, day: Period) -> Period:
    if day.local.date() != day.until.date() or not DAYS[day.local.weekday()].startswith(name):
        raise NotADate(Why.WRONG_WEEKDAY)
    return day


def _third(match: re.Match[str], whole: Period) -> Period:
    """Take the first, middle or last third of a month, season, year or decade."""
    if match["middle"] and whole.precision is Precision.SEASON:
        raise NotADate(Why.UNREADABLE)  # midsummer is a day of its own
    if whole.precision is Precision.MONTH:
        starts = [whole.local.replace(day=day) for day in (1, 11, 21)]
    elif whole.precision is Precision.DECADE:
        starts = [whole.local.replace(year=whole.local.year + years) for years in (0, 4, 7)]
    elif months := MONTHS.get(whole.precision):
        starts = [_month_after(whole.local, step * months // 3) for step in range(3)]
    else:
        raise NotADate(Why.UNREADABLE)
    at = 0 if match["early"] else 1 if match["middle"] else 2
    ends = [*(start - timedelta(seconds=1) for start in starts[1:]), whole.until]
    return Period(local=starts[at], until=ends[at], precision=Precision.RANGE)


def _about(given: Period) -> Period:
    """Widen a period as far as "about" goes: a year by one, a month or season by a month, a day by three."""
    try:
        start, until = _widened(given)
    except (OverflowError, ValueError):
        raise NotADate(Why.NO_SUCH_DAY) from None
    return Period(local=start, until=until, precision=Precision.RANGE, offset_minutes=given.offset_minutes)


def _widened(given: Period) -> tuple[datetime, datetime]:
    if given.precision in EXACT:
        return given.local - ABOUT_TIME, given.until + ABOUT_TIME
    if given.precision is Precision.DAY:
        return given.local - ABOUT_DAYS, given.until + ABOUT_DAYS
    months = ABOUT_MONTHS.get(given.precision, 0)
    if not months:
        return given.local, given.until
    start = _month_after(given.local, -months)
    end = _month_after(given.until.replace(day=1, hour=0, minute=0, second=0), months + 1)
    return start, end - timedelta(seconds=1)


def _month_after(start: datetime, months: int) -> datetime:
    last = start.year * 12 + start.month - 1 + months
    return start.replace(year=last // 12, month=last % 12 + 1)


def _range(text: str, usage: Usage) -> Period:
    """Read two dates with a word or a dash between them."""
    match = BETWEEN.fullmatch(text)
    whole = match["rest"] if match else text
    refused = NotADate(Why.UNREADABLE)
    for joint in JOINT.finditer(whole):
        try:
            first, last = _date(whole[: joint.start()], usage), _date(whole[joint.end() :], usage)
            return periods.between(first, last)
        except NotADate as refusal:
            refused = refused if refusal.why is Why.UNREADABLE else refusal
    raise refused
