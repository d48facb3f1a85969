"""Everything that an installation knows, without ids and times of the work: `python -m tests.cluster.facts`.

Run in the installation's environment, it prints one JSON object: each table's rows, and what does not add up.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "mediaparser.settings"
django.setup()

from django.apps import apps  # noqa: E402
from django.db import models, transaction  # noqa: E402

from media_catalog.models import Job, JobBatch, JobFile, LibraryCount, MediaFile  # noqa: E402
from media_catalog.services import counts  # noqa: E402

LEFT_OUT = {  # by the name of their model: what differs between two runs that are alike
    "Archive": {"root_bytes", "root_text", "root_key"},
    "Job": {"current_text", "steps", "worked_s", "files_per_s", "paced_s", "paced_count"},
    "JobBatch": {"attempts", "rings", "owner", "guardian", "in_hand"},
    "JobFile": {"attempts"},
    "MediaFile": {"device", "inode"},
    "Source": {"root_bytes", "root_text", "root_key"},
}
NOT_FACTS = {"WorkerBeat"}
DATES = {"captured_at", "taken_at"}  # all other instants are those of the work: that they are set is a fact
JOB_COUNTS = {"done_count": "done", "failed_count": "failed", "skipped_count": "skipped"}


def tables() -> dict[str, list[str]]:
    """Return the rows of all tables as text, foreign keys being replaced by what they point to."""
    chosen = [
        model
        for model in apps.get_app_config("media_catalog").get_models()
        if model.__name__ not in NOT_FACTS
    ]
    names = {model: _names(model) for model in chosen}
    found = {model.__name__: sorted(_rows(model, names, idle=_idle_jobs())) for model in chosen}
    return {name: rows for name, rows in found.items() if rows}


def _names(model: type[models.Model]) -> dict[Any, str]:
    """Name each row of a table in a way that is the same in every run."""
    name: Callable[[Any], str] = {
        "MediaFile": lambda row: row.path_text,
        "Job": lambda row: f"{row.kind} {Job.objects.filter(kind=row.kind, pk__lt=row.pk).count()}",
        "Source": lambda row: row.label,
        "Tag": lambda row: f"{row.kind}: {row.name}",
        "DuplicateGroup": lambda row: f"{row.kind}: {row.key}",
        "Export": lambda row: f"of {row.archive_id}",
    }.get(model.__name__, lambda row: model.__name__)
    return {row.pk: name(row) for row in model._default_manager.all()}


def _idle_jobs() -> set[int]:
    """Find the jobs of commands that were started again when the first one's had just ended."""
    first = {job.kind: job.pk for job in Job.objects.order_by("-pk")}
    return set(Job.objects.filter(total_count=0).exclude(pk__in=first.values()).values_list("pk", flat=True))


def _rows(
    model: type[models.Model], names: dict[type[models.Model], dict[Any, str]], *, idle: set[int]
) -> Iterator[str]:
    left_out = LEFT_OUT.get(model.__name__, set()) | {"id"}
    fields = [field for field in model._meta.concrete_fields if field.name not in left_out]
    for row in model._default_manager.all():
        if (row.pk if model is Job else getattr(row, "job_id", None)) in idle:
            continue
        if getattr(row, "code", None) == "job":  # it halted, and a person let it continue
            continue
        if isinstance(row, LibraryCount) and not row.number:  # of what is no more
            continue
        yield json.dumps(
            {field.name: _value(row, field, names) for field in fields}, sort_keys=True, default=str
        )


def _value(row: models.Model, field: Any, names: dict[type[models.Model], dict[Any, str]]) -> Any:
    value = getattr(row, field.attname)
    if field.name.endswith("_at") and field.name not in DATES:
        return value is not None
    if field.related_model in names and value is not None:
        return names[field.related_model][value]
    if isinstance(value, dict):  # options and sums: the folder of the archive, and that a job was continued
        return {key: one for key, one in value.items() if key not in ("archive", "ignores_faults")}
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def errors() -> Iterator[str]:
    """Yield what does not add up: counts that differ from the rows, and work that was left behind."""
    yield from _wrong_counts()
    for job in Job.objects.order_by("pk"):
        outcomes = Counter(JobFile.objects.filter(job=job).values_list("outcome", flat=True))
        if job.kind == Job.Kind.IMPORT:  # what has vanished is counted apart
            outcomes["failed"] -= JobFile.objects.filter(job=job, change="vanished").count()
        for field, outcome in JOB_COUNTS.items():
            if getattr(job, field) != outcomes[outcome]:
                yield f"{job}: {field} is {getattr(job, field)}, its rows say {outcomes[outcome]}"
        if job.total_count != job.handled_count:
            yield f"{job}: {job.handled_count} of {job.total_count} files were handled"
    for batch in JobBatch.objects.exclude(state=JobBatch.State.DONE):
        yield f"{batch} is {batch.state}"
    for file in MediaFile.objects.filter(state="discovered"):
        yield f"{file.path_text} was never read"


def _wrong_counts() -> Iterator[str]:
    """Derive all counts anew, and take that back."""
    with transaction.atomic():
        before = _counts()
        counts.rebuild()
        after = _counts()
        transaction.set_rollback(True)
    for key in sorted(before.keys() | after.keys()):
        if before[key] != after[key]:
            yield f"the count of {key} is {before[key]}, the files say {after[key]}"


def _counts() -> Counter[tuple[str, ...]]:
    rows = LibraryCount.objects.values_list("source__root_text", "facet", "value", "number")
    stored = Counter({("stored", *key): number for *key, number in rows})
    fates = MediaFile.objects.values_list("path_text", "fate", "is_open")
    return stored + Counter((path, fate, f"open: {is_open}") for path, fate, is_open in fates)


if __name__ == "__main__":
    json.dump({"tables": tables(), "errors": list(errors())}, sys.stdout)
