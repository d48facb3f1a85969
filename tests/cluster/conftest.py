"""A whole installation of its own: data folder, database, and the real commands with real workers."""

import contextlib
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings

from tests import databases


@dataclass(frozen=True, kw_only=True)
class Installation:
    """`prefix` is a program that runs our commands, such as one that takes rights away."""

    environment: dict[str, str]
    prefix: tuple[str, ...] = ()

    def run(self, *arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def on_terminal(self, *arguments: str | Path) -> str:
        """Run a command whose output is a terminal; return all that it showed."""
        environment = self.environment | {"TERM": "xterm", "COLUMNS": "140"}
        ours, theirs = pty.openpty()
        command = subprocess.Popen(
            self.command(*arguments), env=environment, stdin=theirs, stdout=theirs, stderr=theirs
        )
        os.close(theirs)
        shown = bytearray()
        with contextlib.suppress(OSError):  # a terminal whose last program has gone
            while part := os.read(ours, 4096):
                shown += part
        os.close(ours)
        assert command.wait(60) == 0, shown.decode()
        return shown.decode()

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def report(self) -> list[dict[str, Any]]:
        done = self.run("report")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the database itself: a command takes a second to start."""
        address = self.environment.get("DATABASE_URL", "")
        if address.startswith("postgres"):
            with psycopg.connect(dbname=address.rpartition("/")[2], **databases.server()) as connection:
                return connection.execute(statement).fetchall()
        path = (
            address.removeprefix("sqlite://")
            or f"{self.environment['MEDIAPARSER_DATA_DIR']}/mediaparser.sqlite3"
        )
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
            return connection.execute(statement).fetchall()

    def command(self, *arguments: str | Path) -> list[str]:
        return [*self.prefix, sys.executable, str(settings.BASE_DIR / "manage.py"), *map(str, arguments)]


def _environment(data_dir: Path, database: str | None) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_SETTINGS")}
    environment |= {"MEDIAPARSER_DATA_DIR": str(data_dir), "MEDIAPARSER_WORKERS": "2"}
    environment.pop("DATABASE_URL", None)
    return environment | ({"DATABASE_URL": _address(database)} if database else {})


def _address(database: str) -> str:
    return os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{database}"


@contextmanager
def _database(template: str = "template1") -> Iterator[str | None]:
    """A database of its own where the tests run on PostgreSQL; nothing, and `None`, elsewhere."""
    if "DATABASE_URL" not in os.environ:
        yield None
        return
    name = f"cluster_{uuid4().hex[:8]}"
    with psycopg.connect(dbname="postgres", autocommit=True, **databases.server()) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield name
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation on which nothing was run yet."""
    with _database() as database:
        yield Installation(environment=_environment(tmp_path / "data", database))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, migrated: str) -> Iterator[tuple[Path, str | None]]:
    """Data folder and database as `setup` makes them, to be copied."""
    folder = tmp_path_factory.mktemp("template") / "data"
    with _database(migrated) as database:
        if database is None:
            databases.copy_to(folder / "mediaparser.sqlite3", migrated)
        done = Installation(environment=_environment(folder, database)).run("setup")
        assert done.returncode == 0, done.stderr
        yield folder, database


@pytest.fixture
def make_installed(
    tmp_path: Path, template: tuple[Path, str | None]
) -> Iterator[Callable[[str], Installation]]:
    """Make installations that were set up, each with a data folder of this name."""
    folder, original = template
    with contextlib.ExitStack() as stack:

        def make(name: str) -> Installation:
            shutil.copytree(folder, tmp_path / name)
            database = stack.enter_context(_database(original or "template1"))
            return Installation(environment=_environment(tmp_path / name, database))

        yield make


@pytest.fixture
def installed(make_installed: Callable[[str], Installation]) -> Installation:
    """An installation that was set up."""
    return make_installed("data")


@pytest.fixture
def some_photos(tmp_path: Path, make_picture: Callable[..., Path]) -> Path:
    for number in range(6):
        tags = {"Make": "Nokia", "Model": "N8", "DateTimeOriginal": f"2015:01:31 14:20:3{number}"}
        make_picture(f"photos/{number}.jpg", seed=number, tags=tags)
    return tmp_path / "photos"
