"""Exact search for perceptual hashes that differ in few bits (multi-index hashing, https://arxiv.org/abs/1307.2982)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

HASH_BITS = 64
BANDS = 4
BAND_BITS = HASH_BITS // BANDS
BAND_VALUES = 1 << BAND_BITS
# What is looked at in one go, which bounds the memory to some 20 MB.
MOST_QUERIES = 1 << 12
MOST_PAIRS = 1 << 18
Hashes: TypeAlias = NDArray[np.uint64]
Positions: TypeAlias = NDArray[np.int64]
# A pHash is the signs of 8 x 8 frequencies, more or less: turning a picture swaps rows and columns, and
# changes the signs in every other one.
ODD_COLUMNS = 0x5555555555555555
ODD_ROWS = 0x00FF00FF00FF00FF
# How to swap rows and columns of 8 x 8 bits (Hacker's Delight, section 7-3).
SWAPS = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs that are near each other: positions in what was asked and in what is indexed, and their bits."""

    queries: Positions
    found: Positions
    distances: NDArray[np.uint8]


def hashes_of(values: Sequence[int]) -> Hashes:
    """Take hashes as they are stored, signed or unsigned."""
    return np.array([value & (2**HASH_BITS - 1) for value in values], dtype=np.uint64)


def turns(phash: int) -> tuple[int, ...]:
    """Give the pHash (unsigned) of a picture as it is, and by 90, 180 and 270 degrees turned, about."""
    return tuple(_turned(phash))


def with_turns(phashes: Hashes) -> Hashes:
    """Give pHashes as they are, followed by those of the pictures turned by 90, 180 and 270 degrees."""
    return np.concatenate(list(_turned(phashes)))


def _turned(hashes: Any) -> Iterator[Any]:
    swapped = hashes
    for distance, mask in SWAPS:
        differing = (swapped ^ (swapped >> distance)) & mask
        swapped = swapped ^ differing ^ (differing << distance)
    yield hashes
    yield swapped ^ ODD_COLUMNS
    yield hashes ^ ODD_COLUMNS ^ ODD_ROWS
    yield swapped ^ ODD_ROWS


class HashIndex:
    """64-bit hashes, to be asked for all that lie within a few bits; about 25 bytes for each.

    Hashes that differ in at most d bits agree in at least one of four bands but for d // 4 bits, so that only
    the hashes in such bands are compared. Nothing is missed.
    """

    def __init__(self, hashes: Hashes) -> None:
        self._hashes = hashes
        self._orders: list[NDArray[Any]] = []
        self._starts: list[Positions] = []
        for band in range(BANDS):
            values = _band(hashes, band)
            self._orders.append(np.argsort(values, kind="stable").astype(np.uint32))
            self._starts.append(_running_sum(np.bincount(values, minlength=BAND_VALUES)))

    def search(self, queries: Hashes, *, max_distance: int) -> Iterator[Pairs]:
        """Find every pair of a query and an indexed hash within `max_distance` bits, each once, in parts."""
        for start in range(0, len(queries), MOST_QUERIES):
            asked = np.arange(start, min(start + MOST_QUERIES, len(queries)))
            for band in range(BANDS):
                for which, found in self._candidates(queries, asked, band=band, bits=max_distance // BANDS):
                    yield self._near(queries, which, found, band=band, max_distance=max_distance)

    def _candidates(
        self, queries: Hashes, asked: Positions, *, band: int, bits: int
    ) -> Iterator[tuple[Positions, Positions]]:
        """Pair queries with the hashes whose band differs in at most so many bits."""
        masks = _masks(bits)
        keys = (_band(queries[asked], band)[:, None] ^ masks[None, :]).ravel()
        asking = np.repeat(asked, len(masks))
        first = self._starts[band][keys]
        counts = self._starts[band][keys + 1] - first
        for start, end in _parts(counts):
            places = _ranges(first[start:end], counts[start:end])
            yield (
                np.repeat(asking[start:end], counts[start:end]),
                self._orders[band][places].astype(np.int64),
            )

    def _near(
        self, queries: Hashes, which: Positions, found: Positions, *, band: int, max_distance: int
    ) -> Pairs:
        differing = queries[which] ^ self._hashes[found]
        distances = np.bitwise_count(differing)
        is_near = distances <= max_distance
        for earlier in range(band):  # there the pair was found before
            is_near &= np.bitwise_count(_band(differing, earlier)) > max_distance // BANDS
        return Pairs(queries=which[is_near], found=found[is_near], distances=distances[is_near])


def _band(hashes: Hashes, band: int) -> Positions:
    return ((hashes >> np.uint64(band * BAND_BITS)) & np.uint64(BAND_VALUES - 1)).astype(np.int64)


def _running_sum(counts: NDArray[Any]) -> Positions:
    """Give the sum before each item, and the sum of all at the end."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _masks(bits: int) -> Positions:
    """Give all ways to change at most so many bits of a band."""
    places = (chosen for number in range(bits + 1) for chosen in combinations(range(BAND_BITS), number))
    return np.array([sum(1 << place for place in chosen) for chosen in places], dtype=np.int64)


def _ranges(first: Positions, counts: Positions) -> Positions:
    """Write out the numbers from each first on, as many as are counted, one range after the other."""
    before = _running_sum(counts)
    return np.arange(before[-1]) + np.repeat(first - before[:-1], counts)


def _parts(counts: Positions) -> Iterator[tuple[int, int]]:
    """Cut a list of counts where their sum would pass the bound; one that is greater stands alone."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = int(ends[start - 1]) if start else 0
        end = max(int(np.searchsorted(ends, done + MOST_PAIRS, side="right")), start + 1)
        yield start, end
        start = end
