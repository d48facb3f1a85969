"""Copies of an archive as one ZIP that is sent while it is made: nothing is kept but its table of contents.

Pictures and films are packed already, so they are stored as they are. Beyond 4 GB it is a ZIP64.
"""

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from media_catalog.models import Archive, Export, ExportedFile, MediaFileQuerySet
from media_catalog.pipeline import archive_disk

PAGE = 500
CHUNK_BYTES = 1 << 20
SUMS = "SHA256SUMS"
MISSING = "MISSING.txt"
EARLIEST, LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)  # that the format can say
VERIFIED = ExportedFile.State.VERIFIED


def of_archive(archive: Archive) -> QuerySet[ExportedFile]:
    """Return all verified copies of an archive."""
    return ExportedFile.objects.filter(archive=archive, state=VERIFIED)


def of_export(export: Export) -> QuerySet[ExportedFile]:
    """Return the verified copies that one export wrote."""
    return ExportedFile.objects.filter(export=export, state=VERIFIED)


def of_files(files: MediaFileQuerySet, archive: Archive) -> QuerySet[ExportedFile]:
    """Return the verified copies of files, also where an identical file stands for one."""
    # Asked row by row: a list of all hashes would be made anew for every page.
    same = files.exclude(sha256="").filter(sha256=OuterRef("source_sha256"))
    return ExportedFile.objects.filter(Exists(same), archive=archive, state=VERIFIED)


def stream(copies: QuerySet[ExportedFile], archive: Archive) -> Iterator[bytes]:
    """Yield a ZIP of copies of one archive piece by piece, with a list of their SHA-256 at its end.

    A copy that cannot be opened is left out, and listed.
    """
    return filter(None, _pieces(copies, archive))  # for an empty piece ends what is sent in chunks


def _pieces(copies: QuerySet[ExportedFile], archive: Archive) -> Iterator[bytes]:
    pipe, missing = _Pipe(), []
    with zipfile.ZipFile(pipe, "w", allowZip64=True) as packed:
        for name in _names(copies):
            descriptor = _opened(archive, name)
            if descriptor is None:
                missing.append(name)
            else:
                yield from _packed(packed, pipe, descriptor, name)
        yield from _listed(packed, pipe, SUMS, _sums(copies))
        if missing:
            heading = _("These copies could not be read, and are not in this ZIP:") + "\n"
            yield from _listed(packed, pipe, MISSING, iter([heading, *(f"{name}\n" for name in missing)]))
    yield pipe.taken()


class _Pipe(io.RawIOBase):
    """What is written is taken out again at once; it cannot be sought in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._parts.append(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _names(copies: QuerySet[ExportedFile]) -> Iterator[str]:
    for destination, _sha256, sidecar, _sidecar_sha256 in _rows(copies):
        yield destination
        if sidecar:
            yield sidecar


def _sums(copies: QuerySet[ExportedFile]) -> Iterator[str]:
    for destination, sha256, sidecar, sidecar_sha256 in _rows(copies):
        yield f"{sha256}  {destination}\n"
        if sidecar:
            yield f"{sidecar_sha256}  {sidecar}\n"


def _rows(copies: QuerySet[ExportedFile]) -> Iterator[tuple[str, str, str, str]]:
    wanted, last = copies.order_by("pk"), 0
    fields = ("pk", "destination", "copy_sha256", "sidecar", "sidecar_sha256")
    while part := list(wanted.filter(pk__gt=last).values_list(*fields)[:PAGE]):
        yield from (row[1:] for row in part)
        last = part[-1][0]


def _opened(archive: Archive, name: str) -> int | None:
    path = os.path.join(archive.root, os.fsencode(name))  # noqa: PTH118  bytes
    try:
        descriptor = os.open(path, archive_disk.READ_FLAGS)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def _packed(packed: zipfile.ZipFile, pipe: _Pipe, descriptor: int, name: str) -> Iterator[bytes]:
    with open(descriptor, "rb", buffering=0) as file:
        entry = zipfile.ZipInfo(name, date_time=_date(os.fstat(descriptor).st_mtime))
        entry.external_attr = (stat.S_IFREG | 0o644) << 16
        with packed.open(entry, "w", force_zip64=True) as target:
            while chunk := file.read(CHUNK_BYTES):
                target.write(chunk)
                yield pipe.taken()


def _listed(packed: zipfile.ZipFile, pipe: _Pipe, name: str, lines: Iterator[str]) -> Iterator[bytes]:
    with packed.open(zipfile.ZipInfo(name, date_time=EARLIEST), "w", force_zip64=True) as target:
        for line in lines:
            target.write(line.encode(errors="surrogateescape"))
            yield pipe.taken()


def _date(mtime: float) -> tuple[int, int, int, int, int, int]:
    """Write a time of the last change as the format does, which knows no zones."""
    date = datetime.fromtimestamp(mtime, tz=UTC).timetuple()[:6]
    return max(EARLIEST, min(LATEST, date))
