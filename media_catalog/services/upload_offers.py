"""What a browser has: which of it the server wants, which it has already, and which it cannot take."""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from media_catalog.models import MediaFile, State, Upload, UploadedFile
from media_catalog.pipeline import refusals, upload_names
from media_catalog.pipeline.upload_names import UnusableName
from media_catalog.services import upload_disk

MOST_AT_ONCE = 200
BYTES_PER_GB = 10**9
SEARCHED = 5  # places that are looked at for one of the same bytes that is still there
Sending = UploadedFile.State.SENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A file that a browser could send; `sha256` is empty where it did not say."""

    path: str
    size_bytes: int
    mtime_ms: int | None = None
    sha256: str = ""

    @property
    def key(self) -> str:
        """What tells this file from all others of its upload."""
        text = f"{self.size_bytes}|{self.mtime_ms}|{self.sha256}|{upload_names.storable(self.path)}"
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class _Room:
    """What may still come: files, bytes of this upload, bytes on the disk."""

    files: int
    upload_bytes: int
    disk_bytes: int

    def refusal(self, offer: Offer) -> str:
        """Say why a file cannot be taken, empty when it can, in which case its room is taken up."""
        largest_gb = settings.MEDIAPARSER_UPLOAD_FILE_GB
        if offer.size_bytes > largest_gb * BYTES_PER_GB:
            return _("it is larger than %(gb)s GB, the most for one file") % {"gb": f"{largest_gb:g}"}
        if not self.files:
            text = _("an upload takes %(files)d files: send the rest as another one")
            return text % {"files": settings.MEDIAPARSER_UPLOAD_FILES}
        if offer.size_bytes > self.upload_bytes:
            text = _("an upload takes %(gb)s GB: send the rest as another one")
            return text % {"gb": f"{settings.MEDIAPARSER_UPLOAD_GB:g}"}
        if offer.size_bytes > self.disk_bytes:
            return _("the server's disk has no room for it: make room there, then choose it again")
        self.files -= 1
        self.upload_bytes -= offer.size_bytes
        self.disk_bytes -= offer.size_bytes
        return ""


def consider(upload: Upload, offers: Sequence[Offer], *, at: datetime) -> list[UploadedFile]:
    """Say for each file, in order, what is wanted of it; what was offered before goes on where it was."""
    by_key = {offer.key: offer for offer in offers}
    known = _known(list(by_key.values()))  # asks disks, which may be slow: nobody shall wait for that
    with transaction.atomic():
        Upload.objects.filter(pk=upload.pk).update(touched_at=at)
        rows = _rows(upload, by_key, known)
    return [rows[offer.key] for offer in offers]


def _rows(
    upload: Upload, by_key: Mapping[str, Offer], known: Mapping[str, MediaFile]
) -> dict[str, UploadedFile]:
    rows = {row.offer_key: row for row in UploadedFile.objects.filter(upload=upload, offer_key__in=by_key)}
    room = _room(upload)
    for key, offer in by_key.items():
        row = rows.get(key)
        if row is None:
            rows[key] = UploadedFile.objects.create(
                upload=upload, offer_key=key, **_judged(offer, room=room, known=known)
            )
        elif row.state == UploadedFile.State.FAILED:
            _judge_again(row, _judged(offer, room=room, known=known))
        elif row.state == Sending:
            _measure(row)
    return rows


def _room(upload: Upload) -> _Room:
    rows = UploadedFile.objects.filter(upload=upload)
    coming = rows.filter(state__in=[Sending, UploadedFile.State.ARRIVED])
    sums = coming.aggregate(size=Sum("size_bytes"))
    unsent = rows.missing().aggregate(left=Sum(F("size_bytes") - F("received_bytes")))
    return _Room(
        files=max(settings.MEDIAPARSER_UPLOAD_FILES - rows.count(), 0),
        upload_bytes=int(settings.MEDIAPARSER_UPLOAD_GB * BYTES_PER_GB) - (sums["size"] or 0),
        disk_bytes=upload_disk.room_bytes() - (unsent["left"] or 0),
    )


def _judged(offer: Offer, *, room: _Room, known: Mapping[str, MediaFile]) -> dict[str, object]:
    facts: dict[str, object] = {
        "path_text": upload_names.storable(offer.path),
        "size_bytes": offer.size_bytes,
        "mtime_ms": offer.mtime_ms,
        "sha256": offer.sha256,
        "state": Sending,
    }
    try:
        *folders, name = upload_names.parts(offer.path)
    except UnusableName as unusable:
        return facts | {"state": UploadedFile.State.FAILED, "reason_text": str(unusable)}
    refusal = next(filter(None, map(refusals.of_folder, folders)), None) or refusals.of_name(name)
    if refusal:
        return facts | {"state": UploadedFile.State.LEFT, "reason_text": refusal.text}
    if offer.sha256 in known:
        return facts | {"state": UploadedFile.State.KNOWN, "known_file": known[offer.sha256]}
    if text := room.refusal(offer):
        return facts | {"state": UploadedFile.State.FAILED, "reason_text": text}
    return facts


def _judge_again(row: UploadedFile, facts: Mapping[str, object]) -> None:
    row.received_bytes, row.reason_text = 0, ""
    for name, value in facts.items():
        setattr(row, name, value)
    row.save()


def _measure(row: UploadedFile) -> None:
    """Trust the disk where it has less than was noted, and the note where it has less than the disk."""
    here = min(row.received_bytes, upload_disk.length(upload_disk.part(row.upload_id, row.pk)))
    if here != row.received_bytes:
        row.received_bytes = here
        row.save(update_fields=["received_bytes"])


def _known(offers: Sequence[Offer]) -> dict[str, MediaFile]:
    """Find files of the library with the bytes of what is offered, if they are really there."""
    hashes = {offer.sha256 for offer in offers} - {""}
    files = MediaFile.objects.filter(sha256__in=hashes, state=State.ANALYSED).exclude(sha256="")
    found: dict[str, MediaFile] = {}
    tried: dict[str, int] = {}
    for file in files.select_related("source").order_by("pk")[: SEARCHED * MOST_AT_ONCE]:
        tried[file.sha256] = tried.get(file.sha256, 0) + 1
        if file.sha256 not in found and tried[file.sha256] <= SEARCHED and _is_there(file):
            found[file.sha256] = file
    return found


def _is_there(file: MediaFile) -> bool:
    try:
        status = os.lstat(os.path.join(file.source.root, file.path))  # noqa: PTH118  bytes
    except OSError:
        return False  # nor within an archive: to send it once more does no harm
    return status.st_size == file.size_bytes


def in_trouble(
    upload: Upload, *, state: str = UploadedFile.State.FAILED, after: int = 0, size: int = 50
) -> Iterator[UploadedFile]:
    """Yield files that did not make it, or that were left out, page by page."""
    rows = UploadedFile.objects.filter(upload=upload, state=state, pk__gt=after)
    yield from rows.order_by("pk")[:size]
