"""Last stage of an export: what copies were replaced goes, what killed workers left goes, and the sums."""

import contextlib
import logging
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Sum

from media_catalog.models import Disposition, ExportedFile, Fate, Job
from media_catalog.pipeline import archive, archive_replace
from media_catalog.services import counts, jobs, steps
from media_catalog.services.steps import Step

logger = logging.getLogger(__name__)

STEPS = (Step.REPLACED, Step.LEFTOVERS, Step.SUMS)
VERIFIED, REPLACED = ExportedFile.State.VERIFIED, ExportedFile.State.REPLACED
EARLIER = "copy of an earlier version of the file, kept because it may be the last"


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Tidy the archive up and store the sums of the export."""
    export = claim.batch.job.export
    steps.plan(claim, STEPS)
    steps.begin(claim, Step.REPLACED)
    remove_replaced(claim, ExportedFile.objects.filter(archive=export.archive), clock=clock)
    jobs.renew(claim, at=clock())
    steps.begin(claim, Step.LEFTOVERS)
    number = archive.remove_leftovers(Path(os.fsdecode(export.archive.root)))
    logger.info("removed leftovers job=%s number=%s", claim.batch.job_id, number)
    jobs.renew(claim, at=clock())
    steps.begin(claim, Step.SUMS)
    Job.objects.filter(pk=claim.batch.job_id).update(summary=summary(claim.batch.job))


def replace(row: ExportedFile, *, source_sha256: str) -> None:
    """Mark a copy as replaced by one of these bytes, in the transaction that records that one."""
    row.state = REPLACED
    row.reason_text = "" if row.source_sha256 == source_sha256 else EARLIER
    row.save(update_fields=["state", "reason_text"])


def remove_replaced(
    claim: jobs.Claim, rows: QuerySet[ExportedFile], *, clock: Callable[[], datetime]
) -> None:
    """Remove the copies that verified ones of the same bytes have replaced; a changed one stays."""
    successor = ExportedFile.objects.filter(
        archive=OuterRef("archive"),
        file=OuterRef("file"),
        source_sha256=OuterRef("source_sha256"),
        state=VERIFIED,
    )
    replaced = rows.filter(Exists(successor), state=REPLACED, reason_text="").order_by("pk")
    for row in replaced.select_related("archive", "file"):
        jobs.renew(claim, at=clock())
        if not _remove(row):
            message = f"{row.destination} was changed after its export: it stays, beside the new copy"
            jobs.note_failure(
                claim.batch.job_id, file=row.file, code="copy_changed", message=message, at=clock()
            )
        row.delete()


def _remove(row: ExportedFile) -> bool:
    """Remove a copy, and the folder that it leaves empty."""
    target = Path(os.fsdecode(row.archive.root), row.destination)
    old = archive_replace.Placed(sha256=row.copy_sha256, sidecar_sha256=row.sidecar_sha256 or None)
    is_gone = archive_replace.remove_copy(target, old=old)
    with contextlib.suppress(OSError):
        target.parent.rmdir()
    return is_gone


def summary(job: Job) -> dict[str, Any]:
    """Return the sums of an export, and what became of all files of the library."""
    written = ExportedFile.objects.filter(export=job.export, state=VERIFIED)
    present = ExportedFile.objects.filter(archive=job.export.archive, state=VERIFIED)
    fates = counts.numbers("fate")
    job.refresh_from_db(fields=["done_count", "known_count", "failed_count", "skipped_count"])
    return {
        "archive": job.export.archive.root_text,
        "exported": job.done_count,
        "already_there": job.known_count,
        "failed": job.failed_count,
        "left_out": job.skipped_count,
        "bytes": written.aggregate(Sum("size_bytes"))["size_bytes__sum"] or 0,
        "tags_errors": written.exclude(tags_error="").count(),
        "identical_copies": fates.get(Fate.DUPLICATE, 0),
        "discarded": fates.get(Fate.DISCARDED, 0),
        "discarded_but_exported": present.filter(file__disposition=Disposition.DISCARD).count(),
        "skipped": fates.get(Fate.SKIPPED, 0),
        "undecided": counts.numbers("is_open").get("True", 0),
        "fates": fates,
    }
