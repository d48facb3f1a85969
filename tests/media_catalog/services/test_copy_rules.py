import uuid

import pytest

from media_catalog.models import Decision, Disposition, DuplicateGroup, MediaFile
from media_catalog.services import copy_rules, decisions
from media_catalog.services.copy_rules import Keep, Rule
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
NEAR = Rule(kind="near")


def pair(name, *, where="photos", of="whatsapp", kind="near", **facts):
    """Put two copies into a group; `facts` are those of the second as a member."""
    best = copies.file(f"{name}.jpg", where=where)
    other = copies.file(f"{name}-copy.jpg", where=of, size_bytes=700, width_px=200, height_px=150)
    return copies.group(kind, best, other, **facts)


def apply(rule, counted, now):
    return copy_rules.apply(rule, counted, batch=uuid.uuid4(), actor=None, at=now)


def shape(found):
    return found.groups, found.files, found.size_bytes, found.left


def test_what_is_counted_is_what_is_done_and_one_token_takes_it_back(now, monkeypatch):
    monkeypatch.setattr(copy_rules, "SLICE", 2)
    for name in "abcde":
        pair(name)
    before = copies.dispositions()
    counted = copy_rules.count(NEAR)
    assert shape(counted) == (5, 5, 3500, 0)
    assert copies.dispositions() == before
    done = apply(NEAR, counted, now)
    assert (done.groups, done.files, done.size_bytes, done.changed) == (5, 5, 3500, 0)
    assert copies.discarded() == {f"{name}-copy.jpg" for name in "abcde"}
    assert copy_rules.count(NEAR).groups == 0
    assert decisions.undo(done.batch, actor=None, at=now).number == 10
    assert copies.dispositions() == before
    assert shape(copy_rules.count(NEAR)) == (5, 5, 3500, 0)
    assert copies.counts_are_right()


@pytest.mark.parametrize(
    "change",
    [
        lambda group: group.members.create(file=copies.file("new.jpg"), kind="near", rank=9),
        lambda group: group.delete(),
        lambda group: group.members.filter(rank=1).update(file=copies.file("other.jpg")),
        lambda group: copies.file("third.jpg", content="a-copy.jpg"),
        lambda group: DuplicateGroup.objects.filter(pk=group.pk).update(resolved_at=copies.NOW),
        lambda group: copies.stack(MediaFile.objects.get(name="a-copy.jpg"), copies.file("a.mov")),
    ],
    ids=["new member", "gone", "other member", "new copy", "resolved", "new stack"],
)
def test_a_group_that_changed_since_it_was_counted_is_left_out_and_counted(change, now):
    group = pair("a")
    pair("b")
    counted = copy_rules.count(NEAR)
    change(group)
    done = apply(NEAR, counted, now)
    assert (done.groups, done.files, done.changed) == (1, 1, 1)
    assert copies.discarded() == {"b-copy.jpg"}


def test_groups_that_came_after_the_count_are_not_touched(now):
    pair("a")
    counted = copy_rules.count(NEAR)
    pair("b")
    assert apply(NEAR, counted, now).files == 1
    assert copies.discarded() == {"a-copy.jpg"}


def test_a_rule_never_touches_other_classes_nor_files_outside_groups(now):
    """The predecessor's bulk actions reached further than what they showed."""
    pair("a")
    pair("b", kind="same_pixels")
    copies.file("alone.jpg")
    apply(NEAR, copy_rules.count(NEAR), now)
    assert copies.discarded() == {"a-copy.jpg"}
    assert Decision.objects.values("file").distinct().count() == 2


def test_what_a_person_kept_or_discarded_stands_above_a_rule(now):
    for name in "abc":
        pair(name)
    files = MediaFile.objects
    decisions.set_disposition(
        files.filter(name="a-copy.jpg"), disposition=Disposition.KEEP, actor=None, at=now
    )
    decisions.set_disposition(files.filter(name="b.jpg"), disposition=Disposition.DISCARD, actor=None, at=now)
    counted = copy_rules.count(NEAR)
    assert shape(counted) == (1, 1, 700, 2)
    apply(NEAR, counted, now)
    assert copies.discarded() == {"b.jpg", "c-copy.jpg"}


