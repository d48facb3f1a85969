"""Which pictures of many may be copies of each other: proposed by hashes, confirmed by signatures.

What comes out is small and nearly always right; `duplicates.decide` has the last word on each pair. Nothing
is held but the table itself, the indexes, and one part of the pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from media_catalog.pipeline import similarity
from media_catalog.pipeline.look import likeness, signature
from media_catalog.pipeline.similarity import Hashes, HashIndex, Positions

SIMILAR_DETAIL_BITS = 60  # of 192; other pictures of near hashes differ in 54 or more, nearly always
WINDOW_LUMA_PERMILLE = 200.0
WINDOW_COLOUR_STEPS = 12.0
MOST_EQUAL = 100  # where more pictures have one hash, each is compared with the first hundred only
PART = 1 << 15  # pairs that are confirmed in one go
LEFT = 3  # quarters
Couples: TypeAlias = tuple[Positions, Positions]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The stored facts of many pictures, side by side: unsigned pHashes, and looks of one version.

    The order is that of the answer's positions; one row for each content, sorted by it, makes the answer
    independent of the order in which files came.
    """

    phashes: Hashes
    information: NDArray[np.float32]
    looks: NDArray[Any]

    @classmethod
    def of(cls, phashes: Sequence[int], information: Sequence[float], looks: list[bytes]) -> "Stored":
        return cls(
            phashes=similarity.hashes_of(phashes),
            information=np.asarray(information, dtype=np.float32),
            looks=signature.table(looks),
        )


