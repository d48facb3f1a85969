"""Files inside a ZIP of Google Takeout, read where they are: as if they lay in a folder of the ZIP's name.

Only the central directory is believed for names and sizes, and only as far as the content bears it out
(https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
"""

import contextlib
import errno
import os
import shutil
import stat
import struct
import tempfile
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from media_catalog.pipeline import fingerprint

EXTENSION = b".zip"
ROOT = "Takeout/"  # without it, a ZIP is nothing but a ZIP
DIRECTORY_LIMIT = 32 << 20  # bytes; that of a part of an export with 100,000 files has about 20 MB
END_SEARCH = (1 << 16) + 22 + 20 + 56  # the longest comment, and what may stand before it
END_MARK, END = b"PK\x05\x06", struct.Struct("<12xL")  # where the size of the directory stands
LARGE_MARK, LARGE_END = b"PK\x06\x06", struct.Struct("<40xQ")  # the same beyond 4 GB
TOO_LARGE = 0xFFFFFFFF
LARGE = 64 << 20  # bytes; what unpacks to more
RATIO_LIMIT = 100  # and to that many times its packed size is no photo or video
FREE_MARGIN = 1 << 30  # bytes that unpacking leaves free on the disk
PACKINGS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
ENCRYPTED = 0x1
CHUNK_BYTES = 1 << 20
NAME_BYTES = 255  # of one name on any disk
OPEN_AT_ONCE = 4
DAMAGED = "damaged in its archive"
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)
ABANDONED_S = 24 * 3600  # what a killed process left behind


