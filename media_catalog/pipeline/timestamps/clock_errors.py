"""Finds the times in which a camera's clock was wrong by a constant, and by how much.

1. For each file, what others say about its moment gives an interval in which the error of the clock lies.
2. Where the intervals of files that contradict the clock overlap most, there a constant error may be.
3. It is proposed for a stretch of the clock's own time in which several files, of different moments and
   places, call for it, and next to none speaks against it.
"""

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from media_catalog.pipeline.timestamps.clock_witnesses import Kind, Span, Witness

MOMENTS = 4  # different minutes that must call for an error
FOLDERS = 2  # different folders, where only days and peers bear witness: one may have the wrong name
AGAINST = 0.1  # of those for it
PENALTY = 5  # how many files for an error one file against it outweighs, when a stretch is chosen
DECISIVE_S = 32 * 86400.0  # a witness that leaves more open than this says too little to be counted
EXACT_S = 15 * 60.0  # errors that are known no better than this are whole days: then the hour was set right
ZONES_S = 26 * 3600  # an error up to this, in whole quarter hours, may be a zone
TRIP_GAP = timedelta(days=7)  # a clock that is in another zone is right again at home
DAYS_TO_BE_ALWAYS = 3
DAY_S = 86400
UNITS_S = (DAY_S, 3600, 900, 60, 1)
PEAKS = 20  # constant errors that are looked at in one stretch
FINDINGS = 20  # errors of one camera
EXAMPLES = 5
Interval = tuple[float, float]
EVER: Interval = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One file of a camera: what its clock showed, and by how many seconds that was wrong, as others say.

    The error lies in `means` by the witnesses' letter, and in `allows` at most. `folder` is any key.
    """

    file_id: int
    folder: int
    clock: datetime
    means: Interval
    allows: Interval
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A file that speaks for an error or against it, and what it says."""

    file_id: int
    clock: datetime
    text: str
    is_for: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockError:
    """`shift_seconds` is to be added to the clock, in a period by the clock itself (`None`: always).

    `margin_seconds` is how much the witnesses leave open; where that is more than minutes the error is whole
    days, the time of day being taken for right.
    """

    shift_seconds: int
    margin_seconds: int
    from_local: datetime | None
    until_local: datetime | None
    files_for: int
    files_against: int
    files_silent: int
    kinds: tuple[tuple[str, int], ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Positions of the first and last reading for an error, and how well the error is known."""

    first: int
    last: int
    shift_s: int
    margin_s: float
    moments: int


def reading(file_id: int, *, folder: int, clock: datetime, witnesses: Sequence[Witness]) -> Reading | None:
    """Sum up what the witnesses of one file say; `None` where they say nothing or contradict each other."""
    allows = EVER
    for witness in witnesses:
        allows = _common(allows, _errors(witness.allows, clock))
    if not witnesses or allows[0] > allows[1]:
        return None
    best = min(witnesses, key=lambda witness: _width(_errors(witness.says, clock)))
    means = _common(_errors(best.says, clock), allows)
    for witness in witnesses:
        closer = _common(means, _errors(witness.says, clock))
        means = closer if closer[0] <= closer[1] else means
    return Reading(
        file_id=file_id,
        folder=folder,
        clock=clock,
        means=means,
        allows=allows,
        kind=best.kind,
        text=best.text,
    )


def find(readings: Sequence[Reading], *, silent: Sequence[datetime]) -> list[ClockError]:
    """Find the errors of one camera's clock; `silent` are the clocks of files that nothing is known about."""
    ordered = sorted(readings, key=lambda one: (one.clock, one.file_id))
    clocks = sorted(silent)
    errors = [_error(ordered, stretch, clocks) for stretch in _stretches(ordered)]
    return sorted(errors, key=lambda error: (str(error.from_local or ""), error.shift_seconds))


def _errors(span: Span, clock: datetime) -> Interval:
    earliest = (span.earliest - clock).total_seconds() if span.earliest else -math.inf
    latest = (span.latest - clock).total_seconds() if span.latest else math.inf
    return earliest, latest


def _common(one: Interval, other: Interval) -> Interval:
    return max(one[0], other[0]), min(one[1], other[1])


def _width(interval: Interval) -> float:
    return interval[1] - interval[0]


def _holds(interval: Interval, error_s: float) -> bool:
    return interval[0] <= error_s <= interval[1]


def _is_for(one: Reading, error_s: float) -> bool:
    is_decisive = _width(one.means) <= DECISIVE_S
    return is_decisive and not _holds(one.allows, 0) and _holds(one.means, error_s)


def _is_against(one: Reading, error_s: float) -> bool:
    return not _holds(one.allows, error_s)


def _stretches(readings: Sequence[Reading]) -> list[_Stretch]:
    """Take the best stretch, then look at what is left before and after it."""
    found: list[_Stretch] = []
    parts = [(0, len(readings))]
    while parts and len(found) < FINDINGS:
        start, end = parts.pop()
        if best := _best_stretch(readings, start, end):
            found.append(best)
            parts += [(start, best.first), (best.last + 1, end)]
    return found


def _best_stretch(readings: Sequence[Reading], start: int, end: int) -> _Stretch | None:
    part = readings[start:end]
    found = [
        stretch
        for shift_s, margin_s in _constant_errors(part)
        if (stretch := _stretch(readings, start, end, shift_s=shift_s, margin_s=margin_s))
    ]
    return max(found, key=lambda stretch: (stretch.moments, -stretch.margin_s), default=None)


def _constant_errors(part: Sequence[Reading]) -> Iterator[tuple[int, float]]:
    """Yield the errors that most files agree on, each with the seconds that they leave open."""
    left = [one.means for one in part if _width(one.means) <= DECISIVE_S and not _holds(one.allows, 0)]
    for _ in range(PEAKS):
        if len(left) < MOMENTS:
            return
        low, high, depth = _densest(left)
        if depth < MOMENTS:
            return
        shift_s = _roundest(low, high)
        if shift_s is not None:
            yield shift_s, high - low
        left = [means for means in left if not _holds(means, (low + high) / 2)]


def _densest(intervals: Sequence[Interval]) -> tuple[float, float, int]:
    """Find where most intervals overlap."""
    edges = sorted(chain.from_iterable(((low, 0), (high, 1)) for low, high in intervals))
    depth, best = 0, (0.0, 0.0, 0)
    for position, (at, is_end) in enumerate(edges):
        depth += -1 if is_end else 1
        if depth > best[2]:
            best = (at, edges[position + 1][0], depth)  # a start is never the last edge
    return best


def _roundest(low: float, high: float) -> int | None:
    """Choose the plainest error of an interval: clocks are set wrong by whole days or hours."""
    if high - low > EXACT_S:
        first, last = math.ceil(low / DAY_S), math.floor(high / DAY_S)
        return first * DAY_S if first == last else None
    middle = (low + high) / 2
    nearest = (round(middle / unit) * unit for unit in UNITS_S)
    return next((error_s for error_s in nearest if low <= error_s <= high), round(middle))


def _stretch(
    readings: Sequence[Reading], start: int, end: int, *, shift_s: int, margin_s: float
) -> _Stretch | None:
    """Find the stretch that speaks most for an error; `None` where it is not convincing."""
    best_sum, total, begin, span = 0, 0, start, (start, start)
    for position in range(start, end):
        one = readings[position]
        if total <= 0 or (_may_be_zone(shift_s) and one.clock - readings[position - 1].clock > TRIP_GAP):
            total, begin = 0, position
        total += 1 if _is_for(one, shift_s) else -PENALTY if _is_against(one, shift_s) else 0
        if total > best_sum:
            best_sum, span = total, (begin, position)
    for_it = [position for position in range(span[0], span[1] + 1) if _is_for(readings[position], shift_s)]
    stretched = [readings[position] for position in for_it]
    moments = {one.clock.replace(second=0, microsecond=0) for one in stretched}
    if len(moments) < MOMENTS or not _is_convincing(stretched, shift_s, margin_s):
        return None
    stretch = _Stretch(
        first=for_it[0], last=for_it[-1], shift_s=shift_s, margin_s=margin_s, moments=len(moments)
    )
    against = sum(_is_against(one, shift_s) for one in readings[stretch.first : stretch.last + 1])
    return stretch if against <= AGAINST * len(stretched) else None


def _may_be_zone(shift_s: int) -> bool:
    return abs(shift_s) <= ZONES_S and shift_s % 900 == 0


def _is_convincing(for_it: Sequence[Reading], shift_s: int, margin_s: float) -> bool:
    if margin_s > EXACT_S and len({one.folder for one in for_it}) < FOLDERS:
        return False
    if _may_be_zone(shift_s):
        # A name or a sidecar that is hours apart may itself be on another zone; GPS with its place is not.
        by_gps = {one.clock for one in for_it if one.kind is Kind.GPS}
        return len(by_gps) >= MOMENTS or margin_s > EXACT_S
    return True


def _error(readings: Sequence[Reading], stretch: _Stretch, silent: Sequence[datetime]) -> ClockError:
    inside = readings[stretch.first : stretch.last + 1]
    for_it = [one for one in inside if _is_for(one, stretch.shift_s)]
    against = [one for one in inside if _is_against(one, stretch.shift_s)]
    from_local, until_local = _period(readings, stretch, clock_count=len(readings) + len(silent))
    begin = bisect_left(silent, from_local) if from_local else 0
    end = bisect_right(silent, until_local) if until_local else len(silent)
    kinds = Counter(one.kind.value for one in for_it)
    return ClockError(
        shift_seconds=stretch.shift_s,
        margin_seconds=round(stretch.margin_s),
        from_local=from_local,
        until_local=until_local,
        files_for=len(for_it),
        files_against=len(against),
        files_silent=end - begin + len(inside) - len(for_it) - len(against),
        kinds=tuple(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
        examples=(*_examples(for_it, is_for=True), *_examples(against, is_for=False)),
    )


def _period(
    readings: Sequence[Reading], stretch: _Stretch, *, clock_count: int
) -> tuple[datetime | None, datetime | None]:
    """Give the days of the stretch, up to the next file that does not call for the error.

    There are no limits where nothing speaks against it and most of the camera's files call for it.
    """
    shift_s = stretch.shift_s
    if not any(_is_against(one, shift_s) for one in readings):
        days = {one.clock.date() for one in readings if _is_for(one, shift_s)}
        if len(days) >= DAYS_TO_BE_ALWAYS and 2 * stretch.moments >= clock_count:
            return None, None
    first, last = readings[stretch.first].clock, readings[stretch.last].clock
    begin = first.replace(hour=0, minute=0, second=0, microsecond=0)
    end = last.replace(hour=23, minute=59, second=59, microsecond=0)
    if stretch.first:
        begin = min(max(begin, readings[stretch.first - 1].clock + timedelta(seconds=1)), first)
    if stretch.last + 1 < len(readings):
        end = max(min(end, readings[stretch.last + 1].clock - timedelta(seconds=1)), last)
    return begin, end


def _examples(chosen: Sequence[Reading], *, is_for: bool) -> Iterator[Example]:
    """Pick some, spread over the period."""
    step = max(1, len(chosen) // EXAMPLES)
    for one in chosen[::step][:EXAMPLES]:
        yield Example(file_id=one.file_id, clock=one.clock, text=one.text, is_for=is_for)
