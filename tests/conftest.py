"""What many tests need: a moment, pictures with real tags, and jobs that run here and now."""

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from pytest_django import DjangoDbBlocker

from media_catalog import tasks
from media_catalog.models import Job, JobBatch
from media_catalog.services import imports, jobs, sources
from tests import databases, tagging

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MakePicture = Callable[..., Path]
WAITING = ("hosts", "cluster", "faults")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests that wait for other processes run beside those that compute, the longest of them first.

    Each process of pytest-xdist begins with one stretch of the list: the first and the third with tests that
    wait.
    """
    waiting = [item for item in items if item.path.parent.name in WAITING]
    waiting.sort(key=lambda item: WAITING.index(item.path.parent.name))
    computing = [item for item in items if item.path.parent.name not in WAITING]
    half = len(computing) // 2
    items[:] = [*waiting[::2], *computing[:half], *waiting[1::2], *computing[half:]]


def pytest_collection_finish() -> None:
    gc.freeze()  # thousands of tests, which Python would look through for garbage again and again


def pytest_sessionfinish(session: pytest.Session) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        databases.forget(_folder_of_run(session.config._tmp_path_factory))  # type: ignore[attr-defined]


def _folder_of_run(factory: pytest.TempPathFactory) -> Path:
    """The folder of all processes that share the work."""
    mine = factory.getbasetemp()
    return mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> str:
    """A database as `migrate` makes it, to be copied: see tests.databases."""
    with django_db_blocker.unblock():
        return databases.migrated(_folder_of_run(tmp_path_factory))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, migrated: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock(), databases.beginning_with(migrated):
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_picture(tmp_path: Path) -> MakePicture:
    """Make a small picture that differs by its seed, with tags written by ExifTool."""

    def make(path: Path | str, *, seed=0, tags: dict[str, str] | None = None, size=(160, 120)) -> Path:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.new("RGB", size, ((seed * 37) % 256, (seed * 91) % 256, 120))
        draw = ImageDraw.Draw(picture)
        for step in range(6):
            corner = ((seed * 13 + step * 29) % size[0], (seed * 7 + step * 17) % size[1])
            draw.ellipse(
                (*corner, corner[0] + 40, corner[1] + 30), fill=(step * 40, 255 - step * 40, seed % 256)
            )
        picture.save(target)
        if tags:
            arguments = [f"-{tag}={value}" for tag, value in tags.items()]
            tagging.run("-q", "-overwrite_original", *arguments, target)
        return target

    return make


@pytest.fixture
def run_job() -> Callable[[Job], Job]:
    """Run all batches of a job in this process, as workers would."""

    def run(job: Job) -> Job:
        waiting = JobBatch.objects.filter(job=job, state=JobBatch.State.PENDING, job__state__in=jobs.ACTIVE)
        while batch := waiting.order_by("pk").first():
            tasks.run_batch(batch.pk)
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def import_folder(run_job: Callable[[Job], Job]) -> Callable[..., Job]:
    def run(folder: Path, **options: object) -> Job:
        source = sources.register(folder, created_at=NOW)
        return run_job(imports.start(source, created_at=NOW, **options))  # type: ignore[arg-type]

    return run
