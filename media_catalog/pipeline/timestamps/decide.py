"""Decides among dated claims: which capture date is believed, in whose zone, how surely, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from media_catalog.pipeline.timestamps import agreement, clusters, confidence, plausibility, zones
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision, period_end
from media_catalog.pipeline.timestamps.clusters import Choice
from media_catalog.pipeline.timestamps.confidence import Circumstances, Confidence, Reason

__all__ = ["Confidence", "DatePolicy", "Inference", "Reason", "Verdict", "decide"]

FILE_TIME = "file:"
GPS_POSITION = "GPS:position"
ASSUMED = "assumed"
SAME_CLAIM = timedelta(seconds=2)
BORDER_MINUTES = 60  # near a border, or just after a change of the rules, a device may keep the other zone
UNITS = (("year", 365 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePolicy:
    """The zone (IANA name) in which an instant is shown where the place is unknown, and the time it is."""

    default_zone: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was made of one claim, in words and as a code.

    Codes: chosen, agrees, derived, compatible, apart, differs, offered, and those of a refusal (refused_...).
    """

    candidate: Candidate
    code: str
    text: str
    is_chosen: bool


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


def decide(
    candidates: Sequence[Candidate],
    *,
    policy: DatePolicy,
    position: tuple[float, float] | None = None,
    camera: tuple[str | None, str | None] = (None, None),
) -> Inference:
    """Decide which date is believed; `position` in degrees, `camera` is make and model.

    Implausible claims are refused, the best-supported moment wins, and the file's own time never decides. A
    wall clock is kept as written; without evidence of its zone it stays without one.

    :raises zoneinfo.ZoneInfoNotFoundError: when the default zone does not exist and is needed.
    """
    refusals = [plausibility.refusal(claim, now=policy.now) for claim in candidates]
    plausible = [claim for claim, refusal in zip(candidates, refusals, strict=True) if refusal is None]
    claims = [claim for claim in plausible if not _is_file_time(claim)]
    if not claims:
        return _undated(candidates, refusals)
    choice = clusters.choose(claims)
    place = zones.zone_at(position)
    offset = _offset(choice, place)
    level, reasons = confidence.judge(
        choice,
        Circumstances(
            has_camera=any(camera),
            file_time=next((claim.instant for claim in plausible if _is_file_time(claim)), None),
            is_zone_unlike_place=_is_unlike_place(choice.chosen, offset, place),
        ),
    )
    local, instant, offset = _clocks(choice.chosen, offset, default_zone=policy.default_zone)
    return Inference(
        local=local,
        until=choice.chosen.until or period_end(local, choice.chosen.precision),
        precision=choice.chosen.precision,
        offset_minutes=offset.minutes,
        offset_source=offset.source,
        instant=instant,
        source=choice.chosen.source,
        confidence=level,
        verdicts=tuple(_verdicts(candidates, refusals, choice)),
        reasons=reasons,
    )


def doubted(inference: Inference) -> Inference:
    """Lower a certain date to medium: what a damaged file says of itself may be damaged as well."""
    is_high = inference.confidence is Confidence.HIGH
    return replace(
        inference,
        confidence=Confidence.MEDIUM if is_high else inference.confidence,
        reasons=(*inference.reasons, Reason.DAMAGED),
    )


def _is_file_time(claim: Candidate) -> bool:
    return claim.source.startswith(FILE_TIME)


def _undated(candidates: Sequence[Candidate], refusals: Sequence[plausibility.Refusal | None]) -> Inference:
    is_offered = None in refusals
    return Inference(
        local=None,
        until=None,
        precision=None,
        offset_minutes=None,
        offset_source=None,
        instant=None,
        source=None,
        confidence=Confidence.NONE,
        verdicts=tuple(_verdicts(candidates, refusals, None)),
        reasons=(Reason.FILE_TIME_ONLY if is_offered else Reason.NO_EVIDENCE,),
    )


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


def _offset(choice: Choice, place: ZoneInfo | None) -> Offset:
    """Find the chosen claim's zone: its own, else its distance to GPS or other clocks, else the place's."""
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
    return at_place


def _zone_rank(claim: Candidate) -> tuple[bool, bool]:
    """Ask GPS first, then other clocks on UTC; a zone in text is often that of the computer that wrote it."""
    return not claim.source.startswith(agreement.GPS), claim.local is not None


def _offset_by(chosen: Candidate, claim: Candidate) -> int | None:
    if claim is chosen or clusters.is_weak(claim) or claim.precision not in EXACT:
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


def _verdicts(
    candidates: Sequence[Candidate], refusals: Sequence[plausibility.Refusal | None], choice: Choice | None
) -> Iterable[Verdict]:
    relations = {id(claim): relation for claim, relation in choice.relations} if choice else {}
    for claim, refusal in zip(candidates, refusals, strict=True):
        is_chosen = choice is not None and claim is choice.chosen
        if refusal:
            code, text = refusal.code, refusal.text
        elif is_chosen:
            code, text = "chosen", "believed"
        elif choice is None or _is_file_time(claim):
            code, text = "offered", "the file's own time is shown, never believed alone"
        else:
            code, text = _compared(claim, choice.chosen, relations[id(claim)])
        yield Verdict(candidate=claim, code=code, text=text, is_chosen=is_chosen)


def _compared(claim: Candidate, chosen: Candidate, relation: Relation) -> tuple[str, str]:
    if relation is Relation.AGREES:
        if clusters.family(claim) == clusters.family(chosen) and agreement.gap(claim, chosen) <= SAME_CLAIM:
            return "derived", f"the same date as {chosen.source}, counted once"
        offset = agreement.zone_offset(claim, chosen)
        zone = f" at {zones.offset_text(offset)}" if offset else ""
        return "agrees", f"agrees with {chosen.source}{zone}"
    if relation is Relation.COMPATIBLE:
        return "compatible", f"the day next to {chosen.source}: neither for nor against"
    distance = _distance_text(agreement.gap(claim, chosen))
    if relation is Relation.APART:
        is_gps = agreement.GPS in claim.source + chosen.source
        cause = "an old GPS fix" if is_gps else "another zone"
        return "apart", f"{distance} from {chosen.source}: perhaps {cause}"
    return "differs", f"differs from {chosen.source} by {distance}"


def _distance_text(distance: timedelta) -> str:
    seconds = distance.total_seconds()
    name, size = next((unit for unit in UNITS if seconds >= unit[1]), UNITS[-1])
    count = round(seconds / size)
    return f"{count} {name}" + ("" if count == 1 else "s")
