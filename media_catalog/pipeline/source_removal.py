"""Removes one original whose copy was read again: only these bytes, only a plain file."""

import hashlib
import os
import stat
from pathlib import Path

from media_catalog.pipeline import archive_disk

FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class NotRemoved(Exception):
    """The original stays; `code` says why, the message for a person."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def remove(path: bytes, *, sha256: str, copies: list[Path]) -> None:
    """Delete a file that holds exactly these bytes, and that is none of its own copies.

    It is read once more, and deleted only where the name still stands for the very file that was read.

    :raises NotRemoved: :raises OSError: where the disk or its permissions do not let it.
    """
    folder, name = os.path.split(path)
    if os.path.realpath(folder) != folder:
        raise NotRemoved("moved", "a folder on the way to it is a symbolic link now")
    descriptor = os.open(folder, FOLDER_FLAGS)
    try:
        seen = _read(descriptor, name, sha256)
        if any(_is_same(seen, copy) for copy in copies):
            raise NotRemoved("is_the_copy", "it and its copy are one file on the disk")
        if _marks(os.stat(name, dir_fd=descriptor, follow_symlinks=False)) != _marks(seen):
            raise NotRemoved("changed", "it was changed while it was read")
        os.unlink(name, dir_fd=descriptor)
    finally:
        os.close(descriptor)
    archive_disk.sync_folder(Path(os.fsdecode(folder)))


def _read(folder: int, name: bytes, sha256: str) -> os.stat_result:
    try:
        descriptor = os.open(name, archive_disk.READ_FLAGS, dir_fd=folder)
    except FileNotFoundError as error:
        raise NotRemoved("missing", "it is not in its folder any more") from error
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise NotRemoved("not_regular", "it is no plain file")
        digest = hashlib.sha256()
        while block := file.read(archive_disk.BLOCK_BYTES):
            digest.update(block)
    if digest.hexdigest() != sha256:
        raise NotRemoved("changed", "it has changed since it was exported")
    return status


def _is_same(seen: os.stat_result, copy: Path) -> bool:
    status = copy.stat()
    return (status.st_dev, status.st_ino) == (seen.st_dev, seen.st_ino)


def _marks(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
