"""What came of an import, in numbers that are links: its files, how sure their dates are, their copies."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from media_catalog.models import Confidence, Job, JobFile, UploadedFile
from media_catalog.services.progress import Progress
from review import copies

NAMED = 100
CONFIDENCE = {
    Confidence.HIGH: _("high confidence"),
    Confidence.MEDIUM: _("medium confidence"),
    Confidence.LOW: _("low confidence"),
    Confidence.NONE: _("no date found"),
}
Outcome = JobFile.Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A number by name, and where what it counts is shown."""

    label: str
    number: int
    address: str


def by_outcome(found: Progress, labels: Sequence[tuple[str, object]]) -> list[Sum]:
    """Return how many files came to which end, those alone that there are."""
    numbers = {
        Outcome.DONE: found.done,
        Outcome.FAILED: found.failed + found.vanished,
        Outcome.SKIPPED: found.skipped,
        Outcome.UNCHANGED: found.known,
    }
    return [
        Sum(
            label=str(label),
            number=numbers[Outcome(outcome)],
            address=reverse("job_files", args=[found.job, outcome]),
        )
        for outcome, label in labels
        if numbers[Outcome(outcome)]
    ]


def by_confidence(job: Job) -> list[Sum]:
    """Return how sure the dates of an import were when it ended."""
    numbers = job.summary.get("confidence", {})
    return [
        Sum(
            label=str(label),
            number=numbers[level],
            address=f"{reverse('grid')}?{urlencode({'source': job.source_id or '', 'confidence': level})}",
        )
        for level, label in CONFIDENCE.items()
        if numbers.get(level)
    ]


def by_class(job: Job) -> list[Sum]:
    """Return how many groups of copies of each class had files of an import when it ended."""
    numbers = job.summary.get("classes", {})
    address = reverse("copies")
    return [
        Sum(label=str(scope.label), number=numbers[name], address=f"{address}?{urlencode({'kind': name})}")
        for name, scope in copies.SCOPES.items()
        if numbers.get(name)
    ]


def left_behind(job: Job) -> list[UploadedFile]:
    """Return files of an upload that never came to its import, with the reasons; none for other jobs."""
    if job.kind != Job.Kind.IMPORT:
        return []
    states = [UploadedFile.State.LEFT, UploadedFile.State.FAILED, UploadedFile.State.SENDING]
    rows = UploadedFile.objects.filter(upload__job=job, state__in=states)
    return list(rows.order_by("pk")[:NAMED])
