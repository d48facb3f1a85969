"""Which files to compare beside those whose hashes are near: by bytes, by time, by the length of a video."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from media_catalog.pipeline.duplicates import decide, moments
from media_catalog.pipeline.duplicates.units import Unit

MOST_IN_SERIES = 30  # shots that follow one within two seconds
FRAME_BITS = 12  # of 64, in most frames; frames are never taken at quite the same moment
MOST_VIDEOS = 5_000  # of one length with which one is compared
Pair: TypeAlias = tuple[int, int]


def by_content(units: Iterable[Unit]) -> Iterator[Pair]:
    """Pair the ids of files whose bytes, or whose picture data, are the same: each with the first."""
    known = list(units)
    yield from _with_first(known, lambda unit: unit.sha256)
    yield from _with_first(known, lambda unit: unit.image_data_hash)


def by_time(units: Iterable[Unit]) -> Iterator[Pair]:
    """Pair the ids of shots of one camera, or of one series by its identifier, that follow each other."""
    yield from _with_first(units_with_times := list(units), lambda unit: unit.burst_id)
    by_camera: dict[Hashable, list[Unit]] = defaultdict(list)
    for unit in units_with_times:
        if unit.is_picture and unit.shot_local is not None and any(unit.camera):
            by_camera[unit.camera].append(unit)
    for shots in by_camera.values():
        yield from _following(sorted(shots, key=lambda unit: (unit.shot_local, unit.id)))


def by_length(videos: Sequence[Unit], *, of: Collection[int] | None = None) -> Iterator[Pair]:
    """Pair the ids of videos that are equally long and look alike in most of their frames.

    :param of: only the pairs of these are wanted.
    """
    known = [video for video in videos if video.duration_s and video.frames]
    for count in sorted({len(video.frames) for video in known}):
        same = [video for video in known if len(video.frames) == count]
        same.sort(key=lambda video: (video.duration_s, video.id))
        if of is None:
            yield from _alike(same, range(len(same)), is_only_later=True)
        else:
            yield from _alike(same, _places(same, of), is_only_later=False)


def _places(videos: Sequence[Unit], ids: Collection[int]) -> list[int]:
    wanted = frozenset(ids)
    return [place for place, video in enumerate(videos) if video.id in wanted]


def _with_first(units: Iterable[Unit], value: Callable[[Unit], str]) -> Iterator[Pair]:
    first: dict[str, int] = {}
    for unit in units:
        if found := value(unit):
            one = first.setdefault(found, unit.id)
            if one != unit.id:
                yield one, unit.id


def _following(shots: Sequence[Unit]) -> Iterator[Pair]:
    for place, shot in enumerate(shots):
        for later in shots[place + 1 : place + 1 + MOST_IN_SERIES]:
            gap = moments.gap_s(shot, later)
            if gap is None or gap > moments.BURST_S:
                break
            yield shot.id, later.id


def _alike(videos: Sequence[Unit], places: Iterable[int], *, is_only_later: bool) -> Iterator[Pair]:
    """Compare some of the videos, which are sorted by their lengths, with those that are about as long."""
    lengths = np.array([video.duration_s for video in videos])
    hashes = np.array([[frame.phash for frame in video.frames] for video in videos], dtype=np.uint64)
    shortest = lengths - np.maximum(decide.SAME_LENGTH_S, decide.SAME_LENGTH_SHARE * lengths)
    # The allowance is that of the longer of two, so that both ends rise with the length.
    first = np.searchsorted(lengths, shortest, side="left")
    end = np.searchsorted(shortest, lengths, side="right")
    for place in places:
        start = place + 1 if is_only_later else max(int(first[place]), place - MOST_VIDEOS + 1)
        stop = min(int(end[place]), place + MOST_VIDEOS)
        near = np.bitwise_count(hashes[start:stop] ^ hashes[place]) <= FRAME_BITS
        for other in (start + np.flatnonzero(2 * near.sum(axis=1) > hashes.shape[1])).tolist():
            if other != place:
                yield videos[min(place, other)].id, videos[max(place, other)].id
