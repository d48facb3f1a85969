"""What a host leaves locked that is cut off in the midst of a transaction."""

import time
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from media_catalog.models import Job, JobBatch
from media_catalog.services import jobs, reconciler

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="with SQLite there is one host"),
]


@pytest.fixture
def elsewhere():
    """Another connection to the database."""
    other = connections.create_connection("default")
    yield other
    other.close()


@pytest.fixture
def job(now):
    job = jobs.create(kind=Job.Kind.EXPORT, source=None, options={}, created_at=now)
    jobs.claim(job.batches.get().pk, at=now)
    return job


@pytest.mark.parametrize("table", ["media_catalog_jobbatch", "media_catalog_job"])
def test_nobody_waits_for_its_locks_and_its_batch_is_taken_over_when_they_are_gone(
    elsewhere, job, now, table
):
    later = now + jobs.LEASE + timedelta(seconds=1)
    elsewhere.set_autocommit(False)
    elsewhere.cursor().execute(f"UPDATE {table} SET id = id")  # noqa: S608
    started = time.monotonic()
    assert reconciler.reconcile(at=later) == 0
    assert time.monotonic() - started < 30
    assert job.batches.get().state == JobBatch.State.RUNNING
    elsewhere.rollback()
    assert reconciler.reconcile(at=later) == 1
    assert job.batches.get().state == JobBatch.State.PENDING


def test_the_server_gives_it_up_within_a_minute():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)
