"""The read side of the pages: pages by key, never by number, and counts that are kept, never taken."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from media_catalog.models import (
    Confidence,
    DuplicateGroup,
    DuplicateMember,
    ExportedFile,
    Fate,
    FileTag,
    MediaFile,
    MediaFileQuerySet,
    TimestampCandidate,
)
from media_catalog.services import counts

PAGE_SIZE = 60
SHOWN_COPIES = 20
BAR_UNITS = 1000
# A segment stays visible even when it stands for one file of a million.
LEAST_UNITS = 6
# What the pages name first stands first: what is done, what is left, what is out.
FATES = (Fate.EXPORTED, Fate.WAITING, Fate.DUPLICATE, Fate.DISCARDED, Fate.SKIPPED, Fate.FAILED)


class BadCursor(ValueError):
    """The place in the address is none that a page gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """The last file of a page. `local` is `None` among the undated, which come last."""

    local: datetime | None
    file_id: int

    def __str__(self) -> str:
        return f"{self.local.isoformat() if self.local else ''}_{self.file_id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a cursor back from an address.

        :raises BadCursor: when it is none.
        """
        local, _separator, file_id = text.rpartition("_")
        try:
            cursor = cls(local=datetime.fromisoformat(local) if local else None, file_id=int(file_id))
        except ValueError as error:
            raise BadCursor(text) from error
        if str(cursor) != text or cursor.file_id >= 1 << 63:
            raise BadCursor(text)
        return cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One page of files; `after` is the cursor of the next page, `None` on the last."""

    files: Sequence[MediaFile]
    after: Cursor | None


def grid(files: MediaFileQuerySet, *, after: Cursor | None, size: int = PAGE_SIZE) -> Grid:
    """Return a page of files, the newest capture first and the undated last."""
    found = list(_dated(files, after)[: size + 1])
    if len(found) <= size:
        found += _undated(files, after)[: size + 1 - len(found)]
    shown = found[:size]
    last = Cursor(local=shown[-1].captured_local, file_id=shown[-1].pk) if len(found) > size else None
    return Grid(files=shown, after=last)


def _dated(files: MediaFileQuerySet, after: Cursor | None) -> MediaFileQuerySet:
    if after is None:
        return _tiles(files.filter(captured_local__isnull=False))
    if after.local is None:
        return files.none()
    # The first condition is implied by the second, but only it lets the index be entered at the right place.
    is_later = Q(captured_local__lt=after.local) | Q(pk__lt=after.file_id)
    return _tiles(files.filter(is_later, captured_local__lte=after.local))


def _undated(files: MediaFileQuerySet, after: Cursor | None) -> MediaFileQuerySet:
    undated = files.filter(captured_local=None)
    if after is not None and after.local is None:
        undated = undated.filter(pk__lt=after.file_id)
    return _tiles(undated)


def _tiles(files: MediaFileQuerySet) -> MediaFileQuerySet:
    set_aside = DuplicateMember.objects.filter(
        file=OuterRef("pk"), kind=DuplicateGroup.Kind.IDENTICAL, is_keeper=False
    )
    return (
        files.annotate(is_copy=Exists(set_aside))
        .defer("path_bytes", "date_reasons", "description")
        .order_by("-captured_local", "-pk")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One value of a facet; `query` leads to its files, start and width are in units of the bar."""

    value: str
    label: str
    query: str
    number: int
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How the files are spread over the values of one facet, in its order, empty ones left out."""

    facet: str
    label: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where everything stands."""

    total: int
    open: int
    bars: Sequence[Bar]


def standing() -> Standing:
    """Return where everything stands, from the counts that are kept."""
    fates = counts.numbers("fate")
    levels = counts.numbers("confidence")  # of files that were read
    return Standing(
        total=sum(fates.values()),
        open=counts.numbers("is_open").get(str(True), 0),
        bars=[
            Bar(
                facet="fate",
                label=str(_("What became of them")),
                segments=list(_segments(FATES, fates, query="fate={}")),
            ),
            Bar(
                facet="confidence",
                label=str(_("How sure the dates are")),
                segments=list(_segments(Confidence, levels, query="state=analysed&confidence={}")),
            ),
        ],
    )


def _segments(
    values: Iterable[Fate | Confidence], numbers: Mapping[str, int], *, query: str
) -> Iterator[Segment]:
    known = [value for value in values if value in numbers]
    total = sum(numbers[value] for value in known)
    rest = BAR_UNITS - LEAST_UNITS * len(known)
    start = 0
    for value in known:
        width = LEAST_UNITS + rest * numbers[value] // total
        yield Segment(
            value=value,
            label=str(value.label),
            query=query.format(value.value),
            number=numbers[value],
            start=start,
            width=width,
        )
        start += width


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
