"""Import what arrives in a folder, as soon as it has stopped growing."""

import os
import time
from argparse import ArgumentParser
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, close_old_connections

from media_catalog import processes
from media_catalog.management import progress
from media_catalog.management.base import CatalogCommand, refuse, require_exiftool
from media_catalog.models import Job, Source
from media_catalog.pipeline.display import display_text
from media_catalog.services import clock, faults, imports, jobs, sources, watching

LOOK_EVERY_S = 2.0
LONGEST_PAUSE_S = 300.0
SHARE_OF_TIME = 20  # one part for looking, the rest for resting: large folders are looked at more rarely
SETTLE_S = 5.0


class Command(CatalogCommand):
    help = "Watch a folder and import what arrives in it, until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR")
        parser.add_argument("--label", help="what to call this folder, such as “Mum's phone”")
        parser.add_argument(
            "--settle",
            type=float,
            default=SETTLE_S,
            metavar="SECONDS",
            help=f"for how long nothing must have changed in a file (default {SETTLE_S:g})",
        )
        parser.add_argument("--once", action="store_true", help="import once what has settled, and end")
        parser.add_argument("--supervised", action="store_true", help="(internal) the worker runs this")

    def handle(self, *_: Any, **options: Any) -> None:
        if not 0 < options["settle"] <= 3600:
            raise refuse(f"--settle {options['settle']:g} is not usable: give seconds, up to 3600.")
        require_exiftool()
        self.options = options
        self.root = sources.canonical(options["folder"])
        self.folder = display_text(self.root)
        self.watch = watching.Watch(settle_s=options["settle"])
        self.stop = processes.stop_event()
        self.said = ""
        self._run()

    def _run(self) -> None:
        job = None
        if not self.options["once"]:
            self._say(f"Watching {self.folder}.")
        while not self.stop.is_set():
            begun_s = time.monotonic()
            job = self._guarded_look()
            if self.options["once"] and job is not None:
                break
            rest_s = SHARE_OF_TIME * (time.monotonic() - begun_s) if job is None else 0
            self.stop.wait(min(max(LOOK_EVERY_S, rest_s), LONGEST_PAUSE_S))
        if self.options["once"] and (job is None or job.state != Job.State.COMPLETED):
            raise SystemExit(1)

    def _guarded_look(self) -> Job | None:
        """Look once; what is in the way now may be gone at the next look, and is said once."""
        try:
            close_old_connections()
            job = self._look()
        except faults.Lost:
            self.watch.forget()
            self._say_once(f"{self.folder} is not there, or is empty: is its disk connected? Waiting for it.")
        except IntegrityError:
            pass  # another watch of this folder was faster by a moment
        except (DatabaseError, InterfaceError) as error:
            self._say_once(f"The database does not answer, trying again: {str(error).strip()}")
        else:
            return job
        return None

    def _look(self) -> Job | None:
        """Import what has settled, if anything has; return the job once it has ended."""
        source = self._source()
        if not self.watch.is_due(watching.fingerprint(source), at_s=time.monotonic()):
            return None
        self.watch.imports()
        try:
            job = imports.start(source, settle_s=self.watch.settle_s, created_at=clock.now())
        except jobs.AlreadyRunning as running:
            self._await_other(running.job)
            self.watch.forget()
            return None
        return self._ended(job)

    def _source(self) -> Source:
        """Find or create the source.

        :raises Lost: when the folder is not there.
        """
        if not os.path.isdir(self.root) and not self.options["once"]:  # noqa: PTH112  bytes
            raise faults.Lost(self.folder)
        try:
            return sources.register(
                self.options["folder"], label=self.options["label"], created_at=clock.now()
            )
        except sources.SourceRefused as refused:
            raise refuse(str(refused)) from refused

    def _await_other(self, job: Job) -> None:
        state = "is paused" if job.state == Job.State.PAUSED else "is under way"
        self._say_once(f"Job {job.pk}, which imports {self.folder}, {state}: waiting for its end.")
        progress.wait_for(job.pk, show=False, starts_workers=False, stop=self.stop)

    def _ended(self, job: Job) -> Job | None:
        alone = not self.options["supervised"]
        job = progress.wait_for(job.pk, show=False, starts_workers=alone, stop=self.stop)
        if not job.is_finished:
            return None
        if job.state != Job.State.COMPLETED:
            self._say(f"Import {job.pk} of {self.folder} was {Job.State(job.state).label}. {job.error_text}")
        elif job.total_count or job.vanished_count:
            self._say(
                f"Import {job.pk} of {self.folder}: {job.done_count} read, {job.failed_count} failed, "
                f"{job.skipped_count} skipped, {job.vanished_count} vanished."
            )
        return job

    def _say_once(self, text: str) -> None:
        if text != self.said:
            self._say(text)
        self.said = text

    def _say(self, text: str) -> None:
        self.said = ""
        self.stdout.write(text)
        self.stdout.flush()
