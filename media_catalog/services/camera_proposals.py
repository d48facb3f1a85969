"""Errors of camera clocks that the evidence shows, kept as proposals; and how cameras date their videos."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import CameraHabit, CameraRule, Job, JobFile, Kind, MediaFile
from media_catalog.pipeline.timestamps import clock_errors, clock_words
from media_catalog.pipeline.timestamps.clock_errors import ClockError
from media_catalog.pipeline.timestamps.clock_rules import Camera
from media_catalog.services import camera_clocks, camera_readings, cameras, evidence, jobs, steps, tools
from media_catalog.services.steps import Step

SLICE = 500
LIKE_S = 1800  # errors that differ by less are the same one, found anew
State = CameraRule.State


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring what rests on the clocks of cameras up to date with what an import has read.

    :raises LeaseLost: when the batch was handed to somebody else.
    """

    def renew() -> None:
        jobs.renew(claim, at=clock())

    renew()
    _decide_again(claim.batch.job, at=clock(), after_slice=renew)
    found = list(touched(claim.batch.job))
    steps.begin(claim, Step.CAMERAS, total=len(found))
    for make, model in found:
        propose(make, model, at=clock(), after_slice=renew)
        steps.advance(claim)


def _decide_again(job: Job, *, at: datetime, after_slice: Callable[[], None]) -> None:
    """Decide anew on what was read while a person put a rule in force, or took one back."""
    models = CameraRule.objects.values("camera_model")
    read = JobFile.objects.filter(job=job, outcome=JobFile.Outcome.DONE, file__camera_model__in=models)
    ids = read.exclude(change=JobFile.Change.KNOWN).order_by("file_id").values_list("file_id", flat=True)
    for part in tools.slices(list(ids), SLICE):
        evidence.redecide(part, at=at)
        after_slice()


def touched(job: Job) -> QuerySet[MediaFile, tuple[str, str]]:
    """Find make and model of the cameras about which an import may tell something new.

    Those are the cameras in every folder of which it read a file, for neighbours and sidecars bear witness.
    """
    read = JobFile.objects.filter(job=job).exclude(change=JobFile.Change.KNOWN)
    folders = MediaFile.objects.filter(pk__in=read.values("file")).values("folder_key")
    files = MediaFile.objects.filter(source=job.source, folder_key__in=folders).exclude(camera_model="")
    cameras = files.order_by("camera_make", "camera_model").distinct()
    return cameras.values_list("camera_make", "camera_model")


def propose(make: str, model: str, *, at: datetime, after_slice: Callable[[], None] = cameras.nothing) -> int:
    """Look for errors of a camera's clock, and keep its proposals as the evidence is now.

    What was dismissed is not proposed again, nor is anything for a time in which a rule is in force. How the
    camera writes the dates of its videos is counted on the way. Returns how many proposals there are.
    """
    number, utc_count, local_count = 0, 0, 0
    for camera in _bodies(make, model):
        found = camera_readings.collect(camera, after_slice=after_slice)
        errors = clock_errors.find(found.readings, silent=found.silent)
        number += _keep_proposals(camera, errors, at=at)
        utc_count, local_count = utc_count + found.utc_count, local_count + found.local_count
    if _has_new_habit(make, model, utc_count=utc_count, local_count=local_count):
        videos = MediaFile.objects.filter(camera_make=make, camera_model=model, kind=Kind.VIDEO)
        for page in tools.value_pages(videos, "pk", size=SLICE):
            evidence.redecide([pk for (pk,) in page], at=at)
            after_slice()
    return number


def _bodies(make: str, model: str) -> list[Camera]:
    """Tell cameras of one model apart where their files name several; those that name none are left out."""
    files = camera_readings.files_of(Camera(make=make, model=model)).exclude(camera_serial="")
    serials = list(files.order_by("camera_serial").values_list("camera_serial", flat=True).distinct())
    if len(serials) < 2:
        return [Camera(make=make, model=model)]
    return [Camera(make=make, model=model, serial=serial) for serial in serials]


@transaction.atomic
def _keep_proposals(camera: Camera, errors: Collection[ClockError], *, at: datetime) -> int:
    rules = CameraRule.objects.filter(camera_model=camera.model, camera_make__in=["", camera.make])
    rules = rules.filter(camera_serial__in=["", camera.serial] if camera.serial else [""])
    known = list(rules.order_by("pk"))
    kept = set()
    for error in errors:
        if not any(_settles(rule, error) for rule in known):
            kept.add(_keep_proposal(camera, error, known, at=at))
    mine = [rule.pk for rule in known if rule.state == State.PROPOSED and rule.camera_serial == camera.serial]
    CameraRule.objects.filter(pk__in=set(mine) - kept).delete()
    return len(kept)


def _settles(rule: CameraRule, error: ClockError) -> bool:
    """Tell whether a person has already decided on an error."""
    if rule.source_id is not None or rule.state == State.PROPOSED or not cameras.overlaps(rule, error):
        return False
    return rule.state == State.ACTIVE or _is_like(rule, error)


def _is_like(rule: CameraRule, error: ClockError) -> bool:
    return abs(rule.shift_seconds - error.shift_seconds) < LIKE_S


def _keep_proposal(camera: Camera, error: ClockError, known: Collection[CameraRule], *, at: datetime) -> int:
    facts = {
        "shift_seconds": error.shift_seconds,
        "from_local": error.from_local,
        "until_local": error.until_local,
        "evidence": _evidence(error),
    }
    for rule in known:
        is_mine = rule.state == State.PROPOSED and rule.camera_serial == camera.serial
        if is_mine and _is_like(rule, error) and cameras.overlaps(rule, error):
            if any(getattr(rule, name) != value for name, value in facts.items()):
                CameraRule.objects.filter(pk=rule.pk, state=State.PROPOSED).update(**facts)
            return rule.pk
    new = CameraRule.objects.create(
        camera_make=camera.make,
        camera_model=camera.model,
        camera_serial=camera.serial,
        created_at=at,
        **facts,
    )
    return new.pk


def _evidence(error: ClockError) -> dict[str, Any]:
    names = dict(
        MediaFile.objects.filter(pk__in=[example.file_id for example in error.examples]).values_list(
            "pk", "path_text"
        )
    )
    return {
        "text": clock_words.error(error),
        "files_for": error.files_for,
        "files_against": error.files_against,
        "files_silent": error.files_silent,
        "margin_seconds": error.margin_seconds,
        "kinds": dict(error.kinds),
        "examples": [
            {
                "file": example.file_id,
                "path": names.get(example.file_id, ""),
                "clock": example.clock.isoformat(sep=" "),
                "says": example.text,
                "is_for": example.is_for,
            }
            for example in error.examples
        ],
    }


@transaction.atomic
def _has_new_habit(make: str, model: str, *, utc_count: int, local_count: int) -> bool:
    """Store how often a camera wrote UTC and how often its wall clock; tell whether the conclusion is new."""
    habit = CameraHabit.objects.filter(camera_make=make, camera_model=model).first()
    if habit is None and not utc_count and not local_count:
        return False
    habit = habit or CameraHabit(camera_make=make, camera_model=model)
    before = camera_clocks.is_local_by(habit)
    if (habit.utc_count, habit.local_count) != (utc_count, local_count):
        counts = {"utc_count": utc_count, "local_count": local_count}
        habit, _ = CameraHabit.objects.update_or_create(camera_make=make, camera_model=model, defaults=counts)
    return camera_clocks.is_local_by(habit) != before
