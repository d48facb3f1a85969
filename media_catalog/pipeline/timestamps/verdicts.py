"""What is said of each claim: the one that is believed, and how the others stand to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from media_catalog.pipeline.timestamps import agreement, plausibility, witnesses, zones
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate
from media_catalog.pipeline.timestamps.clusters import Choice

SAME_CLAIM = timedelta(seconds=2)
UNITS = (("year", 365 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
OFFERED = "shown, never believed alone"
SUSPICIONS = {
    witnesses.OUTLIER: "other files of its folder are from another time",
    witnesses.SAME_SECOND: "many files of its folder have this very second",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was made of one claim, in words and as a code.

    Codes: chosen, agrees, derived, compatible, apart, differs, distrusted, offered, suspicion, and those of a
    refusal (refused_...).
    """

    candidate: Candidate
    code: str
    text: str
    is_chosen: bool


def verdicts(
    claims: Sequence[Candidate],
    refusals: Sequence[plausibility.Refusal | None],
    choice: Choice | None,
) -> Iterator[Verdict]:
    """Say of each claim, in their order, what was made of it; without a `choice` none is believed."""
    relations = {id(claim): relation for claim, relation in choice.relations} if choice else {}
    for claim, refusal in zip(claims, refusals, strict=True):
        is_chosen = choice is not None and claim is choice.chosen
        if refusal:
            code, text = refusal.code, refusal.text
        elif is_chosen:
            code, text = "chosen", "believed"
        elif witnesses.is_suspicion(claim):
            code, text = "suspicion", SUSPICIONS[claim.source]
        elif choice is None or witnesses.is_offered(claim):
            code, text = "offered", _offered(claim)
        else:
            code, text = _compared(claim, choice, relations[id(claim)])
        yield Verdict(candidate=claim, code=code, text=text, is_chosen=is_chosen)


def _offered(claim: Candidate) -> str:
    if witnesses.is_file_time(claim):
        return "the file's own time is " + OFFERED
    return "a date of unknown meaning is " + OFFERED


def _compared(claim: Candidate, choice: Choice, relation: Relation) -> tuple[str, str]:
    chosen = choice.chosen
    if relation is Relation.AGREES:
        if witnesses.family(claim) == witnesses.family(chosen) and agreement.gap(claim, chosen) <= SAME_CLAIM:
            return "derived", f"the same date as {chosen.source}, counted once"
        offset = agreement.zone_offset(claim, chosen)
        zone = f" at {zones.offset_text(offset)}" if offset else ""
        return "agrees", f"agrees with {chosen.source}{zone}"
    if relation is Relation.COMPATIBLE:
        return "compatible", f"near {chosen.source}: neither for nor against"
    return _contrary(claim, choice, relation)


def _contrary(claim: Candidate, choice: Choice, relation: Relation) -> tuple[str, str]:
    chosen = choice.chosen
    distance = distance_text(_distance(claim, chosen))
    if reason := choice.trust.reason(claim):
        return "distrusted", f"{distance} from {chosen.source}; {reason}"
    if relation is Relation.APART:
        is_by_gps = witnesses.is_gps(claim) or witnesses.is_gps(chosen)
        cause = "an old GPS fix" if is_by_gps else "another zone"
        return "apart", f"{distance} from {chosen.source}: perhaps {cause}"
    return "differs", f"differs from {chosen.source} by {distance}"


def _distance(one: Candidate, other: Candidate) -> timedelta:
    is_exact = one.precision in EXACT and other.precision in EXACT
    return agreement.gap(one, other) if is_exact else agreement.distance(one, other)


def distance_text(distance: timedelta) -> str:
    """Write a time in its largest unit, as "2 years"."""
    seconds = distance.total_seconds()
    name, size = next((unit for unit in UNITS if seconds >= unit[1]), UNITS[-1])
    count = round(seconds / size)
    return f"{count} {name}" + ("" if count == 1 else "s")
