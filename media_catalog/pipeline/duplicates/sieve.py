"""Which units of a large component can be anything to each other: what a comparison would refuse is left out.

One unit is held against all others at once. Nothing that `decide.relate` would find is lost: each rule here
is wider than the one there.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from media_catalog.pipeline import similarity
from media_catalog.pipeline.duplicates import decide, moments, names
from media_catalog.pipeline.duplicates.units import VIDEO, Kind, Unit
from media_catalog.pipeline.look import likeness, signature

FEW = 24  # units that are compared with each other sooner than sifted
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
SLACK_S = 1.0  # times are compared to the second or finer
SAME_S = 0.001
ROUNDING = 1e-3
EQUAL = {Kind.IDENTICAL: "sha256", Kind.SAME_PIXELS: "image_data_hash"}
Places: TypeAlias = NDArray[np.int64]
Truth: TypeAlias = NDArray[np.bool_]
Sift: TypeAlias = Callable[[Kind, int], Iterable[int]]


def everything(units: Sequence[Unit]) -> Sift:
    """Leave nothing out."""
    return lambda kind, place: range(len(units))


def sift(units: Sequence[Unit]) -> Sift:
    """Sift units, unless they are few; asked for a kind and the place of one, it gives the places of others.

    Good for `decide.relate` as it is by default, and for all kinds but `similar`.
    """
    return everything(units) if len(units) <= FEW else Sieve(units).possible


class Sieve:
    def __init__(self, units: Sequence[Unit]) -> None:
        self._units = units
        self._equal = {kind: _by_value(units, field) for kind, field in EQUAL.items()}
        self._videos = _Videos(units)
        self._pictures = _Pictures(units)
        self._known: dict[int, Places] = {}

    def possible(self, kind: Kind, place: int) -> Iterable[int]:
        """Give the places of all units that can be of a kind to one of them, in their order."""
        if kind in EQUAL:
            value = getattr(self._units[place], EQUAL[kind])
            return self._equal[kind][value] if value else ()
        if place not in self._known:
            is_video = self._units[place].kind == VIDEO
            self._known[place] = (self._videos if is_video else self._pictures).possible(place)
        return list(map(int, self._known[place]))


class _Videos:
    """Videos, of which those that are equally long are compared."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._all = np.flatnonzero([unit.kind == VIDEO and bool(unit.duration_s) for unit in units])
        self._lengths = np.array([units[place].duration_s or 0.0 for place in self._all.tolist()])

    def possible(self, place: int) -> Places:
        own = self._lengths[self._all == place]
        if not len(own):
            return self._all[:0]
        longest = np.maximum(own, self._lengths)
        most = np.maximum(decide.SAME_LENGTH_S, decide.SAME_LENGTH_SHARE * longest) + ROUNDING
        return np.asarray(self._all[np.abs(self._lengths - own) <= most])


class _Pictures:
    """Pictures that can be known by their looks, as arrays."""

    def __init__(self, units: Sequence[Unit]) -> None:
        telling = [(place, unit) for place, unit in enumerate(units) if _is_telling(unit)]
        self._all = np.array([place for place, _ in telling], dtype=np.int64)
        self._looks = _Looks([unit for _, unit in telling])
        self._times = _Times([unit for _, unit in telling])

    def possible(self, place: int) -> Places:
        own = int(np.searchsorted(self._all, place))
        if own == len(self._all) or self._all[own] != place:
            return self._all[:0]
        are_apart, are_soon, are_same = self._times.against(own)
        # Where clocks disagree, only what is sure counts.
        most = np.where(are_apart, decide.SURE_DETAIL_BITS, likeness.SAME_DETAIL_BITS)
        can_be = self._looks.as_wholes(own, most) | are_same
        can_be |= ~are_apart & self._looks.as_windows(own)
        soon = np.flatnonzero(are_soon)
        can_be[soon] |= self._looks.in_light(own, soon)
        return np.asarray(self._all[can_be])


