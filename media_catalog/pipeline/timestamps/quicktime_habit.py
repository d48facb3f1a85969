"""Whether a video's "UTC" date is one, by what else the file says.

Source: https://exiftool.org/ExifTool.html#QuickTimeUTC.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from media_catalog.pipeline.timestamps import agreement, zones
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate

CONTAINER = "QuickTime:"
CAMERA_NAME_WEIGHT = 6  # a name that a device gave by its own clock
WALL_CLOCKS = (
    "EXIF:DateTimeOriginal",
    "Keys:CreationDate",
    "UserData:",
    "ItemList:",
    "H264:",
    "sidecar:XMP:",
)


def is_local(claims: Sequence[Candidate], *, place: ZoneInfo | None, default_zone: ZoneInfo) -> bool | None:
    """Tell whether the camera wrote its wall clock where QuickTime wants UTC.

    `None` where nothing tells: no other clock, clocks that contradict each other, or a zone that is on UTC.
    The default zone only says whether two equal clocks can be told apart at all.
    """
    container = next(
        (claim.instant for claim in claims if claim.source.startswith(CONTAINER) and claim.instant), None
    )
    if container is None:
        return None
    answers = {
        answer
        for claim in claims
        for answer in _answers(claim, container, place=place, default_zone=default_zone)
    }
    return answers.pop() if len(answers) == 1 else None


def _answers(
    claim: Candidate, container: datetime, *, place: ZoneInfo | None, default_zone: ZoneInfo
) -> Iterator[bool]:
    if claim.precision not in EXACT:
        return
    if claim.source.startswith(agreement.GPS):
        yield from _by_gps(claim, container, place)
    elif claim.local and _is_wall_clock(claim):
        offset = claim.offset_minutes
        if offset is None and place:
            offset = zones.offset_at_wall_clock(place, claim.local)
        if offset is None:
            yield from _by_digits(claim.local, container, default_zone)
        else:
            yield from _by_offset(claim.local, offset, container)


def _is_wall_clock(claim: Candidate) -> bool:
    is_name = claim.source.startswith("name:") and claim.weight >= CAMERA_NAME_WEIGHT
    return is_name or claim.source.startswith(WALL_CLOCKS)


def _by_gps(claim: Candidate, container: datetime, place: ZoneInfo | None) -> Iterator[bool]:
    if claim.instant is None or place is None:
        return
    offset = zones.offset_at_instant(place, claim.instant)
    if not offset:
        return
    if abs(container - claim.instant) <= agreement.GPS_STALENESS:
        yield False
    elif abs(container - zones.to_instant(claim.instant.replace(tzinfo=None), -offset)) <= (
        agreement.GPS_STALENESS
    ):
        yield True


def _by_offset(local: datetime, offset_minutes: int, container: datetime) -> Iterator[bool]:
    if not offset_minutes:
        return
    if abs(container - zones.to_instant(local, offset_minutes)) <= agreement.SAME_MOMENT:
        yield False
    elif abs(container - zones.to_instant(local, 0)) <= agreement.SAME_MOMENT:
        yield True


def _by_digits(local: datetime, container: datetime, default_zone: ZoneInfo) -> Iterator[bool]:
    offset = zones.offset_between(local, container, tolerance=agreement.SAME_MOMENT)
    if offset:
        yield False
    elif offset == 0 and zones.offset_at_wall_clock(default_zone, local):
        yield True
