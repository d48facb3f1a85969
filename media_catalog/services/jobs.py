"""The queue: jobs cut into batches that are claimed, leased, finished, and handed out again.

The rows are the queue; a django-q2 task is only a doorbell with a batch's id. So a second delivery, a lost
doorbell and a killed worker are all harmless.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from media_catalog import lines
from media_catalog.models import Job, JobBatch, JobFailure, MediaFile, Source
from media_catalog.services import owners, pace, preferences, ringing

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.MEDIAPARSER_LEASE_SECONDS)
MAX_ATTEMPTS = 5
ACTIVE = (Job.State.PENDING, Job.State.RUNNING)
ENDING = (Job.State.HALTED, Job.State.CANCELLED)  # ended as soon as no worker holds a part of it any more
# Half of their work is worth less than none or all of it: they may continue though they were cancelled.
CONTINUABLE = (Job.Kind.REDATE, Job.Kind.DECIDE)


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


def create(
    *,
    kind: str,
    source: Source | None,
    options: dict[str, Any],
    created_at: datetime,
    created_by: User | None = None,
) -> Job:
    """Create a job whose first batch is ready to run.

    :raises AlreadyRunning: when an unfinished job of this kind exists for the source.
    """
    same = Job.objects.unfinished().filter(kind=kind, source=source)
    if running := same.first():
        raise AlreadyRunning(running)
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind,
                source=source,
                options=options,
                preferences=preferences.of_new_job(),
                created_at=created_at,
                created_by=created_by,
            )
            add_batch(job, stage=Job.Stage.SCAN, at=created_at)
    except IntegrityError:
        # Another process was faster by a moment, and the database lets only one of them run.
        if running := same.first():
            raise AlreadyRunning(running) from None
        raise
    logger.info("created job=%s kind=%s", job.pk, kind)
    return job


def add_batch(job: Job, *, stage: str, at: datetime) -> JobBatch:
    """Add a batch and ring for it, in the transaction of the caller."""
    batch = JobBatch.objects.create(job=job, stage=stage, rung_at=at)
    ringing.ring(batch.pk)
    return batch


def claim(batch_id: int, *, at: datetime) -> Claim | None:
    """Claim a waiting batch; `None` when it is not to be had, which a second doorbell for it finds."""
    token = uuid.uuid4()
    waiting = JobBatch.objects.filter(pk=batch_id, state=JobBatch.State.PENDING, job__state__in=ACTIVE)
    if not waiting.update(
        state=JobBatch.State.RUNNING,
        token=token,
        owner=owners.name(),
        guardian=owners.guardian(),
        in_hand=None,
        lease_expires_at=at + LEASE,
        attempts=F("attempts") + 1,
        rings=0,
    ):
        return None
    Job.objects.filter(batches=batch_id, state=Job.State.PENDING).update(
        state=Job.State.RUNNING, started_at=at
    )
    batch = JobBatch.objects.select_related("job__source").get(pk=batch_id)
    pace.tick(batch.job, at=at)
    return Claim(batch=batch, token=token)


def renew(claim: Claim, *, at: datetime) -> None:
    """Extend the lease; to be called in every transaction that writes results of the batch.

    Where a batch has no files of its own, the job may have been stopped between any two of its slices; the
    results of files are stored in any case, and `stop_if_asked` comes between files.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was stopped, and nothing of the slice was written yet.
    """
    extend_lease(claim, at=at)
    if claim.batch.stage != Job.Stage.FILES:
        stop_if_asked(claim, at=at)


def extend_lease(claim: Claim, *, at: datetime) -> None:
    """Extend the lease, whatever has become of the job.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    if not _own(claim).update(lease_expires_at=at + LEASE):
        raise LeaseLost(f"batch {claim.batch.pk}")


def stop_if_asked(claim: Claim, *, at: datetime) -> None:
    """See whether the job goes on; to be called between files, for it is a sign of work as well.

    A halt does not stop the search for files: each of them gets its row.

    :raises Stopped: when it was paused, cancelled or halted, or this worker is to end.
    """
    if lines.is_ending():
        raise Stopped("the worker ends")
    is_search = claim.batch.stage == Job.Stage.SCAN
    going_on = (*ACTIVE, Job.State.HALTED) if is_search else ACTIVE
    job = Job.objects.only(*pace.FIELDS).filter(pk=claim.batch.job_id, state__in=going_on).first()
    if job is None:
        raise Stopped(f"job {claim.batch.job_id}")
    if job.state in ACTIVE:
        pace.tick(job, at=at)


