"""Jobs over many files in three steps: find them all, change them slice by slice, sum up.

Nothing is changed before all files are found, and each slice is changed and noted together, so that whatever
is broken off goes on where it was and changes nothing twice.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from media_catalog.models import Job, JobBatch, JobFile, MediaFile
from media_catalog.services import faults, jobs, leases, tools

SLICE = 500
SEARCHED = 20_000  # files that one query finds: where it has to begin anew with all of a tag, few queries do
CHANGED, LEFT = JobFile.Outcome.DONE, JobFile.Outcome.UNCHANGED
Row = tuple[int, str]  # a file, and a stamp of what was seen of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a job does.

    `find` yields files, page by page, after the last that is known already. `objection` says why the job had
    better ask a person before it changes what was found; blank if it need not. `change` changes some files
    and gives the ids of those that it did not leave alone. Slices of what is `in_order` wait for each other.
    """

    find: Callable[[Job, JobFile | None], Iterator[Sequence[Row]]]
    change: Callable[[Job, Sequence[JobFile], datetime], Collection[int]]
    objection: Callable[[Job], str]
    summary: Callable[[Job], Mapping[str, Any]]
    in_order: bool = False


def run(claim: jobs.Claim, work: Work, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    with leases.kept(claim, clock=clock):
        STAGES[claim.batch.stage](claim, work, clock=clock)
    jobs.finish_batch(claim, at=clock())


def add(job: Job, rows: Sequence[Row]) -> None:
    """Note files that a job shall change, in the transaction of the caller."""
    change = JobFile.Change.CHANGED
    JobFile.objects.bulk_create(
        JobFile(job=job, file_id=file_id, change=change, stamp=stamp) for file_id, stamp in rows
    )
    Job.objects.filter(pk=job.pk).update(total_count=F("total_count") + len(rows))


def pages(files: QuerySet[MediaFile], *, after: int) -> Iterator[list[Row]]:
    """Yield files whose keys are greater than one, slice by slice."""
    keys = files.order_by("pk").values_list("pk", flat=True)
    while ids := list(keys.filter(pk__gt=after)[:SEARCHED]):
        yield from tools.slices(((pk, "") for pk in ids), SLICE)
        after = ids[-1]


def _search(claim: jobs.Claim, work: Work, *, clock: Callable[[], datetime]) -> None:
    job = claim.batch.job
    for rows in work.find(job, job.job_files.order_by("pk").last()):
        _add(claim, rows, at=clock())
    _object(claim, work, at=clock())
    last = _release(claim, after=0, at=clock())
    while last and not work.in_order:
        last = _release(claim, after=last, at=clock())


@transaction.atomic
def _add(claim: jobs.Claim, rows: Sequence[Row], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    add(claim.batch.job, rows)


def _object(claim: jobs.Claim, work: Work, *, at: datetime) -> None:
    job = Job.objects.get(pk=claim.batch.job_id)
    if job.options.get(faults.OPTION):
        return  # a person has said that it shall go on
    if reason := work.objection(job):
        jobs.halt(job.pk, reason=reason, at=at)
        raise jobs.Stopped(reason)


@transaction.atomic
def _release(claim: jobs.Claim, *, after: int, at: datetime) -> int | None:
    """Let the next slice be worked on, and return where it ends; `None` when there is none."""
    jobs.renew(claim, at=at)
    job = claim.batch.job
    waiting = job.job_files.filter(outcome=JobFile.Outcome.PENDING, batch=None, pk__gt=after)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:SLICE])
    if not ids:
        return None
    batch = jobs.add_batch(job, stage=Job.Stage.FILES, at=at)
    JobFile.objects.filter(pk__in=ids).update(batch=batch)
    Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FILES)
    return ids[-1]


@transaction.atomic
def _change(claim: jobs.Claim, work: Work, *, clock: Callable[[], datetime]) -> None:
    """Change the files of a batch and note what was changed, both or neither: a shift must not come twice."""
    at = clock()
    jobs.extend_lease(claim, at=at)
    jobs.stop_if_asked(claim, at=at)
    job = claim.batch.job
    pending = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    rows = list(pending.order_by("pk"))
    changed = set(work.change(job, rows, at)) if rows else set()
    pending.filter(file__in=changed).update(outcome=CHANGED)
    pending.update(outcome=LEFT)
    Job.objects.filter(pk=job.pk).update(
        done_count=F("done_count") + len(rows), changed_count=F("changed_count") + len(changed)
    )
    others = job.batches.exclude(pk=claim.batch.pk).exclude(state=JobBatch.State.DONE)
    if work.in_order and not others.exists():
        _release(claim, after=0, at=at)


def _sum_up(claim: jobs.Claim, work: Work, *, clock: Callable[[], datetime]) -> None:
    jobs.renew(claim, at=clock())
    job = Job.objects.get(pk=claim.batch.job_id)
    Job.objects.filter(pk=job.pk).update(summary=dict(work.summary(job)))


STAGES: dict[str, Callable[..., None]] = {
    Job.Stage.SCAN: _search,
    Job.Stage.FILES: _change,
    Job.Stage.FINISH: _sum_up,
}
