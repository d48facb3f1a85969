"""What people do with tags themselves: rename, merge, put below another, colour, delete.

Each is an act of the history, taken back as a whole. What touches many files is the work of a job.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from media_catalog.models import DecisionBatch, FileTag, Job, Tag, TagAlias
from media_catalog.services import acts, acts_tags, decisions, proposed, tag_records, tag_tree, tags
from media_catalog.services.acts import Act, Done, Preview
from media_catalog.services.acts_plans import Doing
from media_catalog.services.decision_log import Actor
from media_catalog.services.selections import Selection
from media_catalog.services.tag_records import Refused as Refused

Verb = DecisionBatch.Verb
MOST_MERGED = 50
TAGGED = "tagged"  # the filter of files by the keys of tags


def same_name(tag: Tag, *, name: str, kind: str) -> Tag | None:
    """Find the other tag that has a name already: renaming is merging then.

    :raises Refused: when this is no name, or no kind.
    """
    return (
        Tag.objects.filter(kind=_kind(kind), name_key=tags.name_key(_name(name))).exclude(pk=tag.pk).first()
    )


@transaction.atomic
def rename(tag: Tag, *, name: str, kind: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Give a tag another name, or make it one of another kind. Returns the batch for undo.

    Files in which the old name is found get the tag under its new one.

    :raises Refused: when the name is none, or another tag has it: then merge them.
    """
    new, key = _name(name), tags.name_key(_name(name))
    row = Tag.objects.select_for_update().get(pk=tag.pk)
    if same_name(row, name=name, kind=kind):
        raise Refused(_("There is a tag “%(name)s” already: merge the two.") % {"name": new})
    params = {"tag": row.pk, "name": row.name, "to": new, "kind": row.kind, "to_kind": kind}
    act = decisions.open_batch(Verb.RENAME_TAG, actor=actor, at=at, params=params)
    old = (row.kind, row.name_key)
    for alias in TagAlias.objects.filter(kind=kind, name_key=key):
        tag_records.delete(alias, act=act, at=at)
    tag_records.change(row, act=act, at=at, name=new, name_key=key, kind=kind)
    if old != (kind, key):
        acts_tags.alias_to(*old, row.pk, Doing(at=at, actor=actor, batch=act))
    return act


@transaction.atomic
def move(tag: Tag, *, parent: Tag | None, actor: Actor, at: datetime) -> uuid.UUID:
    """Put a tag below another one, or to the top. Returns the batch for undo.

    :raises Refused: when it would be below itself, or too deep.
    """
    row = Tag.objects.select_for_update().get(pk=tag.pk)
    if parent and parent.pk in tag_tree.below([row.pk]):
        raise Refused(_("A tag cannot be below itself."))
    above = tag_tree.above(parent.pk) if parent else []
    if parent and len(above) + 1 + tag_tree.height(row.pk) >= tag_tree.DEEPEST:
        raise Refused(_("Tags can be %(most)s levels deep at most.") % {"most": tag_tree.DEEPEST})
    params = {"tag": row.pk, "name": row.name, "to": parent.name if parent else ""}
    act = decisions.open_batch(Verb.MOVE_TAG, actor=actor, at=at, params=params)
    tag_records.change(row, act=act, at=at, parent_id=parent.pk if parent else None)
    return act


@transaction.atomic
def colour(tag: Tag, *, colour: str, actor: Actor, at: datetime) -> uuid.UUID:
    """Give a tag one of the colours, or none. Returns the batch for undo.

    :raises Refused: when there is no such colour.
    """
    if colour and colour not in Tag.Colour.values:
        raise Refused(_("There is no such colour."))
    row = Tag.objects.select_for_update().get(pk=tag.pk)
    params = {"tag": row.pk, "name": row.name, "to": colour}
    act = decisions.open_batch(Verb.COLOUR_TAG, actor=actor, at=at, params=params)
    tag_records.change(row, act=act, at=at, colour=colour)
    return act


def merging(of: Sequence[Tag], into: Tag) -> tuple[Selection, Act]:
    """Return which files merging some tags into one is about, and the act.

    :raises Refused: when nothing is left to merge, or they are too many.
    """
    gone = [tag for tag in of if tag.pk != into.pk]
    if not gone or len(gone) > MOST_MERGED:
        raise Refused(_("Choose the tags to merge, %(most)s at most.") % {"most": MOST_MERGED})
    ids = [tag.pk for tag in gone]
    params = {"of": ids, "into": into.pk, "names": [tag.name for tag in gone], "to": into.name}
    return _tagged(ids), Act(verb=Verb.MERGE_TAGS, params=params)


def deleting(*tags: Tag) -> tuple[Selection, Act]:
    """Return which files deleting tags is about, and the act."""
    ids = [tag.pk for tag in tags]
    return _tagged(ids), Act(verb=Verb.DELETE_TAG, params={"of": ids, "names": [tag.name for tag in tags]})


def taking(marks: Collection[proposed.Mark], names: Collection[str], *, last: int) -> tuple[Selection, Act]:
    """Return which files taking proposed tags is about, and the act.

    :param names: those of the tags, in the order of the proposals.
    :param last: the last file that was looked at; later ones are offered again.
    """
    rows = [[mark.key, mark.after, name] for mark, name in zip(marks, names, strict=True)]
    text = ",".join(str(mark) for mark in marks)
    act = Act(verb=Verb.TAKE_TAGS, params={"proposals": rows, "names": list(names), "last": last})
    return Selection(filters={"proposal": text}), act


def preview(selection: Selection, act: Act, *, number: int = 12) -> Preview:
    """Say how many files an act about tags touches, with samples, changing nothing."""
    return acts.preview(selection, act, number=number)


def merge(
    of: Sequence[Tag], into: Tag, *, actor: Actor, at: datetime, expected: int | None = None, stamp: str = ""
) -> Done | Job:
    """Put one tag in the place of others, and delete these; see `acts.apply` for what is refused.

    :raises Refused: as `merging`.
    """
    selection, act = merging(of, into)
    number = selection.files().count() if expected is None else expected
    return acts.apply(selection, act, expected=number, actor=actor, at=at, stamp=stamp)


def delete(
    tag: Tag, *, actor: Actor, at: datetime, expected: int | None = None, stamp: str = ""
) -> Done | Job:
    """Take a tag from all files, and delete it; found in files again it is not made again."""
    selection, act = deleting(tag)
    number = selection.files().count() if expected is None else expected
    return acts.apply(selection, act, expected=number, actor=actor, at=at, stamp=stamp)


def _tagged(ids: Collection[int]) -> Selection:
    """Select the files that carry tags: few by their keys, for a filter looks at all that there are."""
    carried = FileTag.objects.filter(tag__in=ids).values_list("file_id", flat=True)
    few = list(carried[: acts.AT_ONCE + 1])
    if 0 < len(few) <= acts.AT_ONCE:
        return Selection(ids=tuple(sorted(set(few))))
    return Selection(filters={TAGGED: ",".join(str(one) for one in sorted(ids))})


def _name(name: str) -> str:
    try:
        return tags.checked(name)
    except tags.BadName as refusal:
        raise Refused(str(refusal)) from refusal


def _kind(kind: str) -> str:
    if kind not in Tag.Kind.values:
        raise Refused(_("There are no tags of this kind."))
    return kind
