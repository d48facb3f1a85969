import random
from dataclasses import replace
from typing import Any

import pytest

from media_catalog.pipeline.duplicates import keeper, words
from tests.pipeline.duplicates.units import taken, unit

ORIGINAL: dict[str, Any] = {
    "name": "IMG_0726.JPG",
    "width_px": 4000,
    "height_px": 3000,
    "size_bytes": 4_000_000,
    **taken(),
}


def size(width_px, height_px, **facts):
    return {"width_px": width_px, "height_px": height_px, **facts}


@pytest.mark.parametrize(
    ("better", "worse", "code"),
    [
        ({"preference": 1, **size(100, 75)}, ORIGINAL, "source_preferred"),
        (ORIGINAL | size(400, 300), ORIGINAL | {"is_damaged": True}, "undamaged"),
        (
            ORIGINAL,
            {"name": "IMG-20190504-WA0001.jpg", **size(4000, 3000), "size_bytes": 9_000_000},
            "original",
        ),
        (ORIGINAL, ORIGINAL | {"name": "IMG_0726 - Kopie.JPG", "size_bytes": 9_000_000}, "original"),
        # A screenshot or a copy as PNG is larger in bytes and pixels, and is still no original.
        (ORIGINAL, size(8000, 6000, mime_type="image/png", size_bytes=90_000_000), "original"),
        (ORIGINAL | {"has_motion": True}, ORIGINAL | size(4010, 3010), "moving"),
        (ORIGINAL, ORIGINAL | size(2000, 1500), "more_pixels"),
        (ORIGINAL | size(2000, 1500), ORIGINAL | {"resolved_share": 0.4}, "more_pixels"),
        (ORIGINAL | {"mime_type": "image/heic", "size_bytes": 1_500_000}, ORIGINAL, "better_format"),
        (ORIGINAL | {"kind": "raw"}, ORIGINAL | {"mime_type": "image/heic"}, "better_format"),
        (size(400, 300), size(400, 300, mime_type="image/png", size_bytes=9_000_000), "better_format"),
        (ORIGINAL | {"has_position": True}, ORIGINAL | {"facts": 90}, "has_position"),
        (ORIGINAL | {"has_offset": True}, ORIGINAL | {"facts": 90}, "has_offset"),
        (ORIGINAL | {"facts": 60}, ORIGINAL | {"facts": 20, "size_bytes": 9_000_000}, "more_metadata"),
        (ORIGINAL, ORIGINAL | {"size_bytes": 1_000_000}, "more_bytes"),
        (ORIGINAL | {"mtime_ns": 1}, ORIGINAL | {"mtime_ns": 2}, "earliest"),
        (ORIGINAL | {"place": b"/a.jpg"}, ORIGINAL | {"place": b"/copies/a.jpg"}, "shortest_path"),
        (ORIGINAL | {"place": b"/a.jpg"}, ORIGINAL | {"place": b"/b.jpg"}, "path_first"),
    ],
)
def test_keeps_the_better_one_and_says_why(better, worse, code):
    best, other = unit(2, **better), unit(1, **worse)
    assert keeper.rank([other, best])[0] is best
    assert keeper.reasons(best, other)[0] == code
    assert keeper.reasons(other, best) == ()
    assert words.of_keeper((code,))[0]


def test_does_not_let_a_few_lines_decide():
    cut = unit(1, **ORIGINAL | size(4000, 2992))
    placed = unit(2, **ORIGINAL | {"has_position": True} | size(3992, 2992))
    assert keeper.rank([cut, placed])[0] is placed


def test_orders_copies_the_same_way_from_any_order():
    dice = random.Random(5)
    copies = [
        unit(number, **ORIGINAL | {"facts": dice.randrange(3), "size_bytes": dice.randrange(3)})
        for number in range(20)
    ]
    ranked = keeper.rank(copies)
    for _ in range(10):
        dice.shuffle(copies)
        assert keeper.rank(copies) == ranked
    renumbered = [replace(one, id=100 - one.id) for one in copies]
    assert [one.place for one in keeper.rank(renumbered)] == [one.place for one in ranked]


def test_gathers_the_reasons_against_all_others():
    best = unit(1, **ORIGINAL)
    others = [unit(2, **ORIGINAL | size(400, 300)), unit(3, name="IMG-20190504-WA0001.jpg")]
    assert keeper.all_reasons(best, others)[:2] == ("original", "more_pixels")


def test_asks_for_a_closer_look_only_where_the_larger_one_may_be_blown_up():
    small, large = unit(1, **size(2000, 1500)), unit(2, **size(4000, 3000))
    assert keeper.needs_a_closer_look(small, large)
    assert keeper.needs_a_closer_look(large, small)
    assert not keeper.needs_a_closer_look(small, replace(large, resolved_share=0.5))
    assert not keeper.needs_a_closer_look(small, unit(3, **ORIGINAL))
    assert not keeper.needs_a_closer_look(small, replace(small, id=4))


@pytest.mark.parametrize(
    ("best", "worse", "code"),
    [
        ({"sharpness": 0.3}, {"sharpness": 0.1, "clipped_share": 0.0}, "sharper"),
        (
            {"sharpness": 0.29, "clipped_share": 0.0},
            {"sharpness": 0.3, "clipped_share": 0.2},
            "better_exposed",
        ),
        (
            {"sharpness": 0.3, "name": "IMG_1.JPG"},
            {"sharpness": 0.31, "name": "IMG_2.JPG"},
            "first_of_series",
        ),
        ({"preference": 1}, {"sharpness": 0.3}, "source_preferred"),
        ({"sharpness": 0.1}, {"sharpness": 0.3, "is_damaged": True}, "undamaged"),
    ],
)
def test_finds_the_best_of_a_series(best, worse, code):
    one, other = unit(2, **best), unit(1, **worse)
    assert keeper.rank_series([other, one])[0] is one
    assert keeper.series_reasons(one, other)[0] == code
