"""From pairs to groups: each member is close to its keeper, nothing is chained, no order of files matters.

1. Pairs are joined into components, which are then looked at one by one.
2. In a component, for one kind after the other, the best ranked unit that is left becomes a keeper and
   takes what is of that kind to it; then each member goes to the keeper that it is nearest to.
3. Only keepers and units that are alone are looked at for the next kind, so that copies count once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from media_catalog.pipeline.duplicates import sieve
from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.units import Kind, Unit

# Kinds in the order in which they are sought; similar scenes only on request.
COPIES = (Kind.IDENTICAL, Kind.SAME_PIXELS, Kind.NEAR, Kind.EDITED, Kind.BURST)
MOST_COMPARED = 20_000  # units of a component that are looked at together: so many likes are a flood
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
    `sift` spares comparisons: of many units it says which ones `relate` can find to be anything to one.
    """

    relate: Relate
    rank: Callable[[Unit], tuple[object, ...]]
    separated: Collection[tuple[str, str]] = frozenset()
    kinds: Sequence[Kind] = COPIES
    sift: Callable[[Sequence[Unit]], sieve.Sift] = sieve.everything

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
    whole = _Component(sorted(units, key=rules.rank), rules)
    left = list(range(len(whole.units)))
    for kind in rules.kinds:
        groups = whole.groups(kind, left)
        yield from groups
        taken = {member.unit.id for one in groups for member in one.members}
        left = [place for place in left if whole.units[place].id not in taken]


class _Component:
    """Units that are looked at together, by their places in the order of the ranking."""

    def __init__(self, units: Sequence[Unit], rules: Rules) -> None:
        self.units = units
        self._rules = rules
        self._possible = rules.sift(units)
        self._known: dict[tuple[int, int], Relation | None] = {}

    def groups(self, kind: Kind, left: Sequence[int]) -> list[Group]:
        keepers = self._keepers(kind, left)
        members = self._nearest(kind, left, keepers)
        return [
            Group(kind=kind, keeper=self.units[keeper], members=tuple(members[keeper]))
            for keeper in keepers
            if members[keeper]
        ]

    def _keepers(self, kind: Kind, left: Sequence[int]) -> list[int]:
        """Choose keepers, best first, until every unit is one or could be a member of one."""
        keepers: list[int] = []
        free = set(left)
        for place in left:
            if place in free:
                free.discard(place)
                keepers.append(place)
                free.difference_update([other for other, _ in self._related(kind, place, free)])
        return keepers

    def _nearest(self, kind: Kind, left: Sequence[int], keepers: Sequence[int]) -> Mapping[int, list[Member]]:
        """Give each unit that is no keeper to the nearest that has none of those it was separated from."""
        related: dict[int, list[tuple[float, int, Relation]]] = defaultdict(list)
        others = set(left).difference(keepers)
        for keeper in keepers:
            for place, relation in self._related(kind, keeper, others):
                related[place].append((relation.distance, keeper, relation))
        members: dict[int, list[Member]] = defaultdict(list)
        for place in sorted(related):
            unit = self.units[place]
            for _, keeper, relation in sorted(related[place], key=lambda found: found[:2]):
                if not any(self._rules.is_separated(unit, member.unit) for member in members[keeper]):
                    members[keeper].append(Member(unit=unit, relation=relation))
                    break
        return members

    def _related(self, kind: Kind, place: int, some: AbstractSet[int]) -> Iterator[tuple[int, Relation]]:
        """Find which of some units are of a kind to one."""
        for other in self._possible(kind, place) if some else ():
            if other in some and (relation := self._relation(place, other)) and relation.kind is kind:
                yield other, relation

    def _relation(self, place: int, other: int) -> Relation | None:
        """Say what two units are to each other, which is asked only once."""
        pair = (min(place, other), max(place, other))
        if pair not in self._known:
            one, two = self.units[place], self.units[other]
            self._known[pair] = None if self._rules.is_separated(one, two) else self._rules.relate(one, two)
        return self._known[pair]


def _root(parents: dict[int, int], one: int) -> int:
    parents.setdefault(one, one)
    while parents[one] != one:
        parents[one] = parents[parents[one]]
        one = parents[one]
    return one
