"""Finds the best-supported moment among dated claims: by trust and independent support, not by age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from media_catalog.pipeline.timestamps import agreement, witnesses
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, period_end
from media_catalog.pipeline.timestamps.trust import Trust

Identity = tuple[str, datetime | None, datetime | None, str]
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The claim that is believed, and how each claim that was asked stands to it (itself: agrees)."""

    chosen: Candidate
    relations: tuple[tuple[Candidate, Relation], ...]
    trust: Trust

    def agreeing(self) -> list[Candidate]:
        return [claim for claim, relation in self.relations if relation is Relation.AGREES]

    def differing(self) -> list[Candidate]:
        return [claim for claim, relation in self.relations if relation is Relation.DIFFERS]

    @property
    def claims(self) -> list[Candidate]:
        return [claim for claim, _ in self.relations]


def choose(claims: Sequence[Candidate], *, trust: Trust) -> Choice:
    """Choose among plausible claims, of which there is at least one.

    1. Claims of one family with the same date are one. 2. The date with the greatest sum of weights, one for
    each family that agrees with it, wins; what is not trusted weighs nothing. 3. Its most precise and most
    trusted member speaks for it.
    """
    by_identity: dict[Identity, Candidate] = {}
    for claim in sorted(claims, key=lambda claim: -trust.weight(claim)):
        by_identity.setdefault(_identity(claim), claim)
    distinct = list(by_identity.values())
    anchor = max(distinct, key=lambda claim: _rank(claim, distinct, trust))
    cluster = [claim for claim in distinct if claim is anchor or _agrees(anchor, claim)]
    chosen = _speaker([claim for claim in cluster if trust.weight(claim)] or [anchor], trust)
    relations = tuple(
        (claim, Relation.AGREES if claim is chosen else agreement.relation(chosen, claim)) for claim in claims
    )
    return Choice(chosen=chosen, relations=relations, trust=trust)


def _identity(claim: Candidate) -> Identity:
    return witnesses.family(claim), _second(claim.local), _second(claim.instant), claim.precision


def _second(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=0) if time else None


def _rank(claim: Candidate, claims: Sequence[Candidate], trust: Trust) -> tuple[int, bool, int, bool]:
    """Rank the dates: by support, then exact ones, then weight; a sidecar is the later word of a person."""
    is_sidecar = witnesses.prefix(claim) == "sidecar"
    return _support(claim, claims, trust), claim.precision in EXACT, trust.weight(claim), is_sidecar


def _support(anchor: Candidate, claims: Sequence[Candidate], trust: Trust) -> int:
    """Sum the weights of the independent witnesses for a date."""
    votes = {witnesses.family(anchor): trust.weight(anchor)}
    for claim in claims:
        weight = trust.weight(claim)
        if claim is anchor or weight <= witnesses.WEAK_WEIGHT:
            continue
        witness = witnesses.family(claim)
        if weight > votes.get(witness, 0) and _agrees(anchor, claim):
            votes[witness] = weight
    return sum(votes.values())


def _agrees(one: Candidate, other: Candidate) -> bool:
    return agreement.relation(one, other) is Relation.AGREES


def _speaker(cluster: Sequence[Candidate], trust: Trust) -> Candidate:
    speaker = max(cluster, key=lambda claim: _authority(claim, trust))
    for claim in cluster:
        # A camera that writes its wall clock where UTC belongs: then there is no instant.
        if not witnesses.is_weak(claim) and not speaker.local and agreement.is_on_local_clock(speaker, claim):
            return claim
    return speaker


def _authority(claim: Candidate, trust: Trust) -> tuple[bool, timedelta, bool, int]:
    """Rank the members of a cluster; GPS speaks last, for its fix is older than the picture."""
    length = _length(claim)
    is_strong = length == NO_TIME and not witnesses.is_weak(claim)
    return is_strong, -length, not witnesses.is_gps(claim), trust.weight(claim)


def _length(claim: Candidate) -> timedelta:
    if claim.local is None or claim.precision in EXACT:
        return NO_TIME
    return (claim.until or period_end(claim.local, claim.precision)) - claim.local
