"""What people call no copies of each other: remembered by content, for every search and import to come."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, product

from django.db import transaction

from media_catalog.models import Decision, DecisionBatch, DuplicateMember, PairVerdict
from media_catalog.services import decisions, regrouping, resolutions, reversals
from media_catalog.services.decisions import Actor

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Separated:
    """The batch that undoes it, and how many pairs are told apart from now on."""

    batch: uuid.UUID
    pairs: int


@transaction.atomic
def separate(
    group_id: int, *, apart: Collection[int], shown: Collection[int], actor: Actor, at: datetime
) -> Separated:
    """Call some members no copies of the rest of their group; all of them, no copies of each other.

    Groups are made anew around them: what is no copy of the keeper leaves its group, and one is no group.

    :param shown: the members that the person saw, by file.
    :raises GroupChanged: when the group has other members by now.
    """
    resolutions.lock([group_id])
    members = DuplicateMember.objects.filter(group=group_id).order_by("rank", "pk")
    hashes = dict(members.values_list("file_id", "file__sha256"))
    if not hashes or set(hashes) != set(shown):
        raise resolutions.GroupChanged("This group has changed since it was shown: look at it again.")
    mine = [hashes[one] for one in hashes if one in apart]
    rest = [hashes[one] for one in hashes if one not in apart]
    pairs = sorted({_pair(*pair) for pair in (product(mine, rest) if rest else combinations(mine, 2))})
    params = {"number": len(apart), "all": not rest}
    batch = decisions.open_batch(DecisionBatch.Verb.SEPARATE, actor=actor, at=at, params=params)
    new = _tell_apart(pairs, batch=batch, actor=actor, at=at)
    if new:
        first = next(one for one in hashes if one in apart)
        _record(new, file_id=first, batch=batch, actor=actor, at=at)
        regrouping.regroup(set(hashes.values()), at=at)
    return Separated(batch=batch, pairs=len(new))


def _pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


def _tell_apart(pairs: Iterable[Pair], *, batch: uuid.UUID, actor: Actor, at: datetime) -> list[Pair]:
    """Store verdicts, and return the pairs that had none in force."""
    new = []
    for first, second in pairs:
        verdict, is_created = PairVerdict.objects.get_or_create(
            first_sha256=first,
            second_sha256=second,
            defaults={"batch": batch, "actor": actor, "created_at": at},
        )
        if not is_created and verdict.is_undone:
            PairVerdict.objects.filter(pk=verdict.pk).update(
                is_undone=False, batch=batch, actor=actor, created_at=at
            )
        if is_created or verdict.is_undone:
            new.append((first, second))
    return new


def _record(pairs: list[Pair], *, file_id: int, batch: uuid.UUID, actor: Actor, at: datetime) -> None:
    of = [list(pair) for pair in pairs]
    decision = Decision(
        batch=batch,
        kind=Decision.Kind.GROUP,
        file_id=file_id,
        actor=actor,
        before={reversals.PAIRS: {"of": of, "is_undone": True}},
        after={reversals.PAIRS: {"of": of, "is_undone": False}},
        created_at=at,
    )
    decisions.record([decision])
