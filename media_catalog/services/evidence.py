"""Deciding a file's date anew when something beside the file speaks about it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from media_catalog.models import MediaFile, Origin, TimestampCandidate
from media_catalog.pipeline.timestamps import decide
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.clock_rules import Camera, ClockBook
from media_catalog.pipeline.timestamps.decide import DatePolicy, Inference
from media_catalog.services import camera_clocks, claim_rows, counts, import_results, preferences

NO_RULES = ClockBook()
FIELDS = (
    "source",
    "raw_text",
    "local",
    "instant",
    "precision",
    "offset_minutes",
    "offset_source",
    "weight",
    "until_local",
)


class Claim(NamedTuple):
    """A claim and who makes it."""

    candidate: Candidate
    origin: str


@transaction.atomic
def put(origin: str, claims: Mapping[int, Sequence[Candidate]], *, at: datetime) -> int:
    """Replace what one origin says about files, by file id, and decide their dates anew.

    A file with no claims loses those it had. Dates that a person confirmed are left alone.

    :returns: how many files have other claims than before.
    """
    stored = _stored(claims)
    changed = {}
    for file_id, new in claims.items():
        mine = [claim.candidate for claim in stored[file_id] if claim.origin == origin]
        if mine != list(new):
            others = [claim for claim in stored[file_id] if claim.origin != origin]
            changed[file_id] = others + [Claim(one, origin) for one in new]
    _decide(changed, at=at)
    return len(changed)


@transaction.atomic
def rename(names: Mapping[int, Candidate | None], *, at: datetime) -> int:
    """Replace what the names of files say, by file id, and decide the dates anew where that is news.

    :returns: how many files have another claim than before.
    """
    stored = _stored(names)
    changed = {}
    for file_id, new in names.items():
        claims = stored[file_id]
        own = [Claim(new, Origin.OWN)] if new else []
        if [claim for claim in claims if _is_by_name(claim)] != own:
            before = [claim for claim in claims if not _is_by_name(claim) and not _is_after_name(claim)]
            changed[file_id] = [*before, *own, *filter(_is_after_name, claims)]
    _decide(changed, at=at)
    return len(changed)


def _is_by_name(claim: Claim) -> bool:
    return claim.origin == Origin.OWN and claim.candidate.source.startswith("name:")


def _is_after_name(claim: Claim) -> bool:
    """Tell whether a claim stands behind that of the name: `own_claims` has the order."""
    return claim.origin != Origin.OWN or claim.candidate.source.startswith(("folder:", "file:"))


@transaction.atomic
def redecide(file_ids: Collection[int], *, at: datetime) -> int:
    """Decide the dates of files anew from the claims that are stored; return how many files there are."""
    stored = _stored(file_ids)
    _decide({file_id: stored[file_id] for file_id in file_ids}, at=at)
    return len(file_ids)


def _stored(file_ids: Collection[int]) -> Mapping[int, list[Claim]]:
    found: dict[int, list[Claim]] = defaultdict(list)
    rows = TimestampCandidate.objects.filter(file__in=file_ids).order_by("file_id", "rank")
    for file_id, origin, *values in rows.values_list("file_id", "origin", *FIELDS):
        found[file_id].append(Claim(_candidate(values), origin))
    return found


def candidate(row: TimestampCandidate) -> Candidate:
    """Return the claim that a row holds."""
    return _candidate([getattr(row, name) for name in FIELDS])


def _candidate(values: Sequence[Any]) -> Candidate:
    source, raw, local, instant, precision, offset_minutes, offset_source, weight, until = values
    return Candidate(
        source=source,
        raw=raw,
        local=local,
        instant=instant,
        precision=Precision(precision),
        offset_minutes=offset_minutes,
        offset_source=offset_source or None,
        weight=weight,
        until=until,
    )


def inferences(
    file_ids: Collection[int], *, at: datetime, book: ClockBook
) -> Iterator[tuple[MediaFile, Inference]]:
    """Yield files with what would be decided about their dates by the stored claims and these clock rules."""
    stored = _stored(file_ids)
    with preferences.held():
        found = [
            (file, infer(file, [claim.candidate for claim in stored[file.pk]], at=at, book=book))
            for file in _files(file_ids)
        ]
    yield from found


def _files(file_ids: Collection[int]) -> list[MediaFile]:
    return list(MediaFile.objects.filter(pk__in=file_ids).select_related("source").order_by("pk"))


def _decide(said: Mapping[int, Sequence[Claim]], *, at: datetime) -> None:
    files = _files(said.keys())
    book = camera_clocks.load() if files else NO_RULES
    # Before a date is filled in, which might be a person's word.
    open_files = [file for file in files if not file.is_dated_by_person]
    rows: list[claim_rows.Row] = []
    with preferences.held():
        for file in files:
            inference = infer(file, [claim.candidate for claim in said[file.pk]], at=at, book=book)
            import_results.fill_date(file, inference)
            rows.extend(_rows(file, said[file.pk], inference))
    ids = [file.pk for file in files]
    with counts.tracking(ids):
        import_results.overwrite(open_files, import_results.DATE_FIELDS)
        claim_rows.replace(ids, rows)


def infer(
    file: MediaFile, claims: Sequence[Candidate], *, at: datetime, book: ClockBook = NO_RULES
) -> Inference:
    """Decide a file's date from claims and the rules for its camera; `file.source` must be loaded."""
    inference = decide.decide(
        claims,
        policy=_policy(file, at=at),
        position=_position(file),
        camera=(file.camera_make or None, file.camera_model or None),
        clock=book.clock(_camera(file), claims),
    )
    return decide.doubted(inference) if file.damage else inference


def infer_alone(
    file: MediaFile, claims: Sequence[Candidate], place: int, *, at: datetime, book: ClockBook = NO_RULES
) -> Inference | None:
    """Give the date that one claim of a file makes, whatever the others say; `None` where it makes none."""
    clock = book.clock(_camera(file), claims)
    return decide.alone(claims, place, policy=_policy(file, at=at), position=_position(file), clock=clock)


def _camera(file: MediaFile) -> Camera:
    return Camera(
        make=file.camera_make,
        model=file.camera_model,
        serial=file.camera_serial,
        source_id=file.source_id,
    )


def _position(file: MediaFile) -> tuple[float, float] | None:
    return None if file.gps_lat is None or file.gps_lon is None else (file.gps_lat, file.gps_lon)


def _policy(file: MediaFile, *, at: datetime) -> DatePolicy:
    zone = file.source.time_zone or preferences.time_zone()
    return DatePolicy(default_zone=zone, now=at, earliest_year=preferences.earliest_year())


def _rows(file: MediaFile, said: Sequence[Claim], inference: Inference) -> list[claim_rows.Row]:
    return [
        claim_rows.row(file.pk, rank=rank, verdict=verdict, origin=claim.origin)
        for rank, (claim, verdict) in enumerate(zip(said, inference.verdicts, strict=True))
    ]
