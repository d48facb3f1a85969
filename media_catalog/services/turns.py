"""Whose turn it is: a doorbell says that some batch waits; which one is run is decided when it is heard."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q

from media_catalog.models import Job, JobBatch
from media_catalog.services import jobs


def claim_next(*, at: datetime, job_id: int | None = None) -> jobs.Claim | None:
    """Claim the batch whose turn it is, of one job if it is given; `None` when none waits.

    The job goes first of which the least was done: what somebody has just asked for is not behind an hour of
    bulk work, and short jobs are over soon whatever else runs. Every batch has its doorbell, so all get
    their turn.
    """
    while batch_id := _next_batch(job_id or _next_job()):
        if claim := jobs.claim(batch_id, at=at):
            return claim
    return None


def is_last_step_waiting(job_id: int) -> bool:
    """Tell whether nothing is left of a job but its last step, and nobody has claimed that."""
    last = JobBatch.objects.filter(job=job_id, stage=Job.Stage.FINISH, state=JobBatch.State.PENDING)
    return last.filter(job__state__in=jobs.ACTIVE).exists()


def _next_job() -> int | None:
    waiting = JobBatch.objects.filter(state=JobBatch.State.PENDING)
    begun = Count("batches", filter=~Q(batches__state=JobBatch.State.PENDING))
    going_on = Job.objects.filter(Exists(waiting.filter(job=OuterRef("pk"))), state__in=jobs.ACTIVE)
    return going_on.annotate(begun=begun).order_by("begun", "pk").values_list("pk", flat=True).first()


def _next_batch(job_id: int | None) -> int | None:
    waiting = JobBatch.objects.filter(job=job_id, state=JobBatch.State.PENDING, job__state__in=jobs.ACTIVE)
    return waiting.order_by("pk").values_list("pk", flat=True).first()
