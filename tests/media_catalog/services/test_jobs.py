import uuid
from datetime import timedelta

import pytest
from django_q.conf import Conf
from django_q.models import OrmQ

from media_catalog.models import Job, JobBatch
from media_catalog.services import job_control, jobs, owners, reconciler, sources
from media_catalog.services.job_control import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(tmp_path, now):
    return jobs.create(
        kind=Job.Kind.IMPORT,
        source=sources.register(tmp_path, created_at=now),
        options={},
        created_at=now,
    )


def test_a_new_job_rings_once_for_its_first_batch(job):
    assert list(job.batches.values_list("stage", "state")) == [("scan", "pending")]
    assert OrmQ.objects.count() == 1


def test_a_second_job_of_the_same_kind_for_a_source_is_refused(job, now):
    with pytest.raises(jobs.AlreadyRunning) as refused:
        jobs.create(kind=Job.Kind.IMPORT, source=job.source, options={}, created_at=now)
    assert refused.value.job == job


def test_only_the_first_of_two_doorbells_gets_the_batch(job, now):
    batch = job.batches.get()
    assert jobs.claim(batch.pk, at=now) is not None
    assert jobs.claim(batch.pk, at=now) is None


def test_whoever_lost_the_lease_can_write_nothing_more(job, now):
    claim = jobs.claim(job.batches.get().pk, at=now)
    assert claim
    JobBatch.objects.update(token=uuid.uuid4())
    for write in (jobs.renew, jobs.finish_batch):
        with pytest.raises(jobs.LeaseLost):
            write(claim, at=now)


def test_the_reconciler_hands_out_what_an_expired_lease_held(job, now):
    jobs.claim(job.batches.get().pk, at=now)
    assert reconciler.reconcile(at=now + timedelta(seconds=30)) == 0
    assert reconciler.reconcile(at=now + jobs.LEASE + timedelta(seconds=1)) == 1
    assert job.batches.get().state == JobBatch.State.PENDING


def test_the_reconciler_hands_out_at_once_what_a_dead_process_held(job, now):
    jobs.claim(job.batches.get().pk, at=now)
    *place, _, _ = owners.name().split("|")
    JobBatch.objects.update(owner="|".join([*place, "999999", "1"]))
    assert reconciler.reconcile(at=now) == 1


def test_a_batch_of_another_host_is_left_to_its_lease(job, now):
    jobs.claim(job.batches.get().pk, at=now)
    JobBatch.objects.update(owner="elsewhere|boot|1|1|1")
    assert reconciler.reconcile(at=now) == 0


def test_waits_while_doorbells_lie_in_the_queue(job, now):
    assert reconciler.reconcile(at=now + timedelta(days=1)) == 0


@pytest.mark.parametrize("loss", ["deleted", "held by a cluster that died"])
def test_rings_again_when_the_doorbells_were_lost(job, now, loss):
    if loss == "deleted":
        OrmQ.objects.all().delete()
    else:
        OrmQ.objects.update(lock=now + timedelta(days=365))
    rings = OrmQ.objects.count()
    assert reconciler.reconcile(at=now + reconciler.DOORBELL_PATIENCE + timedelta(seconds=1)) == 1
    assert OrmQ.objects.count() == rings + 1


def test_rings_again_when_the_clock_was_set_back_since(job, now):
    OrmQ.objects.all().delete()
    assert reconciler.reconcile(at=now - timedelta(hours=1)) == 1
    assert OrmQ.objects.count() == 1
    assert reconciler.reconcile(at=now - timedelta(hours=1)) == 0


def test_the_last_batch_brings_the_finishing_one_and_that_ends_the_job(job, now):
    jobs.finish_batch(jobs.claim(job.batches.get().pk, at=now), at=now)
    finishing = job.batches.get(stage="finish")
    jobs.finish_batch(jobs.claim(finishing.pk, at=now), at=now)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.COMPLETED, now)


