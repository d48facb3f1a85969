import os
import uuid
from datetime import timedelta

import pytest
from django_q.models import OrmQ

from media_catalog import tasks
from media_catalog.models import DuplicateGroup, ExportedFile, Job, JobBatch, JobFile, MediaFile
from media_catalog.pipeline import fingerprint, medium
from media_catalog.pipeline.exiftool import ExifToolError
from media_catalog.services import (
    export_files,
    import_results,
    import_scan,
    imports,
    job_control,
    jobs,
    owners,
    reconciler,
    sidecars,
    sources,
    working,
)
from media_catalog.services.job_control import Action

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ten_files_are_stored_at_once(monkeypatch):
    monkeypatch.setattr(imports, "CHUNK", 10)
    monkeypatch.setattr(imports, "PATIENCE", timedelta(hours=1))


@pytest.fixture
def photos(tmp_path, make_picture):
    for number in range(25):
        make_picture(f"photos/{number:02}.jpg", seed=number)
    return tmp_path / "photos"


@pytest.fixture
def start(photos, now, monkeypatch):
    monkeypatch.setattr(import_scan, "LEAST", 50)  # all in one batch
    return lambda: imports.start(sources.register(photos, created_at=now), created_at=now)


def do_after(monkeypatch, module, name, action, *, at_call=1):
    """Do something once, right after the given call of a function."""
    function, calls = getattr(module, name), []

    def watched(*arguments, **options):
        result = function(*arguments, **options)
        calls.append(name)
        if len(calls) == at_call:
            action()
        return result

    monkeypatch.setattr(module, name, watched)


def state_of(job):
    job.refresh_from_db()
    return job.state


def states():
    return sorted(MediaFile.objects.values_list("state", flat=True))


def plain_rows():
    rows = MediaFile.objects.order_by("name").values("name", "state", "sha256", "phash", "confidence", "fate")
    return list(rows)


@pytest.mark.parametrize("kind", ["import", "export"])
def test_a_paused_job_stops_between_files_and_resumes_to_the_end(
    kind, library, photos, start, run_job, now, monkeypatch
):
    job = start()
    pause = lambda: job_control.act(job.pk, Action.PAUSE, at=now)  # noqa: E731
    if kind == "export":
        run_job(job)
        job = library.start()
        do_after(monkeypatch, export_files, "_record", pause, at_call=10)
    else:
        do_after(monkeypatch, import_results, "store", pause)
    run_job(job)
    assert (job.state, job.stage, job.done_count, job.is_finished) == ("paused", "files", 10, False)
    held = job.batches.get(stage="files")
    assert (held.state, held.attempts, held.token) == ("pending", 0, None)
    assert jobs.claim(held.pk, at=now) is None
    OrmQ.objects.all().delete()
    job_control.act(job.pk, Action.RESUME, at=now)
    assert OrmQ.objects.count() == 1
    run_job(job)
    assert (job.state, job.kind, job.done_count, job.failed_count) == ("completed", kind, 25, 0)
    if kind == "export":
        assert len(library.copies()) == 25


def test_the_result_of_a_resumed_import_is_that_of_an_undisturbed_one(
    start, run_job, photos, now, monkeypatch
):
    (photos / "copy.jpg").write_bytes((photos / "00.jpg").read_bytes())
    job = start()
    pause = lambda: job_control.act(job.pk, Action.PAUSE, at=now)  # noqa: E731
    do_after(monkeypatch, import_results, "store", pause, at_call=2)
    run_job(job)
    job_control.act(job.pk, Action.RESUME, at=now)
    run_job(job)
    disturbed, groups = plain_rows(), DuplicateGroup.objects.count()
    for model in (DuplicateGroup, JobFile, MediaFile):
        model.objects.all().delete()
    assert run_job(start()).state == "completed"
    assert (plain_rows(), DuplicateGroup.objects.count()) == (disturbed, groups) == (disturbed, 1)


def test_a_job_paused_in_its_last_files_still_does_what_comes_after_them(start, run_job, now, monkeypatch):
    job = start()
    pause = lambda: job_control.act(job.pk, Action.PAUSE, at=now)  # noqa: E731
    do_after(monkeypatch, import_results, "store", pause, at_call=3)
    run_job(job)
    assert (job.state, job.done_count) == ("paused", 25)
    job_control.act(job.pk, Action.RESUME, at=now)
    assert run_job(job).summary["read"] == 25


