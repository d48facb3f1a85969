"""Putting tags on files."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime

from media_catalog.models import FileTag, Tag

NAME_LENGTH = 100


def name_key(name: str) -> str:
    """Return what two spellings of one tag have in common."""
    return unicodedata.normalize("NFC", name).casefold()


def ensure(names: Sequence[str], *, kind: str = Tag.Kind.TAG, created_at: datetime) -> dict[str, Tag]:
    """Find or create tags by name; return them by their key. Blank names are left out."""
    wanted = {
        name_key(name): name for name in (" ".join(name.split())[:NAME_LENGTH] for name in names) if name
    }
    Tag.objects.bulk_create(
        [
            Tag(kind=kind, name=name, name_key=key, created_at=created_at)
            for key, name in sorted(wanted.items())
        ],
        ignore_conflicts=True,
    )
    return {tag.name_key: tag for tag in Tag.objects.filter(kind=kind, name_key__in=wanted)}


def add(names_by_file: Mapping[int, Sequence[str]], *, origin: str, created_at: datetime) -> int:
    """Put tags on files, keeping what they carry; return how many file tags there were to put."""
    tags = ensure([name for names in names_by_file.values() for name in names], created_at=created_at)
    rows = [
        FileTag(file_id=file_id, tag=tags[key], origin=origin)
        for file_id, names in names_by_file.items()
        for key in dict.fromkeys(name_key(" ".join(name.split())[:NAME_LENGTH]) for name in names)
        if key in tags
    ]
    FileTag.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
