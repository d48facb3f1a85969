import time
from datetime import timedelta

import pytest
from django.utils import timezone

from media_catalog.models import Job, JobBatch
from media_catalog.services import jobs, leases

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def claim(now, monkeypatch):
    monkeypatch.setattr(leases, "RENEW_EVERY_S", 0.02)
    job = jobs.create(kind=Job.Kind.EXPORT, source=None, options={}, created_at=now)
    return jobs.claim(job.batches.get().pk, at=now - timedelta(hours=1))


def wait_for_renewal(claim, *, seconds=30.0):
    started = JobBatch.objects.get(pk=claim.batch.pk).lease_expires_at
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if JobBatch.objects.get(pk=claim.batch.pk).lease_expires_at != started:
            return True
        time.sleep(0.02)
    return False


def test_renews_the_lease_while_work_goes_on_and_no_longer(claim):
    with leases.kept(claim, clock=timezone.now):
        assert wait_for_renewal(claim)
    assert not wait_for_renewal(claim, seconds=0.2)


def test_ends_quietly_when_the_batch_was_handed_to_somebody_else(claim):
    JobBatch.objects.update(token=None, state=JobBatch.State.PENDING)
    with leases.kept(claim, clock=timezone.now):
        assert not wait_for_renewal(claim, seconds=0.2)


def test_what_goes_wrong_in_the_work_is_seen_outside(claim):
    with pytest.raises(ZeroDivisionError), leases.kept(claim, clock=timezone.now):
        raise ZeroDivisionError