class Candidates:
    """Pictures that can be asked for those that may be copies of some of them."""

    def __init__(
        self,
        stored: Stored,
        *,
        with_turns: bool = True,
        with_mirrored: bool = False,
        with_similar: bool = False,
    ) -> None:
        self._stored = stored
        self._detail_bits = SIMILAR_DETAIL_BITS if with_similar else likeness.SAME_DETAIL_BITS
        self._ways = [(quarters, False) for quarters in (range(4) if with_turns else (0,))]
        self._ways += [(quarters, True) for quarters, _ in self._ways] if with_mirrored else []
        is_telling = stored.information >= likeness.LEAST_INFORMATION
        is_telling &= stored.looks["steadiness"] >= likeness.LEAST_STEADINESS
        self._is_telling = is_telling
        self._telling = np.flatnonzero(is_telling)
        by_hash = self._telling[np.argsort(stored.phashes[self._telling], kind="stable")]
        unique, starts = np.unique(stored.phashes[by_hash], return_index=True)
        self._unique, self._by_hash = unique, by_hash
        self._starts = np.append(starts, len(by_hash)).astype(np.int64)
        self._sizes = np.diff(self._starts)
        self._index = HashIndex(unique)

    @cached_property
    def _windows(self) -> HashIndex:
        return HashIndex(self._stored.looks["windows"][self._telling].ravel())

    def among_all(self) -> Iterator[Couples]:
        """Find the pairs among all pictures, in parts; a pair may come more than once."""
        yield from self._among_equal()
        for pairs in self._index.pairs(max_distance=likeness.WHOLE_BITS):
            yield from self._agreeing(pairs.queries, pairs.found, quarters=0, is_mirrored=False)
        for quarters, is_mirrored in self._ways:
            # One picture turned to the right is the other if the other turned to the left is the one.
            if quarters != LEFT and (quarters or is_mirrored):
                yield from self._wholes(self._telling, quarters=quarters, is_mirrored=is_mirrored)
        yield from self._parts_of_others(self._telling)

    def of(self, positions: Positions) -> Iterator[Couples]:
        """Find the pairs of some pictures, such as new ones, with all; a pair may come more than once."""
        asked = np.unique(positions)
        asked = asked[self._is_telling[asked]]
        for quarters, is_mirrored in self._ways:
            yield from self._wholes(asked, quarters=quarters, is_mirrored=is_mirrored)
        yield from self._parts_of_others(asked)
        yield from self._others_as_parts(asked)

    def around(self, positions: Positions) -> Iterator[Couples]:
        """Find the pairs of some pictures, of those that these lead to, and so on: whole components.

        What is grouped from them is the same as what a search among all would give.
        """
        asked = known = np.unique(positions)
        while len(asked):
            reached = [asked]
            for one, other in self.of(asked):
                reached += [one, other]
                yield one, other
            asked = np.setdiff1d(np.unique(np.concatenate(reached)), known)
            known = np.union1d(known, asked)

    def _among_equal(self) -> Iterator[Couples]:
        """Pair pictures that have one hash."""
        several = np.flatnonzero(self._sizes > 1)
        yield from self._agreeing(several, several, quarters=0, is_mirrored=False)

    def _wholes(self, asked: Positions, *, quarters: int, is_mirrored: bool) -> Iterator[Couples]:
        """Pair pictures that look alike as they are, or when the first is mirrored and turned."""
        is_asked = np.zeros(len(self._stored.phashes), dtype=bool)
        is_asked[asked] = True
        hashes = np.unique(self._stored.phashes[asked])
        queries = similarity.mirrored(hashes) if is_mirrored else hashes
        queries = similarity.with_turns(queries).reshape(4, -1)[quarters]
        for pairs in self._index.search(queries, max_distance=likeness.WHOLE_BITS):
            own = np.searchsorted(self._unique, hashes[pairs.queries])
            for one, other in self._agreeing(own, pairs.found, quarters=quarters, is_mirrored=is_mirrored):
                yield one[is_asked[one]], other[is_asked[one]]  # not others of the same hash

    def _agreeing(
        self, some: Positions, others: Positions, *, quarters: int, is_mirrored: bool
    ) -> Iterator[Couples]:
        """Give the pictures of pairs of hashes, as far as their signatures agree."""
        for one, other in self._members(some, others):
            is_near = self._agree(one, other, quarters=quarters, is_mirrored=is_mirrored)
            yield one[is_near], other[is_near]

    def _members(self, some: Positions, others: Positions) -> Iterator[Couples]:
        """Write out pairs of hashes as pairs of pictures."""
        most = np.minimum(self._sizes[others], MOST_EQUAL)
        counts = self._sizes[some] * most
        for start, end in similarity.parts(counts, most=PART):
            size = counts[start:end]
            which = similarity.ranges(np.zeros_like(size), size)
            width = np.repeat(most[start:end], size)
            one = self._by_hash[np.repeat(self._starts[some[start:end]], size) + which // width]
            other = self._by_hash[np.repeat(self._starts[others[start:end]], size) + which % width]
            yield one[one != other], other[one != other]

    def _agree(
        self, one: Positions, other: Positions, *, quarters: int, is_mirrored: bool
    ) -> NDArray[np.bool_]:
        details = self._stored.looks["detail"]
        if not quarters and not is_mirrored:
            differing = np.bitwise_count(details[one] ^ details[other]).sum(axis=1)
            return np.asarray(differing <= self._detail_bits)
        signs = signature.detail_signs(details[one])
        signs = likeness.turned_signs(likeness.mirrored_signs(signs) if is_mirrored else signs, quarters)
        differing = (signs ^ signature.detail_signs(details[other])).sum(axis=(1, 2))
        return np.asarray(differing <= self._detail_bits)

    def _parts_of_others(self, asked: Positions) -> Iterator[Couples]:
        """Pair pictures with those of which they show a window."""
        for pairs in self._windows.search(self._stored.phashes[asked], max_distance=likeness.WINDOW_BITS):
            place, window = np.divmod(pairs.found, len(signature.WINDOWS))
            yield self._confirmed(asked[pairs.queries], self._telling[place], window)

    def _others_as_parts(self, asked: Positions) -> Iterator[Couples]:
        """Pair pictures with those that show a window of them."""
        for window in range(len(signature.WINDOWS)):
            queries = self._stored.looks["windows"][asked, window]
            for pairs in self._index.search(queries, max_distance=likeness.WINDOW_BITS):
                for whole, part in self._spread(asked[pairs.queries], pairs.found):
                    yield self._confirmed(part, whole, np.full(len(whole), window))

    def _spread(self, wholes: Positions, found: Positions) -> Iterator[Couples]:
        counts = np.minimum(self._sizes[found], MOST_EQUAL)
        for start, end in similarity.parts(counts, most=PART):
            size = counts[start:end]
            places = similarity.ranges(self._starts[found[start:end]], size)
            yield np.repeat(wholes[start:end], size), self._by_hash[places]

    def _confirmed(self, part: Positions, whole: Positions, window: Positions) -> Couples:
        looks = self._stored.looks
        is_near = (part != whole) & self._has_colours(part, whole)
        one, other, window = part[is_near], whole[is_near], window[is_near]
        permille = np.empty(len(one))
        for number in range(len(signature.WINDOWS)):
            is_it = window == number
            cut = likeness.cut_luma(signature.luma_steps(looks["luma"][other[is_it]]), number)
            permille[is_it] = likeness.luma_permille(cut, signature.luma_steps(looks["luma"][one[is_it]]))
        is_alike = permille <= WINDOW_LUMA_PERMILLE
        return one[is_alike], other[is_alike]

    def _has_colours(self, some: Positions, others: Positions) -> NDArray[np.bool_]:
        """Tell which pairs have the same colours, or where one of the two has none at all."""
        one, other = (self._stored.looks["colour"][at].astype(np.float32) for at in (some, others))
        differing = np.abs(one - other).mean(axis=(1, 2, 3))
        is_grey, is_other_grey = (
            np.abs(colour).mean(axis=(1, 2, 3)) < likeness.GREY_COLOUR for colour in (one, other)
        )
        return np.asarray((differing <= WINDOW_COLOUR_STEPS) | (is_grey != is_other_grey))
