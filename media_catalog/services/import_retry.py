"""Importing once more only what failed earlier, or what was chosen; all other files stay as they are."""

import dataclasses
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from media_catalog.models import Job, JobFailure, JobFile, MediaFile, Source
from media_catalog.pipeline.scan import UnreadableRoot, scan
from media_catalog.services import (
    faults,
    import_finish,
    import_scan,
    janitor,
    jobs,
    neighbours,
    sidecars,
    steps,
    tools,
)
from media_catalog.services.selections import Selection
from media_catalog.services.steps import Step

OPTION = "retry_of"  # a job, or None for files of the source that one of these two names
REASON = "reason"
CHOSEN = "chosen"  # a selection as JSON, with the "last" file that there was when it was made
SLICE = 500
GONE = "the file is not there any more"
STEPS = (
    Step.SIDECARS,
    Step.GROUPS,
    Step.STACKS,
    Step.COPIES,
    Step.GROUPED,
    Step.NEIGHBOURS,
    Step.ALIKE,
)


def search(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Look at what failed, and add batches for the files that are there.

    :raises Lost: when the folder of the import is not there.
    """
    source = faults.require_source(claim.batch.job.source)
    for files in tools.pages(_wanted(claim.batch.job), SLICE):
        entries = list(_entries(source, files))
        import_scan.store(claim, source, entries, at=clock(), knows_unchanged=False)
        found = {entry.path for entry in entries}
        _note_missing(claim, [file for file in files if file.path not in found], at=clock())


def _wanted(job: Job) -> QuerySet[MediaFile]:
    files: QuerySet[MediaFile]
    if chosen := job.options.get(CHOSEN):
        files = Selection.of_json(chosen).files().filter(source=job.source, pk__lte=chosen["last"])
    elif job.options[OPTION] is None:
        files = MediaFile.objects.filter(source=job.source, **job.options[REASON])
    else:
        rows = JobFile.objects.filter(job=job.options[OPTION], outcome=JobFile.Outcome.FAILED)
        files = MediaFile.objects.filter(job_files__in=rows)
    return files.exclude(job_files__job=job).order_by("pk")


def _entries(source: Source, files: Sequence[MediaFile]) -> Iterator[import_scan.Entry]:
    """Yield the entries of some files as a scan sees them, each of their folders being listed once."""
    wanted = defaultdict(set)
    for file in files:
        folder, name = os.path.split(file.path)
        wanted[folder].add(name)
    for folder, names in wanted.items():
        try:
            for entry in scan(os.path.join(source.root, folder), is_recursive=False):  # noqa: PTH118  bytes
                if entry.path in names:
                    yield dataclasses.replace(entry, path=os.path.join(folder, entry.path))  # noqa: PTH118
        except UnreadableRoot:
            continue  # its files are noted as missing


@transaction.atomic
def _note_missing(claim: jobs.Claim, files: Sequence[MediaFile], *, at: datetime) -> None:
    """Note what is still not to be had: vanished files, and folders that could not be read."""
    jobs.renew(claim, at=at)
    job, failed = claim.batch.job, JobFile.Outcome.FAILED
    JobFile.objects.bulk_create(
        JobFile(job=job, file=file, change=JobFile.Change.CHANGED, outcome=failed) for file in files
    )
    JobFailure.objects.bulk_create(
        JobFailure(
            job=job,
            file=file,
            code=file.reason_code or "missing",
            message=file.reason_text or GONE,
            created_at=at,
        )
        for file in files
    )
    Job.objects.filter(pk=job.pk).update(
        total_count=F("total_count") + len(files),
        failed_count=F("failed_count") + len(files),
        paced_count=F("paced_count") + len(files),
    )


def finish(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do what rests on other files for those that were read; what was not looked at has not vanished."""
    job = claim.batch.job
    steps.plan(claim, STEPS)
    sidecars.run(claim, clock=clock)
    import_finish.group(claim, clock=clock)
    neighbours.run(claim, clock=clock)
    janitor.tidy_after(claim, at=clock())
    Job.objects.filter(pk=job.pk).update(summary=import_finish.summary(job))
