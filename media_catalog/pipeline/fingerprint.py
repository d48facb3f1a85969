"""What identifies a file: the hash of its bytes, of its image or stream data, and how its picture looks."""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from typing import IO

import imagehash
from PIL import Image, ImageStat

from media_catalog.pipeline.image_data import image_data_hash
from media_catalog.pipeline.media_types import is_media, sniff_mime
from media_catalog.pipeline.shared_buffer import SharedBuffer

__all__ = [
    "Contents",
    "Fingerprint",
    "NotARegularFile",
    "fingerprint",
    "image_data_hash",
    "is_media",
    "open_regular",
    "read_and_hash",
    "read_head",
    "sniff_mime",
]

HEAD_BYTES = 4096
CHUNK_BYTES = 1 << 20
KEPT_BELOW_BYTES = 64 << 20  # larger files are read through, and again by whoever needs them
# A name that has become a link or a pipe since the scan is neither followed nor waited for.
OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotARegularFile(OSError):
    """What was a file when the folder was scanned is something else now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A file that was read once and is still open; `mtime_ns` is the time after the last byte.

    Its bytes lie in the buffer, unless there are too many of them (`is_in_buffer`).
    """

    file: IO[bytes]
    sha256: str
    size_bytes: int
    mtime_ns: int
    is_in_buffer: bool

    def close(self) -> None:
        self.file.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """How a picture looks. `phash` is unsigned 64 bit, `None` for a picture of one colour.

    `information` is the standard deviation of its grey values: 0 for one colour, at most 127.5.
    """

    phash: int | None
    information: float | None


def read_head(path: bytes, *, size_bytes: int = HEAD_BYTES) -> bytes:
    """Read the first 4 KiB, from which the type is told, or as much as is asked for.

    :raises OSError: when it cannot be read; `NotARegularFile` when it is a link, pipe or the like.
    """
    descriptor = _open(path)
    try:
        return os.read(descriptor, size_bytes)
    finally:
        os.close(descriptor)


def open_regular(path: bytes) -> IO[bytes]:
    """Open a file for reading.

    :raises OSError: when it cannot be read; `NotARegularFile` when it is a link, pipe or the like.
    """
    return open(_open(path), "rb")


def read_and_hash(path: bytes, *, buffer: SharedBuffer, keep_bytes_below: int = KEPT_BELOW_BYTES) -> Contents:
    """Read a file once, hash it, and leave it open, and its bytes in the buffer if it is not too large.

    :raises OSError: when it cannot be read; `NotARegularFile` when it is a link, pipe or the like.
    """
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(open(_open(path), "rb", buffering=0))
        size_bytes = os.fstat(file.fileno()).st_size
        if size_bytes < keep_bytes_below:
            # one more, so that a file which grows is not taken for whole
            with buffer.read_from(file, size_bytes + 1) as content:
                contents = _contents(file, [content], is_in_buffer=True)
        else:
            contents = _contents(file, iter(lambda: file.read(CHUNK_BYTES), b""), is_in_buffer=False)
        stack.pop_all()
    return contents


def open_unread(path: bytes) -> Contents:
    """Open a file of which the hash is known already, for its decoder alone to read.

    :raises OSError: when it cannot be opened; `NotARegularFile` when it is a link, pipe or the like.
    """
    file = open_regular(path)
    status = os.fstat(file.fileno())
    return Contents(
        file=file, sha256="", size_bytes=status.st_size, mtime_ns=status.st_mtime_ns, is_in_buffer=False
    )


def _contents(file: IO[bytes], chunks: Iterable[bytes | memoryview], *, is_in_buffer: bool) -> Contents:
    digest, size_bytes = hashlib.sha256(), 0
    for chunk in chunks:
        size_bytes += len(chunk)
        digest.update(chunk)
    return Contents(
        file=file,
        sha256=digest.hexdigest(),
        size_bytes=size_bytes,
        mtime_ns=os.fstat(file.fileno()).st_mtime_ns,
        is_in_buffer=is_in_buffer,
    )


def fingerprint(picture: Image.Image) -> Fingerprint:
    """Hash how an upright grid picture looks (pHash of https://www.hackerfactor.com/blog/?/archives/432)."""
    grey = picture.convert("L")
    information = ImageStat.Stat(grey).stddev[0]
    phash = int(str(imagehash.phash(grey)), 16) if information > 0 else None
    return Fingerprint(phash=phash, information=information)


def _open(path: bytes) -> int:
    descriptor = os.open(path, OPEN_FLAGS)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotARegularFile("not a regular file")
    return descriptor
