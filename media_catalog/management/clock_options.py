"""How times, lengths of time and zones are given on the command line."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from media_catalog.management.base import refuse

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
SHIFT = re.compile(r"([+-]?)((?:[0-9]{1,7}[dhms])+)")
DATE_LENGTH = len("2015-01-31")
LONGEST = timedelta(days=200 * 366)


def shift(text: str) -> timedelta:
    """Read "+365d", "-6h" or "1d2h30m" as a length of time.

    :raises Refused: for anything else.
    """
    match = SHIFT.fullmatch(text.strip().lower())
    if match is None:
        raise refuse(f"--shift {text!r} is no length of time: give one such as +365d, -6h or 1d2h30m.")
    parts = re.findall(r"([0-9]+)([dhms])", match[2])
    length = sum((timedelta(**{UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    if length > LONGEST:
        raise refuse(f"--shift {text!r} is longer than there have been photographs.")
    return -length if match[1] == "-" else length


def clock(option: str, text: str | None, *, is_end: bool = False) -> datetime | None:
    """Read a wall clock, "2015-01-31" or "2015-01-31T14:20"; a mere date as an end is its last second.

    :raises Refused: for anything else, and for clocks with a zone.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None or read.tzinfo:
        raise refuse(f"{option} {text!r} is no wall clock: give one such as 2015-01-31 or 2015-01-31T14:20.")
    is_whole_day = is_end and len(text) <= DATE_LENGTH
    return read + timedelta(days=1, seconds=-1) if is_whole_day else read


def zone(text: str) -> ZoneInfo:
    """Read the name of a time zone.

    :raises Refused: when there is none of this name.
    """
    if text not in available_timezones():
        raise refuse(f"{text!r} is not a time zone: give a name such as Europe/Berlin or America/New_York.")
    return ZoneInfo(text)
