import hashlib
import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import pytest


def tree_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(os.fsencode(path))
        if path.is_file() and not path.is_symlink():
            digest.update(path.read_bytes())
            digest.update(str(path.stat().st_mtime_ns).encode())
    return digest.hexdigest()


def known(installation) -> int:
    """How many files the installation knows."""
    return int(installation.query("SELECT count(*) FROM media_catalog_mediafile")[0][0])


def test_a_folder_becomes_a_verified_archive_and_originals_stay_as_they_were(
    installed, some_photos, tmp_path
):
    before = tree_hash(some_photos)
    summary = installed.json("import_path", some_photos)
    assert (summary["state"], summary["read"], summary["failed"]) == ("completed", 6, 0)
    assert summary["confidence"] == {"high": 6}
    exported = installed.json("export", "--output", tmp_path / "archive")
    assert exported["state"] == "completed"
    names = sorted(
        str(path.relative_to(tmp_path / "archive")) for path in (tmp_path / "archive").rglob("*.jpg")
    )
    assert names == [f"2015/20150131_14203{number}.jpg" for number in range(6)]
    assert installed.run("verify_archive", tmp_path / "archive").returncode == 0
    assert {line["fate"] for line in installed.report()} == {"exported"}
    assert tree_hash(some_photos) == before
    (tmp_path / "archive" / names[0]).write_bytes(b"rotten")
    assert installed.run("verify_archive", tmp_path / "archive").returncode == 1


@pytest.mark.soak
@pytest.mark.any_database
def test_importing_again_knows_every_file(installed, some_photos):
    installed.json("import_path", some_photos)
    before = installed.report()
    again = installed.json("import_path", some_photos)
    assert (again["already_known"], again["new_or_changed"]) == (6, 0)
    assert installed.report() == before


@pytest.mark.any_database
def test_a_worker_that_runs_takes_the_work_and_a_terminal_shows_a_bar_with_counts(installed, some_photos):
    worker = installed.start("worker")
    try:
        screen = installed.on_terminal("import_path", some_photos)
    finally:
        worker.terminate()
        assert worker.wait(60) == 0
    assert "6/6" in screen
    assert "working on files" in screen
    assert "6 entries seen" in screen
    assert [line["status"] for line in installed.report()] == ["ok"] * 6


def test_work_goes_on_after_all_workers_were_killed(installed, some_photos):
    worker = installed.start("worker")
    queued = installed.json("import_path", some_photos, "--no-wait")
    time.sleep(1.5)
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait(60)
    summary = installed.json("import_path", some_photos)
    assert summary["state"] == "completed"
    assert summary["job"] >= queued["job"]
    assert [line["status"] for line in installed.report()] == ["ok"] * 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["import_path", "/no/such/folder"], "does not exist"),
        (["import_path", __file__], "is not a folder"),
        (["import_path", "{data}"], "belongs to MediaParser"),
        (["import_path", "{photos}", "--timezone", "Berlin"], "is not a time zone"),
        (["import_path", "{photos}", "--workers", "0"], "give a number"),
        (["worker", "--workers", "0"], "give a number"),
    ],
)
@pytest.mark.any_database
def test_wrong_use_is_said_in_one_line_and_ends_with_2(installed, some_photos, tmp_path, arguments, words):
    places = {"data": tmp_path / "data", "photos": some_photos}
    done = installed.run(*(argument.format(**places) for argument in arguments))
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert known(installed) == 0


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none", "DATABASE_URL"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL"),
        ("DATABASE_URL", "rubbish", "DATABASE_URL"),
        ("MEDIAPARSER_TIME_ZONE", "Mars/Olympus", "MEDIAPARSER_TIME_ZONE"),
        ("MEDIAPARSER_WORKERS", "many", "MEDIAPARSER_WORKERS"),
        ("MEDIAPARSER_DATA_DIR", "/proc/nowhere", "MEDIAPARSER_DATA_DIR"),
        ("MEDIAPARSER_EXIFTOOL", "/no/such/exiftool", "ExifTool"),
    ],
)
@pytest.mark.any_database
def test_a_wrong_setting_is_named_and_ends_with_2(installed, some_photos, name, value, words):
    installed.environment[name] = value
    done = installed.run("import_path", some_photos)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_database_without_tables_is_said_with_the_way_out(installation, some_photos):
    done = installation.run("import_path", some_photos)
    assert done.returncode == 2
    assert "make setup" in done.stderr


def test_a_dry_run_changes_nothing(installed, some_photos):
    found = installed.json("import_path", some_photos, "--dry-run")
    assert (found["to_read"], found["already_known"]) == (6, 0)
    assert known(installed) == 0


def test_doctor_says_what_is_missing_and_ends_with_1(installed):
    assert installed.run("doctor").returncode == 0
    installed.environment["MEDIAPARSER_EXIFTOOL"] = "/no/such/exiftool"
    done = installed.run("doctor", "--json")
    assert done.returncode == 1
    missing = [one for one in json.loads(done.stdout)["findings"] if not one["is_right"]]
    assert [one["name"] for one in missing] == ["ExifTool"]
    assert "apt-get" in missing[0]["advice"]


@pytest.mark.any_database
def test_run_sets_up_with_a_password_shown_once_serves_imports_and_ends_cleanly(
    installation, some_photos, tmp_path
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    product = installation.start("run", "--port", str(port), "--photos", some_photos)
    try:
        output = _until("Ctrl-C ends everything", product.stdout)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
            assert "/login" in page.url
            assert page.status == 200
    finally:
        product.send_signal(signal.SIGINT)
        rest, _ = product.communicate(timeout=60)
    assert product.returncode == 0, output + rest
    assert "6 entries seen" in output
    assert not _processes_with(str(tmp_path / "data"))
    assert "password" in output
    assert "password" not in installation.run("setup").stdout
    assert (tmp_path / "data/secret_key").stat().st_mode & 0o077 == 0


def _until(text: str, lines: Iterable[str]) -> str:
    """Read along until this is said, and return what was said."""
    read = []
    for line in lines:
        read.append(line)
        if text in line:
            break
    return "".join(read)


def _processes_with(text: str) -> list[int]:
    """Processes of an installation, told by its data folder in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
        except OSError:
            continue
        if f"MEDIAPARSER_DATA_DIR={text}".encode() in environment:
            found.append(int(folder.name))
    return found
