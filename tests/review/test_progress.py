from datetime import timedelta

import pytest

from media_catalog.models import Job
from review import progress
from tests.review.rows import NOW, add_source

pytestmark = pytest.mark.django_db


def add_job(**facts) -> Job:
    defaults = {"kind": "import", "state": "running", "stage": "files", "created_at": NOW, "started_at": NOW}
    return Job.objects.create(source=add_source(), **defaults | facts)


def test_tells_pace_and_time_left_from_what_is_done():
    job = add_job(total_count=300, done_count=90, skipped_count=8, failed_count=2)
    found = progress.progress(job, at=NOW + timedelta(seconds=50))
    assert (found.percent, found.files_per_s, found.left_s) == (33, 2, 100)


def test_speaks_in_steps_of_ten_percent():
    job = add_job(total_count=300, done_count=110)
    assert progress.progress(job, at=NOW).announced_percent == 30


@pytest.mark.parametrize("facts", [{"stage": "scan", "total_count": 10}, {"total_count": 0}])
def test_gives_no_percentage_before_the_whole_is_known(facts):
    found = progress.progress(add_job(**facts), at=NOW)
    assert (found.percent, found.left_s) == (None, None)


def test_shows_every_unfinished_job_and_then_no_finished_one():
    running = [add_job(), add_job(state="pending", started_at=None)]
    add_job(state="completed", finished_at=NOW)
    work = progress.work(at=NOW)
    assert [one.job for one in work.running] == running
    assert work.last is None


def test_shows_the_job_that_ended_last_when_none_is_running():
    add_job(state="completed", finished_at=NOW)
    last = add_job(state="failed", finished_at=NOW + timedelta(seconds=40))
    ended = progress.work(at=NOW + timedelta(seconds=100)).last
    assert (ended.job, ended.took_s, ended.ago_s) == (last, 40, 60)


def test_says_when_work_waits_and_no_worker_is_alive():
    add_job(state="pending").batches.create(stage="scan", rung_at=NOW)
    assert progress.work(at=NOW + timedelta(minutes=5)).lacks_workers
