import random

import pytest

from media_catalog.models import DuplicateGroup, LibraryCount, MediaFile
from media_catalog.services import counts, decisions, group_rows, resolutions, separations
from tests.media_catalog import copies

pytestmark = pytest.mark.django_db
NEAR, BURST = "near", "burst"


def stored():
    rows = LibraryCount.objects.exclude(number=0).values_list("source__label", "facet", "value", "number")
    return sorted(rows)


def derived():
    return list(MediaFile.objects.order_by("pk").values_list("pk", "fate", "is_open", "needs_date"))


@pytest.mark.parametrize(
    ("facts", "needs_date"),
    [
        ({"confidence": "none"}, True),
        ({"confidence": "none", "is_flagged": True}, True),
        ({"confidence": "none", "disposition": "discard"}, False),
        ({"confidence": "none", "reviewed_at": copies.NOW}, False),
        ({"confidence": "none", "state": "failed", "reason_code": "unreadable"}, False),
        ({"confidence": "none", "state": "discovered"}, False),
    ],
)
def test_a_file_needs_a_date_while_it_is_in_question_and_nobody_is_sure(facts, needs_date):
    one = copies.file("a.jpg", **facts)
    counts.added([one.pk])
    one.refresh_from_db()
    assert one.needs_date is needs_date
    assert counts.numbers("needs_date") == {str(needs_date): 1}


def test_a_sure_date_is_not_asked_for():
    one = copies.file("a.jpg")
    copies.claim(one)
    MediaFile.objects.filter(pk=one.pk).update(confidence="high")
    counts.rebuild()
    assert counts.numbers("needs_date") == {"False": 1}


def test_only_the_keeper_of_identical_copies_needs_a_date():
    one, other = copies.file("a.jpg", content="x"), copies.file("b.jpg", content="x")
    copies.identical(one, other)
    counts.rebuild()
    assert sorted(MediaFile.objects.values_list("needs_date", flat=True)) == [False, True]


def test_every_file_stands_in_one_place_of_the_bar(now):
    copies.file("read.jpg", confidence="none")
    copies.file("later.jpg", state="discovered")
    copies.file("bad.jpg", state="failed", reason_code="unreadable")
    copies.file("note.txt", state="skipped", reason_code="not_media")
    done = copies.file("done.jpg", reviewed_at=now)
    gone = copies.file("gone.jpg", disposition="discard")
    counts.rebuild()
    assert counts.numbers("standing") == {
        "open": 1,
        "unread": 1,
        "failed": 1,
        "skipped": 1,
        "ready": 1,
        "discarded": 1,
    }
    assert {done.fate, gone.fate} == {"waiting"}  # the rows in hand are older


def test_groups_are_counted_by_kind_where_their_keeper_is():
    mine, hers = copies.file("a.jpg"), copies.file("b.jpg", where="hers")
    copies.group(NEAR, hers, mine)
    copies.group(BURST, mine, hers)
    assert sorted(stored_groups()) == [("hers", NEAR, 1), ("photos", BURST, 1)]


def stored_groups():
    rows = LibraryCount.objects.filter(facet="group").exclude(number=0)
    return rows.values_list("source__label", "value", "number")


def test_a_group_that_is_resolved_found_again_or_given_up_is_counted_on_the_way(now):
    a, b, c = (copies.file(f"{name}.jpg") for name in "abc")
    group = copies.group(NEAR, a, b)
    batch = resolve(group, [a], now)
    assert counts.numbers("group") == {}
    decisions.undo(batch, actor=None, at=now)
    assert counts.numbers("group") == {NEAR: 1}
    put([(NEAR, [b, a, c])], [a, b, c], now)
    assert counts.numbers("group") == {NEAR: 1}
    put([], [a, b, c], now)
    assert counts.numbers("group") == {}
    assert copies.counts_are_right()


def resolve(group, kept, now):
    shown = list(group.members.values_list("file_id", flat=True))
    ids = [one.pk for one in kept]
    return resolutions.resolve(group.pk, kept=ids, shown=shown, actor=None, at=now).batch


def put(groups, files, now):
    rows = [
        group_rows.Wanted(
            kind=kind,
            key=members[0].sha256,
            members=tuple(
                group_rows.Member(one.pk, rank, not rank, 0, [], []) for rank, one in enumerate(members)
            ),
            contents=frozenset(one.sha256 for one in members),
        )
        for kind, members in groups
    ]
    group_rows.put([one.pk for one in files], rows, at=now)


class Acts:
    """Acts of all kinds on a small library, one after the other, each with what can go wrong ignored."""

    def __init__(self, seed, now):
        self.random, self.now, self.batches = random.Random(seed), now, []
        self.files = [
            copies.file(f"{number}.jpg", where=f"disk {number % 2}", confidence="none") for number in range(8)
        ]
        copies.identical(*(copies.file(f"same {number}.jpg", content="same") for number in range(2)))
        counts.rebuild()

    def some(self):
        picked = self.random.sample(self.files, self.random.randint(1, 4))
        return MediaFile.objects.filter(pk__in=[one.pk for one in picked])

    def step(self):
        kinds = [self.flag, self.confirm, self.dispose, self.group, self.resolve, self.separate, self.turn]
        self.random.choice(kinds)()

    def flag(self):
        is_flagged = self.random.random() < 0.7
        self.batches.append(decisions.set_flag(self.some(), is_flagged=is_flagged, actor=None, at=self.now))

    def confirm(self):
        self.batches.append(decisions.confirm_dates(self.some(), actor=None, at=self.now))

    def dispose(self):
        turn = self.random.choice([resolutions.discard, resolutions.restore])
        self.batches.append(turn(self.some(), actor=None, at=self.now))

    def group(self):
        members = self.random.sample(self.files, 5)
        kinds = self.random.sample([NEAR, BURST], 2)
        put([(kinds[0], members[:2]), (kinds[1], members[2:])], self.files, self.now)

    def resolve(self):
        if group := DuplicateGroup.objects.filter(resolved_at=None).first():
            kept = [self.random.choice(list(group.members.order_by("rank"))).file]
            self.batches.append(resolve(group, kept, self.now))

    def separate(self):
        if group := DuplicateGroup.objects.filter(resolved_at=None, kind=NEAR).first():
            shown = list(group.members.values_list("file_id", flat=True))
            done = separations.separate(group.pk, apart=shown[:1], shown=shown, actor=None, at=self.now)
            self.batches.append(done.batch)

    def turn(self):
        if self.batches:
            turn = self.random.choice([decisions.undo, decisions.undo, decisions.redo])
            turn(self.random.choice(self.batches), actor=None, at=self.now)


@pytest.mark.parametrize("seed", range(6))
def test_counts_kept_over_any_acts_are_those_that_are_counted_anew(seed, now):
    acts = Acts(seed, now)
    for _ in range(15):
        acts.step()
    kept = stored(), derived()
    counts.rebuild()
    assert (stored(), derived()) == kept