@pytest.mark.parametrize("stage", ["scan", "finish"])
def test_a_pause_is_seen_in_every_stage(stage, start, run_job, now, monkeypatch):
    job = start()
    monkeypatch.setattr(import_scan, "SLICE", 10)
    module, name = (import_scan, "store") if stage == "scan" else (sidecars, "run")
    do_after(monkeypatch, module, name, lambda: job_control.act(job.pk, Action.PAUSE, at=now))
    run_job(job)
    assert job.state == "paused"
    assert job.batches.get(stage=stage).state == "pending"
    job_control.act(job.pk, Action.RESUME, at=now)
    assert (run_job(job).state, job.done_count, job.total_count) == ("completed", 25, 25)


def test_results_are_stored_though_the_job_was_paused_while_they_were_read(start, run_job, now, monkeypatch):
    job = start()
    do_after(monkeypatch, imports, "_analysis", lambda: job_control.act(job.pk, Action.PAUSE, at=now))
    run_job(job)
    assert (job.state, job.done_count) == ("paused", 10)


def test_slow_files_do_not_hold_up_a_pause(start, run_job, now, monkeypatch):
    monkeypatch.setattr(imports, "PATIENCE", timedelta(seconds=1))
    later = iter(range(1000))
    job = start()
    tasks.run_batch(job.batches.get().pk)
    claim = jobs.claim(job.batches.get(stage="files").pk, at=now)
    rows = list(claim.batch.job_files.select_related("file"))
    clock = lambda: now + timedelta(seconds=next(later))  # noqa: E731
    sizes = [len(chunk) for chunk in imports._chunks(imports._results(claim, rows, at=now), clock=clock)]
    assert max(sizes) <= 2


def test_pausing_again_and_again_is_no_failure(start, run_job, now, monkeypatch):
    job = start()
    monkeypatch.setattr(imports, "CHUNK", 2)
    store = import_results.store

    def store_and_pause(*arguments, **options):
        store(*arguments, **options)
        job_control.act(job.pk, Action.PAUSE, at=now)

    monkeypatch.setattr(import_results, "store", store_and_pause)
    for _ in range(jobs.MAX_ATTEMPTS + 3):
        assert run_job(job).state == "paused"
        job_control.act(job.pk, Action.RESUME, at=now)
    monkeypatch.setattr(import_results, "store", store)
    assert run_job(job).state == "completed"
    assert set(job.job_files.values_list("attempts", flat=True)) == {0}


def test_a_worker_that_dies_while_its_job_is_paused_is_missed_after_the_resume(start, run_job, now):
    job = start()
    tasks.run_batch(job.batches.get().pk)
    batch = job.batches.get(stage="files")
    jobs.claim(batch.pk, at=now)
    JobBatch.objects.filter(pk=batch.pk).update(owner=_dead_owner())
    job_control.act(job.pk, Action.PAUSE, at=now)
    OrmQ.objects.all().delete()
    assert reconciler.reconcile(at=now) == 1
    assert OrmQ.objects.count() == 0
    job_control.act(job.pk, Action.RESUME, at=now)
    assert OrmQ.objects.count() == 1
    assert run_job(job).done_count == 25


def _dead_owner():
    *place, _, _ = owners.name().split("|")
    return "|".join([*place, "999999", "1"])


def test_a_cancelled_import_keeps_what_was_read_and_a_later_one_reads_the_rest(
    start, run_job, photos, now, monkeypatch
):
    for name in ("copy.jpg", "zz.jpg"):  # one is read before the end, one after
        (photos / name).write_bytes((photos / "00.jpg").read_bytes())
    job = start()
    cancel = lambda: job_control.act(job.pk, Action.CANCEL, at=now)  # noqa: E731
    do_after(monkeypatch, import_results, "store", cancel, at_call=2)
    run_job(job)
    assert (job.state, job.finished_at is not None, job.done_count) == ("cancelled", True, 20)
    assert states() == ["analysed"] * 20 + ["discovered"] * 7
    assert not job.batches.exclude(state="done").exists()
    again = run_job(start())
    assert (again.state, again.total_count, again.done_count, again.known_count) == ("completed", 27, 27, 0)
    assert DuplicateGroup.objects.get().members.count() == 3
    third = run_job(start())
    assert (third.total_count, third.known_count) == (0, 27)


