"""Which rule and which habit hold for the clock that wrote a file's dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from media_catalog.pipeline.timestamps import clock_witnesses
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.candidates import Candidate

# A video's clock, where it has no other: wall clock or UTC, which is near enough for a period.
VIDEO_CLOCKS = ("Keys:CreationDate", "QuickTime:CreateDate", "QuickTime:MediaCreateDate")
HABIT_FILES = 3  # so many files must tell a habit
HABIT_EXCEPTIONS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """One camera as its files name it, in one source (any key)."""

    make: str
    model: str
    serial: str = ""
    source_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """A clock's error and zone; an empty make or serial, source or bound means any."""

    make: str
    model: str
    serial: str
    source_id: int | None
    from_local: datetime | None
    until_local: datetime | None
    shift_seconds: int
    zone: str

    def holds_for(self, camera: Camera, clock: datetime | None) -> bool:
        """Tell whether the rule is about this camera at the time that its clock showed."""
        if self.model != camera.model or (self.make and self.make != camera.make):
            return False
        if self.serial and self.serial != camera.serial:
            return False
        if self.source_id is not None and self.source_id != camera.source_id:
            return False
        return self._holds_at(clock)

    def _holds_at(self, clock: datetime | None) -> bool:
        if self.from_local is None and self.until_local is None:
            return True
        if clock is None or (self.from_local and clock < self.from_local):
            return False
        return self.until_local is None or clock.replace(microsecond=0) <= self.until_local

    @property
    def closeness(self) -> tuple[bool, bool, bool, bool]:
        """Rank rules: the one that says more of its files goes before the general one."""
        is_bounded = self.from_local is not None or self.until_local is not None
        return bool(self.serial), self.source_id is not None, is_bounded, bool(self.make)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBook:
    """All rules that are in force, the newest first, and whether cameras (make, model) write local time."""

    rules: tuple[ClockRule, ...] = ()
    habits: Mapping[tuple[str, str], bool] = field(default_factory=dict)

    def clock(self, camera: Camera, claims: Sequence[Candidate]) -> CameraClock | None:
        """Find what is known of the clock that wrote a file's dates; `None` where nothing is."""
        rules = [rule for rule in self.rules if rule.model == camera.model]
        time = clock_time(claims) if rules else None
        rules = [rule for rule in rules if rule.holds_for(camera, time)]
        rule = max(rules, key=lambda rule: rule.closeness, default=None)
        is_local = self.habits.get((camera.make, camera.model))
        if rule is None:
            return None if is_local is None else CameraClock(quicktime_is_local=is_local)
        return CameraClock(
            shift_seconds=rule.shift_seconds, zone=rule.zone or None, quicktime_is_local=is_local
        )

    def with_rule(self, rule: ClockRule) -> "ClockBook":
        """Give the book as it would be with one more rule."""
        return replace(self, rules=(rule, *self.rules))


def clock_time(claims: Sequence[Candidate]) -> datetime | None:
    """Find what the camera's clock showed, as a rule's period wants it."""
    if clock := clock_witnesses.camera_clock(claims):
        return clock.local
    by_source = {claim.source: claim for claim in reversed(claims)}
    for source in VIDEO_CLOCKS:
        claim = by_source.get(source)
        if claim and (claim.local or claim.instant):
            return claim.local or (claim.instant.replace(tzinfo=None) if claim.instant else None)
    return None


def habit(*, utc_count: int, local_count: int) -> bool | None:
    """Tell from counted files whether a camera writes its wall clock as UTC; `None` where it is not clear."""
    most, least = max(utc_count, local_count), min(utc_count, local_count)
    if most < HABIT_FILES or least > HABIT_EXCEPTIONS * most:
        return None
    return local_count > utc_count
