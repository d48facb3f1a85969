"""Removes what killed processes left behind: temporary files of ours, and none that may still be worked on.

Archives are tidied up by the exports themselves; what decoders share with us has no name and goes by itself.
"""

import contextlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psutil
from django.conf import settings

from media_catalog.models import JobBatch
from media_catalog.services import jobs, reconciler, tools, upload_ends

logger = logging.getLogger(__name__)

THUMBNAIL = re.compile(r"\.\w{8}\.tmp")  # as pipeline.thumbnail names them
UNPACKED = re.compile(r"member-\w{8}")  # as pipeline.zip_members does
CACHED = re.compile(r"tmp\w{8}")  # as Django's cache of files does
EXIFTOOL = re.compile(r"mp-exiftool-(\d+)-\w{8}")  # of the process with this number


def tidy_after(claim: jobs.Claim, *, at: datetime) -> int:
    """Remove what workers left that were killed in the job of this batch, its last; return how many files.

    Where none was killed there is nothing to look for: in a large library that takes a while.
    """
    batches = JobBatch.objects.exclude(pk=claim.batch.pk)
    if claim.batch.attempts == 1 and not batches.filter(job=claim.batch.job_id, attempts__gt=1).exists():
        return 0
    is_shared = batches.filter(state=JobBatch.State.RUNNING).exists()
    return _remove(_of_batches(before=at - jobs.LEASE if is_shared else None))


def tidy(*, at: datetime) -> int:
    """Remove what killed processes left, of this host as well; return how many files and folders.

    Uploads that were left unfinished for long are dropped too.

    What is younger than a lease is spared as long as any worker lives.
    """
    is_shared = (
        reconciler.living_workers(at=at) or JobBatch.objects.filter(state=JobBatch.State.RUNNING).exists()
    )
    before = at - jobs.LEASE if is_shared else None
    upload_ends.drop_forgotten(at=at)
    cached = _old(_found(Path(settings.DATA_DIR) / "cache", CACHED), before=before)
    return _remove(_of_batches(before=before)) + _remove(cached) + _remove(_of_dead_processes())


def _of_batches(*, before: datetime | None) -> Iterator[Path]:
    """Yield what only the work of batches makes."""
    yield from _old(_found(tools.scratch_dir(), UNPACKED), before=before)
    for folder, _, names in os.walk(tools.thumbnail_dir()):
        if any(map(THUMBNAIL.fullmatch, names)):
            yield from _old(_found(Path(folder), THUMBNAIL), before=before)


def _of_dead_processes() -> Iterator[Path]:
    for path in _found(Path(tempfile.gettempdir()), EXIFTOOL):
        name = EXIFTOOL.fullmatch(path.name)
        if name and not psutil.pid_exists(int(name[1])):
            yield path


def _found(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if pattern.fullmatch(path.name)]


def _old(paths: list[Path], *, before: datetime | None) -> Iterator[Path]:
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if before is None or path.lstat().st_ctime < before.timestamp():
                yield path


def _remove(paths: Iterator[Path]) -> int:
    count = 0
    for path in paths:
        with contextlib.suppress(FileNotFoundError, PermissionError):  # another was faster; another user's
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
            count += 1
    if count:
        logger.info("removed leftovers number=%s", count)
    return count
