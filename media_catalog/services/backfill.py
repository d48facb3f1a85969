"""Reads the metadata of files that were catalogued before their dates by metadata alone were kept."""

import logging
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet

from media_catalog.models import Job, JobFile, MediaFile, Source, State
from media_catalog.pipeline.exiftool import ExifToolError
from media_catalog.services import backfill_results, faults, jobs, leases, risks, tools
from media_catalog.services.backfill_results import Outcome, Result

logger = logging.getLogger(__name__)

CHUNK = 20  # files that are read and stored at once: few enough that a pause is seen soon
DANGEROUS = f"broke off the program {risks.MAX_FILE_ATTEMPTS} times while it was read"
RETRY_OF = "retry_of"  # option of a job: the one whose failed files it takes, and no others


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch of files, the `number`th of about `total`."""

    number: int
    total: int
    results: tuple[Result, ...]

    def count(self, *outcomes: Outcome) -> int:
        return sum(result.outcome in outcomes for result in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many files are read at most (`None`: all), how many at a time, and what is logged meanwhile."""

    limit: int | None = None
    batch_size: int = 100
    log_level: str | None = None


def start(plan: Plan, *, created_at: datetime) -> Job:
    """Queue the reading of what was not read yet.

    Files that are not there do not use up the limit, and are tried again next time; any other is read once.

    :raises AlreadyRunning: when it is under way.
    """
    return jobs.create(kind=Job.Kind.BACKFILL, source=None, options=asdict(plan), created_at=created_at)


def retry(job: Job, *, created_at: datetime) -> Job:
    """Queue the reading of only those files that failed in an earlier job.

    :raises AlreadyRunning: when another is under way.
    """
    options = {**job.options, "limit": None, RETRY_OF: job.pk, faults.OPTION: False}
    return jobs.create(kind=Job.Kind.BACKFILL, source=None, options=options, created_at=created_at)


def absent_sources() -> list[Source]:
    """Find the sources with files to read whose folder is not there, as when a disk is not connected."""
    waiting = Source.objects.filter(pk__in=_waiting().values("source")).order_by("label")
    return [source for source in waiting if not Path(os.fsdecode(source.root)).is_dir()]


def preview(plan: Plan, *, at: datetime) -> Iterator[Batch]:
    """Read what was not read yet and yield what would be filled in, batch by batch, changing nothing."""
    total = math.ceil(_least(_wanted({}).count(), plan.limit) / plan.batch_size)
    for number, files in enumerate(_parts(_wanted({}), plan), start=1):
        with _logging(plan.log_level):
            results = tuple(result for result, _ in backfill_results.read(files, at=at))
        yield Batch(number=number, total=max(total, number), results=results)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    try:
        with leases.kept(claim, clock=clock), _logging(claim.batch.job.options.get("log_level")):
            STAGES[claim.batch.stage](claim, clock=clock)
    except ExifToolError as error:  # of one file it is stored with that file
        jobs.halt(claim.batch.job_id, reason=f"{error}. {faults.ADVICE}.", at=clock())
        jobs.give_back(claim, at=clock())
    else:
        jobs.finish_batch(claim, at=clock())


@contextmanager
def _logging(level: str | None) -> Iterator[None]:
    log = logging.getLogger("media_catalog")
    before = log.level
    log.setLevel(level or before)
    try:
        yield
    finally:
        log.setLevel(before)


def _search(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Cut the files that wait into batches; begun anew, it goes on after those that it has found already."""
    job = claim.batch.job
    options = job.options
    found = job.job_files.order_by("-file").values_list("file_id", flat=True).first() or 0
    limit = options["limit"]
    if limit is not None and found:
        limit -= sum(_is_there(row.file) for row in job.job_files.select_related("file__source"))
    plan = Plan(limit=limit, batch_size=options["batch_size"])
    for files in _parts(_wanted(options).filter(pk__gt=found), plan):
        _add_batch(claim, files, at=clock())


@transaction.atomic
def _add_batch(claim: jobs.Claim, files: Sequence[MediaFile], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    job = claim.batch.job
    batch = jobs.add_batch(job, stage=Job.Stage.FILES, at=at)
    JobFile.objects.bulk_create(
        JobFile(job=job, file=file, batch=batch, change=JobFile.Change.CHANGED) for file in files
    )
    Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FILES, total_count=F("total_count") + len(files))


def _parts(files: QuerySet[MediaFile], plan: Plan) -> Iterator[list[MediaFile]]:
    """Cut files into batches; whether they are there is asked only where a limit makes it matter."""
    left, last = plan.limit, 0
    while left is None or left > 0:
        page = files.filter(pk__gt=last).select_related("source").order_by("pk")
        part = list(page[: _least(plan.batch_size, left)])
        if not part:
            return
        yield part
        last = part[-1].pk
        left = None if left is None else left - sum(_is_there(file) for file in part)


def _least(number: int, limit: int | None) -> int:
    return number if limit is None else min(number, limit)


def _waiting() -> QuerySet[MediaFile]:
    return MediaFile.objects.filter(taken_local=None, metadata_read_at=None, state=State.ANALYSED)


def _wanted(options: dict[str, Any]) -> QuerySet[MediaFile]:
    if RETRY_OF in options:
        failed = JobFile.objects.filter(job=options[RETRY_OF], outcome=JobFile.Outcome.FAILED)
        return MediaFile.objects.filter(pk__in=failed.values("file"), state=State.ANALYSED)
    return _waiting().exclude(source__in=absent_sources())


def _is_there(file: MediaFile) -> bool:
    return Path(os.fsdecode(backfill_results.path(file))).is_file()


def _read_files(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    jobs.stop_if_asked(claim, at=clock())
    pending = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    rows = list(pending.select_related("file__source").order_by("pk"))
    for part in tools.slices(rows, CHUNK if claim.batch.attempts == 1 else 1):
        if claim.batch.attempts > 1 and risks.take_in_hand(claim, part[0]):
            backfill_results.settle(claim, [backfill_results.lost(part[0].file, DANGEROUS)], at=clock())
        else:
            _read_part(claim, [row.file for row in part], clock=clock)
        jobs.stop_if_asked(claim, at=clock())


def _read_part(claim: jobs.Claim, files: Sequence[MediaFile], *, clock: Callable[[], datetime]) -> None:
    read = list(backfill_results.read(files, at=clock()))
    try:
        backfill_results.store(claim, read, at=clock())
    except DatabaseError:
        logger.exception("nothing stored of files=%s", [file.pk for file in files])
        lost = [backfill_results.lost(file, backfill_results.NOT_STORED) for file in files]
        backfill_results.settle(claim, lost, at=clock())


def _nothing_more(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Files that are read rest on no others."""


STAGES: dict[str, Callable[..., None]] = {
    Job.Stage.SCAN: _search,
    Job.Stage.FILES: _read_files,
    Job.Stage.FINISH: _nothing_more,
}
