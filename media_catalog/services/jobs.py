"""The queue: jobs cut into batches that are claimed, leased, finished, and handed out again.

The rows are the queue; a django-q2 task is only a doorbell with a batch's id. So a second delivery, a lost
doorbell and a killed worker are all harmless.
"""

import logging
import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django_q.models import OrmQ
from django_q.tasks import async_task

from media_catalog.models import Job, JobBatch, JobFailure, MediaFile, Source, WorkerBeat

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
DOORBELL_PATIENCE = timedelta(seconds=10)
BEAT_PATIENCE = timedelta(seconds=20)
MAX_ATTEMPTS = 5
ACTIVE = (Job.State.PENDING, Job.State.RUNNING)


class AlreadyRunning(Exception):
    """The same work is under way; `job` is the one that does it."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"Job {job.pk} is already doing this.")
        self.job = job


class LeaseLost(Exception):
    """Somebody else holds the batch now: stop, and write nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to work on a batch, until its lease ends."""

    batch: JobBatch
    token: uuid.UUID


def create(*, kind: str, source: Source | None, options: dict[str, Any], created_at: datetime) -> Job:
    """Create a job whose first batch is ready to run.

    :raises AlreadyRunning: when an unfinished job of this kind exists for the source.
    """
    with transaction.atomic():
        running = Job.objects.unfinished().filter(kind=kind, source=source).first()
        if running:
            raise AlreadyRunning(running)
        job = Job.objects.create(kind=kind, source=source, options=options, created_at=created_at)
        add_batch(job, stage=Job.Stage.SCAN, at=created_at)
    logger.info("created job=%s kind=%s", job.pk, kind)
    return job


def add_batch(job: Job, *, stage: str, at: datetime) -> JobBatch:
    """Add a batch and ring for it, in the transaction of the caller."""
    batch = JobBatch.objects.create(job=job, stage=stage, rung_at=at)
    _ring(batch.pk)
    return batch


def _ring(batch_id: int) -> None:
    async_task("media_catalog.tasks.run_batch", batch_id)


def claim(batch_id: int, *, at: datetime) -> Claim | None:
    """Claim a waiting batch; `None` when it is not to be had, which a second doorbell for it finds."""
    token = uuid.uuid4()
    waiting = JobBatch.objects.filter(pk=batch_id, state=JobBatch.State.PENDING, job__state__in=ACTIVE)
    if not waiting.update(
        state=JobBatch.State.RUNNING,
        token=token,
        owner=owner_name(),
        lease_expires_at=at + LEASE,
        attempts=F("attempts") + 1,
    ):
        return None
    Job.objects.filter(batches=batch_id, state=Job.State.PENDING).update(
        state=Job.State.RUNNING, started_at=at
    )
    return Claim(batch=JobBatch.objects.select_related("job__source").get(pk=batch_id), token=token)


def renew(claim: Claim, *, at: datetime) -> None:
    """Extend the lease; to be called in every transaction that writes results of the batch.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    if not _own(claim).update(lease_expires_at=at + LEASE):
        raise LeaseLost(f"batch {claim.batch.pk}")


def _own(claim: Claim) -> QuerySet[JobBatch]:
    return JobBatch.objects.filter(pk=claim.batch.pk, token=claim.token, state=JobBatch.State.RUNNING)


