"""When a picture was taken by its EXIF alone: DateTimeOriginal, else CreateDate, whatever its name says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from media_catalog.pipeline.timestamps import agreement, candidates, plausibility, zones
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS

SOURCES = ("EXIF:DateTimeOriginal", "EXIF:CreateDate")
BY_SOURCE = {tag.source: tag for tag in DATE_TAGS}
BY_GPS = [tag for tag in DATE_TAGS if tag.source.startswith(agreement.GPS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A wall clock as written, its offset in minutes where the metadata tell it, and then the UTC instant."""

    local: datetime | None
    offset_minutes: int | None
    instant: datetime | None


NEVER = Taken(local=None, offset_minutes=None, instant=None)


def taken(
    tags: Mapping[str, Any], *, now: datetime, earliest_year: int = plausibility.FIRST_PHOTOGRAPH
) -> Taken:
    """Read the moment from a file's tags, as read with `-G0:1 -n`; all of it is `None` where there is none.

    A time of day is wanted: what is a mere day, blank, a clock's zero, in the future or before the earliest
    year is left out. The offset is that of the date, else what lies between the wall clock and the time by
    GPS.
    """
    for source in SOURCES:
        claim = candidates.of_tag(tags, BY_SOURCE[source])
        if claim is None or claim.precision is not Precision.SECOND:
            continue
        if plausibility.refusal(claim, now=now, earliest_year=earliest_year) is None:
            return _taken(claim, tags)
    return NEVER


def _taken(claim: Candidate, tags: Mapping[str, Any]) -> Taken:
    local, offset, instant = claim.local, claim.offset_minutes, claim.instant
    if local and offset is None:
        offset = _offset_by_gps(local, tags)
        instant = None if offset is None else zones.to_instant(local, offset)
    return Taken(local=local, offset_minutes=offset, instant=instant)


def _offset_by_gps(local: datetime, tags: Mapping[str, Any]) -> int | None:
    """Old phones wrote their wall clock as the time by GPS, so equal times tell nothing."""
    for tag in BY_GPS:
        claim = candidates.of_tag(tags, tag)
        if claim and claim.instant:
            offset = zones.offset_between(local, claim.instant, tolerance=agreement.GPS_STALENESS)
            return offset or None
    return None
