"""Watched folders: what arrives is imported, whole and once."""

import os
import shutil
import signal
import subprocess
import threading
import time

import pytest

from tests.cluster.workers import Workers, wait_until

pytestmark = pytest.mark.any_database

SETTLE_S = 1


class Watch:
    """A watch command, and what it has said so far."""

    def __init__(self, installation, folder, log, *arguments):
        self.log = log
        with log.open("a") as output:
            self.process = subprocess.Popen(
                installation.command("watch", folder, f"--settle={SETTLE_S}", *arguments),
                env=installation.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def said(self):
        return self.log.read_text()

    def end(self):
        self.process.terminate()
        return self.process.wait(60)


@pytest.fixture
def photos(tmp_path, make_picture):
    make_picture("photos/first.png", seed=1)
    return tmp_path / "photos"


@pytest.fixture
def workers(installed, tmp_path):
    running = Workers(installed, tmp_path / "worker.log").start()
    yield running
    running.stop()


@pytest.fixture
def watch(installed, photos, tmp_path, workers):
    watches: list[Watch] = []

    def start(*arguments):
        watches.append(Watch(installed, photos, tmp_path / f"watch{len(watches)}.log", *arguments))
        return watches[-1]

    yield start
    for one in watches:
        if one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()


def known(installation):
    return dict(
        installation.query("SELECT name, size_bytes FROM media_catalog_mediafile WHERE state <> 'missing'")
    )


def jobs(installation):
    return installation.query("SELECT state FROM media_catalog_job ORDER BY id")


@pytest.mark.soak
def test_imports_what_arrives_in_bursts_and_ends_when_it_is_told(installed, photos, watch, make_picture):
    running = watch("--label", "Mum's phone")
    wait_until(lambda: "first.png" in known(installed))
    wait_until(lambda: jobs(installed) == [("completed",)])
    for number in range(5):
        make_picture(f"photos/{number}.png", seed=10 + number)
        time.sleep(0.2)
    wait_until(lambda: len(known(installed)) == 6)
    wait_until(lambda: jobs(installed) == [("completed",)] * 2)
    assert installed.query("SELECT label FROM media_catalog_source") == [("Mum's phone",)]
    wait_until(lambda: "5 read, 0 failed" in running.said)
    assert running.end() == 0


def test_a_file_that_is_written_slowly_appears_only_when_it_is_whole(installed, photos, watch, make_picture):
    running = watch()
    wait_until(lambda: jobs(installed) == [("completed",)])
    content = make_picture("elsewhere.png", seed=3, size=(600, 400)).read_bytes()
    part = len(content) // 12
    seen, is_over = set(), threading.Event()

    def look():
        while not is_over.wait(0.05):
            seen.add(known(installed).get("slow.png"))

    watcher = threading.Thread(target=look)
    watcher.start()
    with (photos / "slow.png").open("wb") as file:
        for start in range(0, len(content), part):
            file.write(content[start : start + part])
            file.flush()
            time.sleep(0.6)
    make_picture("photos/quick.png", seed=4)
    wait_until(lambda: known(installed).get("slow.png"))
    wait_until(lambda: set(jobs(installed)) == {("completed",)})
    is_over.set()
    watcher.join()
    assert seen == {None, len(content)}
    states = dict(installed.query("SELECT name, state FROM media_catalog_mediafile"))
    assert states == {"first.png": "analysed", "slow.png": "analysed", "quick.png": "analysed"}
    assert running.end() == 0


@pytest.mark.soak
def test_what_arrived_while_nobody_watched_is_found_by_the_next_watch(installed, photos, watch, make_picture):
    running = watch()
    wait_until(lambda: "first.png" in known(installed))
    os.killpg(running.process.pid, signal.SIGKILL)
    running.process.wait()
    make_picture("photos/meanwhile.png", seed=5)
    watch()
    wait_until(lambda: "meanwhile.png" in known(installed))


@pytest.mark.soak
def test_a_folder_that_goes_and_comes_back_loses_nothing(installed, photos, watch, make_picture):
    running = watch()
    wait_until(lambda: jobs(installed) == [("completed",)])
    away = photos.rename(photos.with_name("away"))
    wait_until(lambda: "is its disk connected?" in running.said)
    time.sleep(3)
    assert running.said.count("is its disk connected?") == 1
    assert "first.png" in known(installed)
    make_picture("away/late.png", seed=6)
    away.rename(photos)
    wait_until(lambda: "late.png" in known(installed))
    assert installed.query("SELECT count(*) FROM media_catalog_mediafile WHERE state = 'missing'") == [(0,)]


def test_a_folder_may_come_later_than_its_watch(installed, photos, watch):
    away = photos.rename(photos.with_name("away"))
    running = watch()
    wait_until(lambda: "is its disk connected?" in running.said)
    away.rename(photos)
    wait_until(lambda: "first.png" in known(installed))


@pytest.mark.soak
def test_two_watches_of_a_folder_do_no_harm(installed, photos, watch, make_picture):
    first, second = watch(), watch()
    wait_until(lambda: "first.png" in known(installed))
    make_picture("photos/second.png", seed=7)
    (photos / os.fsdecode(b"bad\xff\n\x1b[31mname.jpg")).write_bytes((photos / "first.png").read_bytes())
    wait_until(lambda: len(known(installed)) == 3)
    wait_until(lambda: set(jobs(installed)) == {("completed",)})
    assert (first.end(), second.end()) == (0, 0)
    assert "Traceback" not in first.said + second.said
    assert len(jobs(installed)) <= 5


@pytest.mark.soak
def test_waits_while_somebody_else_imports_the_folder(installed, photos, workers, watch):
    workers.process.terminate()
    workers.process.wait(20)
    job = installed.json("import_path", photos, "--no-wait")["job"]
    assert installed.run("job", str(job), "pause").returncode == 0
    running = watch("--supervised")
    wait_until(lambda: f"Job {job}," in running.said and "is paused" in running.said)
    assert len(jobs(installed)) == 1
    assert running.end() == 0


def test_once_imports_what_is_there_and_ends(installed, photos, watch):
    running = watch("--once")
    assert running.process.wait(60) == 0
    assert list(known(installed)) == ["first.png"]
    assert "1 read, 0 failed" in running.said


def test_once_without_its_folder_cannot_start(installed, photos, watch):
    shutil.rmtree(photos)
    running = watch("--once")
    assert running.process.wait(60) == 2
    assert "does not exist" in running.said


@pytest.mark.soak
def test_the_worker_watches_the_folders_of_its_setting(installed, photos, tmp_path, make_picture):
    make_picture("more photos/second.png", seed=8)
    both = f"{photos}|{tmp_path}/more photos"
    workers = Workers(installed, tmp_path / "other.log").start(MEDIAPARSER_WATCH=both)
    try:
        wait_until(lambda: set(known(installed)) == {"first.png", "second.png"})
        (watcher,) = [one for one in workers.process.children() if one.cmdline()[-1] == str(photos)]
        watcher.kill()
        wait_until(lambda: "was started again" in workers.said)
        make_picture("photos/third.png", seed=9)
        wait_until(lambda: "third.png" in known(installed))
        family = workers.all()
        workers.process.terminate()
        assert workers.process.wait(20) == 0
        assert not [one for one in family if one.is_running()]
    finally:
        workers.stop()


def test_a_setting_that_is_no_list_of_whole_paths_stops_the_start(installed):
    done = subprocess.run(
        installed.command("doctor"),
        env=installed.environment | {"MEDIAPARSER_WATCH": "photos"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "MEDIAPARSER_WATCH='photos' is not usable" in done.stderr
