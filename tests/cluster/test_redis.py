"""Doorbells in Redis instead of the database: what is lost there is rung for again."""

import importlib.util
import shutil
import subprocess
import time

import pytest

from tests.cluster.workers import FILES, Workers, finished, make_photos, queue, wait_until

pytestmark = [
    pytest.mark.any_database,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed"),
    pytest.mark.skipif(
        importlib.util.find_spec("redis") is None, reason="requirements-redis.txt is not installed"
    ),
]


@pytest.fixture
def photos(tmp_path, make_picture):
    return make_photos(tmp_path, make_picture)


class Redis:
    """A server of our own on a Unix socket, which keeps nothing."""

    def __init__(self, folder):
        self.folder = folder
        self.url = f"unix://{folder}/redis"
        self.process = None

    def start(self):
        options = ["--port", "0", "--unixsocket", f"{self.folder}/redis", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            ["redis-server", *options, "--dir", self.folder], stdout=subprocess.DEVNULL
        )
        wait_until(lambda: self.ask("ping") == "PONG")

    def ask(self, *words):
        socket = f"{self.folder}/redis"
        done = subprocess.run(
            ["redis-cli", "-s", socket, *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path_factory):
    server = Redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def workers(installed, tmp_path, redis):
    installed.environment.update(MEDIAPARSER_BATCH_SIZE="2", MEDIAPARSER_REDIS_URL=redis.url)
    running = Workers(installed, tmp_path / "worker.log")
    yield running
    running.stop()


def doorbells(redis):
    return int(redis.ask("llen", "django_q:mediaparser:q"))


def test_work_is_rung_for_in_redis_and_done(installed, workers, photos, redis):
    job = queue(installed, photos)
    assert doorbells(redis) == 1
    assert installed.query("SELECT count(*) FROM django_q_ormq") == [(0,)]
    workers.start()
    assert finished(installed, job) == ("completed", FILES)
    assert doorbells(redis) == 0


@pytest.mark.soak
def test_doorbells_that_redis_forgot_are_rung_again(installed, workers, photos, redis):
    job = queue(installed, photos)
    redis.ask("flushall")
    workers.start()
    assert finished(installed, job) == ("completed", FILES)


@pytest.mark.soak
def test_redis_may_be_away_when_work_is_asked_for_and_when_workers_start(installed, workers, photos, redis):
    redis.kill()
    job = queue(installed, photos)
    facts = installed.run("doctor", "--json")
    assert "The queue in Redis does not answer" in facts.stdout
    workers.start()
    wait_until(lambda: "The queue in Redis does not answer" in workers.said)
    assert workers.process.poll() is None
    redis.start()
    assert finished(installed, job) == ("completed", FILES)
    assert workers.process.poll() is None


@pytest.mark.soak
@pytest.mark.soak
def test_another_secret_key_loses_no_work(installed, workers, photos, redis):
    job = queue(installed, photos)
    workers.start(MEDIAPARSER_SECRET_KEY="another" * 10)
    assert finished(installed, job) == ("completed", FILES)


@pytest.mark.soak
@pytest.mark.soak
def test_a_cluster_that_an_idle_worker_froze_is_started_again(installed, workers, photos, redis):
    workers.start("--workers=1")
    lock_holder = workers.idle_worker()
    time.sleep(1)
    lock_holder.kill()
    assert finished(installed, queue(installed, photos)) == ("completed", FILES)
    assert "was frozen" in workers.said


def test_what_is_no_address_of_redis_stops_the_start(installed):
    installed.environment["MEDIAPARSER_REDIS_URL"] = "localhost:6379"
    done = installed.run("doctor")
    assert done.returncode != 0
    assert "it looks like redis://" in done.stderr
