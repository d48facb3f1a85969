"""A database with all tables, which one process of a test run makes for all of them: it takes seconds."""

import contextlib
import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections

ALIAS = "default"
MIGRATED = "mediaparser_migrated"


@contextlib.contextmanager
def named(name: str) -> Iterator[None]:
    """Let everything use the database of this name, or file, instead of the one of the other tests."""
    known = connections.settings[ALIAS]
    usual, former = connections[ALIAS], known["NAME"]
    known["NAME"] = name
    connections[ALIAS] = connections.create_connection(ALIAS)
    try:
        yield
    finally:
        connections[ALIAS].close()
        known["NAME"] = former
        connections[ALIAS] = usual


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Do something while no other process of the run does it."""
    with (folder / "lock of databases").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrated(folder: Path) -> str:
    """Return a database to be copied: the name of one of PostgreSQL, or the file of one of SQLite.

    The first process that asks for it makes it; the folder is that of the run.
    """
    is_file = connections[ALIAS].vendor == "sqlite"
    made = folder / "migrated.sqlite3"
    with alone(folder):
        if not made.exists():
            beginning = folder / "migrating.sqlite3"
            name = str(beginning) if is_file else _new()
            with named(name):
                call_command("migrate", verbosity=0)
            beginning.rename(made) if is_file else made.write_text(name)
    return str(made) if is_file else made.read_text()


def _new() -> str:
    """Make an empty database beside the one in use."""
    name = f"{MIGRATED}_{connections[ALIAS].settings_dict['NAME']}"
    with psycopg.connect(dbname="postgres", autocommit=True, **server()) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return name


def forget(folder: Path) -> None:
    """Remove what a run has left on a server of PostgreSQL."""
    made = folder / "migrated.sqlite3"
    if connections[ALIAS].vendor == "postgresql" and made.exists():
        with psycopg.connect(dbname="postgres", autocommit=True, **server()) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{made.read_text()}" WITH (FORCE)')
        made.unlink()


def server() -> dict[str, Any]:
    given = settings.DATABASES[ALIAS]
    access = {"host": given["HOST"], "user": given["USER"], "password": given["PASSWORD"]}
    return access | ({"port": given["PORT"]} if given["PORT"] else {})


@contextlib.contextmanager
def beginning_with(original: str) -> Iterator[None]:
    """Let the database of the tests, which Django is about to make, begin as a copy of this one."""
    connection = connections[ALIAS]
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = original
        yield
        return
    # In memory, where it lasts as long as one connection to it does.
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    with contextlib.closing(sqlite3.connect(name, uri=True)) as copy:
        with contextlib.closing(sqlite3.connect(original)) as source:
            source.backup(copy)
        yield


def copy_to(file: Path, original: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(original, file)
