"""Look at jobs, and pause, resume, cancel, continue or retry one."""

import dataclasses
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from media_catalog.management import progress
from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import Job
from media_catalog.services import clock, job_control
from media_catalog.services import progress as job_progress
from media_catalog.services.job_control import Action
from media_catalog.services.progress import Phase, Progress
from media_catalog.templatetags.plain import visible

SHOWN = 20
LIST, SHOW = "list", "show"
USAGE = "give `job list`, `job show ID`, or `job ID ACTION`"


class Command(CatalogCommand):
    help = "List the latest jobs, show one, or pause, resume, cancel, continue or retry it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", nargs="?", default=LIST, metavar="list | show | ID")
        parser.add_argument("action", nargs="?", metavar=f"ID | {' | '.join(Action)}")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        first, second = options["id"], options["action"]
        if first == LIST and second is None:
            self._list(options)
        elif first == SHOW:
            self._show(_load(second), options)
        else:
            self._show(_do(first, second), options)

    def _list(self, options: dict[str, Any]) -> None:
        every = Job.objects.select_related("source", "export__archive").order_by("-pk")[:SHOWN]
        found = [job_progress.of_job(job, at=clock.now()) for job in every]
        if options["json"]:
            self.stdout.write(_json({"jobs": [_as_dict(one) for one in found]}))
            return
        for one in found:
            self.stdout.write(_line(one))
        if not found:
            self.stdout.write("There are no jobs yet.")

    def _show(self, job: Job, options: dict[str, Any]) -> None:
        found = job_progress.of_job(job, at=clock.now())
        if options["json"]:
            self.stdout.write(_json(_as_dict(found)))
            return
        for line in (_line(found), *_details(found)):
            self.stdout.write(line)


def _load(text: str | None) -> Job:
    if text is None or not (text.isascii() and text.isdigit()):
        raise refuse(f"{text!r} is no number of a job: {USAGE}.")
    try:
        return progress.load(int(text))
    except (Job.DoesNotExist, OverflowError) as error:
        raise refuse(f"There is no job {text}: `manage.py job` lists them.") from error


def _do(text: str, action: str | None) -> Job:
    job = _load(text)
    if action is None:
        return job
    if action not in list(Action):
        raise refuse(f"{action!r} cannot be done: give one of {', '.join(Action)}.")
    try:
        return progress.load(job_control.act(job.pk, Action(action), at=clock.now()).pk)
    except job_control.Refused as refused:
        raise refuse(str(refused)) from refused


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, cls=DjangoJSONEncoder)


def _as_dict(found: Progress) -> dict[str, Any]:
    return {
        **dataclasses.asdict(found),
        "error": found.reason or None,
        "has_ended": found.has_ended,
    }


def _line(found: Progress) -> str:
    counts = f"{found.handled} of {found.total} files, {found.failed} failed"
    actions = f"  (possible: {', '.join(found.possible)})" if found.possible else ""
    reason = f"\n      {visible(found.reason)}" if found.reason else ""
    of = f" of {visible(found.of)}" if found.of else ""
    state = Job.State(found.state).label
    return f"{found.job:>5} {found.kind}{of}: {state}, {counts}{actions}{reason}"


MARKS = {Phase.WAITING: " ", Phase.RUNNING: ">", Phase.DONE: "x"}


def _details(found: Progress) -> Iterator[str]:
    for stage in found.stages:
        far = "" if stage.phase is Phase.WAITING else f": {progress.amount(stage)}"
        yield f"      [{MARKS[stage.phase]}] {'  ' if stage.is_step else ''}{stage.label}{far}"
    if found.folders:
        yield f"      {found.found} entries found in {found.folders} folders, {found.known} known already"
    if found.files_per_s:
        left = f", about {found.left_s:.0f} s left" if found.left_s is not None else ""
        yield f"      {found.work_s:.0f} s of work, {found.files_per_s:.1f} files/s{left}"
    if found.current:
        yield f"      now: {visible(found.current)}"
    for failure in found.failures:
        yield f"      failed: {visible(failure.path or 'the job')}: {visible(failure.reason)}"
    if found.failures_count > len(found.failures):
        yield f"      … and {found.failures_count - len(found.failures)} more"
