"""The queue: jobs cut into batches that are claimed, leased, finished, and handed out again.

The rows are the queue; a django-q2 task is only a doorbell with a batch's id. So a second delivery, a lost
doorbell and a killed worker are all harmless.
"""

import logging
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django_q.models import OrmQ
from django_q.tasks import async_task

from media_catalog.models import Job, JobBatch, JobFailure, MediaFile, Source, WorkerBeat
from media_catalog.services import owners

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
DOORBELL_PATIENCE = timedelta(seconds=10)
BEAT_PATIENCE = timedelta(seconds=20)
MAX_ATTEMPTS = 5
MAX_RINGS = 10  # again, for a batch that nobody claims though its doorbells are taken
ACTIVE = (Job.State.PENDING, Job.State.RUNNING)
ENDING = (Job.State.HALTED, Job.State.CANCELLED)  # ended as soon as no worker holds a part of it any more


class AlreadyRunning(Exception):
    """The same work is under way; `job` is the one that does it."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"Job {job.pk}, which is {Job.State(job.state).label}, is already doing this.")
        self.job = job


class LeaseLost(Exception):
    """Somebody else holds the batch now: stop, and write nothing more."""


class Stopped(Exception):
    """The job was paused, cancelled or halted: stop, and give the batch back; what is stored stays."""


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
        owner=owners.name(),
        lease_expires_at=at + LEASE,
        attempts=F("attempts") + 1,
        rings=0,
    ):
        return None
    Job.objects.filter(batches=batch_id, state=Job.State.PENDING).update(
        state=Job.State.RUNNING, started_at=at
    )
    return Claim(batch=JobBatch.objects.select_related("job__source").get(pk=batch_id), token=token)


def renew(claim: Claim, *, at: datetime) -> None:
    """Extend the lease; to be called in every transaction that writes results of the batch.

    Where a batch has no files of its own, the job may have been stopped between any two of its slices; the
    results of files are stored in any case, and `stop_if_asked` comes between files.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was stopped, and nothing of the slice was written yet.
    """
    extend_lease(claim, at=at)
    if claim.batch.stage != Job.Stage.FILES:
        stop_if_asked(claim)


def extend_lease(claim: Claim, *, at: datetime) -> None:
    """Extend the lease, whatever has become of the job.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    if not _own(claim).update(lease_expires_at=at + LEASE):
        raise LeaseLost(f"batch {claim.batch.pk}")


def stop_if_asked(claim: Claim) -> None:
    """See whether the job goes on; to be called between files.

    A halt does not stop the search for files: each of them gets its row.

    :raises Stopped: when it was paused, cancelled or halted.
    """
    is_search = claim.batch.stage == Job.Stage.SCAN
    going_on = (*ACTIVE, Job.State.HALTED) if is_search else ACTIVE
    if not Job.objects.filter(pk=claim.batch.job_id, state__in=going_on).exists():
        raise Stopped(f"job {claim.batch.job_id}")


def _own(claim: Claim) -> QuerySet[JobBatch]:
    return JobBatch.objects.filter(pk=claim.batch.pk, token=claim.token, state=JobBatch.State.RUNNING)


@transaction.atomic
def finish_batch(claim: Claim, *, at: datetime) -> None:
    """Mark a batch done and, when nothing else of its job is left, add the batch that finishes the job.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    # The batch before its job, as everywhere: else two transactions could wait for each other.
    if not _own(claim).update(state=JobBatch.State.DONE, token=None, owner="", finished_at=at):
        raise LeaseLost(f"batch {claim.batch.pk}")
    job = Job.objects.select_for_update().get(pk=claim.batch.job_id)
    if job.state == Job.State.CANCELLED:
        end_if_idle(job, at=at)
    elif claim.batch.stage == Job.Stage.FINISH:
        Job.objects.filter(pk=job.pk).update(state=Job.State.COMPLETED, error_text="")
        _end(job, at=at)
    elif not job.batches.exclude(state=JobBatch.State.DONE).exists():
        Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FINISH, current_text="")
        add_batch(job, stage=Job.Stage.FINISH, at=at)
        end_if_idle(job, at=at)
    else:
        end_if_idle(job, at=at)


def release(claim: Claim, *, at: datetime) -> None:
    """Give a batch back that broke off, or halt its job when that happened too often."""
    if claim.batch.attempts >= MAX_ATTEMPTS and _own(claim).exists():
        reason = f"A step broke off {MAX_ATTEMPTS} times; the log says why. What is done stays done."
        halt(claim.batch.job_id, reason=reason, at=at)
    _put_back(_own(claim), claim.batch, at=at)


def give_back(claim: Claim, *, at: datetime) -> None:
    """Give a batch back for no fault of its own: it did not break off."""
    _put_back(_own(claim), claim.batch, at=at, attempts=F("attempts") - 1)


@transaction.atomic
def _put_back(held: QuerySet[JobBatch], batch: JobBatch, *, at: datetime, **changes: Any) -> bool:
    """Let a batch that is still held wait again, and ring for it if its job goes on."""
    waiting = {"state": JobBatch.State.PENDING, "token": None, "owner": "", "lease_expires_at": None}
    if not held.update(rung_at=at, **waiting, **changes):
        return False
    job = Job.objects.select_for_update().get(pk=batch.job_id)
    if job.state in ACTIVE:
        _ring(batch.pk)
    end_if_idle(job, at=at)
    return True


@transaction.atomic
def halt(job_id: int, *, reason: str, at: datetime) -> None:
    """Stop a job that had better not go on, with a reason for a person, who may let it continue."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state not in ACTIVE:
        return
    job.state = Job.State.HALTED
    Job.objects.filter(pk=job_id).update(state=job.state, error_text=reason)
    JobFailure.objects.create(job=job, code="job", message=reason, created_at=at)
    end_if_idle(job, at=at)


