"""Finds the best-supported moment among dated claims: by trust and independent support, not by age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from media_catalog.pipeline.timestamps import agreement
from media_catalog.pipeline.timestamps.agreement import Relation
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate

WEAK_WEIGHT = 3  # this and less never supports another claim
Identity = tuple[str, datetime | None, datetime | None, str]
# Who writes together: programs copy a date from one such tag to the others, so they are one witness.
FAMILIES = {
    "EXIF": "tags",
    "XMP": "tags",
    "IPTC": "tags",
    "PNG": "tags",
    "QuickTime": "container",
    "Keys": "container",
    "UserData": "container",
    "ItemList": "container",
    "RIFF": "container",
    "H264": "container",
    "Matroska": "container",
    "ASF": "container",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The claim that is believed, and how each claim that was asked stands to it (itself: agrees)."""

    chosen: Candidate
    relations: tuple[tuple[Candidate, Relation], ...]

    def agreeing(self) -> list[Candidate]:
        return [claim for claim, relation in self.relations if relation is Relation.AGREES]


def family(candidate: Candidate) -> str:
    """Name the witness behind a claim; claims of one family support each other only once."""
    prefix = candidate.source.partition(":")[0]
    return FAMILIES.get(prefix, prefix)


def is_weak(candidate: Candidate) -> bool:
    """Tell whether a claim is only better than nothing (time of an edit, of a file)."""
    return candidate.weight <= WEAK_WEIGHT


def choose(claims: Sequence[Candidate]) -> Choice:
    """Choose among plausible claims, of which there is at least one.

    1. Claims of one family with the same date are one. 2. The date with the greatest sum of weights, one for
    each family that agrees with it, wins. 3. Its most precise and most trusted member speaks for it.
    """
    by_identity: dict[Identity, Candidate] = {}
    for claim in sorted(claims, key=lambda claim: -claim.weight):
        by_identity.setdefault(_identity(claim), claim)
    distinct = list(by_identity.values())
    anchor = max(
        distinct, key=lambda claim: (_support(claim, distinct), claim.precision in EXACT, claim.weight)
    )
    cluster = [claim for claim in distinct if claim is anchor or _agrees(anchor, claim)]
    chosen = _speaker(cluster)
    relations = tuple(
        (claim, Relation.AGREES if claim is chosen else agreement.relation(chosen, claim)) for claim in claims
    )
    return Choice(chosen=chosen, relations=relations)


def _identity(claim: Candidate) -> Identity:
    return family(claim), _second(claim.local), _second(claim.instant), claim.precision


def _second(time: datetime | None) -> datetime | None:
    return time.replace(microsecond=0) if time else None


def _support(anchor: Candidate, claims: Sequence[Candidate]) -> int:
    """Sum the weights of the independent witnesses for a date."""
    votes = {family(anchor): anchor.weight}
    for claim in claims:
        if claim is anchor or is_weak(claim):
            continue
        witness = family(claim)
        if claim.weight > votes.get(witness, 0) and _agrees(anchor, claim):
            votes[witness] = claim.weight
    return sum(votes.values())


def _agrees(one: Candidate, other: Candidate) -> bool:
    return agreement.relation(one, other) is Relation.AGREES


def _speaker(cluster: Sequence[Candidate]) -> Candidate:
    speaker = max(cluster, key=_authority)
    for claim in cluster:
        # A camera that writes its wall clock where UTC belongs: then there is no instant.
        if not is_weak(claim) and not speaker.local and agreement.is_on_local_clock(speaker, claim):
            return claim
    return speaker


def _authority(claim: Candidate) -> tuple[bool, bool, bool, int]:
    """Rank the members of a cluster; GPS speaks last, for its fix is older than the picture."""
    is_exact = claim.precision in EXACT
    is_gps = claim.source.startswith(agreement.GPS)
    return is_exact and not is_weak(claim), is_exact, not is_gps, claim.weight
