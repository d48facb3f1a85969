"""Second stage of an import: what the pipeline found out about a file becomes rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import F

from media_catalog.models import (
    FileMetadata,
    FileTag,
    Job,
    JobFailure,
    JobFile,
    Kind,
    MediaFile,
    Origin,
    SidecarValues,
    State,
)
from media_catalog.pipeline.analyze import Analysis, Outcome
from media_catalog.pipeline.timestamps import taken
from media_catalog.pipeline.timestamps.candidates import period_end
from media_catalog.pipeline.timestamps.decide import Inference
from media_catalog.services import arrivals, bulk, claim_rows, counts, jobs, preferences, tags, traits

DATE_FIELDS = (
    "captured_local",
    "captured_until_local",
    "captured_precision",
    "offset_minutes",
    "offset_source",
    "captured_at",
    "captured_from",
    "confidence",
    "date_reasons",
)
CONTENT_FIELDS = (
    "state",
    "reason_code",
    "reason_text",
    "damage",
    "sha256",
    "image_data_hash",
    "phash",
    "phash_version",
    "information",
    "kind",
    "mime_type",
    "extension",
    "width_px",
    "height_px",
    "duration_s",
    "camera_make",
    "camera_model",
    "camera_serial",
    "gps_lat",
    "gps_lon",
    "gps_altitude_m",
    "description",
    "rating",
    "has_thumbnail",
    "is_flagged",
    "analysed_at",
    "taken_local",
    "taken_offset_minutes",
    "taken_at",
    "metadata_read_at",
)
OUTCOMES = {
    Outcome.ANALYSED: (State.ANALYSED, JobFile.Outcome.DONE),
    Outcome.FAILED: (State.FAILED, JobFile.Outcome.FAILED),
    Outcome.SKIPPED: (State.SKIPPED, JobFile.Outcome.SKIPPED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One file of a batch and what came of it."""

    row: JobFile
    analysis: Analysis


@transaction.atomic
def store(claim: jobs.Claim, results: Sequence[Result], *, at: datetime) -> None:
    """Write the results of some files of a batch, while it is still ours.

    A date that a person confirmed is left alone.

    :raises LeaseLost: when the batch was handed to somebody else; nothing is written.
    """
    jobs.renew(claim, at=at)
    files = [result.row.file for result in results]
    replaced = [result.row.file_id for result in results if _has_other_bytes(result)]
    with counts.tracking([file.pk for file in files]):
        for result in results:
            _fill(result.row.file, result.analysis, at=at)
        _overwrite(files)
        _store_evidence(results)
        _store_tags(claim.batch.job, results, at=at)
    arrivals.ask_again(replaced, at=at)
    _settle(claim.batch.job, results, at=at)


def _has_other_bytes(result: Result) -> bool:
    """Tell whether a file, which still has its old facts, was read with other bytes than before."""
    old, new = result.row.file.sha256, result.analysis.sha256
    return bool(old and new and old != new)


@transaction.atomic
def quarantine(claim: jobs.Claim, row: JobFile, *, at: datetime) -> None:
    """Set a file apart that broke its worker again and again."""
    jobs.renew(claim, at=at)
    message = f"broke off the program {row.attempts - 1} times while it was read"
    with counts.tracking([row.file_id]):
        MediaFile.objects.filter(pk=row.file_id).update(
            state=State.QUARANTINED, reason_code="kills_worker", reason_text=message
        )
    if JobFile.objects.filter(pk=row.pk, outcome=JobFile.Outcome.PENDING).update(
        outcome=JobFile.Outcome.FAILED
    ):
        Job.objects.filter(pk=row.job_id).update(failed_count=F("failed_count") + 1)
        jobs.note_failure(row.job_id, file=row.file, code="kills_worker", message=message, at=at)


def _fill(file: MediaFile, analysis: Analysis, *, at: datetime) -> None:
    file.state = OUTCOMES[analysis.outcome][0]
    file.reason_code, file.reason_text = analysis.reason_code or "", analysis.reason_text or ""
    file.sha256 = analysis.sha256 or ""
    file.damage = (analysis.damage or "")[:200]
    file.is_flagged = file.is_flagged or bool(analysis.damage)
    file.has_thumbnail = analysis.has_thumbnail
    file.analysed_at = at
    _fill_facts(file, analysis)
    if analysis.probe:
        fill_taken(file, analysis.tags, at=at)
    fill_date(file, analysis.inference)
    traits.fill(file, analysis.traits)


def _fill_facts(file: MediaFile, analysis: Analysis) -> None:
    probe = analysis.probe
    if probe is None:
        file.kind = Kind.SIDECAR if analysis.reason_code == "sidecar" else Kind.OTHER
        return
    file.kind = Kind(probe.kind)
    file.mime_type, file.extension = probe.mime_type or "", probe.extension or ""
    file.width_px, file.height_px, file.duration_s = probe.width_px, probe.height_px, probe.duration_s
    file.camera_make, file.camera_model = probe.camera_make or "", probe.camera_model or ""
    file.camera_serial = probe.camera_serial or ""
    file.gps_lat, file.gps_lon, file.gps_altitude_m = probe.gps_lat, probe.gps_lon, probe.gps_altitude_m
    file.description, file.rating = probe.description or "", probe.rating


