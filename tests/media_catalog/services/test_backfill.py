import pytest

from media_catalog.models import FileMetadata, Job, JobFailure, MediaFile
from media_catalog.services import backfill, backfill_results, job_control, jobs, risks
from media_catalog.services.backfill import Plan
from media_catalog.services.job_control import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_catalogue(library, monkeypatch):
    """Six pictures of which nothing but their names is known, read two at a time."""
    for number in range(6):
        library.add(f"{number}.jpg", seed=number)
    library.scan()
    forget()
    monkeypatch.setattr(backfill, "CHUNK", 2)
    return library


def forget():
    MediaFile.objects.update(taken_local=None, metadata_read_at=None, camera_model="")
    FileMetadata.objects.all().delete()


def start(now, **plan):
    return backfill.start(Plan(**plan), created_at=now)


def read_number():
    return MediaFile.objects.exclude(taken_local=None).count()


def pause_after_store(monkeypatch, job, action, now):
    store = backfill_results.store

    def store_and_act(*arguments, **options):
        store(*arguments, **options)
        job_control.act(job.pk, action, at=now)

    monkeypatch.setattr(backfill_results, "store", store_and_act)
    return lambda: monkeypatch.setattr(backfill_results, "store", store)


def test_it_is_a_job_in_batches(old_catalogue, run_job, now):
    job = run_job(start(now, batch_size=4))
    assert (job.kind, job.state, job.done_count, job.failed_count) == ("backfill", "completed", 6, 0)
    assert job.batches.filter(stage="files").count() == 2
    assert read_number() == 6


def test_it_is_paused_between_files_and_resumes_to_the_end(old_catalogue, run_job, now, monkeypatch):
    job = start(now)
    undo = pause_after_store(monkeypatch, job, Action.PAUSE, now)
    run_job(job)
    assert (job.state, job.done_count, read_number()) == ("paused", 2, 2)
    undo()
    job_control.act(job.pk, Action.RESUME, at=now)
    assert (run_job(job).state, job.done_count, read_number()) == ("completed", 6, 6)


def test_it_is_cancelled_and_the_next_one_reads_the_rest(old_catalogue, run_job, now, monkeypatch):
    job = start(now)
    undo = pause_after_store(monkeypatch, job, Action.CANCEL, now)
    run_job(job)
    assert (job.state, job.is_finished, read_number()) == ("cancelled", True, 2)
    undo()
    assert run_job(start(now)).done_count == 4


def test_only_what_failed_is_tried_again(old_catalogue, run_job, now):
    kept = old_catalogue.photos / "0.jpg"
    content = kept.read_bytes()
    kept.write_bytes(b"\x00" * 500)
    (old_catalogue.photos / "1.jpg").rename(old_catalogue.folder / "1.jpg")
    job = run_job(start(now))
    assert (job.state, job.done_count, job.failed_count) == ("completed", 4, 2)
    codes = dict(JobFailure.objects.filter(job=job).values_list("file__name", "code"))
    assert codes == {"0.jpg": "unreadable", "1.jpg": "vanished"}
    kept.write_bytes(content)
    (old_catalogue.folder / "1.jpg").rename(old_catalogue.photos / "1.jpg")
    again = run_job(job_control.act(job.pk, Action.RETRY_FAILED, at=now))
    assert (again.kind, again.total_count, again.done_count) == ("backfill", 2, 2)
    assert read_number() == 6


def test_a_search_that_broke_off_goes_on_and_finds_no_file_twice(old_catalogue, run_job, now, monkeypatch):
    job = start(now, batch_size=2, limit=5)
    add = backfill._add_batch

    def add_and_pause(*arguments, **options):
        add(*arguments, **options)
        job_control.act(job.pk, Action.PAUSE, at=now)

    monkeypatch.setattr(backfill, "_add_batch", add_and_pause)
    for expected in (2, 4, 5):
        run_job(job)
        assert job.total_count == expected
        if job.state == "paused":
            job_control.act(job.pk, Action.RESUME, at=now)
    monkeypatch.setattr(backfill, "_add_batch", add)
    assert (run_job(job).state, job.done_count) == ("completed", 5)


def test_a_file_that_kills_its_worker_again_and_again_stops_nobody_else(
    old_catalogue, run_job, now, monkeypatch
):
    deadly = MediaFile.objects.get(name="3.jpg").pk
    read = backfill_results.read

    def read_or_die(files, *, at):
        if deadly in [file.pk for file in files]:
            raise SystemExit
        return read(files, at=at)

    monkeypatch.setattr(backfill_results, "read", read_or_die)
    job = start(now)
    deaths = 0
    while True:
        try:
            run_job(job)
            break
        except SystemExit:
            deaths += 1
    assert (job.state, job.done_count, job.failed_count) == ("completed", 5, 1)
    assert deaths == 1 + risks.MAX_FILE_ATTEMPTS
    assert JobFailure.objects.get(job=job).message == backfill.DANGEROUS


def test_one_at_a_time(now):
    first = start(now)
    with pytest.raises(jobs.AlreadyRunning) as refused:
        start(now)
    assert (refused.value.job, Job.objects.count()) == (first, 1)
