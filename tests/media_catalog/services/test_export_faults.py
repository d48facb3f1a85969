import errno
import os
import subprocess
import uuid
from contextlib import contextmanager, suppress
from datetime import datetime

import pytest

from media_catalog import tasks
from media_catalog.models import ExportedFile, Fate, Job, JobBatch, JobFile, MediaFile
from media_catalog.pipeline import archive as archive_copies
from media_catalog.services import archives, export_files, export_finish, exports, jobs, tools
from tests.media_catalog.conftest import contents

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands for a kill: nothing of ours may catch it."""


def kill_once(monkeypatch, module, name, *, at_call=1):
    """End the work at the given call of a function, before it does anything, and only then."""
    function, calls = getattr(module, name), []

    def dying(*arguments, **options):
        calls.append(name)
        if len(calls) == at_call:
            raise Killed
        return function(*arguments, **options)

    monkeypatch.setattr(module, name, dying)


def run_through_kills(library, job):
    while not job.is_finished:
        with suppress(Killed):
            library.run_job(job)
        job.refresh_from_db()
    return job


def temporary_files(library):
    return [path.name for path in library.archive.rglob(".mp-*")]


@pytest.mark.parametrize(
    ("module", "name", "at_call"),
    [
        (export_files, "_write", 2),
        (export_files, "_record", 1),  # the copy has its name, and nobody knows
        (export_files, "_record", 3),
        (export_files, "_settle", 2),
        (export_finish, "remove_replaced", 1),
        (jobs, "finish_batch", 1),
        (jobs, "finish_batch", 2),
        (jobs, "finish_batch", 3),
        (jobs, "add_batch", 1),
    ],
)
def test_a_killed_export_goes_on_and_ends_as_an_undisturbed_one(library, monkeypatch, module, name, at_call):
    for number in range(4):
        library.add(f"{number}.jpg", seed=number)
    library.scan()
    library.tag("1.jpg", "beach")
    job = library.start()
    kill_once(monkeypatch, module, name, at_call=at_call)
    job = run_through_kills(library, job)
    assert (job.state, job.total_count, job.done_count, job.failed_count) == ("completed", 4, 4, 0)
    assert list(library.copies()) == [
        f"2015/20150131_142030{end}.jpg" for end in ("", "_001", "_002", "_003")
    ]
    rows = ExportedFile.objects.filter(state="verified")
    assert {row.destination: row.copy_sha256 for row in rows} == library.copies()
    assert set(library.fates().values()) == {Fate.EXPORTED}
    assert temporary_files(library) == []


def test_a_plan_that_was_killed_counts_every_file_once(library, monkeypatch):
    monkeypatch.setattr("media_catalog.services.export_plan.SLICE", 2)
    for number in range(5):
        library.add(f"{number}.jpg", seed=number)
    library.scan()
    library.export()
    for number in range(5, 9):
        library.add(f"{number}.jpg", seed=number)
    library.scan()
    job = library.start()
    kill_once(monkeypatch, jobs, "renew", at_call=7)
    job = run_through_kills(library, job)
    assert (job.total_count, job.done_count, job.known_count) == (4, 4, 5)


def test_a_move_that_was_killed_leaves_one_copy(library, monkeypatch):
    library.add()
    library.scan()
    library.export()
    library.date("a.jpg", datetime(2016, 5, 6, 7, 8, 9))
    kill_once(monkeypatch, export_finish, "remove_replaced")
    job = run_through_kills(library, library.start())
    assert job.state == Job.State.COMPLETED
    assert list(library.copies()) == ["2016/20160506_070809.jpg"]
    assert not (library.archive / "2015").exists()


def test_a_copy_rewritten_in_its_place_when_killed_is_accepted(library, monkeypatch):
    library.add()
    library.scan()
    library.export()
    library.tag("a.jpg", "beach")
    kill_once(monkeypatch, export_files, "_record")
    job = run_through_kills(library, library.start())
    assert (job.done_count, job.failed_count) == (1, 0)
    assert ExportedFile.objects.get().copy_sha256 == library.copies()["2015/20150131_142030.jpg"]
    assert library.export().known_count == 1


def test_what_killed_workers_left_is_tidied_away(library):
    library.add()
    library.scan()
    leftover = library.archive / "2015" / f".mp-{uuid.uuid4().hex}.tmp"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half a copy")
    beside = leftover.with_name(leftover.name + ".xmp")
    beside.write_bytes(b"half a sidecar")
    library.export()
    assert temporary_files(library) == []


def test_a_file_that_kills_its_worker_again_and_again_is_given_up(library, monkeypatch):
    deadly = library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    copy = archive_copies.export_copy

    def dying(source, *arguments, **options):
        if source == os.fsencode(deadly):
            raise Killed
        return copy(source, *arguments, **options)

    monkeypatch.setattr(archive_copies, "export_copy", dying)
    job = run_through_kills(library, library.start())
    assert (job.state, job.done_count, job.failed_count) == ("completed", 1, 1)
    assert job.failures.get().code == "kills_worker"
    assert library.fates() == {"a.jpg": Fate.WAITING, "b.jpg": Fate.EXPORTED}


def test_whoever_lost_the_batch_writes_nothing(library, now):
    library.add()
    library.scan()
    job = library.start()
    tasks.run_batch(job.batches.get().pk)
    claim = jobs.claim(job.batches.get(stage="files").pk, at=now)
    JobBatch.objects.filter(pk=claim.batch.pk).update(token=uuid.uuid4())
    with pytest.raises(jobs.LeaseLost):
        exports.run(claim, clock=lambda: now)
    assert ExportedFile.objects.get().state == "planned"
    assert library.fates() == {"a.jpg": Fate.WAITING}
    job.refresh_from_db()
    assert job.done_count == 0


def test_a_file_that_changed_since_it_was_read_fails_alone(library):
    library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    library.add(seed=3)
    job = library.export()
    assert (job.done_count, job.failed_count) == (1, 1)
    failure = job.failures.get()
    assert (failure.file.name, failure.code) == ("a.jpg", "changed")
    assert "import its folder again" in failure.message
    assert len(library.copies()) == 1
    library.scan()
    assert library.export().done_count == 1
    assert set(library.fates().values()) == {Fate.EXPORTED}


@pytest.mark.parametrize(
    "replace", [lambda path: None, os.mkfifo, lambda path: path.symlink_to("/etc/passwd")]
)
def test_a_file_that_is_gone_or_something_else_now_fails_alone(library, replace):
    original = library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    original.unlink()
    replace(original)
    job = library.export()
    assert (job.done_count, job.failed_count) == (1, 1)
    assert list(library.copies()) == ["2015/20150131_142030_001.jpg"]
    assert ExportedFile.objects.get(file__name="a.jpg").state == "failed"
    assert JobFile.objects.get(job=job, file__name="a.jpg").outcome == "failed"


def test_an_unforeseen_error_costs_one_file(library, monkeypatch):
    library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    original = MediaFile.objects.get(name="a.jpg")
    MediaFile.objects.filter(pk=original.pk).update(mime_type="image/jpeg")
    copy = archive_copies.export_copy

    def failing(source, *arguments, **options):
        if source.endswith(b"/a.jpg"):
            raise RuntimeError("nobody thought of this")
        return copy(source, *arguments, **options)

    monkeypatch.setattr(archive_copies, "export_copy", failing)
    job = library.export()
    assert (job.state, job.done_count, job.failed_count) == ("completed", 1, 1)
    assert "nobody thought of this" in job.failures.get().message


def test_an_archive_whose_disk_has_gone_halts_the_job(library):
    library.add()
    library.scan()
    job = library.start()
    tasks.run_batch(job.batches.get().pk)
    (library.archive / archives.MARKER).unlink()
    job = library.run_job(job)
    assert job.state == Job.State.HALTED
    assert "connect its disk" in job.error_text
    assert contents(library.archive) == {}
    (library.archive / archives.MARKER).touch()
    assert library.export().done_count == 1


def test_an_archive_whose_disk_goes_in_the_middle_is_no_fault_of_the_next_file(library, monkeypatch):
    library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    copy = archive_copies.export_copy

    def last_one(*arguments, **options):
        done = copy(*arguments, **options)
        (library.archive / archives.MARKER).unlink()
        return done

    monkeypatch.setattr(archive_copies, "export_copy", last_one)
    job = library.export()
    assert (job.state, job.done_count, job.failed_count) == ("halted", 1, 0)
    assert ExportedFile.objects.get(file__name="b.jpg").state == "planned"
    assert len(library.copies()) == 1


def test_a_missing_exiftool_halts_the_job(library, settings, monkeypatch):
    library.add()
    library.scan()
    settings.MEDIAPARSER_EXIFTOOL = "/no/such/exiftool"
    tools._exiftool_of.cache_clear()
    job = library.export()
    tools._exiftool_of.cache_clear()
    assert job.state == Job.State.HALTED
    assert "ExifTool is not installed" in job.error_text


@contextmanager
def small_disk(folder, *, options):
    """Mount a disk of its own on a folder, where the tests may."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("a small disk can only be mounted by root, and not in every container")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def remount(folder, options):
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def test_a_disk_that_fills_up_halts_the_job_with_nothing_half_done(library):
    for number in range(6):
        library.add(f"{number}.jpg", seed=number).open("ab").write(os.urandom(150_000))
    library.scan()
    with small_disk(library.archive, options="size=2m"):
        job = library.start()
        filler = library.archive / "filler"
        filler.write_bytes(bytes(1_500_000))
        job = library.run_job(job)
        assert job.state == Job.State.HALTED
        assert "its disk is full" in job.error_text
        assert job.failed_count == 0
        assert temporary_files(library) == []
        done = ExportedFile.objects.filter(state="verified")
        assert 1 <= done.count() == job.done_count < 6
        assert {row.destination: row.copy_sha256 for row in done}.items() <= library.copies().items()
        filler.unlink()
        assert library.export().done_count == 6 - job.done_count
        assert set(library.fates().values()) == {Fate.EXPORTED}


