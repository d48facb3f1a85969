import time

import pytest
from django.core.management import CommandError

from media_catalog.management import progress, summaries
from media_catalog.models import Job, JobBatch
from media_catalog.services import clock, imports, job_control, jobs, owners, reconciler, sources, working
from media_catalog.services.job_control import Action
from tests.review.rows import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(library, now):
    for number in range(3):
        library.add(f"{number}.jpg", seed=number)
    return imports.start(sources.register(library.photos, created_at=now), created_at=now)


def show(*jobs_):
    """Show a job in some states, as where standard error is no terminal."""
    printer = progress._line_printer()
    for job in jobs_:
        printer(job)


def at(job, **facts):
    Job.objects.filter(pk=job.pk).update(**facts)
    return progress.load(job.pk)


def test_a_line_is_written_when_something_else_is_done(job, capsys):
    reading = {"state": "running", "started_at": NOW, "searched_at": NOW, "stage": "files"}
    show(
        at(job, state="running", started_at=NOW),
        at(job, **reading, total_count=3, done_count=1, current_text="1.jpg"),
        at(job, done_count=2),
        at(job, stage="finish", done_count=3, steps=[["groups", 1, 3]]),
    )
    assert capsys.readouterr().err.splitlines() == [
        "looking for files: 0/?",
        "working on files: 1/3  1.jpg",
        "identical copies: 1/3  1.jpg",
    ]


def test_that_somebody_stopped_the_job_is_said_and_that_it_goes_on(job, capsys):
    show(
        at(job, state="running", started_at=NOW),
        at(job, state="paused"),
        at(job, state="running"),
        at(job, state="halted"),
    )
    lines = [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()]
    resume = f"paused (`manage.py job {job.pk} resume` goes on)"
    assert lines == ["looking for files", resume, "looking for files", "halted"]


def test_work_is_done_here_while_no_worker_is_alive(job):
    ended = progress.carry_out(job.pk, show=False)
    assert (ended.state, ended.done_count) == ("completed", 3)


def test_work_that_others_are_alive_for_is_left_to_them(job, monkeypatch):
    reconciler.beat(workers=2, started_at=NOW, at=clock.now())
    slept = []

    def cancel_after(seconds):
        slept.append(seconds)
        job_control.act(job.pk, Action.CANCEL, at=NOW)

    monkeypatch.setattr(time, "sleep", cancel_after)
    ended = progress.carry_out(job.pk, show=False)
    assert (ended.state, ended.total_count, len(slept)) == ("cancelled", 0, 1)


def test_a_paused_job_is_waited_for_until_somebody_resumes_it(job, monkeypatch, capsys):
    job_control.act(job.pk, Action.PAUSE, at=NOW)
    monkeypatch.setattr(time, "sleep", lambda _: job_control.act(job.pk, Action.RESUME, at=NOW))
    assert progress.carry_out(job.pk).state == "completed"
    assert capsys.readouterr().err.startswith("paused")


def test_ctrl_c_gives_the_work_back(job, monkeypatch):
    handler = working.HANDLERS[Job.Kind.IMPORT]

    def interrupted(claim, *, clock):
        raise KeyboardInterrupt

    monkeypatch.setitem(working.HANDLERS, Job.Kind.IMPORT, interrupted)
    with pytest.raises(KeyboardInterrupt):
        progress.carry_out(job.pk, show=False)
    batch = JobBatch.objects.get()
    assert (batch.state, batch.attempts) == ("pending", 0)
    monkeypatch.setitem(working.HANDLERS, Job.Kind.IMPORT, handler)
    assert progress.carry_out(job.pk, show=False).done_count == 3


def test_what_an_earlier_command_held_when_it_was_killed_is_done_by_the_next(job):
    jobs.claim(job.batches.get().pk, at=NOW)
    parts = owners.name().split("|")
    JobBatch.objects.update(owner="|".join([*parts[:-2], "999999", "1.0"]), lease_expires_at=NOW)
    assert progress.carry_out(job.pk, show=False).done_count == 3


def test_only_the_work_of_the_job_itself_is_done(job, library, now):
    library.make_picture("others/x.jpg", seed=9)
    other = imports.start(sources.register(library.folder / "others", created_at=now), created_at=now)
    progress.carry_out(job.pk, show=False)
    other.refresh_from_db()
    assert other.state == "pending"


def test_a_job_that_was_stopped_halfway_ends_with_one_and_says_how_it_goes_on(job):
    job_control.act(job.pk, Action.CANCEL, at=NOW)
    with pytest.raises(CommandError, match=f"Job {job.pk} was cancelled after 0 of 0") as error:
        progress.completed(job, show=False)
    assert error.value.returncode == 1
    assert f"job {job.pk} continue" in str(error.value)


def test_the_summary_of_a_stopped_import_says_who_stopped_it(job):
    job_control.act(job.pk, Action.CANCEL, at=NOW)
    assert summaries.imported(progress.load(job.pk)) == "The import was cancelled, after 0 files."
    stopped = at(job, state="halted", error_text="The disk is gone.")
    assert summaries.imported(stopped) == "The import was halted, after 0 files: The disk is gone."


def test_the_summary_of_an_import_names_all_that_waits(job):
    progress.carry_out(job.pk, show=False)
    last = summaries.imported(progress.load(job.pk)).splitlines()[-1]
    assert last.endswith("dates to confirm, copies to choose from, damaged files")
