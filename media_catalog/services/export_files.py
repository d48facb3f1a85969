"""Second stage of an export: each file of a batch is copied, verified, and only then recorded as exported."""

import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.db import transaction
from django.db.models import F

from media_catalog.models import Deletion, Export, ExportedFile, Job, JobFile, MediaFile
from media_catalog.pipeline import archive, archive_replace
from media_catalog.pipeline.archive import ExportedCopy
from media_catalog.pipeline.exiftool import ExifTool, ExifToolError, TagEdit
from media_catalog.pipeline.zip_members import OpenArchives
from media_catalog.services import (
    archives,
    counts,
    export_finish,
    export_plan,
    export_targets,
    faults,
    jobs,
    risks,
    tools,
)
from media_catalog.services.export_plan import UNFINISHED, VERIFIED

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A file of a batch and what its copy should be; `copy` is its place, reserved or already exported to."""

    row: JobFile
    copy: ExportedFile
    edits: list[TagEdit]
    open_archives: OpenArchives

    @property
    def file(self) -> MediaFile:
        return self.row.file

    @property
    def source(self) -> bytes:
        return os.path.join(self.file.source.root, self.file.path)  # noqa: PTH118  bytes

    @property
    def target(self) -> Path:
        return Path(os.fsdecode(self.copy.archive.root), self.copy.destination)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a file was not exported, for a person."""

    code: str
    text: str


DANGEROUS = Failure(
    code="kills_worker", text=f"broke off the program {risks.MAX_FILE_ATTEMPTS} times while it was exported"
)

