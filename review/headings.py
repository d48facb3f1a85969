"""Headings over the tiles: days, or months or years where files are far apart."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from media_catalog.models import MediaFile, Precision
from media_catalog.templatetags.capture import period_text

# Files under one heading, on average; below that the tiles would stand in rows of one.
ENOUGH = 4
TO_THE_DAY = frozenset([Precision.SECOND, Precision.MINUTE, Precision.DAY])
# What is so exact stands under the day, month or year; what is less exact under its own period.
HELD = {
    Precision.DAY: TO_THE_DAY,
    Precision.MONTH: TO_THE_DAY | {Precision.MONTH},
    Precision.YEAR: TO_THE_DAY | {Precision.MONTH, Precision.SEASON, Precision.YEAR},
}
UNITS = {"day": Precision.DAY, "month": Precision.MONTH, "year": Precision.YEAR}
NONE = "none"  # where even years would stand in rows of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Files that stand together; `query` leads to all of that day, month or year."""

    label: str
    query: str
    files: Sequence[MediaFile]
    is_continued: bool = False


def unit_for(files: Sequence[MediaFile]) -> str:
    """Choose what the files are headed by, so that there are not more headings than rows."""
    dated = [file for file in files if file.captured_local]
    for name, unit in UNITS.items():
        if len({_label(file, unit) for file in dated}) * ENOUGH <= len(dated):
            return name
    return NONE


def sections(
    files: Sequence[MediaFile], *, by: str, filters: Mapping[str, str], before: str = ""
) -> Iterator[Section]:
    """Put files, which are in order, under headings; the first one may go on from the page before."""
    if by not in UNITS:
        yield Section(label="", query="", files=files, is_continued=True)
        return
    unit = UNITS[by]
    for number, (label, group) in enumerate(groupby(files, key=lambda file: _label(file, unit))):
        found = list(group)
        yield Section(
            label=label,
            query=_query(found[0], unit, filters),
            files=found,
            is_continued=number == 0 and label == before,
        )


def _label(file: MediaFile, unit: Precision) -> str:
    if file.captured_local is None:
        return _("No date")
    if file.captured_precision in HELD[unit]:
        return period_text(file.captured_local, None, unit)
    return period_text(file.captured_local, file.captured_until_local, file.captured_precision)


def _query(file: MediaFile, unit: Precision, filters: Mapping[str, str]) -> str:
    if file.captured_local is None or file.captured_precision not in HELD[unit]:
        return ""
    first = file.captured_local.date()
    last = first
    if unit == Precision.MONTH:
        first, last = _month(first)
    if unit == Precision.YEAR:
        first, last = date(first.year, 1, 1), date(first.year, 12, 31)
    return urlencode({**filters, "from": first.isoformat(), "until": last.isoformat()})


def _month(day: date) -> tuple[date, date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
