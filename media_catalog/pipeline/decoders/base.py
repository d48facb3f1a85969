"""What every decoder gives and refuses, and how a picture becomes a small one for the grid or a page."""

import struct
import zlib
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

GRID_PX = 400
KEPT_SCALE = 3  # a cheap filter may shrink to three times the size, the good one does the rest
STRIP_ROWS = 64
# What decoding takes at its height, per pixel: measured, and rounded up. Pillow keeps RGB in four bytes.
PIXEL_BYTES = {"AVIF": 12, "HEIF": 12, "JPEG2000": 20, "WEBP": 16}
PIXEL_BYTES_ELSE = 4
PIXEL_BYTES_WITHOUT_RANGE = 34
WITHOUT_RANGE = frozenset(["I", "F"])  # modes whose black and white are known from all pixels only
TRUNCATED = "picture data is cut off"
DAMAGED = "picture data is damaged"

# What Pillow and pillow-heif raise on broken files; their plugins do not check every read. A lack of memory
# is none of it: whoever sets the limit has to know.
BROKEN_FILE_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    Image.DecompressionBombError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


# EXIF orientation (CIPA DC-008 4.6.5.1.6) to the move that makes the picture upright.
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = frozenset([5, 6, 7, 8])


class Undecodable(Exception):
    """No picture can be made of the file; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodePolicy:
    """What is wanted, and limits that are checked before anything is decoded.

    `max_decode_bytes` bounds the decoded picture, `max_file_bytes` a file that is no video.
    """

    longest_px: int = GRID_PX
    max_pixels: int = 300_000_000
    max_decode_bytes: int = 768 << 20
    max_file_bytes: int = 512 << 20

    @property
    def is_for_grid(self) -> bool:
        """Tell whether the picture is the one by which the file is known, rather than one for a page."""
        return self.longest_px == GRID_PX


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A small picture (RGB, upright, no larger than the policy wants) and what is true of the whole.

    `width_px` and `height_px` are the full size as displayed; for RAW files those of the embedded preview.
    `damage` says what is wrong with the picture data, `None` when nothing was noticed. `frames` are those of
    a video at the moments that were asked for, `None` for each that could not be had within the limits.
    """

    picture: Image.Image
    width_px: int
    height_px: int
    duration_s: float | None = None
    damage: str | None = None
    is_video: bool = False
    frames: tuple[Image.Image | None, ...] = ()


def check_file_size(size_bytes: int, *, policy: DecodePolicy) -> None:
    """Refuse a file that is too large for a picture.

    :raises Undecodable: when it is.
    """
    if size_bytes > policy.max_file_bytes:
        raise Undecodable(f"picture file of {size_bytes >> 20} MB is larger than the limit")


def check_size(width_px: int, height_px: int, *, policy: DecodePolicy, pixel_bytes: int = 4) -> None:
    """Refuse what would need too much memory.

    :raises Undecodable: when the picture is empty or larger than the policy allows.
    """
    pixels = width_px * height_px
    if width_px < 1 or height_px < 1:
        raise Undecodable(f"picture of {width_px} x {height_px} pixels")
    if pixels > policy.max_pixels or pixels * pixel_bytes > policy.max_decode_bytes:
        raise Undecodable(f"picture of {width_px} x {height_px} pixels is larger than the limit")


def check_picture(picture: Image.Image, *, file_format: str, policy: DecodePolicy) -> None:
    """Refuse an opened picture that would need too much memory in its format and mode.

    :raises Undecodable: when the policy does not allow it.
    """
    pixel_bytes = PIXEL_BYTES.get(file_format, PIXEL_BYTES_ELSE)
    if picture.mode in WITHOUT_RANGE:
        pixel_bytes = PIXEL_BYTES_WITHOUT_RANGE
    check_size(*picture.size, policy=policy, pixel_bytes=pixel_bytes)


def undecodable(text: str, error: Exception) -> Undecodable:
    """Put in words what a decoding library raised.

    :raises MemoryError: when it was a lack of memory, which some tell in words of their own.
    """
    if "memory" in str(error).lower():
        raise MemoryError(str(error)) from error
    return Undecodable(f"{text}: {error}")


def grid_size(width_px: int, height_px: int, *, longest_px: int = GRID_PX) -> tuple[int, int]:
    """Give the size of the small picture: never enlarged, no side below 1."""
    scale = min(1.0, longest_px / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def grid_picture(picture: Image.Image, *, longest_px: int = GRID_PX) -> Image.Image:
    """Shrink a decoded picture of any mode to a small RGB one; transparency becomes white."""
    factor = max(picture.size) // (longest_px * KEPT_SCALE)
    is_large = factor > 1 and picture.mode not in WITHOUT_RANGE
    plain = _reduced(picture, factor) if is_large else _plain_mode(picture)
    small = plain.resize(grid_size(*picture.size, longest_px=longest_px), Image.Resampling.LANCZOS)
    return _on_white(small)


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """Shrink by a whole number, strip by strip: a second copy of a huge picture would double its memory."""
    width, height = picture.size
    strips = [
        _plain_mode(picture.crop((0, top, width, min(top + STRIP_ROWS * factor, height)))).reduce(factor)
        for top in range(0, height, STRIP_ROWS * factor)
    ]
    reduced = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    for number, strip in enumerate(strips):
        reduced.paste(strip, (0, number * STRIP_ROWS))
    return reduced


def _plain_mode(picture: Image.Image) -> Image.Image:
    """Convert to L, RGB or RGBA, the modes that can be resized without loss of meaning."""
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in WITHOUT_RANGE:
        return _stretched(np.asarray(picture, dtype=np.float64))
    if picture.mode == "1":
        return picture.convert("L")
    if picture.has_transparency_data:
        return picture if picture.mode == "RGBA" else picture.convert("RGBA")
    return picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")


def _stretched(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Image.Image:
    """Numbers without a fixed range (scientific TIFF) are shown between their extremes."""
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(finite.min()), float(finite.max())
    scaled = (finite - low) * (255.0 / (high - low)) if high > low else finite * 0.0
    return Image.fromarray(scaled.astype(np.uint8))


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    background = Image.new("RGB", picture.size, "white")
    background.paste(picture, mask=picture.getchannel("A"))
    return background


def turned(decoded: Decoded, orientation: int) -> Decoded:
    """Apply an EXIF orientation to a picture that is still as it was stored."""
    if orientation not in UPRIGHT:
        return decoded
    is_sideways = orientation in SIDEWAYS
    return replace(
        decoded,
        picture=decoded.picture.transpose(UPRIGHT[orientation]),
        width_px=decoded.height_px if is_sideways else decoded.width_px,
        height_px=decoded.width_px if is_sideways else decoded.height_px,
    )


def damaged(decoded: Decoded, damage: str | None) -> Decoded:
    """Add what was found out later; the first damage stands."""
    return replace(decoded, damage=decoded.damage or damage)