ORIGINAL_DELETED = Failure(
    code="original_deleted", text="its original was deleted after an export: its copy stays as it is"
)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Export the files of a batch, one after the other, each recorded as soon as its copy stands.

    :raises ArchiveLost: when no file could be written to the archive any more.
    :raises Lost: when no file could be read or get its tags any more.
    :raises Stopped: when the job was paused, cancelled or halted, between two files.
    """
    with contextlib.closing(OpenArchives()) as open_archives:
        _run(claim, open_archives, clock=clock)


def _run(claim: jobs.Claim, open_archives: OpenArchives, *, clock: Callable[[], datetime]) -> None:
    exiftool = tools.exiftool()
    pending = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    # What was in hand when a worker died comes last: should it have been the reason, the others are done.
    rows = list(pending.select_related("job", "file__source").order_by("attempts", "pk"))
    places = _places(claim, rows)
    wanted = export_targets.wanted([row.file for row in rows])
    has_faults = False
    for row in rows:
        if has_faults and (reason := faults.reason_to_halt(claim.batch.job_id)):
            jobs.halt(claim.batch.job_id, reason=reason, at=clock())
        jobs.stop_if_asked(claim, at=clock())
        place = places.get(row.file_id)
        if place is None or not _is_still_wanted(row.file, place, claim.batch.job.export):
            _leave_out(claim, row, at=clock())
            continue
        edits = wanted[row.file_id].edits
        task = Task(row=row, copy=place, edits=edits, open_archives=open_archives)
        if claim.batch.attempts > 1 and risks.take_in_hand(claim, row):
            _record_failure(claim, task, DANGEROUS, at=clock())
        else:
            has_faults |= _export(claim, task, exiftool, clock=clock) in faults.CODES


def _places(claim: jobs.Claim, rows: list[JobFile]) -> dict[int, ExportedFile]:
    """Return where each file goes, by file id: to its reservation, else to where its copy stands."""
    found = export_plan.rows_of([row.file for row in rows], claim.batch.job.export.archive)
    return {file_id: found.get((file_id, False), place) for (file_id, _), place in found.items()}


def _is_still_wanted(file: MediaFile, place: ExportedFile, export: Export) -> bool:
    """Ask again: meanwhile a person may have discarded the file, or an import may have changed it."""
    if place.state == VERIFIED and place.source_sha256 != file.sha256:
        return False
    return export_plan.eligible(is_forced=export.is_forced).filter(pk=file.pk, sha256=file.sha256).exists()


def _export(
    claim: jobs.Claim, task: Task, exiftool: ExifTool, *, clock: Callable[[], datetime]
) -> str | None:
    """Export one file; what goes wrong with it costs that file alone, and is stored with it.

    :returns: The code of an expected failure.
    """
    logger.debug("exporting job=%s file=%s", task.row.job_id, task.file.pk)
    archives.require_present(task.copy.archive)
    try:
        copy = _write(task, exiftool)
    except (archive.ExportError, ExifToolError, OSError) as error:
        archives.raise_if_lost(task.copy.archive, error)
        is_deleted = isinstance(error, FileNotFoundError) and _was_deleted(task)
        if not is_deleted:
            _raise_if_lost(task, error)
        logger.warning("failed job=%s file=%s: %s", task.row.job_id, task.file.pk, error)
        failure = ORIGINAL_DELETED if is_deleted else _failure(error)
        _record_failure(claim, task, failure, at=clock())
        return failure.code
    except Exception as error:
        logger.exception("failed job=%s file=%s", task.row.job_id, task.file.pk)
        text = f"unforeseen error: {error!r}"[:300]
        _record_failure(claim, task, Failure(code="internal_error", text=text), at=clock())
    else:
        has_replaced = _record(claim, task, copy, at=clock())
        if has_replaced:
            export_finish.remove_replaced(claim, ExportedFile.objects.filter(file=task.file), clock=clock)
    return None


def _was_deleted(task: Task) -> bool:
    """Tell whether a person has had the original deleted, since its copy was safe."""
    return task.file.deletions.filter(state=Deletion.State.DELETED, sha256=task.file.sha256).exists()


def _raise_if_lost(task: Task, error: Exception) -> None:
    """Tell the fault of one file from that of its source or of ExifTool, which no other file would escape."""
    if isinstance(error, OSError):
        if not task.row.job.options.get(faults.OPTION):  # else whatever other sources hold is exported
            faults.require_source(task.file.source)
    elif type(error) is ExifToolError:  # one that cannot even be started
        raise faults.Lost(f"{error}. {faults.ADVICE}.") from error


def _write(task: Task, exiftool: ExifTool) -> ExportedCopy:
    with task.open_archives.local(task.source, scratch=tools.scratch_dir()) as source:
        return _write_from(source, task, exiftool)


def _write_from(source: bytes, task: Task, exiftool: ExifTool) -> ExportedCopy:
    write = partial(
        archive.export_copy,
        source,
        expected_sha256=task.file.sha256,
        mime_type=task.file.mime_type,
        edits=task.edits,
        exiftool=exiftool,
    )
    if task.copy.state != VERIFIED:
        return write(task.target)
    old = archive_replace.Placed(
        sha256=task.copy.copy_sha256, sidecar_sha256=task.copy.sidecar_sha256 or None
    )
    return archive_replace.replace_copy(task.target, old=old, write=write)


def _failure(error: Exception) -> Failure:
    if isinstance(error, archive.SourceChanged):
        return Failure(code="changed", text="changed since it was read: import its folder again")
    if isinstance(error, FileNotFoundError):
        return Failure(code="vanished", text="no longer in its folder: import the folder again")
    if isinstance(error, archive.DestinationTaken):
        return Failure(code="destination_taken", text=str(error))
    if isinstance(error, PermissionError):
        return Failure(code="unreadable_permission", text=f"cannot be copied: {error.strerror}")
    if isinstance(error, OSError):
        return Failure(code="unreadable_io", text=f"cannot be copied: {error.strerror}")
    return Failure(code="not_exported", text=str(error))


@transaction.atomic
def _record(claim: jobs.Claim, task: Task, copy: ExportedCopy, *, at: datetime) -> bool:
    """Store that a copy stands; return whether another one of the file was replaced in the same moment."""
    jobs.renew(claim, at=at)
    others = ExportedFile.objects.filter(archive=task.copy.archive, file=task.file, state=VERIFIED)
    replaced = list(others.exclude(pk=task.copy.pk))
    hashes = {task.file.sha256, *(row.source_sha256 for row in replaced)}
    with counts.tracking([*export_targets.same_bytes(hashes), task.file.pk]):
        for row in replaced:
            export_finish.replace(row, source_sha256=copy.source_sha256)
        _fill(task.copy, copy, at=at)
        task.copy.export = claim.batch.job.export
        task.copy.save()
    _settle(task.row, outcome=JobFile.Outcome.DONE, count="done_count")
    return bool(replaced)


def _fill(row: ExportedFile, copy: ExportedCopy, *, at: datetime) -> None:
    row.state, row.verified_at, row.reason_text = VERIFIED, at, ""
    row.source_sha256, row.copy_sha256 = copy.source_sha256, copy.copy_sha256
    row.image_data_hash = copy.image_data_hash or ""
    row.size_bytes = copy.size_bytes
    row.sidecar = f"{row.destination}.xmp" if copy.sidecar else ""
    row.sidecar_sha256 = copy.sidecar_sha256 or ""
    row.tags_written = export_targets.as_rows(copy.edits)
    row.tags_error = copy.tags_error or ""


@transaction.atomic
def _record_failure(claim: jobs.Claim, task: Task, failure: Failure, *, at: datetime) -> None:
    """Store why a file was not exported; a copy that it has already stays what it is."""
    jobs.renew(claim, at=at)
    if task.copy.state != VERIFIED:
        ExportedFile.objects.filter(pk=task.copy.pk).update(
            state=ExportedFile.State.FAILED, reason_text=failure.text
        )
    jobs.note_failure(task.row.job_id, file=task.file, code=failure.code, message=failure.text, at=at)
    _settle(task.row, outcome=JobFile.Outcome.FAILED, count="failed_count")


@transaction.atomic
def _leave_out(claim: jobs.Claim, row: JobFile, *, at: datetime) -> None:
    """Give up the place of a file that is not to be exported any more."""
    jobs.renew(claim, at=at)
    archive_id = claim.batch.job.export.archive_id
    ExportedFile.objects.filter(archive=archive_id, file=row.file_id, state__in=UNFINISHED).delete()
    _settle(row, outcome=JobFile.Outcome.SKIPPED, count="skipped_count")


def _settle(row: JobFile, *, outcome: str, count: str) -> None:
    """Count each file once: only a row that was still waiting moves the job's counts."""
    moved = JobFile.objects.filter(pk=row.pk, outcome=JobFile.Outcome.PENDING).update(outcome=outcome)
    Job.objects.filter(pk=row.job_id).update(current_text=row.file.path_text, **{count: F(count) + moved})
