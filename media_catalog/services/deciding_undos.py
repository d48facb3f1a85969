"""Taking back an act of many decisions, or doing it again, as the work of a job."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import Decision, Job, JobFile
from media_catalog.services import deciding_acts, sliced, tag_records, undoing

WHAT = "undo"  # the option of a job that holds what `options` returns
Row = sliced.Row


def options(batch: uuid.UUID, *, is_redo: bool) -> dict[str, Any]:
    """Return what a job has to know: the act, and whether it is done again."""
    return {"of": str(batch), "is_redo": is_redo}


def decisions_of(batch: uuid.UUID | str, *, is_redo: bool) -> QuerySet[Decision]:
    """Find the decisions that are to be taken back, the last first; to do again is to take back an undo."""
    found = Decision.objects.filter(undoes__batch=batch) if is_redo else Decision.objects.filter(batch=batch)
    return found.order_by("-pk")


def _decisions(job: Job) -> QuerySet[Decision]:
    wanted = job.options[WHAT]
    return decisions_of(wanted["of"], is_redo=wanted["is_redo"])


def _find(job: Job, last: JobFile | None) -> Iterator[list[Row]]:
    """Find the files of the act, each once; the stamp is the decision by which it was found."""
    found = decisions_of(job.options[WHAT]["of"], is_redo=False)
    rest = found.filter(pk__lt=int(last.stamp)) if last else found
    while page := list(rest.values_list("file_id", "pk")[: sliced.SLICE]):
        known = set(
            job.job_files.filter(file__in=[file_id for file_id, _ in page]).values_list("file", flat=True)
        )
        rows = {file_id: str(pk) for file_id, pk in page if file_id not in known}
        if rows:
            yield list(rows.items())
        rest = found.filter(pk__lt=page[-1][1])


def _change(job: Job, rows: Sequence[JobFile], at: datetime) -> Collection[int]:
    ids = [row.file_id for row in rows]
    act = job.acts.get().pk
    some = undoing.standing(list(_decisions(job).filter(file__in=ids)))
    undoing.take_back(some, act=act, actor=job.created_by, at=at)
    return set(Decision.objects.filter(batch=act, file__in=ids).values_list("file_id", flat=True))


@transaction.atomic
def _summary(job: Job) -> Mapping[str, Any]:
    wanted, act = job.options[WHAT], job.acts.get()
    tag_records.end_turn(uuid.UUID(wanted["of"]), act.pk, is_redo=wanted["is_redo"], at=act.created_at)
    return deciding_acts.summary(job)


WORK = sliced.Work(
    find=_find,
    change=_change,
    objection=lambda _job: "",
    summary=_summary,
    in_order=True,
)