def fill_taken(file: MediaFile, tags: Mapping[str, Any], *, at: datetime) -> None:
    """Put what metadata alone say, if they could be read, into the file's fields, without storing them."""
    if not tags:
        return
    moment = taken.taken(tags, now=at, earliest_year=preferences.earliest_year())
    file.taken_local, file.taken_at = moment.local, moment.instant
    file.taken_offset_minutes, file.metadata_read_at = moment.offset_minutes, at


def fill_date(file: MediaFile, inference: Inference | None) -> None:
    """Put what was decided about a date into the file's own fields, without storing them."""
    if inference is None or inference.local is None or inference.precision is None:
        file.captured_local = file.captured_until_local = file.captured_at = file.offset_minutes = None
        file.captured_precision = file.offset_source = file.captured_from = ""
        file.confidence, file.date_reasons = "none", list(inference.reasons) if inference else []
        return
    file.captured_local = inference.local
    file.captured_until_local = inference.until or period_end(inference.local, inference.precision)
    file.captured_precision = inference.precision
    file.offset_minutes, file.offset_source = inference.offset_minutes, inference.offset_source or ""
    file.captured_at, file.captured_from = inference.instant, inference.source or ""
    file.confidence, file.date_reasons = inference.confidence, list(inference.reasons)


def _overwrite(files: Sequence[MediaFile]) -> None:
    ids = [file.pk for file in files]
    confirmed = set(MediaFile.objects.filter(pk__in=ids).dated_by_person().values_list("pk", flat=True))
    for group, fields in (
        ([file for file in files if file.pk not in confirmed], CONTENT_FIELDS + DATE_FIELDS),
        ([file for file in files if file.pk in confirmed], CONTENT_FIELDS),
    ):
        overwrite(group, fields)


def overwrite(files: Iterable[MediaFile], fields: Sequence[str]) -> None:
    """Store some fields of files, in the transaction of the caller."""
    bulk.update(MediaFile, fields, map(attrgetter(*fields, "pk"), files))


def _store_evidence(results: Sequence[Result]) -> None:
    ids = [result.row.file_id for result in results]
    claim_rows.replace(ids, (row for result in results for row in _claims(result)))
    SidecarValues.objects.filter(file__in=ids).delete()  # the fields have the file's own values again
    untagged = [one.row.file_id for one in results if not one.analysis.tags]
    if untagged:
        FileMetadata.objects.filter(file__in=untagged).delete()
    tagged = ((one.row.file_id, one.analysis.tags) for one in results if one.analysis.tags)
    bulk.insert(FileMetadata, ("file", "tags"), tagged, or_update=("tags",))
    traits.store({one.row.file_id: (one.analysis.traits, one.analysis.shot) for one in results})


def _claims(result: Result) -> Iterator[claim_rows.Row]:
    inference = result.analysis.inference
    for rank, verdict in enumerate(inference.verdicts if inference else ()):
        yield claim_rows.row(result.row.file_id, rank=rank, verdict=verdict, origin=Origin.OWN)


def _store_tags(job: Job, results: Sequence[Result], *, at: datetime) -> None:
    FileTag.objects.filter(
        file__in=[one.row.file_id for one in results], origin=FileTag.Origin.METADATA
    ).delete()
    media = [one for one in results if one.analysis.outcome is Outcome.ANALYSED and one.analysis.probe]
    keywords = {one.row.file_id: one.analysis.probe.keywords for one in media if one.analysis.probe}
    tags.add(keywords, origin=FileTag.Origin.METADATA, created_at=at)
    given = job.options.get("tags") or []
    tags.add({one.row.file_id: given for one in media}, origin=FileTag.Origin.PERSON, created_at=at)


def _settle(job: Job, results: Sequence[Result], *, at: datetime) -> None:
    """Count each file once: only rows that were still waiting move the job's counts."""
    moved = dict.fromkeys((JobFile.Outcome.DONE, JobFile.Outcome.FAILED, JobFile.Outcome.SKIPPED), 0)
    for outcome in moved:
        ids = [one.row.pk for one in results if OUTCOMES[one.analysis.outcome][1] == outcome]
        waiting = JobFile.objects.filter(pk__in=ids, outcome=JobFile.Outcome.PENDING)
        moved[outcome] = waiting.update(outcome=outcome) if ids else 0
    JobFailure.objects.bulk_create(
        JobFailure(
            job=job,
            file=one.row.file,
            code=one.analysis.reason_code or "unknown",
            message=one.analysis.reason_text or "",
            created_at=at,
        )
        for one in results
        if one.analysis.outcome is Outcome.FAILED
    )
    Job.objects.filter(pk=job.pk).update(
        done_count=F("done_count") + moved[JobFile.Outcome.DONE],
        failed_count=F("failed_count") + moved[JobFile.Outcome.FAILED],
        skipped_count=F("skipped_count") + moved[JobFile.Outcome.SKIPPED],
        current_text=results[-1].row.file.path_text,
    )
