"""What the times and cameras of two files say: one shot, two shots of a series, two occasions, or nothing."""

from datetime import datetime
from enum import StrEnum

from media_catalog.pipeline.duplicates import names
from media_catalog.pipeline.duplicates.units import Unit

BURST_S = 2.0
QUARTER_HOUR_S = 15 * 60  # zones are whole quarters of an hour apart
ZONES_S = 26 * 3600


class Moment(StrEnum):
    SAME = "same"  # to a part of a second
    CLOSE = "close"  # one second, which a series and a copy have in common
    SERIES = "series"  # two shots of one camera, at most two seconds apart
    APART = "apart"
    UNKNOWN = "unknown"


def compare(one: Unit, other: Unit) -> Moment:
    """Compare when, and by which camera, two files were taken."""
    if are_other_cameras(one, other):
        return Moment.APART
    if one.burst_id and one.burst_id == other.burst_id:
        return _within_series(one, other)
    if names.are_of_one_series(one.name, other.name):
        return Moment.SERIES
    return _by_clock(one, other)


def are_other_cameras(one: Unit, other: Unit) -> bool:
    """Tell whether two files name two cameras; one that names none contradicts nobody."""
    if any(one.camera) and any(other.camera) and folded(one) != folded(other):
        return True
    return bool(one.camera_serial and other.camera_serial and one.camera_serial != other.camera_serial)


def gap_s(one: Unit, other: Unit, *, to_the_second: bool = False) -> float | None:
    """Give the seconds between two shots, by their wall clocks or their instants, whichever are closer.

    One of them may be off by the zone of a camera, a program or a container. `None` where a time is unknown.
    """
    pairs = ((one.shot_local, other.shot_local), (one.shot_at, other.shot_at))
    gaps = [
        abs((_whole(mine) - _whole(theirs) if to_the_second else mine - theirs).total_seconds())
        for mine, theirs in pairs
        if mine is not None and theirs is not None
    ]
    return min(gaps, default=None)


def _within_series(one: Unit, other: Unit) -> Moment:
    moment = _by_clock(one, other)
    return {Moment.UNKNOWN: Moment.CLOSE, Moment.SAME: Moment.SAME}.get(moment, Moment.SERIES)


def _by_clock(one: Unit, other: Unit) -> Moment:
    both_fine = one.has_subseconds and other.has_subseconds
    gap = gap_s(one, other, to_the_second=not both_fine)
    if gap is None:
        return Moment.UNKNOWN
    if not gap:
        return Moment.SAME if both_fine else Moment.CLOSE
    if gap <= BURST_S:
        return Moment.SERIES
    is_other_zone = gap <= ZONES_S and not gap % QUARTER_HOUR_S
    return Moment.UNKNOWN if is_other_zone else Moment.APART


def _whole(time: datetime) -> datetime:
    return time.replace(microsecond=0)


def folded(file: Unit) -> tuple[str, ...]:
    return tuple(part.strip().casefold() for part in file.camera)
