"""JPEG at a reduced scale by libjpeg-turbo, which reports corrupt data that Pillow hides."""

import io
import re

import simplejpeg
from PIL import Image

from media_catalog.pipeline.decoders import base, raster
from media_catalog.pipeline.decoders.base import Decoded, DecodePolicy

# Padding before a marker of the header, or a little before the end of the picture, is written by cameras.
PADDING = re.compile(r"Corrupt JPEG data: (\d+) extraneous bytes before marker 0x([0-9a-f]{2})")
END_OF_IMAGE = "d9"
MAX_PADDING_BYTES = 16
IN_PICTURE_DATA = frozenset(["d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7"])  # restart markers

NO_MEMORY = "Insufficient memory"
PROGRESSIVE = b"\xff\xc2"
HEADER_BYTES = 1 << 20
# A progressive picture is kept as coefficients until the last scan: two bytes for each of three components.
PROGRESSIVE_PIXEL_BYTES = 6


def decode_jpeg(data: bytes | memoryview, *, policy: DecodePolicy) -> Decoded:
    """Decode a JPEG as it is stored (orientation not applied), strictly first, then as much as there is.

    :raises Undecodable: when there is no picture at all.
    """
    try:
        height, width, colours, _ = simplejpeg.decode_jpeg_header(data, strict=False)
    except (KeyError, ValueError):  # KeyError: the file ends within its header
        return raster.decode_raster(io.BytesIO(data), file_format="JPEG", policy=policy)
    pixel_bytes = PROGRESSIVE_PIXEL_BYTES if PROGRESSIVE in bytes(data[:HEADER_BYTES]) else 1
    base.check_size(width, height, policy=policy, pixel_bytes=pixel_bytes)
    if colours not in {"YCbCr", "Gray", "RGB"}:
        return raster.decode_raster(io.BytesIO(data), file_format="JPEG", policy=policy)
    return _decoded(data, (width, height), policy)


def _decoded(data: bytes | memoryview, size: tuple[int, int], policy: DecodePolicy) -> Decoded:
    damage = None
    target = base.grid_size(*size, longest_px=policy.longest_px)
    try:
        picture = _picture(data, target, is_strict=True)
    except ValueError as error:
        if NO_MEMORY in str(error):
            raise MemoryError(str(error)) from error
        damage = describe(str(error))
        try:
            picture = _picture(data, target, is_strict=False)
        except ValueError:
            return raster.decode_raster(io.BytesIO(data), file_format="JPEG", policy=policy)
    small = base.grid_picture(picture, longest_px=policy.longest_px)
    return Decoded(picture=small, width_px=size[0], height_px=size[1], damage=damage)


def _picture(data: bytes | memoryview, target: tuple[int, int], *, is_strict: bool) -> Image.Image:
    pixels = simplejpeg.decode_jpeg(
        data, colorspace="RGB", min_width=target[0], min_height=target[1], strict=is_strict
    )
    return Image.fromarray(pixels)


def describe(message: str) -> str | None:
    """Put a warning of libjpeg in words, `None` where it means nothing."""
    if padding := PADDING.fullmatch(message):
        count, marker = int(padding[1]), padding[2]
        is_harmless = marker not in IN_PICTURE_DATA and marker != END_OF_IMAGE
        if is_harmless or (marker == END_OF_IMAGE and count <= MAX_PADDING_BYTES):
            return None
    if message == "Premature end of JPEG file":
        return base.TRUNCATED
    return f"{base.DAMAGED}: {message}"
