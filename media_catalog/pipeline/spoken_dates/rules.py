"""The table of rules: how one date is written. The first whose pattern fits the whole text decides.

Months and seasons are known by their names in the languages of Europe (pipeline.filename_dates).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from media_catalog.pipeline.filename_dates.months import MONTHS
from media_catalog.pipeline.filename_dates.seasons import SEASONS
from media_catalog.pipeline.spoken_dates import holidays, periods
from media_catalog.pipeline.spoken_dates.periods import DECEMBER, NotADate, Period, Usage, Why
from media_catalog.pipeline.timestamps.candidates import Precision

Reader = Callable[[re.Match[str], Usage], Period]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One way to write a date, with an example that it reads."""

    pattern: re.Pattern[str]
    read: Reader
    example: str


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text.format(**SHAPES))


SHAPES = {
    "y": r"(?P<y>[0-9]{4})",
    "yy": r"'?(?P<yy>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "real_month": r"(?P<m>0?[1-9]|1[0-2])",
    "d": r"(?P<d>[0-9]{1,2})",
    "nth": r"(?P<d>[0-9]{1,2})(?:\.|st|nd|rd|th|er|º|ª)?",
    "month": rf"(?P<month>{_any_of(MONTHS)})\.?",
    "season": rf"(?P<season>{_any_of(SEASONS)})",
    "holiday": rf"(?P<holiday>{_any_of(holidays.NAMES)})",
    "decade": rf"(?P<word>{_any_of(holidays.DECADES)})",
    "sep": r" ?(?P<sep>[-/. ]) ?",
    "again": r" ?(?P=sep) ?",
    "gap": r"(?:[-/. ]| de | of | di )?(?: de | of )? ?",
}


def _day(match: re.Match[str], _usage: Usage) -> Period:
    year, month, day = (int(match[part]) for part in ("y", "m", "d"))
    return periods.of(year, month, day, precision=Precision.DAY)


