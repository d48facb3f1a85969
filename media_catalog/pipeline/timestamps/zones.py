"""Offsets and zones: what is a real offset, what a place or a pair of clocks says (IANA's rules, tzfpy)."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzfpy

MINUTE = timedelta(minutes=1)
QUARTER_HOUR_S = 15 * 60
# Offsets in minutes that clocks have kept since cameras record them (https://data.iana.org/time-zones/).
# Immich met -05:30 in real files: such a value is a mistake, not a zone.
PARTIAL_HOUR_OFFSETS = (
    -570,
    -270,
    -210,
    -150,
    210,
    270,
    330,
    345,
    390,
    450,
    510,
    525,
    570,
    630,
    690,
    765,
    825,
)
REAL_OFFSETS = frozenset((*range(-12 * 60, 14 * 60 + 1, 60), *PARTIAL_HOUR_OFFSETS))
OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?")
UTC_WORDS = frozenset(("Z", "UTC", "GMT"))


def parse_offset(text: str) -> int | None:
    """Read "+09:00", "+0900", "-5" or "Z" as minutes east of UTC; None for what is no real offset."""
    text = text.partition("\0")[0].strip()
    if text.upper() in UTC_WORDS:
        return 0
    match = OFFSET.fullmatch(text)
    if match is None:
        return None
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    offset = -minutes if match[1] == "-" else minutes
    return offset if offset in REAL_OFFSETS else None


def offset_between(local: datetime, instant: datetime, *, tolerance: timedelta) -> int | None:
    """Find the real offset that lies between a wall clock and an instant, in minutes.

    None where the difference is no quarter of an hour within `tolerance`, or one that no zone keeps.
    """
    gap_s = (local - instant.replace(tzinfo=None)).total_seconds()
    quarters = round(gap_s / QUARTER_HOUR_S)
    if abs(gap_s - quarters * QUARTER_HOUR_S) > tolerance.total_seconds():
        return None
    offset = quarters * 15
    return offset if offset in REAL_OFFSETS else None


def zone_at(position: tuple[float, float] | None) -> ZoneInfo | None:
    """Find the time zone of a place (latitude, longitude in degrees)."""
    if position is None:
        return None
    latitude, longitude = position
    try:
        return ZoneInfo(tzfpy.get_tz(longitude, latitude))
    except (
        ZoneInfoNotFoundError,
        ValueError,
    ):  # the map may be newer than the zone rules, or cover no zone here
        return None


def offset_at_instant(zone: ZoneInfo, instant: datetime) -> int:
    """Give the zone's offset at an instant, in whole minutes."""
    offset = instant.astimezone(zone).utcoffset()
    return round(offset / MINUTE) if offset is not None else 0


def offset_at_wall_clock(zone: ZoneInfo, local: datetime) -> int | None:
    """Give the zone's offset while its clocks show `local`; None in the hour that comes twice or never."""
    first = local.replace(tzinfo=zone, fold=0).utcoffset()
    second = local.replace(tzinfo=zone, fold=1).utcoffset()
    if first is None or first != second:
        return None
    return round(first / MINUTE)


def to_instant(local: datetime, offset_minutes: int) -> datetime:
    """Turn a wall clock and its offset into a UTC instant."""
    return (local - offset_minutes * MINUTE).replace(tzinfo=UTC)


def to_local(instant: datetime, offset_minutes: int) -> datetime:
    """Turn a UTC instant into the wall clock at that offset."""
    return instant.replace(tzinfo=None) + offset_minutes * MINUTE


def offset_text(offset_minutes: int) -> str:
    """Write an offset as "+09:00"."""
    sign = "-" if offset_minutes < 0 else "+"
    return f"{sign}{abs(offset_minutes) // 60:02}:{abs(offset_minutes) % 60:02}"
