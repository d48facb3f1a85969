"""Exact search for perceptual hashes that differ in few bits (multi-index hashing, https://arxiv.org/abs/1307.2982)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

HASH_BITS = 64
BANDS = 4
BAND_BITS = HASH_BITS // BANDS
BAND_VALUES = 1 << BAND_BITS
# What is looked at in one go, which bounds the memory to some 20 MB.
MOST_QUERIES = 1 << 11
MOST_PAIRS = 1 << 15
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


def mirrored(phashes: Any) -> Any:
    """Give the pHash (unsigned) of a picture whose left and right are swapped, about; or those of many."""
    return phashes ^ ODD_COLUMNS


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
    """64-bit hashes, to be asked for all that lie within a few bits; about 50 bytes for each.

    Hashes that differ in at most d bits agree in at least one of four bands but for d // 4 bits, so that only
    the hashes in such bands are compared. Nothing is missed.
    """

    def __init__(self, hashes: Hashes) -> None:
        self._orders: list[NDArray[np.uint32]] = []
        self._sorted: list[Hashes] = []  # the hashes in the order of each band: those compared lie together
        self._starts: list[Positions] = []
        for band in range(BANDS):
            values = _band(hashes, band)
            order = _sorting(values).astype(np.uint32)
            self._orders.append(order)
            self._sorted.append(hashes[order])
            self._starts.append(_running_sum(np.bincount(values, minlength=BAND_VALUES)))

    def search(self, queries: Hashes, *, max_distance: int) -> Iterator[Pairs]:
        """Find every pair of a query and an indexed hash within `max_distance` bits, each once, in parts."""
        for band in range(BANDS):
            order = _sorting(_band(queries, band))
            for start in range(0, len(queries), MOST_QUERIES):
                asked = order[start : start + MOST_QUERIES]
                yield from self._search_band(queries, asked, band=band, max_distance=max_distance)

    def pairs(self, *, max_distance: int) -> Iterator[Pairs]:
        """Find every pair of two indexed hashes within `max_distance` bits, each once, in parts."""
        for band in range(BANDS):
            hashes, order = self._sorted[band], self._orders[band]
            for start in range(0, len(hashes), MOST_QUERIES):
                asked = np.arange(start, min(start + MOST_QUERIES, len(hashes)))
                found = self._search_band(
                    hashes, asked, band=band, max_distance=max_distance, is_only_later=True
                )
                for some in found:
                    yield replace(some, queries=order[some.queries].astype(np.int64))

    def _search_band(
        self, queries: Hashes, asked: Positions, *, band: int, max_distance: int, is_only_later: bool = False
    ) -> Iterator[Pairs]:
        """Compare queries with hashes whose band differs in few bits; `is_only_later` in the band's order."""
        own = queries[asked]
        masks = _masks(max_distance // BANDS)
        keys = (_band(own, band)[:, None] ^ masks[None, :]).ravel()
        first, ends = self._starts[band][keys], self._starts[band][keys + 1]
        if is_only_later:
            first = np.maximum(first, np.repeat(asked + 1, len(masks)))
        counts = np.maximum(ends - first, 0)
        asking = np.flatnonzero(counts)
        first, counts, asking = first[asking], counts[asking], asking // len(masks)
        for start, end in parts(counts, most=MOST_PAIRS):
            places = ranges(first[start:end], counts[start:end])
            differing = self._sorted[band][places]
            differing ^= np.repeat(own[asking[start:end]], counts[start:end])
            distances = np.bitwise_count(differing)
            near = np.flatnonzero(distances <= max_distance)
            near = near[_is_first_found(differing[near], band=band, bits=max_distance // BANDS)]
            which = np.searchsorted(np.cumsum(counts[start:end]), near, side="right")
            yield Pairs(
                queries=asked[asking[start:end][which]],
                found=self._orders[band][places[near]].astype(np.int64),
                distances=distances[near],
            )


def _is_first_found(differing: Hashes, *, band: int, bits: int) -> NDArray[np.bool_]:
    """Tell which pairs were not found in an earlier band."""
    is_first = np.ones(len(differing), dtype=bool)
    for earlier in range(band):
        is_first &= np.bitwise_count(_band(differing, earlier)) > bits
    return is_first


def _band(hashes: Hashes, band: int) -> Positions:
    return ((hashes >> np.uint64(band * BAND_BITS)) & np.uint64(BAND_VALUES - 1)).astype(np.int64)


def _sorting(values: Positions) -> NDArray[np.int64]:
    """Give the order of band values; as numbers of 16 bits they are sorted ten times as fast."""
    return np.argsort(values.astype(np.uint16), kind="stable")


def _running_sum(counts: NDArray[Any]) -> Positions:
    """Give the sum before each item, and the sum of all at the end."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _masks(bits: int) -> Positions:
    """Give all ways to change at most so many bits of a band."""
    places = (chosen for number in range(bits + 1) for chosen in combinations(range(BAND_BITS), number))
    return np.array([sum(1 << place for place in chosen) for chosen in places], dtype=np.int64)


def ranges(first: Positions, counts: Positions) -> Positions:
    """Write out the numbers from each first on, as many as are counted, one range after the other."""
    before = _running_sum(counts)
    return np.arange(before[-1]) + np.repeat(first - before[:-1], counts)


def parts(counts: Positions, *, most: int) -> Iterator[tuple[int, int]]:
    """Cut a list of counts where their sum would pass the bound; one that is greater stands alone."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = int(ends[start - 1]) if start else 0
        end = max(int(np.searchsorted(ends, done + most, side="right")), start + 1)
        yield start, end
        start = end
