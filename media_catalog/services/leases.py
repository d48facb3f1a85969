"""Keeps the lease of a batch alive while one step of its work takes longer than the lease."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connections

from media_catalog.models import Job
from media_catalog.services import jobs, pace

logger = logging.getLogger(__name__)

RENEW_EVERY_S = jobs.LEASE.total_seconds() / 4


@contextmanager
def kept(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> Iterator[None]:
    """Renew a lease in the background: copying one long video takes minutes on a slow disk.

    That a lease is lost is not told here, but by the next `jobs.renew` of the work itself.
    """
    is_done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(claim, clock, is_done), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        is_done.set()
        keeper.join()


def _keep(claim: jobs.Claim, clock: Callable[[], datetime], is_done: threading.Event) -> None:
    try:
        while not is_done.wait(RENEW_EVERY_S):
            _renew(claim, clock=clock)
    except jobs.LeaseLost:
        logger.warning("lost the lease of batch=%s", claim.batch.pk)
    finally:
        connections.close_all()  # those of this thread


def _renew(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    try:
        jobs.extend_lease(claim, at=clock())
        pace.tick(Job.objects.only(*pace.FIELDS).get(pk=claim.batch.job_id), at=clock())
    except DatabaseError as error:
        logger.warning("could not renew the lease of batch=%s, trying again: %s", claim.batch.pk, error)
