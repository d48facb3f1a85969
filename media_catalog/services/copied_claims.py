"""What a copy that was set aside says about the date of the file that is kept instead."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from media_catalog.models import MediaFile, Origin, TimestampCandidate

FIELDS = (
    "source",
    "raw_text",
    "local",
    "until_local",
    "instant",
    "precision",
    "offset_minutes",
    "offset_source",
    "weight",
)
TIMES = ("local", "until_local", "instant")
# A copy's claims are worth having where they make its date; what contradicts it speaks for nothing.
FOR_THE_DATE = ("chosen", "agrees", "derived")
MTIME = "file:mtime"  # copying changes it
ASSUMED = "assumed"
CONFIDENCES = ("none", "low", "medium", "high")
PRECISIONS = ("", "range", "decade", "year", "season", "month", "day", "minute", "second")
Claim = Mapping[str, Any]


def is_better(copy: MediaFile, kept: MediaFile) -> bool:
    """Tell whether the date of a copy is surer, as sure and more exact, or the same with a known zone."""
    if copy.captured_local is None or copy.confidence == "none":
        return False
    if _worth(copy) != _worth(kept):
        return _worth(copy) > _worth(kept)
    has_zone = copy.offset_minutes is not None and copy.offset_source != ASSUMED
    lacks_zone = kept.offset_minutes is None or kept.offset_source == ASSUMED
    return has_zone and lacks_zone and copy.captured_local == kept.captured_local


def _worth(file: MediaFile) -> tuple[int, int]:
    return CONFIDENCES.index(file.confidence), PRECISIONS.index(file.captured_precision)


def missing(copy_id: int, kept_id: int) -> list[Claim]:
    """Return the claims for a copy's date that the kept file does not have, as JSON takes them."""
    rows = TimestampCandidate.objects.filter(file=copy_id, verdict__in=FOR_THE_DATE).order_by("rank")
    claims = rows.exclude(origin=Origin.NEIGHBOUR).exclude(source=MTIME)
    known = [_plain(row) for row in TimestampCandidate.objects.filter(file=kept_id).values(*FIELDS)]
    return [claim for claim in map(_plain, claims.values(*FIELDS)) if claim not in known]


def replace(file_id: int, *, gone: Sequence[Claim], new: Sequence[Claim]) -> None:
    """Take copied claims from a file and add others that it lacks; its date has to be decided anew then."""
    rows = TimestampCandidate.objects.filter(file=file_id)
    for row in rows.filter(origin=Origin.COPY).order_by("-rank"):
        if {name: _text(getattr(row, name)) for name in FIELDS} in gone:
            row.delete()
    known = [_plain(row) for row in rows.values(*FIELDS)]
    last = rows.aggregate(Max("rank"))["rank__max"]
    TimestampCandidate.objects.bulk_create(
        TimestampCandidate(file_id=file_id, rank=rank, origin=Origin.COPY, **_values(claim))
        for rank, claim in enumerate(
            (claim for claim in new if claim not in known), start=0 if last is None else last + 1
        )
    )


def _plain(row: Mapping[str, Any]) -> Claim:
    return {name: _text(row[name]) for name in FIELDS}


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _values(claim: Claim) -> dict[str, Any]:
    times = {name: datetime.fromisoformat(claim[name]) for name in TIMES if claim[name]}
    return {**claim, **times}
