"""Deleting originals, one by one: the copy is read again, then the original, and only then it goes."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from media_catalog.models import (
    Archive,
    Deletion,
    Disposition,
    ExportedFile,
    Fate,
    Job,
    JobFile,
    MediaFile,
    MediaFileQuerySet,
    State,
)
from media_catalog.pipeline import archive as archive_copies
from media_catalog.pipeline import source_removal, zip_members
from media_catalog.pipeline.source_removal import NotRemoved
from media_catalog.services import archives, export_targets, faults, jobs, preferences, sources
from media_catalog.services.preferences import Name

logger = logging.getLogger(__name__)

SLICE = 500
FATES = (Fate.EXPORTED, Fate.DUPLICATE)
DONE, SKIPPED, FAILED = JobFile.Outcome.DONE, JobFile.Outcome.SKIPPED, JobFile.Outcome.FAILED
COUNTS = {DONE: "done_count", SKIPPED: "skipped_count", FAILED: "failed_count"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An original of a batch, and the row of its copy; `None` where there is none."""

    row: JobFile
    archive: Archive
    copy: ExportedFile | None

    @property
    def file(self) -> MediaFile:
        return self.row.file

    @property
    def original(self) -> bytes:
        return os.path.join(self.file.source.root, self.file.path)  # noqa: PTH118  bytes

    @property
    def target(self) -> Path:
        return _path(self.archive, self.copy.destination if self.copy else "")


