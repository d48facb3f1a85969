from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
from PIL import Image

from media_catalog.pipeline.duplicates import decide, words
from media_catalog.pipeline.duplicates.units import Kind
from media_catalog.pipeline.look import frames
from tests.pipeline import pictures
from tests.pipeline.duplicates.units import taken, unit
from tests.pipeline.look import shots

FINE: dict[str, Any] = {"has_subseconds": True}


@pytest.fixture(scope="module")
def shot():
    return shots.photograph(1)


def kind_of(one, other):
    relation = decide.relate(one, other)
    assert relation == decide.relate(other, one)
    return relation and relation.kind


@pytest.mark.parametrize("name", shots.COPIES)
@pytest.mark.parametrize("facts", [{}, taken(), taken(0.25, **FINE)], ids=["no time", "seconds", "exact"])
def test_takes_a_copy_for_one(shot, name, facts):
    copy = shots.COPIES[name](shot)
    assert kind_of(unit(1, shot, **taken(0.25, **FINE)), unit(2, copy, **facts)) is Kind.NEAR


@pytest.mark.parametrize("name", shots.EDITS)
def test_takes_an_edit_for_a_copy_or_an_edit(shot, name):
    relation = decide.relate(unit(1, shot, **taken()), unit(2, shots.EDITS[name](shot)))
    assert relation.kind in (Kind.NEAR, Kind.EDITED)


@pytest.mark.parametrize(("name", "code"), [("grey", "grey"), ("cropped by a tenth", "cropped")])
def test_says_what_was_edited(shot, name, code):
    relation = decide.relate(unit(1, shot), unit(2, shots.EDITS[name](shot)))
    assert relation.kind is Kind.EDITED
    assert code in relation.reasons


def test_takes_the_same_bytes_for_identical_whatever_else_differs(shot):
    one = unit(1, shot, **taken())
    assert kind_of(one, replace(one, id=2, name="b.jpg", shot_local=None)) is Kind.IDENTICAL


def test_takes_the_same_picture_data_for_the_same_pixels_at_any_time(shot):
    one, other = (
        unit(1, shot, **taken(), image_data_hash="a"),
        unit(2, shot, **taken(100_000), image_data_hash="a"),
    )
    assert kind_of(one, other) is Kind.SAME_PIXELS
    assert "times_differ" in decide.relate(one, other).reasons


def test_takes_flat_pictures_of_two_cameras_for_two():
    flat = Image.new("RGB", (8, 8), "white")
    other_camera = taken(camera=("NIKON", "E775"))
    one = unit(1, flat, **taken(), image_data_hash="a")
    assert kind_of(one, unit(2, flat, **other_camera, image_data_hash="a")) is None
    assert kind_of(one, unit(2, flat, **taken(), image_data_hash="a")) is Kind.SAME_PIXELS


@pytest.mark.parametrize("colours", [("red", "blue"), ("white", "ivory"), ("black", "#020202")])
def test_never_matches_flat_pictures_by_hash(colours):
    one, other = (unit(number, Image.new("RGB", (400, 300), colour)) for number, colour in enumerate(colours))
    assert kind_of(one, other) is None


@pytest.mark.parametrize("kind", ["black", "grey", "white", "gradient"])
def test_never_matches_nearly_empty_pictures(kind):
    files = [unit(number, shots.nearly_nothing(kind, number)) for number in range(5)]
    assert [kind_of(one, other) for one, other in combinations(files, 2)] == [None] * 10


def test_tells_documents_of_one_layout_apart():
    files = [unit(number, shots.document(number)) for number in range(6)]
    assert {kind_of(*pair) for pair in combinations(files, 2)} <= {None, Kind.SIMILAR}


def test_finds_a_copy_of_a_document():
    page = shots.document(1)
    assert kind_of(unit(1, page), unit(2, shots.encoded(shots.scaled(page, 0.5), quality=60))) is Kind.NEAR


