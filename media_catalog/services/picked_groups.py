"""What somebody chooses for groups that they picked, of any class: looked at first, then done in one act."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from media_catalog.services import copy_rules, resolutions
from media_catalog.services.copy_rules import Keep
from media_catalog.services.decisions import Actor
from media_catalog.services.group_plans import Plan
from media_catalog.services.resolutions import GroupChanged, Resolved

MOST = 100
RESOLVED = "resolved"
UNRESTORED = "kept_discarded"  # what was discarded is restored by a person who looks at it, not by the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A group and what would become of its files; `obstacle` is the code of why it would be left alone."""

    plan: Plan
    obstacle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picks:
    """The groups that somebody picked, as they are now."""

    all: Sequence[Pick]

    @property
    def able(self) -> list[Plan]:
        return [pick.plan for pick in self.all if not pick.obstacle]

    @property
    def stamp(self) -> str:
        """What has to be the same for the groups to be those that somebody saw."""
        facts = [f"{pick.plan.group.pk} {pick.plan.stamp} {pick.obstacle}" for pick in self.all]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


def look(ids: Sequence[int], *, keep: Keep) -> Picks:
    """Say what would become of groups, changing nothing.

    :raises ValueError: when they are more than `MOST`.
    """
    if len(ids) > MOST:
        raise ValueError("too many groups to be picked one by one")
    plans = copy_rules.plans_keeping(keep, sorted(ids))
    return Picks(all=[Pick(plan=plan, obstacle=_obstacle(plan)) for plan in plans])


def _obstacle(plan: Plan) -> str:
    if plan.group.resolved_at:
        return RESOLVED
    return plan.left_because or (UNRESTORED if plan.restored else "")


@transaction.atomic
def resolve(ids: Sequence[int], *, keep: Keep, stamp: str, actor: Actor, at: datetime) -> Resolved:
    """Resolve the groups that can be, in one act.

    :raises GroupChanged: when they are no longer what was shown.
    """
    resolutions.lock(sorted(ids))
    picks = look(ids, keep=keep)
    if picks.stamp != stamp or not picks.able:
        raise GroupChanged(
            _("The groups have changed since they were shown. Nothing was done. Look at them again.")
        )
    kept = {plan.group.pk: plan.kept for plan in picks.able}
    shown = {plan.group.pk: [member.file_id for member in plan.members] for plan in picks.able}
    return resolutions.resolve_all(kept, shown=shown, actor=actor, at=at)
