import uuid
from datetime import timedelta

import pytest

from media_catalog import tasks
from media_catalog.models import ExportedFile, Fate, JobBatch, JobFile, MediaFile
from media_catalog.services import exports, imports, job_control, jobs, owners, reconciler, risks, sources
from media_catalog.services.job_control import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def photos(tmp_path, make_picture):
    for number in range(4):
        make_picture(f"photos/{number}.jpg", seed=number)
    return tmp_path / "photos"


@pytest.fixture
def found(photos, now):
    """An import that has found its files."""
    job = imports.start(sources.register(photos, created_at=now), created_at=now)
    tasks.run_batch(job.batches.get().pk)
    return job


def died_over(name, *, times):
    """Note that workers died while they had a file in hand."""
    JobFile.objects.filter(file__name=name).update(attempts=times)
    JobBatch.objects.filter(job_files__file__name=name).update(attempts=times)


def states():
    return dict(MediaFile.objects.values_list("name", "state"))


def test_what_was_in_hand_when_a_worker_died_comes_last(found, run_job):
    died_over("0.jpg", times=1)
    run_job(found)
    read = MediaFile.objects.order_by("analysed_at").values_list("name", flat=True)
    assert list(read) == ["1.jpg", "2.jpg", "3.jpg", "0.jpg"]


def test_two_deaths_over_a_healthy_file_do_not_quarantine_it(found, run_job):
    died_over("0.jpg", times=2)
    job = run_job(found)
    assert set(states().values()) == {"analysed"}
    assert (job.done_count, job.failed_count) == (4, 0)


def test_a_file_quarantined_by_mistake_is_had_by_a_retry(found, run_job, now):
    died_over("0.jpg", times=risks.MAX_FILE_ATTEMPTS)
    job = run_job(found)
    assert states()["0.jpg"] == "quarantined"
    retried = run_job(job_control.act(job.pk, Action.RETRY_FAILED, at=now))
    assert (retried.state, retried.done_count, retried.failed_count) == ("completed", 1, 0)
    assert set(states().values()) == {"analysed"}


def test_an_export_takes_what_was_in_hand_last_and_gives_it_up_for_a_retry_to_get(
    found, run_job, tmp_path, now
):
    run_job(found)
    export = exports.start(archive_root=bytes(tmp_path / "archive"), is_forced=True, created_at=now)
    tasks.run_batch(export.batches.get().pk)
    died_over("0.jpg", times=3)
    ended = run_job(export)
    assert (ended.state, ended.done_count, ended.failed_count) == ("completed", 3, 1)
    last = ExportedFile.objects.order_by("-verified_at").values_list("file__name", "state")
    assert dict(last)["0.jpg"] == ExportedFile.State.FAILED
    retried = run_job(job_control.act(export.pk, Action.RETRY_FAILED, at=now))
    assert (retried.done_count, retried.failed_count) == (1, 0)
    assert set(MediaFile.objects.values_list("fate", flat=True)) == {Fate.EXPORTED}


@pytest.mark.parametrize(("guardian_lives", "attempts"), [(True, 2), (False, 1)])
def test_a_death_counts_only_when_the_worker_died_all_alone(found, now, guardian_lives, attempts):
    died_over("0.jpg", times=2)
    row = JobFile.objects.get(file__name="0.jpg")
    gone = owners.name().rpartition("|")[0] + "|1"  # another process has its number now
    JobBatch.objects.filter(pk=row.batch_id).update(
        state="running",
        token=uuid.uuid4(),
        owner=gone,
        guardian=owners.name() if guardian_lives else gone,
        in_hand=row.pk,
        lease_expires_at=now + timedelta(hours=1),
    )
    assert reconciler.reconcile(at=now) == 1
    row.refresh_from_db()
    assert row.attempts == attempts


def test_a_file_that_is_tried_is_known_before_it_is_tried(found, now):
    died_over("0.jpg", times=1)
    row = JobFile.objects.get(file__name="0.jpg")
    claim = jobs.claim(row.batch_id, at=now)
    assert not risks.take_in_hand(claim, row)
    batch = JobBatch.objects.get(pk=row.batch_id)
    assert (batch.in_hand, batch.guardian) == (row.pk, owners.guardian())
