"""A whole installation of its own: data folder, database, and the real commands with real workers."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Installation:
    environment: dict[str, str]

    def run(self, *arguments: str | Path, timeout: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
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

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return dict(json.loads(done.stdout))

    def report(self) -> list[dict[str, Any]]:
        done = self.run("report")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *map(str, arguments)]


@pytest.fixture
def database_url() -> Iterator[str | None]:
    """The address of an empty database where the tests run on PostgreSQL, else `None`."""
    server = os.environ.get("DATABASE_URL")
    if not server:
        yield None
        return
    name = f"cluster_{uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def installation(tmp_path: Path, database_url: str | None) -> Installation:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO_SETTINGS")}
    environment |= {"MEDIAPARSER_DATA_DIR": str(tmp_path / "data"), "MEDIAPARSER_WORKERS": "2"}
    environment.pop("DATABASE_URL", None)
    if database_url:
        environment["DATABASE_URL"] = database_url
    return Installation(environment=environment)


@pytest.fixture
def installed(installation: Installation) -> Installation:
    done = installation.run("setup")
    assert done.returncode == 0, done.stderr
    return installation


@pytest.fixture
def some_photos(tmp_path: Path, make_picture: Callable[..., Path]) -> Path:
    for number in range(6):
        tags = {"Make": "Nokia", "Model": "N8", "DateTimeOriginal": f"2015:01:31 14:20:3{number}"}
        make_picture(f"photos/{number}.jpg", seed=number, tags=tags)
    return tmp_path / "photos"
