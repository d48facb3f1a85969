from datetime import timedelta

import pytest

from media_catalog.models import Job, JobFailure
from media_catalog.services import (
    import_finish,
    imports,
    job_control,
    jobs,
    progress,
    sidecars,
    sources,
    steps,
)
from media_catalog.services.job_control import Action
from media_catalog.services.progress import Phase
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db


def add_job(**facts):
    defaults = {"kind": "import", "state": "running", "stage": "files", "created_at": NOW, "started_at": NOW}
    return Job.objects.create(source=add_source(), **defaults | facts)


def told(job):
    job.refresh_from_db()
    return progress.of_job(job, at=NOW)


def stages(job):
    return [(one.name, str(one.phase), one.done, one.total) for one in told(job).stages]


def test_a_job_that_nobody_has_begun_waits():
    job = add_job(state="pending", stage="scan", started_at=None)
    assert {one.phase for one in told(job).stages} == {Phase.WAITING}
    assert told(job).now is None


def test_searching_and_reading_go_on_at_once():
    job = add_job(total_count=30, known_count=12, done_count=7, folders_count=3)
    assert stages(job) == [
        ("scan", "running", 42, None),
        ("files", "running", 7, None),
        ("finish", "waiting", 0, None),
    ]
    assert (told(job).percent, told(job).found, told(job).folders) == (None, 42, 3)


def test_when_all_files_are_found_the_whole_is_known():
    job = add_job(total_count=30, known_count=12, done_count=7, failed_count=2, searched_at=NOW)
    assert stages(job)[:2] == [("scan", "done", 42, 42), ("files", "running", 9, 30)]
    assert told(job).percent == 30


def test_the_last_stage_shows_its_steps():
    rows = [["sidecars", 4, 4], ["groups", 500, 2000], ["cameras", None, None]]
    job = add_job(stage="finish", total_count=9, done_count=9, searched_at=NOW, steps=rows)
    assert stages(job)[2:] == [
        ("finish", "running", 1, 3),
        ("sidecars", "done", 4, 4),
        ("groups", "running", 500, 2000),
        ("cameras", "waiting", 0, None),
    ]
    assert told(job).now.name == "groups"


def test_a_completed_job_has_nothing_left_to_do():
    rows = [["sidecars", 4, 4], ["groups", 500, 2000]]
    job = add_job(stage="finish", state="completed", total_count=9, done_count=9, steps=rows, finished_at=NOW)
    assert {phase for _name, phase, _done, _total in stages(job)} == {"done"}
    assert (told(job).percent, told(job).left_s, told(job).has_ended) == (100, None, True)


def test_the_first_failures_are_told_and_how_many_there_are():
    job = add_job(failed_count=7)
    for number in range(7):
        JobFailure.objects.create(
            job=job, file=add_file(f"{number}.jpg"), code="x", message=f"reason {number}", created_at=NOW
        )
    found = told(job)
    assert (found.failures_count, len(found.failures)) == (7, 5)
    assert found.failures[0].path.endswith("0.jpg")
    assert found.failures[0].reason == "reason 0"


def test_a_halt_is_told_with_its_reason_and_what_can_be_done():
    job = add_job()
    jobs.halt(job.pk, reason="The disk is gone.", at=NOW)
    found = told(job)
    assert (found.state, found.reason) == ("halted", "The disk is gone.")
    assert found.failures == [progress.Failure(path=None, code="job", reason="The disk is gone.")]
    assert found.possible == ["cancel", "continue"]


def test_an_import_passes_through_all_its_stages(library, now, run_job, monkeypatch):
    seen = []
    for name in ("a", "b", "c"):
        library.add(f"{name}/1.jpg", seed=ord(name))
    library.add_copy("a/1.jpg", "photos/b/copy.jpg")
    put = steps._put

    def watched(claim, rows):
        put(claim, rows)
        seen.append([(name, done, total) for name, done, total in Job.objects.latest("pk").steps])

    monkeypatch.setattr(steps, "_put", watched)
    job = run_job(imports.start(sources.register(library.photos, created_at=now), created_at=now))
    names = [name for name, _done, _total in seen[0]]
    assert names == [str(step) for step in import_finish.STEPS]
    assert told(job).folders == 4
    last = {name: (done, total) for name, done, total in seen[-1]}
    assert last["groups"] == (4, 4)
    assert last["neighbours"] == (3, 3)
    assert last["cameras"] == (1, 1)
    assert all(done is not None for done, _total in last.values())
    assert told(job).now is None


def test_steps_are_written_once_a_slice_and_not_once_a_file(library, now, run_job, monkeypatch):
    written = []
    put = steps._put

    def watched(claim, rows):
        written.append(rows)
        put(claim, rows)

    monkeypatch.setattr(steps, "_put", watched)
    for number in range(24):
        library.add(f"{number}.jpg", seed=number)
    run_job(imports.start(sources.register(library.photos, created_at=now), created_at=now))
    assert len(written) < 18


def test_finishing_that_broke_off_begins_its_steps_anew(library, now, run_job, monkeypatch):
    library.add()
    job = imports.start(sources.register(library.photos, created_at=now), created_at=now)
    with monkeypatch.context() as patched:
        patched.setattr(
            sidecars, "_possible_copies", lambda _: [job_control.act(job.pk, Action.PAUSE, at=now)]
        )
        run_job(job)
    assert (job.state, told(job).now.name) == ("paused", "sidecars")
    job_control.act(job.pk, Action.RESUME, at=now)
    run_job(job)
    assert (job.state, [row[0] for row in job.steps]) == ("completed", [*import_finish.STEPS])


def test_the_work_of_an_import_is_timed(library, now, run_job):
    library.add()
    job = run_job(imports.start(sources.register(library.photos, created_at=now), created_at=now))
    assert 0 < job.worked_s < 60
    assert job.worked_at is None
    assert job.searched_at is not None
    assert progress.of_job(job, at=job.finished_at + timedelta(days=1)).work_s == job.worked_s
