import io
import json

import pytest
from django.core.management import CommandError, call_command

from media_catalog.models import Job, JobFailure
from media_catalog.services import imports, jobs, sources
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(library, now):
    library.add()
    return imports.start(sources.register(library.photos, created_at=now), created_at=now)


def run(*arguments):
    output = io.StringIO()
    call_command("job", *map(str, arguments), stdout=output)
    return output.getvalue()


@pytest.mark.parametrize("arguments", [(), ("list",)])
def test_lists_jobs_with_what_can_be_done(job, arguments):
    line = f"{job.pk} import of photos: waiting, 0 of 0 files, 0 failed  (possible: pause, cancel)"
    assert line in run(*arguments)
    [listed] = json.loads(run(*arguments, "--json"))["jobs"]
    assert (listed["job"], listed["kind"], listed["possible"]) == (job.pk, "import", ["pause", "cancel"])


def test_says_that_there_are_none():
    assert run() == "There are no jobs yet.\n"


def test_does_what_is_asked_and_shows_the_job(job):
    assert json.loads(run(job.pk, "pause", "--json"))["state"] == "paused"
    assert "paused" in run(job.pk)
    assert json.loads(run(job.pk, "resume", "--json"))["state"] == "pending"
    assert json.loads(run(job.pk, "cancel", "--json"))["has_ended"] is True


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((999, "pause"), "There is no job 999"),
        (("{job}", "resume"), "possible is pause"),
        (("{job}", "explode"), "give one of pause, resume"),
        (("show",), "is no number of a job"),
        (("show", "x"), "is no number of a job"),
        (("show", "9" * 30), "There is no job"),
        (("x", "pause"), "is no number of a job"),
    ],
)
def test_what_is_not_possible_ends_with_two(job, arguments, words):
    with pytest.raises(CommandError, match=words) as error:
        run(*(str(argument).format(job=job.pk) for argument in arguments))
    assert error.value.returncode == 2


def test_shows_a_job_with_its_stages_pace_and_failures(job):
    Job.objects.filter(pk=job.pk).update(
        state="running",
        stage="finish",
        started_at=NOW,
        searched_at=NOW,
        total_count=40,
        done_count=33,
        failed_count=7,
        known_count=2,
        folders_count=3,
        worked_s=20,
        files_per_s=2,
        current_text="b\x1b[31m.jpg",
        steps=[["sidecars", 3, 3], ["groups", 5, 10]],
    )
    for number in range(7):
        JobFailure.objects.create(
            job=job, file=add_file(f"{number}.jpg"), code="x", message="why", created_at=NOW
        )
    text = run("show", job.pk)
    for line in (
        "[x] looking for files: 42/42",
        "[x] working on files: 40/40",
        "[>] finishing: 1/2",
        "[x]   sidecars, by album: 3/3",
        "[>]   identical copies: 5/10",
        "42 entries found in 3 folders, 2 known already",
        "20 s of work, 2.0 files/s",
        "now: b␛[31m.jpg",
        "0.jpg: why",
        "… and 2 more",
    ):
        assert line in text
    found = json.loads(run("show", job.pk, "--json"))
    assert (found["failures_count"], found["work_s"], found["stages"][0]["done"]) == (7, 20, 42)


def test_a_paused_import_or_export_is_not_waited_for(library, job):
    run(job.pk, "pause")
    with pytest.raises(CommandError, match=f"which is paused.*job {job.pk} resume"):
        call_command("import_path", library.photos)
    run(job.pk, "cancel")
    library.scan()
    export = library.start()
    run(export.pk, "pause")
    with pytest.raises(CommandError, match=f"which is paused.*job {export.pk} resume"):
        call_command("export", "--output", str(library.archive))


def test_the_reason_of_a_halt_is_shown(job):
    jobs.halt(job.pk, reason="The disk is gone.", at=NOW)
    text = run(job.pk)
    assert "halted" in text
    assert "The disk is gone." in text
    assert "continue" in text
