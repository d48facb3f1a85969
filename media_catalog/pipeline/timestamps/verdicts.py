"""What is said of each claim: the one that is believed, and how the others stand to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from media_catalog.pipeline.timestamps import agreement, phrases, plausibility, witnesses, zones
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate
from media_catalog.pipeline.timestamps.clusters import Choice
from media_catalog.pipeline.timestamps.phrases import Phrase

SAME_CLAIM = timedelta(seconds=2)
SUSPICIONS = {witnesses.OUTLIER: "outlier", witnesses.SAME_SECOND: "same_second"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was made of one claim, in words and as a code.

    Codes: chosen, agrees, derived, compatible, apart, differs, distrusted, offered, suspicion, and those of a
    refusal (refused_...).
    """

    candidate: Candidate
    code: str
    phrase: Phrase
    is_chosen: bool

    @property
    def text(self) -> str:
        """What was made of it, in English."""
        return str(self.phrase)


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
            code, phrase = refusal.code, Phrase(key=refusal.phrase, values=refusal.values)
        elif is_chosen:
            code, phrase = _plain("chosen")
        elif witnesses.is_suspicion(claim):
            code, phrase = "suspicion", Phrase(key=SUSPICIONS[claim.source])
        elif choice is None or id(claim) not in relations:
            code, phrase = "offered", Phrase(key=_offered(claim))
        else:
            code, phrase = _compared(claim, choice, relations[id(claim)])
        yield Verdict(candidate=claim, code=code, phrase=phrase, is_chosen=is_chosen)


def _plain(code: str, **values: Any) -> tuple[str, Phrase]:
    return code, Phrase(key=code, values=values)


def _offered(claim: Candidate) -> str:
    if witnesses.is_neighbour(claim):
        return "offered_suggestion"
    return "offered_file_time" if witnesses.is_file_time(claim) else "offered_unknown"


def _compared(claim: Candidate, choice: Choice, relation: Relation) -> tuple[str, Phrase]:
    chosen = choice.chosen
    if relation is Relation.AGREES:
        if witnesses.family(claim) == witnesses.family(chosen) and agreement.gap(claim, chosen) <= SAME_CLAIM:
            return _plain("derived", source=chosen.source)
        if offset := agreement.zone_offset(claim, chosen):
            values = {"source": chosen.source, "offset": zones.offset_text(offset)}
            return "agrees", Phrase(key="agrees_at_offset", values=values)
        return _plain("agrees", source=chosen.source)
    if relation is Relation.COMPATIBLE:
        return _plain("compatible", source=chosen.source)
    return _contrary(claim, choice, relation)


def _contrary(claim: Candidate, choice: Choice, relation: Relation) -> tuple[str, Phrase]:
    chosen = choice.chosen
    values = {"source": chosen.source, "distance": phrases.distance(_distance(claim, chosen))}
    if reason := choice.trust.reason(claim):
        return _plain("distrusted", **values, distrust=str(reason))
    if relation is Relation.APART:
        is_by_gps = witnesses.is_gps(claim) or witnesses.is_gps(chosen)
        return "apart", Phrase(key="apart_by_gps" if is_by_gps else "apart_by_zone", values=values)
    return _plain("differs", **values)


def _distance(one: Candidate, other: Candidate) -> timedelta:
    is_exact = one.precision in EXACT and other.precision in EXACT
    return agreement.gap(one, other) if is_exact else agreement.distance(one, other)
