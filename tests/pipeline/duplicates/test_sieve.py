import random
from dataclasses import replace
from datetime import UTC, timedelta
from itertools import permutations

import pytest

from media_catalog.pipeline.duplicates import decide, grouping, keeper, sieve
from media_catalog.pipeline.duplicates.grouping import Rules
from media_catalog.pipeline.duplicates.units import Kind
from media_catalog.pipeline.look import frames
from tests.pipeline.duplicates.units import NOON, taken, unit
from tests.pipeline.look import shots


def facts(dice):
    """Choose what a file may say of itself, so that every rule of time has its cases."""
    seconds = dice.choice([0, 0.4, 1, 1.6, 2, 2.9, 4, 900, 901, 7200, 40_000])
    local = NOON + timedelta(seconds=seconds)
    times = [
        {},
        taken(seconds),
        taken(seconds, has_subseconds=True),
        {"shot_at": local.replace(tzinfo=UTC)},
        taken(seconds, camera=("NIKON", "D90"), camera_serial=dice.choice(["", "77"])),
        {"burst_id": dice.choice("ab")},
        {"name": f"IMG_20190504_123000_BURST{dice.randrange(9):03}.jpg"},
        {"image_data_hash": dice.choice("xy")},
    ]
    return dice.choice(times)


@pytest.fixture(scope="module")
def some():
    dice = random.Random(5)
    originals = [shots.photograph(seed) for seed in range(3)]
    pictures = [
        shot for one in originals for shot in (one, shots.cropped(one, left=0.05, right=0.05, top=0.05))
    ]
    pictures += [change(originals[0]) for change in (*shots.COPIES.values(), *shots.EDITS.values())]
    pictures += [shots.moved(originals[1], number) for number in range(4)]
    pictures += [shots.nearly_nothing("black", seed) for seed in range(2)]
    found = [unit(number, picture, **facts(dice)) for number, picture in enumerate(pictures * 3)]
    films = [frames.seen(shots.grid(picture)) for picture in originals]
    lengths = [8.0, 8.2, 8.4, 12.0, 0.0]
    return [
        *found,
        *(
            unit(500 + number, kind="video", duration_s=dice.choice(lengths), frames=tuple(films))
            for number in range(8)
        ),
    ]


def test_leaves_out_nothing_that_a_comparison_finds(some):
    possible = sieve.Sieve(some).possible
    known = {
        (kind, place): set(possible(kind, place)) for kind in grouping.COPIES for place in range(len(some))
    }
    kinds = set()
    for place, other in permutations(range(len(some)), 2):
        relation = decide.relate(some[place], some[other])
        if relation and relation.kind is not Kind.SIMILAR:
            kinds.add(relation.kind)
            assert other in known[relation.kind, place]
    assert kinds >= {Kind.SAME_PIXELS, Kind.NEAR, Kind.EDITED, Kind.BURST}


def test_leaves_out_most_of_what_is_not_alike(some):
    possible = sieve.Sieve(some).possible
    asked = sum(len(list(possible(Kind.NEAR, place))) for place in range(len(some)))
    assert asked < len(some) ** 2 / 2


def test_makes_the_groups_that_comparisons_of_all_make(some):
    def groups(sift):
        rules = Rules(relate=decide.relate, rank=keeper.key, sift=sift)
        return list(grouping.group(some, rules))

    assert groups(sieve.sift) == groups(sieve.everything)


def test_spares_comparisons_of_shots_that_clocks_tell_apart():
    """A camera on a tripod: pictures that nearly are copies of each other, thousands of them."""
    scene = frames.seen(shots.grid(shots.photograph(1)))
    detail = scene.look.detail.copy()
    detail[15, 4:16] ^= True
    other = replace(scene, look=replace(scene.look, detail=detail))
    asked = []

    def relate(one, two):
        asked.append((one.id, two.id))
        return decide.relate(one, two)

    series = [
        unit(number, seen=(scene, other)[number % 2], **taken(60 * number)) for number in range(0, 200, 7)
    ]
    list(grouping.group(series, Rules(relate=relate, rank=keeper.key, sift=sieve.sift)))
    assert len(asked) < len(series) ** 2 / 2


def test_has_nothing_to_say_of_what_has_no_look():
    blank = [unit(number) for number in range(30)]
    assert list(sieve.sift(blank)(Kind.NEAR, 3)) == []
