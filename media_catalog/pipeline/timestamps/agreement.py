"""How two dated claims stand to each other: the same moment, a zone apart, or contradicting."""

from datetime import datetime, timedelta
from enum import StrEnum

from media_catalog.pipeline.timestamps import plausibility, zones
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision, period_end

# A name is given, a file opened and a video closed at slightly different times.
SAME_MOMENT = timedelta(seconds=120)
GPS_STALENESS = timedelta(minutes=5)  # the receiver repeats its last fix
FARTHEST_WEST = timedelta(hours=12)  # how far behind UTC a wall clock can be
FARTHEST_EAST = timedelta(hours=14)  # how far ahead
QUARTER_HOUR = timedelta(minutes=15)
DAY = timedelta(days=1)
# How far from what a folder is named after its pictures may still be, before and after: eves, journeys under
# their first day, the turn of the year. Seasons are other ones in the south.
FOLDER_SLACK = {
    Precision.DAY: (3 * DAY, 21 * DAY),
    Precision.RANGE: (3 * DAY, 21 * DAY),
    Precision.MONTH: (20 * DAY, 20 * DAY),
    Precision.SEASON: (190 * DAY, 190 * DAY),
    Precision.YEAR: (20 * DAY, 20 * DAY),
    Precision.DECADE: (366 * DAY, 366 * DAY),
}
FOLDER = "folder:"
GPS = "GPS:"
# On UTC by specification, on the wall clock in many cameras (https://exiftool.org/ExifTool.html#QuickTimeUTC).
CONTAINER_CLOCKS = ("QuickTime:", "Matroska:", "ASF:")
# Google knows a wall clock without a zone only from the file, and may have taken it for UTC.
TAKEN_FOR_UTC = (*CONTAINER_CLOCKS, "takeout:")


class Relation(StrEnum):
    AGREES = "agrees"
    COMPATIBLE = "compatible"  # neither supports nor contradicts
    APART = "apart"  # by whole zones, or by the age of a GPS fix: one of the two may be mistaken
    DIFFERS = "differs"


def relation(one: Candidate, other: Candidate) -> Relation:
    """Compare two plausible claims, allowing for whole-zone differences where a zone is unknown."""
    if one.precision not in EXACT or other.precision not in EXACT:
        return _coarse_relation(one, other)
    if one.local and other.local and abs(one.local - other.local) <= SAME_MOMENT:
        return Relation.AGREES
    if one.instant and other.instant and abs(one.instant - other.instant) <= _tolerance(one, other):
        return Relation.AGREES
    if zone_offset(one, other) is not None or is_on_local_clock(one, other):
        return Relation.AGREES
    return _disagreement(one, other)


def zone_offset(one: Candidate, other: Candidate) -> int | None:
    """Find the offset between a wall clock without zone and an instant without wall clock, in minutes."""
    for wall, instant in ((one, other), (other, one)):
        if wall.local and not wall.instant and instant.instant and not instant.local:
            return zones.offset_between(wall.local, instant.instant, tolerance=_tolerance(one, other))
    return None


def is_on_local_clock(one: Candidate, other: Candidate) -> bool:
    """Tell whether one is a "UTC" date, of a video or by Google, whose digits are the other's wall clock."""
    for utc, wall in ((one, other), (other, one)):
        if utc.instant and wall.local and utc.source.startswith(TAKEN_FOR_UTC):
            return abs(utc.instant.replace(tzinfo=None) - wall.local) <= SAME_MOMENT
    return False


def gap(one: Candidate, other: Candidate) -> timedelta:
    """Measure the time between two claims: of instants, else of wall clocks, else of their digits."""
    if one.instant and other.instant:
        return abs(one.instant - other.instant)
    return abs(plausibility.digits(one) - plausibility.digits(other))


def distance(one: Candidate, other: Candidate) -> timedelta:
    """Measure the time between what two claims allow; none where they overlap.

    An instant allows every wall clock on Earth, so this says less than `gap` of two exact claims.
    """
    (start, end), (other_start, other_end) = _span(one), _span(other)
    return max(max(start, other_start) - min(end, other_end), timedelta(0))


def _tolerance(one: Candidate, other: Candidate) -> timedelta:
    return GPS_STALENESS if GPS in one.source or GPS in other.source else SAME_MOMENT


def _disagreement(one: Candidate, other: Candidate) -> Relation:
    distance = gap(one, other)
    if one.source.startswith(GPS) or other.source.startswith(GPS):
        return Relation.APART if distance <= DAY else Relation.DIFFERS
    is_zone_open = one.local and other.local and not (one.instant and other.instant)
    if is_zone_open and distance <= FARTHEST_WEST + FARTHEST_EAST:
        residue = abs(distance - round(distance / QUARTER_HOUR) * QUARTER_HOUR)
        return Relation.APART if residue <= SAME_MOMENT else Relation.DIFFERS
    return Relation.DIFFERS


def _coarse_relation(one: Candidate, other: Candidate) -> Relation:
    between = distance(one, other)
    if not between:
        return Relation.AGREES
    return Relation.COMPATIBLE if between <= _slack(one, other) else Relation.DIFFERS


def _slack(one: Candidate, other: Candidate) -> timedelta:
    for folder, claim in ((one, other), (other, one)):
        if folder.source.startswith(FOLDER):
            before, after = FOLDER_SLACK[folder.precision]
            return before if plausibility.digits(claim) < plausibility.digits(folder) else after
    return FARTHEST_EAST


def _span(candidate: Candidate) -> tuple[datetime, datetime]:
    """Give the first and the last wall clock that a claim allows."""
    if candidate.local:
        return candidate.local, candidate.until or period_end(candidate.local, candidate.precision)
    digits = plausibility.digits(candidate)
    return digits - FARTHEST_WEST, digits + FARTHEST_EAST
