import pytest

from media_catalog.models import DuplicateGroup, PairVerdict
from media_catalog.services import counts, decisions, resolutions, separations
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db


@pytest.fixture
def trio():
    """Three copies that differ in their metadata alone, the first with the shortest path."""
    files = [copies.file(f"{name * n}.jpg", image_data_hash="f" * 64) for n, name in enumerate("abc", 1)]
    return files, copies.group("same_pixels", *files)


def separate(group, apart, now, **more):
    shown = more.get("shown", [member.file_id for member in group.members.all()])
    return separations.separate(group.pk, apart=[one.pk for one in apart], shown=shown, actor=None, at=now)


def verdicts():
    rows = PairVerdict.objects.filter(is_undone=False)
    return {frozenset(pair) for pair in rows.values_list("first_sha256", "second_sha256")}


def members():
    return [set(one.members.values_list("file_id", flat=True)) for one in DuplicateGroup.objects.all()]


def pairs(*some):
    return {frozenset([one.sha256, other.sha256]) for one, other in some}


def test_one_member_leaves_and_the_rest_stay_a_group(trio, now):
    (a, b, c), group = trio
    assert separate(group, [c], now).pairs == 2
    assert verdicts() == pairs((c, a), (c, b))
    assert members() == [{a.pk, b.pk}]
    assert counts.numbers("is_open") == {"True": 3}  # none of them has a date
    assert copies.counts_are_right()


def test_without_its_keeper_the_next_best_leads_the_group(trio, now):
    (a, b, _), group = trio
    separate(group, [a], now)
    group.refresh_from_db()
    assert group.key == b.sha256
    assert group.members.get(is_keeper=True).file_id == b.pk


def test_those_that_leave_together_stay_together_and_one_alone_is_no_group(trio, now):
    (a, b, c), group = trio
    separate(group, [b, c], now)
    assert verdicts() == pairs((a, b), (a, c))
    assert members() == [{b.pk, c.pk}]
    separate(DuplicateGroup.objects.get(), [b], now)
    assert members() == []


def test_all_members_at_once_are_no_copies_of_each_other(trio, now):
    (a, b, c), group = trio
    separate(group, [a, b, c], now)
    assert verdicts() == pairs((a, b), (a, c), (b, c))


def test_undo_makes_one_group_of_them_again_and_redo_takes_it_apart(trio, now):
    (a, b, c), group = trio
    batch = separate(group, [c], now).batch
    assert copies.discarded() == set()
    assert decisions.undo(batch, actor=None, at=now).number == 1
    assert verdicts() == set()
    assert members() == [{a.pk, b.pk, c.pk}]
    decisions.redo(batch, actor=None, at=now)
    assert verdicts() == pairs((c, a), (c, b))
    assert members() == [{a.pk, b.pk}]
    assert copies.counts_are_right()


def test_saying_it_again_after_an_undo_holds_again(trio, now):
    (a, _, c), group = trio
    decisions.undo(separate(group, [c], now).batch, actor=None, at=now)
    DuplicateGroup.objects.all().delete()
    again = copies.group("same_pixels", a, c)
    assert separate(again, [c], now).pairs == 1
    assert verdicts() == pairs((a, c))


def test_a_group_that_was_shown_with_other_members_is_refused(trio, now):
    (a, b, _), group = trio
    with pytest.raises(resolutions.GroupChanged):
        separate(group, [a], now, shown=[a.pk, b.pk])
    assert verdicts() == set()