def test_series_and_edits_keep_everything_unless_asked_otherwise(now):
    for kind in ("burst", "edited"):
        pair(kind, kind=kind)
        rule = Rule(kind=kind)
        assert apply(rule, copy_rules.count(rule), now).files == 0
        assert not DuplicateGroup.objects.filter(kind=kind, resolved_at=None).exists()
    assert copies.discarded() == set()
    pair("more", kind="burst")
    best = Rule(kind="burst", keep=Keep.BEST)
    apply(best, copy_rules.count(best), now)
    assert copies.discarded() == {"more-copy.jpg"}


@pytest.mark.parametrize(
    ("condition", "covered"),
    [
        ({}, {"one-source", "preferred", "same-size", "far"}),
        ({"is_same_source": True}, {"one-source", "same-size", "far"}),
        ({"is_preferred_source": True}, {"preferred"}),
        ({"folder": "/whatsapp"}, {"preferred"}),
        ({"folder": "/photos"}, {"one-source", "same-size", "far"}),
        ({"has_more_pixels": True}, {"one-source", "preferred", "far"}),
        ({"confidence": copy_rules.Confidence.HIGH}, {"one-source", "preferred", "same-size"}),
        ({"confidence": copy_rules.Confidence.MEDIUM}, {"one-source", "preferred", "same-size", "far"}),
        ({"is_same_source": True, "has_more_pixels": True}, {"one-source", "far"}),
    ],
)
def test_conditions_narrow_a_rule_down(condition, covered):
    copies.source("photos", preference=1)
    pair("one-source", of="photos")
    pair("preferred")
    pair("same-size", of="photos")
    MediaFile.objects.filter(name="same-size-copy.jpg").update(width_px=400, height_px=300)
    pair("far", of="photos", distance_bits=4)
    counted = copy_rules.count(Rule(kind="near", **condition))
    names = MediaFile.objects.filter(memberships__group__in=counted.stamps, memberships__is_keeper=True)
    assert {name.removesuffix(".jpg") for name in names.values_list("name", flat=True)} == covered
    assert counted.groups + counted.left == 4


def test_identical_files_have_no_rules():
    with pytest.raises(ValueError, match="identical"):
        Rule(kind="identical")


def test_a_sample_is_the_same_for_one_seed_and_no_larger_than_what_there_is():
    for name in "abcdefgh":
        pair(name)
    counted = copy_rules.count(NEAR)

    def picked(seed):
        return [plan.group.pk for plan in copy_rules.sample(NEAR, counted, number=3, seed=seed)]

    assert picked(1) == picked(1)
    assert len({tuple(picked(seed)) for seed in range(9)}) > 1
    assert len(copy_rules.sample(NEAR, counted, number=20, seed=0)) == 8


@pytest.mark.parametrize(
    ("facts", "sure"),
    [
        ({}, "high"),
        ({"distance_bits": 2, "evidence": ["scaled", "same_moment"]}, "high"),
        ({"distance_bits": 3}, "medium"),
        ({"evidence": ["turned", "grey"]}, "medium"),
        ({"distance_bits": 5}, "low"),
        ({"evidence": ["times_differ"]}, "low"),
    ],
)
def test_a_group_is_as_sure_as_its_least_sure_member(facts, sure):
    members = list(pair("a", **facts).members.order_by("rank"))
    assert copy_rules.confidence(members) == sure


def test_no_rule_takes_the_file_that_another_group_of_the_class_keeps(now):
    """The copy of a video in a discarded Live Photo is a picture of its own elsewhere."""
    still, video = copies.file("a.heic"), copies.file("a.mov", content="v")
    copies.stack(still, video)
    alone, blurred = copies.file("v.mov", content="v"), copies.file("v-small.mov")
    copies.group("near", copies.file("better.heic"), still)
    copies.group("near", alone, blurred)
    apply(NEAR, copy_rules.count(NEAR), now)
    assert copies.discarded() == {"a.heic", "a.mov", "v-small.mov"}
