import pytest
from PIL import Image

from media_catalog.pipeline.look import frames
from tests.pipeline import pictures


def test_spreads_the_frames_over_the_length():
    moments = frames.moments_s(60.0)
    assert len(moments) == frames.FRAMES
    assert moments == sorted(moments)
    assert 4 < moments[0] < 15
    assert 45 < moments[-1] < 56


@pytest.mark.parametrize("duration_s", [0.0, 0.04, 3 * 3600.0])
def test_stays_inside_the_video(duration_s):
    assert all(0 <= moment <= duration_s for moment in frames.moments_s(duration_s))


def test_counts_frames_of_one_colour_as_telling_nothing():
    looks = frames.frames_of([pictures.scene(1), Image.new("RGB", (64, 48))])
    assert [look.is_telling for look in looks] == [True, False]
