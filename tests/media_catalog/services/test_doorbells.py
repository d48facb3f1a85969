import itertools
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ

from media_catalog.services import doorbells

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("minutes", [-30, -5, 0, 5, 30])
def test_a_doorbell_is_heard_at_once_by_a_host_whose_clock_is_wrong(monkeypatch, minutes):
    broker = get_broker()
    assert isinstance(broker, doorbells.Doorbells)
    broker.enqueue("ring")
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(minutes=minutes))
    (heard,) = broker.dequeue()
    assert heard[1] == "ring"
    monkeypatch.undo()
    assert not broker.dequeue()  # nobody else hears it


def test_a_doorbell_waits_until_it_is_heard():
    get_broker().enqueue("ring")
    assert OrmQ.objects.filter(lock__lte=timezone.now()).count() == 1


def test_a_queue_that_was_quiet_for_a_while_is_asked_less_often_until_somebody_rings(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    clock = itertools.count(1000.0, 6.0)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    broker = get_broker()
    broker.dequeue()
    assert slept == [doorbells.DOZE_S]
    broker.enqueue("ring")
    assert broker.dequeue()
    broker.dequeue()
    assert slept == [doorbells.DOZE_S]
    broker.dequeue()
    assert slept == [doorbells.DOZE_S] * 2
