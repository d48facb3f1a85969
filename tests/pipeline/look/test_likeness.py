from dataclasses import replace
from itertools import combinations

import pytest
from PIL import Image

from media_catalog.pipeline.look import frames, likeness
from tests.pipeline.look import shots


def seen(picture):
    return frames.seen(shots.grid(picture))


@pytest.fixture(scope="module")
def originals():
    return [shots.photograph(number) for number in range(1, 7)]


@pytest.mark.parametrize("name", shots.COPIES)
def test_finds_hardly_a_difference_in_copies(originals, name):
    for picture in originals:
        found = likeness.likeness(seen(picture), seen(shots.COPIES[name](picture)))
        assert found.window is None
        assert found.detail_bits <= 12
        assert found.luma_permille <= 10
        assert found.colour_steps <= 2


@pytest.mark.parametrize(("quarters", "move"), [(1, "ROTATE_270"), (2, "ROTATE_180"), (3, "ROTATE_90")])
def test_tells_how_far_a_copy_was_turned(originals, quarters, move):
    copy = originals[0].transpose(Image.Transpose[move])
    assert likeness.likeness(seen(originals[0]), seen(copy)).turn == quarters


def test_finds_mirrored_copies_on_request(originals):
    copy = seen(originals[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    found = likeness.likeness(seen(originals[0]), copy, with_mirrored=True)
    assert found.is_mirrored
    assert found.detail_bits <= 10
    assert likeness.likeness(seen(originals[0]), copy).detail_bits > likeness.SAME_DETAIL_BITS


def test_tells_which_window_a_cropped_copy_shows(originals):
    whole, part = seen(originals[1]), seen(shots.EDITS["cropped by a tenth"](originals[1]))
    found = likeness.likeness(whole, part)
    assert (found.window, found.is_part_of_other) == (0, False)
    assert likeness.likeness(part, whole).is_part_of_other


def test_tells_that_colours_are_lost(originals):
    found = likeness.likeness(seen(originals[2]), seen(shots.EDITS["grey"](originals[2])))
    assert found.is_colour_lost
    assert found.detail_bits <= 12


def test_tells_pictures_apart(originals):
    for one, other in combinations(originals, 2):
        assert likeness.likeness(seen(one), seen(other)).detail_bits > 60


def test_tells_documents_of_one_layout_apart():
    pages = [seen(shots.document(number)) for number in range(6)]
    for one, other in combinations(pages, 2):
        found = likeness.likeness(one, other)
        assert found.detail_bits is None or found.detail_bits > likeness.SAME_DETAIL_BITS


@pytest.mark.parametrize("kind", ["black", "grey", "white", "gradient"])
def test_says_nothing_of_pictures_that_show_nothing(kind):
    one, other = (frames.seen(shots.nearly_nothing(kind, seed)) for seed in (1, 2))
    assert likeness.likeness(one, other) is None
    assert likeness.likeness(one, one) is None


def test_is_the_same_from_both_sides(originals):
    one, other = seen(originals[3]), seen(shots.COPIES["re-encoded"](originals[3]))
    assert likeness.likeness(one, other) == likeness.likeness(other, one)


def test_prefers_a_window_to_a_whole_that_is_no_copy(originals):
    """Details may agree by chance, as those of a crop: the hash of the whole says that they do."""
    for picture in originals:
        whole = seen(picture)
        part = seen(shots.cropped(picture, left=0.05, top=0.05, right=0.05, bottom=0.05))
        detail = whole.look.detail.copy()
        detail[15] ^= True
        detail[14, :14] ^= True
        strange = replace(part, phash=whole.look.windows[0], look=replace(part.look, detail=detail))
        if (whole.phash ^ strange.phash).bit_count() > likeness.WHOLE_BITS:
            assert likeness.likeness(whole, strange).window == 0
            break
    else:
        pytest.fail("no picture whose window has another hash")
