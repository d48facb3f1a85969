import random

import imagehash
import numpy as np
import pytest
from PIL import Image

from media_catalog.pipeline import similarity
from media_catalog.pipeline.similarity import HashIndex
from tests.pipeline import pictures

DICE = random.Random(3)


def near(hashes, queries, *, max_distance):
    index = HashIndex(similarity.hashes_of(hashes))
    return [
        pair
        for pairs in index.search(similarity.hashes_of(queries), max_distance=max_distance)
        for pair in zip(pairs.queries.tolist(), pairs.found.tolist(), pairs.distances.tolist(), strict=True)
    ]


def changed(phash: int, bits: int) -> int:
    return phash ^ sum(1 << place for place in DICE.sample(range(64), bits))


@pytest.mark.parametrize("max_distance", [0, 3, 5, 6, 10])
def test_finds_every_pair_within_the_distance_and_each_once(max_distance):
    hashes = [DICE.getrandbits(64) for _ in range(300)]
    hashes += [changed(one, DICE.randrange(12)) for one in hashes]
    queries = [changed(one, DICE.randrange(12)) for one in hashes[:200]]
    wanted = [
        (at, place, (query ^ one).bit_count())
        for at, query in enumerate(queries)
        for place, one in enumerate(hashes)
        if (query ^ one).bit_count() <= max_distance
    ]
    assert sorted(near(hashes, queries, max_distance=max_distance)) == sorted(wanted)


def test_takes_hashes_as_signed_or_unsigned_numbers():
    assert near([-1], [2**64 - 1], max_distance=0) == [(0, 0, 0)]


def test_finds_nothing_among_nothing():
    assert near([], [7], max_distance=5) == []
    assert near([7], [], max_distance=5) == []


def test_goes_on_in_parts_where_many_hashes_are_equal(monkeypatch):
    monkeypatch.setattr(similarity, "MOST_PAIRS", 100)
    assert len(near([5] * 60, [5] * 10, max_distance=5)) == 600


@pytest.mark.parametrize("seed", range(5))
def test_knows_the_hash_of_a_turned_picture(seed):
    picture = pictures.scene(seed)
    turned = similarity.turns(int(str(imagehash.phash(picture)), 16))
    for quarters, expected in enumerate(turned):
        actual = int(str(imagehash.phash(picture.rotate(-90 * quarters, expand=True))), 16)
        assert (actual ^ expected).bit_count() <= 8


def test_turning_four_times_changes_nothing():
    phash = DICE.getrandbits(64)
    turned = phash
    for _ in range(4):
        turned = similarity.turns(turned)[1]
    assert turned == phash
    assert similarity.turns(similarity.turns(phash)[1])[3] == phash


def test_turns_many_hashes_as_it_turns_one():
    hashes = [DICE.getrandbits(64) for _ in range(20)]
    together = similarity.with_turns(similarity.hashes_of(hashes)).reshape(4, 20)
    for place, phash in enumerate(hashes):
        assert together[:, place].tolist() == list(similarity.turns(phash))
    assert together.dtype == np.uint64


@pytest.mark.parametrize("max_distance", [0, 5, 6, 10])
def test_pairs_all_that_are_near_each_other_once(max_distance):
    hashes = [DICE.getrandbits(64) for _ in range(200)]
    hashes += [changed(one, DICE.randrange(12)) for one in hashes] + hashes[:20]
    index = HashIndex(similarity.hashes_of(hashes))
    found = [
        (*sorted(pair[:2]), pair[2])
        for pairs in index.pairs(max_distance=max_distance)
        for pair in zip(pairs.queries.tolist(), pairs.found.tolist(), pairs.distances.tolist(), strict=True)
    ]
    wanted = [
        (one, other, (hashes[one] ^ hashes[other]).bit_count())
        for other in range(len(hashes))
        for one in range(other)
        if (hashes[one] ^ hashes[other]).bit_count() <= max_distance
    ]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("seed", range(3))
def test_knows_the_hash_of_a_mirrored_picture(seed):
    picture = pictures.scene(seed)
    expected = similarity.mirrored(int(str(imagehash.phash(picture)), 16))
    actual = int(str(imagehash.phash(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT))), 16)
    assert (actual ^ expected).bit_count() <= 8