@transaction.atomic
def finish_batch(claim: Claim, *, at: datetime) -> None:
    """Mark a batch done and, when nothing else of its job is left, add the batch that finishes the job.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    job = Job.objects.select_for_update().get(pk=claim.batch.job_id)
    if not _own(claim).update(state=JobBatch.State.DONE, token=None, owner="", finished_at=at):
        raise LeaseLost(f"batch {claim.batch.pk}")
    if claim.batch.stage == Job.Stage.FINISH:
        _end(job, state=Job.State.COMPLETED, at=at)
    elif not job.batches.exclude(state=JobBatch.State.DONE).exists():
        Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FINISH, current_text="")
        add_batch(job, stage=Job.Stage.FINISH, at=at)


def release(claim: Claim, *, at: datetime) -> None:
    """Give a batch back that its handler left unfinished, or end its job when that happened too often."""
    if not _own(claim).exists():
        return
    if claim.batch.attempts >= MAX_ATTEMPTS:
        fail(claim.batch.job_id, message=f"A step broke off {MAX_ATTEMPTS} times; the log says why.", at=at)
        return
    _hand_out_again(claim.batch.pk, at=at)


@transaction.atomic
def fail(job_id: int, *, message: str, at: datetime) -> None:
    """End a job that cannot go on, with a message for a person; what it did is kept."""
    # Batches before the job, as workers that write results take them: else two could wait for each other.
    unfinished = JobBatch.objects.filter(job=job_id).exclude(state=JobBatch.State.DONE)
    unfinished.update(state=JobBatch.State.DONE, token=None, finished_at=at)
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.is_finished:
        return
    JobFailure.objects.create(job=job, code="job", message=message, created_at=at)
    _end(job, state=Job.State.FAILED, at=at, error_text=message)


def _end(job: Job, *, state: str, at: datetime, error_text: str = "") -> None:
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=at, current_text="", error_text=error_text)
    logger.info("ended job=%s state=%s", job.pk, state)


def note_failure(job_id: int, *, file: MediaFile | None, code: str, message: str, at: datetime) -> None:
    """Record why a file failed in a job."""
    JobFailure.objects.create(job_id=job_id, file=file, code=code, message=message, created_at=at)


def reconcile(*, at: datetime) -> int:
    """Hand out again what dead owners held and what nobody rang for; return how many batches that were."""
    stranded = [
        batch.pk
        for batch in JobBatch.objects.filter(state=JobBatch.State.RUNNING).only("owner", "lease_expires_at")
        if _is_stranded(batch, at=at)
    ]
    for batch_id in stranded:
        _hand_out_again(batch_id, at=at)
    return len(stranded) + _ring_again(at=at)


def _is_stranded(batch: JobBatch, *, at: datetime) -> bool:
    has_expired = batch.lease_expires_at is not None and batch.lease_expires_at < at
    return has_expired or is_dead(batch.owner)


@transaction.atomic
def _hand_out_again(batch_id: int, *, at: datetime) -> None:
    batch = JobBatch.objects.get(pk=batch_id)
    still_held = JobBatch.objects.filter(pk=batch_id, token=batch.token, state=JobBatch.State.RUNNING)
    if still_held.update(
        state=JobBatch.State.PENDING, token=None, owner="", lease_expires_at=None, rung_at=at
    ):
        logger.warning("handed out again batch=%s owner=%s", batch_id, batch.owner)
        _ring(batch_id)


def _ring_again(*, at: datetime) -> int:
    """Ring for waiting batches whose doorbells are lost: taken by a cluster that died, or dropped by it.

    While doorbells lie in the queue that nobody has taken, the batches just wait for their turn.
    """
    if OrmQ.objects.filter(lock__lte=at).exists():
        return 0
    waiting = JobBatch.objects.filter(state=JobBatch.State.PENDING, rung_at__lt=at - DOORBELL_PATIENCE)
    waiting = waiting.filter(job__state__in=ACTIVE)
    batch_ids = list(waiting.values_list("pk", flat=True)[:1000])
    with transaction.atomic():
        JobBatch.objects.filter(pk__in=batch_ids).update(rung_at=at)
        for batch_id in batch_ids:
            _ring(batch_id)
    return len(batch_ids)


@cache
def _boot_id() -> str:
    linux = Path("/proc/sys/kernel/random/boot_id")
    return linux.read_text().strip()[:13] if linux.exists() else f"{psutil.boot_time():.0f}"


def owner_name() -> str:
    """Name this process so that any process of this host can tell whether it still lives."""
    return f"{socket.gethostname()[:60]}|{_boot_id()}|{os.getpid()}|{psutil.Process().create_time():.2f}"


def is_dead(owner: str) -> bool:
    """Tell whether an owner on this host has died; owners on other hosts are left to their lease."""
    host, boot_id, pid, created = owner.split("|")
    if host != socket.gethostname()[:60]:
        return False
    try:
        process = psutil.Process(int(pid))
        is_another = boot_id != _boot_id() or abs(process.create_time() - float(created)) > 1
        # The first process of a container may take its time over burying the dead.
        return is_another or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def beat(*, workers: int, started_at: datetime, at: datetime) -> None:
    """Give a sign of life of this worker command."""
    facts = {"host": socket.gethostname()[:100], "workers": workers, "started_at": started_at, "beat_at": at}
    WorkerBeat.objects.update_or_create(owner=owner_name(), defaults=facts)
    WorkerBeat.objects.filter(beat_at__lt=at - timedelta(days=1)).delete()


def stop_beating() -> None:
    """Take back the sign of life when the worker command ends."""
    WorkerBeat.objects.filter(owner=owner_name()).delete()


def living_workers(*, at: datetime) -> int:
    """Count the worker processes that gave a sign of life lately."""
    beats = WorkerBeat.objects.filter(beat_at__gte=at - BEAT_PATIENCE)
    return sum(beat.workers for beat in beats if not is_dead(beat.owner))


def is_waiting(*, at: datetime) -> bool:
    """Tell whether work waits that nobody has taken for a while."""
    return JobBatch.objects.filter(
        Q(state=JobBatch.State.PENDING),
        job__state__in=ACTIVE,
        rung_at__lt=at - DOORBELL_PATIENCE,
    ).exists()
