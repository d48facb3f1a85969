"""Files that failed or were left out: for which reasons, how many, and trying them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from media_catalog.models import Fate, Job, LibraryCount, MediaFile, MediaFileQuerySet, Source
from media_catalog.services import counts, imports, jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why files failed or were left out, and how many are so now."""

    fate: Fate
    code: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """The imports that try files again, and the sources whose files must wait for one that is running."""

    jobs: Sequence[Job]
    busy: Sequence[Source]


def reasons() -> list[Reason]:
    """Return all reasons, failures first, those of most files first."""
    return [
        Reason(fate=fate, code=code, number=number)
        for fate, facet in counts.TROUBLES.items()
        for code, number in sorted(counts.numbers(facet).items(), key=lambda entry: (-entry[1], entry[0]))
    ]


def files(*, fate: Fate, code: str) -> MediaFileQuerySet:
    """Return the files that failed, or were left out, for a reason; they are paged by their key."""
    return MediaFile.objects.filter(fate=fate, reason_code=code).order_by("pk")


def retry(*, fate: Fate, code: str, at: datetime) -> Tried:
    """Try the files again that have a reason: one import for each of their sources."""
    counted = LibraryCount.objects.filter(facet=counts.TROUBLES[fate], value=code, number__gt=0)
    started, busy = [], []
    for source in Source.objects.filter(pk__in=counted.values("source")).order_by("pk"):
        try:
            started.append(imports.retry_reason(source, fate=fate, code=code, created_at=at))
        except jobs.AlreadyRunning:
            busy.append(source)
    return Tried(jobs=started, busy=busy)
