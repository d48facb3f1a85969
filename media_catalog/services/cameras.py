"""Rules about the clocks of cameras: put in force, taken back, put aside."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import Count

from media_catalog.models import CameraRule, Job, MediaFile
from media_catalog.services import camera_clocks, redating

State = CameraRule.State


class RuleRefused(Exception):
    """A rule cannot be put in force; the message says why."""


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


@transaction.atomic
def activate(rule: CameraRule, *, at: datetime) -> Job:
    """Put a rule in force for the files that will come, and queue the change of those that are here.

    It is stored if it was not.

    `deactivate` takes it back, also halfway.

    :raises RuleRefused: when another rule is in force for this camera and time.
    :raises AlreadyRunning: when other dates are being changed; then nothing is put in force.
    """
    add(rule, at=at)
    _refuse_conflict(rule)
    return _redate(rule, State.ACTIVE, at=at)


def deactivate(rule: CameraRule, *, at: datetime) -> Job:
    """Take a rule out of force: its files get the dates back that they would have without it.

    What was proposed is a proposal again; what a person wrote is kept as dismissed.

    :raises AlreadyRunning: when other dates are being changed; then it stays in force.
    """
    return _redate(rule, State.PROPOSED if rule.evidence else State.DISMISSED, at=at)


@transaction.atomic
def _redate(rule: CameraRule, state: State, *, at: datetime) -> Job:
    job = redating.start_rule(rule, created_at=at)
    CameraRule.objects.filter(pk=rule.pk).update(state=state)
    rule.state = state
    return job


def dismiss(rule: CameraRule) -> bool:
    """Put a proposal aside for good; tell whether it still was one."""
    proposed = CameraRule.objects.filter(pk=rule.pk, state=State.PROPOSED)
    return bool(proposed.update(state=State.DISMISSED))


def offer_again(rule: CameraRule) -> bool:
    """Propose again what was put aside; tell whether it still was."""
    dismissed = CameraRule.objects.filter(pk=rule.pk, state=State.DISMISSED)
    return bool(dismissed.update(state=State.PROPOSED))


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


def with_counts() -> Iterator[tuple[str, str, int]]:
    """Yield make, model and number of files of all cameras, in their order."""
    files = MediaFile.objects.exclude(camera_model="").values_list("camera_make", "camera_model")
    yield from files.annotate(Count("pk")).order_by("camera_make", "camera_model")
