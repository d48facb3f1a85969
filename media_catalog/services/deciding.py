"""Jobs of decisions about many files: acts, rules about copies, and what takes either back."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from media_catalog.models import Job
from media_catalog.services import deciding_acts, deciding_rules, deciding_undos, jobs, sliced
from media_catalog.services.decision_log import Actor

WORKS: Mapping[str, sliced.Work] = {
    deciding_acts.WHAT: deciding_acts.WORK,
    deciding_rules.WHAT: deciding_rules.WORK,
    deciding_undos.WHAT: deciding_undos.WORK,
}


class Busy(jobs.AlreadyRunning):
    """Another change of many files is under way; the message is for a person."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        text = _("Another change of many files is under way, as job %(job)s: wait for it, or cancel it.")
        self.args = (text % {"job": job.pk},)


@transaction.atomic
def start(
    options: Mapping[str, Any],
    *,
    rows: Sequence[sliced.Row] = (),
    open_act: Callable[[Job], uuid.UUID],
    actor: Actor,
    at: datetime,
) -> Job:
    """Queue a decision about many files.

    :param options: what it is, under a key of `WORKS`.
    :param rows: files that are known already; they are changed in this order.
    :param open_act: begins the act that all decisions of the job are a part of.
    :raises Busy: when another one is under way.
    """
    kind = Job.Kind.DECIDE
    try:
        job = jobs.create(kind=kind, source=None, options=dict(options), created_at=at, created_by=actor)
    except jobs.AlreadyRunning as running:
        raise Busy(running.job) from running
    open_act(job)
    sliced.add(job, rows)
    return job


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch; what was changed is never changed twice.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    (work,) = (work for what, work in WORKS.items() if what in claim.batch.job.options)
    sliced.run(claim, work, clock=clock)