def find(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Find the originals of the chosen sources whose bytes are in an archive, and add the batches."""
    job = claim.batch.job
    last = job.job_files.order_by("-file_id").values_list("file_id", flat=True).first() or 0
    for ids in _pages(job.options["sources"], after=last):
        _add(claim, ids, at=clock())
    Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FILES)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Delete the originals of a batch, each only where all is as it should be.

    :raises ArchiveLost: when the archive is not there any more.
    :raises Lost: when a source is not there any more.
    :raises Stopped: when the job was paused, cancelled or halted, between two files.
    """
    pending = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    archive = Archive.objects.get(pk=claim.batch.job.options["archive_id"])
    for key in list(pending.order_by("pk").values_list("pk", flat=True)):
        jobs.stop_if_asked(claim, at=clock())
        require_allowed(faults.Lost)
        archives.require_present(archive)
        # One by one, for what somebody decides meanwhile counts.
        row = JobFile.objects.select_related("job__created_by", "file__source").get(pk=key)
        task = Task(row=row, archive=archive, copy=_copy_of(row.file, archive))
        _do(claim, task, clock=clock)


def require_allowed(refusal: type[Exception]) -> None:
    """Make sure that originals may be deleted at all, which is asked for each of them: off means off at once.

    :raises refusal:
    """
    if not preferences.value(Name.DELETE_ORIGINALS):
        raise refusal(_("Deleting originals is switched off. It can be allowed in the settings."))


def _pages(source_ids: Sequence[int], *, after: int) -> Iterator[list[int]]:
    files = MediaFile.objects.filter(source__in=source_ids, fate__in=FATES).order_by("pk")
    while ids := list(files.filter(pk__gt=after).values_list("pk", flat=True)[:SLICE]):
        yield ids
        after = ids[-1]


@transaction.atomic
def _add(claim: jobs.Claim, ids: Sequence[int], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    job, size = claim.batch.job, settings.MEDIAPARSER_BATCH_SIZE
    for start in range(0, len(ids), size):
        batch = jobs.add_batch(job, stage=Job.Stage.FILES, at=at)
        known = JobFile.Change.KNOWN
        JobFile.objects.bulk_create(
            JobFile(job=job, file_id=file_id, batch=batch, change=known)
            for file_id in ids[start : start + size]
        )
    Job.objects.filter(pk=job.pk).update(total_count=F("total_count") + len(ids))


def _copy_of(file: MediaFile, archive: Archive) -> ExportedFile | None:
    """Return the copy that stands for a file: its own, or that of an identical one."""
    rows = ExportedFile.objects.filter(
        source_sha256=file.sha256, archive=archive, state=ExportedFile.State.VERIFIED
    )
    found = list(rows.exclude(source_sha256="").select_related("file").order_by("pk"))
    found.sort(key=lambda row: row.file_id != file.pk)
    return found[0] if found else None


def _do(claim: jobs.Claim, task: Task, *, clock: Callable[[], datetime]) -> None:
    """Delete one original, or note why it is kept."""
    if _went_before(task):
        _settle(claim, task, _deleted(task, at=clock()), at=clock())
        return
    try:
        _require_fit(task)
        _require_copy(task)
        _intend(claim, task, at=clock())
        source_removal.remove(task.original, sha256=task.file.sha256, copies=[task.target])
    except NotRemoved as reason:
        _keep(claim, task, code=reason.code, text=str(reason), at=clock())
    except OSError as error:
        _require_source(task)
        archives.require_present(task.archive)
        text = f"it cannot be deleted: {error.strerror}"
        logger.warning("kept job=%s file=%s: %s", task.row.job_id, task.file.pk, error)
        _keep(claim, task, code="unreadable_io", text=text, at=clock())
    else:
        logger.info("deleted original job=%s file=%s", task.row.job_id, task.file.pk)
        _settle(claim, task, _deleted(task, at=clock()), at=clock())


def _went_before(task: Task) -> bool:
    """Tell whether a worker that died since has deleted it, but could not say so any more."""
    intended = Deletion.objects.filter(job=task.row.job, file=task.file, state=Deletion.State.INTENDED)
    if not intended.exists() or os.path.lexists(task.original):
        return False
    _require_source(task)
    return True


def _require_source(task: Task) -> None:
    """Tell a disk that has gone from a file that has, unless a person has said that it shall go on."""
    if not task.row.job.options.get(faults.OPTION):
        faults.require_source(task.file.source)


def _require_fit(task: Task) -> None:
    """Make sure that nothing speaks for keeping the original.

    :raises NotRemoved:
    """
    file = task.file
    if file.fate not in FATES or file.state != State.ANALYSED:
        raise NotRemoved("not_exported", "it is not exported any more")
    if file.disposition == Disposition.DISCARD:
        raise NotRemoved("discarded", "it was discarded: its original is never deleted from here")
    if file.is_open:
        raise NotRemoved("undecided", "something about it is undecided")
    if zip_members.split(task.original) is not None:
        raise NotRemoved("in_zip", "it lies in a ZIP archive")
    if file.stack_id is not None and _companions(file).exclude(fate__in=FATES).exists():
        raise NotRemoved("companion", "a file that belongs to it is not exported")


def _companions(file: MediaFile) -> MediaFileQuerySet:
    return MediaFile.objects.filter(stack=file.stack_id).exclude(pk=file.pk)


def _require_copy(task: Task) -> None:
    """Read the copy from the disk again, and make sure that it says what it should say by now.

    :raises NotRemoved:
    """
    copy = task.copy
    if copy is None:
        raise NotRemoved("no_copy", "it has no verified copy in this archive")
    file = copy.file
    is_placed = copy.stem_key == export_targets.stem_key(export_targets.place(file))
    if not (is_placed and export_targets.wanted([file])[file.pk].is_in(copy)):
        raise NotRemoved("outdated", "its date or tags were changed after the export: export again")
    fault = archive_copies.verify_copy(task.target, sha256=copy.copy_sha256, size_bytes=copy.size_bytes or 0)
    if fault:
        raise NotRemoved("bad_copy", f"its copy is not as it was exported ({fault})")
    if copy.sidecar and (fault := _sidecar_fault(task.archive, copy)):
        raise NotRemoved("bad_copy", f"the sidecar of its copy is not as it was exported ({fault})")


def _sidecar_fault(archive: Archive, copy: ExportedFile) -> str | None:
    path = _path(archive, copy.sidecar)
    size_bytes = path.lstat().st_size if os.path.lexists(path) else 0
    return archive_copies.verify_copy(path, sha256=copy.sidecar_sha256, size_bytes=size_bytes)


@transaction.atomic
def _intend(claim: jobs.Claim, task: Task, *, at: datetime) -> None:
    """Write down, before anything is done, which original goes, and for the sake of which copy."""
    jobs.renew(claim, at=at)
    _note(task, state=Deletion.State.INTENDED, at=at)


def _note(task: Task, *, at: datetime, **facts: object) -> Deletion:
    copy = task.copy
    defaults = {
        "actor": task.row.job.created_by,
        "original_bytes": task.original,
        "original_text": sources.shown(task.original),
        "size_bytes": task.file.size_bytes,
        "sha256": task.file.sha256,
        "copy_text": sources.shown(os.fsencode(task.target)) if copy else "",
        "copy_sha256": copy.copy_sha256 if copy else "",
        "created_at": at,
        **facts,
    }
    row, _ = Deletion.objects.update_or_create(job=task.row.job, file=task.file, defaults=defaults)
    return row


def _deleted(task: Task, *, at: datetime) -> Callable[[], str]:
    def note() -> str:
        rows = Deletion.objects.filter(job=task.row.job, file=task.file)
        rows.update(state=Deletion.State.DELETED, deleted_at=at)
        return DONE

    return note


def _keep(claim: jobs.Claim, task: Task, *, code: str, text: str, at: datetime) -> None:
    def note() -> str:
        _note(task, state=Deletion.State.KEPT, at=at, reason_code=code, reason_text=text)
        if code != "unreadable_io":
            return SKIPPED
        jobs.note_failure(task.row.job_id, file=task.file, code=code, message=text, at=at)
        return FAILED

    _settle(claim, task, note, at=at)


@transaction.atomic
def _settle(claim: jobs.Claim, task: Task, note: Callable[[], str], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    outcome = note()
    JobFile.objects.filter(pk=task.row.pk).update(outcome=outcome)
    count = COUNTS[JobFile.Outcome(outcome)]
    Job.objects.filter(pk=task.row.job_id).update(**{count: F(count) + 1, "current_text": task.file.name})


def _path(archive: Archive, relative: str) -> Path:
    return Path(os.fsdecode(archive.root), relative)
