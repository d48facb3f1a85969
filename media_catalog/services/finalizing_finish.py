"""Last stage of clearing up: working files, the lists of finished jobs, and the sums."""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, Sum

from media_catalog.models import Archive, Deletion, Job, JobBatch, JobFile, Source
from media_catalog.pipeline import archive as archive_copies
from media_catalog.services import export_rehearsals, janitor, jobs, previews, sources, steps, tools
from media_catalog.services.steps import Step

SLICE = 1000


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Clear up what was asked for, and store what came of everything."""
    job = claim.batch.job
    steps.plan(claim, [Step.WORKING_FILES, Step.RECORDS, Step.SUMS])
    cleaned = cleared = 0
    if job.options["is_cleaning"]:
        steps.begin(claim, Step.WORKING_FILES)
        cleaned = _clean(job, at=clock())
        jobs.renew(claim, at=clock())
    if job.options["is_clearing"]:
        steps.begin(claim, Step.RECORDS)
        cleared = _clear(claim, clock=clock)
    _prune(job)
    steps.begin(claim, Step.SUMS)
    Job.objects.filter(pk=job.pk).update(summary={**_sums(job), "cleaned": cleaned, "cleared": cleared})


def _clean(job: Job, *, at: datetime) -> int:
    """Remove what can be made anew, or was left by killed processes; never thumbnails, never originals."""
    archive = Archive.objects.get(pk=job.options["archive_id"])
    number = janitor.tidy(at=at)
    number += archive_copies.remove_leftovers(Path(os.fsdecode(archive.root)), before=at - jobs.LEASE)
    number += previews.make_room(tools.preview_dir(), limit_bytes=0)
    return number + export_rehearsals.remove_all()


def _prune(job: Job) -> None:
    """Remove the folders that deleted uploads leave empty; those of people are their own business."""
    uploads = sources.canonical(Path(settings.DATA_DIR) / "uploads")
    for source in Source.objects.filter(pk__in=job.options["sources"]):
        if not sources.is_within(source.root, uploads):
            continue
        for folder, _folders, _names in os.walk(source.root, topdown=False):
            if folder != source.root:
                with contextlib.suppress(OSError):  # not empty
                    os.rmdir(folder)  # noqa: PTH106  bytes


def _clear(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> int:
    """Forget which files finished jobs went through; the jobs, their sums and failures stay."""
    number = 0
    for ids in _forgettable():
        jobs.renew(claim, at=clock())
        deleted, _ = JobFile.objects.filter(pk__in=ids).delete()
        number += deleted
        steps.advance(claim, deleted)
    used = JobFile.objects.filter(batch=OuterRef("pk"))
    JobBatch.objects.filter(~Exists(used), job__in=_ended(), state=JobBatch.State.DONE).delete()
    return number


def _forgettable() -> Iterator[list[int]]:
    """Yield rows of ended jobs; that an import found a file changed or gone is a part of the file's story."""
    story = Q(job__kind=Job.Kind.IMPORT, change__in=[JobFile.Change.CHANGED, JobFile.Change.VANISHED])
    rows = JobFile.objects.filter(job__in=_ended()).exclude(story).values_list("pk", flat=True)
    while ids := list(rows[:SLICE]):
        yield ids


def _ended() -> list[int]:
    """Jobs of which nothing can be tried again or continued."""
    done = Job.objects.filter(state=Job.State.COMPLETED)
    clean = done.filter(failed_count=0, vanished_count=0).exclude(finished_at=None)
    return list(clean.values_list("pk", flat=True))


def _sums(job: Job) -> dict[str, int]:
    deleted = Q(state=Deletion.State.DELETED)
    found = job.deletions.aggregate(
        deleted=Count("pk", filter=deleted),
        deleted_bytes=Sum("size_bytes", filter=deleted),
        kept=Count("pk", filter=Q(state=Deletion.State.KEPT)),
    )
    return {name: number or 0 for name, number in found.items()}
