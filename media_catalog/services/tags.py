"""Putting tags on files."""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.utils.translation import gettext as _

from media_catalog.models import Decision, FileTag, Tag, TagAlias
from media_catalog.pipeline import tag_text

NAME_LENGTH = 100
KEY_LENGTH = 200  # a few letters become three when their case is folded
FOUND = (FileTag.Origin.METADATA, FileTag.Origin.FOLDER)  # read again with the file, unlike a person's tags
LABELS = "labels"  # in a decision: the tags that a file carried before and after, each with its origin


class Word(NamedTuple):
    """A tag that was found for a file: its kind, its name, and where it comes from."""

    kind: str
    name: str
    origin: str


class BadName(ValueError):
    """This cannot be the name of a tag; the message is for a person."""


def name_key(name: str) -> str:
    """Return what two spellings of one tag have in common."""
    return unicodedata.normalize("NFC", name).casefold()[:KEY_LENGTH]


def tidy(name: str) -> str:
    """Return a name without needless white space."""
    return " ".join(name.split())


def checked(name: str) -> str:
    """Return a name that somebody typed, as it is kept.

    :raises BadName: when it is blank, too long, or has characters that nobody can see.
    """
    kept = tidy(name)
    if not kept:
        raise BadName(_("A tag needs a name."))
    if len(kept) > NAME_LENGTH:
        raise BadName(_("The name of a tag has %(most)s characters at most.") % {"most": NAME_LENGTH})
    if tag_text.CONTROLS.search(kept):
        raise BadName(_("The name of a tag cannot hold control characters."))
    return kept


def ensure(
    names: Sequence[str], *, kind: str = Tag.Kind.TAG, created_at: datetime, is_found: bool = False
) -> dict[str, Tag]:
    """Find or create tags by name; return them by the keys of these names. Blank names are left out.

    :param is_found: the names were found in files: those of tags that were renamed or merged mean what these
        are called now, and those of tags that were deleted mean nothing.
    """
    wanted = {name_key(name): name for name in (tidy(name)[:NAME_LENGTH] for name in names) if name}
    known = _renamed(wanted, kind) if is_found and wanted else {}
    missing = {key: name for key, name in wanted.items() if key not in known}
    tags = _by_key(missing, kind)
    new = sorted((key, name) for key, name in missing.items() if key not in tags)
    if new:
        rows = [Tag(kind=kind, name=name, name_key=key, created_at=created_at) for key, name in new]
        Tag.objects.bulk_create(rows, ignore_conflicts=True)
        if not is_found:  # who types a name means it
            TagAlias.objects.filter(kind=kind, name_key__in=[key for key, _name in new]).delete()
        tags |= _by_key([key for key, _name in new], kind)
    return tags | {key: tag for key, tag in known.items() if tag}


def _by_key(keys: Collection[str], kind: str) -> dict[str, Tag]:
    return {tag.name_key: tag for tag in Tag.objects.filter(kind=kind, name_key__in=keys)} if keys else {}


def _renamed(keys: Collection[str], kind: str) -> dict[str, Tag | None]:
    rows = TagAlias.objects.filter(kind=kind, name_key__in=keys).select_related("tag")
    return {row.name_key: row.tag for row in rows}


def add(names_by_file: Mapping[int, Sequence[str]], *, origin: str, created_at: datetime) -> int:
    """Put tags on files, keeping what they carry; return how many file tags there were to put.

    What a person took away comes back by a person alone.
    """
    is_found = origin != FileTag.Origin.PERSON
    every = [name for names in names_by_file.values() for name in names]
    tags = ensure(every, created_at=created_at, is_found=is_found)
    unwanted = taken_away(names_by_file) if tags and is_found else set()
    rows = [
        FileTag(file_id=file_id, tag=tags[key], origin=origin)
        for file_id, names in names_by_file.items()
        for key in dict.fromkeys(name_key(tidy(name)[:NAME_LENGTH]) for name in names)
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
    tags = {
        kind: ensure(names, kind=kind, created_at=created_at, is_found=True)
        for kind, names in by_kind.items()
    }
    found: dict[tuple[int, int], str] = {}
    for file_id, words in words_by_file.items():
        for word in words:
            tag = tags[word.kind].get(name_key(tidy(word.name)[:NAME_LENGTH]))
            if tag:
                found.setdefault((file_id, tag.pk), word.origin)
    return {(file_id, tag_id, origin): None for (file_id, tag_id), origin in found.items()}
