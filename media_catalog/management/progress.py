"""Watching a job from a terminal, with workers for as long as they are needed."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn
from rich.table import Column

from media_catalog import processes
from media_catalog.models import Job
from media_catalog.services import clock, jobs, reconciler, working
from media_catalog.services import progress as job_progress
from media_catalog.services.progress import Progress as JobProgress
from media_catalog.services.progress import Stage
from media_catalog.templatetags.plain import visible

POLL_S = 0.25
LOOK_EVERY_S = 3
LINE_EVERY_S = 5
NOTHING_YET: dict[str, Any] = dict.fromkeys(("stage", "of", "rate", "left", "errors", "file"), "")


def wait_for(
    job_id: int,
    *,
    show: bool = True,
    workers: int | None = None,
    starts_workers: bool = True,
    stop: threading.Event | None = None,
) -> Job:
    """Wait until a job ends, or until `stop` is set, showing its progress on standard error.

    :param workers: how many processes to start when none is alive; `None` for the setting.
    """
    stop = stop or threading.Event()
    with _workers_as_needed(workers) as look_after_workers, _display(show) as display:
        looked_at = float("-inf")
        while True:
            job = load(job_id)
            display(job)
            if job.is_finished or stop.wait(POLL_S):
                return job
            if starts_workers and time.monotonic() - looked_at > LOOK_EVERY_S:
                look_after_workers()
                looked_at = time.monotonic()


@contextmanager
def _workers_as_needed(workers: int | None) -> Iterator[Callable[[], None]]:
    children: list[processes.Child] = []

    def look_after() -> None:
        if children:
            children[0].revive()
        elif not reconciler.living_workers(at=clock.now()):
            arguments = ["worker", "--no-watch", *(["--workers", str(workers)] if workers else [])]
            children.append(processes.Child(processes.manage(*arguments)))

    try:
        yield look_after
    finally:
        for child in children:
            child.stop(grace_s=15)


def carry_out(job_id: int, *, show: bool = True, after_batch: Callable[[], None] = lambda: None) -> Job:
    """Wait until a job ends, doing its work here while no worker is alive; Ctrl-C gives the work back.

    :param after_batch: is called whenever something may have been done.
    """
    with _display(show) as display:
        looked_at = float("-inf")
        while True:
            job = load(job_id)
            display(job)
            after_batch()
            if job.is_finished:
                return job
            if time.monotonic() - looked_at > LOOK_EVERY_S:
                reconciler.reconcile(at=clock.now())  # what an earlier command held when it was killed
                looked_at = time.monotonic()
            if reconciler.living_workers(at=clock.now()) or not working.run_next(
                clock=clock.now, job_id=job_id
            ):
                time.sleep(POLL_S)


def completed(job: Job, *, show: bool) -> Job:
    """Wait until the whole of a job is done.

    :raises CommandError: with exit code 1 when it was stopped halfway.
    """
    job = carry_out(job.pk, show=show)
    if job.state == Job.State.COMPLETED:
        return job
    reason = f": {job.error_text}" if job.error_text else "."
    raise CommandError(
        f"Job {job.pk} was {Job.State(job.state).label} after {job.done_count} of {job.total_count} "
        f"files{reason} `manage.py job {job.pk} continue` does the rest."
    )


def load(job_id: int) -> Job:
    """Load a job as its progress needs it."""
    return Job.objects.select_related("source", "export__archive").get(pk=job_id)


@contextmanager
def _display(show: bool) -> Iterator[Callable[[Job], None]]:
    if not show:
        yield lambda job: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            task = bar.add_task("", total=None, **NOTHING_YET)
            yield lambda job: _show(bar, task, job_progress.of_job(job, at=clock.now()))
    else:
        yield _line_printer()


def _show(bar: Progress, task: TaskID, found: JobProgress) -> None:
    shown = found.now or found.stages[0]
    fields: dict[str, Any] = {
        "stage": stage_text(found),
        "of": shown.total if shown.total is not None else "?",
        "rate": f"{found.files_per_s:.0f}/s" if found.files_per_s else "",
        "left": f"{_left(found.left_s)} left" if found.left_s else "",
        "errors": f"[red]{found.failed} failed[/]" if found.failed else "",
        "file": escape(visible(found.current)),
    }
    bar.update(task, completed=shown.done, total=shown.total, **fields)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.fields[stage]}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.fields[of]}"),
        TextColumn("[dim]{task.fields[rate]}[/]"),
        TextColumn("{task.fields[left]}"),
        TextColumn("{task.fields[errors]}"),
        TextColumn(
            "[dim]{task.fields[file]}[/]", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
        ),
        console=Console(stderr=True),
        expand=True,
    )


def _left(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def stage_text(found: JobProgress) -> str:
    """Say what a job is doing, or that somebody has stopped it."""
    if found.state == Job.State.PAUSED:
        return f"paused (`manage.py job {found.job} resume` goes on)"
    if found.state not in jobs.ACTIVE:
        return str(Job.State(found.state).label)
    return found.now.label if found.now else str(Job.State.PENDING.label)


def amount(stage: Stage) -> str:
    """Say how far a stage is."""
    return f"{stage.done}/{'?' if stage.total is None else stage.total}"


def _line_printer() -> Callable[[Job], None]:
    """Where standard error is no terminal: a line whenever something else is done, and every few seconds."""
    last_text, last_at = "", 0.0

    def show(job: Job) -> None:
        nonlocal last_text, last_at
        found = job_progress.of_job(job, at=clock.now())
        text = stage_text(found)
        if text == last_text and time.monotonic() - last_at < LINE_EVERY_S:
            return
        last_text, last_at = text, time.monotonic()
        far = f": {amount(found.now)}" if found.now else ""
        failed = f", {found.failed} failed" if found.failed else ""
        print(f"{text}{far}{failed}  {visible(found.current)}".rstrip(), file=sys.stderr)  # noqa: T201

    return show