def test_copies_that_a_cancelled_import_read_are_found_by_the_next(start, run_job, photos, now, monkeypatch):
    (photos / "000.jpg").write_bytes((photos / "00.jpg").read_bytes())
    job = start()
    cancel = lambda: job_control.act(job.pk, Action.CANCEL, at=now)  # noqa: E731
    do_after(monkeypatch, import_results, "store", cancel)
    run_job(job)
    assert not DuplicateGroup.objects.exists()
    run_job(start())
    assert DuplicateGroup.objects.get().members.count() == 2


def test_a_cancelled_export_keeps_its_copies_and_the_next_one_goes_on(
    library, start, run_job, now, monkeypatch
):
    run_job(start())
    job = library.start()
    cancel = lambda: job_control.act(job.pk, Action.CANCEL, at=now)  # noqa: E731
    do_after(monkeypatch, export_files, "_record", cancel, at_call=7)
    run_job(job)
    assert (job.state, job.done_count, len(library.copies())) == ("cancelled", 7, 7)
    assert ExportedFile.objects.filter(state="verified").count() == 7
    assert library.export().done_count == 18
    assert len(library.copies()) == 25


def test_a_cancelled_job_has_ended_when_no_worker_holds_a_part_of_it_any_more(start, now):
    job = start()
    claim = jobs.claim(job.batches.get().pk, at=now)
    cancelled = job_control.act(job.pk, Action.CANCEL, at=now)
    assert (cancelled.state, cancelled.is_finished) == ("cancelled", False)
    with pytest.raises(jobs.AlreadyRunning):
        start()
    with pytest.raises(jobs.Stopped):
        jobs.renew(claim, at=now)
    jobs.give_back(claim, at=now)
    job.refresh_from_db()
    assert job.is_finished
    assert start().pk != job.pk


def test_what_a_dead_worker_held_does_not_keep_a_cancelled_job_from_ending(start, now):
    job = start()
    jobs.claim(job.batches.get().pk, at=now)
    JobBatch.objects.update(owner=_dead_owner())
    job_control.act(job.pk, Action.CANCEL, at=now)
    reconciler.reconcile(at=now)
    job.refresh_from_db()
    assert (job.state, job.is_finished) == ("cancelled", True)
    assert not JobBatch.objects.exclude(state="done").exists()


def test_a_finished_or_cancelled_job_cannot_be_paused_and_says_what_can_be_done(start, run_job, now):
    job = start()
    job_control.act(job.pk, Action.CANCEL, at=now)
    with pytest.raises(job_control.Refused, match="cancelled, so pause is not possible; possible is nothing"):
        job_control.act(job.pk, Action.PAUSE, at=now)
    job = run_job(start())
    for action in Action:
        with pytest.raises(job_control.Refused):
            job_control.act(job.pk, action, at=now)


def test_whoever_lost_the_lease_gives_nothing_back(start, now):
    claim = jobs.claim(start().batches.get().pk, at=now)
    JobBatch.objects.update(token=uuid.uuid4())
    jobs.give_back(claim, at=now)
    assert JobBatch.objects.get().state == "running"


def deny(monkeypatch, *names):
    """Let reading these files fail as without permission."""
    opened = fingerprint.read_and_hash

    def read(path, **options):
        if os.path.basename(path).decode() in names:
            raise PermissionError(13, "Permission denied", path)
        return opened(path, **options)

    monkeypatch.setattr(fingerprint, "read_and_hash", read)


def test_faults_of_the_surroundings_halt_an_import_which_may_continue(start, run_job, now, monkeypatch):
    deny(monkeypatch, "03.jpg", "04.jpg", "15.jpg")
    job = run_job(start())
    assert (job.state, job.is_finished, job.done_count, job.failed_count) == ("halted", True, 8, 2)
    assert "2 of 10 files could not be reached, the last: 04.jpg (may not be read" in job.error_text
    assert MediaFile.objects.count() == 25
    assert "discovered" in states()
    job_control.act(job.pk, Action.CONTINUE, at=now)
    run_job(job)
    assert (job.state, job.done_count, job.failed_count, job.error_text) == ("completed", 22, 3, "")
    monkeypatch.undo()
    again = run_job(start())
    assert (again.done_count, again.known_count) == (3, 22)


