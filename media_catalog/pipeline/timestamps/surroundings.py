"""What the dated files of a folder agree on: suggested to the others, and held against those far from it."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from media_catalog.pipeline.timestamps import siblings
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.pipeline.timestamps.siblings import DAY, SURE, VAGUE, Sibling

FOLDER = "neighbour:folder"
OUTLIER = "neighbour:outlier"
SAME_SECOND = "neighbour:same_second"
SHARE = 0.8  # of the dated files
CLOSE = timedelta(days=7)
FAR = timedelta(days=366)  # farther than the other pictures of a year
LEAST_DATED = 3  # for a suggestion
LEAST_SURE = 8  # for a doubt,
SURE_SHARE = 0.9  # and so many of the dated files
SHARE_OF_UNDATED = 0.25  # a few dated files do not speak for a folder full of others
LEAST_SAME_SECOND = 10  # a second of a burst, in a folder of its own, has fewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Consensus:
    """The days that nearly all dated files of a folder are from: the first midnight, the last second."""

    start: datetime
    until: datetime
    agreeing: int
    dated: int

    @property
    def because(self) -> str:
        return f"{self.agreeing} of {self.dated} dated files in its folder are from then"


def consensus(files: Iterable[Sibling]) -> Consensus | None:
    """Find the shortest time that four fifths of the dated files were taken in, if that is within a week."""
    times = sorted(file.own.local for file in files if file.own and file.is_settled)
    if len(times) < LEAST_DATED:
        return None
    number = math.ceil(SHARE * len(times))
    first, last = min(zip(times, times[number - 1 :], strict=False), key=lambda ends: ends[1] - ends[0])
    if last - first > CLOSE:
        return None
    last = max(time for time in times if time - first <= CLOSE)
    first = min(time for time in times if last - time <= CLOSE)
    start, until = siblings.midnight(first), siblings.midnight(last) + DAY - timedelta(seconds=1)
    agreeing = sum(start <= time <= until for time in times)
    return Consensus(start=start, until=until, agreeing=agreeing, dated=len(times))


def suggestions(files: Sequence[Sibling]) -> Iterator[tuple[int, Candidate]]:
    """Suggest to the undated files of a folder the days that the others are from, by file id."""
    agreed = consensus(files)
    undated = [file for file in files if not file.is_settled]
    if agreed is None or agreed.dated < SHARE_OF_UNDATED * len(undated):
        return
    for file in undated:
        if _has_room(file, agreed):
            claim = siblings.period(
                agreed.start, agreed.until, source=FOLDER, because=agreed.because, weight=VAGUE
            )
            yield file.id, claim


def outliers(files: Sequence[Sibling]) -> Iterator[tuple[int, Candidate]]:
    """Doubt a date that stands alone, far from a folder full of files of one week, by file id."""
    agreed = consensus(files)
    if agreed is None or agreed.agreeing < max(LEAST_SURE, SURE_SHARE * agreed.dated):
        return
    far = [
        (file, file.own.local)
        for file in files
        if file.own and file.is_settled and not agreed.start - FAR <= file.own.local <= agreed.until + FAR
    ]
    for file, local in far:
        if file.is_dated_by_camera and all(
            abs(other - local) > CLOSE for one, other in far if one.id != file.id
        ):
            claim = siblings.period(
                agreed.start, agreed.until, source=OUTLIER, because=agreed.because, weight=SURE
            )
            yield file.id, claim


def same_second(files: Sequence[Sibling]) -> Iterator[tuple[int, Candidate]]:
    """Doubt the date of a whole folder at one second, by file id: it was set for all."""
    dated = [(file, file.own.local) for file in files if file.own and file.is_settled]
    # The fraction counts: a burst's pictures differ in it, what a program set has none.
    times = Counter(local for _, local in dated)
    for local, number in times.items():
        if number < LEAST_SAME_SECOND or number < SHARE * len(dated):
            continue
        because = f"{number} of {len(dated)} dated files in its folder have this very second"
        for file, own in dated:
            if own == local:
                yield file.id, siblings.moment(local, source=SAME_SECOND, because=because, weight=VAGUE)


def _has_room(file: Sibling, agreed: Consensus) -> bool:
    """Tell whether a consensus says more than a file's own evidence, and does not contradict it."""
    if siblings.was_written_before(file, agreed.start):
        return False
    own = file.own
    if own is None:
        return True
    is_wider = own.length > agreed.until - agreed.start
    return (is_wider or own.is_exact) and siblings.is_allowed(own, agreed.start, agreed.until)
