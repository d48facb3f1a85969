import os
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from media_catalog.models import Job, JobBatch
from media_catalog.services import janitor, jobs, reconciler, sources

pytestmark = pytest.mark.django_db
KEPT = {
    "thumbnails/ab/cd/abcd.jpg",
    "thumbnails/ab/cd/.hidden",
    "scratch/notes",
    "cache/one.djcache",
    "tmp/mp-else",
}
LEFT = {"thumbnails/ab/cd/.k3_x9qpz.tmp", "scratch/member-a1b2c3d4/photo.jpg", "cache/tmpx7y8z9a_"}


@pytest.fixture
def data(tmp_path, settings, monkeypatch):
    """A data folder with what killed processes left in it."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    for path in KEPT | LEFT:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    return tmp_path


@pytest.fixture
def job(tmp_path_factory, now):
    source = sources.register(tmp_path_factory.mktemp("photos"), created_at=now)
    return jobs.create(kind=Job.Kind.IMPORT, source=source, options={}, created_at=now)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_removes_what_killed_processes_left_and_nothing_else(data, now):
    assert janitor.tidy(at=now) == 3
    assert files(data) == KEPT
    assert not (data / "scratch/member-a1b2c3d4").exists()


def test_spares_what_a_living_worker_may_be_at_work_on(data):
    soon, later = (changed_at(data) + delay for delay in (jobs.LEASE / 2, jobs.LEASE * 2))
    reconciler.beat(workers=1, started_at=soon, at=soon)
    assert janitor.tidy(at=soon) == 0
    assert files(data) == KEPT | LEFT
    reconciler.beat(workers=1, started_at=soon, at=later)
    assert janitor.tidy(at=later) == 3


def changed_at(data: Path):
    return datetime.fromtimestamp((data / "cache").stat().st_ctime, tz=UTC) + timedelta(seconds=1)


def test_removes_the_folders_of_an_exiftool_whose_worker_has_died(data, now):
    dead = subprocess.Popen(["true"])
    dead.wait()
    for pid in (dead.pid, os.getpid()):
        (data / f"tmp/mp-exiftool-{pid}-a1b2c3d4").mkdir()
    janitor.tidy(at=now)
    assert [path.name for path in (data / "tmp").iterdir() if path.is_dir()] == [
        f"mp-exiftool-{os.getpid()}-a1b2c3d4"
    ]


def test_looks_after_a_job_only_if_a_worker_was_killed_in_it(data, job, now):
    claim = jobs.claim(job.batches.get().pk, at=now)
    assert janitor.tidy_after(claim, at=now) == 0
    JobBatch.objects.create(
        job=job, stage=Job.Stage.FILES, rung_at=now, state=JobBatch.State.DONE, attempts=2
    )
    assert janitor.tidy_after(claim, at=now) == 2
    assert files(data) == KEPT | {"cache/tmpx7y8z9a_"}
