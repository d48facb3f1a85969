"""The zone that a camera was set to, from its maker's notes (https://exiftool.org/TagNames/)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from media_catalog.pipeline.timestamps import zones


class MakerZone(NamedTuple):
    """Where a maker keeps the zone, in minutes for each unit; `summer` holds 1 for an hour more."""

    key: str
    minutes: int
    summer: str = ""

    @property
    def source(self) -> str:
        group, folder, name = self.key.split(":")
        return f"{folder if group == 'MakerNotes' else group}:{name}"


# Canon's zone has summer time in it, Nikon's has not.
MAKER_ZONES = (
    MakerZone("MakerNotes:Canon:TimeZone", 1),
    MakerZone("MakerNotes:Nikon:TimeZone", 1, "MakerNotes:Nikon:DaylightSavings"),
    MakerZone("MakerNotes:CanonRaw:TimeZoneCode", 60),
    MakerZone("MakerNotes:Ricoh:TimeZone", 60),
    MakerZone("EXIF:ExifIFD:TimeZoneOffset", 60),
    MakerZone("EXIF:IFD0:TimeZoneOffset", 60),
)


def maker_zone(tags: Mapping[str, Any]) -> tuple[int, str] | None:
    """Find the offset in minutes that a camera was set to, and the tag that says so.

    Zero is what a camera has that nobody told where it is, so it tells nothing.
    """
    for zone in MAKER_ZONES:
        offset = _minutes(tags.get(zone.key), zone.minutes)
        if offset is None:
            continue
        offset += 60 if zone.summer and tags.get(zone.summer) == 1 else 0
        if offset and offset in zones.REAL_OFFSETS:
            return offset, zone.source
    return None


def _minutes(value: Any, unit_minutes: int) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value * unit_minutes
    if not isinstance(value, str):
        return None
    first = value.split(" ", 1)[0]  # the second number is that of ModifyDate
    if first.lstrip("+-").isdecimal() and first.isascii() and len(first) < 6:
        return int(first) * unit_minutes
    return zones.parse_offset(first)
