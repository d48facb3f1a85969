"""How long a job was really worked on, and how fast: pauses, halts and dead workers cost no time."""

from datetime import datetime

from django.conf import settings

from media_catalog.models import Job

TICK_S = 2  # signs of work are noted no more often
GAP_S = max(10.0, settings.MEDIAPARSER_LEASE_SECONDS / 2)  # a longer silence was no work: leases speak sooner
SAMPLE_S = 5  # of work, over which the pace is taken
MEMORY_S = 120  # of work, that the pace is an average of
FIELDS = (
    "state",
    "worked_s",
    "worked_at",
    "files_per_s",
    "paced_s",
    "paced_count",
    "done_count",
    "failed_count",
    "skipped_count",
)


def worked_s(job: Job, *, at: datetime) -> float:
    """Return for how many seconds a job was worked on so far."""
    since_s = (at - job.worked_at).total_seconds() if job.worked_at else 0.0
    return job.worked_s + (since_s if 0 < since_s <= GAP_S else 0.0)


def tick(job: Job, *, at: datetime) -> None:
    """Note that a job is being worked on; writes at most every few seconds, whoever works on it.

    :param job: as it stands in the database now, at least its FIELDS.
    """
    if job.worked_at and 0 <= (at - job.worked_at).total_seconds() < TICK_S:
        return
    _note(job, {"worked_at": at, **_measured(job, at=at)})


def stop(job: Job, *, at: datetime) -> None:
    """Stop the clock of a job that is not worked on any more."""
    _note(job, {"worked_at": None, **_measured(job, at=at)})


def _note(job: Job, changes: dict[str, object]) -> None:
    # Of two workers that note the same seconds one wins, and whoever comes after a pause is none.
    Job.objects.filter(pk=job.pk, state=job.state, worked_at=job.worked_at).update(**changes)


def _measured(job: Job, *, at: datetime) -> dict[str, object]:
    total_s = worked_s(job, at=at)
    since_s, count = total_s - job.paced_s, job.handled_count - job.paced_count
    if since_s < SAMPLE_S or (job.files_per_s is None and count <= 0):
        return {"worked_s": total_s}
    pace = max(0, count) / since_s
    if job.files_per_s is not None:
        # At first the average of all that was done, later of the last minutes.
        weight = min(1.0, since_s / min(total_s, MEMORY_S))
        pace = job.files_per_s + weight * (pace - job.files_per_s)
    return {
        "worked_s": total_s,
        "files_per_s": pace,
        "paced_s": total_s,
        "paced_count": job.handled_count,
    }
