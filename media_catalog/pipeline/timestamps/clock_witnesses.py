"""What independent evidence allows the clock of a camera to be wrong by, one file at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from media_catalog.pipeline.timestamps import agreement, plausibility, zones
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision, period_end

# What a camera writes by its own clock, the best first.
CLOCK_TAGS = (
    "EXIF:DateTimeOriginal",
    "EXIF:CreateDate",
    "RIFF:DateTimeOriginal",
    "H264:DateTimeOriginal",
    "UserData:DateTimeOriginal",
)
SENT_WEIGHT = 4  # a name that a program gave when it sent or received: after the capture
NAME_WEIGHT = 3  # names below are read too freely to bear witness
COPIED = timedelta(seconds=2)  # sidecars that say the same are copies of what the camera wrote
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
NO_TIME = timedelta(0)


class Kind(StrEnum):
    """Who bears witness."""

    GPS = "GPS time"
    NAME = "file name"
    SIDECAR = "sidecar"
    FOLDER = "folder"
    PEERS = "pictures of other devices in the folder"
    FILE_TIME = "modification time"


# How far beyond what a witness says the truth may still lie, before and after, before he is contradicted.
EXACT_SLACK = (3 * MINUTE, 3 * MINUTE)
GPS_SLACK = (3 * MINUTE, HOUR)  # a fix may be old, never new
PERIOD_SLACK = {
    Precision.DAY: (
        1.5 * DAY,
        3 * DAY,
    ),  # a feast that begins the evening before, a weekend under its first day
    Precision.MONTH: (20 * DAY, 20 * DAY),
    Precision.SEASON: (31 * DAY, 31 * DAY),
    Precision.YEAR: (31 * DAY, 31 * DAY),
}
TIGHT = {Kind.GPS: (2 * MINUTE, 5 * MINUTE)}  # what an exact witness means by his own word
TIGHT_OTHERS = (2 * MINUTE, 2 * MINUTE)
PEERS_SLACK = (1.5 * DAY, 1.5 * DAY)
PEERS_REACH = 6 * HOUR
CLOCK_AHEAD = DAY
FAR_FUTURE = datetime(2200, 1, 1, tzinfo=UTC)  # a clock may run ahead of today, but not of its century


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A closed interval of wall clocks; `None` is no bound."""

    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One independent word on when a picture was taken: `says` by the letter, `allows` at most."""

    kind: Kind
    text: str  # the claim's source and text, for people
    says: Span
    allows: Span


def camera_clock(claims: Sequence[Candidate]) -> Candidate | None:
    """Find the wall clock that the camera itself wrote; its zero or default is none."""
    by_source = {claim.source: claim for claim in reversed(claims)}
    for source in CLOCK_TAGS:
        claim = by_source.get(source)
        if claim and claim.local and claim.precision in EXACT and is_a_date(claim):
            return claim
    return None


def witnesses(
    claims: Sequence[Candidate],
    *,
    clock: Candidate,
    place: ZoneInfo | None,
    peers: Span | None,
    earliest_year: int = plausibility.FIRST_PHOTOGRAPH,
) -> tuple[Witness, ...]:
    """Collect what others than the camera's clock say about a picture.

    `place` is the zone of its position; `peers` the time that other, trusted devices spent in its folder.
    Who names a date before `earliest_year` is not heard; the clock itself may be wrong by many years.
    """
    believed = [claim for claim in claims if is_a_date(claim, earliest_year=earliest_year)]
    found = list(_from_claims(believed, clock, place))
    if peers and peers.earliest and peers.latest:
        says = Span(earliest=peers.earliest - PEERS_REACH, latest=peers.latest + PEERS_REACH)
        text = f"pictures of other devices from {peers.earliest:%Y-%m-%d} to {peers.latest:%Y-%m-%d}"
        found.append(_witness(Kind.PEERS, text, says, PEERS_SLACK))
    return tuple(found)


def _from_claims(claims: Sequence[Candidate], clock: Candidate, place: ZoneInfo | None) -> Iterator[Witness]:
    for claim in claims:
        kind = _kind(claim)
        if kind is None:
            continue
        says = _says(claim, kind, clock=clock, place=place)
        if kind is Kind.FILE_TIME or (kind is Kind.NAME and claim.weight == SENT_WEIGHT):
            if witness := _upper_bound(claim, kind, says, clock):
                yield witness
        elif kind is not Kind.SIDECAR or not _is_copy(claim, clock):
            yield _witness(kind, _text(claim), says, _slack(claim, kind))


def is_a_date(claim: Candidate, *, earliest_year: int = plausibility.FIRST_PHOTOGRAPH) -> bool:
    """Tell whether a claim holds a date that a clock can show, be it in the future, and not its zero."""
    return plausibility.refusal(claim, now=FAR_FUTURE, earliest_year=earliest_year) is None


def _kind(claim: Candidate) -> Kind | None:
    if claim.precision is Precision.RANGE or claim.precision is Precision.DECADE:
        return None
    prefix = claim.source.partition(":")[0]
    if prefix == "GPS":
        return Kind.GPS if claim.instant else None
    if prefix in {"sidecar", "takeout"}:
        return Kind.SIDECAR
    if prefix == "name":
        return Kind.NAME if claim.weight >= NAME_WEIGHT else None
    if prefix == "folder":
        return Kind.FOLDER
    return Kind.FILE_TIME if prefix == "file" else None


def _says(claim: Candidate, kind: Kind, *, clock: Candidate, place: ZoneInfo | None) -> Span:
    before, after = TIGHT.get(kind, TIGHT_OTHERS)
    local = claim.local or _local_at(claim, clock, place)
    if local is None:
        digits = plausibility.digits(claim)
        return Span(earliest=digits - agreement.FARTHEST_WEST, latest=digits + agreement.FARTHEST_EAST)
    if claim.precision not in EXACT:
        return Span(earliest=local, latest=period_end(local, claim.precision))
    return Span(earliest=local - before, latest=local + after)


def _local_at(claim: Candidate, clock: Candidate, place: ZoneInfo | None) -> datetime | None:
    """Turn an instant into the wall clock that a right clock would have shown."""
    if claim.instant is None:
        return None
    if clock.offset_minutes is not None:
        return zones.to_local(claim.instant, clock.offset_minutes)
    return zones.to_local(claim.instant, zones.offset_at_instant(place, claim.instant)) if place else None


def _slack(claim: Candidate, kind: Kind) -> tuple[timedelta, timedelta]:
    if claim.precision not in EXACT:
        return PERIOD_SLACK[claim.precision]
    return GPS_SLACK if kind is Kind.GPS else EXACT_SLACK


def _witness(kind: Kind, text: str, says: Span, slack: tuple[timedelta, timedelta]) -> Witness:
    earliest = says.earliest - slack[0] if says.earliest else None
    latest = says.latest + slack[1] if says.latest else None
    return Witness(kind=kind, text=text, says=says, allows=Span(earliest=earliest, latest=latest))


def _upper_bound(claim: Candidate, kind: Kind, says: Span, clock: Candidate) -> Witness | None:
    """A file is written, sent or received after its capture; that it was later still says nothing."""
    is_telling = plausibility.digits(claim).year >= plausibility.FIRST_DIGITAL_CAMERA
    if says.latest is None or clock.local is None or not is_telling:
        return None
    if clock.local <= says.latest + CLOCK_AHEAD:
        return None
    return _witness(kind, _text(claim), Span(earliest=None, latest=says.latest), (NO_TIME, CLOCK_AHEAD))


def _is_copy(claim: Candidate, clock: Candidate) -> bool:
    """Tell whether a sidecar repeats what the camera wrote, perhaps on UTC after a guess at its zone."""
    if claim.local and clock.local:
        return abs(claim.local - clock.local) <= COPIED
    if claim.instant is None or clock.local is None:
        return False
    return zones.offset_between(clock.local, claim.instant, tolerance=COPIED) is not None


def _text(claim: Candidate) -> str:
    return f"{claim.source} {claim.raw}"[:120]
