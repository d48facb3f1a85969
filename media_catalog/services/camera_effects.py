"""Which files a camera rule is about, and what it would do to their dates."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from media_catalog.models import CameraRule, MediaFile, State, TimestampCandidate
from media_catalog.pipeline.timestamps.clock_rules import VIDEO_CLOCKS
from media_catalog.pipeline.timestamps.clock_witnesses import CLOCK_TAGS
from media_catalog.services import camera_clocks, evidence

SLICE = 500
NEARBY = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The date of a file as it is and as it would be; `is_kept` where a person's word stands above a rule."""

    file: MediaFile
    local: datetime | None
    offset_minutes: int | None
    is_kept: bool

    @property
    def is_change(self) -> bool:
        now = self.file.captured_local, self.file.offset_minutes
        return not self.is_kept and now != (self.local, self.offset_minutes)


def files(rule: CameraRule) -> QuerySet[MediaFile]:
    """Find the files of a rule's camera whose clock may have shown its period."""
    return _of_camera(rule).filter(state=State.ANALYSED)


def some(rule: CameraRule, *, number: int) -> list[int]:
    """Find some of these files, by an index alone that leads to their camera and time, not by that of states.

    Of a period it is those that are dated no further from it than the clock was wrong.
    """
    slack = timedelta(seconds=abs(rule.shift_seconds)) + NEARBY
    found = _of_camera(rule).exclude(state__in=set(State) - {State.ANALYSED})
    try:
        if rule.from_local:
            found = found.filter(captured_local__gte=rule.from_local - slack)
        if rule.until_local:
            found = found.filter(captured_local__lte=rule.until_local + slack)
    except OverflowError:
        pass  # a bound beyond the calendar is none
    return list(found.values_list("pk", flat=True)[:number])


def _of_camera(rule: CameraRule) -> QuerySet[MediaFile]:
    found = MediaFile.objects.filter(camera_model=rule.camera_model)
    if rule.camera_make:
        found = found.filter(camera_make=rule.camera_make)
    if rule.camera_serial:
        found = found.filter(camera_serial=rule.camera_serial)
    if rule.source_id is not None:
        found = found.filter(source=rule.source_id)
    if rule.from_local is None and rule.until_local is None:
        return found
    return found.filter(Exists(_clocks_within(rule)))


def _clocks_within(rule: CameraRule) -> QuerySet[TimestampCandidate]:
    is_within = Q()
    for bound, test in ((rule.from_local, "gte"), (rule.until_local, "lte")):
        if bound:
            bound = bound.replace(microsecond=999_999) if test == "lte" else bound
            by_clock = Q(**{f"local__{test}": bound})
            is_within &= by_clock | Q(local=None, **{f"instant__{test}": bound.replace(tzinfo=UTC)})
    clocks = TimestampCandidate.objects.filter(file=OuterRef("pk"), source__in=[*CLOCK_TAGS, *VIDEO_CLOCKS])
    return clocks.filter(is_within)


def slices(rule: CameraRule) -> Iterator[list[int]]:
    """Yield the ids of a rule's files, so many at a time."""
    last = 0
    while ids := list(files(rule).filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:SLICE]):
        yield ids
        last = ids[-1]


def preview(rule: CameraRule, *, at: datetime) -> Iterator[Change]:
    """Yield what a rule would make of its files, changing nothing."""
    book = camera_clocks.load().with_rule(camera_clocks.rule(rule))
    for ids in slices(rule):
        for file, inference in evidence.inferences(ids, at=at, book=book):
            yield Change(
                file=file,
                local=inference.local,
                offset_minutes=inference.offset_minutes,
                is_kept=file.is_dated_by_person,
            )
