"""Importing a source: scan, read every new file, and bring groups and counts up to date."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db.models import F

from media_catalog.models import Job, JobFile, Source
from media_catalog.pipeline import analyze
from media_catalog.pipeline.scan import SourceFile
from media_catalog.services import import_finish, import_results, import_scan, jobs, leases, tools
from media_catalog.services.import_results import Result

logger = logging.getLogger(__name__)

CHUNK = 10  # results written at once: few enough that progress moves
MAX_FILE_ATTEMPTS = 3


def start(
    source: Source, *, tags: Sequence[str] = (), is_recursive: bool = True, created_at: datetime
) -> Job:
    """Queue an import of a source.

    :raises AlreadyRunning: when this source is being imported already.
    """
    options = {"tags": list(tags), "is_recursive": is_recursive}
    return jobs.create(kind=Job.Kind.IMPORT, source=source, options=options, created_at=created_at)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch of an import.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    try:
        with leases.kept(claim, clock=clock):
            STAGES[claim.batch.stage](claim, clock=clock)
    except import_scan.SourceGone as gone:
        jobs.fail(claim.batch.job_id, message=str(gone), at=clock())
    else:
        jobs.finish_batch(claim, at=clock())


def _read_files(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    rows = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    pending = list(rows.select_related("file").order_by("pk"))
    is_first_try = claim.batch.attempts == 1
    for part in [pending] if is_first_try else [[row] for row in pending]:
        if not is_first_try:
            _note_attempt(part[0])
            if part[0].attempts > MAX_FILE_ATTEMPTS:
                import_results.quarantine(claim, part[0], at=clock())
                continue
        for chunk in tools.slices(_results(claim, part, at=clock()), CHUNK):
            import_results.store(claim, chunk, at=clock())


def _note_attempt(row: JobFile) -> None:
    """Commit the attempt before the risk is taken, so that a file which kills its worker is found out."""
    JobFile.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    row.attempts += 1


def _results(claim: jobs.Claim, rows: Sequence[JobFile], *, at: datetime) -> Iterator[Result]:
    source = claim.batch.job.source
    if source is None:
        raise import_scan.SourceGone("This import has no source.")
    by_path = {row.file.path: row for row in rows}
    policy = tools.analysis_policy(time_zone=source.time_zone, at=at)
    files = [_source_file(row) for row in rows]
    for file, finish in analyze.start_batch(
        files, root=source.root, exiftool=tools.exiftool(), policy=policy
    ):
        yield Result(row=by_path[file.path], analysis=_analysis(file, finish))


def _analysis(file: SourceFile, finish: Callable[[], analyze.Analysis]) -> analyze.Analysis:
    """Analyse one file; an unforeseen error costs that file alone, and is stored with it."""
    try:
        return finish()
    except Exception as error:
        logger.exception("failed file=%r", file.path)
        return analyze.failed(file, code="internal_error", text=f"unforeseen error: {error!r}"[:300])


def _source_file(row: JobFile) -> SourceFile:
    file = row.file
    return SourceFile(
        path=file.path,
        size_bytes=file.size_bytes,
        mtime_ns=file.mtime_ns or 0,
        device=file.device or 0,
        inode=file.inode or 0,
    )


STAGES: dict[str, Callable[..., None]] = {
    Job.Stage.SCAN: import_scan.run,
    Job.Stage.FILES: _read_files,
    Job.Stage.FINISH: import_finish.run,
}
