import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from media_catalog.models import DecisionBatch, Disposition, MediaFile
from media_catalog.services import decisions
from review import history
from review.history import Place
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return get_user_model().objects.create_user("anna")


def flag(*files, at=NOW, actor=None, is_flagged=True):
    found = MediaFile.objects.filter(pk__in=[one.pk for one in files])
    return decisions.set_flag(found, is_flagged=is_flagged, actor=actor, at=at)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_hold_every_act_once_whatever_their_size(size, monkeypatch):
    monkeypatch.setattr(history, "PAGE_SIZE", size)
    file = add_file()
    made = [flag(file, at=NOW + timedelta(minutes=number // 3)) for number in range(6)]
    seen, before = [], None
    for _ in range(len(made)):
        page = history.page(before=before)
        seen += [act.row.pk for act in page.acts]
        before = page.after and Place.parse(str(page.after))
        if before is None:
            break
    assert sorted(seen) == sorted(made)
    assert set(seen[:3]) == set(made[3:])


def test_what_changed_nothing_is_no_part_of_the_history():
    decisions.set_flag(MediaFile.objects.none(), is_flagged=True, actor=None, at=NOW)
    assert history.page().acts == []


def test_one_can_look_at_one_s_own_acts_alone(anna):
    mine, _theirs = flag(add_file(), actor=anna), flag(add_file())
    assert [act.row.pk for act in history.page(actor_id=anna.pk).acts] == [mine]


@pytest.mark.parametrize(
    "text", ["", "x", "_", "2026-11-20T12:00:00_x", f"2026-11-20T12:00:00_{uuid.UUID(int=1)}"]
)
def test_refuses_a_place_that_no_page_gave_out(text):
    with pytest.raises(history.BadPlace):
        Place.parse(text)


def test_an_undo_names_who_took_back_what(anna):
    batch = flag(add_file(), actor=anna)
    decisions.undo(batch, actor=anna, at=NOW + timedelta(minutes=1))
    undo, first = history.page().acts
    assert (undo.sentence, undo.about, undo.is_turn) == ("Took back: Flagged 1 file", batch, True)
    assert (first.is_undone, first.undone_by, first.who) == (True, "anna", "anna")


def test_what_nobody_did_was_done_by_the_program():
    flag(add_file())
    assert [act.who for act in history.page().acts] == ["MediaParser"]


def test_a_page_of_acts_takes_as_many_queries_for_many_as_for_few(django_assert_num_queries, anna):
    file = add_file()
    for number in range(8):
        at = NOW + timedelta(minutes=number)
        decisions.undo(flag(file, at=at, actor=anna), actor=anna, at=at)
    with django_assert_num_queries(2):
        assert len(history.page().acts) == 16


def test_the_changes_of_an_act_come_page_by_page_with_the_file(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(history, "PAGE_SIZE", 2)
    batch = flag(*(add_file(f"{number}.jpg") for number in range(3)))
    with django_assert_num_queries(1):
        first = history.changes_of(batch, after=0)
    assert [one.file.name for one in first.rows] == ["0.jpg", "1.jpg"]
    assert [(line.before, line.after) for line in first.rows[0].lines] == [("no", "yes")]
    rest = history.changes_of(batch, after=first.after)
    assert ([one.file.name for one in rest.rows], rest.after) == (["2.jpg"], None)


def test_names_who_has_changed_a_file_since_and_how(anna):
    one, other, third = (add_file(f"{name}.jpg") for name in "abc")
    batch = flag(one, other, third)
    later = NOW + timedelta(minutes=1)
    flag(one, at=later, actor=anna, is_flagged=False)
    MediaFile.objects.filter(pk=other.pk).update(is_flagged=False)
    undone = decisions.undo(batch, actor=None, at=later)
    found = history.refusals(undone.refused_ids, of=batch)
    assert [(refusal.file.name, refusal.who, refusal.what) for refusal in found] == [
        ("a.jpg", "anna", "Took the flag from 1 file"),
        ("b.jpg", "", ""),
    ]
    left = history.left_alone(DecisionBatch.objects.get(pk=undone.batch))
    assert (left["refused_number"], left["refusals"]) == (2, found)


def test_the_last_act_is_one_s_own_and_not_taken_back_already(anna):
    file = add_file()
    assert history.last_act(anna.pk) is None
    first = flag(file, actor=anna)
    second = flag(add_file(), actor=anna, at=NOW + timedelta(minutes=1))
    flag(file, at=NOW + timedelta(minutes=2), is_flagged=False)
    assert history.last_act(anna.pk) == second
    decisions.undo(second, actor=anna, at=NOW + timedelta(minutes=3))
    assert history.last_act(anna.pk) == first


def test_redo_is_about_the_last_undo_until_something_new_is_done(anna):
    first, second = (flag(add_file(), actor=anna, at=NOW + timedelta(minutes=number)) for number in (1, 2))
    assert history.last_undo(anna.pk) is None
    decisions.undo(second, actor=anna, at=NOW + timedelta(minutes=3))
    decisions.undo(first, actor=anna, at=NOW + timedelta(minutes=4))
    assert history.last_undo(anna.pk) == first
    decisions.redo(first, actor=anna, at=NOW + timedelta(minutes=5))
    assert history.last_undo(anna.pk) == second
    flag(add_file(), actor=anna, at=NOW + timedelta(minutes=6))
    assert history.last_undo(anna.pk) is None


def test_a_file_with_another_disposition_is_shown_with_the_copy_it_is_about():
    one, other = add_file("a.jpg"), add_file("b.jpg")
    batch = decisions.set_disposition(
        MediaFile.objects.filter(pk=one.pk), disposition=Disposition.DISCARD, actor=None, at=NOW
    )
    one.decisions.update(taken_from=other)
    (change,) = history.changes_of(batch, after=0).rows
    assert change.taken_from == other
