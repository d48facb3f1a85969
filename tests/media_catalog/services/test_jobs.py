import subprocess
import sys
import uuid
from datetime import timedelta

import psutil
import pytest
from django_q.models import OrmQ

from media_catalog.models import Job, JobBatch
from media_catalog.services import job_control, jobs, owners, sources
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
    assert jobs.reconcile(at=now + timedelta(seconds=30)) == 0
    assert jobs.reconcile(at=now + jobs.LEASE + timedelta(seconds=1)) == 1
    assert job.batches.get().state == JobBatch.State.PENDING


def test_the_reconciler_hands_out_at_once_what_a_dead_process_held(job, now):
    jobs.claim(job.batches.get().pk, at=now)
    host, boot_id, _, _ = owners.name().split("|")
    JobBatch.objects.update(owner=f"{host}|{boot_id}|999999|1.0")
    assert jobs.reconcile(at=now) == 1


def test_a_process_that_died_and_was_not_buried_yet_is_dead():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    host, boot_id, *_ = owners.name().split("|")
    owner = f"{host}|{boot_id}|{child.pid}|{psutil.Process(child.pid).create_time():.2f}"
    assert not owners.is_dead(owner)
    child.kill()
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert owners.is_dead(owner)
    child.wait()
    assert owners.is_dead(owner)


def test_a_batch_of_another_host_is_left_to_its_lease(job, now):
    jobs.claim(job.batches.get().pk, at=now)
    JobBatch.objects.update(owner="elsewhere|boot|1|1.0")
    assert jobs.reconcile(at=now) == 0


def test_waits_while_doorbells_lie_in_the_queue(job, now):
    assert jobs.reconcile(at=now + timedelta(days=1)) == 0


@pytest.mark.parametrize("loss", ["deleted", "held by a cluster that died"])
def test_rings_again_when_the_doorbells_were_lost(job, now, loss):
    if loss == "deleted":
        OrmQ.objects.all().delete()
    else:
        OrmQ.objects.update(lock=now + timedelta(days=365))
    rings = OrmQ.objects.count()
    assert jobs.reconcile(at=now + jobs.DOORBELL_PATIENCE + timedelta(seconds=1)) == 1
    assert OrmQ.objects.count() == rings + 1


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
    later = now + jobs.DOORBELL_PATIENCE + timedelta(seconds=1)
    assert not jobs.is_waiting(at=now)
    assert jobs.is_waiting(at=later)
    jobs.beat(workers=2, started_at=now, at=later)
    assert jobs.living_workers(at=later) == 2
    assert jobs.living_workers(at=later + jobs.BEAT_PATIENCE + timedelta(seconds=1)) == 0


def test_a_batch_that_no_worker_can_begin_halts_its_job_in_the_end(job, now):
    for _ in range(jobs.MAX_RINGS + 1):
        OrmQ.objects.all().delete()  # taken, and lost, as by a task that cannot be imported
        now += jobs.DOORBELL_PATIENCE + timedelta(seconds=1)
        jobs.reconcile(at=now)
    job.refresh_from_db()
    assert (job.state, job.finished_at) == (Job.State.HALTED, now)
    assert "No worker could begin" in job.error_text
    job_control.act(job.pk, Action.CONTINUE, at=now)
    assert job.batches.get().rings == 0
    assert jobs.claim(job.batches.get().pk, at=now)


def test_a_batch_that_was_claimed_in_between_has_all_its_rings_again(job, now):
    JobBatch.objects.update(rings=jobs.MAX_RINGS)
    jobs.give_back(jobs.claim(job.batches.get().pk, at=now), at=now)
    assert job.batches.get().rings == 0