def _own(claim: Claim) -> QuerySet[JobBatch]:
    return JobBatch.objects.filter(pk=claim.batch.pk, token=claim.token, state=JobBatch.State.RUNNING)


@transaction.atomic
def finish_batch(claim: Claim, *, at: datetime) -> None:
    """Mark a batch done and, when nothing else of its job is left, add the batch that finishes the job.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    # The batch before its job, as everywhere: else two transactions could wait for each other.
    if not _own(claim).update(state=JobBatch.State.DONE, token=None, finished_at=at):
        raise LeaseLost(f"batch {claim.batch.pk}")
    job = Job.objects.select_for_update().get(pk=claim.batch.job_id)
    if claim.batch.stage == Job.Stage.SCAN:
        Job.objects.filter(pk=job.pk).update(searched_at=at)
    if job.state == Job.State.CANCELLED and job.kind not in CONTINUABLE:
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
    put_back(_own(claim), claim.batch, at=at)


def give_back(claim: Claim, *, at: datetime) -> None:
    """Give a batch back for no fault of its own: it did not break off."""
    put_back(_own(claim), claim.batch, at=at, attempts=F("attempts") - 1)


@transaction.atomic
def put_back(held: QuerySet[JobBatch], batch: JobBatch, *, at: datetime, **changes: Any) -> bool:
    """Let a batch that is still held wait again, and ring for it if its job goes on."""
    waiting = {"state": JobBatch.State.PENDING, "token": None, "owner": "", "lease_expires_at": None}
    if not held.update(rung_at=at, **waiting, **changes):
        return False
    job = Job.objects.select_for_update().get(pk=batch.job_id)
    if job.state in ACTIVE:
        ringing.ring(batch.pk)
    end_if_idle(job, at=at)
    return True


@transaction.atomic
def halt(job_id: int, *, reason: str, at: datetime) -> None:
    """Stop a job that had better not go on, with a reason for a person, who may let it continue."""
    job = Job.objects.select_for_update().get(pk=job_id)
    if job.state not in ACTIVE:
        return
    pace.stop(job, at=at)
    job.state = Job.State.HALTED
    Job.objects.filter(pk=job_id).update(state=job.state, error_text=reason)
    JobFailure.objects.create(job=job, code="job", message=reason, created_at=at)
    end_if_idle(job, at=at)


def end_if_idle(job: Job, *, at: datetime) -> None:
    """End a halted or cancelled job, whose row is locked, unless a worker still holds a part of it."""
    if job.state not in ENDING or job.batches.filter(state=JobBatch.State.RUNNING).exists():
        return
    if job.state == Job.State.CANCELLED and job.kind not in CONTINUABLE:
        job.batches.filter(state=JobBatch.State.PENDING).update(state=JobBatch.State.DONE, finished_at=at)
    _end(job, at=at)


def _end(job: Job, *, at: datetime) -> None:
    job.refresh_from_db()
    pace.stop(job, at=at)
    Job.objects.filter(pk=job.pk).update(finished_at=at, current_text="")
    logger.info("ended job=%s", job.pk)


def ring_waiting(job: Job, *, at: datetime) -> int:
    """Ring for all waiting batches of a job, in the transaction of the caller; return how many they are."""
    waiting = list(job.batches.filter(state=JobBatch.State.PENDING).values_list("pk", flat=True))
    job.batches.filter(pk__in=waiting).update(rung_at=at, rings=0)
    for batch_id in waiting:
        ringing.ring(batch_id)
    return len(waiting)


def note_failure(job_id: int, *, file: MediaFile | None, code: str, message: str, at: datetime) -> None:
    """Record why a file failed in a job."""
    JobFailure.objects.create(job_id=job_id, file=file, code=code, message=message, created_at=at)


def claimable() -> QuerySet[JobBatch]:
    """Batches that any worker may claim."""
    return JobBatch.objects.filter(state=JobBatch.State.PENDING, job__state__in=ACTIVE)


def forgive(job: Job) -> None:
    """Count anew how often the steps of a job break off, since a person has said that it shall go on."""
    job.batches.filter(state=JobBatch.State.PENDING).exclude(stage=Job.Stage.FILES).update(attempts=0)
