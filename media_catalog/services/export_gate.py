"""What keeps an export from starting: open decisions, a folder that is no archive, a disk too small."""

from collections.abc import Iterator

from django.db.models import Count, Max, Sum

from media_catalog.models import Archive, Confidence, DuplicateMember, MediaFile, State
from media_catalog.models.fields import path_key
from media_catalog.services import archives, export_plan, sources
from media_catalog.services.selections import Selection


class DecisionsOpen(Exception):
    """People have not decided about all files yet; the message says how many, and where."""


def check(root: bytes, *, is_forced: bool, selection: Selection | None = None) -> None:
    """Make sure that an export to a canonical path can start; nothing is changed.

    :param is_forced: let it start with open decisions.
    :param selection: what alone is to be exported.
    :raises ArchiveRefused: when the folder cannot be an archive, or its disk cannot take the copies.
    :raises DecisionsOpen: when something is undecided.
    """
    archives.check(root)
    if not is_forced and selection is None:
        _refuse_open()
    elif selection is not None and not is_forced:
        _refuse_open_among(selection)
    _refuse_full(root, is_forced=is_forced, selection=selection)


def _refuse_open_among(selection: Selection) -> None:
    number = selection.files().exportable().open().count()
    if number:
        raise DecisionsOpen(
            f"{number} of these files {'needs' if number == 1 else 'need'} a decision before the export."
        )


def _refuse_open() -> None:
    parts = list(_open_parts())
    number = MediaFile.objects.exportable().open().count() + _unread()
    if number:
        raise DecisionsOpen(
            f"{number} {'file needs' if number == 1 else 'files need'} a decision before the export "
            f"({', '.join(parts)}): review them in the browser, or add --force to export them undecided."
        )


def _open_parts() -> Iterator[str]:
    """Say where the open files are; one may be in several places."""
    files = MediaFile.objects.exportable().open()
    doubtful = files.filter(reviewed_at=None).exclude(confidence=Confidence.HIGH)
    levels = dict(doubtful.values_list("confidence").annotate(Count("pk")).order_by())
    for level in (Confidence.MEDIUM, Confidence.LOW):
        if level in levels:
            yield f"{levels[level]} dates of {level} confidence"
    if Confidence.NONE in levels:
        yield f"{levels[Confidence.NONE]} without a date"
    unresolved = DuplicateMember.objects.filter(file__in=files, group__resolved_at=None)
    if number := unresolved.values("file").distinct().count():
        yield f"{number} in unresolved groups"
    if number := files.filter(is_flagged=True).count():
        yield f"{number} flagged"
    if number := _unread():
        yield f"{number} not read yet"


def _unread() -> int:
    return MediaFile.objects.filter(state=State.DISCOVERED).count()


def _refuse_full(root: bytes, *, is_forced: bool, selection: Selection | None) -> None:
    """All bytes to be written have to fit, and the largest file a second time while it gets its tags."""
    archive = Archive.objects.filter(root_key=path_key(root)).first()
    files = export_plan.waiting(archive, is_forced=is_forced, selection=selection)
    sums = (
        files.values("sha256").annotate(size=Max("size_bytes")).order_by().aggregate(Sum("size"), Max("size"))
    )
    needed, free = (sums["size__sum"] or 0) + (sums["size__max"] or 0), archives.free_bytes(root)
    if needed > free:
        raise archives.ArchiveRefused(
            f"{sources.shown(root)} has {free / 1e6:.1f} MB free and the export needs {needed / 1e6:.1f} MB: "
            "make room, or give a folder on another disk."
        )
