from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from media_catalog.services import clock

SHORTLY = timedelta(seconds=2)


@pytest.fixture(autouse=True)
def unasked():
    clock._last_answer.clear()
    yield
    clock._last_answer.clear()


@pytest.mark.django_db
def test_tells_the_time():
    assert abs(clock.now() - timezone.now()) < SHORTLY


@pytest.mark.django_db
def test_goes_forward():
    moments = [clock.now() for _ in range(1000)]
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] < SHORTLY


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no clock of its own")
def test_asks_the_database_once_in_a_while(django_assert_num_queries, monkeypatch):
    with django_assert_num_queries(1):
        for _ in range(100):
            clock.now()
    monkeypatch.setattr(clock, "ASK_EVERY_S", -1)
    with django_assert_num_queries(2):
        clock.now()
        clock.now()


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no clock of its own")
def test_a_host_whose_clock_is_wrong_goes_by_that_of_the_database(monkeypatch):
    right = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: right + timedelta(minutes=5))
    assert abs(clock.now() - right) < SHORTLY
