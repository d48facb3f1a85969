import csv
import io
import json
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from media_catalog.services import report
from tests import databases

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(library):
    library.add()
    (library.photos / "notes.txt").write_text("hello")
    library.scan()
    return library


def run(*arguments):
    output = io.StringIO()
    call_command("report", *arguments, stdout=output)
    return output.getvalue()


def test_prints_a_json_object_a_line(read):
    lines = [json.loads(line) for line in run().splitlines()]
    assert [line["path"] for line in lines] == ["a.jpg", "notes.txt"]
    assert lines == list(report.lines())


def test_prints_csv_with_the_same_fields(read):
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv"))))
    assert [row["path"] for row in rows] == ["a.jpg", "notes.txt"]
    assert list(rows[0]) == [*report.FIELDS, "path_b64"]
    assert (rows[0]["width"], rows[1]["width"]) == ("160", "")


@pytest.mark.parametrize("name", ["=1+1.jpg", "@SUM(A1).jpg", "-2.jpg", "+3.jpg", "\t=4.jpg"])
def test_no_cell_of_the_csv_is_a_formula(library, name):
    library.add(name, OffsetTimeOriginal="+02:00")
    library.scan()
    [row] = csv.DictReader(io.StringIO(run("--format", "csv")))
    assert row["path"] == f"'{name}"
    assert row["utc_offset"] == "+02:00"


def test_writes_a_file_in_one_go(read):
    target = read.folder / "report.jsonl"
    target.write_text("an older report")
    assert run("--output", str(target)) == ""
    assert len(target.read_text(encoding="utf-8").splitlines()) == 2
    assert sorted(path.name for path in read.folder.iterdir()) == ["photos", "report.jsonl"]


def test_umlauts_are_written_as_utf8(library):
    library.add("Grüße.jpg")
    library.scan()
    target = library.folder / "report.jsonl"
    run("--output", str(target))
    assert "Grüße.jpg".encode() in target.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--source", "dad"], "the sources are photos"),
        (["--job", "99"], "no job 99"),
        (["--output", "{folder}"], "cannot be written"),
        (["--output", "{folder}/no/such/file"], "cannot be written"),
        (["--output", "{folder}/photos/a.jpg"], "never written to"),
        (["--format", "xml"], "invalid choice"),
    ],
)
def test_wrong_use_ends_with_two_and_one_line(read, arguments, words):
    before = (read.photos / "a.jpg").read_bytes()
    with pytest.raises(CommandError, match=words) as error:
        run(*[argument.format(folder=read.folder) for argument in arguments])
    assert "\n" not in str(error.value).strip()
    assert error.value.returncode == 2 or "xml" in arguments
    assert (read.photos / "a.jpg").read_bytes() == before


@pytest.mark.any_database
def test_a_reader_that_has_seen_enough_is_no_error(tmp_path, migrated):
    databases.copy_to(tmp_path / "mediaparser.sqlite3", migrated)
    environment = {**os.environ, "MEDIAPARSER_DATA_DIR": str(tmp_path), "LC_ALL": "C"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "report", "--format", "csv"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
