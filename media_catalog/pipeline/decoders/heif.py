"""HEIC and HEIF by libheif, which turns the picture itself (irot, imir): no EXIF orientation on top."""

from typing import IO, cast

import pillow_heif
from PIL import Image

from media_catalog.pipeline.decoders import base, integrity
from media_catalog.pipeline.decoders.base import BROKEN_FILE_ERRORS, Decoded, DecodePolicy

# An embedded thumbnail of at least this size and of the picture's shape gives the same perceptual hash within
# 2 bits, at a fiftieth of the time.
MIN_THUMBNAIL_PX = 240
MAX_ASPECT_DIFFERENCE = 0.02


def decode_heif(source: IO[bytes], *, policy: DecodePolicy) -> Decoded:
    """Decode the primary picture, upright, from its embedded thumbnail where that is sound.

    :raises Undecodable: when libheif cannot.
    """
    source.seek(0)
    try:
        file = pillow_heif.open_heif(source)
        image = file[file.primary_index]
    except BROKEN_FILE_ERRORS as error:
        raise base.undecodable("HEIF picture cannot be opened", error) from error
    width, height = image.size
    base.check_size(width, height, policy=policy, pixel_bytes=0)  # its thumbnail may be all that is decoded
    return Decoded(
        picture=base.grid_picture(
            _thumbnail(image, policy) or _full(image, policy), longest_px=policy.longest_px
        ),
        width_px=width,
        height_px=height,
        damage=integrity.find_damage(source, file_format="HEIF"),
    )


def _full(image: pillow_heif.HeifImage, policy: DecodePolicy) -> Image.Image:
    base.check_size(*image.size, policy=policy, pixel_bytes=base.PIXEL_BYTES["HEIF"])
    try:
        return image.to_pillow()
    except BROKEN_FILE_ERRORS as error:
        raise base.undecodable(base.DAMAGED, error) from error


def _thumbnail(image: pillow_heif.HeifImage, policy: DecodePolicy) -> Image.Image | None:
    for index in range(len(cast("list[int]", image.info["thumbnails"]))):
        try:
            thumbnail = image.get_thumbnail(index)
            is_enough = policy.longest_px == base.GRID_PX or max(thumbnail.size) >= policy.longest_px
            if is_enough and is_sound(thumbnail.size, image.size):
                return thumbnail.to_pillow()
        except BROKEN_FILE_ERRORS:
            continue  # the picture itself may be whole
    return None


def is_sound(thumbnail: tuple[int, int], picture: tuple[int, int]) -> bool:
    """Tell whether a thumbnail of this size shows the whole of a picture of that size."""
    if max(thumbnail) < MIN_THUMBNAIL_PX or max(thumbnail) > max(picture):
        return False
    aspect = thumbnail[0] * picture[1] / (thumbnail[1] * picture[0])
    return abs(aspect - 1) <= MAX_ASPECT_DIFFERENCE
