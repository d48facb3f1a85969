"""The claims about the dates of files and their verdicts, as rows; a file has about seven."""

from collections.abc import Collection, Iterable
from typing import Any

from media_catalog.models import TimestampCandidate
from media_catalog.pipeline.timestamps.decide import Verdict
from media_catalog.pipeline.timestamps.phrases import Phrase
from media_catalog.services import bulk

FIELDS = (
    "file",
    "rank",
    "origin",
    "source",
    "raw_text",
    "local",
    "until_local",
    "instant",
    "precision",
    "offset_minutes",
    "offset_source",
    "weight",
    "verdict",
    "verdict_values",
    "verdict_text",
    "is_chosen",
)
PHRASE = "phrase"
Row = tuple[Any, ...]


def row(file_id: int, *, rank: int, verdict: Verdict, origin: str) -> Row:
    """Return the values of `FIELDS` for a claim and its verdict."""
    claim = verdict.candidate
    return (
        file_id,
        rank,
        str(origin),
        claim.source[:120],
        claim.raw[:200],
        claim.local,
        claim.until,
        claim.instant,
        str(claim.precision),
        claim.offset_minutes,
        (claim.offset_source or "")[:60],
        claim.weight,
        str(verdict.code),
        _values(verdict),
        "",  # has the words in catalogues that were made before values were stored
        verdict.is_chosen,
    )


def _values(verdict: Verdict) -> dict[str, Any] | None:
    """Give the values of a verdict's words, and which phrase they are where its code does not tell."""
    phrase = verdict.phrase
    key = {} if phrase.key == verdict.code else {PHRASE: phrase.key}
    return {**phrase.values, **key} or None


def phrase(row: TimestampCandidate) -> Phrase:
    """Give the phrase of a stored verdict; `phrases.VERDICTS` may not have its key."""
    values = dict(row.verdict_values or {})
    return Phrase(key=values.pop(PHRASE, row.verdict), values=values)


def replace(file_ids: Collection[int], rows: Iterable[Row]) -> None:
    """Make these the claims about files, in the transaction of the caller."""
    TimestampCandidate.objects.filter(file__in=file_ids).delete()
    bulk.insert(TimestampCandidate, FIELDS, rows)
