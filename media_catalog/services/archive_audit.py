"""Reads an archive again and compares it with what is recorded of it."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from media_catalog.models import Archive, ExportedFile
from media_catalog.pipeline import archive as archive_copies
from media_catalog.services import archives, export_targets, sources, tools

SLICE = 500
STANDING = (ExportedFile.State.VERIFIED, ExportedFile.State.REPLACED)
SIDECAR = ".xmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A copy, or its sidecar, that is not as it was exported; `path` is relative to the archive."""

    path: str
    text: str


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was read, what is wrong, and which files in the folder are no exported copies."""

    archive: str
    checked: int = 0
    read_bytes: int = 0
    faults: list[Fault] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)


def verify(archive_root: bytes, *, on_progress: Callable[[int, int], None]) -> Findings:
    """Read every exported copy from the disk and compare it with its recorded hash.

    Files that nobody exported are listed, they are no fault. `on_progress` gets the number done and of all.

    :raises ArchiveRefused: when there is no such archive, or its disk is not connected.
    """
    archive = archives.find(archive_root)
    rows = ExportedFile.objects.filter(archive=archive, state__in=STANDING)
    findings, total, last = Findings(archive=archive.root_text), rows.count(), 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:SLICE]):
        for row in part:
            _check(row, root=Path(os.fsdecode(archive.root)), findings=findings)
            on_progress(findings.checked, total)
        last = part[-1].pk
    for names in tools.slices(_names(archive.root), SLICE):
        findings.extra += _unknown(archive, names)
    return findings


def _check(row: ExportedFile, *, root: Path, findings: Findings) -> None:
    fault = archive_copies.verify_copy(
        root / row.destination, sha256=row.copy_sha256, size_bytes=row.size_bytes or 0
    )
    findings.checked += 1
    findings.read_bytes += 0 if fault else row.size_bytes or 0
    if fault:
        findings.faults.append(Fault(path=row.destination, text=fault))
    if row.sidecar and (fault := _sidecar_fault(root / row.sidecar, sha256=row.sidecar_sha256)):
        findings.faults.append(Fault(path=row.sidecar, text=fault))


def _sidecar_fault(path: Path, *, sha256: str) -> str | None:
    size_bytes = path.lstat().st_size if os.path.lexists(path) else 0
    return archive_copies.verify_copy(path, sha256=sha256, size_bytes=size_bytes)


def _names(root: bytes) -> Iterator[str]:
    """Walk the archive, sorted within each folder; give paths relative to it."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            relative = os.path.relpath(os.path.join(folder, name), root)  # noqa: PTH118  bytes
            if relative != os.fsencode(archives.MARKER):
                yield os.fsdecode(relative)


def _unknown(archive: Archive, names: Sequence[str]) -> list[str]:
    copies = {export_targets.key(name.removesuffix(SIDECAR)) for name in names}
    keys = copies | {export_targets.key(name) for name in names}
    rows = ExportedFile.objects.filter(archive=archive, destination_key__in=keys, state__in=STANDING)
    known = {name for pair in rows.values_list("destination", "sidecar") for name in pair}
    return [sources.shown(os.fsencode(name)) for name in names if name not in known]
