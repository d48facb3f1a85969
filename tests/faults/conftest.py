"""What tests of faults share: a small library, an installation, and what comes of them undisturbed."""

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import outcomes
from tests.cluster.conftest import (
    Installation,
    _database,
    _environment,
    installed,
    make_installed,
    template,
)
from tests.cluster.library import make_library

__all__ = ["installed", "make_installed", "template"]  # fixtures

PHOTOS = 16
OF_JOBS = {"Job", "JobBatch", "JobFile", "JobFailure", "Export"}  # a halted job stays in the list of jobs


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that tests copy, so that they may do with it what they like."""
    return make_library(tmp_path_factory.mktemp("library") / "photos", PHOTOS)


@pytest.fixture
def photos(library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(library, tmp_path / "photos", symlinks=True))


@pytest.fixture
def product(installed: Installation, tmp_path: Path) -> Installation:
    """An installation that takes small steps and soon misses what has died."""
    (tmp_path / "tmp").mkdir()
    facts = {
        "MEDIAPARSER_BATCH_SIZE": "10",
        "MEDIAPARSER_LEASE_SECONDS": "5",
        "TMPDIR": str(tmp_path / "tmp"),
    }
    installed.environment.update(facts)
    return installed


@pytest.fixture(scope="session")
def undisturbed(
    template: tuple[Path, str | None], library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[outcomes.Facts]:
    """What is known of the library after an import in which nothing went wrong."""
    folder, original = template
    data = tmp_path_factory.mktemp("undisturbed") / "data"
    shutil.copytree(folder, data)
    with _database(original or "template1") as database:
        installation = Installation(environment=_environment(data, database))
        assert installation.json("import_path", library)["state"] == "completed"
        yield catalogue(installation)


def catalogue(installation: Installation) -> outcomes.Facts:
    """Return what is known about the files; first make sure that it adds up."""
    found = outcomes.facts(installation)
    assert found["errors"] == []
    return {name: rows for name, rows in found["tables"].items() if name not in OF_JOBS}


def wait_until(condition: Callable[[], Any], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def done_count(installation: Installation) -> int:
    """How many files the latest job is done with."""
    rows = installation.query("SELECT done_count FROM media_catalog_job ORDER BY id DESC LIMIT 1")
    return int(rows[0][0]) if rows else 0


def has_ended(installation: Installation, job: int = 1) -> str | None:
    """Return the state of a job that has ended."""
    ended = f"SELECT state FROM media_catalog_job WHERE id = {job} AND finished_at IS NOT NULL"  # noqa: S608
    rows = installation.query(ended)
    return str(rows[0][0]) if rows else None


def error_of(installation: Installation, job: int = 1) -> str:
    return str(installation.query(f"SELECT error_text FROM media_catalog_job WHERE id = {job}")[0][0])  # noqa: S608


def values(installation: Installation, column: str) -> set[str]:
    """Return what stands in a column of the files."""
    return {one for (one,) in installation.query(f"SELECT DISTINCT {column} FROM media_catalog_mediafile")}  # noqa: S608


def misbehaving_exiftool(installation: Installation, folder: Path, *faults: str) -> Path:
    """Give an installation an ExifTool with faults, for as long as the file that is returned is there."""
    wrapper = folder / "exiftool"
    script = Path(__file__).with_name("exiftool_wrapper.py")
    wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} {script} "$@"\n')
    wrapper.chmod(0o755)
    listed = folder / "faults"
    listed.write_text("\n".join(faults))
    facts = {
        "MEDIAPARSER_EXIFTOOL": str(wrapper),
        "MEDIAPARSER_EXIFTOOL_SECONDS": "2",
        "EXIFTOOL_FAULTS": str(listed),
        "EXIFTOOL_REAL": str(shutil.which("exiftool")),
    }
    installation.environment.update(facts)
    return listed


@pytest.fixture
def worker(product: Installation) -> Iterator[subprocess.Popen[str]]:
    """A worker of the product; it writes to a file, for nobody reads along."""
    with running(product, "worker") as process:
        yield process


@contextlib.contextmanager
def running(installation: Installation, *command: str | Path) -> Iterator[subprocess.Popen[str]]:
    log = Path(installation.environment["TMPDIR"]).with_name(f"log of {command[0]}")
    with log.open("a") as output:
        process = subprocess.Popen(
            installation.command(*command),
            env=installation.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
            text=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(90)
