"""What is being worked on, how far it is, and what waits for a person to say how it goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import Job, JobFailure, JobFile
from media_catalog.services import jobs, progress, reconciler
from media_catalog.services.job_control import Action
from media_catalog.services.progress import Progress

# Of the screen reader's announcements, so that it does not speak every two seconds.
ANNOUNCED_PERCENT = 10
MOST_HALTED = 5
PAGE_SIZE = 50

TITLES = {
    Job.Kind.IMPORT: gettext_lazy("Import of “%(of)s”"),
    Job.Kind.EXPORT: gettext_lazy("Export to %(of)s"),
    Job.Kind.BACKFILL: gettext_lazy("Reading of metadata"),
    Job.Kind.REDATE: gettext_lazy("Change of dates"),
    Job.Kind.GROUP: gettext_lazy("Search for copies"),
    Job.Kind.DECIDE: gettext_lazy("Decision about many files"),
    Job.Kind.PLAN: gettext_lazy("Plan of an export to %(of)s"),
    Job.Kind.FINALIZE: gettext_lazy("Clearing up after an export to %(of)s"),
}
ACTIONS = {
    Action.PAUSE: gettext_lazy("Pause"),
    Action.RESUME: gettext_lazy("Resume"),
    Action.CONTINUE: gettext_lazy("Continue anyway"),
    Action.RETRY_FAILED: gettext_lazy("Retry what failed"),
    Action.CANCEL: gettext_lazy("Cancel"),
}
COUNTS = (
    (JobFile.Outcome.DONE, gettext_lazy("done")),
    (JobFile.Outcome.FAILED, gettext_lazy("failed")),
    (JobFile.Outcome.SKIPPED, gettext_lazy("skipped")),
    (JobFile.Outcome.UNCHANGED, gettext_lazy("known already")),
)


SUMS = {
    "identical_copies": gettext_lazy("identical copies"),
    "damaged": gettext_lazy("damaged"),
    "open": gettext_lazy("need a decision"),
    "already_there": gettext_lazy("already in the archive"),
    "groups": gettext_lazy("groups of copies"),
    "changed": gettext_lazy("files with another date"),
    "decided": gettext_lazy("files changed"),
    "deleted": gettext_lazy("originals deleted"),
    "kept": gettext_lazy("originals kept"),
    "cleaned": gettext_lazy("working files removed"),
    "cleared": gettext_lazy("records cleared"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something that can be done with a job now."""

    action: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A job as the pages show it; `shape` is the same as long as nothing but numbers changes."""

    at: Progress
    title: str
    state: str
    is_working: bool
    announced_percent: int | None
    buttons: Sequence[Button]
    ago_s: float | None
    retry_of: int | None

    @property
    def sums(self) -> list[tuple[str, int]]:
        """What the whole came to, by name."""
        summary = self.at.summary
        return [(str(label), summary[name]) for name, label in SUMS.items() if name in summary]

    @property
    def shape(self) -> str:
        return ".".join([str(self.at.job), self.at.state, *self.at.possible])

    @property
    def announcement(self) -> str:
        if not self.is_working or self.announced_percent is None:
            return f"{self.title}: {self.at.now.label if self.is_working and self.at.now else self.state}"
        return _("%(title)s: %(percent)d %% done") % {"title": self.title, "percent": self.announced_percent}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All unfinished jobs, those that were halted and not made good since, and the one that ended last."""

    running: Sequence[Shown]
    halted: Sequence[Shown]
    last: Shown | None
    lacks_workers: bool

    @property
    def shape(self) -> str:
        """What a page must be drawn anew for: jobs that come and go, and what can be done with them."""
        every = [*self.running, *self.halted, *([self.last] if self.last else [])]
        return "_".join([*(one.shape for one in every), str(int(self.lacks_workers))])

    @property
    def announcements(self) -> Iterator[str]:
        """What a screen reader says of all jobs; numbers that change faster than it speaks are left out."""
        for one in self.running or ([self.last] if self.last else []):
            yield one.announcement


def work(*, at: datetime) -> Work:
    """Return what is being worked on."""
    running = [shown(job, at=at) for job in every().unfinished().order_by("pk")]
    lacks_workers = bool(running) and reconciler.is_waiting(at=at) and not reconciler.living_workers(at=at)
    ended = every().exclude(finished_at=None).order_by("-finished_at").first()
    halted = [shown(job, at=at) for job in _halted() if ended is None or job.pk != ended.pk]
    last = shown(ended, at=at) if ended else None
    return Work(running=running, halted=halted, last=last, lacks_workers=lacks_workers)


def every() -> Any:
    """Return all jobs with what their progress is told from."""
    return Job.objects.select_related("source", "export__archive")


def _halted() -> Iterator[Job]:
    halted = every().filter(state=Job.State.HALTED).exclude(finished_at=None)
    for job in halted.order_by("-pk")[:MOST_HALTED]:
        later = Job.objects.filter(kind=job.kind, source=job.source, pk__gt=job.pk)
        if not later.filter(state=Job.State.COMPLETED).exists():
            yield job


def shown(job: Job, *, at: datetime, tells_failures: bool = False, is_brief: bool = False) -> Shown:
    """Return a job as the pages show it."""
    found = progress.of_job(job, at=at, tells_failures=tells_failures, is_brief=is_brief)
    percent = found.percent
    return Shown(
        at=found,
        title=str(TITLES[Job.Kind(job.kind)]) % {"of": found.of},
        state=str(job.get_state_display()),
        is_working=job.state in jobs.ACTIVE,
        announced_percent=None if percent is None else percent // ANNOUNCED_PERCENT * ANNOUNCED_PERCENT,
        buttons=[
            Button(action=action, label=str(label))
            for action, label in ACTIONS.items()
            if action in found.possible
        ],
        ago_s=(at - job.finished_at).total_seconds() if job.finished_at else None,
        retry_of=job.options.get("retry_of"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list; `after` is where the next one begins, `None` on the last."""

    rows: Sequence[Any]
    after: int | None


def page(rows: QuerySet[Any], *, size: int = PAGE_SIZE) -> Page:
    """Return the first rows of a list that is ordered by their key."""
    found = list(rows[: size + 1])
    return Page(rows=found[:size], after=found[size - 1].pk if len(found) > size else None)


def history(*, before: int | None, at: datetime) -> Page:
    """Return jobs, the latest first."""
    found = every().order_by("-pk")
    part = page(found.filter(pk__lt=before) if before else found)
    return Page(rows=[shown(job, at=at, is_brief=True) for job in part.rows], after=part.after)


def failures(job_id: int, *, after: int) -> Page:
    """Return what failed in a job, in the order in which it did."""
    rows = JobFailure.objects.filter(job=job_id, pk__gt=after).select_related("file")
    return page(rows.order_by("pk"))


def files(job_id: int, *, outcome: str, after: int) -> Page:
    """Return the files of which this came in a job."""
    rows = JobFile.objects.filter(job=job_id, outcome=outcome, pk__gt=after)
    return page(rows.select_related("file__source").order_by("pk"))
