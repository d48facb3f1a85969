"""Capture dates as people write them: in their own precision, on their own clock."""

from datetime import datetime, timedelta

from django import template
from django.utils.dateformat import format as format_clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import MediaFile, Precision, TimestampCandidate

register = template.Library()

ASSUMED = "assumed"
DAY_FORMAT = "j M Y"
# Periods of which the start alone says everything.
FORMATS = {
    Precision.SECOND: "j M Y H:i:s",
    Precision.MINUTE: "j M Y H:i",
    Precision.DAY: DAY_FORMAT,
    Precision.MONTH: "F Y",
    Precision.YEAR: "Y",
}
SEASONS = {
    3: gettext_lazy("Spring"),
    6: gettext_lazy("Summer"),
    9: gettext_lazy("Autumn"),
    12: gettext_lazy("Winter"),
}


def period_text(local: datetime, until: datetime | None, precision: str) -> str:
    """Write a period that starts at a naive wall clock; the clock is never shifted."""
    if precision == Precision.DECADE:
        return _("%(year)ss") % {"year": local.year // 10 * 10}
    if precision == Precision.SEASON and local.month in SEASONS:
        return f"{SEASONS[local.month]} {_season_year(local)}"
    known_format = FORMATS.get(Precision(precision))
    if known_format is not None:
        return format_clock(local, known_format)
    return format_clock(local, DAY_FORMAT) if until is None else _range_text(local, until)


def _season_year(local: datetime) -> str:
    return f"{local.year}/{(local.year + 1) % 100:02}" if local.month == 12 else f"{local.year}"


def _range_text(local: datetime, until: datetime) -> str:
    if local.date() != until.date():
        return f"{format_clock(local, DAY_FORMAT)} – {format_clock(until, DAY_FORMAT)}"  # noqa: RUF001  a range
    return f"{format_clock(local, 'j M Y H:i')} – {format_clock(until, 'H:i')}"  # noqa: RUF001  a range


def offset_text(minutes: int) -> str:
    """Write an offset from UTC as cameras do, such as "+09:00"."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def clock_text(local: datetime, until: datetime | None, precision: str, offset_minutes: int | None) -> str:
    """Write a period, and its offset from UTC where both are known and the period is a moment."""
    text = period_text(local, until, precision)
    if offset_minutes is None or precision not in (Precision.SECOND, Precision.MINUTE):
        return text
    return f"{text} {offset_text(offset_minutes)}"


@register.filter
def captured(file: MediaFile) -> str:
    """Write the capture date of a file, saying so where its zone is assumed."""
    if file.captured_local is None:
        return _("no date")
    text = clock_text(
        file.captured_local, file.captured_until_local, file.captured_precision, file.offset_minutes
    )
    return _("%(date)s (zone assumed)") % {"date": text} if file.offset_source == ASSUMED else text


@register.filter
def claimed(candidate: TimestampCandidate) -> str:
    """Write what a candidate claims; one that knows only the instant is written in UTC."""
    if candidate.local is not None:
        return clock_text(candidate.local, None, candidate.precision, candidate.offset_minutes)
    if candidate.instant is None:
        return _("no date")
    return f"{format_clock(candidate.instant, FORMATS[Precision.SECOND])} UTC"


@register.filter
def modified(mtime_ns: int) -> str:
    """Write a modification time, in UTC; one that no calendar holds stays a number."""
    try:
        at = datetime(1970, 1, 1) + timedelta(seconds=mtime_ns // 10**9)  # noqa: DTZ001  UTC without a zone
    except OverflowError:
        return str(mtime_ns)
    return f"{format_clock(at, FORMATS[Precision.SECOND])} UTC"
