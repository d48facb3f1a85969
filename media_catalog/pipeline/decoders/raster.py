"""Still pictures by Pillow: one explicit plugin per file, our limits instead of Pillow's."""

from dataclasses import replace
from typing import IO

from PIL import ExifTags, Image, ImageFile

from media_catalog.pipeline.decoders import base, integrity
from media_catalog.pipeline.decoders.base import BROKEN_FILE_ERRORS, Decoded, DecodePolicy, Undecodable


def decode_raster(source: IO[bytes], *, file_format: str, policy: DecodePolicy) -> Decoded:
    """Decode the first frame or page. AVIF and TIFF come out upright, the others as they are stored.

    `file_format` is Pillow's name.

    :raises Undecodable: when not even a part of the picture can be decoded.
    """
    picture = opened(source, file_format=file_format)
    width, height = picture.size
    base.check_picture(picture, file_format=file_format, policy=policy)
    if file_format == "JPEG":
        picture.draft(None, base.grid_size(width, height, longest_px=policy.longest_px))
    damage = _load(picture)
    decoded = Decoded(
        picture=_small(picture, policy.longest_px),
        width_px=width,
        height_px=height,
        damage=damage or integrity.find_damage(source, file_format=file_format),
    )
    return _by_container(decoded, picture) if file_format == "AVIF" else decoded


def opened(source: IO[bytes], *, file_format: str) -> ImageFile.ImageFile:
    """Open with one plugin only. `Image.open` would ask others, and refuse by its own limit of pixels.

    :raises Undecodable: when the plugin does not accept the file.
    """
    Image.init()
    factory, _ = Image.OPEN[file_format]
    source.seek(0)
    try:
        return factory(source, b"")
    except BROKEN_FILE_ERRORS as error:
        raise base.undecodable(f"{file_format} picture cannot be opened", error) from error


def _load(picture: ImageFile.ImageFile) -> str | None:
    """Decode, and on damage keep what had been decoded until then."""
    try:
        picture.load()
    except BROKEN_FILE_ERRORS as error:
        damage = _damage(error)
    else:
        return None
    picture.tile = []  # nothing is left to decode, so that the next call gives the picture as it is
    try:
        picture.load()
    except BROKEN_FILE_ERRORS as error:
        raise Undecodable(damage) from error
    return damage


def _damage(error: Exception) -> str:
    return base.TRUNCATED if "truncated" in str(error).lower() else f"{base.DAMAGED}: {error}"


def _small(picture: Image.Image, longest_px: int) -> Image.Image:
    try:
        return base.grid_picture(picture, longest_px=longest_px)
    except BROKEN_FILE_ERRORS as error:
        raise base.undecodable(base.DAMAGED, error) from error


def _by_container(decoded: Decoded, picture: ImageFile.ImageFile) -> Decoded:
    """Pillow reports the rotation that an AVIF container demands as an EXIF orientation."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except BROKEN_FILE_ERRORS as error:
        return replace(decoded, damage=decoded.damage or f"rotation cannot be read: {error}")
    return base.turned(decoded, orientation)
