from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from media_catalog.models import Job, WorkerBeat
from tests.review.rows import add_source

pytestmark = pytest.mark.django_db


def test_is_alive_without_a_log_in(client):
    assert client.get("/health/live").json() == {"status": "live"}


def test_is_ready_when_all_is_there(client):
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


def test_is_not_ready_without_exiftool(client, settings):
    settings.MEDIAPARSER_EXIFTOOL = "/no/such/exiftool"
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["ExifTool is not installed."])


def test_is_not_ready_without_its_data_folder(client, settings, tmp_path: Path):
    settings.DATA_DIR = tmp_path / "gone"
    answer = client.get("/health/ready")
    assert answer.json()["reasons"] == ["The data folder cannot be written."]
    assert str(tmp_path) not in answer.text


def test_is_not_ready_while_work_waits_and_no_worker_is_alive(client):
    long_ago = timezone.now() - timedelta(hours=1)
    job = Job.objects.create(kind="import", source=add_source(), created_at=long_ago)
    job.batches.create(stage="scan", rung_at=long_ago)
    assert client.get("/health/ready").json()["reasons"] == ["Work is waiting, and no worker is alive."]


def test_is_not_ready_while_migrations_are_missing(client):
    latest = MigrationLoader(connection).graph.leaf_nodes("media_catalog")[0]
    MigrationRecorder(connection).record_unapplied(*latest)
    assert client.get("/health/ready").json()["reasons"] == [
        "The database is not up to date: migrations are missing."
    ]


def test_the_overview_gives_numbers_without_a_log_in_and_names_with_one(client, admin_client):
    WorkerBeat.objects.create(
        owner="nas|a|1|1|1", host="nas", workers=2, started_at=timezone.now(), beat_at=timezone.now()
    )
    stranger, known = client.get("/health/").json(), admin_client.get("/health/").json()
    assert (stranger["status"], stranger["workers"], stranger["waiting_batches"]) == ("ok", 2, 0)
    assert "name" not in stranger["hosts"][0]
    assert known["hosts"][0]["name"] == "nas"


def test_the_overview_says_what_is_odd(client):
    long_ago = timezone.now() - timedelta(hours=1)
    job = Job.objects.create(kind="import", source=add_source(), created_at=long_ago)
    job.batches.create(stage="scan", rung_at=long_ago)
    answer = client.get("/health/").json()
    assert (answer["status"], answer["warnings"][0]["code"]) == ("warning", "no_worker")


def test_the_home_page_shows_a_line_for_what_is_odd(admin_client):
    long_ago = timezone.now() - timedelta(hours=1)
    job = Job.objects.create(kind="import", source=add_source(), created_at=long_ago)
    assert "Work was begun by workers that have died" not in admin_client.get("/").text
    job.batches.create(
        stage="scan",
        state="running",
        token=uuid4(),
        owner="gone|a|1|1|1",
        lease_expires_at=long_ago,
        rung_at=long_ago,
    )
    assert "Work was begun by workers that have died" in admin_client.get("/").text
