import io
import json

import pytest
from django.core.management import CommandError, call_command

from media_catalog.models import Job
from media_catalog.services import imports, sources

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(library, now):
    library.add()
    return imports.start(sources.register(library.photos, created_at=now), created_at=now)


def run(*arguments):
    output = io.StringIO()
    call_command("job", *map(str, arguments), stdout=output)
    return output.getvalue()


def test_lists_jobs_with_what_can_be_done(job):
    assert f"{job.pk} import of photos: waiting, 0 of 0 files, 0 failed  (possible: pause, cancel)" in run()
    [listed] = json.loads(run("--json"))["jobs"]
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
    [((999, "pause"), "There is no job 999"), (("{job}", "resume"), "possible is pause")],
)
def test_what_is_not_possible_ends_with_two(job, arguments, words):
    with pytest.raises(CommandError, match=words) as error:
        run(*(str(argument).format(job=job.pk) for argument in arguments))
    assert error.value.returncode == 2


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
    Job.objects.filter(pk=job.pk).update(state="halted", error_text="The disk is gone.")
    assert "halted" in run(job.pk)
    assert "The disk is gone." in run(job.pk)
    assert "continue" in run(job.pk)
