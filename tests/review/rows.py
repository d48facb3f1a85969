"""Catalogue rows as an import would leave them."""

import itertools
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from PIL import Image

from media_catalog.models import DuplicateGroup, MediaFile, Source
from media_catalog.models.fields import path_key
from media_catalog.services import counts

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
serial = itertools.count(1)


def add_source(label: str = "Mum's phone") -> Source:
    root = f"/photos/{next(serial)}".encode()
    return Source.objects.create(
        label=label, root_bytes=root, root_key=path_key(root), root_text=root.decode(), created_at=NOW
    )


def add_file(name: str = "IMG_1.jpg", *, captured: datetime | None = None, **facts: Any) -> MediaFile:
    """Add a file that was read; `captured` gives it an exact date of high confidence."""
    path = f"{next(serial)}/{name}".encode()
    date = {
        "captured_local": captured,
        "captured_until_local": captured,
        "captured_precision": "second",
        "captured_from": "EXIF:DateTimeOriginal",
        "confidence": "high",
    }
    facts = {"state": "analysed", "kind": "image"} | (date if captured else {}) | facts
    facts.setdefault("source", Source.objects.first() or add_source())
    file = MediaFile.objects.create(
        path_bytes=path,
        path_key=path_key(path),
        path_text=path.decode(),
        name=name,
        discovered_at=NOW,
        **facts,
    )
    counts.added([file.pk])
    return file


def add_group(keeper: MediaFile, *copies: MediaFile) -> DuplicateGroup:
    group = DuplicateGroup.objects.create(
        kind="identical", key=f"{keeper.pk}", created_at=NOW, resolved_at=NOW
    )
    for rank, file in enumerate([keeper, *copies]):
        group.members.create(file=file, kind="identical", rank=rank, is_keeper=file == keeper)
    return group


def add_thumbnail(sha256: str) -> None:
    target = settings.DATA_DIR / "thumbnails" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (40, 30), "teal").save(target)
