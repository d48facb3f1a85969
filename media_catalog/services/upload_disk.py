"""What has been uploaded, on the disk: parts that grow, and whole files that have their names for good."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings

from media_catalog.pipeline import archive_disk, upload_names

BLOCK_BYTES = 1 << 18
FREE_MARGIN_BYTES = 1 << 30  # left for the database and all others
UNKNOWN_TIME_NS = 0  # a refused date: nobody said when the file was changed, and today would pass for a claim


class Stream(Protocol):
    """What the bytes of a request are read from."""

    def read(self, size: int = ..., /) -> bytes: ...


class Busy(Exception):
    """The same file is being sent a second time."""


class CutShort(Exception):
    """Less came than was announced: the connection broke off."""


class NoRoom(Exception):
    """A file is larger than one may be, or than what is left of the disk."""


class Writer:
    """Writes one whole file whose size nobody knows before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")
        self._digest = hashlib.sha256()
        self._most = min(int(settings.MEDIAPARSER_UPLOAD_FILE_GB * 10**9), room_bytes())
        self._size = 0

    def write(self, data: bytes) -> None:
        """Write on. :raises NoRoom:"""
        self._size += len(data)
        if self._size > self._most:
            raise NoRoom
        self._file.write(data)
        self._digest.update(data)

    def finish(self) -> tuple[Path, str]:
        """Bring the file to the disk; return where it is, and its SHA-256."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self.path, self._digest.hexdigest()

    def abandon(self) -> None:
        """Leave nothing of the file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


def root() -> Path:
    """Return the folder of all uploads."""
    return Path(settings.DATA_DIR) / "uploads"


def folder(upload_id: uuid.UUID) -> Path:
    """Return the folder of one upload."""
    return root() / str(upload_id)


def files(upload_id: uuid.UUID) -> Path:
    """Return where its whole files are, in their folders."""
    return folder(upload_id) / "files"


def part(upload_id: uuid.UUID, name: object) -> Path:
    """Return where a file lies until all of it is here."""
    return folder(upload_id) / "parts" / str(name)


def prepare(upload_id: uuid.UUID) -> None:
    """Make the folders of an upload."""
    archive_disk.make_folder(files(upload_id))
    archive_disk.make_folder(folder(upload_id) / "parts")


def length(path: Path) -> int:
    """Return how many bytes of a part are here."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a part for growing, for one request at a time.

    :raises Busy:
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, archive_disk.COPY_MODE)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield file


def append(file: IO[bytes], stream: Stream, *, offset: int, length_bytes: int) -> None:
    """Bring as many bytes of a stream to the disk, behind the first `offset` ones, in place of all others.

    :raises CutShort: in which case the part is as it was.
    """
    file.truncate(offset)
    file.seek(offset)
    left = length_bytes
    while left and (block := stream.read(min(BLOCK_BYTES, left))):
        file.write(block)
        left -= len(block)
    if left:
        file.truncate(offset)
        raise CutShort
    os.fsync(file.fileno())


def sha256(file: IO[bytes]) -> str:
    """Return the digest of a whole part, in constant memory."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def place(upload_id: uuid.UUID, path: Path, names: tuple[bytes, ...], *, sha256: str, mtime_ns: int) -> bytes:
    """Give a whole part its name for good, never that of another file; return its path below `files`.

    :raises OSError: such as for a full disk.
    """
    os.utime(path, ns=(mtime_ns, mtime_ns))
    for place in upload_names.places(names):
        target = files(upload_id) / os.fsdecode(place)
        try:
            archive_disk.make_folder(target.parent)
            archive_disk.name(path, target, sha256=sha256)
        except (archive_disk.DestinationTaken, FileExistsError, NotADirectoryError):
            continue  # another file, or a folder where a file should be, or the reverse
        path.unlink(missing_ok=True)
        return place
    raise archive_disk.DestinationTaken("there are too many files of this name")


def room_bytes() -> int:
    """Return how much may still be uploaded to this disk."""
    archive_disk.make_folder(root())
    return shutil.disk_usage(root()).free - FREE_MARGIN_BYTES


def remove_parts(upload_id: uuid.UUID) -> None:
    """Remove what never became a whole file."""
    shutil.rmtree(folder(upload_id) / "parts", ignore_errors=True)


def remove(upload_id: uuid.UUID) -> None:
    """Remove all of an upload that was not imported."""
    shutil.rmtree(folder(upload_id), ignore_errors=True)
