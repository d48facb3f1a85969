"""Originals, opened for reading alone."""

import os
from typing import IO

from media_catalog.models import MediaFile
from media_catalog.pipeline import fingerprint, zip_members


class OutOfReach(Exception):
    """The original cannot be read where it is."""


def opened(file: MediaFile) -> tuple[IO[bytes], int]:
    """Open the original of a file, whose source is loaded; return it and its size in bytes.

    What lies in an archive is not opened: to begin in the middle of it, all before that would be unpacked.

    :raises OutOfReach: when it is not there, or in an archive.
    """
    path = os.path.join(file.source.root, file.path)  # noqa: PTH118  bytes
    if zip_members.split(path) is not None:
        raise OutOfReach(file.path_text)
    try:
        original = fingerprint.open_regular(path)
        return original, os.fstat(original.fileno()).st_size
    except OSError as error:
        raise OutOfReach(f"{file.path_text}: {error}") from error
