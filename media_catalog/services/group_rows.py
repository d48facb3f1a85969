"""Groups of copies as rows: only what differs from those that stand is written."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from media_catalog.models import DuplicateGroup, DuplicateMember
from media_catalog.pipeline.duplicates import grouping, keeper, words
from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.units import Kind, Unit
from media_catalog.services import counts, tools

SLICE = 500


class Member(NamedTuple):
    """A row of a group; `reasons` say why the keeper is kept, `evidence` what another one is to it."""

    file_id: int
    rank: int
    is_keeper: bool
    distance_bits: int
    reasons: list[str]
    evidence: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A group as it should stand."""

    kind: str
    key: str
    members: tuple[Member, ...]
    contents: frozenset[str]


@dataclass(slots=True, kw_only=True)
class Standing:
    """A group as it stands."""

    row: DuplicateGroup
    members: list[Member] = field(default_factory=list)
    contents: set[str] = field(default_factory=set)


def wanted(found: grouping.Group) -> Wanted:
    """Put a group into rows, the recommended unit first; in a series that is the best shot."""
    relations = {member.unit.id: member.relation for member in found.members}
    units = [found.keeper, *(member.unit for member in found.members)]
    if found.kind is Kind.BURST:
        units = keeper.rank_series(units)
    best, *others = units
    # The shot that the others were compared with may not be the best: it is to the best what that is to it.
    between = relations.get(best.id)
    return Wanted(
        kind=str(found.kind),
        key=best.sha256,
        members=(
            Member(best.id, 0, True, 0, _reasons(found.kind, best, others), []),
            *(
                _member(unit, rank, relations.get(unit.id, between))
                for rank, unit in enumerate(others, start=1)
            ),
        ),
        contents=frozenset(unit.sha256 for unit in units),
    )


def _member(unit: Unit, rank: int, relation: Relation | None) -> Member:
    likeness = relation.likeness if relation else None
    bits = likeness.hash_bits if likeness else 0
    return Member(unit.id, rank, False, bits, [], list(relation.reasons) if relation else [])


def _reasons(kind: Kind, best: Unit, others: Sequence[Unit]) -> list[str]:
    if kind is not Kind.BURST:
        return list(keeper.all_reasons(best, others))
    codes = {code for other in others for code in keeper.series_reasons(best, other)}
    return [code for code in words.KEEPERS if code in codes]


@transaction.atomic
def put(file_ids: Collection[int], groups: Iterable[Wanted], *, at: datetime) -> int:
    """Make the groups of these files, those of identical bytes apart, what they should be.

    No file may be in a group with one that is not given. A group that was resolved stays so unless a content
    comes to it that was not known then. Returns how many groups were written or taken away.
    """
    new = {(one.kind, one.key): one for one in groups}
    old = _standing(file_ids, {key for _, key in new})
    pairs = [*_same_key(new, old), *_same_members(new, old)]
    changed = [
        (one, group)
        for one, group in pairs
        if one.members != tuple(group.members) or one.key != group.row.key
    ]
    gone, created = list(old.values()), list(new.values())
    if not (changed or gone or created):
        return 0
    touched = {
        member.file_id for group in (*gone, *(group for _, group in changed)) for member in group.members
    }
    touched |= {member.file_id for one in (*created, *(one for one, _ in changed)) for member in one.members}
    with counts.tracking(sorted(touched), are_groups_changing=True):
        _clear(gone, [group for _, group in changed])
        _write(changed, created, at=at)
    return len(changed) + len(gone) + len(created)


def _standing(file_ids: Collection[int], keys: Collection[str]) -> dict[tuple[str, str], Standing]:
    ids: set[int] = set()
    rows = DuplicateGroup.objects.exclude(kind=DuplicateGroup.Kind.IDENTICAL)
    for part in tools.slices(sorted(file_ids), SLICE):
        ids.update(rows.filter(members__file__in=part).values_list("pk", flat=True))
    for some in tools.slices(sorted(keys), SLICE):
        ids.update(
            rows.filter(kind__in=DuplicateGroup.Kind.values, key__in=some).values_list("pk", flat=True)
        )
    found: dict[int, Standing] = {}
    for part in tools.slices(sorted(ids), SLICE):
        found |= {group.pk: Standing(row=group) for group in rows.filter(pk__in=part)}
    for group_id, content, member in _members(found):
        found[group_id].members.append(member)
        found[group_id].contents.add(content)
    return {(group.row.kind, group.row.key): group for group in found.values()}


def _members(group_ids: Iterable[int]) -> Iterator[tuple[int, str, Member]]:
    fields = ("file_id", "rank", "is_keeper", "distance_bits", "reasons", "evidence")
    for part in tools.slices(sorted(group_ids), SLICE):
        rows = DuplicateMember.objects.filter(group__in=part).order_by("group", "rank")
        for group_id, content, *values in rows.values_list("group_id", "file__sha256", *fields):
            yield group_id, content, Member(*values)


Both = tuple[Wanted, Standing]


def _same_key(new: dict[tuple[str, str], Wanted], old: dict[tuple[str, str], Standing]) -> Iterator[Both]:
    for key in sorted(new.keys() & old.keys()):
        yield new.pop(key), old.pop(key)


def _same_members(new: dict[tuple[str, str], Wanted], old: dict[tuple[str, str], Standing]) -> Iterator[Both]:
    """Find groups that go on under another keeper: nobody came to them."""
    holding = {(name[0], content): name for name in sorted(old) for content in old[name].contents}
    for key in sorted(new):
        name = holding.get(key)  # a group's key is the content of its keeper
        if name in old and new[key].contents <= old[name].contents:
            yield new.pop(key), old.pop(name)


def _clear(gone: Sequence[Standing], changed: Sequence[Standing]) -> None:
    for part in tools.slices([group.row.pk for group in gone], SLICE):
        DuplicateGroup.objects.filter(pk__in=part).delete()
    for part in tools.slices([group.row.pk for group in changed], SLICE):
        DuplicateMember.objects.filter(group__in=part).delete()


def _renew(one: Wanted, row: DuplicateGroup, known: AbstractSet[str]) -> None:
    """Give a group its key, and open it again where it holds what nobody has seen in it."""
    is_reopened = row.resolved_at is not None and not one.contents <= known
    if is_reopened:
        row.resolved_at = row.resolved_batch = None
    if is_reopened or row.key != one.key:
        row.key = one.key
        row.save(update_fields=["key", "resolved_at", "resolved_batch"])


def _write(changed: Sequence[Both], created: Sequence[Wanted], *, at: datetime) -> None:
    for one, group in changed:
        _renew(one, group.row, group.contents)
    rows = [DuplicateGroup(kind=one.kind, key=one.key, created_at=at) for one in created]
    DuplicateGroup.objects.bulk_create(rows)
    filled = [*((group.row, one) for one, group in changed), *zip(rows, created, strict=True)]
    DuplicateMember.objects.bulk_create(
        DuplicateMember(group=row, kind=one.kind, **member._asdict())
        for row, one in filled
        for member in one.members
    )
