"""Which dates of neighbours are only offered to a person, because the file itself says something of its date.

A wrong day is worse than an honest month: what neighbours say replaces a file's own word only where its day
is right 95 times in 100. `docs/timestamps.md` has the numbers, by kind.
"""

from collections.abc import Sequence

from media_catalog.pipeline.timestamps import witnesses
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision
from media_catalog.pipeline.timestamps.trust import Trust

FINEST_FIRST = (
    Precision.SECOND,
    Precision.MINUTE,
    Precision.DAY,
    Precision.RANGE,
    Precision.MONTH,
    Precision.SEASON,
    Precision.YEAR,
    Precision.DECADE,
)
# What a day or a period by neighbours may replace; their time to the second may replace anything coarser.
REPLACEABLE = {
    "neighbour:stem": frozenset(Precision),
    "neighbour:copy": frozenset(Precision),
    "neighbour:counter": frozenset(
        (Precision.RANGE, Precision.MONTH, Precision.SEASON, Precision.YEAR, Precision.DECADE)
    ),
    "neighbour:folder": frozenset((Precision.MONTH,)),
}


def offered(claims: Sequence[Candidate], *, trust: Trust) -> list[Candidate]:
    """List the claims of neighbours that are shown as suggestions, and do not take part in the decision."""
    own = {claim.precision for claim in claims if not witnesses.is_neighbour(claim) and trust.weight(claim)}
    if not own:
        return []
    finest = min(own, key=FINEST_FIRST.index)
    return [
        claim
        for claim in claims
        if witnesses.is_neighbour(claim)
        and claim.precision not in EXACT
        and finest not in REPLACEABLE.get(claim.source, ())
    ]
