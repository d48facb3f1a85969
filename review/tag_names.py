"""Names of tags to offer while somebody types: those used most of late come first."""

import uuid
from collections import Counter

from media_catalog import sentences
from media_catalog.models import DecisionBatch, FileTag, Tag
from media_catalog.pipeline import typed_names
from media_catalog.services import tags

OFFERED = 20
# How far back use is counted, and how many tags with the typed letters are weighed: both bound the work.
LATEST = 2000
WEIGHED = 400
BY_PERSON = 5  # a tag that a person gave counts as so many that were found in files


def suggestions(typed: str) -> list[str]:
    """Return what the whole field could hold, its last tag completed; without one, the tags used last."""
    given, begun = typed_names.unfinished(typed)
    before = f"{given} " if given else ""
    present = {tags.name_key(name) for name in typed_names.split(given)}
    found = [tag.name for tag in _offered(begun) if tag.name_key not in present]
    return [f"{before}{typed_names.quoted(name)}" for name in found[:OFFERED]]


def of_one(typed: str) -> list[str]:
    """Return what a field for a single tag could hold."""
    return [tag.name for tag in _offered(typed)[:OFFERED]]


def told(batch: uuid.UUID) -> str:
    """Tell an act about tags as the history does."""
    return sentences.sentence(DecisionBatch.objects.get(pk=batch))


def _offered(begun: str) -> list[Tag]:
    used = _used()
    key = tags.name_key(" ".join(begun.split())).replace("\x00", "")
    found = Tag.objects.filter(kind=Tag.Kind.TAG)
    chosen = found.filter(name_key__contains=key)[:WEIGHED] if key else found.filter(pk__in=used)
    return sorted(
        chosen, key=lambda tag: (not tag.name_key.startswith(key), -used[tag.pk], tag.name_key, tag.pk)
    )


def _used() -> Counter[int]:
    latest = FileTag.objects.order_by("-pk").values_list("tag_id", "origin")[:LATEST]
    found: Counter[int] = Counter()
    for tag_id, origin in latest:
        found[tag_id] += BY_PERSON if origin == FileTag.Origin.PERSON else 1
    return found