@pytest.mark.parametrize("step_s", [0.3, 1.0])
def test_takes_shots_of_a_series_for_no_copies(shot, step_s):
    files = [
        unit(number, shots.moved(shot, number), **taken(number * step_s), has_subseconds=step_s < 1)
        for number in range(3)
    ]
    assert {kind_of(*pair) for pair in combinations(files, 2)} == {Kind.BURST}


def test_takes_shots_within_one_second_for_a_series_by_their_numbers(shot):
    files = [unit(n, shots.moved(shot, n), name=f"IMG_{1000 + n}.JPG", **taken()) for n in range(3)]
    assert {kind_of(*pair) for pair in combinations(files, 2)} == {Kind.BURST}


def test_takes_shots_without_times_for_a_series_by_their_numbers(shot):
    sides = ((0.0, 0.01), (0.01, 0.0))
    one, other = (
        shots.cropped(shot, left=left, top=left, right=right, bottom=right) for left, right in sides
    )
    assert kind_of(unit(1, one, name="DSC_1000.JPG"), unit(2, other, name="DSC_1001.JPG")) is Kind.BURST
    assert kind_of(unit(1, one, name="DSC_1000.JPG"), unit(2, other, name="a.JPG")) is Kind.EDITED


def test_takes_shots_within_one_second_for_a_series_by_their_looks(shot):
    assert kind_of(unit(1, shot, **taken()), unit(2, shots.moved(shot, 1), **taken())) is Kind.BURST


def test_takes_an_edit_within_one_second_for_one_by_its_name(shot):
    original = unit(1, shot, name="IMG_1.JPG", **taken())
    edit = unit(2, shots.EDITS["cropped by three per cent"](shot), name="IMG_1-edited.JPG", **taken())
    assert kind_of(original, edit) in (Kind.EDITED, Kind.NEAR)


def test_takes_no_copy_of_another_time_for_one_unless_the_pixels_agree(shot):
    original = unit(1, shot, **taken())
    assert (
        kind_of(original, unit(2, shots.EDITS["cropped by three per cent"](shot), **taken(600)))
        is Kind.SIMILAR
    )
    relation = decide.relate(original, unit(2, shots.encoded(shot, quality=80), **taken(600)))
    assert relation.kind is Kind.NEAR
    assert "times_differ" in relation.reasons


def test_takes_half_of_a_picture_for_an_edit_where_the_fraction_of_a_second_says_so(shot):
    half = shots.cropped(shot, right=0.5)
    exact = taken(0.25, **FINE)
    assert kind_of(unit(1, shot, **exact), unit(2, half, **exact)) is Kind.EDITED
    assert kind_of(unit(1, shot, **exact), unit(2, half)) is None
    numbered = (unit(n, picture, name=f"IMG_{n:04}.JPG", **exact) for n, picture in ((1, shot), (2, half)))
    assert kind_of(*numbered) is not Kind.EDITED


def test_takes_a_stretched_copy_for_an_edit(shot):
    assert kind_of(unit(1, shot), unit(2, shot.resize((700, 420)))) is Kind.EDITED


def test_takes_pictures_of_other_things_for_nothing():
    files = [unit(number, shots.photograph(number)) for number in range(1, 6)]
    assert {kind_of(*pair) for pair in combinations(files, 2)} == {None}


def test_compares_no_picture_with_a_video(shot):
    assert kind_of(unit(1, shot), unit(2, shot, kind="video", duration_s=2.0)) is None


def video(number, seeds, **facts):
    frame = [pictures.scene(seed) for seed in seeds]
    if facts.pop("is_small", False):
        frame = [shots.encoded(shots.scaled(one, 0.5), quality=50) for one in frame]
    return unit(number, kind="video", mime_type="video/mp4", frames=frames.frames_of(frame), **facts)


def test_takes_a_small_copy_of_a_video_for_one():
    one, other = video(1, range(6), duration_s=20.0), video(2, range(6), duration_s=20.2, is_small=True)
    assert kind_of(one, other) is Kind.NEAR
    assert "same_frames" in decide.relate(one, other).reasons


