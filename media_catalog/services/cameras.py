"""Rules about the clocks of cameras: put in force, taken back, put aside."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import Count

from media_catalog.models import CameraRule, MediaFile
from media_catalog.services import camera_clocks, camera_effects, evidence

State = CameraRule.State
AfterSlice = Callable[[], None]


class RuleRefused(Exception):
    """A rule cannot be put in force; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How many files were decided anew, and how many of them have another date now."""

    files: int
    changed: int


class Period(Protocol):
    """A time by a camera's clock, without a bound where that is `None`."""

    @property
    def from_local(self) -> datetime | None: ...

    @property
    def until_local(self) -> datetime | None: ...


def overlaps(one: Period, other: Period) -> bool:
    """Tell whether two periods have a moment in common."""
    begins_in_time = not one.from_local or not other.until_local or one.from_local <= other.until_local
    ends_in_time = not one.until_local or not other.from_local or one.until_local >= other.from_local
    return begins_in_time and ends_in_time


def nothing() -> None:
    """Stand for what is to be done after each slice."""


def add(rule: CameraRule, *, at: datetime) -> CameraRule:
    """Store a rule that a person made, and return it; one that is stored already stays as it is."""
    if rule._state.adding:
        rule.created_at = at
        rule.save(force_insert=True)
    return rule


def activate(rule: CameraRule, *, at: datetime, after_slice: AfterSlice = nothing) -> Applied:
    """Put a rule in force for the files that are here and that will come; `deactivate` takes it back.

    It is done in slices; after an interruption it may be called again.

    :raises RuleRefused: when another rule is in force for this camera and time.
    """
    with transaction.atomic():
        _refuse_conflict(rule)
        CameraRule.objects.filter(pk=rule.pk).update(state=State.ACTIVE)
    rule.state = State.ACTIVE
    return _redecide(rule, at=at, after_slice=after_slice)


def deactivate(rule: CameraRule, *, at: datetime, after_slice: AfterSlice = nothing) -> Applied:
    """Take a rule out of force: its files get the dates back that they would have without it.

    What was proposed is a proposal again; what a person wrote is kept as dismissed.
    """
    rule.state = State.PROPOSED if rule.evidence else State.DISMISSED
    CameraRule.objects.filter(pk=rule.pk).update(state=rule.state)
    return _redecide(rule, at=at, after_slice=after_slice)


def dismiss(rule: CameraRule) -> bool:
    """Put a proposal aside for good; tell whether it still was one."""
    proposed = CameraRule.objects.filter(pk=rule.pk, state=State.PROPOSED)
    return bool(proposed.update(state=State.DISMISSED))


def _refuse_conflict(rule: CameraRule) -> None:
    this = camera_clocks.rule(rule)
    active = CameraRule.objects.filter(camera_model=rule.camera_model, state=State.ACTIVE)
    for row in active.exclude(pk=rule.pk).order_by("pk"):
        other = camera_clocks.rule(row)
        is_same_camera = (this.make, this.serial, this.source_id) == (
            other.make,
            other.serial,
            other.source_id,
        )
        if is_same_camera and this.closeness == other.closeness and overlaps(rule, row):
            raise RuleRefused(f"Rule {row.pk} is in force for this camera and time: undo it first.")


def _redecide(rule: CameraRule, *, at: datetime, after_slice: AfterSlice) -> Applied:
    files = changed = 0
    for ids in camera_effects.slices(rule):
        before = _dates(ids)
        files += evidence.redecide(ids, at=at)
        after = _dates(ids)
        changed += sum(before[pk] != date for pk, date in after.items())
        after_slice()
    return Applied(files=files, changed=changed)


def _dates(ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    rows = MediaFile.objects.filter(pk__in=ids).values_list("pk", "captured_local", "offset_minutes")
    return {pk: (local, offset) for pk, local, offset in rows}


def with_counts() -> Iterator[tuple[str, str, int]]:
    """Yield make, model and number of files of all cameras, in their order."""
    files = MediaFile.objects.exclude(camera_model="").values_list("camera_make", "camera_model")
    yield from files.annotate(Count("pk")).order_by("camera_make", "camera_model")
