"""What a file is to its neighbours: its name, its look, and the date that it has by its own evidence."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from media_catalog.pipeline.timestamps import witnesses
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision
from media_catalog.pipeline.timestamps.confidence import Confidence, Reason

# Weights of what neighbours say: it never supports another claim, and is medium at most.
SURE = 3
LIKELY = 2
VAGUE = 1
AFTERWARDS_WEIGHT = 4  # up to it, dates tell when a picture was sent, saved, edited or filed, not taken
LONGEST_REASON = 200  # characters
DAY = timedelta(days=1)
ZONES = timedelta(hours=26)  # between the most distant wall clocks of one moment
FIRST_FILE_TIME = datetime(1990, 1, 1)  # older ones are unset clocks
# Doubts about the zone and the seconds, which a copy shares; any other is a doubt about the date itself.
HARMLESS = frozenset((Reason.ZONES_APART, Reason.ZONE_UNLIKE_PLACE, Reason.NOT_TO_THE_SECOND))
PICTURES = ("image", "raw")
VIDEO = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """The date that a file has by its own evidence, its sidecar's, or a person's; see `decide.Inference`.

    `offset_minutes` is evidence, never assumed; `local` is the naive wall clock at the start of the period.
    """

    local: datetime
    until: datetime
    precision: Precision
    offset_minutes: int | None
    offset_source: str | None
    instant: datetime | None
    source: str
    weight: int
    confidence: Confidence
    is_doubted: bool = False  # something speaks against it
    is_zone_assumed: bool = False  # then `local` is a guess, and `instant` what is known

    @property
    def is_exact(self) -> bool:
        return self.precision in EXACT

    @property
    def is_settled(self) -> bool:
        """Tell whether this is the time of the capture itself, good enough to date others."""
        is_sure = self.confidence in (Confidence.HIGH, Confidence.MEDIUM)
        return self.is_exact and is_sure and not self.is_doubted and self.weight > AFTERWARDS_WEIGHT

    @property
    def is_late(self) -> bool:
        """Tell whether this is the time when a copy was sent, saved or edited."""
        return witnesses.is_late(same_date(self, source=self.source, because="", weight=self.weight))

    @property
    def length(self) -> timedelta:
        return self.until - self.local


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """A photo or video as its neighbours see it; `file_time` is its modification time in UTC, naive.

    `phash` is unsigned 64 bit, `information` the standard deviation of the grey values.
    """

    id: int
    name: str
    kind: str
    camera: tuple[str, str] = ("", "")
    file_time: datetime | None = None
    sha256: str = ""
    phash: int | None = None
    information: float | None = None
    width_px: int | None = None
    height_px: int | None = None
    duration_s: float | None = None
    own: Dated | None = None

    @property
    def is_settled(self) -> bool:
        return self.own is not None and self.own.is_settled

    @property
    def is_dated_by_camera(self) -> bool:
        """Tell whether its date is by the clock of a camera, which may have been wrong."""
        return (
            self.own is not None and self.has_camera and not self.own.source.startswith(("name:", "takeout:"))
        )

    @property
    def has_camera(self) -> bool:
        return any(self.camera)

    @property
    def stem(self) -> str:
        """The name without its extension, in a form that compares equal on every file system."""
        stem, dot, extension = self.name.rpartition(".")
        return unicodedata.normalize("NFC", stem if dot else extension).casefold()


def is_doubted(reasons: Sequence[str]) -> bool:
    """Tell from the reasons of a confidence, the first of which is for it, whether one is against it."""
    return not HARMLESS.issuperset(reasons[1:])


def was_written_before(file: Sibling, local: datetime) -> bool:
    """Tell whether a file is older than a date, so that it cannot show what happened then."""
    written = file.file_time
    return written is not None and FIRST_FILE_TIME < written < local - ZONES


def is_allowed(own: Dated | None, start: datetime, until: datetime) -> bool:
    """Tell whether what a file itself says leaves room for a period; it was taken before it was edited."""
    if own is None:
        return True
    is_later, is_earlier = start > own.until + DAY, until < own.local - DAY
    return not is_later and (not is_earlier or (own.is_exact and is_afterwards(own)))


def is_afterwards(own: Dated) -> bool:
    """Tell whether a file's date is when something was done to it, so that it was taken before."""
    return own.weight <= AFTERWARDS_WEIGHT and not own.source.startswith("folder:")


def midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def same_date(original: Dated, *, source: str, because: str, weight: int) -> Candidate:
    """Claim for a file the date that another one has; its zone too, where that is evidence."""
    return Candidate(
        source=source,
        raw=because[:LONGEST_REASON],
        local=None if original.is_zone_assumed else original.local,
        instant=original.instant,
        precision=original.precision,
        offset_minutes=original.offset_minutes,
        offset_source=original.offset_source,
        weight=weight,
        until=original.until if original.precision is Precision.RANGE else None,
    )


def period(start: datetime, until: datetime, *, source: str, because: str, weight: int) -> Candidate:
    """Claim that a file was taken between two wall clocks, both included."""
    return Candidate(
        source=source,
        raw=because[:LONGEST_REASON],
        local=start,
        instant=None,
        precision=Precision.RANGE,
        offset_minutes=None,
        offset_source=None,
        weight=weight,
        until=max(start, until),
    )


def moment(local: datetime, *, source: str, because: str, weight: int) -> Candidate:
    """Claim that a file was taken at a wall clock."""
    return replace(
        period(local, local, source=source, because=because, weight=weight),
        precision=Precision.SECOND,
        until=None,
    )
