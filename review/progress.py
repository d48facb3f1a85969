"""What is being worked on, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from media_catalog.models import Job
from media_catalog.services import jobs

# Of the screen reader's announcements, so that it does not speak every two seconds.
ANNOUNCED_PERCENT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """An unfinished job; what is not known yet is `None`."""

    job: Job
    percent: int | None
    announced_percent: int | None
    files_per_s: float | None
    left_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A finished job; one that never started took no time."""

    job: Job
    ago_s: float
    took_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All unfinished jobs, and when there are none the job that ended last."""

    running: Sequence[Progress]
    last: Ended | None
    lacks_workers: bool


def work(*, at: datetime) -> Work:
    """Return what is being worked on."""
    every = Job.objects.select_related("source")
    running = [progress(job, at=at) for job in every.unfinished().order_by("pk")]
    last = None if running else _ended(every.exclude(finished_at=None).order_by("-pk").first(), at=at)
    lacks_workers = bool(running) and jobs.is_waiting(at=at) and not jobs.living_workers(at=at)
    return Work(running=running, last=last, lacks_workers=lacks_workers)


def _ended(job: Job | None, *, at: datetime) -> Ended | None:
    if job is None or job.finished_at is None:
        return None
    took_s = (job.finished_at - job.started_at).total_seconds() if job.started_at else None
    return Ended(job=job, ago_s=(at - job.finished_at).total_seconds(), took_s=took_s)


def progress(job: Job, *, at: datetime) -> Progress:
    """Tell how far an unfinished job is, and how long it will still take at its pace so far."""
    percent = rate = left = None
    if job.stage != Job.Stage.SCAN and job.total_count:
        percent = min(100, 100 * job.handled_count // job.total_count)
    if job.started_at is not None and job.handled_count:
        rate = job.handled_count / max((at - job.started_at).total_seconds(), 1)
    if rate and percent is not None:
        left = max(0, job.total_count - job.handled_count) / rate
    announced = None if percent is None else percent // ANNOUNCED_PERCENT * ANNOUNCED_PERCENT
    return Progress(job=job, percent=percent, announced_percent=announced, files_per_s=rate, left_s=left)
