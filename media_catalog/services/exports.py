"""Exporting: verified copies of all files that are decided, named by their dates."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db import transaction

from media_catalog.models import Archive, Export, Job, MediaFile
from media_catalog.models.fields import path_key
from media_catalog.pipeline.exiftool import ExifToolError
from media_catalog.services import (
    archives,
    export_files,
    export_finish,
    export_gate,
    export_plan,
    faults,
    jobs,
    leases,
    reconciler,
    sources,
)
from media_catalog.services.decision_log import Actor
from media_catalog.services.export_names import Namer
from media_catalog.services.selections import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an export would do with one file.

    `destination` is relative to the archive; `number` is 0 unless the plain name is taken by another file.
    """

    file: MediaFile
    destination: str
    number: int
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an export takes; `is_forced`: what is undecided as well.

    `selection` narrows it to some files, `retry_of` to what failed in an earlier export.
    """

    is_forced: bool = False
    selection: Selection | None = None
    retry_of: Job | None = None

    def options(self) -> dict[str, Any]:
        """Return what a job has to know of it."""
        options: dict[str, Any] = {"is_forced": self.is_forced}
        if self.selection:
            options[export_plan.SELECTION] = self.selection.as_json()
        if self.retry_of:
            options[export_plan.RETRY_OF] = self.retry_of.pk
        return options


def start(*, archive_root: bytes, is_forced: bool, created_at: datetime) -> Job:
    """Queue an export that brings an archive up to date; its folder is made if need be.

    :param is_forced: export what is undecided as well.
    :raises ArchiveRefused: :raises DecisionsOpen: :raises AlreadyRunning: as `start_scope` does.
    """
    return start_scope(archive_root, scope=Scope(is_forced=is_forced), actor=None, created_at=created_at)


def start_scope(archive_root: bytes, *, scope: Scope, actor: Actor, created_at: datetime) -> Job:
    """Queue an export of a part of the library, in the name of a person.

    :raises ArchiveRefused: when the folder cannot be an archive, or its disk cannot take the copies.
    :raises DecisionsOpen: when something is undecided and `is_forced` is not given.
    :raises AlreadyRunning: when an export is under way.
    """
    root = archives.canonical(archive_root)
    export_gate.check(root, is_forced=scope.is_forced, selection=scope.selection)
    options = {**scope.options(), "archive": sources.shown(root)}
    kind = Job.Kind.EXPORT
    with transaction.atomic():
        job = jobs.create(kind=kind, source=None, options=options, created_at=created_at, created_by=actor)
        archive = archives.register(root, created_at=created_at)
        Export.objects.create(job=job, archive=archive, is_forced=scope.is_forced)
    return job


def retry(job: Job, *, created_at: datetime) -> Job:
    """Queue an export of only those files that failed in an earlier one, to the same archive.

    :raises ArchiveRefused: :raises DecisionsOpen: :raises AlreadyRunning: as `start_scope` does.
    """
    export = job.export
    scope = Scope(is_forced=export.is_forced, selection=export_plan.selected(job), retry_of=job)
    return start_scope(export.archive.root, scope=scope, actor=job.created_by, created_at=created_at)


def broken_off(*, archive_root: bytes, at: datetime) -> Job | None:
    """Return the unfinished export of an archive whose workers have all died, to go on with."""
    root_key = path_key(archives.canonical(archive_root))
    job = Job.objects.unfinished().filter(kind=Job.Kind.EXPORT, export__archive__root_key=root_key).first()
    if job is None or job.state == Job.State.PAUSED or reconciler.living_workers(at=at):
        return None
    return job


def preview(*, archive_root: bytes, is_forced: bool) -> Iterator[Preview]:
    """Stream what an export would write now, without writing anything.

    :raises ArchiveRefused: :raises DecisionsOpen: at once, as `start` does.
    """
    root = archives.canonical(archive_root)
    export_gate.check(root, is_forced=is_forced)
    return chain.from_iterable(previews(root, Scope(is_forced=is_forced)))


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch of an export; an archive that cannot be written any more halts the job.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    try:
        archives.require_present(claim.batch.job.export.archive)
        with leases.kept(claim, clock=clock):
            STAGES[claim.batch.stage](claim, clock=clock)
    except (archives.ArchiveLost, ExifToolError, faults.Lost) as error:
        jobs.halt(claim.batch.job_id, reason=str(error), at=clock())
        jobs.give_back(claim, at=clock())
    else:
        jobs.finish_batch(claim, at=clock())


def previews(root: bytes, scope: Scope) -> Iterator[list[Preview]]:
    """Stream the same slice by slice, for a canonical path, whether or not the export could start."""
    archive = Archive.objects.filter(root_key=path_key(root)).first()
    namer = Namer(root, archive.pk if archive else None)
    for steps in export_plan.slices(archive, is_forced=scope.is_forced, selection=scope.selection):
        wanted = [step for step in steps if not step.is_known]
        namer.learn({step.stem_key: step.place for step in wanted if not step.keeps_place})
        yield [_preview(step, namer) for step in wanted]


def _preview(step: export_plan.Step, namer: Namer) -> Preview:
    destination, number = _destination(step, namer)
    return Preview(file=step.file, destination=destination, number=number, is_first=step.is_first)


def _destination(step: export_plan.Step, namer: Namer) -> tuple[str, int]:
    if step.row and step.keeps_place:
        return step.row.destination, step.row.number
    return namer.next(step.place, stem_key=step.stem_key)


STAGES: dict[str, Callable[..., None]] = {
    Job.Stage.SCAN: export_plan.run,
    Job.Stage.FILES: export_files.run,
    Job.Stage.FINISH: export_finish.run,
}
