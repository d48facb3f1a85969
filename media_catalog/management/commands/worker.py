"""Run the workers: a django-q2 cluster that is watched, restarted when it dies, and ended in order."""

import os
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django_q import signals

from media_catalog import lines, processes
from media_catalog.management.base import refuse, require_database
from media_catalog.management.supervisor import Supervisor

TRY_AGAIN_AFTER_S = 2
NICENESS = 5  # pages that somebody waits for go first
GRACE_S = 60


class Command(BaseCommand):
    help = "Work on imports and exports until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers", type=int, metavar="N", help="processes; default: MEDIAPARSER_WORKERS"
        )
        parser.add_argument("--grace", type=int, default=GRACE_S, help="seconds to finish work when stopped")
        parser.add_argument("--no-watch", action="store_true", help="leave out MEDIAPARSER_WATCH")
        parser.add_argument(
            "--cluster", type=int, metavar="FD", help="(internal) be the cluster that is watched"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["cluster"] is not None:
            _be_cluster(options["cluster"])
            return
        workers = settings.MEDIAPARSER_WORKERS if options["workers"] is None else options["workers"]
        if not 1 <= workers <= 256:
            raise refuse(f"--workers {workers} is not usable: give a number from 1 to 256.")
        stop = processes.stop_event()
        if not self._await_database(stop):
            return
        watched = [] if options["no_watch"] else settings.MEDIAPARSER_WATCH
        supervisor = Supervisor(workers=workers, watched=watched, say=self._say)
        try:
            supervisor.run(stop)
        finally:
            supervisor.stop(grace_s=options["grace"])

    def _await_database(self, stop: threading.Event) -> bool:
        """Wait for a database that is ready: it may start after us, or be set up by another service."""
        trouble = ""
        while not stop.is_set():
            try:
                require_database()
            except CommandError as error:
                if str(error) != trouble:
                    trouble = str(error)
                    self._say(f"{trouble} Waiting for it.")
            else:
                if trouble:
                    self._say("The database answers: beginning to work.")
                return True
            close_old_connections()
            stop.wait(TRY_AGAIN_AFTER_S)
        return False

    def _say(self, text: str) -> None:
        self.stderr.write(text)
        self.stderr.flush()


def _be_cluster(line: int) -> None:
    os.nice(NICENESS)
    lines.hold(line)
    processes.let_forks_die_with_parents()
    for signal in (signals.post_spawn, signals.pre_execute, signals.post_execute_in_worker):
        signal.connect(lines.give_sign)
    call_command("qcluster", verbosity=0)
