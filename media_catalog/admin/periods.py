"""Years, months and days of captures, found by steps through the index: no list reads all files for them."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists
from django.utils.dateformat import format as format_day
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from media_catalog.models import MediaFile

NAMES = ("from", "until")
MOST_YEARS = 150
FORMATS = {"year": "Y", "month": "F Y", "day": "j F Y"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A year, a month or a day; or a stretch of days that is none of these, which has no parts."""

    first: date
    last: date
    kind: str

    @property
    def text(self) -> str:
        if self.kind in FORMATS:
            return format_day(self.first, FORMATS[self.kind])
        return f"{format_day(self.first, 'j M Y')} – {format_day(self.last, 'j M Y')}"  # noqa: RUF001  a range

    @property
    def values(self) -> dict[str, str]:
        """The period as an address holds it."""
        return {"from": self.first.isoformat(), "until": self.last.isoformat()}

    @property
    def around(self) -> "Period | None":
        """The period that this one is a part of."""
        if self.kind == "day":
            return _month(self.first.year, self.first.month)
        return _year(self.first.year) if self.kind == "month" else None

    @property
    def parts(self) -> "Sequence[Period]":
        if self.kind == "year":
            return [_month(self.first.year, number) for number in range(1, 13)]
        if self.kind == "month":
            return [_day(self.first.replace(day=number)) for number in range(1, self.last.day + 1)]
        return []


def _year(number: int) -> Period:
    return Period(first=date(number, 1, 1), last=date(number, 12, 31), kind="year")


def _month(year: int, number: int) -> Period:
    last = calendar.monthrange(year, number)[1]
    return Period(first=date(year, number, 1), last=date(year, number, last), kind="month")


def _day(day: date) -> Period:
    return Period(first=day, last=day, kind="day")


def read(values: Mapping[str, object]) -> Period | None:
    """Read the period in an address; `None` where there is none, or where one of its ends is open."""
    first, last = (_parsed(values.get(name)) for name in NAMES)
    if first is None or last is None or last < first:
        return None
    known = [_year(first.year), _month(first.year, first.month), _day(first)]
    found = [period for period in known if (period.first, period.last) == (first, last)]
    return found[0] if found else Period(first=first, last=last, kind="range")


def _parsed(value: object) -> date | None:
    try:
        return parse_date(str(value)) if value else None
    except ValueError:
        return None


def text(values: Mapping[str, object]) -> str:
    """Say what period an address holds."""
    period = read(values)
    if period is not None:
        return period.text
    return " – ".join(str(values.get(name) or "…") for name in NAMES)  # noqa: RUF001  a range


def hierarchy(changelist: ChangeList) -> dict[str, object]:
    """Return what `admin/date_hierarchy.html` shows: the parts of a period that files were taken in."""
    period = read(changelist.params)
    parts = _with_files(period.parts) if period else _years()
    remove = list(NAMES)
    choices: list[dict[str, str]] = [
        {"link": changelist.get_query_string(dict(part.values), remove), "title": part.text} for part in parts
    ]
    if period is None:
        return {"show": bool(choices), "back": None, "choices": choices}
    if not choices:
        choices = [{"title": period.text}]
    around = period.around
    back = {
        "link": changelist.get_query_string(dict(around.values) if around else None, remove),
        "title": around.text if around else _("All dates"),
    }
    return {"show": True, "back": back, "choices": choices}


def _years() -> list[Period]:
    dated = MediaFile.objects.filter(captured_local__isnull=False).values_list("captured_local", flat=True)
    ends = [*dated.order_by("captured_local")[:1], *dated.order_by("-captured_local")[:1]]
    if not ends or ends[0] is None or ends[1] is None:
        return []
    first, last = ends[0].year, ends[1].year
    return _with_files([_year(number) for number in range(max(first, last - MOST_YEARS + 1), last + 1)])


def _with_files(parts: Sequence[Period]) -> list[Period]:
    """Leave out periods in which no file was taken, by one query."""
    one = MediaFile.objects.order_by("pk")[:1]
    found = list(one.values_list(*_questions(parts)))[:1] if parts else []
    return [part for part, is_there in zip(parts, found[0], strict=True) if is_there] if found else []


def _questions(parts: Sequence[Period]) -> Iterator[Exists]:
    for part in parts:
        bounds = datetime.combine(part.first, time.min), datetime.combine(part.last, time.max)
        yield Exists(MediaFile.objects.filter(captured_local__range=bounds))
