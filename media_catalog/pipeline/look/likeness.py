"""How alike two pictures look, given what is stored of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media_catalog.pipeline import similarity
from media_catalog.pipeline.look.signature import DETAIL, FIELDS, IS_DETAIL, WINDOWS, Look

LEAST_STEADINESS = 0.1  # grey levels
LEAST_INFORMATION = 5.0  # deviation of grey values; the noise of a dark frame has less
GREY_COLOUR = 2.0  # of 127; a picture without colour
WINDOW_BITS = 6
SAME_DETAIL_BITS = (
    36  # of 192: a copy, however edited, has at most 33; another picture 54 or more, 41 from a tripod
)
WHOLE_BITS = 10  # of 64: whole pictures whose hashes differ in more are no copies
CLEAR_DETAIL_BITS = 20  # no other way of looking at them can fit better
PERMILLE = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of how one picture looks; `phash` is unsigned."""

    phash: int
    information: float
    look: Look

    @property
    def is_telling(self) -> bool:
        """Tell whether it can be known by its look at all."""
        return self.information >= LEAST_INFORMATION and self.look.steadiness >= LEAST_STEADINESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How a picture, mirrored if so and turned to the right `turn` times by 90 degrees, differs from another.

    `window` is the number of the window of one that the other shows, `None` where both show all; then
    `is_part_of_other` tells which. `hash_bits` of 64 and `detail_bits` of 192 differ (`None` for a window).
    `luma_permille` and `colour_steps` are 0 for equal brightness and colour, up to contrast and mean light.
    """

    hash_bits: int
    detail_bits: int | None
    luma_permille: float
    colour_steps: float
    turn: int = 0
    is_mirrored: bool = False
    window: int | None = None
    is_part_of_other: bool = False
    is_colour_lost: bool = False

    @property
    def order(self) -> tuple[float, ...]:
        """Sort the nearest first: whole pictures that agree, windows, whole pictures that do not."""
        detail = _rank(self.detail_bits, self.hash_bits)
        return (detail, self.luma_permille, self.hash_bits, self.turn, self.is_mirrored)


def likeness(one: Seen, other: Seen, *, with_mirrored: bool = False) -> Likeness | None:
    """Compare two pictures in every way that can make a copy; `None` where a look says nothing."""
    if not (one.is_telling and other.is_telling):
        return None
    as_it_is = _whole(one, other)
    if as_it_is.order[0] <= CLEAR_DETAIL_BITS:
        return as_it_is
    wholes = _closest(one, other, with_mirrored=with_mirrored)
    return min([*wholes, *_windows(one, other)], key=lambda found: found.order)


def _closest(one: Seen, other: Seen, *, with_mirrored: bool) -> list[Likeness]:
    """Compare whole pictures in the ways in which the fewest of their details differ."""
    found = {}
    for is_mirrored in (False, True) if with_mirrored else (False,):
        signs = mirrored_signs(one.look.detail) if is_mirrored else one.look.detail
        phashes = similarity.turns(similarity.mirrored(one.phash) if is_mirrored else one.phash)
        for quarters, phash in enumerate(phashes):
            differing = turned_signs(signs, quarters) ^ other.look.detail
            bits = (phash ^ other.phash).bit_count()
            found[quarters, is_mirrored] = _rank(int(np.count_nonzero(differing)), bits)
    fewest = min(found.values())
    ways = [way for way, rank in found.items() if rank == fewest]
    return [_whole(one, other, quarters=quarters, is_mirrored=is_mirrored) for quarters, is_mirrored in ways]


def _rank(detail_bits: int | None, hash_bits: int) -> int:
    """Put windows after whole pictures that agree, and before those that do not, by details or by hashes."""
    if detail_bits is None:
        return SAME_DETAIL_BITS
    return detail_bits if hash_bits <= WHOLE_BITS else max(detail_bits, SAME_DETAIL_BITS + 1)


def turned(seen: Seen, quarters: int) -> Seen:
    """Turn a picture to the right by so many quarters, as far as its look goes."""
    look = seen.look
    return replace(
        seen,
        phash=similarity.turns(seen.phash)[quarters],
        look=replace(
            look,
            windows=(),
            detail=turned_signs(look.detail, quarters),
            luma=np.rot90(look.luma, -quarters),
            colour=np.rot90(look.colour, -quarters),
        ),
    )


def mirrored(seen: Seen) -> Seen:
    """Swap left and right, as far as a look goes."""
    look = seen.look
    return replace(
        seen,
        phash=similarity.mirrored(seen.phash),
        look=replace(
            look,
            windows=(),
            detail=mirrored_signs(look.detail),
            luma=look.luma[:, ::-1],
            colour=look.colour[:, ::-1],
        ),
    )


def _whole(one: Seen, other: Seen, *, quarters: int = 0, is_mirrored: bool = False) -> Likeness:
    way = mirrored(one) if is_mirrored else one
    way = turned(way, quarters) if quarters else way
    return Likeness(
        hash_bits=(way.phash ^ other.phash).bit_count(),
        detail_bits=int(np.count_nonzero(way.look.detail ^ other.look.detail)),
        luma_permille=_luma_permille(way.look.luma, other.look.luma),
        turn=quarters,
        is_mirrored=is_mirrored,
        **_colours(way.look.colour, other.look.colour),
    )


def _windows(one: Seen, other: Seen) -> Iterator[Likeness]:
    """Find each window of a picture that looks like the whole of the other."""
    for whole, part, is_part in ((other, one, True), (one, other, False)):
        for window, phash in enumerate(whole.look.windows):
            bits = (phash ^ part.phash).bit_count()
            if bits <= WINDOW_BITS:
                yield Likeness(
                    hash_bits=bits,
                    detail_bits=None,
                    luma_permille=_luma_permille(cut_luma(whole.look.luma, window), part.look.luma),
                    window=window,
                    is_part_of_other=is_part,
                    **_colours(whole.look.colour, part.look.colour),
                )


def cut_luma(luma: NDArray[Any], window: int) -> NDArray[np.float64]:
    """Give the brightness of a window of pictures, in as many fields as the whole has."""
    rows, columns = _CUTS[window]
    return np.asarray(rows @ luma @ columns.T)


def luma_permille(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Compare fields of many pictures pair by pair: 0 for equal up to light and contrast, 1000 for unlike."""
    one = some.reshape(len(some), FIELDS * FIELDS).astype(np.float64)
    other = others.reshape(len(others), FIELDS * FIELDS).astype(np.float64)
    one -= one.mean(axis=1, keepdims=True)
    other -= other.mean(axis=1, keepdims=True)
    product = (one * other).sum(axis=1)
    size = np.sqrt((one * one).sum(axis=1) * (other * other).sum(axis=1)) + 1e-9
    return np.asarray(PERMILLE * (1 - product / size))


