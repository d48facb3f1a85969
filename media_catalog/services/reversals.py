"""Writing back what decisions changed, where it still is as they left it.

A decision holds a state before and one after it. Most are fields of a file; the others are known by the one
key that they have: the resolution of a group, verdicts on pairs, tags, and claims about a date.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.db.models import Field

from media_catalog.models import (
    Decision,
    DuplicateGroup,
    DuplicateMember,
    FileTag,
    MediaFile,
    PairVerdict,
    Tag,
)
from media_catalog.services import bulk, copied_claims, evidence, regrouping
from media_catalog.services.tags import LABELS

GROUP, PAIRS, TAGS, CLAIMS = "group", "pairs", "tags", "claims"
PLACE, DATE = "gps_lat", "captured_local"
State = Mapping[str, Any]


def touched(decisions: Sequence[Decision]) -> set[int]:
    """Return the ids of all files about which something is written when these decisions are taken back."""
    keepers = [decision.file_id for decision in decisions if GROUP in decision.after]
    groups = DuplicateMember.objects.filter(file__in=keepers).values("group")
    others = DuplicateMember.objects.filter(group__in=groups).values_list("file_id", flat=True)
    return {decision.file_id for decision in decisions} | set(others if keepers else ())


def write_back(decisions: Sequence[Decision]) -> set[int]:
    """Give what these decisions changed its state before them, in their order; return the keys of those done.

    To be called in a transaction that keeps the counts of the `touched` files; then `follow_up`.
    """
    done = _write_fields([decision for decision in decisions if not _facet(decision)])
    done |= _write_groups([decision for decision in decisions if GROUP in decision.after])
    for decision in decisions:
        facet = _facet(decision)
        if (
            facet
            and facet in WRITERS
            and WRITERS[facet](decision, decision.before[facet], decision.after[facet])
        ):
            done.add(decision.pk)
    return done


def follow_up(decisions: Sequence[Decision], *, at: datetime) -> None:
    """Bring up to date what rests on what was written: dates on places and claims, groups on verdicts.

    To be called in the same transaction, once the counts are kept: this keeps its own.
    """
    dated = {one.file_id for one in decisions if CLAIMS in one.after or PLACE in one.after}
    dated |= _resting_on_copies([one.file_id for one in decisions if DATE in one.after])
    if dated:
        evidence.redecide(dated, at=at)
    pairs = [one.after[PAIRS]["of"] for one in decisions if PAIRS in one.after]
    if pairs:
        regrouping.regroup({content for some in pairs for pair in some for content in pair}, at=at)


def _resting_on_copies(file_ids: Collection[int]) -> set[int]:
    """Find files whose date before a decision may have rested on facts that they no longer have."""
    merges = Decision.objects.filter(kind=Decision.Kind.MERGE, file__in=file_ids)
    return set(merges.values_list("file_id", flat=True)) if file_ids else set()


def plain(values: State) -> dict[str, Any]:
    """Return values as JSON keeps them; times whole, so that undo loses nothing."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def _facet(decision: Decision) -> str | None:
    return next((key for key in (GROUP, *WRITERS) if key in decision.after), None)


def _write_fields(decisions: Sequence[Decision]) -> set[int]:
    files = MediaFile.objects.in_bulk([decision.file_id for decision in decisions])
    done, changed = set(), defaultdict(set)
    for decision in decisions:
        file = files[decision.file_id]
        if plain({name: getattr(file, name) for name in decision.after}) == decision.after:
            for name, value in decision.before.items():
                setattr(file, name, value)
            done.add(decision.pk)
            changed[file.pk].update(decision.before)
    alike = defaultdict(list)
    for file_id, names in changed.items():
        alike[tuple(sorted(names))].append(files[file_id])
    for fields, rows in alike.items():
        overwrite(rows, fields)
    return done


def overwrite(files: Collection[MediaFile], fields: Collection[str]) -> None:
    """Store fields of files, in the transaction of the caller; times may be written as JSON keeps them."""
    columns = [cast("Field[Any, Any]", MediaFile._meta.get_field(name)) for name in fields]
    rows = (
        [column.to_python(getattr(file, name)) for name, column in zip(fields, columns, strict=True)]
        for file in files
    )
    if fields:
        bulk.update(MediaFile, list(fields), ([*row, file.pk] for row, file in zip(rows, files, strict=True)))


