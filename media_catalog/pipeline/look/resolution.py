"""Whether the larger of two copies shows more, or is the smaller one blown up.

A grid picture cannot tell, as it shows every copy at one size. It takes the middle of both pictures as
stored, at full scale and never shrunk: what the larger one has beyond the finest waves that the smaller one
can hold.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CUT_PX = 512  # the side of the cut-out from the larger picture, in its own pixels
LEAST_PX = 64
RINGS = 64
BEYOND = 1.1  # times the finest wave of the smaller picture: a blown-up copy has a soft end
LEAST_RINGS = 4  # sizes that differ by less cannot be told apart by what they show
REAL_GAIN = 1.5  # measured: 1.7 to 30 for real pixels unless a picture is soft, up to 1.4 for blown-up copies
NOISE_POWER = 0.02  # grey levels squared: rounding, where a blown-up copy has nothing
Power: TypeAlias = NDArray[np.float64]


def middle(size: tuple[int, int], *, scale: float = 1.0) -> tuple[float, float, float, float]:
    """Give the box to be cut out of a picture; `scale` is its width by that of the larger copy."""
    width, height = size
    half = min(CUT_PX * scale, width, height) / 2
    return (width / 2 - half, height / 2 - half, width / 2 + half, height / 2 + half)


def gain(larger: Image.Image, smaller: Image.Image) -> float | None:
    """Measure how much more the larger of two copies shows: 1 for nothing, `REAL_GAIN` for real pixels.

    Both are decoded at full scale and upright. `None` where they are too small or too alike in size to tell.
    """
    scale = smaller.width / larger.width
    first = int(RINGS * scale * BEYOND)
    box = middle(larger.size)
    side = int(box[2] - box[0])
    if first > RINGS - LEAST_RINGS or side * scale < LEAST_PX:
        return None
    size = (side, side)
    cut = larger.convert("L").resize(size, box=box)
    part = middle(smaller.size, scale=scale)
    blown_up = smaller.convert("L").resize(size, Image.Resampling.BICUBIC, box=part)
    return _power_beyond(cut, first) / _power_beyond(blown_up, first)


def resolved_share(larger: Image.Image, smaller: Image.Image) -> float | None:
    """Say which share of its width the larger of two copies has by right; `None` if nothing tells."""
    gained = gain(larger, smaller)
    if gained is None:
        return None
    return 1.0 if gained >= REAL_GAIN else smaller.width / larger.width


def _power_beyond(cut: Image.Image, first: int) -> float:
    pixels = np.asarray(cut, dtype=np.float64)
    side = len(pixels)
    window = np.hanning(side)
    power = np.abs(np.fft.rfft2((pixels - pixels.mean()) * np.outer(window, window))) ** 2 / side**2
    return float(np.mean(_rings(power, side)[first:])) + NOISE_POWER


def _rings(power: Power, side: int) -> NDArray[Any]:
    """Give the mean power of waves of each share of the highest frequency; the corners are left out."""
    rows, columns = np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None, :]
    radius = (np.hypot(rows, columns) * 2 * RINGS).astype(np.int64)
    inside = radius < RINGS
    sums = np.bincount(radius[inside], weights=power[inside], minlength=RINGS)
    return np.asarray(sums / np.bincount(radius[inside], minlength=RINGS))
