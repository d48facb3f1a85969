"""Uploads: files come from a browser in pieces, survive what breaks off, and are imported as one source."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from media_catalog.models import Job, Upload, UploadedFile
from media_catalog.pipeline import upload_names
from media_catalog.services import imports, sources, upload_disk, upload_ends, upload_offers
from media_catalog.services.upload_disk import Stream
from media_catalog.services.upload_ends import UploadRefused
from media_catalog.services.upload_offers import Offer

CHUNK_BYTES = 8 << 20  # what a browser sends at once: little is lost when the connection breaks off
LARGEST_CHUNK_BYTES = 64 << 20
DAMAGED = _("it arrived damaged, or was changed on your side while it was sent: choose it again")
State = UploadedFile.State


class WrongOffset(Exception):
    """The piece does not begin where the file ends; `offset` is where it does."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"The file goes on at byte {offset}.")
        self.offset = offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a person says about the files of an upload before they are imported."""

    label: str = ""
    time_zone: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many files of an upload are in which state, and how many bytes are to come and are here."""

    by_state: dict[str, int]
    size_bytes: int
    received_bytes: int

    @property
    def number(self) -> int:
        return sum(self.by_state.values())

    @property
    def unfinished(self) -> int:
        return self.by_state.get(State.SENDING, 0) + self.by_state.get(State.FAILED, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A file that came as a whole with an ordinary form, and lies among the parts."""

    path: str
    part: Path
    size_bytes: int
    sha256: str


def begin(*, owner: User | None, wishes: Wishes | None = None, at: datetime) -> Upload:
    """Begin an upload; those that were forgotten make room for it."""
    upload_ends.drop_forgotten(at=at)
    upload = Upload.objects.create(
        owner=owner, created_at=at, touched_at=at, **_as_fields(wishes or Wishes())
    )
    upload_disk.prepare(upload.pk)
    return upload


def wish(upload: Upload, wishes: Wishes) -> None:
    """Change what is said about an upload that has not been imported yet."""
    Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN).update(**_as_fields(wishes))


def offer(upload: Upload, offers: Sequence[Offer], *, at: datetime) -> list[UploadedFile]:
    """Say for each file, in order, what is wanted of it.

    :raises UploadRefused: when the upload has been imported or dropped.
    """
    require_open(upload)
    return upload_offers.consider(upload, offers, at=at)


def receive(
    upload: Upload, file_id: int, stream: Stream, *, offset: int, length_bytes: int, at: datetime
) -> UploadedFile:
    """Take the next piece of a file; with the last one the file is checked and gets its name for good.

    :raises DoesNotExist: :raises UploadRefused: :raises WrongOffset: :raises Busy: :raises CutShort:
    :raises OSError: such as for a full disk.
    """
    require_open(upload)
    row = UploadedFile.objects.get(upload=upload, pk=file_id)
    path = upload_disk.part(upload.pk, row.pk)
    with upload_disk.opened(path) as part:
        row.refresh_from_db()
        if row.state != State.SENDING:
            return row  # a second delivery
        _require_fitting(row, path, offset=offset, length_bytes=length_bytes)
        upload_disk.append(part, stream, offset=offset, length_bytes=length_bytes)
        row.received_bytes = offset + length_bytes
        row.save(update_fields=["received_bytes"])
        Upload.objects.filter(pk=upload.pk).update(touched_at=at)
        if row.received_bytes == row.size_bytes:
            _complete(row, part, path)
    return row


def _require_fitting(row: UploadedFile, path: Path, *, offset: int, length_bytes: int) -> None:
    here = min(row.received_bytes, upload_disk.length(path))
    if offset != here:
        raise WrongOffset(here)
    if not 0 <= length_bytes <= LARGEST_CHUNK_BYTES or offset + length_bytes > row.size_bytes:
        raise UploadRefused(gettext("This piece is larger than what is left of the file."))


def _complete(row: UploadedFile, part: IO[bytes], path: Path) -> None:
    found = upload_disk.sha256(part)
    if row.sha256 and found != row.sha256:
        path.unlink(missing_ok=True)
        row.state, row.received_bytes, row.reason_text = State.FAILED, 0, str(DAMAGED)
    else:
        row.state, row.sha256 = State.ARRIVED, found
        row.stored_bytes = _place(row, path)
    row.save(update_fields=["state", "received_bytes", "reason_text", "sha256", "stored_bytes"])


def _place(row: UploadedFile, path: Path) -> bytes:
    mtime_ns = upload_disk.UNKNOWN_TIME_NS if row.mtime_ms is None else row.mtime_ms * 10**6
    names = upload_names.parts(row.path_text)
    return upload_disk.place(row.upload_id, path, names, sha256=row.sha256, mtime_ns=mtime_ns)


def adopt(upload: Upload, files: Sequence[Whole], *, at: datetime) -> None:
    """Take files that came as a whole; those that are known, or cannot be taken, are noted and removed."""
    offers = [Offer(path=file.path, size_bytes=file.size_bytes, sha256=file.sha256) for file in files]
    for file, row in zip(files, offer(upload, offers, at=at), strict=True):
        if row.state == State.SENDING:
            row.state, row.received_bytes = State.ARRIVED, file.size_bytes
            row.stored_bytes = _place(row, file.part)
            row.save(update_fields=["state", "received_bytes", "stored_bytes"])
        file.part.unlink(missing_ok=True)


def sums(upload: Upload) -> Sums:
    """Count the files of an upload."""
    rows = UploadedFile.objects.filter(upload=upload)
    by_state = dict(rows.values_list("state").annotate(Count("pk")).order_by())
    coming = rows.filter(state__in=[State.SENDING, State.ARRIVED])
    total = coming.aggregate(size=Sum("size_bytes"), received=Sum("received_bytes"))
    return Sums(by_state=by_state, size_bytes=total["size"] or 0, received_bytes=total["received"] or 0)


@transaction.atomic
def start(upload_id: uuid.UUID, *, leaves_missing: bool = False, at: datetime) -> Job:
    """Import what has arrived.

    :param leaves_missing: though some files have not.
    :raises UploadRefused: :raises AlreadyRunning:
    """
    upload = Upload.objects.select_for_update().get(pk=upload_id)
    require_open(upload)
    found = sums(upload)
    if not found.by_state.get(State.ARRIVED):
        raise UploadRefused(gettext("Nothing new has arrived, so there is nothing to import."))
    if found.unfinished and not leaves_missing:
        raise UploadRefused(_missing(found.unfinished))
    source = sources.register_upload(
        upload_disk.files(upload.pk),
        label=upload.label or f"Upload of {upload.created_at:%Y-%m-%d %H:%M}",
        time_zone=upload.time_zone,
        created_at=at,
    )
    job = imports.start(source, tags=upload.tags, created_at=at)
    Upload.objects.filter(pk=upload.pk).update(state=Upload.State.IMPORTED, source=source, job=job)
    transaction.on_commit(lambda: upload_disk.remove_parts(upload.pk))
    return job


def _missing(number: int) -> str:
    text = ngettext("%(number)d file has not arrived yet.", "%(number)d files have not arrived yet.", number)
    return text % {"number": number}


def require_open(upload: Upload) -> None:
    """Make sure that an upload can go on.

    :raises UploadRefused:
    """
    if upload.state != Upload.State.OPEN:
        raise UploadRefused(gettext("This upload has been imported or dropped already."))


def _as_fields(wishes: Wishes) -> dict[str, object]:
    return {
        "label": upload_names.storable(wishes.label)[:200],
        "time_zone": wishes.time_zone,
        "tags": [upload_names.storable(tag) for tag in wishes.tags],
    }
