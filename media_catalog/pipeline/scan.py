"""Walk a source folder: every entry is either a file to analyse or refused with a reason."""

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from media_catalog.pipeline import media_types, refusals, zip_members
from media_catalog.pipeline.refusals import Refusal


class EntryKind(StrEnum):
    FILE = "file"
    SKIPPED = "skipped"
    FAILED = "failed"


class UnreadableRoot(Exception):
    """The source folder itself cannot be listed, so nothing is known about its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One regular file below a source. `path` is relative to the root, exact bytes, '/' between folders."""

    path: bytes
    size_bytes: int
    mtime_ns: int
    device: int
    inode: int

    @property
    def kind(self) -> EntryKind:
        return EntryKind.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedEntry:
    """Anything else that was seen. `is_failure` tells what should have been readable from what is left out
    on purpose."""

    path: bytes
    is_failure: bool
    code: str
    text: str
    size_bytes: int | None
    mtime_ns: int | None

    @property
    def kind(self) -> EntryKind:
        return EntryKind.FAILED if self.is_failure else EntryKind.SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder still to be listed. `refusal` is why everything in it is left out."""

    path: bytes
    refusal: Refusal | None


Identity = tuple[int, int]  # device and inode


def scan(
    root: bytes,
    *,
    is_recursive: bool = True,
    excluded: Sequence[bytes] = (),
    opens_archives: bool = True,
) -> Iterator[SourceFile | RefusedEntry]:
    """Yield everything below `root`, folder by folder, sorted by bytes, links never followed.

    Memory is bounded by the names of the largest folder. Each folder in `excluded` (absolute) is one entry.

    :raises UnreadableRoot: when the root cannot be listed; a folder below it becomes a failed entry instead.
    """
    own_folders = _identities(excluded)
    opens = opens_archives and is_recursive
    pending = [Folder(path=b"", refusal=None)]
    while pending:
        folder = pending.pop()
        found: list[Folder] = []
        for entry in _entries(root, folder, own_folders):
            if isinstance(entry, Folder):
                found.append(entry)
            elif opens and isinstance(entry, SourceFile) and zip_members.is_zip(entry.path):
                yield from _archive(root, entry)
            else:
                yield entry
        if is_recursive:
            pending.extend(reversed(found))


def signed_64(value: int) -> int:
    """Wrap an unsigned 64-bit number (inodes of some file systems) into the range of a database integer."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def stored_mtime_ns(value: int) -> int:
    """Clamp a modification time (1677 to 2262 fit) into the range of a database integer."""
    return max(-(1 << 63), min(value, (1 << 63) - 1))


def _identities(folders: Sequence[bytes]) -> frozenset[Identity]:
    """A folder is recognised by device and inode, so that a mount or link cannot hide it."""
    found = set()
    for folder in folders:
        try:
            status = os.stat(folder)
        except FileNotFoundError:
            continue
        found.add((status.st_dev, status.st_ino))
    return frozenset(found)


def _entries(
    root: bytes, folder: Folder, own_folders: frozenset[Identity]
) -> Iterator[SourceFile | RefusedEntry | Folder]:
    try:
        descriptor = _open_folder(root, folder)
    except OSError as error:
        yield _unlisted(folder, error)
        return
    try:
        names = sorted(os.fsencode(name) for name in os.listdir(descriptor))
        for name in names:
            entry = _entry(descriptor, folder, name, own_folders)
            if entry is not None:
                yield entry
    except OSError as error:
        yield _unlisted(folder, error)
    finally:
        os.close(descriptor)


def _open_folder(root: bytes, folder: Folder) -> int:
    if not folder.path:
        return os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    # A folder that has been exchanged for a link since it was seen must not lead out of the source.
    return os.open(os.path.join(root, folder.path), os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)


def _unlisted(folder: Folder, error: OSError) -> RefusedEntry:
    if not folder.path:
        raise UnreadableRoot(error.strerror) from error
    if folder.refusal is not None:
        return _refused(folder.path, folder.refusal)
    refusal = Refusal(code="unreadable", text=f"folder cannot be read: {error.strerror}")
    return _refused(folder.path, refusal, is_failure=True)