def test_a_disk_that_is_too_small_is_refused_at_once(library):
    for number in range(3):
        library.add(f"{number}.jpg", seed=number).open("ab").write(os.urandom(150_000))
    library.scan()
    with small_disk(library.archive, options="size=256k"):
        with pytest.raises(archives.ArchiveRefused, match="make room, or give a folder on another disk"):
            library.start()
        assert list(library.archive.iterdir()) == []
    assert not Job.objects.filter(kind="export").exists()


def test_a_disk_that_turns_read_only_halts_the_job(library):
    library.add()
    library.scan()
    with small_disk(library.archive, options="size=4m"):
        job = library.start()
        tasks.run_batch(job.batches.get().pk)
        remount(library.archive, "ro")
        job = library.run_job(job)
        assert job.state == Job.State.HALTED
        assert "read-only" in job.error_text
        remount(library.archive, "rw")
        assert library.export().done_count == 1


@pytest.mark.parametrize(
    ("error", "is_lost"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (PermissionError(errno.EACCES, "Permission denied", "{archive}/2015/x"), True),
        (PermissionError(errno.EACCES, "Permission denied", b"/photos/a.jpg"), False),
        (OSError(errno.EIO, "Input/output error", "/photos/a.jpg"), False),
        (OSError(errno.EIO, "Input/output error"), False),
        (ValueError("no number"), False),
    ],
)
def test_tells_the_fault_of_a_file_from_that_of_the_archive(library, now, error, is_lost):
    archive = archives.register(archives.canonical(os.fsencode(library.archive)), created_at=now)
    if isinstance(error, OSError) and isinstance(error.filename, str):
        error.filename = error.filename.format(archive=library.archive)
    if is_lost:
        with pytest.raises(archives.ArchiveLost, match="cannot be written"):
            archives.raise_if_lost(archive, error)
    else:
        archives.raise_if_lost(archive, error)
