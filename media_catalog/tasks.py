"""Entry points of django-q2: one service call. Queued work names them by their dotted paths."""

import logging

from django.utils import timezone

from media_catalog.models import Job
from media_catalog.services import exports, imports, jobs, turns

logger = logging.getLogger(__name__)

HANDLERS = {Job.Kind.IMPORT: imports.run, Job.Kind.EXPORT: exports.run}


def run_batch(batch_id: int) -> None:
    """Answer a doorbell: run its batch, or the one whose turn it is; a second delivery may find none."""
    claim = turns.claim_next(at=timezone.now())
    if claim is None:
        return
    try:
        HANDLERS[Job.Kind(claim.batch.job.kind)](claim, clock=timezone.now)
    except jobs.Stopped:
        jobs.give_back(claim, at=timezone.now())
    except jobs.LeaseLost:
        logger.warning("lost batch=%s to another worker", claim.batch.pk)
    finally:
        jobs.release(claim, at=timezone.now())
