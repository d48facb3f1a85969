"""The date that a file's folders carry, read from the nearest folder to the outermost."""

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from media_catalog.pipeline.filename_dates import text
from media_catalog.pipeline.filename_dates.folder_rules import RULES, STORAGE, FolderRule
from media_catalog.pipeline.filename_dates.months import MONTHS
from media_catalog.pipeline.filename_dates.not_dates import NOT_DATES
from media_catalog.pipeline.filename_dates.seasons import SEASONS, WINTER
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision, period_end

DAY_WEIGHT, PERIOD_WEIGHT = 2, 1
WEIGHTS = {Precision.DAY: DAY_WEIGHT}
SHORT = timedelta(days=31)  # a range up to this says as much as a day
LONGEST = timedelta(days=366 * 30)  # a range beyond this says nothing
FIRST_YEAR, LAST_YEAR = 1826, 2100
CENTURY_TURN = 30  # '30 is 1930, '29 is 2029
DEEPEST_TREE = 3  # folders that make up one date: year, month, day
LONGEST_RAW = 200  # characters
HAS_A_DATE = re.compile(r"[0-9]{2}")
WORD = re.compile(r"[^\W\d_]{2,}")
ONLY_A_DAY = re.compile(r"(?:[\W_]*[0-9]){6,}[\W_]*(?:t[0-9]{4,6}z?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What a folder is named after: the naive wall clocks of its start and its last second."""

    start: datetime
    until: datetime
    precision: Precision
    raw: str

    def holds(self, other: "Period") -> bool:
        return self.start <= other.start and other.until <= self.until


def candidate_from_folders(path: str) -> Candidate | None:
    """Read the date that the folders of a path carry; its last part, the file's name, is not looked at.

    The nearest dated folder counts, or one around it that says the same more precisely. `None` without a
    date. Folders for backups, imports and scans are named after those, and say nothing.
    """
    folders = [part for part in text.storable(path).split("/")[:-1] if part]
    best: Period | None = None
    for period in _periods(folders):
        if best is None or (best.holds(period) and not period.holds(best)):
            best = period
    return None if best is None else _candidate(best)


def is_bare(name: str) -> bool:
    """Tell whether a folder's name is a date and nothing else, as programs make it from one."""
    words = WORD.findall(text.plain(name))
    return all(word in MONTHS or word in SEASONS for word in words)


def _periods(folders: Sequence[str]) -> Iterator[Period]:
    names = [text.plain(folder) for folder in folders]
    for end in range(len(names), 0, -1):
        first = max(0, end - DEEPEST_TREE)
        if HAS_A_DATE.search("/".join(names[first:end])) and not _is_storage(names, end - 1):
            yield from _read(names[first:end], raw=folders[end - 1])


def _is_storage(names: Sequence[str], index: int) -> bool:
    """Tell whether a folder is named after a backup: by its own name, or as a day below one of that name."""
    if STORAGE.search(names[index]):
        return True
    return index > 0 and bool(ONLY_A_DAY.fullmatch(names[index])) and bool(STORAGE.search(names[index - 1]))


def _read(names: Sequence[str], *, raw: str) -> Iterator[Period]:
    name, tree = names[-1], "/".join(names)
    if any(family.pattern.search(name) for family in NOT_DATES):
        return
    for rule in RULES:
        found = [
            period
            for match in rule.pattern.finditer(tree if rule.is_tree else name)
            if (period := _period(rule, match, raw=raw))
        ]
        if found:
            yield from _joined(found)
            return


def _joined(found: Sequence[Period]) -> Iterator[Period]:
    """Two days of one form are the ends of a range; two years are none in particular."""
    first, last = found[0], found[-1]
    if first.start == last.start:
        yield first
    elif first.precision is not Precision.YEAR and first.start < last.start < first.start + SHORT * 12:
        yield Period(start=first.start, until=last.until, precision=Precision.RANGE, raw=first.raw)


def _period(rule: FolderRule, match: re.Match[str], *, raw: str) -> Period | None:
    """Read the numbers and words of a match; `None` where they are no date."""
    groups = {key: value for key, value in match.groupdict().items() if value is not None}
    try:
        start, until, precision = _bounds(rule.precision, groups)
    except ValueError:
        return None
    is_real = FIRST_YEAR <= start.year <= LAST_YEAR and start <= until <= start + LONGEST
    return Period(start=start, until=until, precision=precision, raw=raw) if is_real else None


def _bounds(precision: Precision, groups: dict[str, str]) -> tuple[datetime, datetime, Precision]:
    """:raises ValueError: when there is no such date, month or range."""
    if "decade" in groups:
        decade = int(groups["decade"])
        start = datetime(decade if decade > 99 else 1900 + decade, 1, 1)
    elif "season" in groups:
        return _season(groups)
    elif precision is Precision.RANGE:
        return *_range(groups), precision
    else:
        start = datetime(_year(groups), _month(groups), int(groups.get("d", "1")))
    return start, period_end(start, precision), precision


def _year(groups: dict[str, str]) -> int:
    if "y" in groups:
        return int(groups["y"])
    short = int(groups["yy"])
    return short + (1900 if short >= CENTURY_TURN else 2000)


def _month(groups: dict[str, str]) -> int:
    if "mon" not in groups:
        return int(groups.get("mo", "1"))
    month = MONTHS.get(groups["mon"], 0)
    if "number" in groups and int(groups["number"]) != month:
        raise ValueError(groups["number"])
    return month


def _season(groups: dict[str, str]) -> tuple[datetime, datetime, Precision]:
    """A winter without its second year may be the beginning or the end of the year that is named."""
    year, month = _year(groups), SEASONS[groups["season"]]
    is_open = month == WINTER and int(groups.get("yy2", "-1")) % 100 != (year + 1) % 100
    if is_open:
        return datetime(year, 1, 1), _month_end(year + 1, 2), Precision.RANGE
    start = datetime(year, month, 1)
    return start, period_end(start, Precision.SEASON), Precision.SEASON


def _range(groups: dict[str, str]) -> tuple[datetime, datetime]:
    """:raises ValueError: when it does not end in the year after, or in order."""
    year = _year(groups)
    if "yy2" in groups:
        if int(groups["yy2"]) not in {year + 1, (year + 1) % 100}:
            raise ValueError(groups["yy2"])
        return datetime(year, 1, 1), datetime(year + 1, 12, 31, 23, 59, 59)
    if "y2" in groups:
        return datetime(year, 1, 1), datetime(int(groups["y2"]), 12, 31, 23, 59, 59)
    last = datetime(year, int(groups["mo2"]), int(groups["d2"]))
    first = last.replace(month=int(groups.get("mo", groups["mo2"])), day=int(groups["d"]))
    return first, period_end(last, Precision.DAY)


def _month_end(year: int, month: int) -> datetime:
    return datetime(year, month, calendar.monthrange(year, month)[1], 23, 59, 59)


def _candidate(period: Period) -> Candidate:
    is_short = period.precision is Precision.RANGE and period.until - period.start <= SHORT
    return Candidate(
        source=f"folder:{period.precision}",
        raw=period.raw[:LONGEST_RAW],
        local=period.start,
        instant=None,
        precision=period.precision,
        offset_minutes=None,
        offset_source=None,
        weight=DAY_WEIGHT if is_short else WEIGHTS.get(period.precision, PERIOD_WEIGHT),
        until=period.until if period.precision is Precision.RANGE else None,
    )