def _luma_permille(some: NDArray[Any], others: NDArray[Any]) -> float:
    """Compare fields of two pictures, as `luma_permille` does of many."""
    one, other = some.ravel().astype(np.float64), others.ravel().astype(np.float64)
    one -= one.sum() / one.size
    other -= other.sum() / other.size
    size = sqrt(float(one @ one) * float(other @ other)) + 1e-9
    return PERMILLE * (1 - float(one @ other) / size)


def _colours(one: NDArray[np.int8], other: NDArray[np.int8]) -> dict[str, Any]:
    first, second = one.astype(np.int64), other.astype(np.int64)
    are_grey = [int(np.abs(colour).sum()) < GREY_COLOUR * colour.size for colour in (first, second)]
    return {
        "colour_steps": int(np.abs(first - second).sum()) / first.size,
        "is_colour_lost": are_grey[0] != are_grey[1],
    }


def turned_signs(signs: NDArray[np.bool_], quarters: int) -> NDArray[np.bool_]:
    """Turn frequencies, of one or many: rows and columns are swapped, every other one changes its sign."""
    turned = signs.swapaxes(-1, -2) if quarters % 2 else signs
    if quarters in (1, 2):
        turned = turned ^ _ODD_COLUMNS
    return np.asarray(turned ^ _ODD_ROWS if quarters in (2, 3) else turned)


def mirrored_signs(signs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(signs ^ _ODD_COLUMNS)


def _cut(before: float, after: float) -> NDArray[np.float64]:
    """Give the matrix that makes fields of a part of the way out of fields of all of it."""
    edges = np.linspace(before, 1 - after, FIELDS + 1) * FIELDS
    cells = np.arange(FIELDS)
    shares = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    shares = np.clip(shares, 0, None)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


_ODD_COLUMNS = IS_DETAIL & (np.arange(DETAIL) % 2 == 1)
_ODD_ROWS = _ODD_COLUMNS.T
_CUTS: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]] = [
    (_cut(top, bottom), _cut(left, right)) for left, top, right, bottom in WINDOWS
]
