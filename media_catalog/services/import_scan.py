"""First stage of an import: every entry below the source becomes a row, and what is new becomes work."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import pairwise
from operator import attrgetter

from django.conf import settings
from django.db import transaction
from django.db.models import F

from media_catalog.models import Job, JobBatch, JobFailure, JobFile, MediaFile, Source, State
from media_catalog.models.fields import path_key
from media_catalog.pipeline import analysis
from media_catalog.pipeline.display import display_text
from media_catalog.pipeline.scan import RefusedEntry, SourceFile, UnreadableRoot, scan
from media_catalog.services import bulk, counts, faults, jobs, proposed, settling, sources, tools

SLICE = 500
LEAST = 10  # files of the smallest batch that is cut on purpose
Entry = SourceFile | RefusedEntry
COLUMNS = tuple(field.attname for field in MediaFile._meta.concrete_fields if not field.primary_key)
JOB_FILE_COLUMNS = tuple(field.attname for field in JobFile._meta.concrete_fields if not field.primary_key)
# Failures that may be gone the next time without the file having changed.
PASSING = (*faults.CODES, "changed_while_reading", "internal_error", analysis.UNTOLD)
CHANGED = JobFile.Change.CHANGED
CUT_SHORT = (Job.State.CANCELLED, Job.State.HALTED, Job.State.FAILED)


@dataclass(slots=True, kw_only=True)
class _Slice:
    """What one slice of entries comes to; `adopted` are rows of jobs that were cut short."""

    created: list[MediaFile] = field(default_factory=list)
    changed: list[MediaFile] = field(default_factory=list)
    known: list[MediaFile] = field(default_factory=list)
    adopted: list[JobFile] = field(default_factory=list)


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Walk the source of an import job, and add batches for the files that have to be read.

    :raises Lost: when the folder is not there.
    """
    source, options = faults.require_source(claim.batch.job.source), claim.batch.job.options
    entries = scan(
        source.root,
        is_recursive=options.get("is_recursive", True),
        excluded=sources.excluded_below(source.root),
    )
    folders, last = 0, b""
    if settle_s := options.get(settling.OPTION):
        rest = partial(_see_whether_to_stop, claim, clock)
        entries = settling.settled(entries, root=source.root, settle_s=settle_s, rest=rest)
    try:
        for part in tools.slices(entries, SLICE):
            store(claim, source, part, at=clock())
            in_order = [last, *(os.path.dirname(entry.path) for entry in part)]  # noqa: PTH120  bytes
            folders += sum(one != other for one, other in pairwise(in_order))
            last = in_order[-1]
            Job.objects.filter(pk=claim.batch.job_id).update(folders_count=folders + 1)
    except UnreadableRoot as error:
        raise faults.Lost(
            f"{source.root_text} cannot be read ({error}): is its disk connected? {faults.ADVICE}."
        ) from error
    faults.require_source(source)


def _see_whether_to_stop(claim: jobs.Claim, clock: Callable[[], datetime]) -> None:
    jobs.stop_if_asked(claim, at=clock())


@transaction.atomic
def store(
    claim: jobs.Claim,
    source: Source,
    entries: Sequence[Entry],
    *,
    at: datetime,
    knows_unchanged: bool = True,
) -> None:
    """Turn entries into rows, and what has to be read into batches.

    :param knows_unchanged: leave alone what is as it was when it was read.
    """
    jobs.renew(claim, at=at)
    by_key = {path_key(entry.path): entry for entry in entries}
    present = {file.path_key: file for file in MediaFile.objects.filter(source=source, path_key__in=by_key)}
    seen = set(
        JobFile.objects.filter(job=claim.batch.job, file__in=present.values()).values_list("file", flat=True)
    )
    part = _Slice()
    for key, entry in by_key.items():
        file = present.get(key)
        if settling.is_growing(entry):
            part.known.extend([file] if file is not None and file.pk not in seen else [])
        elif file is None:
            part.created.append(_new_file(entry, source=source, at=at))
        elif file.pk not in seen:
            _sort(part, entry, file, knows_unchanged=knows_unchanged)
    _adopt(claim.batch.job, part)
    _create(source, part.created)
    counts.added([file.pk for file in part.created])
    with counts.tracking([file.pk for file in part.changed]):
        for file in part.changed:
            file.save()
    proposed.note(source, [*part.created, *present.values()], at=at)
    _plan(claim, part, is_end=len(entries) < SLICE, at=at)


def _create(source: Source, files: Sequence[MediaFile]) -> None:
    bulk.insert(MediaFile, COLUMNS, map(attrgetter(*COLUMNS), files))
    keys = MediaFile.objects.filter(source=source, path_key__in=[file.path_key for file in files])
    ids = dict(keys.values_list("path_key", "pk"))
    for file in files:
        file.pk = ids[file.path_key]


def _new_file(entry: Entry, *, source: Source, at: datetime) -> MediaFile:
    file = MediaFile(source=source, path_bytes=entry.path, path_key=path_key(entry.path), discovered_at=at)
    file.path_text = display_text(entry.path)
    folder, _, name = entry.path.rpartition(b"/")
    file.name, file.folder_key = display_text(name)[:255], path_key(folder)
    _describe(file, entry)
    return file


def _sort(part: _Slice, entry: Entry, file: MediaFile, *, knows_unchanged: bool) -> None:
    if knows_unchanged and is_unchanged(file, entry):
        part.known.append(file)
    else:
        _describe(file, entry)
        part.changed.append(file)


