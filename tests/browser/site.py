"""The site on a port of its own, on a database file that each test gets as the import left it.

A file, not memory: each request has a connection of its own then, as it has outside of the tests.
"""

import contextlib
import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from django.utils import timezone

from media_catalog import tasks
from media_catalog.models import Disposition, JobBatch, MediaFile
from media_catalog.services import decisions, imports, jobs, sources
from tests import databases
from tests.browser import library
from tests.conftest import NOW

BACKEND = "django.contrib.auth.backends.ModelBackend"
ALIAS = "default"
WHO = "mum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the pages are, and the cookie of whoever is logged in."""

    address: str
    cookie: str


def database(file: Path) -> contextlib.AbstractContextManager[None]:
    """Let everything use this database file instead of the one of the other tests."""
    return databases.named(str(file))


def save(file: Path) -> None:
    """Write the database that is in use to a file, as one whole."""
    usual = connections[ALIAS]
    usual.ensure_connection()
    with contextlib.closing(sqlite3.connect(file)) as copy:
        usual.connection.backup(copy)


def prepared(folder: Path) -> Path:
    """Import the library in a folder, once for all processes; each of them gets the pictures."""
    folder.mkdir(exist_ok=True)
    pictures, mine = folder / "thumbnails", Path(settings.DATA_DIR) / "thumbnails"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not pictures.is_dir():
            databases.copy_to(folder / "work.sqlite3", databases.migrated(folder.parent))
            prepare(folder)
            shutil.copytree(mine, pictures)
    shutil.copytree(pictures, mine, dirs_exist_ok=True)
    return folder / "saved.sqlite3"


def prepare(folder: Path) -> Path:
    """Import the library into a new database, and return its file; pictures are put into the data folder."""
    library.make(folder / "library")
    with database(folder / "work.sqlite3"):
        call_command("migrate", verbosity=0)
        get_user_model().objects.create_superuser(WHO, password="a-long-password")
        source = sources.register(folder / "library", label="Our photos", created_at=NOW)
        imports.start(source, created_at=NOW)
        work()
        save(folder / "saved.sqlite3")
    return folder / "saved.sqlite3"


def work() -> None:
    """Run all that waits in this process, as workers would."""
    waiting = JobBatch.objects.filter(state=JobBatch.State.PENDING, job__state__in=jobs.ACTIVE)
    while batch := waiting.order_by("pk").first():
        tasks.run_batch(batch.pk)


def decide() -> None:
    """Make a little history: flags, confirmed dates, and something that was taken back."""
    person = get_user_model().objects.get(username=WHO)
    files = MediaFile.objects.readable().order_by("pk")
    ids = list(files.values_list("pk", flat=True))
    at = timezone.now()
    decisions.set_flag(files.filter(pk__in=ids[:3]), is_flagged=True, actor=person, at=at)
    decisions.confirm_dates(files.filter(pk__in=ids[3:6]), actor=person, at=at)
    kept = decisions.set_disposition(
        files.filter(pk__in=ids[6:7]), disposition=Disposition.DISCARD, actor=person, at=at
    )
    decisions.undo(kept, actor=person, at=at)


def restore(saved: Path, file: Path) -> None:
    for leftover in file.parent.glob(f"{file.name}*"):
        leftover.unlink()
    shutil.copyfile(saved, file)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Serve the pages, and yield their address."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        thread.join()


def log_in() -> str:
    """Log in the one who may do everything, and return the session's key."""
    person = get_user_model().objects.get(username=WHO)
    client = Client()
    client.force_login(person, backend=BACKEND)
    return str(client.cookies["sessionid"].value)
