"""The worker command, and what becomes of it when its processes are killed one by one."""

import contextlib
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from media_catalog import processes
from tests import databases
from tests.cluster.workers import (
    FILES,
    GRACE_S,
    Workers,
    alive,
    finished,
    holders,
    make_photos,
    queue,
    wait_until,
)


@pytest.fixture
def workers(installed, tmp_path):
    installed.environment["MEDIAPARSER_BATCH_SIZE"] = "2"
    running = Workers(installed, tmp_path / "worker.log")
    yield running
    running.stop()


@pytest.fixture
def photos(tmp_path, make_picture):
    return make_photos(tmp_path, make_picture)


@pytest.fixture
def slow_exiftool(tmp_path):
    """An ExifTool that takes its time to start: whoever reads files is busy for so long."""
    return _exiftool(tmp_path / "exiftool", starts_in_s=12)


@pytest.fixture
def slowish_exiftool(tmp_path):
    return _exiftool(tmp_path / "exiftool", starts_in_s=4)


def _exiftool(script, *, starts_in_s):
    nap = f"if '-stay_open' in sys.argv:\n    time.sleep({starts_in_s})"
    run = f"os.execv({shutil.which('exiftool')!r}, sys.argv)"
    script.write_text(f"#!{sys.executable} -IS\nimport os, sys, time\n{nap}\n{run}\n")
    script.chmod(0o755)
    return str(script)


# The first is the hardest; the others end what the supervisor sees at once.
ALSO = [pytest.param(one, marks=pytest.mark.soak) for one in ("main", "sentinel", "monitor", "pusher")]


@pytest.mark.parametrize("victim", ["idle_worker", *ALSO])
def test_work_goes_on_whichever_process_is_killed(installed, workers, photos, victim):
    workers.start()
    doomed = getattr(workers, victim)()
    before = workers.all()
    doomed.kill()
    assert finished(installed, queue(installed, photos)) == ("completed", FILES)
    after = workers.all()
    assert len(after) >= 7
    ended = [one for one in before if one not in after]
    assert doomed in ended
    assert not alive(ended)
    workers.process.terminate()
    assert workers.process.wait(2 * GRACE_S) == 0
    assert not alive(after)


def test_what_a_killed_worker_held_runs_again_within_seconds(installed, workers, photos, slow_exiftool):
    workers.start(MEDIAPARSER_EXIFTOOL=slow_exiftool)
    queue(installed, photos)
    doomed = wait_until(lambda: holders(installed))[0]
    psutil.Process(doomed).kill()
    killed_at = time.monotonic()
    held = wait_until(lambda: doomed not in (now := holders(installed)) and len(now) == 2 and now)
    assert time.monotonic() - killed_at < 30  # which is long before its lease of a minute ends
    assert all(psutil.pid_exists(pid) for pid in held)


@pytest.mark.any_database
def test_a_cluster_that_an_idle_worker_froze_is_started_again(installed, workers, photos):
    workers.start("--workers=1")
    main, lock_holder = workers.main(), workers.idle_worker()
    time.sleep(1)
    lock_holder.kill()
    assert finished(installed, queue(installed, photos)) == ("completed", FILES)
    assert "was frozen" in workers.said
    assert not alive([main])


@pytest.mark.soak
@pytest.mark.any_database
def test_long_work_is_no_freeze(installed, workers, photos, slow_exiftool):
    workers.start("--workers=1", MEDIAPARSER_EXIFTOOL=slow_exiftool)
    family = workers.main(), workers.sentinel(), *workers.workers()
    began = time.monotonic()
    assert finished(installed, queue(installed, photos)) == ("completed", FILES)
    assert time.monotonic() - began > 12
    assert alive(family) == list(family)
    assert workers.said == ""


@pytest.mark.soak
@pytest.mark.any_database
def test_workers_that_find_nothing_to_take_are_not_frozen(
    installed, workers, photos, slow_exiftool, tmp_path
):
    others = Workers(installed, tmp_path / "other.log")
    try:
        others.start("--workers=2", MEDIAPARSER_EXIFTOOL=slow_exiftool)
        others.pusher()
        job = queue(installed, photos)
        wait_until(lambda: len(holders(installed)) == 2)
        workers.start()
        assert finished(installed, job) == ("completed", FILES)
        assert workers.said == others.said == ""
    finally:
        others.stop()


@pytest.mark.any_database
def test_a_killed_supervisor_takes_all_with_it(installed, workers, photos, slow_exiftool):
    workers.start(MEDIAPARSER_EXIFTOOL=slow_exiftool)
    queue(installed, photos)
    wait_until(lambda: holders(installed))
    family = wait_until(lambda: len(found := workers.all()) > 7 and found)  # with what the workers started
    workers.process.kill()
    wait_until(lambda: not alive(family[1:]), seconds=30)


