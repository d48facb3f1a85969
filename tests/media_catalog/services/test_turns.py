import pytest

from media_catalog.models import Job
from media_catalog.services import jobs, sources, turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def add_job(tmp_path, now):
    def add(*, done=0, waiting=1):
        folder = tmp_path / str(Job.objects.count())
        folder.mkdir()
        source = sources.register(folder, created_at=now)
        job = jobs.create(kind=Job.Kind.IMPORT, source=source, options={}, created_at=now)
        for _ in range(done):
            job.batches.create(stage="files", state="done", rung_at=now)
        for _ in range(waiting - 1):
            jobs.add_batch(job, stage="files", at=now)
        return job

    return add


def order(now):
    claims = iter(lambda: turns.claim_next(at=now), None)
    return [claim.batch.job_id for claim in claims]


def test_batches_of_one_job_are_run_in_their_order(add_job, now):
    job = add_job(waiting=4)
    claims = [turns.claim_next(at=now).batch.pk for _ in range(4)]
    assert claims == sorted(job.batches.values_list("pk", flat=True))
    assert turns.claim_next(at=now) is None


def test_what_somebody_has_just_asked_for_is_not_behind_bulk_work(add_job, now):
    bulk, small = add_job(done=50, waiting=3), add_job(waiting=2)
    assert order(now) == [small.pk, small.pk, bulk.pk, bulk.pk, bulk.pk]


def test_two_bulk_jobs_share_the_workers(add_job, now):
    first, second = add_job(waiting=3), add_job(waiting=3)
    assert order(now) == [first.pk, second.pk] * 3


def test_a_paused_job_has_no_turn(add_job, now):
    paused, other = add_job(), add_job(done=5)
    Job.objects.filter(pk=paused.pk).update(state="paused")
    assert order(now) == [other.pk]


def test_whose_turn_it_is_costs_few_queries(add_job, now, django_assert_max_num_queries):
    for _ in range(5):
        add_job(waiting=3)
    with django_assert_max_num_queries(6):
        turns.claim_next(at=now)