def _entry(
    descriptor: int, folder: Folder, name: bytes, own_folders: frozenset[Identity]
) -> SourceFile | RefusedEntry | Folder:
    path = folder.path + b"/" + name if folder.path else name
    try:
        status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
    except OSError as error:
        text = f"cannot be looked at: {error.strerror}"
        return _refused(path, Refusal(code="unreadable", text=text), is_failure=True)
    if stat.S_ISDIR(status.st_mode):
        if (status.st_dev, status.st_ino) in own_folders:
            return _refused(path, Refusal(code="own_data", text="data folder of this program"))
        return Folder(path=path, refusal=folder.refusal or refusals.of_folder(name))
    refusal = folder.refusal or refusals.of_name(name) or refusals.of_type(descriptor, name, status)
    if refusal is not None:
        return _refused(path, refusal, status=status)
    return _regular_file(descriptor, path, status)


def _regular_file(descriptor: int, path: bytes, status: os.stat_result) -> SourceFile | RefusedEntry:
    name = os.path.basename(path)
    if status.st_size == 0:
        refusal = Refusal(code="empty", text="empty file (0 bytes)")
        return _refused(path, refusal, status=status, is_failure=media_types.is_named_like_media(path))
    if not os.access(name, os.R_OK, dir_fd=descriptor, effective_ids=True):
        refusal = Refusal(code="unreadable", text="file may not be read: permission denied")
        return _refused(path, refusal, status=status, is_failure=True)
    return SourceFile(
        path=path,
        size_bytes=status.st_size,
        mtime_ns=stored_mtime_ns(status.st_mtime_ns),
        device=signed_64(status.st_dev),
        inode=signed_64(status.st_ino),
    )


def _archive(root: bytes, archive: SourceFile) -> Iterator[SourceFile | RefusedEntry]:
    """List what a Takeout archive holds; any other ZIP is a file like all others."""
    try:
        members = zip_members.members(os.path.join(root, archive.path))
    except zip_members.Unreadable as error:
        text = f"archive of Google Takeout that cannot be read: {error.strerror}"
        is_export = os.path.basename(archive.path).lower().startswith(b"takeout-")
        yield _left(archive, "archive_broken", text, is_failure=True) if is_export else archive
        return
    except OSError:
        yield archive  # reading it will tell what is wrong
        return
    if members is None:
        yield archive
        return
    yield _left(archive, "archive", "archive of Google Takeout: each of its files is listed")
    for member in members:
        yield _member(archive, member)


def _left(file: SourceFile, code: str, text: str, *, is_failure: bool = False) -> RefusedEntry:
    return RefusedEntry(
        path=file.path,
        is_failure=is_failure,
        code=code,
        text=text,
        size_bytes=file.size_bytes,
        mtime_ns=file.mtime_ns,
    )


def _member(archive: SourceFile, member: zip_members.Member) -> SourceFile | RefusedEntry:
    path = archive.path + b"/" + member.path
    file = SourceFile(
        path=path,
        size_bytes=member.size_bytes,
        mtime_ns=member.mtime_ns,
        device=archive.device,
        inode=signed_64(int.from_bytes(hashlib.sha256(path).digest()[:8], "big")),  # like no other file's
    )
    *folders, name = member.path.split(b"/")
    if member.refusal:
        return _left(file, *member.refusal, is_failure=member.refusal[0] != "symlink")
    if refusal := next(filter(None, map(refusals.of_folder, folders)), None) or refusals.of_name(name):
        return _left(file, refusal.code, refusal.text)
    if member.size_bytes == 0:
        is_failure = media_types.is_named_like_media(path)
        return _left(file, "empty", "empty file (0 bytes)", is_failure=is_failure)
    return file


def _refused(
    path: bytes, refusal: Refusal, *, status: os.stat_result | None = None, is_failure: bool = False
) -> RefusedEntry:
    return RefusedEntry(
        path=path,
        is_failure=is_failure,
        code=refusal.code,
        text=refusal.text,
        size_bytes=status.st_size if status else None,
        mtime_ns=stored_mtime_ns(status.st_mtime_ns) if status else None,
    )