@pytest.mark.any_database
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("to_all", [True, pytest.param(False, marks=pytest.mark.soak)])
def test_ends_in_order_and_hands_out_again_what_it_held(
    installed, workers, photos, slowish_exiftool, number, to_all
):
    workers.start(MEDIAPARSER_EXIFTOOL=slowish_exiftool)
    job = queue(installed, photos)
    wait_until(lambda: len(holders(installed)) == 2)
    family = workers.all()
    for process in family if to_all else family[:1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
    assert workers.process.wait(2 * GRACE_S) == 0
    assert not alive(family)
    running = "SELECT count(*) FROM media_catalog_jobbatch WHERE state = 'running'"
    assert installed.query(running) == [(0,)]
    assert installed.query("SELECT count(*) FROM media_catalog_workerbeat") == [(0,)]
    workers.start()
    assert finished(installed, job) == ("completed", FILES)


@pytest.mark.soak
@pytest.mark.any_database
def test_work_that_takes_longer_than_the_grace_is_killed_and_handed_out_again(
    installed, workers, photos, slowish_exiftool
):
    workers.start("--grace=1", MEDIAPARSER_EXIFTOOL=slowish_exiftool)
    job = queue(installed, photos)
    wait_until(lambda: len(holders(installed)) == 2)
    family = workers.all()
    workers.process.terminate()
    assert workers.process.wait(5) == 0
    assert not alive(family)
    held = "SELECT count(*) FROM media_catalog_jobbatch WHERE state <> 'pending' AND stage = 'files'"
    assert installed.query(held) == [(0,)]
    workers.start()
    assert finished(installed, job) == ("completed", FILES)


@pytest.mark.any_database
def test_another_secret_key_makes_old_doorbells_worthless_but_loses_no_work(installed, workers, photos):
    job = queue(installed, photos)
    shutil.copytree(photos, photos.with_name("more"))
    queue(installed, photos.with_name("more"))
    workers.start(MEDIAPARSER_SECRET_KEY="another" * 10)
    assert finished(installed, job) == ("completed", FILES)
    assert "Traceback" not in workers.said
    wait_until(lambda: installed.query("SELECT count(*) FROM django_q_ormq") == [(0,)])


@contextlib.contextmanager
def database_away(installation):
    """Without its database for a while: the server does not know it, or the file has been moved."""
    name = installation.environment.get("DATABASE_URL", "").rpartition("/")[2]
    if name:
        with psycopg.connect(dbname="postgres", autocommit=True, **databases.server()) as connection:
            connection.execute(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"')
            yield
            connection.execute(f'ALTER DATABASE "{name}_away" RENAME TO "{name}"')
        return
    data = Path(installation.environment["MEDIAPARSER_DATA_DIR"])
    (data / "mediaparser.sqlite3").rename(data / "away")
    yield
    for file in data.glob("mediaparser.sqlite3*"):
        file.unlink()
    (data / "away").rename(data / "mediaparser.sqlite3")


def test_waits_for_its_database_and_says_so(installed, workers, photos):
    with database_away(installed):
        workers.start()
        wait_until(lambda: "Waiting for it" in workers.said)
        time.sleep(3)
        assert workers.process.poll() is None
        assert workers.said.count("\n") == 1
    assert finished(installed, queue(installed, photos)) == ("completed", FILES)
    assert "The database answers" in workers.said


@pytest.mark.any_database
def test_ends_at_once_while_it_waits_for_its_database(installed, workers):
    with database_away(installed):
        workers.start()
        wait_until(lambda: "Waiting for it" in workers.said)
        workers.process.terminate()
        assert workers.process.wait(30) == 0


@pytest.mark.any_database
def test_a_child_that_dies_at_once_again_and_again_has_to_wait():
    child = processes.Child([sys.executable, "-c", "raise SystemExit(2)"])
    began = time.monotonic()
    starts = 0
    while time.monotonic() - began < 3:
        child.process.wait(30)
        starts += child.revive()
        time.sleep(0.01)
    assert 1 <= starts <= 5


@pytest.mark.any_database
def test_a_child_ends_with_all_that_it_started():
    script = (
        "import subprocess, time; subprocess.Popen(['sleep', '60'], start_new_session=True); time.sleep(60)"
    )
    child = processes.Child([sys.executable, "-c", script])
    family = wait_until(lambda: processes.descendants(child.process.pid))
    child.stop(grace_s=5)
    assert not alive(family)
