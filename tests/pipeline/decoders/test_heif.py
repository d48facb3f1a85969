import io
from pathlib import Path

import imagehash
import pillow_heif
import pytest

from media_catalog.pipeline.decoders import heif
from media_catalog.pipeline.decoders.base import Decoded, DecodePolicy, Undecodable
from tests.pipeline.pictures import STORED_FOR, corner_names, corners, noise, save_heic, scene, stored_for


def decode(path: Path) -> Decoded:
    with path.open("rb") as source:
        return heif.decode_heif(source, policy=DecodePolicy())


@pytest.mark.parametrize("thumbnail_px", [0, 320])
@pytest.mark.parametrize("orientation", STORED_FOR)
def test_comes_out_upright_with_and_without_its_thumbnail(tmp_path, orientation, thumbnail_px):
    picture = stored_for(corners((800, 600)), orientation)

    decoded = decode(
        save_heic(tmp_path / "a.heic", picture, orientation=orientation, thumbnail_px=thumbnail_px)
    )

    assert corner_names(decoded.picture) == "RGBY"
    assert (decoded.width_px, decoded.height_px) == (800, 600)
    assert max(decoded.picture.size) == (thumbnail_px or 400)


def test_the_thumbnail_gives_the_hash_of_the_picture(tmp_path):
    picture = scene(size=(1600, 1200))

    decoded = decode(save_heic(tmp_path / "a.heic", picture, thumbnail_px=320))

    assert decoded.picture.size == (320, 240)
    assert imagehash.phash(decoded.picture) - imagehash.phash(picture) <= 2


@pytest.mark.parametrize("thumbnail_px", [160, 239])
def test_a_thumbnail_that_is_too_small_is_not_used(tmp_path, thumbnail_px):
    decoded = decode(save_heic(tmp_path / "a.heic", corners((800, 600)), thumbnail_px=thumbnail_px))

    assert decoded.picture.size == (400, 300)


@pytest.mark.parametrize(
    ("thumbnail", "picture", "is_sound"),
    [
        ((320, 240), (4032, 3024), True),
        ((240, 160), (1440, 960), True),
        ((320, 240), (4032, 2268), False),  # another shape: cut to 4:3
        ((240, 320), (4032, 3024), False),  # not turned with the picture
        ((512, 384), (64, 48), False),
        ((32, 32), (64, 64), False),
    ],
)
def test_accepts_only_sound_thumbnails(thumbnail, picture, is_sound):
    assert heif.is_sound(thumbnail, picture) is is_sound


@pytest.mark.parametrize("mode", ["L", "RGBA"])
def test_decodes_grey_and_transparent_pictures(tmp_path, mode):
    decoded = decode(save_heic(tmp_path / "a.heic", scene(size=(800, 600)).convert(mode)))

    assert (decoded.picture.mode, decoded.damage) == ("RGB", None)


def test_shows_the_primary_of_several_pictures(tmp_path):
    path = tmp_path / "a.heic"
    file = pillow_heif.from_pillow(scene())
    file.add_from_pillow(corners())
    file.save(path, primary_index=1)

    assert corner_names(decode(path).picture) == "RGBY"


def test_a_truncated_file_is_never_taken_for_whole(tmp_path):
    data = save_heic(tmp_path / "a.heic", noise(), thumbnail_px=320).read_bytes()
    for percent in range(5, 100, 5):
        try:
            decoded = heif.decode_heif(io.BytesIO(data[: len(data) * percent // 100]), policy=DecodePolicy())
        except Undecodable:
            continue
        assert decoded.damage == "picture data is cut off"


def test_refuses_what_is_larger_than_the_limit(tmp_path):
    path = save_heic(tmp_path / "a.heic", corners((800, 600)))

    with path.open("rb") as source, pytest.raises(Undecodable, match="limit"):
        heif.decode_heif(source, policy=DecodePolicy(max_pixels=1000))


@pytest.mark.parametrize("content", [b"", b"no picture", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"])
def test_what_is_no_picture_is_undecodable(content):
    with pytest.raises(Undecodable):
        heif.decode_heif(io.BytesIO(content), policy=DecodePolicy())
