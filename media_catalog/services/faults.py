"""Faults of the surroundings: a disk that has gone, missing permissions. Damaged files are none of them."""

import errno
import os

from django.conf import settings
from django.db.models import F, QuerySet

from media_catalog.models import Job, JobFailure, Source
from media_catalog.services import preferences
from media_catalog.services.preferences import Name

OPTION = "ignores_faults"  # of a job that a person let continue
CODES = ("vanished", "unreadable_permission", "unreadable_io")
AT_SEARCH = "unreadable"  # with a file that could not even be looked at
MIN_FILES = 10
DATA_FOLDER_FAULTS = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EROFS])
ADVICE = "What is done stays done. Put it right and continue"


class Lost(Exception):
    """Something that no file could do without has gone; the message is for a person."""


def require_source(source: Source | None) -> Source:
    """Make sure that the folder of an import is there: an empty mount point is not.

    :raises Lost:
    """
    if source is None:
        raise Lost("This import has no source.")
    try:
        with os.scandir(source.root) as entries:
            is_empty = next(entries, None) is None
    except OSError as error:
        raise Lost(
            f"{source.root_text} is not there any more, or cannot be read ({error.strerror}): "
            f"is its disk connected? {ADVICE}."
        ) from error
    if is_empty and source.files.exclude(state="missing").exclude(deletions__state="deleted").exists():
        raise Lost(
            f"{source.root_text} is empty, though it held files before: is its disk connected? {ADVICE}."
        )
    return source


def require_data_folder(error: OSError) -> None:
    """Tell a fault of our own data folder from that of a file, which is only read.

    :raises Lost: for the former.
    """
    if error.errno in DATA_FOLDER_FAULTS:
        raise Lost(
            f"The data folder {settings.DATA_DIR} cannot be written ({error.strerror}): "
            f"make room on its disk. {ADVICE}."
        ) from error


def reason_to_halt(job_id: int) -> str | None:
    """Say in words why so many files failed that a job should ask a person, `None` when it should go on.

    Of the files that were tried, those count that could not be reached, not those that are damaged.
    """
    job = Job.objects.get(pk=job_id)
    return _reason(job, _failures(job).filter(code__in=CODES), tried=job.done_count + job.failed_count)


def reason_to_halt_after_search(job_id: int) -> str | None:
    """Do the same once all files are found, for those which could not even be looked at."""
    job = Job.objects.get(pk=job_id)
    unseen = _failures(job).filter(code=AT_SEARCH, file__device=None)
    return _reason(job, unseen, tried=job.total_count - job.skipped_count)


def _failures(job: Job) -> QuerySet[JobFailure]:
    return JobFailure.objects.filter(job=job, file__isnull=False)


def _reason(job: Job, failures: QuerySet[JobFailure], *, tried: int) -> str | None:
    if job.options.get(OPTION) or tried < MIN_FILES:
        return None
    number = failures.count()
    if not number or number < tried * preferences.value(Name.ERROR_THRESHOLD):
        return None
    path, message = failures.order_by("-pk").values_list(F("file__path_text"), F("message"))[0]
    return f"{number} of {tried} files could not be reached, the last: {path} ({message}). {ADVICE}."
