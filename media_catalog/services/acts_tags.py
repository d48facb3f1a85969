"""The verbs of acts about tags themselves, as far as they change what files carry."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from media_catalog.models import Decision, DecisionBatch, FileTag, MediaFile, Tag, TagAlias
from media_catalog.services import proposed, tag_decisions, tag_records, tag_tree, tags
from media_catalog.services.acts_plans import BadAct, Both, Doing, Plan

Params = Mapping[str, Any]
Verb = DecisionBatch.Verb
TAGS = "tags"


def _replace(params: Params) -> Plan:
    """Plan to put one tag in the place of others, or nothing, and to delete these."""
    of, into = _ids(params.get("of")), params.get("into")
    if not of or into in of or not (into is None or isinstance(into, int)):
        raise BadAct(_("Choose which tags become which one."))

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        return tag_decisions.relabel(ids, of, into, actor=doing.actor, at=doing.at, batch=doing.batch)

    def look(files: Sequence[MediaFile], _doing: Doing) -> Mapping[int, Both]:
        target = Tag.objects.filter(pk=into or 0).values_list("name", flat=True).first()
        found = {}
        for pk, labels in _carried(files).items():
            rest = [name for tag, name in labels if tag not in of]
            after = [*rest, target] if target and target not in rest else rest
            found[pk] = ({TAGS: [name for _tag, name in labels]}, {TAGS: after})
        return found

    return Plan(
        kinds=frozenset([Decision.Kind.TAG]),
        applies=Q(),  # whoever carries none of these is not selected, and would be left alone
        look=look,
        do=do,
        begin=lambda doing: _make_way(of, into, doing),
        finish=lambda doing: _delete(of, into, doing),
    )


def _make_way(of: Collection[int], into: int | None, doing: Doing) -> None:
    """Let what is found under the old names have the new tag from now on, and hand on what is below."""
    gone = list(Tag.objects.select_for_update().filter(pk__in=of).order_by("pk"))
    if into is not None and not Tag.objects.filter(pk=into).exists():
        raise BadAct(_("The tag that was to stay is gone."))
    for tag in gone:
        _hand_on_children(tag, of, into, doing)
        for alias in TagAlias.objects.filter(tag=tag):
            tag_records.change(alias, act=doing.batch, at=doing.at, tag_id=into)
        alias_to(tag.kind, tag.name_key, into, doing)


def _hand_on_children(tag: Tag, of: Collection[int], into: int | None, doing: Doing) -> None:
    above = next((one for one in tag_tree.above(tag.pk) if one not in of), None)
    kept = {*tag_tree.above(into), into} if into is not None else set()
    for child in Tag.objects.filter(parent=tag).exclude(pk__in=of).order_by("pk"):
        parent = above if into is None or child.pk in kept else into
        tag_records.change(child, act=doing.batch, at=doing.at, parent_id=parent)


def alias_to(kind: str, key: str, tag_id: int | None, doing: Doing) -> None:
    """Let a name that is found in files mean a tag, or nothing."""
    known = TagAlias.objects.filter(kind=kind, name_key=key).first()
    if known:
        tag_records.change(known, act=doing.batch, at=doing.at, tag_id=tag_id)
    else:
        row = TagAlias(kind=kind, name_key=key, tag_id=tag_id)
        tag_records.create(row, act=doing.batch, at=doing.at)


def _delete(of: Collection[int], into: int | None, doing: Doing) -> None:
    """Delete tags that no file carries any more; one that was put on a file meanwhile stays."""
    tags_below_first = sorted(Tag.objects.filter(pk__in=of), key=lambda tag: -len(tag_tree.above(tag.pk)))
    for tag in tags_below_first:
        if not tag_records.carried(tag.pk):
            tag_records.delete(tag, act=doing.batch, at=doing.at)
        elif alias := TagAlias.objects.filter(kind=tag.kind, name_key=tag.name_key, tag=into).first():
            tag_records.delete(alias, act=doing.batch, at=doing.at)


def _carried(files: Sequence[MediaFile]) -> dict[int, list[tuple[int, str]]]:
    rows = FileTag.objects.filter(file__in=[file.pk for file in files]).order_by("tag__name", "pk")
    found: dict[int, list[tuple[int, str]]] = {file.pk: [] for file in files}
    for file_id, tag, name in rows.values_list("file_id", "tag_id", "tag__name"):
        found[file_id].append((tag, name))
    return found


def _take(params: Params) -> Plan:
    """Plan to put proposed tags on the files that they are about."""
    wanted = _proposals(params)
    about: dict[str, Q] = {}
    for key, after, name in wanted:
        about[name] = about.get(name, Q()) | proposed.files([proposed.Mark(key=key, after=after)])
    applies = Q()
    for name, matching in about.items():
        applies |= matching & ~Q(Exists(_having(name)))

    def fitting(name: str, ids: Collection[int]) -> set[int]:
        return set(MediaFile.objects.filter(about[name], pk__in=ids).values_list("pk", flat=True))

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        changed: set[int] = set()
        for name in about:
            mine = fitting(name, ids)
            done = tag_decisions.put_on(mine, [name], actor=doing.actor, at=doing.at, batch=doing.batch)
            changed |= mine.difference(done.left_ids)
        return changed

    def look(files: Sequence[MediaFile], _doing: Doing) -> Mapping[int, Both]:
        carried = {pk: [name for _tag, name in labels] for pk, labels in _carried(files).items()}
        after = {pk: list(names) for pk, names in carried.items()}
        for name in about:
            for pk in fitting(name, after):
                after[pk] += [] if name in after[pk] else [name]
        return {pk: ({TAGS: names}, {TAGS: after[pk]}) for pk, names in carried.items()}

    def begin(doing: Doing) -> None:
        marks = [proposed.Mark(key=key, after=after) for key, after, _name in wanted]
        proposed.pass_by(marks, last=params.get("last"), act=doing.batch, at=doing.at)

    return Plan(kinds=frozenset([Decision.Kind.TAG]), applies=applies, look=look, do=do, begin=begin)


def _having(name: str) -> Any:
    found = FileTag.objects.filter(file=OuterRef("pk"), tag__kind=Tag.Kind.TAG)
    return found.filter(tag__name_key=tags.name_key(name))


def _proposals(params: Params) -> list[tuple[int, int, str]]:
    given = params.get("proposals") or ()
    if not given or len(given) > proposed.MOST:
        raise BadAct(_("Choose some of the proposals, %(most)s at most.") % {"most": proposed.MOST})
    try:
        return [(int(key), int(after), tags.checked(str(name))) for key, after, name in given]
    except tags.BadName as refusal:
        raise BadAct(str(refusal)) from refusal


def _ids(given: Any) -> list[int]:
    return [one for one in given or () if isinstance(one, int)]


VERBS: Mapping[str, Callable[[Params], Plan]] = {
    Verb.MERGE_TAGS: _replace,
    Verb.DELETE_TAG: _replace,
    Verb.TAKE_TAGS: _take,
}
