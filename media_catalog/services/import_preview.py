"""What an import would find, without changing anything."""

from collections import Counter
from pathlib import Path
from typing import Any

from media_catalog.models import MediaFile, Source
from media_catalog.models.fields import path_key
from media_catalog.pipeline.scan import RefusedEntry, SourceFile, scan
from media_catalog.services import import_scan, sources, tools


def preview(folder: str | Path, *, is_recursive: bool = True) -> dict[str, Any]:
    """Count what an import of the folder would read, leave out and already know.

    :raises SourceRefused: when the folder cannot be imported.
    """
    root = sources.check(folder)
    source = Source.objects.filter(root_key=path_key(root)).first()
    sums: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for entries in tools.slices(
        scan(root, is_recursive=is_recursive, excluded=sources.excluded_below(root)), import_scan.SLICE
    ):
        _count(entries, source, sums, reasons)
    return {
        "folder": sources.shown(root),
        "to_read": sums["new"] + sums["changed"],
        "new": sums["new"],
        "changed": sums["changed"],
        "bytes_to_read": sums["bytes"],
        "already_known": sums["known"],
        "refused": sum(reasons.values()),
        "refused_by_reason": dict(reasons),
    }


def _count(
    entries: list[SourceFile | RefusedEntry], source: Source | None, sums: Counter[str], reasons: Counter[str]
) -> None:
    by_key = {path_key(entry.path): entry for entry in entries}
    known = {file.path_key: file for file in MediaFile.objects.filter(source=source, path_key__in=by_key)}
    for key, entry in by_key.items():
        file = known.get(key)
        if isinstance(entry, RefusedEntry):
            reasons[entry.code] += 1
        elif file is not None and import_scan.is_unchanged(file, entry):
            sums["known"] += 1
        else:
            sums["new" if file is None else "changed"] += 1
            sums["bytes"] += entry.size_bytes
