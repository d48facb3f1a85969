"""What is in force about the clocks of cameras, as those who decide on dates want it."""

from media_catalog.models import CameraHabit, CameraRule
from media_catalog.pipeline.timestamps import clock_rules
from media_catalog.pipeline.timestamps.clock_rules import ClockBook, ClockRule


def load() -> ClockBook:
    """Read all rules in force and all known habits: two queries, for a batch of files of any cameras."""
    active = CameraRule.objects.filter(state=CameraRule.State.ACTIVE).order_by("-pk")
    habits = {
        (habit.camera_make, habit.camera_model): is_local
        for habit in CameraHabit.objects.all()
        if (is_local := is_local_by(habit)) is not None
    }
    return ClockBook(rules=tuple(rule(row) for row in active), habits=habits)


def is_local_by(habit: CameraHabit) -> bool | None:
    """Tell whether a camera writes its wall clock as UTC, `None` while that is not clear."""
    return clock_rules.habit(utc_count=habit.utc_count, local_count=habit.local_count)


def rule(row: CameraRule) -> ClockRule:
    """Return what a row says."""
    return ClockRule(
        make=row.camera_make,
        model=row.camera_model,
        serial=row.camera_serial,
        source_id=row.source_id,
        from_local=row.from_local,
        until_local=row.until_local,
        shift_seconds=row.shift_seconds,
        zone=row.time_zone,
    )