class _Looks:
    def __init__(self, units: Sequence[Unit]) -> None:
        seen = [unit.seen for unit in units if unit.seen]
        self._phashes = similarity.hashes_of([one.phash for one in seen])
        self._turned = similarity.with_turns(self._phashes).reshape(4, -1)
        windows = [similarity.hashes_of(one.look.windows) for one in seen]
        self._windows = np.array(windows, dtype=np.uint64).reshape(len(seen), len(signature.WINDOWS))
        signs = np.array([one.look.detail for one in seen], dtype=bool)
        signs = signs.reshape(len(seen), signature.DETAIL, signature.DETAIL)
        self._details = np.stack([_words(likeness.turned_signs(signs, turn)) for turn in range(4)])
        luma = np.array([one.look.luma for one in seen], dtype=np.float32)
        luma = luma.reshape(len(seen), signature.FIELDS, signature.FIELDS)
        self._luma = np.stack([_directions(np.rot90(luma, -turn, axes=(1, 2))) for turn in range(4)])

    def as_wholes(self, own: int, most_details: Places) -> Truth:
        hash_bits = np.bitwise_count(self._turned[:, own, None] ^ self._phashes)
        details = np.bitwise_count(self._details[:, own, None] ^ self._details[0]).sum(axis=2)
        most_bits = max(decide.EDITED_HASH_BITS, decide.TURNED_HASH_BITS)
        return np.asarray(((details <= most_details) & (hash_bits <= most_bits)).any(axis=0))

    def as_windows(self, own: int) -> Truth:
        own_windows = np.bitwise_count(self._windows[own, :, None] ^ self._phashes).min(axis=0, initial=64)
        windows = np.bitwise_count(self._windows ^ self._phashes[own]).min(axis=1, initial=64)
        return np.asarray(np.minimum(own_windows, windows) <= likeness.WINDOW_BITS)

    def in_light(self, own: int, others: Places) -> Truth:
        """Tell which others are lit enough alike, turned or not, to be shots of one series."""
        products = self._luma[0][others] @ self._luma[:, own].T
        least = 1 - decide.SERIES_LUMA_PERMILLE / likeness.PERMILLE - ROUNDING
        return np.asarray((products >= least).any(axis=1))


class _Times:
    """When and by what pictures were taken: numbers of seconds, and the same number for the same word."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._local = _seconds(unit.shot_local and unit.shot_local.replace(tzinfo=UTC) for unit in units)
        self._instant = _seconds(unit.shot_at for unit in units)
        self._is_fine = np.array([unit.has_subseconds for unit in units], dtype=bool)
        self._camera = _numbers([moments.folded(unit) if any(unit.camera) else None for unit in units])
        self._serial = _numbers([unit.camera_serial or None for unit in units])
        series = (names.series(unit.name) for unit in units)
        self._series = _numbers([found[0] if found else None for found in series])
        self._burst = _numbers([unit.burst_id or None for unit in units])

    def against(self, own: int) -> tuple[Truth, Truth, Truth]:
        """Tell which pictures are surely apart in time from one, which may be of its series, or its shot."""
        gap = np.fmin(np.abs(self._local - self._local[own]), np.abs(self._instant - self._instant[own]))
        are_others = _differ(self._camera, own) | _differ(self._serial, own)
        are_series = _agree(self._series, own) | _agree(self._burst, own)
        is_long = gap > moments.BURST_S + SLACK_S  # never, where a time is unknown
        from_quarter = np.abs(gap - np.round(gap / moments.QUARTER_HOUR_S) * moments.QUARTER_HOUR_S)
        is_zone = (gap <= moments.ZONES_S + SLACK_S) & (from_quarter <= SLACK_S)
        are_apart = are_others | (~are_series & is_long & ~is_zone)
        are_soon = ~are_others & (are_series | (gap <= moments.BURST_S + SLACK_S))
        return are_apart, are_soon, ~are_others & self._is_fine & self._is_fine[own] & (gap <= SAME_S)


def _is_telling(unit: Unit) -> bool:
    return unit.kind != VIDEO and unit.seen is not None and unit.seen.is_telling


def _by_value(units: Sequence[Unit], field: str) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for place, unit in enumerate(units):
        places[getattr(unit, field)].append(place)
    return places


def _words(signs: Truth) -> NDArray[np.uint64]:
    """Pack the signs of each picture into three numbers."""
    packed = np.ascontiguousarray(np.packbits(signs[:, signature.IS_DETAIL], axis=-1))
    return packed.view(np.uint64)


def _directions(luma: NDArray[Any]) -> NDArray[np.float32]:
    """Give vectors of length 1, whose products say how alike the light is."""
    flat = luma.reshape(len(luma), signature.FIELDS**2)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / (np.linalg.norm(flat, axis=1, keepdims=True) + 1e-9), dtype=np.float32)


def _seconds(times: Iterable[datetime | None]) -> NDArray[np.float64]:
    return np.array([np.nan if time is None else (time - EPOCH).total_seconds() for time in times])


def _numbers(words: Iterable[Hashable]) -> Places:
    """Number words by what they say, from 1; 0 for none."""
    known: dict[Hashable, int] = {None: 0}
    return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)


def _differ(numbers: Places, own: int) -> Truth:
    return np.asarray((numbers != numbers[own]) & (numbers != 0) & bool(numbers[own]))


def _agree(numbers: Places, own: int) -> Truth:
    return np.asarray((numbers == numbers[own]) & bool(numbers[own]))
