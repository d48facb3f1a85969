"""Grouping the whole library: what is identical, a stack or a copy, sought anew among all files."""

from collections.abc import Callable
from datetime import datetime
from itertools import chain

from django.db.models import Count

from media_catalog.models import DuplicateGroup, Job, MediaFile
from media_catalog.services import copies, groups, jobs, stacks, steps, tools, traits
from media_catalog.services.steps import Step

SLICE = 500


def start(*, created_at: datetime) -> Job:
    """Queue a search for copies among all files.

    :raises AlreadyRunning: when one is under way.
    """
    return jobs.create(kind=Job.Kind.GROUP, source=None, options={}, created_at=created_at)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch; broken off, it begins anew and changes nothing twice.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    if claim.batch.stage == Job.Stage.FINISH:
        steps.plan(claim, [Step.LOOKS, Step.GROUPS, Step.STACKS, Step.COPIES, Step.GROUPED])
        traits.in_library(claim, clock=clock)
        _group_identical(claim, clock=clock)
        stacks.in_library(claim, clock=clock)
        copies.in_library(claim, clock=clock)
        Job.objects.filter(pk=claim.batch.job_id).update(summary=_summary())
    jobs.finish_batch(claim, at=clock())


def _group_identical(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    files = MediaFile.objects.exclude(sha256="")
    stood = DuplicateGroup.objects.filter(kind=groups.IDENTICAL)
    steps.begin(claim, Step.GROUPS, total=files.values("sha256").distinct().count() + stood.count())
    pages = (tools.value_pages(stood, "key", size=SLICE), tools.value_pages(files, "sha256", size=SLICE))
    for page in chain(*pages):
        jobs.renew(claim, at=clock())
        groups.refresh_identical([sha256 for (sha256,) in page], at=clock())
        steps.advance(claim, len(page))


def _summary() -> dict[str, object]:
    numbers = dict(DuplicateGroup.objects.values_list("kind").annotate(Count("pk")).order_by())
    return {"groups": sum(numbers.values()), "groups_by_kind": numbers}
