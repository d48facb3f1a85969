from datetime import timedelta

import pytest

from media_catalog.models import Job
from review import progress
from tests.review.rows import NOW, add_source

pytestmark = pytest.mark.django_db


def add_job(**facts) -> Job:
    defaults = {
        "kind": "import",
        "state": "running",
        "stage": "files",
        "created_at": NOW,
        "started_at": NOW,
        "searched_at": NOW,
    }
    return Job.objects.create(source=add_source(), **defaults | facts)


def ids(some) -> list[int]:
    return [one.at.job for one in some]


def test_speaks_in_steps_of_ten_percent():
    job = add_job(total_count=300, done_count=110)
    found = progress.shown(job, at=NOW)
    assert (found.at.percent, found.announced_percent) == (36, 30)
    assert found.announcement == "Import of “Mum's phone”: 30 % done"


def test_says_what_is_done_where_no_percentage_is_known():
    assert "looking for files" in progress.shown(add_job(searched_at=None), at=NOW).announcement
    assert progress.shown(add_job(state="paused"), at=NOW).announcement.endswith(": paused")


def test_shows_every_unfinished_job_and_the_one_that_ended_last():
    running = [add_job(), add_job(state="pending", started_at=None), add_job(state="paused")]
    add_job(state="completed", finished_at=NOW)
    last = add_job(state="failed", finished_at=NOW + timedelta(seconds=40))
    work = progress.work(at=NOW + timedelta(seconds=100))
    assert ids(work.running) == [job.pk for job in running]
    assert (work.last.at.job, work.last.ago_s) == (last.pk, 60)


def test_a_halted_job_is_shown_until_it_is_made_good():
    halted = add_job(state="halted", finished_at=NOW, error_text="The disk is gone.")
    other = add_job(state="completed", finished_at=NOW + timedelta(seconds=1))
    assert ids(progress.work(at=NOW).halted) == [halted.pk]
    Job.objects.filter(pk=other.pk).update(source=halted.source)
    assert ids(progress.work(at=NOW).halted) == []


def test_the_shape_changes_with_jobs_and_what_can_be_done_but_not_with_numbers():
    job = add_job(total_count=300)
    before = progress.work(at=NOW).shape
    Job.objects.update(done_count=200, current_text="a.jpg")
    assert progress.work(at=NOW).shape == before
    Job.objects.update(state="paused")
    paused = progress.work(at=NOW).shape
    add_job()
    both = progress.work(at=NOW).shape
    Job.objects.filter(pk=job.pk).update(state="completed", finished_at=NOW)
    assert len({before, paused, both, progress.work(at=NOW).shape}) == 4


def test_says_when_work_waits_and_no_worker_is_alive():
    add_job(state="pending").batches.create(stage="scan", rung_at=NOW)
    assert progress.work(at=NOW + timedelta(minutes=5)).lacks_workers
