"""Rules for many groups at once: "in all groups of a class where this holds, keep the recommended one"."""

import os
import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from media_catalog.models import DecisionBatch, DuplicateGroup, DuplicateMember, MediaFile
from media_catalog.services import decisions, group_plans, resolutions, sources, tools
from media_catalog.services.decisions import Actor
from media_catalog.services.group_plans import Plan
from media_catalog.services.merging import Act

SLICE = 200
KINDS = tuple(kind for kind in DuplicateGroup.Kind if kind != DuplicateGroup.Kind.IDENTICAL)
# Copies of one shot; of edits and series all are worth keeping.
ONE_IS_ENOUGH = (DuplicateGroup.Kind.SAME_PIXELS, DuplicateGroup.Kind.NEAR)
SURE_BITS = 2
LIKELY_BITS = 4
DOUBTS = frozenset(["times_differ", "other_picture"])
CHANGES = frozenset(["cropped", "grey", "retouched", "mirrored", "series"])
SAVED = 1.02  # times as many pixels, so that cuts to whole blocks do not count


class Keep(StrEnum):
    """What a rule keeps of each group."""

    BEST = "best"
    ALL = "all"


class Confidence(StrEnum):
    """How surely the members of a group are copies of its keeper, the surest first."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which groups are resolved, and how; without conditions, all of a class.

    `keep` is what is usual for the class unless given. Below `folder`, an absolute path, lies every file that
    is set aside; with `is_preferred_source` the one that is kept is of a source preferred to the others'.

    :raises ValueError: for a class that has no rules.
    """

    kind: str
    keep: Keep | None = None
    is_same_source: bool = False
    is_preferred_source: bool = False
    folder: str = ""
    has_more_pixels: bool = False
    confidence: Confidence | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"There are no rules for groups of the class {self.kind!r}.")

    @property
    def keeps(self) -> Keep:
        return self.keep or (Keep.BEST if self.kind in ONE_IS_ENOUGH else Keep.ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a rule would do: to how many groups, how many files it would set aside, and their bytes.

    `left` are unresolved groups of the class that it does not cover. `stamps` are what `apply` compares with,
    by group.
    """

    groups: int = 0
    files: int = 0
    size_bytes: int = 0
    left: int = 0
    stamps: Mapping[int, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a rule did; `batch` undoes all of it. `changed` groups were no longer what had been counted."""

    batch: uuid.UUID
    groups: int = 0
    files: int = 0
    size_bytes: int = 0
    merged: int = 0
    changed: int = 0


def count(rule: Rule, *, advance: Callable[[int], object] | None = None) -> Count:
    """Say what a rule would do, changing nothing.

    :param advance: is told of so many groups more that were looked at.
    """
    covered, sizes, files, left = {}, 0, 0, 0
    for plans in slices_after(rule, 0):
        for plan in plans:
            if not covers(rule, plan):
                left += 1
                continue
            covered[plan.group.pk] = plan.stamp
            files += len(plan.discarded)
            sizes += plan.size_bytes
        if advance:
            advance(len(plans))
    return Count(groups=len(covered), files=files, size_bytes=sizes, left=left, stamps=covered)


def sample(rule: Rule, counted: Count, *, number: int, seed: int) -> list[Plan]:
    """Pick groups at random from those that were counted; the same ones for the same seed."""
    known = sorted(counted.stamps)
    picked = random.Random(seed).sample(known, min(number, len(known)))  # noqa: S311  a sample, no secret
    return planned(rule, sorted(picked))


def apply(
    rule: Rule,
    counted: Count,
    *,
    batch: uuid.UUID,
    actor: Actor,
    at: datetime,
    advance: Callable[[int], object] | None = None,
) -> Applied:
    """Resolve the groups that were counted, those left out that are no longer the same; broken off, it can
    be undone as far as it came.

    :param batch: a new token that undoes it.
    """
    params = {**asdict(rule), "keep": rule.keeps, "groups": len(counted.stamps)}
    decisions.open_batch(DecisionBatch.Verb.COPY_RULE, actor=actor, at=at, params=params, batch=batch)
    act = Act(batch=batch, actor_id=actor.pk if actor else None, at=at)
    done = Applied(batch=batch)
    for ids in tools.slices(sorted(counted.stamps), SLICE):
        done = apply_slice(rule, ids, counted.stamps, act=act, done=done)
        if advance:
            advance(len(ids))
    return done


@transaction.atomic
def apply_slice(
    rule: Rule, ids: Sequence[int], stamps: Mapping[int, str], *, act: Act, done: Applied
) -> Applied:
    """Resolve some of the groups that were counted, and return the sum of this and what was done before."""
    resolutions.lock(ids)
    # Locked before they are looked at, so that what is compared is what is changed.
    _lock_files(planned(rule, ids))
    plans = [
        plan
        for plan in planned(rule, ids)
        if not plan.group.resolved_at and plan.stamp == stamps[plan.group.pk] and covers(rule, plan)
    ]
    resolved = resolutions.carry_out(plans, act=act)
    return Applied(
        batch=done.batch,
        groups=done.groups + len(plans),
        files=done.files + resolved.discarded,
        size_bytes=done.size_bytes + sum(plan.size_bytes for plan in plans),
        merged=done.merged + resolved.merged,
        changed=done.changed + len(ids) - len(plans),
    )


def _lock_files(plans: Sequence[Plan]) -> None:
    ids = {file for plan in plans for file in plan.files}
    list(MediaFile.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def slices_after(
    rule: Rule, last: int, *, until: int | None = None, size: int | None = None
) -> Iterator[list[Plan]]:
    """Plan for the unresolved groups of the class after a key, and up to another, some at a time."""
    unresolved = DuplicateGroup.objects.filter(kind=rule.kind, resolved_at=None).order_by("pk")
    if until is not None:
        unresolved = unresolved.filter(pk__lte=until)
    while ids := list(unresolved.filter(pk__gt=last).values_list("pk", flat=True)[: size or SLICE]):
        yield planned(rule, ids)
        last = ids[-1]


def planned(rule: Rule, ids: Sequence[int]) -> list[Plan]:
    """Plan for groups as the rule would have it, in the order of their ids."""
    return plans_keeping(rule.keeps, ids)


def plans_keeping(keep: Keep, ids: Sequence[int]) -> list[Plan]:
    """Plan for groups of any class, in the order of their ids."""
    if keep is Keep.BEST:
        return group_plans.plans(ids)
    members: dict[int, list[int]] = {one: [] for one in ids}
    rows = DuplicateMember.objects.filter(group__in=ids).values_list("group_id", "file_id")
    for group, file in rows:
        members[group].append(file)
    return group_plans.plans(ids, kept=members)


def covers(rule: Rule, plan: Plan) -> bool:
    """Tell whether a rule is about a group: nothing stands against it, and every condition holds."""
    if plan.left_because or plan.restored:
        return False
    keeper, others = plan.files[plan.kept[0]], [plan.files[one] for one in plan.dropped]
    members = [plan.files[one.file_id] for one in plan.members]
    return all(
        (
            not rule.is_same_source or len({one.source_id for one in members}) == 1,
            not rule.is_preferred_source or all(_preference(keeper) > _preference(one) for one in others),
            not rule.folder or _lie_below(rule.folder, [plan.files[one] for one in plan.discarded]),
            not rule.has_more_pixels or all(_pixels(keeper) > SAVED * _pixels(one) for one in others),
            not rule.confidence or _is_as_sure(confidence(plan.members), rule.confidence),
        )
    )


def confidence(members: Sequence[DuplicateMember]) -> Confidence:
    """Say how sure a group is: as sure as its least sure member."""
    found = [_confidence(member) for member in members if not member.is_keeper]
    return max(found, key=list(Confidence).index, default=Confidence.LOW)


def _confidence(member: DuplicateMember) -> Confidence:
    codes = set(member.evidence)
    if codes & DOUBTS or member.distance_bits > LIKELY_BITS:
        return Confidence.LOW
    if codes & CHANGES or member.distance_bits > SURE_BITS:
        return Confidence.MEDIUM
    return Confidence.HIGH


def _is_as_sure(found: Confidence, wanted: Confidence) -> bool:
    order = list(Confidence)
    return order.index(found) <= order.index(wanted)


def _preference(file: MediaFile) -> int:
    return file.source.keeper_preference


def _pixels(file: MediaFile) -> int:
    return (file.width_px or 0) * (file.height_px or 0)


def _lie_below(folder: str, files: Sequence[MediaFile]) -> bool:
    root = sources.canonical(folder)
    return all(sources.is_within(os.path.join(file.source.root, file.path), root) for file in files)  # noqa: PTH118
