"""Importing a source: scan, read every new file, and bring groups and counts up to date."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from media_catalog.models import Fate, Job, JobFile, Source
from media_catalog.pipeline import analyze
from media_catalog.pipeline.decoder_process import DecoderUnavailable
from media_catalog.pipeline.exiftool import ExifToolError
from media_catalog.pipeline.scan import SourceFile
from media_catalog.services import (
    camera_clocks,
    faults,
    import_finish,
    import_results,
    import_retry,
    import_scan,
    jobs,
    leases,
    risks,
    settling,
    tools,
)
from media_catalog.services.decision_log import Actor
from media_catalog.services.import_results import Result
from media_catalog.services.selections import Selection

logger = logging.getLogger(__name__)

CHUNK = 50  # results written at once: what a write costs hardly depends on their number
PATIENCE = timedelta(seconds=1.5)  # but so long alone are they kept: progress moves, and a pause is seen


def start(
    source: Source,
    *,
    tags: Sequence[str] = (),
    is_recursive: bool = True,
    settle_s: float = 0,
    created_at: datetime,
) -> Job:
    """Queue an import of a source.

    :param settle_s: leave alone files that change within as many seconds; 0 to take all as they are.
    :raises AlreadyRunning: when this source is being imported already.
    """
    options = {"tags": list(tags), "is_recursive": is_recursive, settling.OPTION: settle_s}
    return jobs.create(kind=Job.Kind.IMPORT, source=source, options=options, created_at=created_at)


def retry(job: Job, *, created_at: datetime) -> Job:
    """Queue an import of only those files that failed in an earlier one.

    :raises AlreadyRunning: when the source is being imported already.
    """
    options = {**job.options, import_retry.OPTION: job.pk, faults.OPTION: False}
    return jobs.create(kind=Job.Kind.IMPORT, source=job.source, options=options, created_at=created_at)


def retry_reason(source: Source, *, fate: Fate, code: str, created_at: datetime) -> Job:
    """Queue an import of only those files of a source that failed, or were left out, for one reason.

    :raises AlreadyRunning: when the source is being imported already.
    """
    last = Job.objects.filter(kind=Job.Kind.IMPORT, source=source).order_by("-pk").first()
    reason = {"fate": fate.value, "reason_code": code}
    options = {**(last.options if last else {}), import_retry.OPTION: None, import_retry.REASON: reason}
    options[faults.OPTION] = False
    return jobs.create(kind=Job.Kind.IMPORT, source=source, options=options, created_at=created_at)


def reread(selection: Selection, source: Source, *, last: int, actor: Actor, created_at: datetime) -> Job:
    """Queue an import of only those files of a source that are selected, up to the `last` of all files.

    :raises AlreadyRunning: when the source is being imported already.
    """
    chosen = {**selection.as_json(), "last": last}
    options = {import_retry.OPTION: None, import_retry.CHOSEN: chosen, faults.OPTION: False}
    return jobs.create(
        kind=Job.Kind.IMPORT, source=source, options=options, created_at=created_at, created_by=actor
    )


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch of an import.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    stages = RETRY_STAGES if import_retry.OPTION in claim.batch.job.options else STAGES
    try:
        with leases.kept(claim, clock=clock):
            stages[claim.batch.stage](claim, clock=clock)
    except faults.Lost as lost:
        jobs.halt(claim.batch.job_id, reason=str(lost), at=clock())
        jobs.give_back(claim, at=clock())
    else:
        jobs.finish_batch(claim, at=clock())


def _search(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    import_scan.run(claim, clock=clock)
    if reason := faults.reason_to_halt_after_search(claim.batch.job_id):
        jobs.halt(claim.batch.job_id, reason=reason, at=clock())


def _read_files(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    rows = JobFile.objects.filter(batch=claim.batch, outcome=JobFile.Outcome.PENDING)
    # What was in hand when a worker died comes last: should it have been the reason, the others are done.
    pending = list(rows.select_related("file").order_by("attempts", "pk"))
    jobs.stop_if_asked(claim, at=clock())
    if claim.batch.attempts == 1:
        _read(claim, pending, clock=clock)
        return
    for row in pending:
        if risks.take_in_hand(claim, row):
            import_results.quarantine(claim, row, at=clock())
        else:
            _read_alone(claim, row, clock=clock)


def _read_alone(claim: jobs.Claim, row: JobFile, *, clock: Callable[[], datetime]) -> None:
    try:
        _read(claim, [row], clock=clock)
    except faults.Lost:
        risks.forgive(row.pk)
        raise


def _read(claim: jobs.Claim, rows: Sequence[JobFile], *, clock: Callable[[], datetime]) -> None:
    has_faults = False
    for chunk in _chunks(_results(claim, rows, at=clock()), clock=clock):
        import_results.store(claim, chunk, at=clock())
        has_faults |= any(one.analysis.reason_code in faults.CODES for one in chunk)
        if has_faults and (reason := faults.reason_to_halt(claim.batch.job_id)):
            jobs.halt(claim.batch.job_id, reason=reason, at=clock())
        jobs.stop_if_asked(claim, at=clock())


def _chunks(results: Iterable[Result], *, clock: Callable[[], datetime]) -> Iterator[list[Result]]:
    """Cut results into what is stored at once; those before a fault that ends the work are not lost."""
    chunk: list[Result] = []
    since = clock()
    try:
        for result in results:
            chunk.append(result)
            if len(chunk) == CHUNK or clock() - since > PATIENCE:
                yield chunk
                chunk, since = [], clock()
    except faults.Lost:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def _results(claim: jobs.Claim, rows: Sequence[JobFile], *, at: datetime) -> Iterator[Result]:
    source = faults.require_source(claim.batch.job.source)
    by_path = {row.file.path: row for row in rows}
    policy = tools.analysis_policy(source, clocks=camera_clocks.load(), at=at)
    files = [_source_file(row) for row in rows]
    for file, finish in analyze.start_batch(
        files, root=source.root, exiftool=tools.exiftool(), decoder=tools.decoder(), policy=policy
    ):
        analysis = _analysis(file, finish)
        if analysis.reason_code in faults.CODES:
            faults.require_source(source)
        yield Result(row=by_path[file.path], analysis=analysis)


def _analysis(file: SourceFile, finish: Callable[[], analyze.Analysis]) -> analyze.Analysis:
    """Analyse one file; an unforeseen error costs that file alone, and is stored with it.

    :raises Lost: when no other file would fare better.
    """
    try:
        return finish()
    except (ExifToolError, DecoderUnavailable) as error:
        raise faults.Lost(f"{error}. {faults.ADVICE}.") from error
    except OSError as error:
        faults.require_data_folder(error)
        return analyze.failed(file, code="unreadable_io", text=f"cannot be read: {error.strerror or error}")
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
    Job.Stage.SCAN: _search,
    Job.Stage.FILES: _read_files,
    Job.Stage.FINISH: import_finish.run,
}
RETRY_STAGES = STAGES | {Job.Stage.SCAN: import_retry.search, Job.Stage.FINISH: import_retry.finish}
