"""A scratch installation with real workers, and the CPU time and memory of all processes that work for it."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from media_catalog.models import Job

PR_SET_CHILD_SUBREAPER = 36
LOOK_EVERY_S = 0.05
ROOT = Path(__file__).resolve().parents[1]


def set_up(data_dir: Path) -> None:
    """Make this process part of an installation whose data lie in a folder of their own."""
    os.environ |= {"MEDIAPARSER_DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "mediaparser.settings"}
    os.environ.setdefault("MEDIAPARSER_LOG_LEVEL", "ERROR")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


@contextmanager
def scratch(*, inside: Path | None = None) -> Iterator[Path]:
    """Make an installation that is gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="mediaparser-bench-", dir=inside))
    try:
        set_up(folder / "data")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def command(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


@contextmanager
def worker(*, processes: int) -> Iterator[None]:
    """Run `manage.py worker` for as long as the block lasts."""
    adopt_orphans()
    program = subprocess.Popen(command("worker", "--workers", str(processes)), start_new_session=True)
    try:
        yield
    finally:
        program.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(60)
        for orphan in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                orphan.kill()


def adopt_orphans() -> None:
    """Let what our children leave behind become our children, so that no CPU time is lost (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def cpu_by_program() -> dict[str, float]:
    """Return the CPU seconds of all descendants by what they are, those included that have ended."""
    seconds: dict[str, float] = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            name, times = program(process), process.cpu_times()
            seconds[name] = seconds.get(name, 0.0) + times.user + times.system
            # Of what has ended, nobody knows any more what it was.
            seconds[name] += times.children_user + times.children_system
    ended = os.times()
    seconds["ended"] = ended.children_user + ended.children_system
    return seconds


def cpu_seconds() -> float:
    """Return the CPU time of this process and of all its descendants."""
    return time.process_time() + sum(cpu_by_program().values())


def milliseconds(work: Callable[[], object], *, files: int) -> float:
    """Do some work and return its CPU time for each file."""
    start = cpu_seconds()
    work()
    return (cpu_seconds() - start) * 1000 / files


def program(process: psutil.Process) -> str:
    """Tell what one of our processes is."""
    line = " ".join(process.cmdline())
    if "exiftool" in line:
        return "ExifTool"
    if "decoder_child" in line:
        return "decoder"
    return "web" if "gunicorn" in line else "worker"


def import_folder(folder: Path) -> "Job":
    """Import a folder by the workers that run, and wait for the end."""
    job = start_import(folder)
    while not job.is_finished:
        time.sleep(LOOK_EVERY_S)
        job.refresh_from_db(fields=["finished_at", "state"])
    job.refresh_from_db()
    if job.state != job.State.COMPLETED:
        raise SystemExit(f"the import of {folder} is {job.state}: {job.error_text}")
    return job


def start_import(folder: Path) -> "Job":
    from django.utils import timezone

    from media_catalog.services import imports, sources

    source = sources.register(folder, created_at=timezone.now())
    return imports.start(source, created_at=timezone.now())


def import_here(folder: Path) -> "Job":
    """Import a folder in this process, as a worker does."""
    from media_catalog.services import clock, working

    job = start_import(folder)
    while working.run_next(clock=clock.now):
        pass
    job.refresh_from_db()
    return job


def surroundings() -> str:
    """Tell how busy the machine is with other things, and how much of it the host took away."""
    steal = psutil.cpu_times_percent(interval=0.5)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    stolen = getattr(steal, "steal", 0.0)
    return f"load average {load}; idle {steal.idle:.0f} %, stolen {stolen:.0f} % just now"
