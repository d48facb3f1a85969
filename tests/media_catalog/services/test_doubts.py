from datetime import datetime

import pytest

from media_catalog.models import DecisionBatch, MediaFile
from media_catalog.services import decisions, doubts
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db


def add(name, **facts):
    return add_file(name, captured=datetime(2015, 7, 4), confidence="medium", **facts)


def state():
    return list(MediaFile.objects.order_by("pk").values_list("needs_date", "reviewed_at"))


def test_a_date_that_is_called_wrong_needs_a_decision_again(django_user_model):
    person = django_user_model.objects.create_user("mum")
    add("wrong", reviewed_at=NOW, reviewed_by=person)
    add("never accepted")
    done = doubts.doubt(MediaFile.objects.all(), actor=person, at=NOW)
    assert (done.number, len(done.left_ids)) == (1, 1)
    assert state() == [(True, None), (True, None)]
    assert MediaFile.objects.first().reviewed_by is None
    act = DecisionBatch.objects.get()
    assert (act.verb, act.number, act.actor) == ("doubt", 1, person)


def test_it_can_be_taken_back():
    add("wrong", reviewed_at=NOW)
    done = doubts.doubt(MediaFile.objects.all(), actor=None, at=NOW)
    decisions.undo(done.batch, actor=None, at=NOW)
    assert state() == [(False, NOW)]
