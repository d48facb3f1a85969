"""Clearing up after an export: working files, finished records and, if somebody insists, originals.

Originals go only where their copy was read again in this very run, one by one, and each is noted before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Sum
from django.utils.translation import gettext as _

from media_catalog.models import Export, Job, LibraryCount, Source
from media_catalog.services import (
    archives,
    faults,
    finalizing_files,
    finalizing_finish,
    jobs,
    leases,
    preferences,
    sources,
)
from media_catalog.services.decision_log import Actor
from media_catalog.services.job_control import Action
from media_catalog.services.preferences import Name

DANGER = (Job.Kind.EXPORT, Job.Kind.IMPORT)
UPLOADS = "uploads"
GOING_ON = (Action.RESUME, Action.CONTINUE, Action.RETRY_FAILED)


class Refused(Exception):
    """This cannot be cleared up now; the message says why."""


class Busy(jobs.AlreadyRunning):
    """Other work has to end first; the message is for a person."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        text = _("Job %(job)s is not finished: wait for it, or cancel it, before you clear up.")
        self.args = (text % {"job": job.pk},)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants to be cleared up.

    `sources` are those whose originals are to be deleted, `phrase` what the person typed to say so.
    """

    is_cleaning: bool = True
    is_clearing: bool = False
    sources: tuple[int, ...] = ()
    phrase: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removable:
    """A source whose originals the browser may delete, and how many of them are in an archive."""

    source: Source
    number: int


def phrase() -> str:
    """Return what has to be typed before originals are deleted."""
    return _("delete originals")


def removable() -> list[Removable]:
    """Return the sources whose originals may be deleted, with the number of files that may be meant."""
    rows = LibraryCount.objects.filter(facet="fate", value__in=finalizing_files.FATES)
    numbers = dict(rows.values_list("source").annotate(Sum("number")).order_by())
    sources_known = Source.objects.filter(pk__in=[pk for pk, number in numbers.items() if number])
    return [
        Removable(source=source, number=numbers[source.pk])
        for source in sources_known.order_by("pk")
        if _is_allowed(source)
    ]


def is_kept_from(user: User | AnonymousUser, job_id: int, action: Action) -> bool:
    """Tell whether somebody may not let a job go on, since it deletes originals, which is up to staff."""
    if action not in GOING_ON or user.is_staff:
        return False
    options = Job.objects.filter(pk=job_id, kind=Job.Kind.FINALIZE).values_list("options", flat=True).first()
    return bool(options and options["sources"])


def start(export: Export, wish: Wish, *, actor: Actor, at: datetime) -> Job:
    """Queue the clearing up after an export.

    :raises Refused: when nothing is chosen, the phrase is not typed, or a source may not be deleted from.
    :raises Busy: when files are being imported or exported, or something is being cleared up.
    :raises ArchiveRefused: when the archive is not there.
    """
    _check(export, wish)
    if running := Job.objects.unfinished().filter(kind__in=DANGER).first():
        raise Busy(running)
    archives.find(export.archive.root)
    options = {
        "archive": export.archive.root_text,
        "archive_id": export.archive_id,
        "export": export.job_id,
        "is_cleaning": wish.is_cleaning,
        "is_clearing": wish.is_clearing,
        "sources": list(wish.sources),
    }
    try:
        return jobs.create(
            kind=Job.Kind.FINALIZE, source=None, options=options, created_at=at, created_by=actor
        )
    except jobs.AlreadyRunning as running_one:
        raise Busy(running_one.job) from running_one


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch; broken off, it goes on where it was.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    try:
        with leases.kept(claim, clock=clock):
            STAGES[claim.batch.stage](claim, clock=clock)
    except (archives.ArchiveLost, faults.Lost) as error:
        jobs.halt(claim.batch.job_id, reason=str(error), at=clock())
        jobs.give_back(claim, at=clock())
    else:
        jobs.finish_batch(claim, at=clock())


def _check(export: Export, wish: Wish) -> None:
    if export.job.state != Job.State.COMPLETED:
        raise Refused(_("This export has not been completed. Clear up when it has."))
    if not (wish.is_cleaning or wish.is_clearing or wish.sources):
        raise Refused(_("Choose what is to be cleared up."))
    if wish.phrase and not wish.sources:
        raise Refused(_("Choose whose originals are to be deleted, or leave the last field empty."))
    if not wish.sources:
        return
    finalizing_files.require_allowed(Refused)
    if " ".join(wish.phrase.split()).casefold() != phrase().casefold():
        raise Refused(
            _("Nothing was deleted. To delete originals, type “%(phrase)s”.") % {"phrase": phrase()}
        )
    if not set(wish.sources) <= {one.source.pk for one in removable()}:
        raise Refused(_("Originals of this source cannot be deleted from the browser."))


def _is_allowed(source: Source) -> bool:
    """Tell whether a source lies where the browser may import from: what was uploaded, and allowed roots."""
    roots = [Path(settings.DATA_DIR) / UPLOADS, *map(Path, preferences.value(Name.IMPORT_ROOTS))]
    return any(sources.is_within(source.root, sources.canonical(root)) for root in roots)


STAGES: Mapping[str, Callable[..., Any]] = {
    Job.Stage.SCAN: finalizing_files.find,
    Job.Stage.FILES: finalizing_files.run,
    Job.Stage.FINISH: finalizing_finish.run,
}
