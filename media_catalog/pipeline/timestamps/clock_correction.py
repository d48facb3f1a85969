"""What a camera wrote by a clock whose error, zone or habit is known, as it would have written it rightly."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from media_catalog.pipeline.timestamps import clock_witnesses, zones
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate

RULE = "camera rule"  # source of an offset
OWN_TAGS = (*clock_witnesses.CLOCK_TAGS, "Keys:CreationDate", "ItemList:ContentCreateDate")
CONTAINER = "QuickTime:"
SAME_CLOCK = timedelta(seconds=120)  # names and other tags that a camera or a program took from its clock
OTHER_CLOCKS = ("GPS:", "file:", "folder:", "neighbour:", "takeout:", "person")


def corrected(claims: Sequence[Candidate], clock: CameraClock) -> list[Candidate]:
    """Correct the claims that rest on the camera's clock, in their order; `raw` stays as it was written.

    Those are its own tags, and names and other tags that show the same second.
    """
    own = clock_witnesses.camera_clock(claims)
    shown = own.local if own else None
    return [_corrected(claim, clock) if _is_by(claim, shown) else claim for claim in claims]


def _is_by(claim: Candidate, shown: datetime | None) -> bool:
    if not clock_witnesses.is_a_date(claim):
        return False
    if claim.source in OWN_TAGS or claim.source.startswith(CONTAINER):
        return True
    if claim.source.startswith(OTHER_CLOCKS) or claim.precision not in EXACT:
        return False
    return bool(shown and claim.local and abs(claim.local - shown) <= SAME_CLOCK)


def _corrected(claim: Candidate, clock: CameraClock) -> Candidate:
    if clock.quicktime_is_local and claim.source.startswith(CONTAINER) and claim.instant and not claim.local:
        claim = replace(claim, local=claim.instant.replace(tzinfo=None), instant=None)
    try:
        return _in_zone(_moved(claim, timedelta(seconds=clock.shift_seconds)), clock)
    except OverflowError:
        return claim  # beyond the calendar


def _moved(claim: Candidate, shift: timedelta) -> Candidate:
    return replace(
        claim,
        local=claim.local + shift if claim.local else None,
        instant=claim.instant + shift if claim.instant else None,
    )


def _in_zone(claim: Candidate, clock: CameraClock) -> Candidate:
    """Give a wall clock without a zone that of the rule; the hour that comes twice or never stays without."""
    if not clock.zone or claim.local is None or claim.instant is not None or claim.precision not in EXACT:
        return claim
    offset = zones.offset_at_wall_clock(ZoneInfo(clock.zone), claim.local)
    if offset is None:
        return claim
    instant = zones.to_instant(claim.local, offset)
    return replace(claim, offset_minutes=offset, offset_source=RULE, instant=instant)
