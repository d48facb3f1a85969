import uuid

import pytest
from django.contrib.auth import get_user_model

from media_catalog.models import Decision, DecisionBatch, Disposition, MediaFile
from media_catalog.services import decisions, resolutions, undoing
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


@pytest.fixture
def files():
    for name in "abc":
        copies.file(f"{name}.jpg")
    return MediaFile.objects.order_by("pk")


@pytest.fixture
def anna():
    return get_user_model().objects.create_user("anna")


def act(batch):
    return DecisionBatch.objects.get(pk=batch)


def discard(files, now, actor=None):
    return decisions.set_disposition(files, disposition=Disposition.DISCARD, actor=actor, at=now)


def test_an_act_is_known_by_its_verb_its_number_and_who_did_it(files, now, anna):
    row = act(discard(files, now, anna))
    assert (row.verb, row.number, row.actor, row.created_at) == ("discard", 3, anna, now)
    assert row.undone_by is None


def test_a_file_with_several_decisions_of_one_act_counts_once(files, now):
    copies.group("near", *files)
    done = resolutions.resolve(
        files[0].memberships.get().group_id,
        kept=[files[0].pk],
        shown=[one.pk for one in files],
        actor=None,
        at=now,
    )
    assert Decision.objects.filter(batch=done.batch, file=files[0]).exists()
    assert (
        act(done.batch).number == Decision.objects.filter(batch=done.batch).values("file").distinct().count()
    )
    assert act(done.batch).params == {"groups": 1, "kind": "near"}


def test_an_act_in_parts_is_one(files, now):
    batch = decisions.open_batch("confirm", actor=None, at=now)
    for one in files:
        decisions.confirm_dates(MediaFile.objects.filter(pk=one.pk), actor=None, at=now, batch=batch)
    assert act(batch).number == 3
    assert decisions.undo(batch, actor=None, at=now).number == 3


def test_beginning_an_act_again_leaves_it_as_it_is(files, now, anna):
    batch = decisions.open_batch("tag", actor=anna, at=now, params={"names": ["Beach"]})
    assert decisions.open_batch("flag", actor=None, at=now, batch=batch) == batch
    assert (act(batch).verb, act(batch).params) == ("tag", {"names": ["Beach"]})


def test_an_unknown_verb_begins_nothing(now):
    with pytest.raises(ValueError, match="dance"):
        decisions.open_batch("dance", actor=None, at=now)


def test_a_decision_without_an_act_is_refused(files, now):
    lost = Decision(
        batch=uuid.uuid4(), kind="flag", file=files[0], before={}, after={"is_flagged": True}, created_at=now
    )
    with pytest.raises(ValueError, match="No act has begun"):
        decisions.record([lost])


def test_an_act_says_by_what_it_was_undone_until_it_is_done_again(files, now, anna):
    batch = discard(files, now)
    undone = decisions.undo(batch, actor=anna, at=now)
    assert act(batch).undone_by == act(undone.batch)
    assert (act(undone.batch).verb, act(undone.batch).number) == ("undo", 3)
    redone = decisions.redo(batch, actor=anna, at=now)
    assert act(batch).undone_by is None
    assert act(undone.batch).undone_by == act(redone.batch)
    assert (act(redone.batch).verb, act(redone.batch).params) == ("redo", {"of": str(batch)})
    again = decisions.undo(batch, actor=None, at=now)
    assert act(batch).undone_by == act(again.batch)
    assert set(files.values_list("disposition", flat=True)) == {"undecided"}


def test_undoing_an_undo_is_a_redo_of_the_first_act(files, now):
    batch = discard(files, now)
    undone = decisions.undo(batch, actor=None, at=now)
    again = decisions.undo(undone.batch, actor=None, at=now)
    assert (act(again.batch).verb, act(again.batch).params["of"]) == ("redo", str(batch))
    assert act(batch).undone_by is None
    back = decisions.undo(again.batch, actor=None, at=now)
    assert (act(back.batch).verb, act(batch).undone_by_id) == ("undo", back.batch)


def test_an_undo_that_finds_nothing_leaves_the_act_as_it_is(files, now):
    batch = discard(files, now)
    decisions.set_disposition(files, disposition=Disposition.KEEP, actor=None, at=now)
    undone = decisions.undo(batch, actor=None, at=now)
    assert (undone.number, len(undone.refused_ids)) == (0, 3)
    assert act(batch).undone_by is None
    assert act(undone.batch).params["refused_number"] == 3


def test_files_that_were_changed_since_are_named_and_the_rest_goes_back(files, now):
    batch = discard(files, now)
    first = files[0]
    decisions.set_disposition(
        MediaFile.objects.filter(pk=first.pk), disposition=Disposition.KEEP, actor=None, at=now
    )
    undone = decisions.undo(batch, actor=None, at=now)
    assert (undone.number, undone.refused_ids) == (2, (first.pk,))
    assert act(undone.batch).params["refused"] == [first.pk]
    first.refresh_from_db()
    assert first.disposition == "keep"


def test_what_two_undos_took_back_comes_again_in_one_act(files, now):
    batch = discard(files, now)
    first = MediaFile.objects.filter(pk=files[0].pk)
    keep = decisions.set_disposition(first, disposition=Disposition.KEEP, actor=None, at=now)
    decisions.undo(batch, actor=None, at=now)
    decisions.undo(keep, actor=None, at=now)
    decisions.undo(batch, actor=None, at=now)
    assert set(files.values_list("disposition", flat=True)) == {"undecided"}
    assert decisions.redo(batch, actor=None, at=now).number == 3
    assert set(files.values_list("disposition", flat=True)) == {"discard"}


def test_an_undo_in_slices_counts_what_it_left_and_what_went_back(files, now):
    batch = discard(files, now)
    first = MediaFile.objects.filter(pk=files[0].pk)
    decisions.set_disposition(first, disposition=Disposition.KEEP, actor=None, at=now)
    key = undoing.open_undo(batch, actor=None, at=now)
    for decision in Decision.objects.filter(batch=batch).order_by("-pk"):
        undoing.take_back([decision], act=key, actor=None, at=now)
        undoing.take_back([decision], act=key, actor=None, at=now)  # a second delivery changes nothing
    assert (act(key).number, act(key).params["refused_number"]) == (2, 1)
    assert act(batch).undone_by_id == key
