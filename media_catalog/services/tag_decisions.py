"""Tags that people put on files and take from them: decisions like any others."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from media_catalog.models import Decision, FileTag, Tag
from media_catalog.services import decisions, tags, tools
from media_catalog.services.decisions import Actor

SLICE = 500
Label = tuple[int, str]  # a tag and its origin
Verb = decisions.Verb


@transaction.atomic
def put_on(
    file_ids: Collection[int],
    names: Sequence[str],
    *,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
    kind: str = Tag.Kind.TAG,
) -> decisions.Changed:
    """Put tags on files; those that carry all of them already are left alone.

    :param batch: here as below, the act that it is a part of; without one it is an act of its own.
    """
    act = batch or decisions.open_batch(Verb.TAG, actor=actor, at=at, params={"names": list(names)})
    wanted = [tag.pk for tag in tags.ensure(names, kind=kind, created_at=at).values()]
    new: dict[int, list[Label]] = {}
    for part in tools.slices(sorted(file_ids), SLICE):
        known = set(FileTag.objects.filter(file__in=part, tag__in=wanted).values_list("file_id", "tag_id"))
        for file_id in part:
            lacking = [tag for tag in wanted if (file_id, tag) not in known]
            new |= {file_id: [(tag, FileTag.Origin.PERSON.value) for tag in lacking]} if lacking else {}
    FileTag.objects.bulk_create(
        FileTag(file_id=file_id, tag_id=tag, origin=origin)
        for file_id, labels in new.items()
        for tag, origin in labels
    )
    blank = Decision(batch=act, kind=Decision.Kind.TAG, actor=actor, created_at=at)
    _record(blank, {file_id: ([], labels) for file_id, labels in new.items()})
    return _changed(act, new, file_ids)


@transaction.atomic
def take_off(
    file_ids: Collection[int],
    names: Sequence[str],
    *,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
    kind: str = Tag.Kind.TAG,
) -> decisions.Changed:
    """Take tags from files, whoever put them there; they do not come back when files are read again."""
    act = batch or decisions.open_batch(Verb.UNTAG, actor=actor, at=at, params={"names": list(names)})
    gone: dict[int, list[Label]] = defaultdict(list)
    for part in tools.slices(sorted(file_ids), SLICE):
        rows = FileTag.objects.filter(file__in=part, tag__in=known(names, kind=kind))
        for file_id, tag, origin in rows.order_by("file_id", "tag_id").values_list(
            "file_id", "tag_id", "origin"
        ):
            gone[file_id].append((tag, origin))
        rows.delete()
    blank = Decision(batch=act, kind=Decision.Kind.TAG, actor=actor, created_at=at)
    _record(blank, {file_id: (labels, []) for file_id, labels in gone.items()})
    return _changed(act, gone, file_ids)


@transaction.atomic
def relabel(
    file_ids: Collection[int],
    of: Collection[int],
    into: int | None,
    *,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID,
) -> set[int]:
    """Give files another tag in place of some, or none; return the files that carried any of these.

    What a person said stays a person's word.
    """
    blank = Decision(batch=batch, kind=Decision.Kind.TAG, actor=actor, created_at=at)
    changed: set[int] = set()
    for part in tools.slices(sorted(file_ids), SLICE):
        rows = FileTag.objects.filter(file__in=part, tag__in=of)
        carried: dict[int, list[Label]] = defaultdict(list)
        for file_id, tag, origin in rows.order_by("pk").values_list("file_id", "tag_id", "origin"):
            carried[file_id].append((tag, origin))
        rows.delete()
        given = _given(carried, into)
        _record(blank, {file_id: (labels, given.get(file_id, [])) for file_id, labels in carried.items()})
        changed.update(carried)
    return changed


def _given(carried: Mapping[int, list[Label]], into: int | None) -> dict[int, list[Label]]:
    """Put a tag on the files that do not carry it yet."""
    if into is None:
        return {}
    having = set(FileTag.objects.filter(file__in=carried, tag=into).values_list("file_id", flat=True))
    new = {
        file_id: [(into, _strongest(labels))] for file_id, labels in carried.items() if file_id not in having
    }
    FileTag.objects.bulk_create(
        FileTag(file_id=file_id, tag_id=tag, origin=origin)
        for file_id, labels in new.items()
        for tag, origin in labels
    )
    return new


def _strongest(labels: Sequence[Label]) -> str:
    origins = [origin for _tag, origin in labels]
    return FileTag.Origin.PERSON.value if FileTag.Origin.PERSON in origins else origins[0]


def known(names: Sequence[str], *, kind: str = Tag.Kind.TAG) -> list[int]:
    """Find the ids of tags by their names."""
    keys = {tags.name_key(tags.tidy(name)) for name in names}
    return list(Tag.objects.filter(kind=kind, name_key__in=keys).values_list("pk", flat=True))


def _record(blank: Decision, labels: Mapping[int, tuple[list[Label], list[Label]]]) -> None:
    decisions.record(
        [
            Decision(
                batch=blank.batch,
                kind=blank.kind,
                file_id=file_id,
                actor=blank.actor,
                before={tags.LABELS: [list(label) for label in before]},
                after={tags.LABELS: [list(label) for label in after]},
                created_at=blank.created_at,
            )
            for file_id, (before, after) in labels.items()
        ]
    )


def _changed(act: uuid.UUID, changed: Collection[int], file_ids: Collection[int]) -> decisions.Changed:
    left = tuple(sorted(set(file_ids).difference(changed)))
    return decisions.Changed(batch=act, number=len(changed), left_ids=left)
