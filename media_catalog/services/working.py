"""Doing what waits: whichever batch has its turn is run by the service of its job's kind, and by no other."""

import logging
from collections.abc import Callable
from datetime import datetime

from media_catalog import lines
from media_catalog.models import Job
from media_catalog.services import (
    backfill,
    deciding,
    export_rehearsals,
    exports,
    finalizing,
    grouping,
    imports,
    jobs,
    preferences,
    redating,
    turns,
)

logger = logging.getLogger(__name__)

HANDLERS: dict[Job.Kind, Callable[..., None]] = {
    Job.Kind.IMPORT: imports.run,
    Job.Kind.EXPORT: exports.run,
    Job.Kind.BACKFILL: backfill.run,
    Job.Kind.REDATE: redating.run,
    Job.Kind.GROUP: grouping.run,
    Job.Kind.DECIDE: deciding.run,
    Job.Kind.PLAN: export_rehearsals.run,
    Job.Kind.FINALIZE: finalizing.run,
}


def answer(*, clock: Callable[[], datetime]) -> None:
    """Answer a doorbell: run the batch whose turn it is, and what only waited for it.

    The last step of a job, once nothing else of it is left, need not wait until its own doorbell is heard.
    """
    claim = turns.claim_next(at=clock())
    if claim is None:
        return
    _run(claim, clock=clock)
    job_id = claim.batch.job_id
    if claim.batch.stage == Job.Stage.FILES and turns.is_last_step_waiting(job_id) and not lines.is_ending():
        run_next(clock=clock, job_id=job_id)


def run_next(*, clock: Callable[[], datetime], job_id: int | None = None) -> bool:
    """Run the batch whose turn it is, of one job if it is given; tell whether there was one."""
    claim = turns.claim_next(at=clock(), job_id=job_id)
    if claim is not None:
        _run(claim, clock=clock)
    return claim is not None


def _run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    try:
        with preferences.held(claim.batch.job.preferences):
            HANDLERS[Job.Kind(claim.batch.job.kind)](claim, clock=clock)
    except jobs.Stopped:
        jobs.give_back(claim, at=clock())
    except KeyboardInterrupt:
        jobs.give_back(claim, at=clock())
        raise
    except jobs.LeaseLost:
        logger.warning("lost batch=%s to another worker", claim.batch.pk)
    finally:
        jobs.release(claim, at=clock())
