"""How a picture looks, in bytes that are stored: what other pictures are compared with to find copies.

Beside the pHash, which only says where to look: the hashes of five windows, for copies that were cropped;
and a signature of 64 bytes, independent of the pHash, that confirms or refutes what the hashes propose. It
holds the signs of the 192 frequencies that follow those of the pHash, the brightness of 8 x 8 fields, and
the colour of 2 x 2 fields.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

VERSION = 1
# What a window leaves away at the left, top, right and bottom. Copies that were cropped by up to a tenth,
# evenly or not, are within few bits of one of them.
WINDOWS = (
    (0.05, 0.05, 0.05, 0.05),
    (0.0, 0.05, 0.05, 0.05),
    (0.05, 0.0, 0.05, 0.05),
    (0.05, 0.05, 0.0, 0.05),
    (0.05, 0.05, 0.05, 0.0),
)
SIDE = 128  # everything is measured on the picture squeezed into this square
HASH_SIDE = 32
DETAIL_SIDE = 64
COARSE = 8  # frequencies of a pHash, in each direction
DETAIL = 16
DETAIL_BITS = DETAIL * DETAIL - COARSE * COARSE
FIELDS = 8
COLOUR_FIELDS = 2
LUMA_STEPS = 3.0  # of four bits, per standard deviation
LUMA_LIMITS = (-8, 7)
# The fields of the stored form; all numbers little-endian.
STORED = np.dtype(
    [
        ("version", "u1"),
        ("steadiness", "<f2"),
        ("windows", "<u8", (len(WINDOWS),)),
        ("detail", "u1", (DETAIL_BITS // 8,)),
        ("luma", "u1", (FIELDS * FIELDS // 2,)),
        ("colour", "i1", (COLOUR_FIELDS, COLOUR_FIELDS, 2)),
    ]
)
IS_DETAIL = ~np.pad(np.ones((COARSE, COARSE), dtype=bool), (0, DETAIL - COARSE))
Grid: TypeAlias = NDArray[Any]


class UnknownVersion(ValueError):
    """The bytes were written by another version; the look has to be taken again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a picture looks.

    `steadiness` says by how many of 255 grey levels the bits of the hashes are decided, typically: 1 to 10
    in photographs, under 0.1 where noise decides, as in flat, dark and near-empty pictures and plain
    gradients. `windows` are unsigned 64-bit pHashes. `detail` is a 16 x 16 array of signs whose first 8 x 8
    are False; `luma` 8 x 8 whole steps of a third of a standard deviation, -8 to 7; `colour` 2 x 2 x (Cb,
    Cr), 0 for grey.
    """

    steadiness: float
    windows: tuple[int, ...]
    detail: NDArray[np.bool_]
    luma: NDArray[np.int8]
    colour: NDArray[np.int8]

    def to_bytes(self) -> bytes:
        """Give the form that is stored, 107 bytes that begin with the version."""
        row = np.zeros(1, dtype=STORED)
        row["version"] = VERSION
        row["steadiness"] = self.steadiness
        row["windows"] = self.windows
        row["detail"] = np.packbits(self.detail[IS_DETAIL])
        steps = (self.luma.ravel() - LUMA_LIMITS[0]).astype(np.uint8)
        row["luma"] = steps[0::2] << 4 | steps[1::2]
        row["colour"] = self.colour
        return row.tobytes()


def look_of(picture: Image.Image) -> Look:
    """Take the look of an upright picture, of which the grid picture (longest side 400 px) is enough."""
    square = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    grey = np.asarray(square.convert("L"), dtype=np.float32)
    waves = _WAVES @ grey @ _WAVES.T
    coarse = waves[WHOLE, WHOLE]
    return Look(
        steadiness=float(np.median(np.abs(coarse.ravel()[1:]))),
        windows=_window_hashes(waves),
        detail=(waves[FINE, FINE] > 0) & IS_DETAIL,
        luma=_luma(grey),
        colour=_colour(square),
    )


def from_bytes(stored: bytes) -> Look:
    """Read the stored form.

    :raises UnknownVersion: when it was written by another version, or is no look.
    """
    if len(stored) != STORED.itemsize or stored[0] != VERSION:
        raise UnknownVersion(f"version {stored[0] if stored else None}, {len(stored)} bytes")
    return _look(table([stored])[0])


def table(stored: list[bytes]) -> NDArray[Any]:
    """Put stored looks of this version into one array, whose columns are compared many at a time."""
    return np.frombuffer(b"".join(stored), dtype=STORED)


def luma_steps(packed: Grid) -> NDArray[np.int8]:
    """Unpack brightness, 32 bytes of each look, into 8 x 8 steps."""
    steps = np.stack([packed >> 4, packed & 15], axis=-1).reshape(*packed.shape[:-1], FIELDS, FIELDS)
    return np.asarray(steps.astype(np.int8) + LUMA_LIMITS[0], dtype=np.int8)


def detail_signs(packed: Grid) -> NDArray[np.bool_]:
    """Unpack signs, 24 bytes of each look, into 16 x 16 fields."""
    signs = np.zeros((*packed.shape[:-1], DETAIL, DETAIL), dtype=bool)
    signs[..., IS_DETAIL] = np.unpackbits(packed, axis=-1).astype(bool)
    return signs


def _look(row: Any) -> Look:
    return Look(
        steadiness=float(row["steadiness"]),
        windows=tuple(int(phash) for phash in row["windows"]),
        detail=detail_signs(row["detail"]),
        luma=luma_steps(row["luma"]),
        colour=row["colour"].copy(),
    )


def _window_hashes(waves: NDArray[np.float32]) -> tuple[int, ...]:
    found = np.stack([waves[rows, columns].ravel() for rows, columns in _WINDOW_WAVES])
    signs = np.packbits(found > np.median(found, axis=1, keepdims=True), axis=1)
    return tuple(int.from_bytes(row.tobytes(), "big") for row in signs)


def _luma(grey: NDArray[np.float32]) -> NDArray[np.int8]:
    side = SIDE // FIELDS
    fields = np.round(grey.reshape(FIELDS, side, FIELDS, side).mean(axis=(1, 3)))
    steps = (fields - fields.mean()) / (fields.std() + 1e-3) * LUMA_STEPS
    return np.asarray(np.clip(np.round(steps), *LUMA_LIMITS), dtype=np.int8)


def _colour(square: Image.Image) -> NDArray[np.int8]:
    small = square.resize((COLOUR_FIELDS, COLOUR_FIELDS), Image.Resampling.BOX).convert("YCbCr")
    return np.asarray(np.asarray(small, dtype=np.int16)[..., 1:] - 128, dtype=np.int8)


def _waves_of(count: int, *, side: int, before: float = 0, after: float = 0) -> NDArray[np.float32]:
    """Give the matrix that makes the lowest frequencies, in grey levels, out of the pixels of a side.

    What lies before and after the window is left away, the rest is scaled to so many pixels, and these are
    transformed (cosine transform, type II, scaled to the height of each wave).
    """
    pixels = Image.fromarray(np.eye(SIDE, dtype=np.float32))
    box = (0, SIDE * before, SIDE, SIDE * (1 - after))
    scaled = np.asarray(pixels.resize((SIDE, side), Image.Resampling.LANCZOS, box=box), dtype=np.float64)
    place = (2 * np.arange(side) + 1) * np.pi / (2 * side)
    waves = np.cos(np.arange(count)[:, None] * place) * (2 / side)
    return np.asarray(waves @ scaled, dtype=np.float32)


# One below the other, so that a picture is transformed once: the whole, its details, the cuts of windows.
_CUTS = sorted({cut for left, top, right, bottom in WINDOWS for cut in ((left, right), (top, bottom))})
_WAVES = np.concatenate(
    [
        _waves_of(COARSE, side=HASH_SIDE),
        _waves_of(DETAIL, side=DETAIL_SIDE),
        *(_waves_of(COARSE, side=HASH_SIDE, before=before, after=after) for before, after in _CUTS),
    ]
)
WHOLE, FINE = slice(COARSE), slice(COARSE, COARSE + DETAIL)
_CUT_AT = {
    cut: slice(FINE.stop + COARSE * place, FINE.stop + COARSE * (place + 1))
    for place, cut in enumerate(_CUTS)
}
_WINDOW_WAVES = [(_CUT_AT[top, bottom], _CUT_AT[left, right]) for left, top, right, bottom in WINDOWS]
