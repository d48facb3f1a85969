from django.conf import settings
from django_q.conf import Conf


def test_the_timeout_of_the_cluster_fires_at_all():
    # The guard counts down in steps of its cycle, and ends a worker only when it meets 0 exactly.
    assert (Conf.TIMEOUT + 3) % Conf.GUARD_CYCLE == 0


def test_a_task_is_delivered_again_only_long_after_it_could_still_run():
    assert Conf.RETRY > 3 * (Conf.TIMEOUT + 3)


def test_a_cluster_takes_no_more_doorbells_than_it_has_workers():
    assert Conf.QUEUE_LIMIT == Conf.WORKERS == settings.MEDIAPARSER_WORKERS
    assert Conf.BULK == 1


def test_a_task_that_failed_is_not_run_again_by_the_queue_itself():
    assert Conf.ACK_FAILURES


def test_workers_are_replaced_before_they_grow():
    assert 0 < Conf.RECYCLE <= 1000
    assert 200_000 <= Conf.MAX_RSS <= 1_000_000  # KB


def test_a_schedule_that_nobody_made_is_not_looked_for():
    assert not Conf.SCHEDULER


def test_the_cluster_is_told_apart_from_others_in_one_database():
    assert settings.Q_CLUSTER["ALT_CLUSTERS"] == {}
    assert Conf.CLUSTER_NAME == "mediaparser"
