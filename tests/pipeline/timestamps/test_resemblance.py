import pytest

from media_catalog.pipeline import similarity
from media_catalog.pipeline.timestamps import resemblance
from tests.pipeline.timestamps.neighbourhood import CANON, IPHONE, LOOK, dated, file

NOON = dated("2019-05-04 12:00:00")
TURNED = similarity.turns(LOOK)[1]


@pytest.mark.parametrize(
    ("one", "other", "bits"),
    [
        ({}, {"phash": LOOK ^ 0b11}, 2),
        ({"width_px": 1600, "height_px": 1200}, {}, 0),
        ({"phash": TURNED, "width_px": 3000, "height_px": 4000}, {}, 0),
        ({"phash": LOOK ^ 0xFF}, {}, None),  # 8 bits
        ({"width_px": 4000, "height_px": 2250}, {}, None),  # another shape
        ({"phash": TURNED}, {}, None),  # turned, but of the same shape
        ({"information": 6.0}, {}, None),  # nearly black
        ({"phash": None}, {}, None),
        ({"width_px": None}, {}, None),
    ],
)
def test_knows_the_same_picture_by_look_and_shape(one, other, bits):
    given = [file("a.jpg", **{"phash": LOOK, **more}) for more in (one, other)]
    assert resemblance.same_picture_bits(*given) == bits
    assert resemblance.same_picture_bits(*reversed(given)) == bits


def test_does_not_know_videos_by_one_frame():
    assert resemblance.same_picture_bits(file("a.mov", phash=LOOK), file("b.mov", phash=LOOK)) is None


def test_finds_videos_alike_by_their_length():
    assert resemblance.is_alike(file("a.mp4", duration_s=60.0), file("b.mov", duration_s=61.0)) is True
    assert resemblance.is_alike(file("a.mp4", duration_s=60.0), file("b.mov", duration_s=70.0)) is False
    assert resemblance.is_alike(file("a.mp4"), file("b.mov", duration_s=70.0)) is None
    assert resemblance.is_alike(file("a.mp4", duration_s=60.0), file("b.jpg")) is False


@pytest.mark.parametrize(
    ("half", "more", "is_companion"),
    [
        ("IMG_0411.MOV", {"duration_s": 2.8}, True),
        ("IMG_0411.MOV", {"duration_s": 2.8, "camera": IPHONE}, True),
        ("IMG_0411.MOV", {"duration_s": 48.0}, False),  # a film that met the number
        ("IMG_0411.MOV", {}, False),
        ("IMG_0411.DNG", {}, True),
        ("IMG_0411.DNG", {"camera": CANON}, False),
        ("IMG_0411.JPG", {"phash": LOOK}, True),  # made of the HEIC
        ("IMG_0411.JPG", {"phash": ~LOOK & 0x5555555555555555}, False),
        ("IMG_0411.JPG", {}, True),
    ],
)
def test_tells_the_halves_of_one_shot_from_files_that_share_a_number(half, more, is_companion):
    still = file("IMG_0411.HEIC", NOON, camera=IPHONE, phash=LOOK)
    assert resemblance.is_companion(file(half, **more), still, NOON) is is_companion


def test_sees_by_file_times_that_a_counter_has_been_around():
    still = file("IMG_0411.JPG", NOON, file_time=NOON.local)
    old = file("IMG_0411.MOV", duration_s=2.0, file_time=NOON.local.replace(year=2015))
    assert not resemblance.is_companion(old, still, NOON)
    assert resemblance.is_companion(file("IMG_0411.MOV", duration_s=2.0, file_time=NOON.local), still, NOON)
