"""What a rule about copies would do, counted a slice at a time: a page can show how far it is, and go on.

Nothing is stored between slices. What has been counted so far is one small value, which the address carries.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from django.db.models import Max

from media_catalog.models import DuplicateGroup
from media_catalog.services import copy_rules
from media_catalog.services.copy_rules import Rule
from media_catalog.services.group_plans import Plan

POOL = 100  # groups that stay at hand as samples: the ones with the smallest lots, so that all are as likely
SUM = 1 << 64
SLICE = 500


class BadTally(ValueError):
    """What is said to have been counted cannot have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What was counted so far: groups up to `last`, of those up to `until`.

    `files` would be set aside, with their bytes; `left` are groups that the rule does not cover. `total` is
    the sum of the stamps of the groups it covers, and `pool` some of them, drawn by lots.
    """

    seed: int = 0
    last: int = 0
    until: int = 0
    groups: int = 0
    files: int = 0
    size_bytes: int = 0
    left: int = 0
    total: int = 0
    pool: tuple[int, ...] = ()

    @property
    def is_complete(self) -> bool:
        return self.last >= self.until

    @property
    def percent(self) -> int:
        """How far it is, by the keys of the groups."""
        return 100 if self.is_complete else 100 * self.last // self.until

    @property
    def stamp(self) -> str:
        """What is the same as long as the rule would do exactly this; groups found later do not matter."""
        return f"{self.until}-{self.total:016x}"

    def as_text(self) -> str:
        """Write it as `of_text` reads it."""
        numbers = (self.seed, self.last, self.until, self.groups, self.files, self.size_bytes, self.left)
        return "-".join(f"{number:x}" for number in (*numbers, self.total, *self.pool))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read what `as_text` wrote.

        :raises BadTally: when it is nothing of the kind.
        """
        try:
            numbers = [int(part, 16) for part in text.split("-")]
            seed, last, until, groups, files, size_bytes, left, total, *pool = numbers
        except ValueError as error:
            raise BadTally(text) from error
        if max(numbers) >= SUM or len(pool) > POOL or max(last, until, *pool, 0) >= SUM // 2:
            raise BadTally(text)
        return cls(
            seed=seed,
            last=last,
            until=until,
            groups=groups,
            files=files,
            size_bytes=size_bytes,
            left=left,
            total=total,
            pool=tuple(pool),
        )


def begin(rule: Rule, *, seed: int = 0) -> Tally:
    """Begin to count; groups that are found from now on are left out."""
    groups = DuplicateGroup.objects.filter(kind=rule.kind, resolved_at=None)
    return Tally(seed=seed, until=groups.aggregate(Max("pk"))["pk__max"] or 0)


def go_on(rule: Rule, tally: Tally, *, slices: int) -> Tally:
    """Look at some slices of groups more."""
    for plans in copy_rules.slices_after(rule, tally.last, until=tally.until, size=SLICE):
        tally = _with(tally, rule, plans)
        slices -= 1
        if not slices:
            return tally
    return _with(tally, rule, (), last=tally.until)


def whole(rule: Rule, *, until: int) -> Iterator[Tally]:
    """Count all groups up to a key, telling after each slice what was counted so far."""
    tally = Tally(until=until)
    while not tally.is_complete:
        tally = go_on(rule, tally, slices=1)
        yield tally


def until_of(stamp: str) -> int:
    """Read from the stamp of a count which groups it is about: those up to this key.

    :raises BadTally: when it is no such stamp.
    """
    try:
        until, _total = stamp.split("-")
        return int(until)
    except ValueError as error:
        raise BadTally(stamp) from error


def samples(rule: Rule, tally: Tally, *, number: int, page: int) -> Sequence[Plan]:
    """Plan for some of the counted groups that were drawn; another page gives others."""
    pages = max(1, -(-len(tally.pool) // number))
    first = page % pages * number
    return copy_rules.planned(rule, sorted(tally.pool[first : first + number]))


def _with(tally: Tally, rule: Rule, plans: Sequence[Plan], *, last: int = 0) -> Tally:
    covered = [plan for plan in plans if copy_rules.covers(rule, plan)]
    ids = [plan.group.pk for plan in covered]
    return Tally(
        seed=tally.seed,
        last=max(tally.last, last, *(plan.group.pk for plan in plans)),
        until=tally.until,
        groups=tally.groups + len(covered),
        files=tally.files + sum(len(plan.discarded) for plan in covered),
        size_bytes=tally.size_bytes + sum(plan.size_bytes for plan in covered),
        left=tally.left + len(plans) - len(covered),
        total=(tally.total + sum(int(plan.stamp, 16) for plan in covered)) % SUM,
        pool=_drawn(tally, ids),
    )


def _drawn(tally: Tally, ids: Sequence[int]) -> tuple[int, ...]:
    """Keep the groups with the smallest lots, in their order."""

    def lot(group: int) -> bytes:
        return hashlib.sha256(f"{tally.seed}-{group}".encode()).digest()

    return tuple(sorted((*tally.pool, *ids), key=lot)[:POOL])
