"""Writing a period so that it is read back as the same period."""

from datetime import datetime, timedelta

from media_catalog.pipeline.timestamps import zones
from media_catalog.pipeline.timestamps.candidates import Precision

SECOND = timedelta(seconds=1)
SEASON_NAMES = {3: "spring", 6: "summer", 9: "autumn"}
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
FORMATS = {
    Precision.SECOND: "{local.day} {month} {local.year} {local:%H:%M:%S}",
    Precision.MINUTE: "{local.day} {month} {local.year} {local:%H:%M}",
    Precision.DAY: "{local.day} {month} {local.year}",
    Precision.MONTH: "{month} {local.year}",
    Precision.YEAR: "{local.year}",
}


def text(local: datetime, until: datetime, precision: Precision, offset_minutes: int | None) -> str:
    """Write a period in words that are understood, such as "summer 1978" or "3 March 1999 14:20 +02:00"."""
    if precision is Precision.RANGE:
        written = _range(local, until)
    elif precision is Precision.SEASON:
        written = _season(local)
    elif precision is Precision.DECADE:
        written = f"{local.year}s"
    else:
        written = _formatted(local, precision)
    return written if offset_minutes is None else f"{written} {zones.offset_text(offset_minutes)}"


def _season(local: datetime) -> str:
    if name := SEASON_NAMES.get(local.month):
        return f"{name} {local.year}"
    return f"winter {local.year}/{(local.year + 1) % 100:02}"


def _range(local: datetime, until: datetime) -> str:
    """Write the two ends as roughly as they may be written."""
    after = until + SECOND
    if (local.month, local.day, after.month, after.day) == (1, 1, 1, 1) and _are_midnights(local, after):
        precision = Precision.YEAR
    elif (local.day, after.day) == (1, 1) and _are_midnights(local, after):
        precision = Precision.MONTH
    elif _are_midnights(local, after):
        precision = Precision.DAY
    else:
        precision = Precision.SECOND
    return f"{_formatted(local, precision)} to {_formatted(until, precision)}"


def _are_midnights(*clocks: datetime) -> bool:
    return all((clock.hour, clock.minute, clock.second) == (0, 0, 0) for clock in clocks)


def _formatted(local: datetime, precision: Precision) -> str:
    return FORMATS[precision].format(local=local, month=MONTHS[local.month - 1])
