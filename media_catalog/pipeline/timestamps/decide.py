"""Decides among dated claims: which capture date is believed, in whose zone, how surely, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from media_catalog.pipeline.timestamps import (
    agreement,
    clock_correction,
    clusters,
    confidence,
    plausibility,
    suggestions,
    trust,
    verdicts,
    witnesses,
    zones,
)
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision, period_end
from media_catalog.pipeline.timestamps.clusters import Choice
from media_catalog.pipeline.timestamps.confidence import Circumstances, Confidence, Reason
from media_catalog.pipeline.timestamps.trust import Camera
from media_catalog.pipeline.timestamps.verdicts import Verdict

__all__ = ["Confidence", "DatePolicy", "Inference", "Reason", "Verdict", "decide"]

GPS_POSITION = "GPS:position"
ASSUMED = "assumed"
BORDER_MINUTES = 60  # near a border, or just after a change of the rules, a device may keep the other zone


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePolicy:
    """The zone (IANA name) in which an instant is shown where the place is unknown, and the time it is.

    Of claims before `earliest_year` only those of people are believed.
    """

    default_zone: str
    now: datetime
    earliest_year: int = plausibility.FIRST_PHOTOGRAPH


@dataclass(frozen=True, slots=True, kw_only=True)
class Inference:
    """The believed date, if any. `offset_source` is "assumed" where the offset is no evidence."""

    local: datetime | None
    until: datetime | None
    precision: Precision | None
    offset_minutes: int | None
    offset_source: str | None
    instant: datetime | None
    source: str | None
    confidence: Confidence
    verdicts: tuple[Verdict, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offset:
    minutes: int | None
    source: str | None


NO_OFFSET = Offset(minutes=None, source=None)
UNDATED = Inference(
    local=None,
    until=None,
    precision=None,
    offset_minutes=None,
    offset_source=None,
    instant=None,
    source=None,
    confidence=Confidence.NONE,
    verdicts=(),
    reasons=(),
)


def decide(
    candidates: Sequence[Candidate],
    *,
    policy: DatePolicy,
    position: tuple[float, float] | None = None,
    camera: Camera = (None, None),
    clock: CameraClock | None = None,
) -> Inference:
    """Decide which date is believed; `position` in degrees, `camera` is make and model.

    Implausible claims are refused, the best-supported moment wins, and the file's own time never decides. A
    wall clock is kept as written, or corrected by what is known of the camera's `clock`; without evidence of
    its zone it stays without one.

    :raises zoneinfo.ZoneInfoNotFoundError: when the default zone does not exist and is needed.
    """
    claims = clock_correction.corrected(candidates, clock) if clock else candidates
    refusals = [
        plausibility.refusal(claim, now=policy.now, earliest_year=policy.earliest_year) for claim in claims
    ]
    plausible = [claim for claim, refusal in zip(claims, refusals, strict=True) if refusal is None]
    dated = [claim for claim in plausible if not witnesses.is_offered(claim)]
    choice = _choose([claim for claim in dated if not witnesses.is_suspicion(claim)], camera)
    said = tuple(
        replace(verdict, candidate=claim)  # as it was written
        for claim, verdict in zip(candidates, verdicts.verdicts(claims, refusals, choice), strict=True)
    )
    if choice is None:
        return replace(UNDATED, verdicts=said, reasons=(_why_undated(plausible),))
    place = zones.zone_at(position)
    offset = _offset(choice, place, clock)
    circumstances = Circumstances(
        camera=camera,
        file_time=next((claim.instant for claim in plausible if witnesses.is_file_time(claim)), None),
        is_zone_unlike_place=_is_unlike_place(choice.chosen, offset, place),
        is_zone_assumed=choice.chosen.local is None and offset.minutes is None,
        clock=clock,
        suspicions=tuple(claim for claim in dated if witnesses.is_suspicion(claim)),
    )
    level, reasons = confidence.judge(choice, circumstances)
    inference = _dated(choice.chosen, offset, default_zone=policy.default_zone)
    return replace(inference, confidence=level, verdicts=said, reasons=reasons)


def alone(
    candidates: Sequence[Candidate],
    place: int,
    *,
    policy: DatePolicy,
    position: tuple[float, float] | None = None,
    clock: CameraClock | None = None,
) -> Inference | None:
    """Give the date that the claim at one place makes if no other counts, even the file's own time.

    `None` where it holds no date, or an implausible one; that it is before the earliest year of the policy
    does not matter, for a person asks for it. The confidence is left open.
    """
    claims = clock_correction.corrected(candidates, clock) if clock else candidates
    said = claims[place]
    if plausibility.refusal(said, now=policy.now) is not None:
        return None
    choice = clusters.choose([said], trust=trust.weigh([said], camera=(None, None)))
    offset = _offset(choice, zones.zone_at(position), clock)
    return _dated(said, offset, default_zone=policy.default_zone)


def _choose(claims: Sequence[Candidate], camera: Camera) -> Choice | None:
    weighed = trust.weigh(claims, camera=camera)
    offered = {id(claim) for claim in suggestions.offered(claims, trust=weighed)}
    deciding = [claim for claim in claims if id(claim) not in offered]
    return clusters.choose(deciding, trust=weighed) if deciding else None


def _dated(chosen: Candidate, offset: Offset, *, default_zone: str) -> Inference:
    local, instant, offset = _clocks(chosen, offset, default_zone=default_zone)
    return replace(
        UNDATED,
        local=local,
        until=chosen.until or period_end(local, chosen.precision),
        precision=chosen.precision,
        offset_minutes=offset.minutes,
        offset_source=offset.source,
        instant=instant,
        source=chosen.source,
    )


def doubted(inference: Inference) -> Inference:
    """Lower a certain date to medium: what a damaged file says of itself may be damaged as well."""
    is_high = inference.confidence is Confidence.HIGH
    return replace(
        inference,
        confidence=Confidence.MEDIUM if is_high else inference.confidence,
        reasons=(*inference.reasons, Reason.DAMAGED),
    )


def _why_undated(plausible: Sequence[Candidate]) -> Reason:
    return Reason.FILE_TIME_ONLY if plausible else Reason.NO_EVIDENCE


def _clocks(
    chosen: Candidate, offset: Offset, *, default_zone: str
) -> tuple[datetime, datetime | None, Offset]:
    """Give wall clock, instant and offset: the three cases of the data model."""
    local, instant = chosen.local, chosen.instant
    if local is None and instant is not None:
        if offset.minutes is None:
            minutes = zones.offset_at_instant(ZoneInfo(default_zone), instant)
            offset = Offset(minutes=minutes, source=ASSUMED)
        return zones.to_local(instant, offset.minutes or 0), instant, offset
    local = plausibility.digits(chosen)
    if instant is None and offset.minutes is not None:
        instant = zones.to_instant(local, offset.minutes)
    return local, instant, offset


def _offset(choice: Choice, place: ZoneInfo | None, clock: CameraClock | None) -> Offset:
    """Find the chosen claim's zone: its own, its distance to GPS or other clocks, the place's, a rule's."""
    chosen = choice.chosen
    if chosen.offset_minutes is not None:
        return Offset(minutes=chosen.offset_minutes, source=chosen.offset_source)
    if chosen.precision not in EXACT:
        return NO_OFFSET
    at_place = _place_offset(chosen, place)
    for claim in sorted(choice.agreeing(), key=_zone_rank):
        minutes = _offset_by(chosen, claim)
        if minutes == 0 and at_place.minutes:
            # The camera kept UTC, or an old phone wrote its wall clock as GPS time: nobody can tell.
            return NO_OFFSET
        if minutes is not None:
            return Offset(minutes=minutes, source=claim.source)
    if at_place.minutes is None and clock and clock.zone and chosen.instant:
        minutes = zones.offset_at_instant(ZoneInfo(clock.zone), chosen.instant)
        return Offset(minutes=minutes, source=clock_correction.RULE)
    return at_place