class Unreadable(OSError):
    """The archive, or this member, cannot be read; `strerror` is for a person."""

    def __init__(self, text: str) -> None:
        super().__init__(errno.EIO, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of an archive, `path` relative to it. `refusal` is a code and why it is not read."""

    path: bytes
    size_bytes: int
    mtime_ns: int
    refusal: tuple[str, str] | None


def is_zip(path: bytes) -> bool:
    """Tell whether a file is named like an archive."""
    return path.lower().endswith(EXTENSION)


def split(path: bytes) -> tuple[bytes, bytes] | None:
    """Split a path into that of an archive and that within it; `None` for an ordinary file."""
    end = path.lower().find(EXTENSION + b"/")
    while end >= 0:
        archive = path[: end + len(EXTENSION)]
        if os.path.isfile(archive) and not os.path.islink(archive):
            return archive, path[end + len(EXTENSION) + 1 :]
        end = path.lower().find(EXTENSION + b"/", end + 1)
    return None


def members(path: bytes) -> Iterator[Member] | None:
    """Yield the files of a Takeout archive, sorted by name; `None` when it is none.

    :raises Unreadable: when it is no ZIP, or not a whole one.
    """
    archive = _open(path)
    if not any(name.startswith(ROOT) for name in archive.namelist()):
        _close(archive)
        return None
    return _members(archive)


def _members(archive: zipfile.ZipFile) -> Iterator[Member]:
    try:
        for name in sorted(archive.NameToInfo):  # of two members with one name, the last counts
            info = archive.NameToInfo[name]
            if not info.is_dir():
                yield Member(
                    path=_path(info),
                    size_bytes=info.file_size,
                    mtime_ns=_mtime_ns(info),
                    refusal=_refusal(info),
                )
    finally:
        _close(archive)


class OpenArchives:
    """Archives that stay open while many of their files are read."""

    def __init__(self) -> None:
        self._open: OrderedDict[bytes, zipfile.ZipFile] = OrderedDict()

    def close(self) -> None:
        while self._open:
            _close(self._open.popitem()[1])

    @contextlib.contextmanager
    def local(self, path: bytes, *, scratch: Path) -> Iterator[bytes]:
        """Give the path of a file that has the content: its own, or that of a copy which is gone afterwards.

        :raises Unreadable: :raises FileNotFoundError: :raises OSError: such as for a full disk.
        """
        found = split(path)
        if found is None:
            yield path
            return
        scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=scratch, prefix="member-") as folder:
            _sweep(scratch, Path(folder))
            target = os.path.join(os.fsencode(folder), os.path.basename(path))
            self._unpack(*found, target=target)
            yield target

    def head(self, path: bytes) -> bytes:
        """Read the first 4 KiB of a member.

        :raises Unreadable: :raises FileNotFoundError:
        """
        archive, inner = split(path) or (path, b"")
        with _errors(DAMAGED), self._member(archive, inner) as stream:
            return stream.read(fingerprint.HEAD_BYTES)

    def names_in(self, folder: bytes) -> list[bytes]:
        """List the base names of the files of a folder within an archive.

        :raises Unreadable:
        """
        archive, inner = split(folder + b"/") or (folder, b"")
        paths = (_path(info) for info in self._archive(archive).NameToInfo.values())
        return [
            path[len(inner) :] for path in paths if path.startswith(inner) and b"/" not in path[len(inner) :]
        ]

    def _archive(self, path: bytes) -> zipfile.ZipFile:
        if path not in self._open:
            while len(self._open) >= OPEN_AT_ONCE:
                _close(self._open.popitem(last=False)[1])
            self._open[path] = _open(path)
        self._open.move_to_end(path)
        return self._open[path]

    def _member(self, archive: bytes, inner: bytes) -> IO[bytes]:
        info = self._info(archive, inner)
        if refusal := _refusal(info):
            raise Unreadable(refusal[1])
        return self._archive(archive).open(info)

    def _info(self, archive: bytes, inner: bytes) -> zipfile.ZipInfo:
        try:
            return self._archive(archive).getinfo(inner.decode("utf-8", "surrogateescape"))
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, "no longer in its archive") from None

    def _unpack(self, archive: bytes, inner: bytes, *, target: bytes) -> None:
        info = self._info(archive, inner)
        if shutil.disk_usage(os.path.dirname(target)).free < info.file_size + FREE_MARGIN:
            raise OSError(errno.ENOSPC, f"no room to unpack its {info.file_size} bytes")
        with _errors(DAMAGED), self._member(archive, inner) as stream, open(target, "xb") as copy:
            # Never more than the directory promises: the content of a hostile one could go on for ever.
            left = info.file_size
            while chunk := stream.read(min(CHUNK_BYTES, left + 1)):
                left -= len(chunk)
                if left < 0:
                    raise Unreadable("larger than its archive says")
                copy.write(chunk)
        mtime_ns = _mtime_ns(info)
        os.utime(target, ns=(mtime_ns, mtime_ns))


@contextlib.contextmanager
def _errors(what: str) -> Iterator[None]:
    """Put in words what zipfile raises on damaged archives."""
    try:
        yield
    except DAMAGE as error:
        raise Unreadable(f"{what}: {error}"[:200]) from error
    except OSError as error:
        if error.errno != errno.EINVAL:  # a place before the beginning, to which the directory points
            raise
        raise Unreadable(f"{what}: its directory is wrong") from error


def _open(path: bytes) -> zipfile.ZipFile:
    file = fingerprint.open_regular(path)
    with contextlib.ExitStack() as stack:
        stack.callback(file.close)
        with _errors("not a whole ZIP"):
            _require_sane(file)
            archive = zipfile.ZipFile(file)
        stack.pop_all()
    return archive


def _close(archive: zipfile.ZipFile) -> None:
    """Close the archive and the file below it, which zipfile leaves to who opened it."""
    file = archive.fp
    archive.close()
    if file:
        file.close()


def _require_sane(file: IO[bytes]) -> None:
    """Refuse a directory that would not fit into memory: zipfile reads it at once."""
    start = max(file.seek(0, os.SEEK_END) - END_SEARCH, 0)
    file.seek(start)
    tail = file.read()
    at, large = tail.rfind(END_MARK), tail.rfind(LARGE_MARK)
    if at < 0:
        raise Unreadable("not a whole ZIP: its end is missing")
    size_bytes = END.unpack_from(tail, at)[0]
    if size_bytes == TOO_LARGE and large >= 0:
        size_bytes = LARGE_END.unpack_from(tail, large)[0]
    if size_bytes > DIRECTORY_LIMIT:
        raise Unreadable("its directory is too large")


def _path(info: zipfile.ZipInfo) -> bytes:
    return info.filename.encode("utf-8", "surrogateescape")


def _mtime_ns(info: zipfile.ZipInfo) -> int:
    """Give the time of a member as if its wall clock were UTC, and its check sum in what is below a second.

    So that a member which changes is read again; a ZIP knows no zone, and its times are never believed.
    """
    try:
        seconds = int(datetime(*info.date_time, tzinfo=UTC).timestamp())
    except ValueError:
        seconds = 0
    return seconds * 10**9 + info.CRC % 10**9


def _refusal(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    if text := _unsafe_name(info):
        return "unsafe_name", text
    if stat.S_ISLNK(info.external_attr >> 16):
        return "symlink", "symbolic link within an archive"
    if info.flag_bits & ENCRYPTED:
        return "encrypted", "encrypted"
    if info.compress_type not in PACKINGS:
        return "unknown_packing", f"packed in a way that is not supported ({info.compress_type})"
    ratio = info.file_size // max(info.compress_size, 1)
    if info.file_size > LARGE and ratio > RATIO_LIMIT:
        return "zip_bomb", f"would unpack to {ratio} times its size"
    return None


def _unsafe_name(info: zipfile.ZipInfo) -> str | None:
    parts = info.filename.split("/")
    if not {"", ".", ".."}.isdisjoint(parts) or "\\" in info.filename or "\0" in info.orig_filename:
        return "its name leads out of its archive"
    is_long = any(len(part.encode("utf-8", "surrogateescape")) > NAME_BYTES for part in parts)
    return "its name is too long for any disk" if is_long else None


def _sweep(scratch: Path, newest: Path) -> None:
    """Remove what processes that were killed left behind."""
    now = newest.stat().st_mtime
    for folder in scratch.glob("member-*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < now - ABANDONED_S:
                shutil.rmtree(folder)
