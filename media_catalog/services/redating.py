"""Jobs that change the dates of many files: rules about cameras, the zones of trips."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from media_catalog.models import CameraRule, Job, JobFile, MediaFile
from media_catalog.services import camera_effects, evidence, jobs, leases, trips

SLICE = 500
RULE, TRIP = "rule", "trip"  # options of a job: what it is about
CHANGED, LEFT = JobFile.Outcome.DONE, JobFile.Outcome.UNCHANGED


def start_rule(rule: CameraRule, *, created_at: datetime) -> Job:
    """Queue that the files of a rule, which was put in force or taken back, are decided anew.

    :raises AlreadyRunning: when other dates are being changed.
    """
    return jobs.create(kind=Job.Kind.REDATE, source=None, options={RULE: rule.pk}, created_at=created_at)


def start_trip(trip: trips.Trip, *, created_at: datetime) -> Job:
    """Queue a person's decision about the clocks of a trip; its `batch` undoes it, as far as it has come.

    :raises AlreadyRunning: when other dates are being changed.
    """
    return jobs.create(
        kind=Job.Kind.REDATE, source=None, options={TRIP: trips.as_options(trip)}, created_at=created_at
    )


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch; what was changed is never changed twice.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    with leases.kept(claim, clock=clock):
        STAGES[claim.batch.stage](claim, clock=clock)
    jobs.finish_batch(claim, at=clock())


def _files(options: dict[str, Any]) -> QuerySet[MediaFile]:
    if TRIP in options:
        return trips.files(trips.of_options(options[TRIP]).selection)
    return camera_effects.files(CameraRule.objects.get(pk=options[RULE]))


def _search(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Cut the files into batches; begun anew, it goes on after those that it has found already."""
    job = claim.batch.job
    last = job.job_files.order_by("-file").values_list("file_id", flat=True).first() or 0
    files = _files(job.options).order_by("pk").values_list("pk", flat=True)
    while ids := list(files.filter(pk__gt=last)[:SLICE]):
        _add_batch(claim, ids, at=clock())
        last = ids[-1]


@transaction.atomic
def _add_batch(claim: jobs.Claim, ids: Sequence[int], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    job = claim.batch.job
    batch = jobs.add_batch(job, stage=Job.Stage.FILES, at=at)
    change = JobFile.Change.CHANGED
    JobFile.objects.bulk_create(JobFile(job=job, file_id=pk, batch=batch, change=change) for pk in ids)
    Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FILES, total_count=F("total_count") + len(ids))


@transaction.atomic
def _change(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Change the files of a batch and note what was changed, both or neither: a shift must not come twice."""
    at = clock()
    jobs.extend_lease(claim, at=at)
    jobs.stop_if_asked(claim, at=at)
    job = claim.batch.job
    pending = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    ids = list(pending.order_by("file").values_list("file_id", flat=True))
    changed = _decide_trip(job, ids, at=at) if TRIP in job.options else _decide_rule(ids, at=at)
    pending.filter(file__in=changed).update(outcome=CHANGED)
    pending.update(outcome=LEFT)
    Job.objects.filter(pk=job.pk).update(
        done_count=F("done_count") + len(ids), changed_count=F("changed_count") + len(changed)
    )


def _decide_rule(ids: Collection[int], *, at: datetime) -> list[int]:
    before = _dates(ids)
    evidence.redecide(ids, at=at)
    return [pk for pk, date in _dates(ids).items() if before[pk] != date]


def _dates(ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    rows = MediaFile.objects.filter(pk__in=ids).values_list("pk", "captured_local", "offset_minutes")
    return {pk: (local, offset) for pk, local, offset in rows}


def _decide_trip(job: Job, ids: Collection[int], *, at: datetime) -> list[int]:
    files, trip = MediaFile.objects.filter(pk__in=ids), trips.of_options(job.options[TRIP])
    left = set(trips.change(files, trip, actor=job.created_by, at=at).left_ids)
    return [pk for pk in ids if pk not in left]


def _sum_up(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    jobs.renew(claim, at=clock())
    job = Job.objects.get(pk=claim.batch.job_id)
    summary = {"files": job.total_count, "changed": job.changed_count}
    Job.objects.filter(pk=job.pk).update(summary=summary)


STAGES: dict[str, Callable[..., None]] = {
    Job.Stage.SCAN: _search,
    Job.Stage.FILES: _change,
    Job.Stage.FINISH: _sum_up,
}
