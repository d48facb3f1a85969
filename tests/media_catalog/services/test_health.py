import shutil
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection
from django.utils import timezone
from django_q.models import OrmQ

from media_catalog.models import Job, JobBatch, WorkerBeat
from media_catalog.services import clock as shared_clock
from media_catalog.services import health, jobs, owners, sources

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def at():
    return shared_clock.now()


@pytest.fixture
def job(tmp_path, at):
    source = sources.register(tmp_path, created_at=at)
    return jobs.create(kind=Job.Kind.IMPORT, source=source, options={}, created_at=at - 10 * MINUTE)


def look():
    return health.look(clock=timezone.now)


def codes():
    return [concern.code for concern in look().warnings]


def beat(at, *, host="nas", owner="nas|elsewhere|1|1|1", workers=2):
    WorkerBeat.objects.create(host=host, owner=owner, workers=workers, started_at=at - MINUTE, beat_at=at)


def test_an_idle_installation_has_nothing_to_worry_about():
    seen = look()
    assert (seen.workers, seen.waiting_batches, seen.running_batches, seen.doorbells) == (0, 0, 0, 0)
    assert (seen.oldest_waiting_s, seen.warnings) == (None, [])


def test_says_who_works_on_each_host(at):
    beat(at, owner="nas|a|1|1|1")
    beat(at, owner="nas|a|1|2|1", workers=3)
    beat(at - 5 * MINUTE, host="attic", owner="attic|b|1|1|1")
    attic, nas = look().hosts
    assert (nas.name, nas.commands, nas.processes, nas.is_alive) == ("nas", 2, 5, True)
    assert (attic.name, attic.commands, attic.processes, attic.is_alive) == ("attic", 0, 0, False)
    assert attic.last_beat_at == at - 5 * MINUTE


def test_a_worker_command_that_was_killed_a_second_ago_is_not_alive(at):
    *place, _, _ = owners.name().split("|")
    beat(at, owner="|".join([*place, "999999", "1"]))
    assert look().workers == 0


def test_says_how_much_waits_and_since_when(job, at):
    seen = look()
    assert (seen.waiting_batches, seen.doorbells) == (1, 1)
    assert seen.oldest_waiting_s == pytest.approx(600, abs=5)


def test_work_that_was_rung_for_again_has_waited_for_longer(job, at):
    JobBatch.objects.update(rung_at=at, rings=6)
    assert look().oldest_waiting_s == pytest.approx(60, abs=5)


def test_warns_when_work_waits_and_no_worker_lives(job):
    assert codes() == ["no_worker"]


def test_waits_a_moment_before_it_warns(job, at):
    JobBatch.objects.update(rung_at=at)
    assert codes() == []


def test_work_of_a_paused_job_does_not_wait(job):
    Job.objects.update(state=Job.State.PAUSED)
    assert (look().waiting_batches, codes()) == (0, [])


def test_warns_when_workers_live_and_doorbells_are_never_taken(job, at):
    beat(at)
    assert codes() == ["unheard_doorbells"]


def test_warns_when_workers_live_and_take_nothing(job, at):
    beat(at)
    OrmQ.objects.all().delete()
    assert codes() == ["idle_workers"]


@pytest.mark.parametrize("ago", [timedelta(seconds=30), 2 * MINUTE])
def test_between_two_batches_it_does_not_warn(job, at, ago):
    beat(at)
    job.batches.create(stage="files", state="done", rung_at=at - 10 * MINUTE, finished_at=at - ago)
    assert codes() == ([] if ago < MINUTE else ["unheard_doorbells"])


def test_does_not_warn_while_long_work_is_under_way(job, at):
    beat(at)
    second = job.batches.create(stage="files", rung_at=at - 10 * MINUTE)
    assert jobs.claim(second.pk, at=at)
    seen = look()
    assert (seen.running_batches, seen.stranded_batches, seen.warnings) == (1, 0, [])


def test_counts_what_the_dead_hold(job, at):
    assert jobs.claim(job.batches.get().pk, at=at - 10 * MINUTE)
    assert look().stranded_batches == 1
    assert codes() == ["stranded"]


def test_measures_the_clock_against_the_database_servers():
    wrong = health.look(clock=lambda: timezone.now() - timedelta(seconds=90))
    concerns = [concern.text for concern in wrong.warnings]
    if connection.vendor == "postgresql":
        assert wrong.clock_ahead_s == pytest.approx(-90, abs=1)
        assert concerns == ["This host's clock is 90 seconds behind the database server's."]
    else:
        assert (wrong.clock_ahead_s, concerns) == (0, [])


def test_warns_when_a_disk_is_almost_full(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=200_000_000))
    assert codes() == ["little_space", "little_space"]
    assert look().warnings[0].text == "The disk of the data folder is almost full: 200 MB are free."


def test_knows_the_room_where_a_folder_will_be_made(settings, tmp_path: Path):
    settings.MEDIAPARSER_ARCHIVE_DIR = tmp_path / "not" / "yet"
    assert look().disks[1].free_bytes > 0


def test_gives_no_names_away_to_strangers(at):
    beat(at, host="secret-name")
    known, unknown = look().as_dict(), look().as_dict(names_hosts=False)
    assert known["hosts"][0]["name"] == "secret-name"
    assert "secret-name" not in str(unknown)
    assert str(known["disks"][0]["folder"]) not in str(unknown)
    assert unknown["hosts"][0]["processes"] == 2
