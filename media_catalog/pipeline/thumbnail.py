"""One decode of a file gives its grid picture, its true size and what is damaged."""

import io
import os
import tempfile
from pathlib import Path
from typing import IO

from media_catalog.pipeline import media_types
from media_catalog.pipeline.decoders import base, heif, jpeg, raster, video
from media_catalog.pipeline.decoders.base import Decoded, DecodePolicy, Undecodable
from media_catalog.pipeline.look import frames

__all__ = ["DecodePolicy", "Decoded", "Undecodable", "decode", "path_of", "save", "upright"]

JPEG_QUALITY = 82
FILE_MODE = 0o644

# Their decoders turn the picture; everything else comes as it is stored and needs the EXIF orientation.
TURNED_BY_DECODER = (
    frozenset(["image/avif", "image/tiff", "image/x-adobe-dng"])
    | media_types.HEIF_TYPES
    | media_types.VIDEO_TYPES
)


def decode(
    source: IO[bytes] | memoryview, *, mime_type: str, orientation: int, policy: DecodePolicy
) -> Decoded:
    """Decode one file at a reduced scale into an upright RGB picture.

    `source` is an open file, or its content. Of a RAW file only a DNG can have something to decode.

    :raises Undecodable: when there is no picture; damage that leaves a part of it is reported instead.
    :raises MemoryError: when it takes more memory than there is.
    """
    if mime_type not in media_types.VIDEO_TYPES:
        base.check_file_size(_size_bytes(source), policy=policy)
    decoded = _decode_stored(source, mime_type=mime_type, policy=policy)
    return upright(decoded, orientation=orientation, mime_type=mime_type)


def upright(decoded: Decoded, *, orientation: int, mime_type: str) -> Decoded:
    """Apply the EXIF orientation to a picture that was decoded without, unless its decoder has turned it."""
    return decoded if mime_type in TURNED_BY_DECODER else base.turned(decoded, orientation)


def path_of(sha256: str, *, folder: Path) -> Path:
    """Give where the grid picture of a content lies: two levels of folders, so that none grows too large."""
    return folder / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"


def save(jpeg: bytes, target: Path) -> None:
    """Write a picture so that `target` appears whole or not at all; folders are made."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(descriptor, FILE_MODE)
            file.write(jpeg)
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _size_bytes(source: IO[bytes] | memoryview) -> int:
    if isinstance(source, memoryview):
        return len(source)
    return os.fstat(source.fileno()).st_size


def _decode_stored(source: IO[bytes] | memoryview, *, mime_type: str, policy: DecodePolicy) -> Decoded:
    if mime_type == "image/jpeg":
        return jpeg.decode_jpeg(_content(source), policy=policy)
    file = io.BytesIO(source) if isinstance(source, memoryview) else source
    if mime_type in media_types.HEIF_TYPES:
        return heif.decode_heif(file, policy=policy)
    if mime_type in media_types.VIDEO_TYPES:
        return video.decode_video(
            file, policy=policy, moments=frames.moments_s if policy.is_for_grid else None
        )
    if file_format := media_types.PILLOW_FORMATS.get(mime_type):
        return raster.decode_raster(file, file_format=file_format, policy=policy)
    if mime_type == "image/x-adobe-dng":  # its first picture is often an ordinary small TIFF
        return raster.decode_raster(file, file_format="TIFF", policy=policy)
    if mime_type in media_types.RAW_TYPES:
        raise Undecodable("RAW file without a preview inside")
    raise Undecodable(f"no decoder for {mime_type}")


def _content(source: IO[bytes] | memoryview) -> memoryview:
    return source if isinstance(source, memoryview) else memoryview(source.read())
