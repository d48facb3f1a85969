"""First stage of an export: which files get a copy, and under which name."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from media_catalog.models import (
    Archive,
    DuplicateGroup,
    DuplicateMember,
    Export,
    ExportedFile,
    Job,
    JobFile,
    MediaFile,
    MediaFileQuerySet,
    Source,
)
from media_catalog.pipeline.archive_names import Destination
from media_catalog.services import counts, export_targets, jobs
from media_catalog.services.export_names import Namer
from media_catalog.services.selections import Selection

SLICE = 500
BATCH_BYTES = 2_000_000_000
IDENTICAL = DuplicateGroup.Kind.IDENTICAL
PLANNED, VERIFIED = ExportedFile.State.PLANNED, ExportedFile.State.VERIFIED
UNFINISHED = (PLANNED, ExportedFile.State.FAILED)
SELECTION = "selection"  # option of a job: what it is narrowed to
RETRY_OF = "retry_of"  # option of a job: the one whose failed files it takes, and no others


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What an export does about one file."""

    file: MediaFile
    place: Destination
    stem_key: str
    is_first: bool  # it has no copy yet
    row: ExportedFile | None  # the copy or reservation that is used again
    is_known: bool  # the copy that is there is the right one: nothing to do
    is_lost: bool  # there should be a copy in its place, but it has gone
    keeps_place: bool  # the place of `row` is still the right one


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Reserve a place for every file that needs a copy, and add the batches that write them."""
    job, export = claim.batch.job, claim.batch.job.export
    known = 0
    for steps in slices(export.archive, is_forced=export.is_forced, selection=selected(job)):
        files = [step.file for step in steps]
        seen = set(JobFile.objects.filter(job=job, file__in=files).values_list("file_id", flat=True))
        wanted = _wanted(job, files)
        fresh = [step for step in steps if step.file.pk in wanted - seen]
        known += sum(step.is_known for step in fresh)
        for part in _batches(step for step in fresh if not step.is_known):
            _reserve(claim, part, at=clock())
        jobs.renew(claim, at=clock())
    Job.objects.filter(pk=job.pk).update(stage=Job.Stage.FILES, known_count=known)


def _wanted(job: Job, files: Sequence[MediaFile]) -> set[int]:
    if RETRY_OF not in job.options:
        return {file.pk for file in files}
    failed = JobFile.objects.filter(job=job.options[RETRY_OF], outcome=JobFile.Outcome.FAILED)
    return set(failed.filter(file__in=files).values_list("file_id", flat=True))


def _batches(steps: Iterable[Step]) -> Iterator[list[Step]]:
    """Cut work into parts that take a worker a minute or so, also where the files are long videos."""
    part: list[Step] = []
    size_bytes = 0
    for step in steps:
        size_bytes += step.file.size_bytes
        if part and (len(part) >= settings.MEDIAPARSER_BATCH_SIZE or size_bytes > BATCH_BYTES):
            yield part
            part, size_bytes = [], step.file.size_bytes
        part.append(step)
    if part:
        yield part


def selected(job: Job) -> Selection | None:
    """Return the files that a job was narrowed to; `None` for all."""
    return Selection.of_json(job.options[SELECTION]) if SELECTION in job.options else None


def slices(
    archive: Archive | None, *, is_forced: bool, selection: Selection | None = None
) -> Iterator[list[Step]]:
    """Decide about all files that an export takes, in the order in which they get their names.

    Of identical files only one is among them. `None`: an archive that does not exist yet.
    """
    for files in _in_order():
        # Asked apart: with it in one query SQLite sorts the whole library for every slice.
        taken = eligible(is_forced=is_forced, selection=selection)
        taken = taken.filter(pk__in=[file.pk for file in files])
        ids = set(taken.values_list("pk", flat=True))
        yield list(_steps([file for file in files if file.pk in ids], archive))


def eligible(*, is_forced: bool, selection: Selection | None = None) -> MediaFileQuerySet:
    """Return the files that an export takes: nothing discarded, and without force nothing undecided.

    Of a selection identical files are taken as well, for one of them stands for all.
    """
    files = MediaFile.objects.exportable()
    if selection:
        files = files.filter(Exists(selection.files().filter(sha256=OuterRef("sha256"))))
    return files if is_forced else files.filter(is_open=False)


def waiting(
    archive: Archive | None, *, is_forced: bool, selection: Selection | None = None
) -> MediaFileQuerySet:
    """Return the files whose bytes are not in an archive yet, identical ones as often as they are there."""
    copies = ExportedFile.objects.filter(archive=archive, state=VERIFIED, source_sha256=OuterRef("sha256"))
    return eligible(is_forced=is_forced, selection=selection).filter(~Exists(copies))


def _in_order() -> Iterator[list[MediaFile]]:
    """Yield dated files by wall clock, preferred source and path; then undated ones, source by source."""
    files = MediaFile.objects.select_related("source")
    yield from _dated(files.filter(captured_local__isnull=False))
    for source in Source.objects.order_by("-keeper_preference", "pk"):
        yield from _by_id(files.filter(source=source, captured_local__isnull=True))


def _dated(files: MediaFileQuerySet) -> Iterator[list[MediaFile]]:
    ordered = files.order_by("captured_local", "-source__keeper_preference", "path_bytes", "pk")
    part = list(ordered[:SLICE])
    while part:
        yield part
        part = list(ordered.filter(_after(part[-1]))[:SLICE])


def _after(last: MediaFile) -> Q:
    same_time = Q(captured_local=last.captured_local)
    same_source = same_time & Q(source__keeper_preference=last.source.keeper_preference)
    return Q(captured_local__gte=last.captured_local) & (
        Q(captured_local__gt=last.captured_local)
        | same_time & Q(source__keeper_preference__lt=last.source.keeper_preference)
        | same_source & Q(path_bytes__gt=last.path_bytes)
        | same_source & Q(path_bytes=last.path_bytes, pk__gt=last.pk)
    )


def _by_id(files: MediaFileQuerySet) -> Iterator[list[MediaFile]]:
    last = 0
    while part := list(files.filter(pk__gt=last).order_by("pk")[:SLICE]):
        yield part
        last = part[-1].pk


def _steps(files: Sequence[MediaFile], archive: Archive | None) -> Iterator[Step]:
    holders = _holders({file.sha256 for file in files}, archive)
    mine = [file for file in files if holders.get(file.sha256) == file.pk]
    rows = rows_of(mine, archive)
    # Whether a copy says the right things is asked only where there is one: all tags have to be read for it.
    wanted = export_targets.wanted([file for file in mine if (file.pk, True) in rows])
    for file in mine:
        verified, unfinished = rows.get((file.pk, True)), rows.get((file.pk, False))
        yield _step(file, verified, unfinished, wanted=wanted.get(file.pk), archive=archive)


def _holders(hashes: set[str], archive: Archive | None) -> dict[str, int]:
    """Choose the file that stands for its bytes: the one whose copy is there, the keeper, or the first."""
    keeper = DuplicateMember.objects.filter(file=OuterRef("pk"), kind=IDENTICAL, is_keeper=True)
    files = MediaFile.objects.exportable().filter(pk__in=export_targets.same_bytes(hashes))
    ordered = files.annotate(is_keeper=Exists(keeper)).order_by("is_keeper", "-pk")
    copies = ExportedFile.objects.filter(state=VERIFIED, source_sha256__in=hashes).order_by("-pk")
    return dict(ordered.values_list("sha256", "pk")) | {
        copy.source_sha256: copy.file_id for copy in copies if _is_in(copy, archive)
    }


def rows_of(files: Sequence[MediaFile], archive: Archive | None) -> dict[tuple[int, bool], ExportedFile]:
    """Return the copies (`True`) and reservations (`False`) of files, by file id."""
    rows = ExportedFile.objects.filter(file__in=files, state__in=[VERIFIED, *UNFINISHED])
    return {
        (row.file_id, row.state == VERIFIED): row
        for row in rows.select_related("archive")
        if _is_in(row, archive)
    }


def _is_in(row: ExportedFile, archive: Archive | None) -> bool:
    """Asked here, because SQLite takes the archive for the best condition of a query: it is the worst."""
    return archive is not None and row.archive_id == archive.pk


def _step(
    file: MediaFile,
    verified: ExportedFile | None,
    unfinished: ExportedFile | None,
    *,
    wanted: export_targets.Wanted | None,
    archive: Archive | None,
) -> Step:
    place = export_targets.place(file)
    stem_key = export_targets.stem_key(place)
    stands = _is_for(verified, file=file, stem_key=stem_key)
    row = verified if stands else unfinished
    has_copy = row is not None and archive is not None and is_there(archive, row)
    return Step(
        file=file,
        place=place,
        stem_key=stem_key,
        is_first=verified is None,
        row=row,
        is_known=stands and has_copy and row is not None and wanted is not None and wanted.is_in(row),
        is_lost=stands and not has_copy,
        keeps_place=stands or _is_usable(unfinished, stem_key=stem_key, has_copy=has_copy),
    )


def _is_for(verified: ExportedFile | None, *, file: MediaFile, stem_key: str) -> bool:
    return verified is not None and (verified.source_sha256, verified.stem_key) == (file.sha256, stem_key)


def _is_usable(unfinished: ExportedFile | None, *, stem_key: str, has_copy: bool) -> bool:
    """A reservation is good for another try, unless it failed and something stands in its place."""
    if unfinished is None or unfinished.stem_key != stem_key:
        return False
    return unfinished.state == ExportedFile.State.PLANNED or not has_copy


def is_there(archive: Archive, row: ExportedFile) -> bool:
    """Tell whether something stands where a row says."""
    return os.path.lexists(os.path.join(archive.root, os.fsencode(row.destination)))  # noqa: PTH118  bytes


@transaction.atomic
def _reserve(claim: jobs.Claim, steps: Sequence[Step], *, at: datetime) -> None:
    """Reserve places for the files of a new batch.

    Where the copy of a file is lost, its row is a reservation again, so that nobody takes it for exported.
    """
    jobs.renew(claim, at=at)
    job, export = claim.batch.job, claim.batch.job.export
    namer = Namer(export.archive.root, export.archive_id)
    lost = [step.file for step in steps if step.is_lost]
    with counts.tracking(export_targets.same_bytes({file.sha256 for file in lost})):
        _drop_reservations(export, steps)
        ExportedFile.objects.filter(archive=export.archive, file__in=lost, state=VERIFIED).update(
            state=PLANNED
        )
    _place(export, steps, namer)
    batch = jobs.add_batch(job, stage=Job.Stage.FILES, at=at)
    new, changed = JobFile.Change.NEW, JobFile.Change.CHANGED
    JobFile.objects.bulk_create(
        JobFile(job=job, file=step.file, batch=batch, change=new if step.is_first else changed)
        for step in steps
    )
    Job.objects.filter(pk=job.pk).update(total_count=F("total_count") + len(steps))


def _drop_reservations(export: Export, steps: Sequence[Step]) -> None:
    """Forget other places that were reserved for files which stay in theirs."""
    staying = [step.file for step in steps if step.row and step.row.state == VERIFIED]
    ExportedFile.objects.filter(archive=export.archive, file__in=staying, state__in=UNFINISHED).delete()


def _place(export: Export, steps: Sequence[Step], namer: Namer) -> None:
    namer.learn({step.stem_key: step.place for step in steps if not step.keeps_place})
    for step in steps:
        if step.row and step.row.state == VERIFIED:
            continue
        row = step.row or ExportedFile(archive=export.archive, file=step.file)
        if not step.keeps_place:
            row.destination, row.number = namer.next(step.place, stem_key=step.stem_key)
            row.destination_key, row.stem_key = export_targets.key(row.destination), step.stem_key
        row.state, row.export, row.reason_text = PLANNED, export, ""
        row.save()
