"""Which folders are archives, and whether one may be written to."""

import errno
import os
import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings

from media_catalog.models import Archive, ExportedFile, Source
from media_catalog.models.fields import path_key
from media_catalog.services import sources

MARKER = ".mediaparser-archive"
MARKER_TEXT = (
    "This folder is an archive that MediaParser writes verified copies to. "
    "Without this file it takes the folder for an unmounted disk.\n"
)


class ArchiveRefused(Exception):
    """The folder cannot be the archive; the message says why, and what to do."""


class ArchiveLost(Exception):
    """The archive cannot be written any more; the message says why, and what to do."""


# Faults of the whole disk, and faults of a place in it.
DISK_FAULTS = {
    errno.ENOSPC: "its disk is full: make room",
    errno.EDQUOT: "your share of its disk is used up: make room",
    errno.EROFS: "its disk is read-only: make it writable",
}
PLACE_FAULTS = frozenset([errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.ENODEV])


def canonical(root: bytes) -> bytes:
    """Return the absolute path, free of links, that identifies an archive."""
    return sources.canonical(os.fsdecode(root))


def check(root: bytes) -> None:
    """Make sure that a folder, by its canonical path, can be written to as an archive; nothing is changed.

    :raises ArchiveRefused: when it is no folder, ours, overlaps a source or another archive, is not writable,
        or has lost its marker.
    """
    _refuse_file(root)
    _refuse_data_folder(root)
    _refuse_sources(root)
    _refuse_other_archives(root)
    _refuse_unwritable(root)
    _refuse_unmarked(root)


def register(root: bytes, *, created_at: datetime) -> Archive:
    """Find or create the archive at a canonical path that was checked, with its folder and marker.

    :raises ArchiveRefused: when they cannot be created.
    """
    try:
        _mark(root)
    except OSError as error:
        raise ArchiveRefused(
            f"{sources.shown(root)} cannot be written ({error.strerror}): choose another folder."
        ) from error
    facts = {"root_bytes": root, "root_text": sources.shown(root), "created_at": created_at}
    archive, _ = Archive.objects.get_or_create(root_key=path_key(root), defaults=facts)
    return archive


def find(root: bytes) -> Archive:
    """Return the archive at a path, which has to be there.

    :raises ArchiveRefused: when nothing was ever exported to it, or its disk seems not to be connected.
    """
    archive = Archive.objects.filter(root_key=path_key(canonical(root))).first()
    if archive is None:
        known = ", ".join(Archive.objects.order_by("pk").values_list("root_text", flat=True)[:10])
        raise ArchiveRefused(
            f"Nothing was exported to {sources.shown(canonical(root))}: " + _advice_on_known(known)
        )
    _refuse_unmarked(archive.root)
    return archive


def is_present(archive: Archive) -> bool:
    """Tell whether the folder of an archive is there, by its marker: an empty mount point has none."""
    return os.path.lexists(os.path.join(archive.root, os.fsencode(MARKER)))  # noqa: PTH118  bytes


def require_present(archive: Archive) -> None:
    """Make sure that the folder of an archive is there.

    :raises ArchiveLost:
    """
    if not is_present(archive):
        raise ArchiveLost(
            f"The archive {archive.root_text} is not there, or has no file {MARKER}: "
            "connect its disk and export again; what was exported stays exported."
        )


def raise_if_lost(archive: Archive, error: Exception) -> None:
    """Tell the fault of one file from that of the archive, which no other file would escape.

    :raises ArchiveLost: for the latter.
    """
    require_present(archive)
    if not isinstance(error, OSError) or error.errno is None:
        return
    advice = DISK_FAULTS.get(error.errno)
    if advice is None and error.errno in PLACE_FAULTS and _is_in(archive, error.filename):
        advice = f"{error.filename} cannot be written ({error.strerror}): change its permissions"
    if advice:
        raise ArchiveLost(
            f"The archive {archive.root_text} cannot be written, {advice} and export again; "
            "what was exported stays exported."
        ) from error


def _is_in(archive: Archive, path: object) -> bool:
    return isinstance(path, str | bytes | Path) and sources.is_within(os.fsencode(path), archive.root)


def free_bytes(root: bytes) -> int:
    """Return how much can still be written where an archive is, or will be."""
    return shutil.disk_usage(_nearest_folder(root)).free


def _advice_on_known(known: str) -> str:
    return f"the archives are {known}." if known else "there is no archive yet, `export` makes one."


def _refuse_file(root: bytes) -> None:
    nearest = root
    while not os.path.lexists(nearest):
        nearest = os.path.dirname(nearest)  # noqa: PTH120  bytes
    if not os.path.isdir(nearest):  # noqa: PTH112  bytes
        raise ArchiveRefused(f"{sources.shown(nearest)} is a file: give a folder, which need not exist yet.")


def _refuse_data_folder(root: bytes) -> None:
    data = sources.canonical(settings.DATA_DIR)
    if sources.is_within(root, _own_archive()):
        return
    if sources.is_within(root, data) or sources.is_within(data, root):
        raise ArchiveRefused(
            f"{sources.shown(root)} is or holds MediaParser's own data folder: "
            f"give another folder, or leave it out for {sources.shown(_own_archive())}."
        )


def _own_archive() -> bytes:
    return sources.canonical(Path(settings.DATA_DIR) / "archive")


def _refuse_sources(root: bytes) -> None:
    if sources.is_within(root, _own_archive()):
        return  # an import never looks into the data folder
    for source in Source.objects.order_by("pk"):
        if sources.is_within(root, source.root) or sources.is_within(source.root, root):
            raise ArchiveRefused(
                f"{sources.shown(root)} overlaps the source “{source.label}” ({source.root_text}): "
                "originals and copies must not lie in each other's folders, so give a folder elsewhere."
            )


def _refuse_other_archives(root: bytes) -> None:
    for other in Archive.objects.exclude(root_key=path_key(root)).order_by("pk"):
        if sources.is_within(root, other.root) or sources.is_within(other.root, root):
            raise ArchiveRefused(
                f"{sources.shown(root)} overlaps the archive {other.root_text}: "
                "give that folder itself, or one elsewhere."
            )


def _refuse_unwritable(root: bytes) -> None:
    folder = _nearest_folder(root)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ArchiveRefused(
            f"{sources.shown(folder)} may not be written to: change its permissions, or give another folder."
        )


def _nearest_folder(root: bytes) -> bytes:
    while not os.path.isdir(root):  # noqa: PTH112  bytes
        root = os.path.dirname(root)  # noqa: PTH120  bytes
    return root


def _refuse_unmarked(root: bytes) -> None:
    archive = Archive.objects.filter(root_key=path_key(root)).first()
    if archive is None or is_present(archive):
        return
    if ExportedFile.objects.filter(archive=archive).exists():
        raise ArchiveRefused(
            f"The archive {archive.root_text} has no file {MARKER} any more: connect its disk. "
            f"If the folder is the right one, create an empty file {MARKER} in it."
        )


def _mark(root: bytes) -> None:
    folder = Path(os.fsdecode(root))
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    if not marker.exists():
        marker.write_text(MARKER_TEXT)