def end_if_idle(job: Job, *, at: datetime) -> None:
    """End a halted or cancelled job, whose row is locked, unless a worker still holds a part of it."""
    if job.state not in ENDING or job.batches.filter(state=JobBatch.State.RUNNING).exists():
        return
    if job.state == Job.State.CANCELLED:
        job.batches.filter(state=JobBatch.State.PENDING).update(state=JobBatch.State.DONE, finished_at=at)
    _end(job, at=at)


def _end(job: Job, *, at: datetime) -> None:
    Job.objects.filter(pk=job.pk).update(finished_at=at, current_text="")
    logger.info("ended job=%s", job.pk)


def ring_waiting(job: Job, *, at: datetime) -> int:
    """Ring for all waiting batches of a job, in the transaction of the caller; return how many they are."""
    waiting = list(job.batches.filter(state=JobBatch.State.PENDING).values_list("pk", flat=True))
    job.batches.filter(pk__in=waiting).update(rung_at=at, rings=0)
    for batch_id in waiting:
        _ring(batch_id)
    return len(waiting)


def note_failure(job_id: int, *, file: MediaFile | None, code: str, message: str, at: datetime) -> None:
    """Record why a file failed in a job."""
    JobFailure.objects.create(job_id=job_id, file=file, code=code, message=message, created_at=at)


def reconcile(*, at: datetime) -> int:
    """Hand out again what dead owners held and what nobody rang for; return how many batches that were."""
    running = JobBatch.objects.filter(state=JobBatch.State.RUNNING)
    stranded = [batch for batch in running if _is_stranded(batch, at=at)]
    for batch in stranded:
        if _put_back(running.filter(pk=batch.pk, token=batch.token), batch, at=at):
            logger.warning("handed out again batch=%s owner=%s", batch.pk, batch.owner)
    return len(stranded) + _ring_again(at=at)


def _is_stranded(batch: JobBatch, *, at: datetime) -> bool:
    has_expired = batch.lease_expires_at is not None and batch.lease_expires_at < at
    return has_expired or owners.is_dead(batch.owner)


def _ring_again(*, at: datetime) -> int:
    """Ring for waiting batches whose doorbells are lost: taken by a cluster that died, or dropped by it.

    While doorbells lie in the queue that nobody has taken, the batches just wait for their turn.
    """
    if OrmQ.objects.filter(lock__lte=at).exists():
        return 0
    waiting = JobBatch.objects.filter(state=JobBatch.State.PENDING, rung_at__lt=at - DOORBELL_PATIENCE)
    waiting = waiting.filter(job__state__in=ACTIVE)
    for job_id in set(waiting.filter(rings__gte=MAX_RINGS).values_list("job", flat=True)):
        halt(job_id, reason="No worker could begin a step of this job; the workers' log says why.", at=at)
    batch_ids = list(waiting.values_list("pk", flat=True)[:1000])
    with transaction.atomic():
        JobBatch.objects.filter(pk__in=batch_ids).update(rung_at=at, rings=F("rings") + 1)
        for batch_id in batch_ids:
            _ring(batch_id)
    return len(batch_ids)


def beat(*, workers: int, started_at: datetime, at: datetime) -> None:
    """Give a sign of life of this worker command."""
    facts = {"host": socket.gethostname()[:100], "workers": workers, "started_at": started_at, "beat_at": at}
    WorkerBeat.objects.update_or_create(owner=owners.name(), defaults=facts)
    WorkerBeat.objects.filter(beat_at__lt=at - timedelta(days=1)).delete()


def stop_beating() -> None:
    """Take back the sign of life when the worker command ends."""
    WorkerBeat.objects.filter(owner=owners.name()).delete()


def living_workers(*, at: datetime) -> int:
    """Count the worker processes that gave a sign of life lately."""
    beats = WorkerBeat.objects.filter(beat_at__gte=at - BEAT_PATIENCE)
    return sum(beat.workers for beat in beats if not owners.is_dead(beat.owner))


def is_waiting(*, at: datetime) -> bool:
    """Tell whether work waits that nobody has taken for a while."""
    return JobBatch.objects.filter(
        Q(state=JobBatch.State.PENDING),
        job__state__in=ACTIVE,
        rung_at__lt=at - DOORBELL_PATIENCE,
    ).exists()
