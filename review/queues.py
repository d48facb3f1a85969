"""The read side of the pages: pages by key, never by number, and counts that are kept, never taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.shortcuts import get_object_or_404

from media_catalog.models import (
    DuplicateMember,
    ExportedFile,
    FileTag,
    MediaFile,
    TimestampCandidate,
)
from media_catalog.services.cursors import BadCursor as BadCursor
from media_catalog.services.cursors import Cursor as Cursor
from review.standings import standing as standing

SHOWN_COPIES = 20
NEWEST = 12


def newest() -> list[MediaFile]:
    """Return the files of the newest captures that have a picture."""
    dated = MediaFile.objects.filter(captured_local__isnull=False).order_by("-captured_local", "-pk")
    rows = dated.defer("path_bytes", "date_reasons", "description")[:NEWEST]
    return [file for file in rows if file.has_thumbnail]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePage:
    """All that is known of one file."""

    file: MediaFile
    candidates: Sequence[TimestampCandidate]
    copies: Sequence[MediaFile]
    tags: Sequence[FileTag]
    exports: Sequence[ExportedFile]

    @property
    def camera(self) -> str:
        """Make and model, the make once: many cameras repeat it in their model."""
        make, model = self.file.camera_make, self.file.camera_model
        return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def file_page(file_id: int) -> FilePage:
    """Return all that is known of one file.

    :raises Http404: when there is no such file.
    """
    known = MediaFile.objects.select_related("source", "stack", "belongs_to")
    file = get_object_or_404(known, pk=file_id)
    groups = DuplicateMember.objects.filter(file=file).values("group")
    copies = MediaFile.objects.filter(memberships__group__in=groups).exclude(pk=file.pk).order_by("pk")
    return FilePage(
        file=file,
        candidates=list(file.candidates.order_by("rank")),
        copies=list(copies.distinct()[:SHOWN_COPIES]),
        tags=list(file.file_tags.select_related("tag").order_by("tag__name", "pk")),
        exports=list(file.exported_copies.select_related("archive").order_by("pk")),
    )
