"""Jobs that change the dates of many files: rules about cameras, the zones of trips, settings."""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from media_catalog.models import CameraRule, Job, JobFile, MediaFile
from media_catalog.services import camera_effects, evidence, jobs, preference_effects, sliced, trips
from media_catalog.services.decision_log import Actor
from media_catalog.services.preferences import Name

RULE, TRIP, SETTING = "rule", "trip", "setting"  # options of a job: what it is about


def start_rule(rule: CameraRule, *, created_at: datetime) -> Job:
    """Queue that the files of a rule, which was put in force or taken back, are decided anew.

    :raises AlreadyRunning: when other dates are being changed.
    """
    return jobs.create(kind=Job.Kind.REDATE, source=None, options={RULE: rule.pk}, created_at=created_at)


def start_trip(trip: trips.Trip, *, created_at: datetime) -> Job:
    """Queue a person's decision about the clocks of a trip; its `batch` undoes it, as far as it has come.

    :raises AlreadyRunning: when other dates are being changed.
    """
    return jobs.create(
        kind=Job.Kind.REDATE, source=None, options={TRIP: trips.as_options(trip)}, created_at=created_at
    )


def start_setting(name: Name, *, created_at: datetime, created_by: Actor) -> Job:
    """Queue that the dates that rest on a setting, such as the zone of the library, are decided anew.

    :raises AlreadyRunning: when other dates are being changed.
    """
    options = {SETTING: str(name)}
    return jobs.create(
        kind=Job.Kind.REDATE, source=None, options=options, created_at=created_at, created_by=created_by
    )


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Do the work of one batch; what was changed is never changed twice.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    sliced.run(claim, WORK, clock=clock)


def _files(options: dict[str, Any]) -> QuerySet[MediaFile]:
    if SETTING in options:
        return preference_effects.files(Name(options[SETTING]))
    if TRIP in options:
        return trips.files(trips.of_options(options[TRIP]).selection)
    return camera_effects.files(CameraRule.objects.get(pk=options[RULE]))


def _find(job: Job, last: JobFile | None) -> Iterator[list[sliced.Row]]:
    return sliced.pages(_files(job.options), after=last.file_id if last else 0)


def _change(job: Job, rows: Sequence[JobFile], at: datetime) -> Collection[int]:
    ids = [row.file_id for row in rows]
    if TRIP in job.options:
        return _decide_trip(job, ids, at=at)
    name = job.options.get(SETTING)
    return _decide(ids, preference_effects.DECIDE[Name(name)] if name else evidence.redecide, at=at)


def _decide(ids: Collection[int], decide: Callable[..., int], *, at: datetime) -> list[int]:
    before = _dates(ids)
    decide(ids, at=at)
    return [pk for pk, date in _dates(ids).items() if before[pk] != date]


def _dates(ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    rows = MediaFile.objects.filter(pk__in=ids).values_list("pk", "captured_local", "offset_minutes")
    return {pk: (local, offset) for pk, local, offset in rows}


def _decide_trip(job: Job, ids: Collection[int], *, at: datetime) -> list[int]:
    files, trip = MediaFile.objects.filter(pk__in=ids), trips.of_options(job.options[TRIP])
    left = set(trips.change(files, trip, actor=job.created_by, at=at).left_ids)
    return [pk for pk in ids if pk not in left]


def _summary(job: Job) -> dict[str, int]:
    return {"files": job.total_count, "changed": job.changed_count}


WORK = sliced.Work(find=_find, change=_change, objection=lambda _job: "", summary=_summary)
