"""Catalogues of copies, as rows: what the tests of decisions about them begin with."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from media_catalog.models import (
    DuplicateGroup,
    DuplicateMember,
    MediaFile,
    Source,
    Stack,
    TimestampCandidate,
)
from media_catalog.models.fields import path_key
from media_catalog.services import counts as counting
from media_catalog.services import evidence, groups

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SHOT = datetime(2019, 5, 4, 12, 30)
EXIF = "EXIF:DateTimeOriginal"


def source(label: str = "photos", *, preference: int = 0) -> Source:
    root = f"/{label}".encode()
    return Source.objects.get_or_create(
        root_key=path_key(root),
        defaults={
            "label": label,
            "root_bytes": root,
            "root_text": f"/{label}",
            "keeper_preference": preference,
            "created_at": NOW,
        },
    )[0]


def file(path: str, *, content: str = "", where: str = "photos", **facts: Any) -> MediaFile:
    """Catalogue a picture that was read; files of one `content` have the same bytes."""
    return MediaFile.objects.create(
        **{
            "source": source(where),
            "path_bytes": path.encode(),
            "path_key": path_key(path.encode()),
            "path_text": path,
            "name": path.rpartition("/")[2],
            "kind": "image",
            "state": "analysed",
            "sha256": hashlib.sha256((content or path).encode()).hexdigest(),
            "size_bytes": 1000,
            "mtime_ns": 1,
            "width_px": 400,
            "height_px": 300,
            "discovered_at": NOW,
        }
        | facts
    )


def claim(of: MediaFile, *, source: str = EXIF, local: datetime = SHOT, **facts: Any) -> None:
    """Let a file say when it was taken, and date it by that."""
    known = {"raw_text": str(local), "precision": "second", "weight": 100, "verdict": "chosen"}
    rank = of.candidates.count()
    TimestampCandidate.objects.create(file=of, rank=rank, source=source, local=local, **known | facts)
    evidence.redecide([of.pk], at=NOW)


def group(kind: str, *files: MediaFile, **facts: Any) -> DuplicateGroup:
    """Put files into an unresolved group, the first as its keeper; `facts` are those of the others."""
    found = DuplicateGroup.objects.create(kind=kind, key=files[0].sha256, created_at=NOW)
    for rank, one in enumerate(files):
        known = facts if rank else {}
        DuplicateMember.objects.create(
            group=found, file=one, kind=kind, rank=rank, is_keeper=not rank, **known
        )
    counting.rebuild()
    return found


def stack(*files: MediaFile, kind: str = Stack.Kind.LIVE_PHOTO) -> Stack:
    """Make files one thing to a person, led by the first."""
    found = Stack.objects.create(kind=kind, leader=files[0], created_at=NOW)
    MediaFile.objects.filter(pk__in=[one.pk for one in files]).update(stack=found)
    return found


def identical(*files: MediaFile) -> None:
    groups.refresh_identical({one.sha256 for one in files}, at=NOW)


def dispositions() -> dict[str, str]:
    return dict(MediaFile.objects.order_by("path_text").values_list("path_text", "disposition"))


def discarded() -> set[str]:
    return {path for path, one in dispositions().items() if one == "discard"}


def counts_are_right() -> bool:
    """Tell whether the counts kept along the way are those that are counted anew."""
    kept = {facet: counting.numbers(facet) for facet in counting.FACETS}
    counting.rebuild()
    return kept == {facet: counting.numbers(facet) for facet in counting.FACETS}
