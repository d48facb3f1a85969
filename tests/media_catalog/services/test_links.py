"""What leads from some files to others is what a pass over all files finds, as far as they are concerned."""

import random
from datetime import timedelta

import pytest

from media_catalog.services import links
from tests.media_catalog.copies import group
from tests.media_catalog.pictured import file, video
from tests.pipeline.look import shots

pytestmark = pytest.mark.django_db

FLAT = shots.nearly_nothing("grey", 1)
PASSES = [
    (links.by_value, links.by_value_of),
    (links.by_time, links.by_time_of),
    (links.by_length, links.by_length_of),
    (links.by_group, links.by_group_of),
]


@pytest.fixture
def files():
    rng = random.Random(3)
    scenes = [shots.photograph(number) for number in range(2)]
    shown = [
        file(
            f"{number}.jpg",
            FLAT,
            after_s=rng.randrange(40),
            image_data_hash=rng.choice(["", "a", "b"]),
            burst_id=rng.choice(["", "", "X"]),
        )
        for number in range(25)
    ]
    shown += [
        video(f"{number}.mp4", [rng.choice(scenes)] * 6, duration_s=rng.choice([5.0, 5.4, 6.1, 100.0, 101.9]))
        for number in range(12)
    ]
    group("near", *shown[:3])
    return shown


@pytest.mark.parametrize(("everywhere", "around"), PASSES, ids=["value", "time", "length", "group"])
def test_a_walk_reaches_what_a_pass_over_all_joins(files, everywhere, around):
    joined: dict[int, set[int]] = {}
    for one, other in everywhere():
        joined.setdefault(one, set()).add(other)
        joined.setdefault(other, set()).add(one)
    assert joined
    for one in files:
        reached = walk(one.pk, lambda ids: around(ids))
        assert reached == walk(one.pk, lambda ids: ((a, b) for a in ids for b in joined.get(a, ())))


def walk(start, pairs_of):
    known, asked = set(), {start}
    while asked:
        known |= asked
        found = set().union(*(pair for pair in pairs_of(asked) if not asked.isdisjoint(pair)))
        asked = found - known
    return known


def test_shots_are_found_across_the_pages_of_a_pass(monkeypatch):
    monkeypatch.setattr(links, "PAGE", 2)
    files = [file(f"{number}.jpg", FLAT, after_s=number) for number in range(7)]
    expected = {
        (one.pk, other.pk) for place, one in enumerate(files) for other in files[place + 1 : place + 3]
    }
    assert set(links.by_time()) == expected


def test_lengths_that_are_equal_within_the_tolerance_are_asked_for():
    shortest, longest = links._equal_lengths(100.0)
    assert (shortest, round(longest, 2)) == (98.0, 102.04)
    assert links._equal_lengths(5.0) == (4.5, 5.5)


def test_spans_that_overlap_are_joined():
    second = timedelta(seconds=1)
    assert links._joined([(0, 2), (1, 3), (5, 6)]) == [(0, 3), (5, 6)]
    assert links._joined([(second, second * 9), (second * 2, second * 3)]) == [(second, second * 9)]
    assert links._joined([]) == []
