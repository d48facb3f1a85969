import pytest
from PIL import Image, ImageEnhance, ImageFilter

from media_catalog.pipeline.look import quality
from tests.pipeline.look import shots


@pytest.fixture(scope="module")
def shot():
    return shots.grid(shots.photograph(2))


@pytest.mark.parametrize("radius", [1, 2, 4])
def test_finds_a_blurred_shot_less_sharp(shot, radius):
    blurred = shot.filter(ImageFilter.GaussianBlur(radius))
    assert quality.quality_of(blurred).sharpness < 0.7 * quality.quality_of(shot).sharpness


def test_finds_a_darker_shot_as_sharp(shot):
    darker = ImageEnhance.Brightness(shot).enhance(0.8)
    assert quality.quality_of(darker).sharpness == pytest.approx(quality.quality_of(shot).sharpness, rel=0.1)


def test_counts_a_blurred_background_as_sharp_where_the_rest_is(shot):
    portrait = shot.filter(ImageFilter.GaussianBlur(3))
    portrait.paste(shot.crop((130, 80, 270, 220)), (130, 80))
    everything = shot.filter(ImageFilter.GaussianBlur(3))
    assert quality.quality_of(portrait).sharpness > 3 * quality.quality_of(everything).sharpness


def test_counts_what_is_too_light_or_too_dark(shot):
    glaring = ImageEnhance.Brightness(shot).enhance(3)
    assert quality.quality_of(glaring).clipped_share > quality.quality_of(shot).clipped_share + 0.1
    assert quality.quality_of(Image.new("RGB", (40, 30))).clipped_share == 1


def test_measures_the_smallest_picture():
    assert quality.quality_of(Image.new("RGB", (1, 1), "grey")) == quality.Quality(
        sharpness=0, clipped_share=0
    )