def _numbers(match: re.Match[str], usage: Usage) -> Period:
    """Read 3/4/2019; dots are only used where days come first, and a number above 12 is no month."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    is_day_first = usage.is_day_first or match["sep"] == "."
    if first > 12 or second > 12:
        is_day_first = first > 12
    day, month = (first, second) if is_day_first else (second, first)
    return periods.of(year, month, day, precision=Precision.DAY)


def _worded_day(match: re.Match[str], _usage: Usage) -> Period:
    month = MONTHS[match["month"]]
    return periods.of(int(match["y"]), month, int(match["d"]), precision=Precision.DAY)


def _month(match: re.Match[str], _usage: Usage) -> Period:
    return periods.of(int(match["y"]), int(match["m"]), precision=Precision.MONTH)


def _worded_month(match: re.Match[str], _usage: Usage) -> Period:
    return periods.of(int(match["y"]), MONTHS[match["month"]], precision=Precision.MONTH)


def _season(match: re.Match[str], usage: Usage) -> Period:
    """Read a season; a winter of one year alone may be that which it ends in the spring of."""
    month, year = SEASONS[match["season"]], int(match["y"])
    is_earlier = month == DECEMBER and usage.is_winter_of_its_end
    return periods.season(year - is_earlier, month)


def _long_winter(match: re.Match[str], _usage: Usage) -> Period:
    month, year, end = SEASONS[match["season"]], int(match["y"]), int(match["end"])
    if month != DECEMBER or end not in (year + 1, (year + 1) % 100):
        raise NotADate(Why.UNREADABLE)
    return periods.season(year, month)


def _year(match: re.Match[str], _usage: Usage) -> Period:
    return periods.of(int(match["y"]), precision=Precision.YEAR)


def _decade(match: re.Match[str], _usage: Usage) -> Period:
    return periods.of(int(match["y"]), precision=Precision.DECADE)


def _short_decade(match: re.Match[str], usage: Usage) -> Period:
    """Read "the 70s": the last such years that have begun, or, of this century, those of the one before."""
    found = match.groupdict()
    tens = int(found["yy"]) if found.get("yy") else holidays.DECADES[found["word"]]
    year = usage.today.year // 100 * 100 + tens
    if year > usage.today.year:
        year -= 100
    if usage.is_century_before and year >= 2000:
        year -= 100
    return periods.of(year, precision=Precision.DECADE)


def _holiday(match: re.Match[str], _usage: Usage) -> Period:
    return holidays.NAMES[match["holiday"]](int(match["y"]))


def _days_of_month(match: re.Match[str], usage: Usage) -> Period:
    """Read 3-5 March 1999."""
    year, month = int(match["y"]), MONTHS[match["month"]]
    first = periods.of(year, month, int(match["first"]), precision=Precision.DAY)
    return periods.between(first, _worded_day(match, usage))


def _months_of_year(match: re.Match[str], usage: Usage) -> Period:
    """Read May to July 1987."""
    first = periods.of(int(match["y"]), MONTHS[match["first"]], precision=Precision.MONTH)
    return periods.between(first, _worded_month(match, usage))


def _years(match: re.Match[str], usage: Usage) -> Period:
    """Read 1974-76."""
    first = _year(match, usage)
    last = periods.of(int(match["y"][:2] + match["end"]), precision=Precision.YEAR)
    return periods.between(first, last)


def _named_day(match: re.Match[str], usage: Usage) -> Period:
    day = usage.today - timedelta(days=match[0] == "yesterday")
    return periods.of(day.year, day.month, day.day, precision=Precision.DAY)


def _named_year(match: re.Match[str], usage: Usage) -> Period:
    return periods.of(usage.today.year - (match[0] == "last year"), precision=Precision.YEAR)


def _short_year(_match: re.Match[str], _usage: Usage) -> Period:
    raise NotADate(Why.SHORT_YEAR)


TO = r"(?: to | until | till | bis | and | ?- ?)"
RULES = (
    Rule(pattern=_pattern("{y}{sep}{m}{again}{d}"), read=_day, example="2019-08-15"),
    Rule(
        pattern=re.compile(r"(?P<y>[12][0-9]{3})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
        read=_day,
        example="20190815",
    ),
    # As metadata writes it, which people copy from the page.
    Rule(
        pattern=re.compile(r"(?P<y>[0-9]{4}):(?P<m>[0-9]{2}):(?P<d>[0-9]{2})"),
        read=_day,
        example="2019:08:15",
    ),
    Rule(
        pattern=re.compile(r"(?P<y>[0-9]{4})年 ?(?P<m>[0-9]{1,2})月 ?(?P<d>[0-9]{1,2})日"),
        read=_day,
        example="2015年1月31日",
    ),
    Rule(
        pattern=_pattern("(?P<a>[0-9]{{1,2}}){sep}(?P<b>[0-9]{{1,2}}){again}{y}"),
        read=_numbers,
        example="15/08/2019",
    ),
    Rule(pattern=_pattern("{nth}{gap}{month}{gap}{y}"), read=_worded_day, example="3rd of March 1999"),
    Rule(pattern=_pattern("{month}{gap}{nth}{gap}{y}"), read=_worded_day, example="March 3 1999"),
    Rule(pattern=_pattern("{y}{gap}{month}{gap}{nth}"), read=_worded_day, example="1999 March 3"),
    Rule(pattern=_pattern("{y} ?[-/.] ?{real_month}"), read=_month, example="2003-05"),
    Rule(pattern=_pattern("{real_month} ?[-/. ] ?{y}"), read=_month, example="05/2003"),
    Rule(pattern=re.compile(r"(?P<y>[0-9]{4})年 ?(?P<m>[0-9]{1,2})月"), read=_month, example="2015年1月"),
    Rule(pattern=_pattern("{month}{gap}{y}"), read=_worded_month, example="May 2003"),
    Rule(pattern=_pattern("{y}{gap}{month}"), read=_worded_month, example="2003 May"),
    Rule(
        pattern=_pattern("{season}{gap}{y} ?[-/] ?'?(?P<end>[0-9]{{2,4}})"),
        read=_long_winter,
        example="winter 1978/79",
    ),
    Rule(pattern=_pattern("{season}{gap}{y}"), read=_season, example="summer 1978"),
    Rule(pattern=_pattern("{y}{gap}{season}"), read=_season, example="1978 summer"),
    Rule(pattern=_pattern("{holiday}{gap}{y}"), read=_holiday, example="Christmas 1999"),
    Rule(pattern=_pattern("{y}{gap}{holiday}"), read=_holiday, example="1999 Christmas"),
    Rule(pattern=_pattern("(?:year |jahr )?{y}"), read=_year, example="1985"),
    Rule(pattern=re.compile(r"(?P<y>[0-9]{3}0) ?'?(?:s|er|ers|er jahre)"), read=_decade, example="1970s"),
    Rule(
        pattern=re.compile(r"'?(?P<yy>[0-9]0) ?'?(?:s|er|ers|er jahre)"),
        read=_short_decade,
        example="the 70s",
    ),
    Rule(pattern=_pattern("{decade}"), read=_short_decade, example="the seventies"),
    Rule(
        pattern=_pattern("(?P<first>[0-9]{{1,2}})\\.?" + TO + "{nth}{gap}{month}{gap}{y}"),
        read=_days_of_month,
        example="3-5 March 1999",
    ),
    Rule(
        pattern=_pattern(
            f"(?P<first>{_any_of(MONTHS)})\\.?".replace("{", "{{").replace("}", "}}") + TO + "{month}{gap}{y}"
        ),
        read=_months_of_year,
        example="May to July 1987",
    ),
    Rule(pattern=_pattern("{y} ?[-/] ?'?(?P<end>[0-9]{{2}})"), read=_years, example="1974-76"),
    Rule(pattern=re.compile("today|yesterday"), read=_named_day, example="yesterday"),
    Rule(pattern=re.compile("this year|last year"), read=_named_year, example="last year"),
    Rule(pattern=re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1 ?[0-9]{2}"), read=_short_year, example=""),
)


def one(text: str, usage: Usage) -> Period:
    """Read one date.

    :raises NotADate: when no rule fits, or the first that does finds no such day.
    """
    for rule in RULES:
        if match := rule.pattern.fullmatch(text):
            return rule.read(match, usage)
    raise NotADate(Why.UNREADABLE)
