"""Files that kill the worker that has them in hand, found out by the deaths that are on their account."""

from django.db import transaction
from django.db.models import F

from media_catalog.models import JobBatch, JobFile
from media_catalog.services import jobs, owners

MAX_FILE_ATTEMPTS = 3


@transaction.atomic
def take_in_hand(claim: jobs.Claim, row: JobFile) -> bool:
    """Commit that a file is tried now, before the risk is taken; tell whether that is too dangerous."""
    JobFile.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    JobBatch.objects.filter(pk=claim.batch.pk).update(in_hand=row.pk)
    row.attempts += 1
    return row.attempts > MAX_FILE_ATTEMPTS


def forgive(row_id: int) -> None:
    """Take an attempt back that failed through no fault of the file."""
    JobFile.objects.filter(pk=row_id, attempts__gt=0).update(attempts=F("attempts") - 1)


def judge_death(batch: JobBatch) -> None:
    """Forgive the file that was in hand when a worker died, unless the worker died all alone.

    A file takes its worker along, and nothing else. When the whole cluster has gone, somebody ended it, or
    the power failed; of another host nobody here knows.
    """
    guardian = owners.pid_here(batch.guardian) if batch.guardian else None
    has_died_alone = guardian is not None and not owners.is_dead(batch.guardian)
    if batch.in_hand is not None and not has_died_alone:
        forgive(batch.in_hand)
