import io
import json
import os
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

FILES = 70


@pytest.fixture
def many_photos(tmp_path):
    """Photos that take a while to read: one picture, with a comment of its own in each file."""
    photos = tmp_path / "photos"
    photos.mkdir()
    content = io.BytesIO()
    Image.effect_noise((5000, 4000), 12).save(content, "JPEG", progressive=True)
    start, rest = content.getvalue()[:2], content.getvalue()[2:]
    for number in range(FILES):
        comment = b"\xff\xfe" + (2 + 5).to_bytes(2) + f"{number:05}".encode()
        (photos / f"{number:02}.jpg").write_bytes(start + comment + rest)
    (photos / "copy.jpg").write_bytes((photos / "00.jpg").read_bytes())
    return photos


class Workers:
    """The workers of an installation, in batches small enough that some wait while others are under way."""

    def __init__(self, installation):
        self.installation = installation
        self.process = installation.start("worker")

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def start(self):
        self.process = self.installation.start("worker")


@pytest.fixture
def workers(installed):
    installed.environment["MEDIAPARSER_BATCH_SIZE"] = "15"
    running = Workers(installed)
    yield running
    running.kill()


def done(installation, job_id):
    return installation.query(f"SELECT done_count FROM media_catalog_job WHERE id = {job_id}")[0][0]  # noqa: S608


def has_ended(installation, job_id):
    ended = f"SELECT count(*) FROM media_catalog_job WHERE id = {job_id} AND finished_at IS NOT NULL"  # noqa: S608
    return installation.query(ended)[0][0]


def held(installation):
    return installation.query("SELECT count(*) FROM media_catalog_jobbatch WHERE state = 'running'")[0][0]


def wait_until(condition, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)


def control(installation, job_id, action):
    return installation.json("job", str(job_id), action)


def begin(installation, *command):
    """Queue an import, and wait until it is in the midst of it."""
    job_id = installation.json(*command, "--no-wait")["job"]
    wait_until(lambda: done(installation, job_id) >= 10)
    return job_id


def state(installation, job_id):
    return json.loads(installation.run("job", str(job_id), "--json").stdout)


def outcome(installation):
    """What an import has come to: paths, and whether a file is in a group of identical ones."""
    lines = installation.report()
    return sorted(
        (
            line["path"],
            line["status"],
            line["sha256"],
            line["confidence"],
            bool(line["exact_group"]),
            line["width"],
        )
        for line in lines
    )


@pytest.mark.any_database
def test_a_paused_import_stops_within_seconds_and_resumes_to_the_same_end(installed, workers, many_photos):
    job = begin(installed, "import_path", many_photos)
    paused = control(installed, job, "pause")
    assert paused["state"] == "paused"
    wait_until(lambda: not held(installed), seconds=10)
    stopped_at = done(installed, job)
    assert 10 <= stopped_at < FILES
    time.sleep(2)
    assert (done(installed, job), held(installed)) == (stopped_at, 0)
    control(installed, job, "resume")
    wait_until(lambda: has_ended(installed, job))
    ended = state(installed, job)
    assert (ended["state"], ended["done"], ended["failed"]) == ("completed", FILES + 1, 0)
    disturbed = outcome(installed)
    assert sum(line[4] for line in disturbed) == 2
    workers.kill()
    shared = Path(installed.environment["MEDIAPARSER_DATA_DIR"])
    assert len(list((shared / "thumbnails").rglob("*.jpg"))) == FILES
    again = installed.json("import_path", many_photos)
    assert (again["already_known"], again["new_or_changed"]) == (FILES + 1, 0)
    assert outcome(installed) == disturbed
    workers.start()


@pytest.mark.soak
@pytest.mark.any_database
def test_workers_killed_while_their_import_is_paused_are_missed_by_nobody(installed, workers, many_photos):
    job = begin(installed, "import_path", many_photos)
    pause = installed.start("job", str(job), "pause")
    paused = "SELECT count(*) FROM media_catalog_job WHERE state = 'paused'"
    wait_until(lambda: installed.query(paused)[0][0])
    workers.kill()  # before they can give anything back
    pause.communicate()
    wait_until(lambda: not _workers_alive(installed), seconds=10)
    workers.start()
    wait_until(lambda: not held(installed), seconds=15)
    stopped_at = done(installed, job)
    assert state(installed, job)["state"] == "paused"
    time.sleep(2)
    assert done(installed, job) == stopped_at < FILES
    control(installed, job, "resume")
    wait_until(lambda: has_ended(installed, job))
    ended = state(installed, job)
    assert (ended["state"], ended["done"], ended["failed"]) == ("completed", FILES + 1, 0)


def _workers_alive(installation):
    data = f"MEDIAPARSER_DATA_DIR={installation.environment['MEDIAPARSER_DATA_DIR']}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if data in (folder / "environ").read_bytes():
                return True
        except OSError:
            continue
    return False


@pytest.mark.soak
@pytest.mark.any_database
def test_a_cancelled_import_ends_at_once_and_the_next_one_reads_the_rest(installed, workers, many_photos):
    job = begin(installed, "import_path", many_photos)
    control(installed, job, "cancel")
    wait_until(lambda: not held(installed), seconds=2)
    ended = state(installed, job)
    assert (ended["state"], ended["has_ended"]) == ("cancelled", True)
    assert 10 <= ended["done"] < FILES
    unread = [line for line in installed.report() if not line["sha256"]]
    assert {line["fate"] for line in unread} == {"waiting"}
    assert len(unread) == FILES + 1 - ended["done"]
    again = installed.json("import_path", many_photos)
    assert (again["state"], again["read"], again["failed"]) == ("completed", FILES + 1, 0)
    assert [line["status"] for line in installed.report()] == ["ok"] * (FILES + 1)
    assert sum(line[4] for line in outcome(installed)) == 2


@pytest.mark.soak
@pytest.mark.any_database
def test_a_paused_export_stays_an_export_and_resumes_to_the_end(installed, workers, many_photos, tmp_path):
    installed.json("import_path", many_photos, "--tag", "beach")
    archive = tmp_path / "archive"
    export = installed.start("export", "--output", archive, "--force", "--json")
    wait_until(lambda: len(list(archive.rglob("*.jpg"))) >= 1)
    job = installed.query("SELECT max(id) FROM media_catalog_job")[0][0]
    control(installed, job, "pause")
    wait_until(lambda: not held(installed), seconds=2)
    stopped_at = done(installed, job)
    assert 1 <= stopped_at < FILES
    time.sleep(1)
    assert len(list(archive.rglob("*.jpg"))) == stopped_at
    control(installed, job, "resume")
    ended = json.loads(export.communicate(timeout=120)[0])
    assert (ended["state"], ended["exported"], ended["failed"]) == ("completed", FILES, 0)
    assert len(list(archive.rglob("*.jpg"))) == FILES
    assert installed.run("verify_archive", archive).returncode == 0
