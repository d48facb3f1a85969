"""From pairs to groups: each member is close to its keeper, nothing is chained, no order of files matters.

1. Pairs are joined into components, which are then looked at one by one.
2. In a component, for one kind after the other, the best ranked unit that is left becomes a keeper and
   takes what is of that kind to it; then each member goes to the keeper that it is nearest to.
3. Only keepers and units that are alone are looked at for the next kind, so that copies count once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.units import Kind, Unit

# Kinds in the order in which they are sought; similar scenes only on request.
COPIES = (Kind.IDENTICAL, Kind.SAME_PIXELS, Kind.NEAR, Kind.EDITED, Kind.BURST)
# A keeper is compared with at most so many others of a component: pictures with that many likes are a flood.
MOST_COMPARED = 20_000
Relate: TypeAlias = Callable[[Unit, Unit], Relation | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    unit: Unit
    relation: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Units of one kind, each related to the keeper; the members are in the order of the ranking."""

    kind: Kind
    keeper: Unit
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How to group: what two units are to each other, which is better, and which a person has separated.

    `rank` gives the best unit the smallest key and no two units the same. `separated` holds pairs of
    SHA-256, the smaller first, so that the word of a person holds for every copy and outlives an import.
    """

    relate: Relate
    rank: Callable[[Unit], tuple[object, ...]]
    separated: Collection[tuple[str, str]] = frozenset()
    kinds: Sequence[Kind] = COPIES

    def is_separated(self, one: Unit, other: Unit) -> bool:
        return separation(one.sha256, other.sha256) in self.separated


def separation(one: str, other: str) -> tuple[str, str]:
    """Give the form in which two contents are remembered as not being copies of each other."""
    return (one, other) if one <= other else (other, one)


def components(pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Join pairs of ids, which may come in any order and more than once, into sorted components."""
    parents: dict[int, int] = {}
    for one, other in pairs:
        first, second = _root(parents, one), _root(parents, other)
        parents[max(first, second)] = min(first, second)
    members: dict[int, list[int]] = defaultdict(list)
    for one in sorted(parents):
        members[_root(parents, one)].append(one)
    return list(members.values())


def group(units: Iterable[Unit], rules: Rules) -> Iterator[Group]:
    """Group the units of one component, for each kind in turn."""
    left = sorted(units, key=rules.rank)
    known = replace(rules, relate=_remembering(rules.relate))
    for kind in rules.kinds:
        groups = _groups_of(kind, left, known)
        yield from groups
        taken = {member.unit.id for one in groups for member in one.members}
        left = [unit for unit in left if unit.id not in taken]


def _remembering(relate: Relate) -> Relate:
    """Ask only once about each pair."""
    known: dict[tuple[int, int], Relation | None] = {}

    def remembered(one: Unit, other: Unit) -> Relation | None:
        pair = (min(one.id, other.id), max(one.id, other.id))
        if pair not in known:
            known[pair] = relate(one, other)
        return known[pair]

    return remembered


def _groups_of(kind: Kind, units: Sequence[Unit], rules: Rules) -> list[Group]:
    keepers = _keepers(kind, units, rules)
    members = _nearest(kind, units, keepers, rules)
    return [
        Group(kind=kind, keeper=keeper, members=tuple(members[keeper.id]))
        for keeper in keepers
        if members[keeper.id]
    ]


def _keepers(kind: Kind, units: Sequence[Unit], rules: Rules) -> list[Unit]:
    """Choose keepers, best first, until every unit is one or could be a member of one."""
    keepers: list[Unit] = []
    left = list(units)
    while left:
        keeper, *others = left
        keepers.append(keeper)
        left = [
            unit
            for place, unit in enumerate(others)
            if place >= MOST_COMPARED or _related(kind, keeper, unit, rules) is None
        ]
    return keepers


def _nearest(
    kind: Kind, units: Sequence[Unit], keepers: Sequence[Unit], rules: Rules
) -> Mapping[int, list[Member]]:
    """Give each unit that is no keeper to the nearest one that has none of those it was separated from."""
    members: dict[int, list[Member]] = defaultdict(list)
    are_keepers = {keeper.id for keeper in keepers}
    for unit in units:
        if unit.id in are_keepers:
            continue
        related = (
            (relation.distance, place, relation)
            for place, keeper in enumerate(keepers)
            if (relation := _related(kind, keeper, unit, rules))
        )
        for _, place, relation in sorted(related, key=lambda found: found[:2]):
            chosen = members[keepers[place].id]
            if not any(rules.is_separated(unit, member.unit) for member in chosen):
                chosen.append(Member(unit=unit, relation=relation))
                break
    return members


def _related(kind: Kind, keeper: Unit, unit: Unit, rules: Rules) -> Relation | None:
    if rules.is_separated(keeper, unit):
        return None
    relation = rules.relate(keeper, unit)
    return relation if relation and relation.kind is kind else None


def _root(parents: dict[int, int], one: int) -> int:
    parents.setdefault(one, one)
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one
