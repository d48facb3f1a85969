import itertools
from datetime import timedelta

import pytest

from media_catalog.models import Job
from media_catalog.services import job_control, jobs, pace, progress
from media_catalog.services.job_control import Action
from tests.review.rows import NOW, add_source

pytestmark = pytest.mark.django_db


def after(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def work():
    """An import of 1,000 files whose workers handle so many files a second."""

    class Work:
        def __init__(self):
            facts = {"state": "running", "stage": "files", "started_at": NOW, "searched_at": NOW}
            self.job = Job.objects.create(
                kind="import", source=add_source(), total_count=1000, created_at=NOW, **facts
            )
            self.second = 0
            self.begin()

        def begin(self):
            self.job.refresh_from_db()
            pace.tick(self.job, at=after(self.second))

        def go_on(self, seconds, *, rate=5):
            """Work second by second; return what was told about the time left meanwhile."""
            told = []
            for _ in range(seconds):
                self.second += 1
                Job.objects.update(done_count=self.done + rate)
                self.begin()
                told.append(self.left)
            return told

        @property
        def done(self):
            return Job.objects.get().done_count

        @property
        def found(self):
            return progress.of_job(Job.objects.get(), at=after(self.second))

        @property
        def left(self):
            return self.found.left_s

    return Work()


def test_nothing_is_told_before_anything_is_known(work):
    assert (work.found.files_per_s, work.left) == (None, None)
    work.go_on(3)
    assert work.left is None


def test_pace_and_time_left_are_those_of_the_work(work):
    work.go_on(60)
    assert work.found.files_per_s == pytest.approx(5, rel=0.05)
    assert work.left == pytest.approx(140, rel=0.1)
    assert work.found.work_s == 60


def test_the_time_left_falls_steadily(work):
    told = [left for left in work.go_on(120) if left is not None]
    assert len(told) > 110
    steps = [one - other for one, other in itertools.pairwise(told)]
    assert min(steps) >= -1
    assert max(steps) < 10


def test_paused_time_is_not_counted(work):
    work.go_on(60)
    before = work.found
    job_control.act(before.job, Action.PAUSE, at=after(60))
    work.second += 3600
    paused = work.found
    assert (paused.work_s, paused.files_per_s, paused.left_s) == (60, before.files_per_s, before.left_s)
    job_control.act(before.job, Action.RESUME, at=after(3660))
    work.begin()
    told = work.go_on(20)
    assert work.found.work_s == 80
    assert max(abs(one - other) for one, other in itertools.pairwise([before.left_s, *told])) < 10


def test_a_worker_that_notices_a_pause_late_does_not_start_the_clock_again(work):
    work.go_on(10)
    late = Job.objects.get()
    job_control.act(late.pk, Action.PAUSE, at=after(10))
    pace.tick(late, at=after(20))
    assert Job.objects.get().worked_at is None


def test_the_time_until_somebody_continues_a_halted_job_is_not_counted(work):
    work.go_on(10)
    jobs.halt(work.found.job, reason="The disk is gone.", at=after(10))
    assert work.found.work_s == 10
    work.second += 7200
    job_control.act(work.found.job, Action.CONTINUE, at=after(work.second))
    work.begin()
    work.go_on(5)
    assert work.found.work_s == 15


def test_hours_without_any_worker_are_not_counted(work):
    work.go_on(60)
    work.second += 7200
    work.begin()
    assert work.found.work_s == 60
    work.go_on(10)
    assert work.found.work_s == 70
    assert work.found.files_per_s == pytest.approx(5, rel=0.05)


def test_a_burst_or_a_long_video_does_not_throw_the_estimate_about(work):
    work.go_on(60)
    before = work.left
    work.go_on(30, rate=0)
    assert before < work.left < 2 * before
    work.go_on(2, rate=50)
    assert before / 2 < work.left < 2 * before


def test_a_pace_that_stays_slow_becomes_the_pace(work):
    work.go_on(60)
    work.go_on(400, rate=1)
    assert work.found.files_per_s == pytest.approx(1, rel=0.2)


def test_files_that_needed_no_reading_do_not_make_it_fast(work):
    work.go_on(20)
    Job.objects.update(skipped_count=400, total_count=1400, paced_count=Job.objects.get().paced_count + 400)
    work.go_on(20)
    assert work.found.files_per_s == pytest.approx(5, rel=0.05)


def test_two_workers_do_not_count_a_second_twice(work):
    work.go_on(10)
    first, second = Job.objects.get(), Job.objects.get()
    pace.tick(first, at=after(14))
    pace.tick(second, at=after(14))
    assert Job.objects.get().worked_s == 14


def test_a_clock_that_is_set_back_takes_no_work_away(work):
    work.go_on(60)
    pace.tick(Job.objects.get(), at=after(-3600))
    assert Job.objects.get().worked_s == 60


def test_the_row_is_not_written_for_every_file(work, django_assert_num_queries):
    work.go_on(10)
    job = Job.objects.get()
    with django_assert_num_queries(0):
        for number in range(10):
            pace.tick(job, at=after(10 + number / 10))


@pytest.mark.parametrize(
    "facts",
    [{"searched_at": None}, {"stage": "finish"}, {"state": "completed"}, {"files_per_s": None}],
)
def test_the_time_left_is_not_told_where_nobody_can_know_it(work, facts):
    work.go_on(60)
    Job.objects.update(**facts)
    assert work.left is None