@pytest.mark.parametrize(
    ("seeds", "facts"),
    [
        (range(6), {"duration_s": 22.0}),
        (range(6), {}),
        ((0, 1, 2, 30, 31, 32), {"duration_s": 20.0}),
        (range(5), {"duration_s": 20.0}),
    ],
    ids=["longer", "of unknown length", "other in its second half", "fewer frames"],
)
def test_takes_another_video_for_none(seeds, facts):
    assert kind_of(video(1, range(6), duration_s=20.0), video(2, seeds, **facts)) is None


def test_takes_short_clips_for_copies_only_where_times_or_names_agree():
    clips = [video(n, range(6), duration_s=2.0, is_small=n > 1) for n in (1, 2)]
    assert kind_of(*clips) is None
    assert kind_of(*(replace(clip, **taken()) for clip in clips)) is Kind.NEAR
    assert kind_of(*(replace(clip, **taken(clip.id * 60)) for clip in clips)) is None
    assert kind_of(
        *(replace(clip, name=name) for clip, name in zip(clips, ("a.mp4", "a(1).mp4"), strict=True))
    )


def test_takes_videos_that_are_mostly_black_for_no_copies():
    black = frames.frames_of([Image.new("RGB", (64, 48))] * 6)
    files = [unit(n, kind="video", duration_s=3.0, frames=black) for n in (1, 2)]
    assert kind_of(*files) is None


def test_says_in_words_what_two_files_are(shot):
    copy = unit(2, shots.scaled(shot, 0.5))
    relation = decide.relate(unit(1, shot), copy)
    assert words.of_relation(relation).startswith(
        "another size, one of them does not know when it was taken: "
    )
    assert " of 64 bits differ and " in words.of_relation(relation)
    assert words.of_size(unit(1, shot), copy) == "280 by 210 instead of 560 by 420 pixels"
    assert words.of_relation(decide.relate(unit(1, shot), replace(unit(1, shot), id=3))) == "the same bytes"


def test_has_words_for_every_reason():
    assert {"cropped", "turned", "scaled", "converted", "series"} <= set(words.RELATIONS)


@pytest.mark.parametrize("name", [*shots.COPIES, *shots.EDITS])
@pytest.mark.parametrize("facts", [{}, taken(0.25, **FINE)], ids=["no time", "exact"])
def test_whoever_wants_copies_to_look_more_alike_loses_the_others_and_no_more(shot, name, facts):
    picture = {**shots.COPIES, **shots.EDITS}[name](shot)
    one, other = unit(1, shot, **taken(0.25, **FINE)), unit(2, picture, **facts)
    usual = decide.relate(one, other)
    for most_bits in range(decide.MOST_BITS + 1):
        found = decide.relate(one, other, most_bits=most_bits)
        assert found == decide.relate(other, one, most_bits=most_bits)
        assert found == (usual if usual.likeness.hash_bits <= most_bits else None)


def test_equal_pixels_series_and_videos_are_what_they_are_however_strict_somebody_is(shot):
    pixels = (unit(1, shot, image_data_hash="a"), unit(2, shot, image_data_hash="a"))
    series = (unit(1, shot, **taken()), unit(2, shots.moved(shot, 1), **taken(0.6)))
    videos = (video(1, range(6), duration_s=20.0), video(2, range(6), duration_s=20.2, is_small=True))
    found = [decide.relate(*pair, most_bits=0) for pair in (pixels, series, videos)]
    assert [one.kind for one in found] == [Kind.SAME_PIXELS, Kind.BURST, Kind.NEAR]
    assert found == [decide.relate(*pair) for pair in (pixels, series, videos)]


def test_whoever_is_strict_gets_no_edit_of_one_moment_that_looks_otherwise(shot):
    exact = taken(0.25, **FINE)
    pair = (unit(1, shot, **exact), unit(2, shots.cropped(shot, right=0.5), **exact))
    assert decide.relate(*pair, most_bits=decide.MOST_BITS).kind is Kind.EDITED
    assert decide.relate(*pair, most_bits=decide.MOST_BITS - 1) is None
