import io
import json
import os

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from media_catalog.management import export_summaries
from media_catalog.models import ExportedFile, Job
from media_catalog.services import reconciler

pytestmark = pytest.mark.django_db


def run(*arguments):
    output = io.StringIO()
    call_command("export", *map(str, arguments), stdout=output)
    return output.getvalue()


def test_a_dry_run_says_what_would_be_written_where_and_writes_nothing(library):
    library.add()
    library.add_undated("b.jpg", seed=2)
    library.scan()
    text = run("--output", library.archive, "--force", "--dry-run")
    assert "photos: a.jpg -> 2015/20150131_142030.jpg\nphotos: b.jpg -> unknown/b.jpg\n2 files" in text
    assert not library.archive.exists()
    assert not ExportedFile.objects.exists()
    assert not Job.objects.filter(kind="export").exists()


def test_a_dry_run_gives_one_json_object(library):
    original = library.add()
    library.scan()
    found = json.loads(run("--output", library.archive, "--dry-run", "--json"))
    assert (found["to_write"], found["bytes"]) == (1, original.stat().st_size)
    assert found["files"][0]["destination"] == "2015/20150131_142030.jpg"


@pytest.mark.parametrize("more", [[], ["--dry-run"], ["--json"]])
def test_open_decisions_end_with_two_and_one_line(library, more):
    library.add_undated("b.jpg", seed=2)
    library.scan()
    with pytest.raises(CommandError, match=r"1 file needs a decision .*--force") as error:
        run("--output", library.archive, *more)
    assert error.value.returncode == 2
    assert "\n" not in str(error.value)
    assert not library.archive.exists()


@pytest.mark.parametrize(
    ("output", "words"), [("photos", "overlaps the source"), ("photos/a.jpg", "is a file"), ("", "is empty")]
)
def test_a_folder_that_cannot_be_the_archive_ends_with_two(library, output, words):
    library.add()
    library.scan()
    with pytest.raises(CommandError, match=words) as error:
        run("--output", output and library.folder / output)
    assert error.value.returncode == 2


def test_an_export_that_is_under_way_ends_with_two(library):
    library.add()
    library.scan()
    job = library.start()
    reconciler.beat(workers=1, started_at=timezone.now(), at=timezone.now())
    with pytest.raises(
        CommandError, match=f"Export {job.pk} is under way.*--output {library.archive}"
    ) as error:
        run("--output", library.archive)
    assert error.value.returncode == 2


def test_the_default_is_the_archive_of_the_settings(library, settings):
    settings.MEDIAPARSER_ARCHIVE_DIR = library.folder / "default"
    library.add()
    library.scan()
    library.archive.mkdir()
    assert "1 file (" in run("--dry-run")


def test_the_summary_lists_what_failed(library):
    library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    os.remove(library.photos / "a.jpg")
    facts = export_summaries.as_dict(library.export())
    text = export_summaries.exported(facts)
    assert text.startswith("1 file (")
    assert "a.jpg: no longer in its folder: import the folder again" in text
    assert facts["failures"] == [
        {"path": "a.jpg", "code": "vanished", "reason": "no longer in its folder: import the folder again"}
    ]
    json.dumps(facts)


def test_the_summary_of_an_export_that_ended_early_says_why(library):
    library.add()
    library.scan()
    job = library.start()
    (library.archive / ".mediaparser-archive").unlink()
    facts = export_summaries.as_dict(library.run_job(job))
    assert facts["state"] == "halted"
    assert "connect its disk" in export_summaries.exported(facts)
