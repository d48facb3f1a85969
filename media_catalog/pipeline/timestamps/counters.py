"""What a counter says: a picture lies between those that are dated before and after it."""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from media_catalog.pipeline.timestamps import siblings
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.pipeline.timestamps.siblings import DAY, LIKELY, SURE, VAGUE, Dated, Sibling

COUNTER = "neighbour:counter"
OUTLIER = "neighbour:outlier"
NUMBERED = re.compile(r"(.*[^0-9]|)([0-9]{3,7})", re.DOTALL)
SAME_COUNTER = {"mvi_": "img_"}  # Canon numbers its videos with its pictures
ASKED = 3  # dated pictures on either side, all of which have to be in order
WIDEST_GAP = 1000  # numbers; farther apart the counter may have been around in between
NEAR = 10  # numbers; a picture so near to two dated ones was taken with them
ENOUGH = 4  # dated pictures around that are in order, which is no chance
LONGEST = timedelta(days=366)
BURST = timedelta(seconds=2)  # the pictures of one burst may be written out of order
CLOSE = timedelta(days=7)  # neighbours within it agree on a time,
FAR = timedelta(days=30)  # and a picture so far from it has a wrong clock
LEAST_WITNESSES = 2  # on either side, for a doubt
ORDERLY = 0.8  # of the dated neighbours in a counter, or its numbers say nothing about time
ORDER = timedelta(microseconds=1)  # apart, so that undated pictures sort as they were counted
CLOCK_STEP = timedelta(seconds=3)  # between a capture and the end of its file; FAT keeps even seconds
FARTHEST_ZONE = timedelta(hours=14)


class Counted(NamedTuple):
    """A file by its counter; `dated` is its time of capture, if it has one."""

    number: int
    file: Sibling
    dated: Dated | None


class Taken(NamedTuple):
    """A number of the counter at which a picture is known to have been taken."""

    number: int
    local: datetime
    file: Sibling


