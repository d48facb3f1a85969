"""What dead workers held is handed out again, and who still lives: the watch over the queue."""

import logging
import socket
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from media_catalog.models import Job, JobBatch, WorkerBeat
from media_catalog.services import jobs, owners, ringing, risks

logger = logging.getLogger(__name__)

DOORBELL_PATIENCE = timedelta(seconds=10)
BEAT_PATIENCE = timedelta(seconds=20)
MAX_KILLS = 10  # of workers by a step that is no file's
MAX_RINGS = 10  # again, for a batch that nobody claims though its doorbells are taken


def ring_anew(*, at: datetime) -> None:
    """Ring at once for all that waits, unless doorbells lie in the queue; for workers that have just started.

    :raises QueueUnreachable:
    """
    ringing.discard_unreadable()
    if not ringing.waiting():
        for job in Job.objects.filter(state__in=jobs.ACTIVE):
            jobs.ring_waiting(job, at=at)


def reconcile(*, at: datetime) -> int:
    """Hand out again what dead owners held and what nobody rang for; return how many batches that were."""
    running = JobBatch.objects.filter(state=JobBatch.State.RUNNING)
    stranded = [batch for batch in running if is_stranded(batch, at=at)]
    return sum(_take_away(batch, at=at) for batch in stranded) + _ring_again(at=at)


@transaction.atomic
def _take_away(batch: JobBatch, *, at: datetime) -> bool:
    """Let a stranded batch wait again, unless its rows are locked: the next look will do.

    A host that was cut off in the midst of a transaction keeps its locks until the database server gives it
    up; whoever waited for them could not give a sign of life.
    """
    held = JobBatch.objects.filter(
        pk=batch.pk, token=batch.token, lease_expires_at=batch.lease_expires_at, state=JobBatch.State.RUNNING
    )
    free = held.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
    job = Job.objects.filter(pk=batch.job_id).select_for_update(skip_locked=True).values_list("pk").first()
    if free is None or job is None:
        return False
    _halt_if_deadly(batch, at=at)
    risks.judge_death(batch)
    if not jobs.put_back(held, batch, at=at):
        return False
    logger.warning("handed out again batch=%s owner=%s", batch.pk, batch.owner)
    return True


def _halt_if_deadly(batch: JobBatch, *, at: datetime) -> None:
    """Let a person decide about a step that kills worker after worker; deadly files are quarantined."""
    if batch.stage == Job.Stage.FILES or batch.attempts < MAX_KILLS:
        return
    reason = (
        f"The workers broke off {batch.attempts} times in a row while {Job.Stage(batch.stage).label}: "
        "is there enough memory? The workers' log may say more. What is done stays done."
    )
    jobs.halt(batch.job_id, reason=reason, at=at)


def is_stranded(batch: JobBatch, *, at: datetime) -> bool:
    has_expired = batch.lease_expires_at is not None and batch.lease_expires_at < at
    return has_expired or owners.is_dead(batch.owner)


def _ring_again(*, at: datetime) -> int:
    """Ring for waiting batches whose doorbells are lost: taken by a cluster that died, or dropped by it.

    While doorbells lie in the queue that nobody has taken, the batches just wait for their turn; and where no
    doorbell can be put there, that is no fault of theirs.
    """
    try:
        if ringing.waiting():
            return 0
    except ringing.QueueUnreachable:
        return 0
    # Rung in the future: the clock was set back since.
    is_late = Q(rung_at__lt=at - DOORBELL_PATIENCE) | Q(rung_at__gt=at + DOORBELL_PATIENCE)
    waiting = jobs.claimable().filter(is_late)
    for job_id in set(waiting.filter(rings__gte=MAX_RINGS).values_list("job", flat=True)):
        jobs.halt(
            job_id, reason="No worker could begin a step of this job; the workers' log says why.", at=at
        )
    batch_ids = list(waiting.values_list("pk", flat=True)[:1000])
    with transaction.atomic():
        JobBatch.objects.filter(pk__in=batch_ids).update(rung_at=at, rings=F("rings") + 1)
        for batch_id in batch_ids:
            ringing.ring(batch_id)
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
    return jobs.claimable().filter(rung_at__lt=at - DOORBELL_PATIENCE).exists()