def test_damaged_files_never_halt_an_import(start, run_job, photos):
    for number in range(20):
        (photos / f"{number:02}.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"rubbish" * (40 + number))
    job = run_job(start())
    assert (job.state, job.done_count, job.failed_count) == ("completed", 5, 20)


def test_few_faults_do_not_halt_an_import(start, run_job, monkeypatch, settings):
    settings.MEDIAPARSER_ERROR_THRESHOLD = 0.2
    deny(monkeypatch, "03.jpg", "15.jpg")
    job = run_job(start())
    assert (job.state, job.done_count, job.failed_count) == ("completed", 23, 2)


def test_a_source_that_goes_in_the_middle_halts_before_a_file_is_blamed(
    start, run_job, photos, now, monkeypatch
):
    away = photos.parent / "away"
    job = start()
    do_after(monkeypatch, import_results, "store", lambda: photos.rename(away))
    run_job(job)
    assert job.state == "halted"
    assert "is its disk connected?" in job.error_text
    assert job.failed_count == 0
    assert states().count("discovered") == 25 - job.done_count > 0
    away.rename(photos)
    job_control.act(job.pk, Action.CONTINUE, at=now)
    assert (run_job(job).state, job.done_count, job.failed_count) == ("completed", 25, 0)


def test_continuing_while_the_source_is_gone_blames_nobody(start, run_job, photos, now):
    job = start()
    tasks.run_batch(job.batches.get().pk)
    JobBatch.objects.filter(stage="files").update(attempts=1)
    away = photos.rename(photos.parent / "away")
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        assert run_job(job).state == "halted"
        job_control.act(job.pk, Action.CONTINUE, at=now)
    away.rename(photos)
    assert (run_job(job).state, job.done_count) == ("completed", 25)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device"), "make room"),
        (ExifToolError("ExifTool cannot be started"), "ExifTool cannot be started"),
    ],
)
def test_what_no_file_can_do_without_halts_an_import(start, run_job, now, monkeypatch, error, words):
    keep, calls = medium._keep_thumbnail, []

    def failing(*arguments):
        calls.append(1)
        if len(calls) > 5:
            raise error
        return keep(*arguments)

    monkeypatch.setattr(medium, "_keep_thumbnail", failing)
    job = run_job(start())
    assert (job.state, job.done_count, job.failed_count) == ("halted", 5, 0)
    assert words in job.error_text
    monkeypatch.setattr(medium, "_keep_thumbnail", keep)
    job_control.act(job.pk, Action.CONTINUE, at=now)
    assert (run_job(job).state, job.done_count) == ("completed", 25)


def test_faults_of_the_surroundings_halt_an_export_which_may_continue(library, start, run_job, now, photos):
    run_job(start())
    for number in range(5):
        (photos / f"{number:02}.jpg").rename(photos / f"{number:02}.away")
    job = library.export()
    assert (job.state, job.done_count, job.failed_count) == ("halted", 5, 5)
    assert "5 of 10 files could not be reached" in job.error_text
    job_control.act(job.pk, Action.CONTINUE, at=now)
    run_job(job)
    assert (job.state, job.kind, job.done_count, job.failed_count) == ("completed", "export", 20, 5)
    assert len(library.copies()) == 20


def test_an_export_whose_source_has_gone_halts_and_may_do_without(library, start, run_job, now, photos):
    run_job(start())
    library.add("b.jpg", folder="phone", seed=77)
    library.scan("phone")
    photos.rename(photos.parent / "away")
    job = library.export()
    assert (job.state, job.failed_count) == ("halted", 0)
    job_control.act(job.pk, Action.CONTINUE, at=now)
    assert (run_job(job).state, job.done_count, job.failed_count) == ("completed", 1, 25)


