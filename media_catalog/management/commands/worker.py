"""Run the workers: a django-q2 cluster that is watched, restarted when it dies, and ended in order."""

import os
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from media_catalog import processes
from media_catalog.management.base import CatalogCommand
from media_catalog.services import jobs

LOOK_EVERY_S = 2
GRACE_S = 60


class Command(CatalogCommand):
    help = "Work on imports and exports until it is stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--workers", type=int, metavar="N", help="processes; default: MEDIAPARSER_WORKERS"
        )
        parser.add_argument("--grace", type=int, default=GRACE_S, help="seconds to finish work when stopped")
        parser.add_argument(
            "--cluster", action="store_true", help="(internal) be the cluster that is watched"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["cluster"]:
            _be_cluster()
            return
        workers = options["workers"] or settings.MEDIAPARSER_WORKERS
        stop = processes.stop_event()
        cluster = processes.Child(
            processes.manage("worker", "--cluster"), environment={"MEDIAPARSER_WORKERS": str(workers)}
        )
        try:
            self._watch(cluster, stop, workers=workers)
        finally:
            cluster.stop(grace_s=options["grace"])
            jobs.stop_beating()

    def _watch(self, cluster: processes.Child, stop: threading.Event, *, workers: int) -> None:
        started_at = timezone.now()
        while True:
            try:
                close_old_connections()
                jobs.beat(workers=workers, started_at=started_at, at=timezone.now())
                jobs.reconcile(at=timezone.now())
            except DatabaseError as error:
                self.stderr.write(f"The database does not answer, trying again: {error}")
            if stop.wait(LOOK_EVERY_S):
                return
            if cluster.revive():
                self.stderr.write("The cluster had died and was started again.")


def _be_cluster() -> None:
    processes.die_with_parent()
    os.register_at_fork(after_in_child=processes.die_with_parent)
    call_command("qcluster", verbosity=0)
