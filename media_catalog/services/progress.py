"""How far a job is, for page, command and API alike; all but its errors stands in the job's own row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from media_catalog.models import Job, JobFailure
from media_catalog.services import job_control, jobs, pace
from media_catalog.services.steps import Step

FAILURES_SHOWN = 5


class Phase(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"


LABELS = {
    Job.Stage.SCAN: Job.Stage.SCAN.label,
    Job.Stage.FILES: Job.Stage.FILES.label,
    Job.Stage.FINISH: Job.Stage.FINISH.label,
    Step.VANISHED: _("files that have gone"),
    Step.SIDECARS: _("sidecars, by album"),
    Step.LOOKS: _("files looked at anew"),
    Step.GROUPS: _("identical copies"),
    Step.STACKS: _("files that belong together, by folder"),
    Step.COPIES: _("search for copies, by pairs"),
    Step.GROUPED: _("groups of copies"),
    Step.CAMERAS: _("clocks of cameras"),
    Step.NEIGHBOURS: _("dates by neighbours, by folder"),
    Step.ALIKE: _("dates by look-alikes, by folder"),
    Step.REPLACED: _("copies that were replaced"),
    Step.LEFTOVERS: _("what was left over"),
    Step.WORKING_FILES: _("working files"),
    Step.RECORDS: _("records of finished jobs"),
    Step.SUMS: _("sums"),
}
STAGES: dict[str, tuple[Job.Stage, ...]] = {
    Job.Kind.GROUP: (Job.Stage.FINISH,),
    Job.Kind.PLAN: (Job.Stage.SCAN,),
}
EVERY_STAGE = (Job.Stage.SCAN, Job.Stage.FILES, Job.Stage.FINISH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A part of a job, and how far it is; `total` is `None` while nobody knows it."""

    name: str
    label: str
    phase: Phase
    done: int
    total: int | None
    is_step: bool = False  # of the last stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong with one file, or with the job itself where there is no path."""

    path: str | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Everything that is told about a job; what nobody knows yet is `None`.

    `work_s` and `files_per_s` are by the clock of the work: neither pauses nor halts nor dead workers count.
    """

    job: int
    kind: str
    of: str
    state: str
    stage: str
    stages: Sequence[Stage]
    found: int
    folders: int
    total: int
    done: int
    failed: int
    skipped: int
    known: int
    changed: int
    vanished: int
    percent: int | None
    files_per_s: float | None
    left_s: float | None
    current: str
    reason: str
    failures_count: int
    failures: Sequence[Failure]
    possible: Sequence[str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    work_s: float
    summary: dict[str, Any]

    @property
    def handled(self) -> int:
        return self.done + self.failed + self.skipped

    @property
    def has_ended(self) -> bool:
        return self.finished_at is not None

    @property
    def now(self) -> Stage | None:
        """What is under way: the step of the last stage, or the stage itself."""
        running = [stage for stage in self.stages if stage.phase is Phase.RUNNING]
        return running[-1] if running else None


def of_job(job: Job, *, at: datetime, tells_failures: bool = True, is_brief: bool = False) -> Progress:
    """Tell how far a job is; its source and export should be loaded.

    :param tells_failures: with what failed in it, which takes two queries.
    :param is_brief: without that, and without what can be done with it, which takes no query: for long lists.
    """
    may_have_failures = tells_failures and not is_brief and _may_have_failures(job)
    failures = JobFailure.objects.filter(job=job) if may_have_failures else JobFailure.objects.none()
    return Progress(
        job=job.pk,
        kind=job.kind,
        of=subject(job),
        state=job.state,
        stage=job.stage,
        stages=_stages(job),
        found=job.total_count + job.known_count,
        folders=job.folders_count,
        total=job.total_count,
        done=job.done_count,
        failed=job.failed_count,
        skipped=job.skipped_count,
        known=job.known_count,
        changed=job.changed_count,
        vanished=job.vanished_count,
        percent=_percent(job),
        files_per_s=job.files_per_s,
        left_s=_left_s(job),
        current=job.current_text,
        reason=job.error_text,
        failures_count=failures.count(),
        failures=[
            Failure(path=row.file.path_text if row.file else None, code=row.code, reason=row.message)
            for row in failures.select_related("file").order_by("pk")[:FAILURES_SHOWN]
        ],
        possible=[] if is_brief else [str(action) for action in job_control.possible(job)],
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        work_s=pace.worked_s(job, at=at),
        summary=job.summary,
    )


def subject(job: Job) -> str:
    """Name what a job is about: a source, an archive, or nothing where it is the whole library."""
    if job.source:
        return job.source.label
    if hasattr(job, "export"):
        return job.export.archive.root_text
    return str(job.options.get("archive", ""))


def _stages(job: Job) -> list[Stage]:
    names = STAGES.get(job.kind, EVERY_STAGE)
    return [*(_stage(job, name) for name in names), *_steps(job)]


def _stage(job: Job, name: Job.Stage) -> Stage:
    is_found = job.searched_at is not None
    found, handled = job.total_count + job.known_count, job.handled_count
    done, total = {
        Job.Stage.SCAN: (found, found if is_found else None),
        Job.Stage.FILES: (handled, job.total_count if is_found else None),
        Job.Stage.FINISH: (_steps_done(job), len(job.steps) or None),
    }[name]
    return Stage(name=name, label=str(LABELS[name]), phase=_phase(job, name), done=done, total=total)


def _phase(job: Job, name: Job.Stage) -> Phase:
    if job.state == Job.State.COMPLETED:
        return Phase.DONE
    if job.started_at is None:
        return Phase.WAITING
    is_read = job.stage == Job.Stage.FINISH
    if name == Job.Stage.SCAN:
        return Phase.DONE if job.searched_at else Phase.RUNNING
    if name == Job.Stage.FILES:
        has_begun = job.total_count > 0 or job.searched_at
        return Phase.DONE if is_read else Phase.RUNNING if has_begun else Phase.WAITING
    return Phase.RUNNING if is_read else Phase.WAITING


def _steps(job: Job) -> list[Stage]:
    begun = [number for number, (_name, done, _total) in enumerate(job.steps) if done is not None]
    last = begun[-1] if begun else -1
    is_over = job.state == Job.State.COMPLETED
    return [
        Stage(
            name=name,
            label=str(LABELS[Step(name)]),
            phase=Phase.DONE
            if is_over or number < last
            else Phase.RUNNING
            if number == last
            else Phase.WAITING,
            done=done or 0,
            total=total,
            is_step=True,
        )
        for number, (name, done, total) in enumerate(job.steps)
    ]


def _steps_done(job: Job) -> int:
    if job.state == Job.State.COMPLETED:
        return len(job.steps)
    return max(0, sum(done is not None for _name, done, _total in job.steps) - 1)


def _percent(job: Job) -> int | None:
    if job.state == Job.State.COMPLETED:
        return 100
    if not job.searched_at or not job.total_count:
        return None
    return min(100, 100 * job.handled_count // job.total_count)


def _left_s(job: Job) -> float | None:
    """Estimate how many seconds of work are left to read the files; what finishing takes nobody knows."""
    is_reading = job.state in (*jobs.ACTIVE, Job.State.PAUSED) and job.stage != Job.Stage.FINISH
    if not is_reading or not job.searched_at or not job.files_per_s:
        return None
    return max(0, job.total_count - job.handled_count) / job.files_per_s


def _may_have_failures(job: Job) -> bool:
    return bool(job.failed_count or job.vanished_count or job.error_text or job.is_finished)
