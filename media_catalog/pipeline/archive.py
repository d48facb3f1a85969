"""Writes one verified copy into the archive: beside its place, checked, and only then under its name."""

import contextlib
import errno
import hashlib
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media_catalog.pipeline import archive_about, archive_disk, archive_tags, fingerprint
from media_catalog.pipeline.archive_disk import (
    DestinationTaken,
    ExportError,
    SourceChanged,
    SourceRefused,
    remove_leftovers,
    verify_copy,
)
from media_catalog.pipeline.exiftool import (
    ExifTool,
    ExifToolDied,
    ExifToolError,
    ExifToolTimeout,
    TagEdit,
)

__all__ = [
    "DestinationTaken",
    "ExportError",
    "ExportedCopy",
    "SourceChanged",
    "SourceRefused",
    "export_copy",
    "remove_leftovers",
    "verify_copy",
]


class TagsNotWritten(ExifToolError):
    """ExifTool wrote, but the result is not what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCopy:
    """What stands in the archive now.

    `edits` were written into the copy, or into its `sidecar`. `tags_error` says why they are not in the copy,
    although tags can be written into its type. `image_data_hash` is `None` where the copy has the same bytes.
    """

    source_sha256: str
    copy_sha256: str
    image_data_hash: str | None
    size_bytes: int
    edits: tuple[TagEdit, ...]
    sidecar: Path | None
    sidecar_sha256: str | None
    tags_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A copy under a temporary name beside its destination, and what it is a copy of."""

    source: bytes
    sha256: str
    mime_type: str
    path: Path
    sidecar: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """How the edits were applied to a draft."""

    edits: tuple[TagEdit, ...] = ()
    image_data_hash: str | None = None
    has_sidecar: bool = False
    error: str | None = None


def export_copy(
    source: bytes,
    target: Path,
    *,
    expected_sha256: str,
    mime_type: str,
    edits: Sequence[TagEdit],
    exiftool: ExifTool,
) -> ExportedCopy:
    """Copy a file to `target`, with `edits` in the copy or in a sidecar, and verify both on the disk.

    The folder is made if need be. A target that holds these very bytes already is accepted.

    :raises ExportError: See its kinds.
    :raises OSError: For a vanished source, a full disk and the like.
    :raises ExifToolError: When not even a sidecar can be written.
    """
    archive_disk.make_folder(target.parent)
    with _draft(target.parent, source=source, sha256=expected_sha256, mime_type=mime_type) as draft:
        status = _copy(draft)
        tagged = _apply(draft, edits, exiftool) if edits else Tagged()
        os.utime(draft.path, ns=(status.st_atime_ns, status.st_mtime_ns))
        copy_sha256 = archive_disk.settle(draft.path)
        sidecar_sha256 = archive_disk.settle(draft.sidecar) if tagged.has_sidecar else None
        if copy_sha256 != expected_sha256 and not tagged.image_data_hash:
            raise ExportError("the disk does not give back what was written to it")
        size_bytes = draft.path.stat().st_size
        sidecar = _place(draft, target, copy_sha256=copy_sha256, sidecar_sha256=sidecar_sha256)
    return ExportedCopy(
        source_sha256=expected_sha256,
        copy_sha256=copy_sha256,
        image_data_hash=tagged.image_data_hash,
        size_bytes=size_bytes,
        edits=tagged.edits,
        sidecar=sidecar,
        sidecar_sha256=sidecar_sha256,
        tags_error=tagged.error,
    )


@contextlib.contextmanager
def _draft(folder: Path, *, source: bytes, sha256: str, mime_type: str) -> Iterator[Draft]:
    base = folder / f".mp-{uuid.uuid4().hex}"
    path, sidecar = base.with_name(base.name + ".tmp"), base.with_name(base.name + ".xmp")
    try:
        yield Draft(source=source, sha256=sha256, mime_type=mime_type, path=path, sidecar=sidecar)
    finally:
        for name in (path, sidecar):
            name.unlink(missing_ok=True)
            name.with_name(name.name + "_exiftool_tmp").unlink(missing_ok=True)


def _copy(draft: Draft) -> os.stat_result:
    draft.path.unlink(missing_ok=True)
    return archive_disk.copy(draft.source, draft.path, expected_sha256=draft.sha256)


def _apply(draft: Draft, edits: Sequence[TagEdit], exiftool: ExifTool) -> Tagged:
    """Write the edits into the draft; if that fails, keep the bytes as they are and write a sidecar."""
    if not archive_tags.is_writable(draft.mime_type):
        return _with_sidecar(draft, edits, exiftool, error=None)
    try:
        return _with_tags(draft, edits, exiftool)
    except ExifToolError as error:
        _raise_if_full(draft)
        _copy(draft)
        [reading] = exiftool.read([os.fsencode(draft.path)])
        return _with_sidecar(draft, archive_tags.as_xmp(edits, tags=reading.tags), exiftool, error=str(error))


