"""What is read again from metadata becomes rows."""

import logging
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from media_catalog.models import FileMetadata, Job, JobFailure, JobFile, MediaFile
from media_catalog.pipeline import probe
from media_catalog.pipeline.exiftool import TagReading
from media_catalog.pipeline.timestamps import taken
from media_catalog.services import jobs, preferences, tools

logger = logging.getLogger(__name__)

NOT_STORED = "the database did not take it"


class Outcome(StrEnum):
    UPDATED = "updated"  # a date, a camera or a place was found
    SKIPPED = "skipped"  # read, and there was none
    FAILED = "failed"
    ABSENT = "absent"  # failed, and to be tried again: the file is not there


OUTCOMES = {
    Outcome.UPDATED: JobFile.Outcome.DONE,
    Outcome.SKIPPED: JobFile.Outcome.SKIPPED,
    Outcome.FAILED: JobFile.Outcome.FAILED,
    Outcome.ABSENT: JobFile.Outcome.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one file, and which fields get which values; nothing known is ever replaced by `None`."""

    file: MediaFile
    outcome: Outcome
    changes: dict[str, Any]
    reason: str = ""


def read(files: Sequence[MediaFile], *, at: datetime) -> Iterator[tuple[Result, TagReading]]:
    """Read the metadata of some files and yield what would be filled in, writing nothing."""
    readings = tools.exiftool().read([path(file) for file in files])
    for file, reading in zip(files, readings, strict=True):
        yield _result(file, reading, at=at), reading


def path(file: MediaFile) -> bytes:
    """Return where a file lies; its source must be loaded."""
    return file.source.root.rstrip(b"/") + b"/" + file.path


def _result(file: MediaFile, reading: TagReading, *, at: datetime) -> Result:
    if not reading.tags:
        is_there = Path(os.fsdecode(reading.path)).is_file()
        reason = reading.error or "no metadata at all" if is_there else "the file is not there"
        logger.warning("failed file=%s path=%r: %s", file.pk, reading.path, reason)
        outcome = Outcome.FAILED if is_there else Outcome.ABSENT
        changes = {"metadata_read_at": at} if is_there else {}
        return Result(file=file, outcome=outcome, changes=changes, reason=reason)
    changes = _facts(reading, at=at)
    outcome = Outcome.UPDATED if changes else Outcome.SKIPPED
    return Result(file=file, outcome=outcome, changes={**changes, "metadata_read_at": at})


def _facts(reading: TagReading, *, at: datetime) -> dict[str, Any]:
    moment = taken.taken(reading.tags, now=at, earliest_year=preferences.earliest_year())
    seen = probe.probe(reading.tags, sniffed_mime=None)
    facts = {
        "taken_local": moment.local,
        "taken_offset_minutes": moment.offset_minutes,
        "taken_at": moment.instant,
        "camera_make": seen.camera_make,
        "camera_model": seen.camera_model,
        "camera_serial": seen.camera_serial,
        "gps_lat": seen.gps_lat,
        "gps_lon": seen.gps_lon,
        "gps_altitude_m": seen.gps_altitude_m,
    }
    return {name: value for name, value in facts.items() if value is not None}


@transaction.atomic
def store(claim: jobs.Claim, read: Sequence[tuple[Result, TagReading]], *, at: datetime) -> None:
    """Write what was read, while the batch is still ours.

    :raises LeaseLost: when the batch was handed to somebody else; nothing is written.
    """
    jobs.renew(claim, at=at)
    settle(claim, [_stored(result, reading.tags, at=at) for result, reading in read], at=at)


def _stored(result: Result, tags: dict[str, Any], *, at: datetime) -> Result:
    """Store one file in a savepoint of its own, so that its trouble costs no other file."""
    try:
        with transaction.atomic():
            rows = MediaFile.objects.filter(pk=result.file.pk)
            is_known = rows.update(**result.changes) if result.changes else rows.exists()
            if tags and is_known:
                clean = probe.clean_tags(tags)
                FileMetadata.objects.update_or_create(file=result.file, defaults={"tags": clean})
    except Exception:  # the boundary of one file: whatever is wrong with it, the others are read
        logger.exception("failed file=%s", result.file.pk)
        return lost(result.file, NOT_STORED)
    logger.debug("%s file=%s at=%s", result.outcome, result.file.pk, at)
    return result


def lost(file: MediaFile, reason: str) -> Result:
    """Say why nothing is known about a file."""
    return Result(file=file, outcome=Outcome.FAILED, changes={}, reason=reason)


@transaction.atomic
def settle(claim: jobs.Claim, results: Sequence[Result], *, at: datetime) -> None:
    """Count each file once, and say why one failed."""
    jobs.renew(claim, at=at)
    moved: Counter[str] = Counter()
    waiting = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    for outcome in set(OUTCOMES.values()):
        ids = [result.file.pk for result in results if OUTCOMES[result.outcome] == outcome]
        moved[outcome] = waiting.filter(file__in=ids).update(outcome=outcome)
    JobFailure.objects.bulk_create(
        JobFailure(
            job_id=claim.batch.job_id,
            file=result.file,
            code="vanished" if result.outcome is Outcome.ABSENT else "unreadable",
            message=result.reason,
            created_at=at,
        )
        for result in results
        if OUTCOMES[result.outcome] == JobFile.Outcome.FAILED
    )
    Job.objects.filter(pk=claim.batch.job_id).update(
        done_count=F("done_count") + moved[JobFile.Outcome.DONE],
        skipped_count=F("skipped_count") + moved[JobFile.Outcome.SKIPPED],
        failed_count=F("failed_count") + moved[JobFile.Outcome.FAILED],
        current_text=results[-1].file.path_text,
    )
