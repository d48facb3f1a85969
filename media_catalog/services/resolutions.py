"""What people decide about groups of copies: which to keep, or that they are no copies at all."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import (
    Decision,
    DecisionBatch,
    Disposition,
    DuplicateGroup,
    DuplicateMember,
    MediaFile,
)
from media_catalog.services import belongings, counts, decisions, group_plans, merging, reversals
from media_catalog.services.decisions import Actor
from media_catalog.services.group_plans import Plan
from media_catalog.services.merging import Act, Heir

Verb = DecisionBatch.Verb


class GroupChanged(Exception):
    """The group is no longer the one that was shown; the message is for a person."""


class NothingKept(ValueError):
    """A resolution keeps at least one member of a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """The batch that undoes it, how many files were set aside, and how many facts were handed on."""

    batch: uuid.UUID
    discarded: int
    merged: int


@transaction.atomic
def resolve(
    group_id: int, *, kept: Collection[int], shown: Collection[int], actor: Actor, at: datetime
) -> Resolved:
    """Keep some members of a group, or all, and discard the others with what they stand for.

    :param kept: ids of files among `shown`, which are the members that the person saw.
    :raises NothingKept: when none is left.
    :raises GroupChanged: when the group has other members by now.
    """
    return resolve_all({group_id: kept}, shown={group_id: shown}, actor=actor, at=at)


@transaction.atomic
def resolve_all(
    kept: Mapping[int, Collection[int]],
    *,
    shown: Mapping[int, Collection[int]],
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
) -> Resolved:
    """Resolve several groups in one act, all or none of them.

    :param batch: the act that it is a part of; without one it is an act of its own.
    :raises NothingKept: when nothing of a group is kept.
    :raises GroupChanged: when a group has other members than those that were shown.
    """
    lock(list(kept))
    found = group_plans.plans(list(kept), kept=kept)
    for group_id in kept:
        _check(next((plan for plan in found if plan.group.pk == group_id), None), shown[group_id])
    params = {"groups": len(found), "kind": found[0].group.kind if found else ""}
    token = batch or decisions.open_batch(Verb.RESOLVE, actor=actor, at=at, params=params)
    return carry_out(found, act=Act(batch=token, actor_id=actor.pk if actor else None, at=at))


@transaction.atomic
def discard(
    files: QuerySet[MediaFile], *, actor: Actor, at: datetime, batch: uuid.UUID | None = None
) -> uuid.UUID:
    """Discard files with their identical copies and the stacks that they lead. Returns the batch for undo.

    What they know better goes to the best that is left of their groups; a group with one left is resolved.

    :param batch: the act that it is a part of; without one it is an act of its own.
    """
    token = batch or decisions.open_batch(Verb.DISCARD, actor=actor, at=at)
    act = Act(batch=token, actor_id=actor.pk if actor else None, at=at)
    whole = _whole(files)
    plans = _without(whole)
    carry_out([replace(plan, restored=()) for plan in plans if len(plan.kept) == 1], act=act)
    with counts.tracking(whole):
        _dispose(dict.fromkeys(whole), Disposition.DISCARD, act=act)
    asked = [plan for plan in plans if len(plan.kept) > 1]
    merging.merge([heir for plan in asked for heir in heirs(plan)[:1]], act=act)
    return act.batch


@transaction.atomic
def restore(
    files: QuerySet[MediaFile], *, actor: Actor, at: datetime, batch: uuid.UUID | None = None
) -> uuid.UUID:
    """Keep files again that were discarded, with what was discarded with them. Returns the batch for undo.

    :param batch: the act that it is a part of; without one it is an act of its own.
    """
    token = batch or decisions.open_batch(Verb.RESTORE, actor=actor, at=at)
    changed = MediaFile.objects.filter(pk__in=_whole(files)).exclude(disposition=Disposition.KEEP)
    return decisions.set_disposition(changed, disposition=Disposition.KEEP, actor=actor, at=at, batch=token)


def _whole(files: QuerySet[MediaFile]) -> set[int]:
    ids = set(files.values_list("pk", flat=True))
    return ids.union(*belongings.of(ids).values())