def test_a_batch_that_breaks_off_again_and_again_halts_its_job_with_a_reason(job, now):
    for _ in range(jobs.MAX_ATTEMPTS):
        jobs.release(jobs.claim(job.batches.get().pk, at=now), at=now)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.HALTED, now)
    assert "5 times" in job.error_text


def test_work_that_nobody_takes_is_noticed(job, now):
    later = now + reconciler.DOORBELL_PATIENCE + timedelta(seconds=1)
    assert not reconciler.is_waiting(at=now)
    assert reconciler.is_waiting(at=later)
    reconciler.beat(workers=2, started_at=now, at=later)
    assert reconciler.living_workers(at=later) == 2
    assert reconciler.living_workers(at=later + reconciler.BEAT_PATIENCE + timedelta(seconds=1)) == 0


def test_a_batch_that_no_worker_can_begin_halts_its_job_in_the_end(job, now):
    for _ in range(reconciler.MAX_RINGS + 1):
        OrmQ.objects.all().delete()  # taken, and lost, as by a task that cannot be imported
        now += reconciler.DOORBELL_PATIENCE + timedelta(seconds=1)
        reconciler.reconcile(at=now)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.HALTED, now)
    assert "No worker could begin" in job.error_text
    job_control.act(job.pk, Action.CONTINUE, at=now)
    assert job.batches.get().rings == 0
    assert jobs.claim(job.batches.get().pk, at=now)


def test_a_batch_that_was_claimed_in_between_has_all_its_rings_again(job, now):
    JobBatch.objects.update(rings=reconciler.MAX_RINGS)
    jobs.give_back(jobs.claim(job.batches.get().pk, at=now), at=now)
    assert job.batches.get().rings == 0


def _killed(job, now):
    """A worker begins the step of a job that waits, and dies."""
    jobs.claim(job.batches.get(state="pending").pk, at=now)
    *place, _, _ = owners.name().split("|")
    JobBatch.objects.filter(state="running").update(owner="|".join([*place, "999999", "1"]))
    assert reconciler.reconcile(at=now) == 1
    job.refresh_from_db()


@pytest.mark.parametrize("stage", ["scan", "finish"])
def test_a_step_that_kills_its_workers_again_and_again_halts_its_job_with_a_reason(job, now, stage):
    if stage == "finish":
        jobs.finish_batch(jobs.claim(job.batches.get().pk, at=now), at=now)
    for _ in range(reconciler.MAX_KILLS):
        assert job.state != Job.State.HALTED
        _killed(job, now)
    assert (job.state, job.finished_at) == (Job.State.HALTED, now)
    assert "broke off 10 times" in job.error_text
    assert not jobs.claim(job.batches.get(stage=stage).pk, at=now)
    job_control.act(job.pk, Action.CONTINUE, at=now)
    job.refresh_from_db()
    _killed(job, now)
    assert job.state == Job.State.RUNNING


def test_files_that_kill_their_workers_are_left_to_the_quarantine(job, now):
    JobBatch.objects.update(stage="files", attempts=100)
    _killed(job, now)
    assert job.state == Job.State.RUNNING


def test_workers_that_start_ring_at_once_where_no_doorbell_lies(job, now):
    reconciler.ring_anew(at=now)
    assert OrmQ.objects.count() == 1
    OrmQ.objects.all().delete()
    reconciler.ring_anew(at=now)
    assert OrmQ.objects.count() == 1


def test_workers_that_start_replace_doorbells_of_another_secret_key(job, now, monkeypatch):
    (old,) = OrmQ.objects.values_list("payload", flat=True)
    monkeypatch.setattr(Conf, "SECRET_KEY", "another" * 10)
    reconciler.ring_anew(at=now)
    (bell,) = OrmQ.objects.all()
    assert bell.payload != old
    assert bell.task["func"] == "media_catalog.tasks.run_batch"
