"""When a picture was taken by its EXIF alone: DateTimeOriginal, else CreateDate, whatever its name says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from media_catalog.pipeline.timestamps import agreement, candidates, plausibility, zones
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision

SOURCES = ("EXIF:DateTimeOriginal", "EXIF:CreateDate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A wall clock as written, its offset in minutes where the metadata tell it, and then the UTC instant."""

    local: datetime | None
    offset_minutes: int | None
    instant: datetime | None


NEVER = Taken(local=None, offset_minutes=None, instant=None)


def taken(tags: Mapping[str, Any], *, now: datetime) -> Taken:
    """Read the moment from a file's tags, as read with `-G0:1 -n`; all of it is `None` where there is none.

    A time of day is wanted: what is a mere day, blank, a clock's zero or in the future is left out. The
    offset is that of the date, else what lies between the wall clock and the time by GPS.
    """
    claims = candidates.from_tags(tags)
    by_source = {claim.source: claim for claim in claims}
    for claim in filter(None, map(by_source.get, SOURCES)):
        if claim.precision is Precision.SECOND and plausibility.refusal(claim, now=now) is None:
            return _taken(claim, claims)
    return NEVER


def _taken(claim: Candidate, claims: Sequence[Candidate]) -> Taken:
    local, offset, instant = claim.local, claim.offset_minutes, claim.instant
    if local and offset is None:
        offset = _offset_by_gps(local, claims)
        instant = None if offset is None else zones.to_instant(local, offset)
    return Taken(local=local, offset_minutes=offset, instant=instant)


def _offset_by_gps(local: datetime, claims: Sequence[Candidate]) -> int | None:
    """Old phones wrote their wall clock as the time by GPS, so equal times tell nothing."""
    for claim in claims:
        if claim.source.startswith(agreement.GPS) and claim.instant:
            offset = zones.offset_between(local, claim.instant, tolerance=agreement.GPS_STALENESS)
            return offset or None
    return None
