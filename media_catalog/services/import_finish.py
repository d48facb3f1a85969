"""Last stage of an import: what vanished, whose sidecars are whose, what is identical, and the sums."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from media_catalog.models import Deletion, DuplicateMember, Job, JobFailure, JobFile, MediaFile, State
from media_catalog.services import (
    abouts,
    arrivals,
    camera_proposals,
    copies,
    counts,
    groups,
    janitor,
    jobs,
    merging,
    neighbours,
    planner,
    sidecars,
    stacks,
    steps,
    tools,
)
from media_catalog.services.steps import Step

SLICE = 500
VANISHED = "vanished"
NO_LONGER_THERE = "no longer in its folder"
STEPS = (
    Step.VANISHED,
    Step.SIDECARS,
    Step.GROUPS,
    Step.STACKS,
    Step.COPIES,
    Step.GROUPED,
    Step.CAMERAS,
    Step.NEIGHBOURS,
    Step.ALIKE,
)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring everything that rests on the whole source up to date, in slices that renew the lease."""
    job = claim.batch.job
    planner.look_at_tables()
    steps.plan(claim, STEPS)
    steps.begin(claim, Step.VANISHED)
    for part in tools.slices(_vanished(job), SLICE):
        _mark_missing(claim, part, at=clock())
        steps.advance(claim, len(part))
    sidecars.run(claim, clock=clock)
    group(claim, clock=clock)
    camera_proposals.run(claim, clock=clock)
    neighbours.run(claim, clock=clock)
    janitor.tidy_after(claim, at=clock())
    Job.objects.filter(pk=job.pk).update(summary=summary(job))


def group(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring groups and stacks up to date with what a job has read."""
    group_identical(claim, clock=clock)
    arrivals.discard_again(_read(claim.batch.job, JobFile.Change.NEW, JobFile.Change.CHANGED), at=clock())
    abouts.say_again(_read(claim.batch.job, JobFile.Change.CHANGED))
    merging.merge_again(_read(claim.batch.job, JobFile.Change.CHANGED), at=clock())
    stacks.around_import(claim, clock=clock)
    copies.around_import(claim, clock=clock)


def group_identical(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring the groups of identical files up to date with what a job has read."""
    jobs.renew(claim, at=clock())
    read, stood = _touched(claim.batch.job)
    steps.begin(claim, Step.GROUPS, total=read.count() + stood.count())
    stood_pages = tools.value_pages(stood, "pk", "file__memberships__group__key", size=SLICE)
    for page in chain(stood_pages, tools.value_pages(read, "pk", "file__sha256", size=SLICE)):
        jobs.renew(claim, at=clock())
        groups.refresh_identical({sha256 for _, sha256 in page}, at=clock())
        steps.advance(claim, len(page))


def _read(job: Job, *changes: str) -> QuerySet[MediaFile]:
    rows = JobFile.objects.filter(job=job, change__in=changes, outcome=JobFile.Outcome.DONE)
    return MediaFile.objects.filter(pk__in=rows.values("file"))


def _vanished(job: Job) -> Iterable[MediaFile]:
    """Files of the source that this job did not see, save those below folders that it could not read."""
    files = MediaFile.objects.filter(source=job.source).exclude(reason_code=VANISHED)
    deleted = Deletion.objects.filter(state=Deletion.State.DELETED, file=OuterRef("pk"))
    # What somebody has deleted because its copy is safe is no loss, as long as it is about the same bytes.
    files = files.exclude(Exists(deleted.filter(sha256=OuterRef("sha256"))))
    unseen = files.exclude(job_files__job=job)
    failed = JobFile.objects.filter(
        job=job, outcome=JobFile.Outcome.FAILED, file__mime_type="", file__sha256=""
    )
    unread = tuple(bytes(path) + b"/" for path in failed.values_list("file__path_bytes", flat=True))
    is_recursive = job.options.get("is_recursive", True)
    for file in chain.from_iterable(tools.pages(unseen, SLICE)):
        if not file.path.startswith(unread) and (is_recursive or b"/" not in file.path):
            yield file


@transaction.atomic
def _mark_missing(claim: jobs.Claim, files: list[MediaFile], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    job, ids = claim.batch.job, [file.pk for file in files]
    gone = MediaFile.objects.filter(pk__in=ids)
    with counts.tracking(ids):
        # What was never a picture to us is no loss.
        gone.filter(state=State.SKIPPED).update(reason_code=VANISHED, reason_text=NO_LONGER_THERE)
        gone.exclude(state=State.SKIPPED).update(
            state=State.MISSING, reason_code=VANISHED, reason_text=NO_LONGER_THERE
        )
    vanished, failed = JobFile.Change.VANISHED, JobFile.Outcome.FAILED
    JobFile.objects.bulk_create(
        JobFile(job=job, file=file, change=vanished, outcome=failed) for file in files
    )
    JobFailure.objects.bulk_create(
        JobFailure(job=job, file=file, code=VANISHED, message=NO_LONGER_THERE, created_at=at)
        for file in files
        if file.state != State.SKIPPED
    )
    Job.objects.filter(pk=job.pk).update(vanished_count=F("vanished_count") + len(files))


def _touched(job: Job) -> tuple[QuerySet[JobFile], QuerySet[JobFile]]:
    """Find the files that this job read, and those that stood in a group of identical ones before."""
    rows = JobFile.objects.filter(job=job).exclude(change=JobFile.Change.KNOWN)
    read = rows.filter(outcome=JobFile.Outcome.DONE).exclude(file__sha256="")
    return read, rows.filter(file__memberships__kind=groups.IDENTICAL)


def summary(job: Job) -> dict[str, object]:
    """Return the sums of an import, of the files that the job saw."""
    seen = MediaFile.objects.filter(job_files__job=job).exclude(job_files__change=JobFile.Change.VANISHED)
    by_state = dict(seen.values_list("state").annotate(Count("pk")).order_by())
    read = seen.readable()
    reasons = seen.filter(state=State.SKIPPED).values_list("reason_code").annotate(Count("pk")).order_by()
    grouped = DuplicateMember.objects.filter(file__job_files__job=job).values_list("kind")
    return {
        "seen": sum(by_state.values()),
        "read": by_state.get(State.ANALYSED, 0),
        "confidence": dict(read.values_list("confidence").annotate(Count("pk")).order_by()),
        "identical_copies": read.set_aside().count(),
        "classes": dict(grouped.annotate(Count("group", distinct=True)).order_by()),
        "damaged": read.exclude(damage="").count(),
        "skipped": by_state.get(State.SKIPPED, 0),
        "skipped_by_reason": dict(reasons),
        "failed": by_state.get(State.FAILED, 0) + by_state.get(State.QUARANTINED, 0),
        "open": read.filter(Q(is_open=True)).count(),
    }
