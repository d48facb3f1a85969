"""How sharp and how well exposed a shot is, to find the best of a series."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

VERSION = 1
SCALE = 256  # longest side; shots of different sizes are compared at one scale
FIELDS = 4  # in each direction; the sharpest fields count, as a background may be blurred on purpose
SHARPEST = 4
BLACK, WHITE = 4, 251  # grey levels up to which, and from which, nothing can be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """`sharpness` is 0 for a flat picture and compares shots of one scene; `clipped_share` is 0 to 1."""

    sharpness: float
    clipped_share: float


def quality_of(picture: Image.Image) -> Quality:
    """Measure a grid picture (longest side 400 px)."""
    grey = picture.convert("L")
    scale = SCALE / max(grey.size)
    size = max(round(grey.width * scale), FIELDS * 3), max(round(grey.height * scale), FIELDS * 3)
    small = grey.resize(size, Image.Resampling.BILINEAR)
    counts = grey.histogram()
    clipped = sum(counts[: BLACK + 1]) + sum(counts[WHITE:])
    return Quality(sharpness=_sharpness(small), clipped_share=clipped / (grey.width * grey.height))


def _sharpness(grey: Image.Image) -> float:
    """Give the edges of the sharpest quarter of the fields in proportion to the contrast of all.

    The power of the Laplacian measures focus (https://doi.org/10.1109/ICPR.2000.903548).
    """
    pixels = np.asarray(grey, dtype=np.float32)
    inner = pixels[1:-1, 1:-1]
    edges = inner - (pixels[:-2, 1:-1] + pixels[2:, 1:-1] + pixels[1:-1, :-2] + pixels[1:-1, 2:]) / 4
    rows, columns = (side // FIELDS * FIELDS for side in edges.shape)
    fields = edges[:rows, :columns].reshape(FIELDS, rows // FIELDS, FIELDS, columns // FIELDS)
    powers = np.sort(np.square(fields).mean(axis=(1, 3)).ravel())[-SHARPEST:]
    return float(powers.mean() / (pixels.var() + 1.0))
