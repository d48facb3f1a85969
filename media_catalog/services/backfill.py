"""Reads the metadata of files that were catalogued before their dates by metadata alone were kept."""

import logging
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from media_catalog.models import FileMetadata, MediaFile, Source, State
from media_catalog.pipeline import probe
from media_catalog.pipeline.exiftool import TagReading
from media_catalog.pipeline.timestamps import taken
from media_catalog.services import tools

logger = logging.getLogger(__name__)


class Outcome(StrEnum):
    UPDATED = "updated"  # a date, a camera or a place was found
    SKIPPED = "skipped"  # read, and there was none
    FAILED = "failed"
    ABSENT = "absent"  # failed, and to be tried again: the file is not there


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one file, and which fields get which values; nothing known is ever replaced by `None`."""

    file: MediaFile
    outcome: Outcome
    changes: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One batch of files, the `number`th of about `total`."""

    number: int
    total: int
    results: tuple[Result, ...]

    def count(self, *outcomes: Outcome) -> int:
        return sum(result.outcome in outcomes for result in self.results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many files are read at most (`None`: all), and how many at a time."""

    limit: int | None
    batch_size: int
    is_dry_run: bool


def absent_sources() -> list[Source]:
    """Find the sources with files to read whose folder is not there, as when a disk is not connected."""
    waiting = Source.objects.filter(pk__in=_waiting().values("source")).order_by("label")
    return [source for source in waiting if not Path(os.fsdecode(source.root)).is_dir()]


def run(plan: Plan, *, clock: Callable[[], datetime]) -> Iterator[Batch]:
    """Read what was not read yet, and yield each batch when it is stored.

    Files that are not there do not use up the limit, and are tried again next time; any other is read once.
    """
    files = _waiting().exclude(source__in=absent_sources())
    total = math.ceil(_least(files.count(), plan.limit) / plan.batch_size)
    left, last, number = plan.limit, 0, 0
    while left is None or left > 0:
        page = files.filter(pk__gt=last).select_related("source").order_by("pk")
        part = list(page[: _least(plan.batch_size, left)])
        if not part:
            return
        number, last = number + 1, part[-1].pk
        results = tuple(_run_batch(part, is_dry_run=plan.is_dry_run, at=clock()))
        batch = Batch(number=number, total=max(total, number), results=results)
        left = None if left is None else left - len(part) + batch.count(Outcome.ABSENT)
        yield batch


def _least(number: int, limit: int | None) -> int:
    return number if limit is None else min(number, limit)


def _waiting() -> QuerySet[MediaFile]:
    return MediaFile.objects.filter(taken_local=None, metadata_read_at=None, state=State.ANALYSED)


def _run_batch(files: Sequence[MediaFile], *, is_dry_run: bool, at: datetime) -> list[Result]:
    readings = tools.exiftool().read([_path(file) for file in files])
    results = [_result(file, reading, at=at) for file, reading in zip(files, readings, strict=True)]
    if is_dry_run:
        return results
    try:
        with transaction.atomic():
            return [
                _stored(result, reading.tags, at=at)
                for result, reading in zip(results, readings, strict=True)
            ]
    except DatabaseError:
        logger.exception("nothing stored of files=%s", [file.pk for file in files])
        return [Result(file=file, outcome=Outcome.FAILED, changes={}) for file in files]


def _path(file: MediaFile) -> bytes:
    return file.source.root.rstrip(b"/") + b"/" + file.path


def _result(file: MediaFile, reading: TagReading, *, at: datetime) -> Result:
    if not reading.tags:
        is_there = Path(os.fsdecode(reading.path)).is_file()
        reason = reading.error or "no metadata at all" if is_there else "the file is not there"
        logger.warning("failed file=%s path=%r: %s", file.pk, reading.path, reason)
        outcome = Outcome.FAILED if is_there else Outcome.ABSENT
        return Result(file=file, outcome=outcome, changes={"metadata_read_at": at} if is_there else {})
    changes = _facts(reading, at=at)
    outcome = Outcome.UPDATED if changes else Outcome.SKIPPED
    return Result(file=file, outcome=outcome, changes={**changes, "metadata_read_at": at})


def _facts(reading: TagReading, *, at: datetime) -> dict[str, Any]:
    moment = taken.taken(reading.tags, now=at)
    seen = probe.probe(reading.tags, sniffed_mime=None)
    facts = {
        "taken_local": moment.local,
        "taken_offset_minutes": moment.offset_minutes,
        "taken_at": moment.instant,
        "camera_make": seen.camera_make,
        "camera_model": seen.camera_model,
        "camera_serial": seen.camera_serial,
        "gps_lat": seen.gps_lat,
        "gps_lon": seen.gps_lon,
        "gps_altitude_m": seen.gps_altitude_m,
    }
    return {name: value for name, value in facts.items() if value is not None}


def _stored(result: Result, tags: dict[str, Any], *, at: datetime) -> Result:
    """Store one file in a savepoint of its own, so that its trouble costs no other file."""
    try:
        with transaction.atomic():
            rows = MediaFile.objects.filter(pk=result.file.pk)
            is_known = rows.update(**result.changes) if result.changes else rows.exists()
            if tags and is_known:
                clean = probe.clean_tags(tags)
                FileMetadata.objects.update_or_create(file=result.file, defaults={"tags": clean})
    except Exception:  # the boundary of one file: whatever is wrong with it, the others are read
        logger.exception("failed file=%s", result.file.pk)
        return Result(file=result.file, outcome=Outcome.FAILED, changes={})
    logger.debug("%s file=%s at=%s", result.outcome, result.file.pk, at)
    return result
