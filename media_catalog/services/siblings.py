"""Reading files as their neighbours see them, with the dates that they have by their own evidence."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from media_catalog.models import MediaFile, Origin, TimestampCandidate
from media_catalog.models.files import PERSON
from media_catalog.pipeline.timestamps import phrases, witnesses
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision, period_end
from media_catalog.pipeline.timestamps.confidence import Confidence
from media_catalog.pipeline.timestamps.decide import ASSUMED, Inference
from media_catalog.pipeline.timestamps.siblings import Dated, Sibling, is_doubted
from media_catalog.services import camera_clocks, evidence, preferences
from media_catalog.services.import_results import DATE_FIELDS

UNSIGNED = 2**64 - 1
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  UTC, as file times are compared with wall clocks
FIELDS = (
    "pk",
    "name",
    "folder_key",
    "kind",
    "camera_make",
    "camera_model",
    "mtime_ns",
    "sha256",
    "phash",
    "information",
    "width_px",
    "height_px",
    "duration_s",
    *DATE_FIELDS,
    "reviewed_at",
)


class Row(NamedTuple):
    """A file as its neighbours see it, in which folder it lies, and whether they have spoken about it."""

    sibling: Sibling
    folder_key: str
    is_dated_by_person: bool
    has_claims: bool


class Marks(NamedTuple):
    """Which files have claims by neighbours, and how much the claim weighs that each file is dated by."""

    spoken_of: Collection[int]
    weights: Mapping[int, int]


def read(files: QuerySet[MediaFile], *, at: datetime) -> list[Row]:
    """Read files in their order; they have to be few enough to be named in one query.

    What neighbours said before is left out of their dates, so that no suggestion rests on another.
    """
    values = list(files.values(*FIELDS))
    marks = _marks([value["pk"] for value in values])
    doubtful = [
        value["pk"] for value in values if value["pk"] in marks.spoken_of and _may_rest_on_others(value)
    ]
    inferred = _inferred(doubtful, at=at)
    return [
        Row(
            sibling=_sibling(value, own=inferred[pk] if pk in inferred else _stored(value, marks)),
            folder_key=value["folder_key"],
            is_dated_by_person=_is_dated_by_person(value),
            has_claims=pk in marks.spoken_of,
        )
        for value in values
        for pk in [value["pk"]]
    ]


def _may_rest_on_others(value: Mapping[str, Any]) -> bool:
    # No suggestion makes a date high, and none is asked when a person has decided.
    return not _is_dated_by_person(value) and value["confidence"] != Confidence.HIGH


def _is_dated_by_person(value: Mapping[str, Any]) -> bool:
    return value["reviewed_at"] is not None or PERSON in (value["captured_from"], value["offset_source"])


def _marks(ids: Sequence[int]) -> Marks:
    rows = TimestampCandidate.objects.filter(Q(origin=Origin.NEIGHBOUR) | Q(is_chosen=True), file__in=ids)
    spoken_of, weights = set(), {}
    for file_id, origin, is_chosen, weight in rows.values_list("file_id", "origin", "is_chosen", "weight"):
        if origin == Origin.NEIGHBOUR:
            spoken_of.add(file_id)
        if is_chosen:
            weights[file_id] = weight
    return Marks(spoken_of, weights)


def _inferred(ids: Sequence[int], *, at: datetime) -> dict[int, Dated | None]:
    """Decide dates as they would be if no neighbour had spoken."""
    claims: dict[int, list[Candidate]] = defaultdict(list)
    rows = TimestampCandidate.objects.filter(file__in=ids).exclude(origin=Origin.NEIGHBOUR)
    for row in rows.order_by("file_id", "rank"):
        claims[row.file_id].append(evidence.candidate(row))
    files = MediaFile.objects.filter(pk__in=ids).select_related("source")
    book = camera_clocks.load()
    with preferences.held():
        found = {file.pk: evidence.infer(file, claims[file.pk], at=at, book=book) for file in files}
    return {pk: _decided(inference) for pk, inference in found.items()}


def _decided(inference: Inference) -> Dated | None:
    chosen = next((verdict.candidate for verdict in inference.verdicts if verdict.is_chosen), None)
    if chosen is None or inference.local is None or inference.precision is None:
        return None
    is_assumed = inference.offset_source == ASSUMED
    return Dated(
        local=inference.local,
        until=inference.until or period_end(inference.local, inference.precision),
        precision=inference.precision,
        offset_minutes=None if is_assumed else inference.offset_minutes,
        offset_source=None if is_assumed else inference.offset_source,
        instant=inference.instant,
        source=inference.source or chosen.source,
        weight=chosen.weight,
        confidence=inference.confidence,
        is_doubted=is_doubted(inference.reasons),
        is_zone_assumed=is_assumed,
    )


def _stored(value: Mapping[str, Any], marks: Marks) -> Dated | None:
    if value["captured_local"] is None:
        return None
    is_assumed = value["offset_source"] == ASSUMED
    is_given = _is_dated_by_person(value)
    weight = witnesses.PERSON_WEIGHT if is_given else marks.weights.get(value["pk"], 0)
    return Dated(
        local=value["captured_local"],
        until=value["captured_until_local"],
        precision=Precision(value["captured_precision"]),
        offset_minutes=None if is_assumed else value["offset_minutes"],
        offset_source=None if is_assumed else value["offset_source"] or None,
        instant=value["captured_at"],
        source=value["captured_from"],
        weight=weight,
        confidence=Confidence(value["confidence"]),
        is_doubted=not is_given and is_doubted(phrases.codes(value["date_reasons"])),
        is_zone_assumed=is_assumed,
    )


def _sibling(value: Mapping[str, Any], *, own: Dated | None) -> Sibling:
    phash = value["phash"]
    return Sibling(
        id=value["pk"],
        name=value["name"],
        kind=value["kind"],
        camera=(value["camera_make"], value["camera_model"]),
        file_time=_file_time(value["mtime_ns"]),
        sha256=value["sha256"],
        phash=None if phash is None else phash & UNSIGNED,
        information=value["information"],
        width_px=value["width_px"],
        height_px=value["height_px"],
        duration_s=value["duration_s"],
        own=own,
    )


def _file_time(mtime_ns: int | None) -> datetime | None:
    try:
        return None if mtime_ns is None else EPOCH + timedelta(microseconds=mtime_ns // 1000)
    except OverflowError:
        return None
