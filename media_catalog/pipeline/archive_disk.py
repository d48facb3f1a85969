"""Puts files onto a disk so that they stay there: hashed, flushed, read again, and never over another one."""

import contextlib
import errno
import hashlib
import os
import re
import stat
from datetime import datetime
from pathlib import Path

BLOCK_BYTES = 1 << 20
COPY_MODE = 0o644  # less the umask; a source on a memory card may be read-only
READ_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
WRITE_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
LEFTOVER = re.compile(r"\.mp-[0-9a-f]{32}\.(tmp|xmp|tmp\.xmp)(_exiftool_tmp)?")
# What file systems without hard links answer: FAT, exFAT, some network shares.
NO_HARD_LINKS = frozenset([errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EINVAL])


class ExportError(Exception):
    """The copy was not placed, and nothing of it was left behind."""


class SourceRefused(ExportError):
    """The source is no regular file any more."""


class SourceChanged(ExportError):
    """The source has other contents than those that were analysed."""


class DestinationTaken(ExportError):
    """Another file stands at the destination, and it stays there."""


def make_folder(folder: Path) -> None:
    """Make a folder that is still there after a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def copy(source: bytes, target: Path, *, expected_sha256: str) -> os.stat_result:
    """Copy while hashing, to a new name, and return the status of the source.

    :raises SourceRefused: :raises SourceChanged:
    """
    digest = hashlib.sha256()
    with (
        open(_open_regular(source), "rb", buffering=0) as reader,
        open(os.open(target, WRITE_FLAGS, COPY_MODE), "wb") as writer,
    ):
        status = os.fstat(reader.fileno())
        while block := reader.read(BLOCK_BYTES):
            digest.update(block)
            writer.write(block)
    if digest.hexdigest() != expected_sha256:
        raise SourceChanged("its contents have changed since they were analysed")
    return status


def settle(path: Path) -> str:
    """Bring a file to the disk, and return the hash of what the disk gives back."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return _disk_sha256(file.fileno())


def name(path: Path, target: Path, *, sha256: str) -> bool:
    """Give a settled file its name for good, but never that of another file; return whether it is new there.

    Its old name stays, where the file system allows.

    :raises DestinationTaken:
    """
    try:
        os.link(path, target, follow_symlinks=False)
    except FileExistsError:
        return _accept(path, target, sha256)
    except OSError as error:
        if error.errno not in NO_HARD_LINKS:
            raise
        return _name_without_link(path, target, sha256)
    sync_folder(target.parent)
    return True


def verify_copy(path: Path, *, sha256: str, size_bytes: int) -> str | None:
    """Say what is wrong with a copy, from what the disk holds; `None` if it is as it was exported."""
    try:
        with open(_open_regular(os.fsencode(path)), "rb") as file:
            found_bytes = os.fstat(file.fileno()).st_size
            if found_bytes != size_bytes:
                return f"wrong size: {found_bytes} bytes instead of {size_bytes}"
            return None if _disk_sha256(file.fileno()) == sha256 else "changed"
    except (FileNotFoundError, NotADirectoryError):
        return "missing"
    except SourceRefused as refusal:
        return str(refusal)
    except OSError as error:
        return f"unreadable: {error.strerror}"


def remove_leftovers(folder: Path, *, before: datetime | None = None) -> int:
    """Remove the temporary files that killed exports left below `folder`, and return their number.

    `before` (aware) spares those that were touched later: another worker may be at work on them.
    """
    count = 0
    for parent, _, names in os.walk(folder):
        for leftover in filter(LEFTOVER.fullmatch, names):
            path = Path(parent, leftover)
            with contextlib.suppress(FileNotFoundError):
                if before is None or path.lstat().st_ctime < before.timestamp():
                    path.unlink()
                    count += 1
    return count


def _open_regular(path: bytes) -> int:
    try:
        descriptor = os.open(path, READ_FLAGS)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise SourceRefused("a symbolic link") from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise SourceRefused("not a regular file")
    return descriptor


def _disk_sha256(descriptor: int) -> str:
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)  # or the cache answers for the disk
    digest = hashlib.sha256()
    while block := os.read(descriptor, BLOCK_BYTES):
        digest.update(block)
    return digest.hexdigest()


def _name_without_link(path: Path, target: Path, sha256: str) -> bool:
    """Reserve the name by an empty file; one that a killed export has left is as good."""
    try:
        os.close(os.open(target, WRITE_FLAGS, COPY_MODE))
    except FileExistsError:
        if target.lstat().st_size > 0 or not target.is_file():
            return _accept(path, target, sha256)
    path.replace(target)
    sync_folder(target.parent)
    return True


def _accept(path: Path, target: Path, sha256: str) -> bool:
    if verify_copy(target, sha256=sha256, size_bytes=path.stat().st_size) is not None:
        raise DestinationTaken(f"another file stands at {target.name}")
    return False


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a network share that knows no such thing
            raise
    finally:
        os.close(descriptor)
