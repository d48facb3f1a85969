import pytest
from PIL import Image

from media_catalog.pipeline.look import resolution
from tests.pipeline.look import shots

LARGE = (1600, 1200)


@pytest.mark.parametrize("share", [0.7, 0.5, 0.3])
def test_finds_real_pixels_in_the_original(share):
    original = shots.photograph(1, LARGE)
    copy = shots.encoded(shots.scaled(original, share), quality=80)
    assert resolution.gain(original, copy) > 2 * resolution.REAL_GAIN
    assert resolution.resolved_share(original, copy) == 1


@pytest.mark.parametrize("share", [0.7, 0.5, 0.3])
@pytest.mark.parametrize(
    "method", [Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BILINEAR]
)
def test_finds_none_in_a_copy_that_was_blown_up(share, method):
    small = shots.encoded(shots.scaled(shots.photograph(1, LARGE), share), quality=80)
    blown_up = shots.encoded(small.resize(LARGE, method), quality=92)
    assert resolution.resolved_share(blown_up, small) == pytest.approx(share)


def test_does_not_tell_copies_of_nearly_one_size_apart():
    original = shots.photograph(2, LARGE)
    assert resolution.resolved_share(original, shots.scaled(original, 0.95)) is None


def test_does_not_tell_from_a_stamp():
    assert resolution.resolved_share(shots.photograph(2), shots.scaled(shots.photograph(2), 0.05)) is None
