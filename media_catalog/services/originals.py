"""Originals, opened for reading alone, and the copies that stand for those that have gone."""

import os
from typing import IO

from media_catalog.models import ExportedFile, MediaFile
from media_catalog.pipeline import fingerprint, zip_members


class OutOfReach(Exception):
    """The original cannot be read where it is."""


def path_of(file: MediaFile) -> bytes:
    """Return the exact path of the original of a file, whose source is loaded."""
    return os.path.join(file.source.root, file.path)  # noqa: PTH118  bytes


def stand_in(file: MediaFile) -> tuple[bytes, int] | None:
    """Return path and size in bytes of a verified copy that is there, where the original has gone."""
    if os.path.lexists(path_of(file)) or not file.sha256:
        return None
    verified = ExportedFile.objects.filter(state=ExportedFile.State.VERIFIED, source_sha256=file.sha256)
    for row in verified.select_related("archive").order_by("pk"):
        path = os.path.join(row.archive.root, os.fsencode(row.destination))  # noqa: PTH118  bytes
        if os.path.lexists(path):
            return path, row.size_bytes or 0
    return None


def opened(file: MediaFile) -> tuple[IO[bytes], int]:
    """Open the original of a file, whose source is loaded; return it and its size in bytes.

    Where it has gone its copy is opened. What lies in a ZIP is not: to begin in the middle of it, all before
    that would be unpacked.

    :raises OutOfReach: when it is not there, or in a ZIP.
    """
    copy = stand_in(file)
    path = copy[0] if copy else path_of(file)
    if zip_members.split(path) is not None:
        raise OutOfReach(file.path_text)
    try:
        original = fingerprint.open_regular(path)
        return original, os.fstat(original.fileno()).st_size
    except OSError as error:
        raise OutOfReach(f"{file.path_text}: {error}") from error
