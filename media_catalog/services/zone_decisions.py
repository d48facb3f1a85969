"""What a person knows about the clocks of a whole trip: their zone, or by how much they were wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from media_catalog.models import MediaFile, Precision
from media_catalog.models.files import PERSON
from media_catalog.pipeline.timestamps import zones

EXACT = (Precision.SECOND, Precision.MINUTE)
DAY = timedelta(days=1)


class Keeping(StrEnum):
    """What stays when files get another zone: the digits that the clock showed, or the moment."""

    WALL = "wall"
    INSTANT = "instant"


def in_zone(file: MediaFile, *, zone: ZoneInfo, keeping: Keeping) -> Mapping[str, Any] | None:
    """Give the fields that a file would have in a zone; `None` where it is left as it is.

    Left are files without a time of day, those in the hour that comes twice or never when a clock is changed,
    and, keeping the instant, those whose instant is not known. Whether a date is right stays open.
    """
    local, instant = file.captured_local, file.captured_at
    if local is None or file.captured_precision not in EXACT:
        return None
    if keeping is Keeping.WALL:
        offset = zones.offset_at_wall_clock(zone, local)
        if offset is None:
            return None
        instant = zones.to_instant(local, offset)
    else:
        if instant is None:
            return None
        offset = zones.offset_at_instant(zone, instant)
        local = zones.to_local(instant, offset)
    return {
        "captured_local": local,
        "captured_until_local": _moved(file, local),
        "offset_minutes": offset,
        "offset_source": PERSON,
        "captured_at": instant,
    }


def shifted(file: MediaFile, *, delta: timedelta) -> Mapping[str, Any] | None:
    """Give the fields that a file would have after a shift, its instant moved too; `None` where it is left.

    Days can be moved by whole days only, and what is less exact than a day is left as it is.
    """
    is_movable = file.captured_precision in EXACT or (
        file.captured_precision == Precision.DAY and not delta % DAY
    )
    if file.captured_local is None or not is_movable:
        return None
    try:
        local = file.captured_local + delta
        return {
            "captured_local": local,
            "captured_until_local": _moved(file, local),
            "captured_at": file.captured_at + delta if file.captured_at else None,
            "captured_from": PERSON,
        }
    except OverflowError:
        return None  # beyond the calendar


def _moved(file: MediaFile, local: datetime) -> datetime:
    if file.captured_local is None or file.captured_until_local is None:
        return local
    return local + (file.captured_until_local - file.captured_local)
