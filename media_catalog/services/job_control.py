"""What a person may do with a job: pause, resume, cancel, let it continue, retry what failed."""

import logging
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from media_catalog.models import Job, JobFile
from media_catalog.services import archives, backfill, export_gate, exports, faults, imports, jobs, pace

logger = logging.getLogger(__name__)

State = Job.State


class Action(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    CONTINUE = "continue"
    RETRY_FAILED = "retry-failed"


class Refused(Exception):
    """A job cannot do this now; the message says why, and what it can do."""


POSSIBLE_IN: dict[Action, tuple[State, ...]] = {
    Action.PAUSE: jobs.ACTIVE,
    Action.RESUME: (State.PAUSED,),
    Action.CANCEL: (*jobs.ACTIVE, State.PAUSED, State.HALTED),
    Action.CONTINUE: (State.HALTED,),
    Action.RETRY_FAILED: (State.COMPLETED, State.CANCELLED, State.HALTED, State.FAILED),
}
RETRIES: dict[Job.Kind, Callable[..., Job]] = {
    Job.Kind.IMPORT: imports.retry,
    Job.Kind.EXPORT: exports.retry,
    Job.Kind.BACKFILL: backfill.retry,
}


def possible(job: Job) -> list[Action]:
    """List what can be done with a job in its state."""
    actions = [action for action in Action if _is_possible(job, action)]
    if Action.RETRY_FAILED in actions and not _failed(job):
        actions.remove(Action.RETRY_FAILED)
    return actions


def _is_possible(job: Job, action: Action) -> bool:
    if action is Action.RETRY_FAILED and job.kind not in RETRIES:
        return False
    if action is Action.CONTINUE and job.state == State.CANCELLED:
        return job.kind in jobs.CONTINUABLE and job.is_finished
    return job.state in POSSIBLE_IN[action]


def act(job_id: int, action: Action, *, at: datetime) -> Job:
    """Do something with a job, which its workers see before their next file.

    :returns: The job as it is now, or the new one that retries what failed.
    :raises Refused: when that is not possible in its state.
    """
    job = _retry(job_id, at=at) if action is Action.RETRY_FAILED else _change(job_id, action, at=at)
    logger.info("did %s job=%s", action, job_id)
    return job


@transaction.atomic
def _change(job_id: int, action: Action, *, at: datetime) -> Job:
    job = Job.objects.select_for_update().get(pk=job_id)
    _refuse_impossible(job, action)
    if action is Action.CONTINUE:
        _refuse_second(job)
    CHANGES[action](job, at=at)
    job.refresh_from_db()
    return job


def _pause(job: Job, *, at: datetime) -> None:
    pace.stop(job, at=at)
    _set(job, state=State.PAUSED)


def _resume(job: Job, *, at: datetime) -> None:
    _set(job, state=State.RUNNING if job.started_at else State.PENDING)
    jobs.ring_waiting(job, at=at)


def _cancel(job: Job, *, at: datetime) -> None:
    pace.stop(job, at=at)
    _set(job, state=State.CANCELLED)
    jobs.end_if_idle(job, at=at)


def _continue(job: Job, *, at: datetime) -> None:
    _set(job, options={**job.options, faults.OPTION: True}, error_text="", finished_at=None)
    jobs.forgive(job)
    _resume(job, at=at)


def _set(job: Job, **changes: object) -> None:
    for name, value in changes.items():
        setattr(job, name, value)
    job.save(update_fields=list(changes))


CHANGES: dict[Action, Callable[..., None]] = {
    Action.PAUSE: _pause,
    Action.RESUME: _resume,
    Action.CANCEL: _cancel,
    Action.CONTINUE: _continue,
}


def _retry(job_id: int, *, at: datetime) -> Job:
    job = Job.objects.select_related("source").get(pk=job_id)
    _refuse_impossible(job, Action.RETRY_FAILED)
    if not _failed(job):
        raise Refused(f"Nothing failed in job {job.pk}.")
    try:
        return RETRIES[Job.Kind(job.kind)](job, created_at=at)
    except (jobs.AlreadyRunning, archives.ArchiveRefused, export_gate.DecisionsOpen) as refused:
        raise Refused(str(refused)) from refused


def _failed(job: Job) -> bool:
    return job.job_files.filter(outcome=JobFile.Outcome.FAILED).exists()


def _refuse_impossible(job: Job, action: Action) -> None:
    if _is_possible(job, action):
        return
    others = " or ".join(possible(job)) or "nothing"
    raise Refused(
        f"Job {job.pk} is {State(job.state).label}, so {action} is not possible; possible is {others}."
    )


def _refuse_second(job: Job) -> None:
    """Two jobs that do the same must not run at once, and a halted one does not keep others from starting."""
    same = Job.objects.unfinished().filter(kind=job.kind, source=job.source).exclude(pk=job.pk)
    if other := same.first():
        raise Refused(str(jobs.AlreadyRunning(other)))