def _write_groups(decisions: Sequence[Decision]) -> set[int]:
    """Open groups again, or resolve them as before unless they have other members now."""
    groups = _groups([(one.file_id, one.after[GROUP]["kind"]) for one in decisions])
    done: set[int] = set()
    alike: dict[tuple[str | None, str | None], list[int]] = defaultdict(list)
    for decision in decisions:
        wanted, left = decision.before[GROUP], decision.after[GROUP]
        group = groups.get((decision.file_id, left["kind"]))
        if group is None or group.resolved_batch != _uuid(left["batch"]):
            continue
        if wanted["at"] and _contents(group) != wanted["members"]:
            continue
        group.resolved_batch = _uuid(wanted["batch"])
        alike[wanted["at"], wanted["batch"]].append(group.pk)
        done.add(decision.pk)
    for (at, batch), ids in alike.items():
        DuplicateGroup.objects.filter(pk__in=ids).update(resolved_at=at, resolved_batch=batch)
    return done


def _groups(keepers: Sequence[tuple[int, str]]) -> dict[tuple[int, str], DuplicateGroup]:
    """Find the groups of some kinds that files are in; the same group is the same object."""
    members = DuplicateMember.objects.filter(file__in=[file for file, _ in keepers])
    places = {(one.file_id, one.kind): one.group_id for one in members}
    wanted = {places[keeper] for keeper in keepers if keeper in places}
    locked = DuplicateGroup.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    groups = {group.pk: group for group in locked}
    return {keeper: groups[places[keeper]] for keeper in keepers if keeper in places}


def _contents(group: DuplicateGroup) -> list[str]:
    return sorted(group.members.values_list("file__sha256", flat=True))


def _write_pairs(decision: Decision, wanted: State, left: State) -> bool:
    """Set pairs apart, or let them be copies again."""
    standing = 0
    for first, second in left["of"]:
        pairs = PairVerdict.objects.filter(first_sha256=first, second_sha256=second)
        standing += pairs.filter(is_undone=left["is_undone"]).update(is_undone=wanted["is_undone"])
    return bool(standing)


def _write_tags(decision: Decision, wanted: Sequence[int], left: Sequence[int]) -> bool:
    mine = FileTag.objects.filter(file=decision.file_id, origin=FileTag.Origin.PERSON)
    mine.filter(tag__in=set(left) - set(wanted)).delete()
    known = Tag.objects.filter(pk__in=set(wanted) - set(left))
    rows = [FileTag(file_id=decision.file_id, tag=tag, origin=FileTag.Origin.PERSON) for tag in known]
    FileTag.objects.bulk_create(rows, ignore_conflicts=True)
    return True


def _write_labels(decision: Decision, wanted: Sequence[Any], left: Sequence[Any]) -> bool:
    """Give a file the tags that it carried, each with its origin; tell whether that changed anything."""
    mine = FileTag.objects.filter(file=decision.file_id)
    gone = [label for label in left if label not in wanted]
    back = [label for label in wanted if label not in left]
    number = sum(mine.filter(tag=tag, origin=origin).delete()[0] for tag, origin in gone)
    carried = set(mine.filter(tag__in=[tag for tag, _ in back]).values_list("tag_id", flat=True))
    known = Tag.objects.in_bulk([tag for tag, _ in back if tag not in carried])
    found = [(tag, origin) for tag, origin in back if tag in known]
    FileTag.objects.bulk_create(
        FileTag(file_id=decision.file_id, tag=known[tag], origin=origin) for tag, origin in found
    )
    return bool(number or found)


def _write_claims(decision: Decision, wanted: Sequence[State], left: Sequence[State]) -> bool:
    copied_claims.replace(decision.file_id, gone=left, new=wanted)
    return True


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


WRITERS: Mapping[str, Callable[[Decision, Any, Any], bool]] = {
    PAIRS: _write_pairs,
    TAGS: _write_tags,
    LABELS: _write_labels,
    CLAIMS: _write_claims,
}
