"""Watching a job from a terminal, with workers for as long as they are needed."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

from media_catalog import processes
from media_catalog.models import Job
from media_catalog.services import jobs

POLL_S = 0.25
LOOK_EVERY_S = 3
LINE_EVERY_S = 5
NOTHING_YET: dict[str, Any] = {"stage": "waiting", "of": "?", "rate": "", "errors": "", "file": ""}


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
            job = Job.objects.select_related("source").get(pk=job_id)
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
        elif not jobs.living_workers(at=timezone.now()):
            arguments = ["worker", *(["--workers", str(workers)] if workers else [])]
            children.append(processes.Child(processes.manage(*arguments)))

    try:
        yield look_after
    finally:
        for child in children:
            child.stop(grace_s=15)


@contextmanager
def _display(show: bool) -> Iterator[Callable[[Job], None]]:
    if not show:
        yield lambda job: None
    elif sys.stderr.isatty():
        with _bar() as bar:
            task = bar.add_task("", total=None, **NOTHING_YET)
            yield lambda job: _show(bar, task, job)
    else:
        yield _line_printer()


def _show(bar: Progress, task: TaskID, job: Job) -> None:
    fields: dict[str, Any] = _fields(job)
    bar.update(task, completed=job.handled_count, total=_total(job), **fields)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.fields[stage]}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.fields[of]}"),
        TextColumn("[dim]{task.fields[rate]}[/]"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[errors]}"),
        TextColumn(
            "[dim]{task.fields[file]}[/]", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
        ),
        console=Console(stderr=True),
        expand=True,
    )


def _total(job: Job) -> int | None:
    return job.total_count if job.stage != Job.Stage.SCAN and job.total_count else None


def _fields(job: Job) -> dict[str, str]:
    return {
        "stage": str(Job.Stage(job.stage).label),
        "of": str(job.total_count or "?"),
        "rate": f"{rate(job):.0f}/s" if job.handled_count else "",
        "errors": f"[red]{job.failed_count} failed[/]" if job.failed_count else "",
        "file": escape(job.current_text),
    }


def rate(job: Job) -> float:
    """Return files per second since the job started."""
    if job.started_at is None:
        return 0.0
    elapsed = ((job.finished_at or timezone.now()) - job.started_at).total_seconds()
    return job.handled_count / max(elapsed, 0.1)


def _line_printer() -> Callable[[Job], None]:
    """Where standard error is no terminal: a line whenever the stage changes, and every few seconds."""
    last_stage, last_at = "", 0.0

    def show(job: Job) -> None:
        nonlocal last_stage, last_at
        if job.stage == last_stage and time.monotonic() - last_at < LINE_EVERY_S:
            return
        last_stage, last_at = job.stage, time.monotonic()
        counts = f"{job.handled_count}/{job.total_count or '?'}, {job.failed_count} failed"
        print(f"{Job.Stage(job.stage).label}: {counts}  {job.current_text}", file=sys.stderr)  # noqa: T201

    return show
