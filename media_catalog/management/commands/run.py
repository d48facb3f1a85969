"""The whole product under one supervisor: web server, workers, and an import to begin with."""

import socket
import sys
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from media_catalog import processes
from media_catalog.management import progress, summaries
from media_catalog.management.base import refuse, require_exiftool
from media_catalog.models import Job
from media_catalog.services import imports, jobs, sources

LOOK_EVERY_S = 1
START_WITHIN_S = 30


class Command(BaseCommand):
    help = "Start web server and workers, import a folder, and stay until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--photos", metavar="DIR", help="import this folder first")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_: Any, **options: Any) -> None:
        require_exiftool()
        _require_free(options["port"])
        call_command("setup", stdout=self.stdout)
        job = _queue(options["photos"]) if options["photos"] else None
        stop = processes.stop_event()
        children = [
            processes.Child(processes.manage("worker")),
            processes.Child(_web_server(options["port"])),
        ]
        try:
            self._serve(children, stop, job=job, port=options["port"])
        finally:
            for child in children:
                child.stop(grace_s=15)
            self.stderr.write("Stopped.")

    def _serve(
        self, children: list[processes.Child], stop: threading.Event, *, job: Job | None, port: int
    ) -> None:
        address = f"http://127.0.0.1:{port}/"
        _wait_for_port(port, children, stop)
        self.stdout.write(f"The browser workplace is at {self.style.SUCCESS(address)}")
        if job:
            finished = progress.wait_for(job.pk, starts_workers=False, stop=stop)
            if finished.is_finished:
                self.stdout.write(summaries.imported(finished))
                self.stdout.write(f"Open {self.style.SUCCESS(address)}   (Ctrl-C ends everything)")
        self.stdout.flush()
        while not stop.wait(LOOK_EVERY_S):
            for child in children:
                if child.revive():
                    self.stderr.write(f"{child.command[-1]} had died and was started again.")


def _queue(folder: str) -> Job:
    now = timezone.now()
    try:
        return imports.start(sources.register(Path(folder), created_at=now), created_at=now)
    except jobs.AlreadyRunning as running:
        return running.job
    except sources.SourceRefused as refused:
        raise refuse(str(refused)) from refused


def _web_server(port: int) -> list[str]:
    return [
        sys.executable,
        "-m",
        "gunicorn",
        f"--bind=127.0.0.1:{port}",
        "--worker-class=gthread",
        "--threads=8",
        "--graceful-timeout=5",
        "--log-level=warning",
        "--no-control-socket",
        "mediaparser.wsgi",
    ]


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise refuse(
                f"Port {port} cannot be used ({error}): choose another with `make run PORT=8001`."
            ) from error


def _wait_for_port(port: int, children: list[processes.Child], stop: threading.Event) -> None:
    for _ in range(START_WITHIN_S * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if any(child.process.poll() is not None for child in children) or stop.wait(0.1):
            break
    if not stop.is_set():
        raise refuse("The web server did not start; what it printed above says why.")
