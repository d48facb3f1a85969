"""Puts a new copy in the place of an older one of the same file, as long as nobody else has changed that."""

import dataclasses
import os
import uuid
from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path

from media_catalog.pipeline import archive_disk
from media_catalog.pipeline.archive import DestinationTaken, ExportedCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What was recorded of the copy that stands there; `None` for a copy without a sidecar."""

    sha256: str
    sidecar_sha256: str | None


def replace_copy(target: Path, *, old: Placed, write: Callable[[Path], ExportedCopy]) -> ExportedCopy:
    """Have a new copy written and verified beside `target`, then put it there in one step.

    `write` gets the path to write to. At every moment the old copy or the new one stands at `target`, and
    a second call after a kill ends the same. What stands there and is neither of them stays.

    :raises DestinationTaken: when the old copy or its sidecar was changed since it was recorded.
    """
    beside = target.with_name(f".mp-{uuid.uuid4().hex}.tmp")
    try:
        copy = write(beside)
        _require_ours(target, {old.sha256, copy.copy_sha256})
        if copy.sidecar or old.sidecar_sha256:  # or else it belongs to another program
            _require_ours(_sidecar(target), {old.sidecar_sha256, copy.sidecar_sha256})
        if copy.sidecar:
            copy.sidecar.replace(_sidecar(target))
        beside.replace(target)
        if old.sidecar_sha256 and not copy.sidecar:
            _sidecar(target).unlink(missing_ok=True)
        archive_disk.sync_folder(target.parent)
    finally:
        beside.unlink(missing_ok=True)
        _sidecar(beside).unlink(missing_ok=True)
    return dataclasses.replace(copy, sidecar=_sidecar(target) if copy.sidecar else None)


def remove_copy(target: Path, *, old: Placed) -> bool:
    """Remove a copy that another one stands for, and its sidecar. What was changed since stays.

    Return whether nothing of it is left.
    """
    gone = _remove(target, old.sha256)
    return _remove(_sidecar(target), old.sidecar_sha256) and gone


def _remove(path: Path, sha256: str | None) -> bool:
    if sha256 is None or not os.path.lexists(path):
        return True
    if not _holds(path, {sha256}):
        return False
    path.unlink()
    return True


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + ".xmp")


def _require_ours(path: Path, hashes: Set[str | None]) -> None:
    if os.path.lexists(path) and not _holds(path, hashes):
        raise DestinationTaken(f"{path.name} was changed since it was exported: move it away, or put it back")


def _holds(path: Path, hashes: Set[str | None]) -> bool:
    return path.is_file() and not path.is_symlink() and archive_disk.settle(path) in hashes