def _with_tags(draft: Draft, edits: Sequence[TagEdit], exiftool: ExifTool) -> Tagged:
    """Try twice where ExifTool hangs or dies, for it may not have been because of this file."""
    try:
        return _with_tags_once(draft, edits, exiftool)
    except (ExifToolTimeout, ExifToolDied):
        _copy(draft)
        return _with_tags_once(draft, edits, exiftool)


def _with_tags_once(draft: Draft, edits: Sequence[TagEdit], exiftool: ExifTool) -> Tagged:
    path = os.fsencode(draft.path)
    before = _picture(path, draft.mime_type)
    exiftool.write(path, edits)
    archive_disk.settle(draft.path)  # so that the checks see the disk, and not the memory
    if _picture(path, draft.mime_type) != before:
        raise TagsNotWritten("writing its tags would have changed its picture")
    _read_back(path, edits, exiftool)
    return Tagged(edits=tuple(edits), image_data_hash=before[0])


def _with_sidecar(draft: Draft, edits: Sequence[TagEdit], exiftool: ExifTool, *, error: str | None) -> Tagged:
    if not edits:
        return Tagged(error=error)
    path = os.fsencode(draft.sidecar)
    exiftool.write(path, edits, create_sidecar=True)
    _read_back(path, edits, exiftool)
    return Tagged(edits=tuple(edits), has_sidecar=True, error=error)


def _read_back(path: bytes, edits: Sequence[TagEdit], exiftool: ExifTool) -> None:
    [reading] = exiftool.read([path])
    if missing := _unconfirmed(edits, reading.tags):
        raise TagsNotWritten(f"these tags do not read back as written: {', '.join(missing)}")


def _picture(path: bytes, mime_type: str) -> tuple[str, str]:
    """Hash what tags are not, so that it can be compared before and after.

    :raises TagsNotWritten: When that is not possible for this file.
    """
    data_hash = fingerprint.image_data_hash(path, mime_type=mime_type)
    if data_hash is None:
        raise TagsNotWritten("nobody could tell whether writing its tags left its picture as it was")
    return data_hash, _jpeg_rest(path) if mime_type == "image/jpeg" else ""


def _jpeg_rest(path: bytes) -> str:
    """Hash a JPEG from its scan to its end: behind the picture stand videos of motion photos and more."""
    with open(path, "rb") as file:
        data = file.read()
    at = 2
    while (at := data.find(b"\xff", at)) >= 0 and (marker := data[at + 1 : at + 2]) != b"\xda":
        at += 1 if marker == b"\xff" else 2 + int.from_bytes(data[at + 2 : at + 4])
    return hashlib.sha256(memoryview(data)[at:]).hexdigest()


def _raise_if_full(draft: Draft) -> None:
    """A full disk is no fault of the file, and ExifTool only says that it could not write."""
    space = os.statvfs(draft.path.parent)
    if space.f_bavail * space.f_frsize < os.stat(draft.source).st_size + archive_disk.BLOCK_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(draft.path.parent))


def _place(draft: Draft, target: Path, *, copy_sha256: str, sidecar_sha256: str | None) -> Path | None:
    """Give the copy its name, its sidecar before it: a copy that stands there is complete."""
    if sidecar_sha256 is None:
        archive_disk.name(draft.path, target, sha256=copy_sha256)
        return None
    sidecar = target.with_name(target.name + ".xmp")
    is_new = archive_disk.name(draft.sidecar, sidecar, sha256=sidecar_sha256)
    try:
        archive_disk.name(draft.path, target, sha256=copy_sha256)
    except (DestinationTaken, OSError):
        if is_new:
            sidecar.unlink()
        raise
    return sidecar


def _unconfirmed(edits: Sequence[TagEdit], tags: Mapping[str, Any]) -> list[str]:
    """List the edited tags that do not show their new value."""
    return [edit.tag for edit in edits if not _shows(tags, edit)]


def _shows(tags: Mapping[str, Any], edit: TagEdit) -> bool:
    group, _, name = edit.tag.rpartition(":")
    found = []
    for key, value in tags.items():
        *groups, last = key.split(":")
        if last == name and group in groups:
            found.append(_holds(value, edit))
    is_everywhere = group == "QuickTime"  # each track has the date for itself
    return bool(found) and (all(found) if is_everywhere else any(found))


def _holds(value: Any, edit: TagEdit) -> bool:
    """Compare as text, although ExifTool turns what looks like a number or a truth value into one."""
    if isinstance(value, list):
        return any(_holds(item, edit) for item in value)
    if archive_about.is_place(edit.tag):
        return archive_about.is_same_place(str(value), edit.value)
    if edit.tag == archive_tags.IPTC_CHARSET:
        return str(value).endswith(archive_tags.IPTC_UTF8)
    if isinstance(value, bool):
        return edit.value.lower() == str(value).lower()
    if isinstance(value, (int, float)):
        return edit.value == str(value) or _is_number(edit.value, value)
    return str(value) == edit.value


def _is_number(text: str, number: float) -> bool:
    try:
        return float(text) == number
    except ValueError:
        return False
