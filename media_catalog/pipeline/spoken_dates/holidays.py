"""Days and years that people call by a name instead of a number."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from media_catalog.pipeline.spoken_dates import periods
from media_catalog.pipeline.spoken_dates.periods import Period
from media_catalog.pipeline.timestamps.candidates import Precision

Holiday = Callable[[int], Period]


def easter_sunday(year: int) -> date:
    """Return Easter Sunday by the Gregorian calendar (Meeus, Jones and Butcher's rule)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _day(year: int, *, month: int, day: int) -> Period:
    return periods.of(year, month, day, precision=Precision.DAY)


def _days(year: int, *, month: int, first: int, last: int) -> Period:
    return periods.between(_day(year, month=month, day=first), _day(year, month=month, day=last))


def _easter(year: int, *, first: int, last: int) -> Period:
    """Return days around Easter Sunday, counted from it."""
    if year < 1:
        raise periods.NotADate(periods.Why.NO_SUCH_DAY)
    start, end = (easter_sunday(year) + timedelta(days=days) for days in (first, last))
    if start == end:
        return _day(year, month=start.month, day=start.day)
    return periods.between(
        _day(year, month=start.month, day=start.day), _day(year, month=end.month, day=end.day)
    )


# What lasts for some days in a family stays some days.
HOLIDAYS: dict[str, Holiday] = {
    "christmas, xmas, x-mas, weihnachten, noël, noel, natale, navidad, natal, kerst, kerstmis, jul": partial(
        _days, month=12, first=24, last=26
    ),
    "christmas eve, heiligabend, heilig abend, nochebuena": partial(_day, month=12, day=24),
    "christmas day": partial(_day, month=12, day=25),
    "boxing day": partial(_day, month=12, day=26),
    "new year's eve, new years eve, silvester, nochevieja, hogmanay": partial(_day, month=12, day=31),
    "new year's day, new years day, new year, new year's, neujahr": partial(_day, month=1, day=1),
    "easter, ostern, pâques, paques, pasqua, páscoa, pasen": partial(_easter, first=-2, last=1),
    "good friday, karfreitag": partial(_easter, first=-2, last=-2),
    "easter sunday, ostersonntag": partial(_easter, first=0, last=0),
    "easter monday, ostermontag": partial(_easter, first=1, last=1),
    "whitsun, pentecost, pfingsten, pentecôte": partial(_easter, first=49, last=50),
    "valentine's day, valentines day": partial(_day, month=2, day=14),
    "halloween, hallowe'en": partial(_day, month=10, day=31),
}
NAMES = {name: holiday for names, holiday in HOLIDAYS.items() for name in names.split(", ")}
DECADES = {
    "twenties": 20,
    "thirties": 30,
    "forties": 40,
    "fifties": 50,
    "sixties": 60,
    "seventies": 70,
    "eighties": 80,
    "nineties": 90,
}