def _zone_rank(claim: Candidate) -> tuple[bool, bool]:
    """Ask GPS first, then other clocks on UTC; a zone in text is often that of the computer that wrote it."""
    return not witnesses.is_gps(claim), claim.local is not None


def _offset_by(chosen: Candidate, claim: Candidate) -> int | None:
    if claim is chosen or witnesses.is_weak(claim) or claim.precision not in EXACT:
        return None
    if claim.offset_minutes is not None:
        return claim.offset_minutes
    if agreement.is_on_local_clock(chosen, claim):
        return None
    return agreement.zone_offset(chosen, claim)


def _place_offset(chosen: Candidate, place: ZoneInfo | None) -> Offset:
    if place is None:
        return NO_OFFSET
    if chosen.local is not None:
        minutes = zones.offset_at_wall_clock(place, chosen.local)
    elif chosen.instant is not None:
        minutes = zones.offset_at_instant(place, chosen.instant)
    else:
        return NO_OFFSET
    return NO_OFFSET if minutes is None else Offset(minutes=minutes, source=GPS_POSITION)


def _is_unlike_place(chosen: Candidate, offset: Offset, place: ZoneInfo | None) -> bool:
    """Tell whether the clock kept another time than the place; one that names its zone may be one off."""
    at_place = _place_offset(chosen, place)
    if at_place.minutes is None or chosen.precision not in EXACT:
        return False
    if offset.minutes is None:
        return True  # see _offset: the place would have given one
    allowed = BORDER_MINUTES if chosen.offset_minutes is not None else 0
    return abs(offset.minutes - at_place.minutes) > allowed
