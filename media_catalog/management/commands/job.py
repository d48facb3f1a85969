"""Look at jobs, and pause, resume, cancel, continue or retry one."""

import json
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import Job
from media_catalog.services import job_control
from media_catalog.services.job_control import Action

SHOWN = 20


class Command(CatalogCommand):
    help = "List the latest jobs, or pause, resume, cancel, continue or retry one; seen between two files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, nargs="?", metavar="ID", help="job; without one, list the latest")
        parser.add_argument("action", nargs="?", choices=[action.value for action in Action])
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["id"] is None:
            found = list(Job.objects.select_related("source", "export__archive").order_by("-pk")[:SHOWN])
            self._show(found, {"jobs": [_as_dict(job) for job in found]}, options)
            return
        job = _do(options["id"], options["action"])
        self._show([job], _as_dict(job), options)

    def _show(self, found: list[Job], facts: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        for job in found:
            self.stdout.write(_line(job))
        if not found:
            self.stdout.write("There are no jobs yet.")


def _do(job_id: int, action: str | None) -> Job:
    try:
        if action:
            return job_control.act(job_id, Action(action), at=timezone.now())
        return Job.objects.get(pk=job_id)
    except Job.DoesNotExist as error:
        raise refuse(f"There is no job {job_id}: `manage.py job` lists them.") from error
    except job_control.Refused as refused:
        raise refuse(str(refused)) from refused


def _as_dict(job: Job) -> dict[str, Any]:
    return {
        "job": job.pk,
        "kind": job.kind,
        "state": job.state,
        "stage": job.stage,
        "of": _of(job),
        "total": job.total_count,
        "done": job.done_count,
        "failed": job.failed_count,
        "skipped": job.skipped_count,
        "error": job.error_text or None,
        "has_ended": job.is_finished,
        "possible": job_control.possible(job),
    }


def _line(job: Job) -> str:
    counts = f"{job.handled_count} of {job.total_count} files, {job.failed_count} failed"
    actions = ", ".join(job_control.possible(job))
    reason = f"\n      {job.error_text}" if job.error_text else ""
    return (
        f"{job.pk:>5} {job.kind} of {_of(job)}: {Job.State(job.state).label}, {counts}"
        f"{f'  (possible: {actions})' if actions else ''}{reason}"
    )


def _of(job: Job) -> str:
    if job.source:
        return job.source.label
    return job.export.archive.root_text if hasattr(job, "export") else ""
