import uuid
from datetime import datetime, timedelta

import pytest

from media_catalog.models import CameraRule, Decision, Job, MediaFile
from media_catalog.services import cameras, decisions, evidence, job_control, jobs, redating, sliced, trips
from media_catalog.services.job_control import Action
from tests.review.rows import NOW, add_file

NOON = datetime(2015, 7, 4, 12)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    monkeypatch.setattr(sliced, "SLICE", 2)


def add(name="a.jpg", **facts):
    file = add_file(name, captured=NOON, camera_make="NIKON", camera_model="D70", **facts)
    file.candidates.create(
        rank=0, source="EXIF:DateTimeOriginal", local=NOON, precision="second", weight=10, is_chosen=True
    )
    return file


def start_rule(**facts):
    rule = CameraRule(camera_model="D70", shift_seconds=3600, **facts)
    return rule, cameras.activate(rule, at=NOW)


def start_trip(**facts):
    trip = trips.Trip(selection=trips.Selection(camera_model="D70"), batch=uuid.uuid4(), **facts)
    return trip, redating.start_trip(trip, created_at=NOW)


def hours():
    """By how many hours each file's date was moved."""
    dates = MediaFile.objects.order_by("pk").values_list("captured_local", flat=True)
    return [(local - NOON) // HOUR for local in dates]


def stop_after(monkeypatch, module, name, calls, action, job):
    """Pause or cancel a job right after so many calls of a function."""
    function, made = getattr(module, name), []

    def watched(*arguments, **options):
        result = function(*arguments, **options)
        made.append(name)
        if len(made) == calls:
            job_control.act(job.pk, action, at=NOW)
        return result

    monkeypatch.setattr(module, name, watched)


def test_a_rule_changes_files_that_are_here_in_slices(run_job):
    for _ in range(5):
        add()
    rule, job = start_rule()
    run_job(job)
    assert (job.state, job.kind, job.done_count, job.total_count) == ("completed", "redate", 5, 5)
    assert job.summary == {"files": 5, "changed": 5}
    assert job.batches.filter(stage="files").count() == 3
    assert hours() == [1] * 5
    run_job(cameras.deactivate(rule, at=NOW))
    assert hours() == [0] * 5


@pytest.mark.parametrize("of_what", ["rule", "trip"])
def test_a_cancelled_change_is_completed_by_continuing_it(of_what, run_job, monkeypatch):
    for _ in range(5):
        add()
    job = start_rule()[1] if of_what == "rule" else start_trip(shift=HOUR)[1]
    module, name = (evidence, "redecide") if of_what == "rule" else (trips, "change")
    stop_after(monkeypatch, module, name, 2, Action.CANCEL, job)
    run_job(job)
    assert (job.state, job.is_finished) == ("cancelled", True)
    assert hours() == [1, 1, 1, 1, 0]
    assert job_control.possible(job) == ["continue"]
    job_control.act(job.pk, Action.CONTINUE, at=NOW)
    run_job(job)
    assert (job.state, job.done_count, job.changed_count) == ("completed", 5, 5)
    assert hours() == [1] * 5  # a shift that came twice would show


def test_a_change_that_was_cancelled_before_all_files_were_found_is_completed_too(run_job, monkeypatch):
    for _ in range(5):
        add()
    _, job = start_trip(shift=HOUR)
    stop_after(monkeypatch, sliced, "_add", 1, Action.CANCEL, job)
    run_job(job)
    assert (job.state, hours()) == ("cancelled", [0] * 5)
    job_control.act(job.pk, Action.CONTINUE, at=NOW)
    run_job(job)
    assert (job.state, job.total_count, hours()) == ("completed", 5, [1] * 5)


def test_a_paused_change_goes_on_where_it_was(run_job, monkeypatch):
    for _ in range(5):
        add()
    _, job = start_trip(shift=HOUR)
    stop_after(monkeypatch, trips, "change", 1, Action.PAUSE, job)
    run_job(job)
    assert (job.state, hours()) == ("paused", [1, 1, 0, 0, 0])
    job_control.act(job.pk, Action.RESUME, at=NOW)
    run_job(job)
    assert hours() == [1] * 5


def test_a_worker_that_dies_after_it_changed_files_does_not_change_them_twice(run_job, monkeypatch):
    for _ in range(2):
        add()
    _, job = start_trip(shift=HOUR)
    finish = jobs.finish_batch

    def die_once(claim, *, at):
        if claim.batch.stage == "files":
            monkeypatch.setattr(jobs, "finish_batch", finish)
            raise SystemExit
        finish(claim, at=at)

    monkeypatch.setattr(jobs, "finish_batch", die_once)
    with pytest.raises(SystemExit):
        run_job(job)
    assert hours() == [1, 1]
    run_job(job)
    assert (job.state, job.done_count, hours()) == ("completed", 2, [1, 1])


def test_what_a_trip_changed_is_one_decision_that_can_be_undone(run_job):
    for _ in range(5):
        add()
    trip, job = start_trip(zone="Asia/Tokyo")
    run_job(job)
    assert Decision.objects.filter(batch=trip.batch).count() == 5
    assert set(MediaFile.objects.values_list("offset_minutes", flat=True)) == {540}
    assert decisions.undo(trip.batch, actor=None, at=NOW).number == 5
    assert set(MediaFile.objects.values_list("offset_minutes", flat=True)) == {None}


def test_files_that_a_trip_leaves_as_they_are_are_counted_apart(run_job):
    add()
    add(captured_precision="month")
    _, job = start_trip(shift=HOUR)
    run_job(job)
    assert (job.done_count, job.changed_count) == (2, 1)
    assert sorted(job.job_files.values_list("outcome", flat=True)) == ["done", "unchanged"]


def test_a_trip_is_the_same_when_it_comes_out_of_a_job():
    selection = trips.Selection(
        camera_model="D70", source_label="x", folder="a", from_local=NOON, until_local=NOON + HOUR
    )
    trip = trips.Trip(selection=selection, batch=uuid.uuid4(), shift=timedelta(hours=-6, seconds=1))
    assert trips.of_options(trips.as_options(trip)) == trip


def test_only_one_change_of_dates_goes_on_and_a_refused_one_leaves_nothing_behind():
    add()
    _, first = start_rule()
    with pytest.raises(jobs.AlreadyRunning) as refused:
        start_rule(camera_make="NIKON")
    assert refused.value.job == first
    assert CameraRule.objects.count() == 1


def test_a_change_without_files_ends_at_once(run_job):
    _, job = start_trip(shift=HOUR)
    assert (run_job(job).state, job.summary) == ("completed", {"files": 0, "changed": 0})
    assert Job.objects.count() == 1