class Around(NamedTuple):
    """The nearest dated pictures before and after a number, nearest in the middle; all in order."""

    before: tuple[Taken, ...]
    after: tuple[Taken, ...]

    @property
    def gap(self) -> tuple[int, int]:
        return self.before[-1].file.id, self.after[0].file.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The files that one counter may have numbered, and the dated ones of each camera among them."""

    turn: int  # after so many the counter starts again
    files: Sequence[Counted]
    taken: Mapping[tuple[str, str], Sequence[Taken]]

    def around(self, one: Counted) -> Around | None:
        """Find the dated pictures around a number, `None` where they are not in the counter's order."""
        taken = self.taken.get(one.file.camera if one.file.has_camera else ANY_CAMERA, ())
        start = bisect_left(taken, one.number, key=_number)
        end = bisect_right(taken, one.number, key=_number)
        if not taken or (one.dated is None and start != end):
            return None  # what has the number itself is its companion, or the counter was around
        before = taken[max(start - ASKED, 0) : start] or [self._turned(one, -1) for one in taken[-ASKED:]]
        after = taken[end : end + ASKED] or [self._turned(one, 1) for one in taken[:ASKED]]
        around = Around(
            tuple(taken for taken in before if one.number - taken.number <= WIDEST_GAP),
            tuple(taken for taken in after if taken.number - one.number <= WIDEST_GAP),
        )
        return around if self._is_in_order(around) else None

    def _turned(self, taken: Taken, turns: int) -> Taken:
        return taken._replace(number=taken.number + turns * self.turn)

    def _is_in_order(self, around: Around) -> bool:
        if not around.before or not around.after:
            return False
        all_around = (*around.before, *around.after)
        return (
            around.after[0].number - around.before[-1].number <= min(WIDEST_GAP, self.turn // 2)
            and len({taken.file.camera for taken in all_around}) == 1
            and all(later.local >= earlier.local - BURST for earlier, later in pairwise(all_around))
        )


ANY_CAMERA = ("", "")


def intervals(files: Iterable[Sibling]) -> Iterator[tuple[int, Candidate]]:
    """Date the undated files of a folder by their counters, by file id; the counter's order is kept.

    Nothing is said where the dates around a number are not in its order: the counter was around, or several
    cameras count alike.
    """
    for series in _all_series(files):
        gaps: dict[tuple[int, int], tuple[Around, list[Counted]]] = {}
        for one in series.files:
            around = None if one.file.is_settled else series.around(one)
            if around:
                gaps.setdefault(around.gap, (around, []))[1].append(one)
        for around, undated in gaps.values():
            yield from _fill(around, undated)


def outliers(files: Iterable[Sibling]) -> Iterator[tuple[int, Candidate]]:
    """Doubt the dates of a folder that lie far from those around them in the counter, by file id."""
    for series in _all_series(files):
        for one in series.files:
            around = series.around(one) if one.file.is_settled and one.file.is_dated_by_camera else None
            if around and one.dated and _is_far(one.dated.local, around):
                yield one.file.id, _doubt(around)


def _all_series(files: Iterable[Sibling]) -> Iterator[Series]:
    """Sort files by what stands before the number in their names, and by how many digits it has."""
    found: dict[tuple[str, int], list[Counted]] = defaultdict(list)
    for file in files:
        if match := NUMBERED.fullmatch(file.stem):
            prefix = SAME_COUNTER.get(match[1], match[1])
            dated = file.own if file.own and file.is_settled and not file.own.is_zone_assumed else None
            found[prefix, len(match[2])].append(Counted(int(match[2]), file, dated))
    for (_, digits), counted in sorted(found.items()):
        if len(counted) > ASKED - 1:
            counted.sort(key=lambda one: (one.number, one.file.name, one.file.id))
            yield Series(turn=10**digits, files=counted, taken=_taken(counted))


def _taken(counted: Iterable[Counted]) -> Mapping[tuple[str, str], Sequence[Taken]]:
    found: dict[tuple[str, str], list[Taken]] = defaultdict(list)
    for one in counted:
        if one.dated:
            taken = Taken(one.number, one.dated.local, one.file)
            for camera in {one.file.camera, ANY_CAMERA}:
                found[camera].append(taken)
    return {camera: taken for camera, taken in found.items() if _is_orderly(taken)}


def _is_orderly(taken: Sequence[Taken]) -> bool:
    in_order = sum(later.local >= earlier.local - BURST for earlier, later in pairwise(taken))
    return in_order >= ORDERLY * (len(taken) - 1)


def _number(taken: Taken) -> int:
    return taken.number


def _fill(around: Around, undated: Sequence[Counted]) -> Iterator[tuple[int, Candidate]]:
    """Date the files between two dated ones: by their own time where that proves true, else by bounds."""
    times = _file_times(around, [one.file for one in undated])
    start, rank = around.before[-1].local, 0
    for place, one in enumerate(undated):
        known = times[place]
        if known:
            start, rank = known, 0
        until = known or next((time for time in times[place:] if time), around.after[0].local)
        claim = _claim(one.file, around, start=start + rank * ORDER, until=until)
        rank += 1
        if claim:
            yield one.file.id, claim


def _claim(file: Sibling, around: Around, *, start: datetime, until: datetime) -> Candidate | None:
    span = until - start
    is_told = file.own is not None and not file.own.is_exact and file.own.length <= span
    if span > LONGEST or is_told or siblings.was_written_before(file, start):
        return None
    names = f"{around.before[-1].file.name} and {around.after[0].file.name}"
    weight = _weight(around) if span < DAY and siblings.is_allowed(file.own, start, until) else VAGUE
    if span <= BURST:
        return siblings.moment(start, source=COUNTER, because=f"counted between {names}", weight=weight)
    return siblings.period(start, until, source=COUNTER, because=f"counted between {names}", weight=weight)


def _weight(around: Around) -> int:
    gap = around.after[0].number - around.before[-1].number
    return SURE if gap <= NEAR or len(around.before) + len(around.after) >= ENOUGH else LIKELY


def _file_times(around: Around, files: Sequence[Sibling]) -> list[datetime | None]:
    """Read wall clocks from the files' own times, where those of the dated ones around are true.

    Copying gives many files other times; where they are kept, they all lie one zone from the captures.
    """
    shift = _shift(around)
    if shift is None:
        return [None] * len(files)
    start, end = around.before[-1].local, around.after[0].local
    times = [file.file_time - shift if file.file_time else None for file in files]
    kept = [time.replace(microsecond=0) if time and start <= time <= end else None for time in times]
    known = [time for time in kept if time]
    is_in_order = all(earlier < later for earlier, later in pairwise(known))
    return kept if is_in_order else [None] * len(files)


def _shift(around: Around) -> timedelta | None:
    """Measure how far the file times around are from the captures, `None` if that is not the same for all."""
    all_around = (*around.before, *around.after)
    times = [taken.file.file_time for taken in all_around]
    shifts = [time - taken.local for time, taken in zip(times, all_around, strict=True) if time]
    is_known = len(shifts) == len(set(times)) > 1
    if not is_known or max(shifts) - min(shifts) > CLOCK_STEP or abs(shifts[0]) > FARTHEST_ZONE:
        return None
    return min(shifts)


def _is_far(local: datetime, around: Around) -> bool:
    first, last = around.before[0].local, around.after[-1].local
    is_telling = min(len(around.before), len(around.after)) >= LEAST_WITNESSES and last - first <= CLOSE
    return is_telling and not first - FAR <= local <= last + FAR


def _doubt(around: Around) -> Candidate:
    first, last = around.before[0], around.after[-1]
    because = f"counted between {first.file.name} and {last.file.name}"
    return siblings.period(first.local, last.local, source=OUTLIER, because=because, weight=SURE)
