"""Entry points of django-q2: an id in, one service call. Queued work names them by their dotted paths."""

import logging

from django.utils import timezone

from media_catalog.models import Job
from media_catalog.services import exports, imports, jobs

logger = logging.getLogger(__name__)

HANDLERS = {Job.Kind.IMPORT: imports.run, Job.Kind.EXPORT: exports.run}


def run_batch(batch_id: int) -> None:
    """Run a batch if it is still to be had; a second delivery finds that it is not."""
    claim = jobs.claim(batch_id, at=timezone.now())
    if claim is None:
        return
    try:
        HANDLERS[Job.Kind(claim.batch.job.kind)](claim, clock=timezone.now)
    except jobs.LeaseLost:
        logger.warning("lost batch=%s to another worker", batch_id)
    finally:
        jobs.release(claim, at=timezone.now())