def test_an_export_halted_by_its_archive_continues_when_that_is_back(library, start, run_job, now):
    run_job(start())
    job = library.start()
    marker = library.archive / ".mediaparser-archive"
    marker.rename(marker.with_suffix(".away"))
    assert run_job(job).state == "halted"
    marker.with_suffix(".away").rename(marker)
    job_control.act(job.pk, Action.CONTINUE, at=now)
    assert (run_job(job).state, job.done_count, len(library.copies())) == ("completed", 25, 25)


def test_a_halted_job_does_not_continue_beside_its_successor(start, run_job, now, monkeypatch):
    deny(monkeypatch, "03.jpg", "04.jpg", "05.jpg")
    job = run_job(start())
    second = start()
    with pytest.raises(
        job_control.Refused, match=f"Job {second.pk}, which is waiting, is already doing this"
    ):
        job_control.act(job.pk, Action.CONTINUE, at=now)
    assert state_of(job) == "halted"


def test_retrying_an_import_reads_what_failed_and_nothing_else(
    start, run_job, photos, now, monkeypatch, settings
):
    settings.MEDIAPARSER_ERROR_THRESHOLD = 0.5
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"rubbish" * 40)
    deny(monkeypatch, "03.jpg")
    job = run_job(start())
    assert (job.state, job.failed_count) == ("completed", 2)
    monkeypatch.undo()
    (photos / "new.jpg").write_bytes(b"not to be looked at")
    (photos / "09.jpg").rename(photos.parent / "09.jpg")
    (photos / "copy.jpg").write_bytes((photos / "03.jpg").read_bytes())
    again = job_control.act(job.pk, Action.RETRY_FAILED, at=now)
    assert (again.kind, again.pk > job.pk) == ("import", True)
    run_job(again)
    assert (again.state, again.total_count, again.done_count, again.failed_count) == ("completed", 2, 1, 1)
    assert MediaFile.objects.get(name="03.jpg").state == "analysed"
    assert MediaFile.objects.get(name="09.jpg").state == "analysed"  # nobody looked
    assert not MediaFile.objects.filter(name__in=["new.jpg", "copy.jpg"]).exists()


def test_retrying_what_has_gone_says_so_again(start, run_job, photos, now):
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"rubbish" * 40)
    job = run_job(start())
    (photos / "broken.jpg").unlink()
    again = run_job(job_control.act(job.pk, Action.RETRY_FAILED, at=now))
    assert (again.state, again.total_count, again.failed_count) == ("completed", 1, 1)
    assert again.failures.get().file.name == "broken.jpg"


def test_retrying_an_export_writes_what_failed_and_nothing_else(
    library, start, run_job, photos, now, settings
):
    settings.MEDIAPARSER_ERROR_THRESHOLD = 0.5
    run_job(start())
    (photos / "03.jpg").rename(photos / "away")
    job = library.export()
    assert (job.state, job.done_count, job.failed_count) == ("completed", 24, 1)
    (photos / "away").rename(photos / "03.jpg")
    (library.archive / sorted(library.copies())[0]).unlink()
    again = run_job(job_control.act(job.pk, Action.RETRY_FAILED, at=now))
    assert (again.kind, again.state, again.total_count, again.done_count) == ("export", "completed", 1, 1)
    assert len(library.copies()) == 24


@pytest.mark.parametrize("action", [Action.RESUME, Action.CONTINUE])
def test_no_action_on_a_job_makes_it_another_kind_of_work(action, library, start, run_job, now):
    run_job(start())
    job = library.start()
    Job.objects.filter(pk=job.pk).update(state="paused" if action is Action.RESUME else "halted")
    job_control.act(job.pk, action, at=now)
    run_job(job)
    assert (job.kind, job.state, job.done_count, len(library.copies())) == ("export", "completed", 25, 25)
    assert ExportedFile.objects.filter(export=job.export, state="verified").count() == 25


def test_every_kind_of_job_has_its_own_worker():
    assert set(working.HANDLERS) == set(Job.Kind)
    modules = {kind: handler.__module__.rpartition(".")[2] for kind, handler in working.HANDLERS.items()}
    assert modules == {
        "import": "imports",
        "export": "exports",
        "backfill": "backfill",
        "redate": "redating",
        "group": "grouping",
        "decide": "deciding",
        "plan": "export_rehearsals",
        "finalize": "finalizing",
    }
