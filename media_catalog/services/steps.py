"""The steps of the last stage of a job: which one is under way, and how far it is."""

from collections.abc import Sequence
from enum import StrEnum

from media_catalog.models import Job
from media_catalog.services import jobs


class Step(StrEnum):
    VANISHED = "vanished"
    SIDECARS = "sidecars"
    LOOKS = "looks"
    GROUPS = "groups"
    STACKS = "stacks"
    COPIES = "copies"
    GROUPED = "grouped"
    CAMERAS = "cameras"
    NEIGHBOURS = "neighbours"
    ALIKE = "alike"
    REPLACED = "replaced"
    LEFTOVERS = "leftovers"
    WORKING_FILES = "working_files"
    RECORDS = "records"
    SUMS = "sums"


def plan(claim: jobs.Claim, steps: Sequence[Step]) -> None:
    """Say which steps there will be, in their order; none has begun."""
    _put(claim, [[str(step), None, None] for step in steps])


def begin(claim: jobs.Claim, step: Step, *, total: int | None = None) -> None:
    """Say that a planned step begins, and how much there is to do, `None` when nobody knows."""
    _put(claim, [[step, 0, total] if row[0] == step else row for row in claim.batch.job.steps])


def advance(claim: jobs.Claim, number: int = 1) -> None:
    """Say that so much more of the step is done; to be called once a slice, not once a file."""
    rows = [[*row] for row in claim.batch.job.steps]
    begun = [row for row in rows if row[1] is not None]
    if begun:
        begun[-1][1] += number
        _put(claim, rows)


def _put(claim: jobs.Claim, rows: list[list[str | int | None]]) -> None:
    claim.batch.job.steps = rows
    Job.objects.filter(pk=claim.batch.job_id).update(steps=rows)