def _adopt(job: Job, part: _Slice) -> None:
    """Take over what jobs read that were cut short: nobody has looked yet how it goes with other files."""
    rows = JobFile.objects.filter(job__in=_cut_short(job), file__in=part.known)
    rows = rows.filter(change__in=[JobFile.Change.NEW, JobFile.Change.CHANGED])
    of_file = {row.file_id: row for row in rows.exclude(outcome=JobFile.Outcome.PENDING).order_by("pk")}
    part.adopted = [
        JobFile(job=job, file_id=row.file_id, change=row.change, outcome=row.outcome)
        for row in of_file.values()
    ]
    part.known = [file for file in part.known if file.pk not in of_file]


def _cut_short(job: Job) -> Collection[int]:
    """Imports of the source that have not been finished, neither by themselves nor by a later one."""
    others = Job.objects.filter(kind=job.kind, source=job.source, pk__lt=job.pk)
    finished = others.filter(state=Job.State.COMPLETED).order_by("-pk").values_list("pk", flat=True).first()
    later = others.filter(pk__gt=finished or 0, state__in=CUT_SHORT)
    return list(later.values_list("pk", flat=True))


def _describe(file: MediaFile, entry: Entry) -> None:
    file.size_bytes, file.mtime_ns = entry.size_bytes or 0, entry.mtime_ns
    if isinstance(entry, SourceFile):
        file.device, file.inode = entry.device, entry.inode
        file.state, file.reason_code, file.reason_text = State.DISCOVERED, "", ""
    else:
        file.state = State.FAILED if entry.is_failure else State.SKIPPED
        file.reason_code, file.reason_text = entry.code, entry.text


def is_unchanged(file: MediaFile, entry: Entry) -> bool:
    """Tell whether an entry needs no reading, because it is as it was when it was read."""
    if isinstance(entry, RefusedEntry):
        return file.reason_code == entry.code and file.state != State.MISSING
    is_same = (file.size_bytes, file.mtime_ns) == (entry.size_bytes, entry.mtime_ns)
    is_settled = file.state in (State.ANALYSED, State.SKIPPED, State.QUARANTINED, State.FAILED)
    was_refused = file.device is None
    return is_same and is_settled and not was_refused and file.reason_code not in PASSING


def _batches(rows: Sequence[JobFile], *, is_end: bool) -> Iterator[Sequence[JobFile]]:
    """Cut rows into batches, smaller ones towards the end, so that no worker waits long for the last."""
    size, start = settings.MEDIAPARSER_BATCH_SIZE, 0
    while start < len(rows):
        left = len(rows) - start
        number = min(size, max(left // 4, LEAST)) if is_end else size
        yield rows[start : start + number]
        start += number


def _plan(claim: jobs.Claim, part: _Slice, *, is_end: bool, at: datetime) -> None:
    """Note what the job saw, and cut what has to be read into batches."""
    job = claim.batch.job
    new = [_job_file(job, file, JobFile.Change.NEW) for file in part.created]
    changed = [_job_file(job, file, JobFile.Change.CHANGED) for file in part.changed]
    known = [
        JobFile(job=job, file=file, change=JobFile.Change.KNOWN, outcome=JobFile.Outcome.UNCHANGED)
        for file in part.known
    ]
    pending = [row for row in new + changed if row.outcome == JobFile.Outcome.PENDING]
    for rows in _batches(pending, is_end=is_end):
        batch = jobs.add_batch(job, stage=Job.Stage.FILES, at=at)
        _assign(rows, batch)
    rows = [*new, *changed, *part.adopted, *known]
    bulk.insert(JobFile, JOB_FILE_COLUMNS, map(attrgetter(*JOB_FILE_COLUMNS), rows))
    _note_failures(job, new + changed + part.adopted, at=at)
    outcomes = [row.outcome for row in new + changed + part.adopted]
    Job.objects.filter(pk=job.pk).update(
        stage=Job.Stage.FILES,
        total_count=F("total_count") + len(outcomes),
        done_count=F("done_count") + outcomes.count(JobFile.Outcome.DONE),
        skipped_count=F("skipped_count") + outcomes.count(JobFile.Outcome.SKIPPED),
        failed_count=F("failed_count") + outcomes.count(JobFile.Outcome.FAILED),
        known_count=F("known_count") + len(known),
        changed_count=F("changed_count") + sum(row.change == CHANGED for row in changed + part.adopted),
        # What needs no reading tells nothing about the pace of it.
        paced_count=F("paced_count") + len(outcomes) - outcomes.count(JobFile.Outcome.PENDING),
    )


def _job_file(job: Job, file: MediaFile, change: str) -> JobFile:
    outcome = {
        State.DISCOVERED: JobFile.Outcome.PENDING,
        State.FAILED: JobFile.Outcome.FAILED,
        State.SKIPPED: JobFile.Outcome.SKIPPED,
    }[State(file.state)]
    return JobFile(job=job, file=file, change=change, outcome=outcome)


def _assign(rows: Sequence[JobFile], batch: JobBatch) -> None:
    for row in rows:
        row.batch = batch


def _note_failures(job: Job, rows: Sequence[JobFile], *, at: datetime) -> None:
    JobFailure.objects.bulk_create(
        JobFailure(
            job=job, file=row.file, code=row.file.reason_code, message=row.file.reason_text, created_at=at
        )
        for row in rows
        if row.outcome == JobFile.Outcome.FAILED
    )
