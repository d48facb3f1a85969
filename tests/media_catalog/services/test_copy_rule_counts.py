import pytest

from media_catalog.models import DuplicateGroup
from media_catalog.services import copy_rule_counts, copy_rules
from media_catalog.services.copy_rule_counts import BadTally, Tally
from media_catalog.services.copy_rules import Confidence, Rule
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
NEAR = Rule(kind="near")


def pairs(number, *, kind="near", **facts):
    for place in range(number):
        best = copies.file(f"{kind}-{place}.jpg")
        copies.group(kind, best, copies.file(f"{kind}-{place}-small.jpg", size_bytes=700), **facts)


def whole(rule, *, slices=1):
    tally = copy_rule_counts.begin(rule)
    while not tally.is_complete:
        tally = Tally.of_text(copy_rule_counts.go_on(rule, tally, slices=slices).as_text())
    return tally


def shape(found):
    return found.groups, found.files, found.size_bytes, found.left


@pytest.mark.parametrize("slices", [1, 3])
def test_counts_in_slices_what_is_counted_at_once(monkeypatch, slices):
    monkeypatch.setattr(copy_rule_counts, "SLICE", 2)
    pairs(5)
    pairs(2, kind="burst")
    DuplicateGroup.objects.filter(kind="near").first().members.filter(is_keeper=False).update(distance_bits=6)
    for rule in (
        NEAR,
        Rule(kind="near", confidence=Confidence.HIGH),
        Rule(kind="burst"),
        Rule(kind="edited"),
    ):
        tally = whole(rule, slices=slices)
        assert shape(tally) == shape(copy_rules.count(rule))
        assert [tally] == list(copy_rule_counts.whole(rule, until=tally.until))[-1:] or not tally.until


def test_says_how_far_it_is(monkeypatch):
    monkeypatch.setattr(copy_rule_counts, "SLICE", 1)
    pairs(4)
    begun = copy_rule_counts.begin(NEAR)
    half = copy_rule_counts.go_on(NEAR, begun, slices=2)
    assert (begun.percent, half.is_complete, half.groups) == (0, False, 2)
    assert copy_rule_counts.go_on(NEAR, half, slices=2).percent == 100


def test_groups_that_come_while_it_is_counted_are_left_out(monkeypatch):
    monkeypatch.setattr(copy_rule_counts, "SLICE", 1)
    pairs(2)
    tally = copy_rule_counts.go_on(NEAR, copy_rule_counts.begin(NEAR), slices=1)
    copies.group("near", copies.file("late.jpg"), copies.file("late-small.jpg"))
    assert copy_rule_counts.go_on(NEAR, tally, slices=5).groups == 2


def test_its_stamp_changes_with_what_the_rule_would_do():
    pairs(3)
    before = whole(NEAR)
    assert whole(NEAR).stamp == before.stamp
    copies.file("else.jpg")
    assert whole(NEAR).stamp == before.stamp
    DuplicateGroup.objects.last().members.filter(is_keeper=False).delete()
    assert whole(NEAR).stamp != before.stamp
    assert copy_rule_counts.until_of(before.stamp) == before.until


def test_every_group_may_be_among_the_samples_and_pages_show_others(monkeypatch):
    monkeypatch.setattr(copy_rule_counts, "POOL", 4)
    pairs(8)
    seen: set[int] = set()
    for seed in range(12):
        tally = copy_rule_counts.go_on(NEAR, copy_rule_counts.begin(NEAR, seed=seed), slices=9)
        assert len(tally.pool) == 4
        seen.update(tally.pool)
    assert seen == set(DuplicateGroup.objects.values_list("pk", flat=True))
    pages = [copy_rule_counts.samples(NEAR, tally, number=2, page=page) for page in range(3)]
    keys = [[plan.group.pk for plan in page] for page in pages]
    assert not set(keys[0]) & set(keys[1])
    assert keys[2] == keys[0]


@pytest.mark.parametrize("text", ["", "x", "1-2", "-".join(["f" * 17] * 8), "-".join(["1"] * 200), "1--1"])
def test_refuses_what_nobody_has_counted(text):
    with pytest.raises(BadTally):
        Tally.of_text(text)
    with pytest.raises(BadTally):
        copy_rule_counts.until_of("nothing")
