"""Putting tags on files."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from media_catalog.models import Decision, FileTag, Tag

NAME_LENGTH = 100
FOUND = (FileTag.Origin.METADATA, FileTag.Origin.FOLDER)  # read again with the file, unlike a person's tags
LABELS = "labels"  # in a decision: the tags that a file carried before and after, each with its origin


class Word(NamedTuple):
    """A tag that was found for a file: its kind, its name, and where it comes from."""

    kind: str
    name: str
    origin: str


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
    """Put tags on files, keeping what they carry; return how many file tags there were to put.

    What a person took away comes back by a person alone.
    """
    tags = ensure([name for names in names_by_file.values() for name in names], created_at=created_at)
    unwanted = taken_away(names_by_file) if tags and origin != FileTag.Origin.PERSON else set()
    rows = [
        FileTag(file_id=file_id, tag=tags[key], origin=origin)
        for file_id, names in names_by_file.items()
        for key in dict.fromkeys(name_key(" ".join(name.split())[:NAME_LENGTH]) for name in names)
        if key in tags and (file_id, tags[key].pk) not in unwanted
    ]
    FileTag.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def replace(words_by_file: Mapping[int, Sequence[Word]], *, created_at: datetime) -> int:
    """Make these the tags that were found for files, and return how many change; a person's tags stay.

    What a person took away does not come back.
    """
    wanted = _wanted(words_by_file, created_at=created_at)
    unwanted = taken_away(words_by_file) if wanted else set()
    rows = FileTag.objects.filter(file__in=words_by_file, origin__in=FOUND)
    present = {(row.file_id, row.tag_id, row.origin): row.pk for row in rows}
    gone = [pk for key, pk in present.items() if key not in wanted]
    FileTag.objects.filter(pk__in=gone).delete()
    new = [
        FileTag(file_id=file_id, tag_id=tag_id, origin=origin)
        for file_id, tag_id, origin in wanted
        if (file_id, tag_id, origin) not in present and (file_id, tag_id) not in unwanted
    ]
    FileTag.objects.bulk_create(new, ignore_conflicts=True)
    return len(gone) + len(new)


def taken_away(file_ids: Collection[int]) -> set[tuple[int, int]]:
    """Find the tags that people took from files, and did not put back: pairs of file and tag."""
    kinds = (Decision.Kind.TAG, Decision.Kind.UNDO)
    rows = Decision.objects.filter(file__in=list(file_ids), kind__in=kinds, after__has_key=LABELS)
    found: set[tuple[int, int]] = set()
    for file_id, before, after in rows.order_by("pk").values_list("file_id", "before", "after"):
        found |= {(file_id, tag_id) for tag_id, _origin in before[LABELS]}
        found -= {(file_id, tag_id) for tag_id, _origin in after[LABELS]}
    return found


def _wanted(
    words_by_file: Mapping[int, Sequence[Word]], *, created_at: datetime
) -> dict[tuple[int, int, str], None]:
    by_kind: dict[str, list[str]] = defaultdict(list)
    for word in chain.from_iterable(words_by_file.values()):
        by_kind[word.kind].append(word.name)
    tags = {kind: ensure(names, kind=kind, created_at=created_at) for kind, names in by_kind.items()}
    found: dict[tuple[int, int], str] = {}
    for file_id, words in words_by_file.items():
        for word in words:
            tag = tags[word.kind].get(name_key(" ".join(word.name.split())[:NAME_LENGTH]))
            if tag:
                found.setdefault((file_id, tag.pk), word.origin)
    return {(file_id, tag_id, origin): None for (file_id, tag_id), origin in found.items()}