def _without(whole: Collection[int]) -> list[Plan]:
    """Plan for the unresolved groups that have something left when some files are discarded."""
    unresolved = DuplicateGroup.objects.filter(resolved_at=None, members__file__in=whole)
    ids = list(unresolved.order_by("pk").values_list("pk", flat=True).distinct())
    lock(ids)
    left = DuplicateMember.objects.filter(group__in=ids).exclude(file__in=whole)
    kept: dict[int, list[int]] = {one: [] for one in ids}
    undiscarded = left.exclude(file__disposition=Disposition.DISCARD)
    for group, file in undiscarded.values_list("group_id", "file_id"):
        kept[group].append(file)
    return [plan for plan in group_plans.plans(ids, kept=kept) if plan.kept]


def lock(group_ids: Sequence[int]) -> None:
    """Keep others from changing groups until the end of the transaction."""
    groups = DuplicateGroup.objects.select_for_update().filter(pk__in=group_ids).order_by("pk")
    list(groups.values_list("pk"))


def _check(plan: Plan | None, shown: Collection[int]) -> None:
    if plan is None or {member.file_id for member in plan.members} != set(shown):
        raise GroupChanged("This group has changed since it was shown: look at it again.")
    if not plan.kept:
        raise NothingKept("Keep at least one picture of a group.")


def carry_out(plans: Sequence[Plan], *, act: Act) -> Resolved:
    """Do what was planned, as decisions of one act, in the transaction of the caller."""
    copy_of = {file: plan.kept[0] for plan in plans for file in plan.discarded}
    restored = {file for plan in plans for file in plan.restored} - set(copy_of)
    with counts.tracking({file for plan in plans for file in plan.touched}, are_groups_changing=True):
        _dispose(copy_of, Disposition.DISCARD, act=act)
        _dispose(dict.fromkeys(restored), Disposition.KEEP, act=act)
        _close(plans, act)
    merged = merging.merge([heir for plan in plans for heir in heirs(plan)], act=act)
    return Resolved(batch=act.batch, discarded=len(copy_of), merged=merged)


def _dispose(files: Mapping[int, int | None], disposition: Disposition, *, act: Act) -> None:
    """Change what becomes of files, each with the one that it is a copy of, if it is one."""
    changed = MediaFile.objects.filter(pk__in=files).exclude(disposition=disposition)
    before = dict(changed.order_by("pk").values_list("pk", "disposition"))
    decisions.record(
        [
            Decision(
                batch=act.batch,
                kind=Decision.Kind.DISPOSITION,
                file_id=file,
                actor_id=act.actor_id,
                before={"disposition": was},
                after={"disposition": disposition.value},
                taken_from_id=files[file],
                created_at=act.at,
            )
            for file, was in before.items()
        ]
    )
    MediaFile.objects.filter(pk__in=before).update(disposition=disposition)


def _close(plans: Sequence[Plan], act: Act) -> None:
    """Resolve the groups themselves; the decision about one is kept with the first file that is kept."""
    decisions.record([_closing(plan, act) for plan in plans])
    groups = DuplicateGroup.objects.filter(pk__in=[plan.group.pk for plan in plans])
    groups.update(resolved_at=act.at, resolved_batch=act.batch)


def _closing(plan: Plan, act: Act) -> Decision:
    group = plan.group
    left = {
        "kind": group.kind,
        "members": sorted(plan.files[member.file_id].sha256 for member in plan.members),
        "batch": str(group.resolved_batch) if group.resolved_batch else None,
        "at": group.resolved_at.isoformat() if group.resolved_at else None,
    }
    return Decision(
        batch=act.batch,
        kind=Decision.Kind.GROUP,
        file_id=plan.kept[0],
        actor_id=act.actor_id,
        before={reversals.GROUP: left},
        after={reversals.GROUP: {**left, "batch": str(act.batch), "at": act.at.isoformat()}},
        created_at=act.at,
    )


def heirs(plan: Plan) -> list[Heir]:
    """Let each kept member inherit from what is set aside: members in their order, then their copies."""
    going = set(plan.discarded)
    same = {plan.files[one].sha256 for one in plan.dropped}
    others = sorted(one for one in going - set(plan.dropped) if plan.files[one].sha256 in same)
    givers = (*(one for one in plan.dropped if one in going), *others)
    return [Heir(file=one, copies=givers, kind=plan.group.kind) for one in plan.kept] if givers else []
