from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from media_catalog.pipeline.duplicates import grouping
from media_catalog.pipeline.look import candidates, frames
from media_catalog.pipeline.look.candidates import Candidates, Stored
from tests.pipeline.look import shots


def stored(pictures):
    seen = [frames.seen(shots.grid(picture)) for picture in pictures]
    return Stored.of(
        [one.phash for one in seen], [one.information for one in seen], [one.look.to_bytes() for one in seen]
    )


def pairs(couples):
    return {
        tuple(sorted(pair))
        for some in couples
        for pair in zip(*(part.tolist() for part in some), strict=True)
    }


@pytest.fixture(scope="module")
def library():
    """Six photographs, each followed by all its copies and edits."""
    changes = [*shots.COPIES.values(), *shots.EDITS.values()]
    originals = [shots.photograph(number) for number in range(1, 7)]
    return stored([made for one in originals for made in (one, *(change(one) for change in changes))])


@pytest.fixture(scope="module")
def wanted():
    size = 1 + len(shots.COPIES) + len(shots.EDITS)
    return {(start * size, start * size + number) for start in range(6) for number in range(1, size)}


def test_finds_copies_and_edits_and_nothing_else(library, wanted):
    found = pairs(Candidates(library).among_all())
    assert len(wanted & found) >= 0.97 * len(wanted)
    size = 1 + len(shots.COPIES) + len(shots.EDITS)
    assert all(one // size == other // size for one, other in found)


def test_finds_for_new_files_what_it_finds_among_all(library):
    search = Candidates(library)
    everything = pairs(search.among_all())
    new = np.array([3, 18, 40, 41])
    expected = {pair for pair in everything if {*pair} & {*new.tolist()}}
    assert pairs(search.of(new)) == expected


@pytest.mark.parametrize("new", [[0], [20, 33], [7, 50, 51, 80]])
def test_finds_around_new_files_the_same_components_as_among_all(library, new):
    search = Candidates(library)
    everything = grouping.components(pairs(search.among_all()))
    around = grouping.components(pairs(search.around(np.array(new))))
    assert around == [members for members in everything if {*members} & {*new}]


def test_does_not_turn_unless_asked(library):
    turned = list(shots.COPIES).index("turned upside down") + 1
    assert (0, turned) not in pairs(Candidates(library, with_turns=False).among_all())


def test_finds_mirrored_copies_on_request():
    picture = shots.photograph(4)
    both = stored([picture, picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)])
    assert pairs(Candidates(both).among_all()) == set()
    assert pairs(Candidates(both, with_mirrored=True).among_all()) == {(0, 1)}
    assert pairs(Candidates(both, with_mirrored=True).of(np.array([1]))) == {(0, 1)}


def test_finds_similar_scenes_on_request():
    both = stored([shots.moved(shots.photograph(1), number) for number in (0, 1)])
    assert pairs(Candidates(both, with_turns=False).among_all()) == set()
    assert pairs(Candidates(both, with_turns=False, with_similar=True).among_all()) == {(0, 1)}


def test_keeps_pictures_that_show_nothing_out():
    kinds = ("black", "grey", "white", "gradient")
    nothing = [shots.nearly_nothing(kind, seed) for kind in kinds for seed in range(4)]
    assert pairs(Candidates(stored(nothing)).among_all()) == set()


def test_does_not_compare_all_with_all_where_many_have_one_hash(monkeypatch):
    monkeypatch.setattr(candidates, "MOST_EQUAL", 3)
    same = stored([shots.photograph(5)])
    many = Stored(
        phashes=np.repeat(same.phashes, 50),
        information=np.repeat(same.information, 50),
        looks=np.repeat(same.looks, 50),
    )
    found = pairs(Candidates(many, with_turns=False).among_all())
    assert {pair for pair in combinations(range(50), 2) if pair[0] < 3} == {
        pair for pair in found if pair[0] < 3
    }
    assert len(found) < 50 * 3 + 3


def test_finds_nothing_among_nothing():
    assert pairs(Candidates(stored([])).among_all()) == set()
