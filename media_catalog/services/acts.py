"""What people do with many files at once: look at what would change, do it, take it back.

The grid, the rules, the clock tool, the admin and the API all call this.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from media_catalog.models import DecisionBatch, DuplicateGroup, Job
from media_catalog.services import (
    acts_order,
    acts_scope,
    acts_verbs,
    copy_rule_counts,
    copy_rules,
    deciding,
    deciding_acts,
    deciding_rules,
    deciding_undos,
    decisions,
    tag_records,
    undoing,
)
from media_catalog.services.acts_plans import Act, BadAct, Doing, Plan
from media_catalog.services.acts_preview import Preview, Sample, preview
from media_catalog.services.acts_scope import Scope, SelectionChanged
from media_catalog.services.copy_rules import Applied, Rule
from media_catalog.services.deciding import Busy
from media_catalog.services.decisions import Actor
from media_catalog.services.selections import Selection
from media_catalog.services.undoing import Undone

__all__ = [
    "AT_ONCE",
    "Act",
    "BadAct",
    "Busy",
    "Done",
    "Preview",
    "Sample",
    "SelectionChanged",
    "apply",
    "apply_rule",
    "preview",
    "redo",
    "undo",
]

AT_ONCE = 500  # files, groups or decisions; more are the work of a job
Verb = DecisionBatch.Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What an act did: how many selected files it changed, and how many it left; `batch` undoes all of it."""

    batch: uuid.UUID
    number: int
    left: int


@transaction.atomic
def apply(
    selection: Selection, act: Act, *, expected: int, actor: Actor, at: datetime, stamp: str = ""
) -> Done | Job:
    """Do it: up to `AT_ONCE` files here and now, more as a job.

    :param expected: how many files were shown as selected.
    :param stamp: of the preview; with it, files that came later in an import are left out, and whatever else
        has changed since is noticed.
    :raises BadAct: when the act makes no sense.
    :raises SelectionChanged: when other files are selected by now, or somebody decided about them.
    :raises Busy: when it takes a job, and another one is under way.
    """
    plan = acts_verbs.plan(act.verb, act.params)
    acts_scope.lock(selection.files(), most=AT_ONCE)
    scope = acts_scope.same(selection.files(), number=expected, stamp=stamp, plan=plan)
    if scope.number > AT_ONCE:
        return _later(selection, act, plan=plan, scope=scope, actor=actor, at=at)
    files = selection.files().filter(pk__lte=scope.last)
    ids = (
        acts_order.by_name(files, plan.applies)
        if plan.in_sequence
        else list(files.values_list("pk", flat=True))
    )
    batch = decisions.open_batch(act.verb, actor=actor, at=at, params=act.params)
    doing = Doing(at=at, actor=actor, batch=batch, places={pk: place for place, pk in enumerate(ids)})
    if plan.begin:
        plan.begin(doing)
    changed = deciding_acts.do(plan, ids, doing)
    if plan.finish:
        plan.finish(doing)
    return Done(batch=batch, number=len(changed), left=len(ids) - len(changed))


def _later(selection: Selection, act: Act, *, plan: Plan, scope: Scope, actor: Actor, at: datetime) -> Job:
    """Queue an act; files that were picked one by one, or follow each other, are noted at once."""
    files, rows = selection.files().filter(pk__lte=scope.last), []
    if plan.in_sequence:
        rows = [(pk, "") for pk in acts_order.by_name(files, plan.applies)]
    elif selection.ids:
        rows = [(pk, "") for pk in files.order_by("pk").values_list("pk", flat=True)]

    def open_act(job: Job) -> uuid.UUID:
        batch = decisions.open_batch(act.verb, actor=actor, at=at, params=act.params, job=job)
        if plan.begin:
            plan.begin(Doing(at=at, actor=actor, batch=batch))
        return batch

    wanted = deciding_acts.options(act, selection, scope, is_listed=bool(rows))
    return deciding.start({deciding_acts.WHAT: wanted}, rows=rows, open_act=open_act, actor=actor, at=at)


@transaction.atomic
def apply_rule(rule: Rule, *, expected: int, actor: Actor, at: datetime, stamp: str = "") -> Applied | Job:
    """Resolve groups of copies by a rule: here and now where few of the class are unresolved, else as a job.

    :param expected: how many groups were counted; `stamp` is that of the count (`copy_rule_counts.Tally`).
    :raises BadAct: when the stamp is none.
    :raises SelectionChanged: when it would be other groups by now; a job asks a person instead.
    :raises Busy: when it takes a job, and another one is under way.
    """
    until, total = _counted(rule, stamp)
    unresolved = DuplicateGroup.objects.filter(kind=rule.kind, resolved_at=None, pk__lte=until)
    if unresolved[: AT_ONCE + 1].count() > AT_ONCE:
        return _rule_later(
            rule, deciding_rules.options(rule, until=until, groups=expected, total=total), actor, at
        )
    plans = [plan for some in copy_rules.slices_after(rule, 0, until=until) for plan in some]
    stamps = {plan.group.pk: plan.stamp for plan in plans if copy_rules.covers(rule, plan)}
    if len(stamps) != expected or total not in (None, deciding_rules.total(stamps.values())):
        raise SelectionChanged(
            _("The groups have changed since they were shown. Nothing was done. Look at them again.")
        )
    counted = copy_rules.Count(groups=len(stamps), stamps=stamps)
    return copy_rules.apply(rule, counted, batch=uuid.uuid4(), actor=actor, at=at)


def _counted(rule: Rule, stamp: str) -> tuple[int, int | None]:
    """Return up to which group was counted, and the sum of the stamps of those that the rule covers."""
    if not stamp:
        groups = DuplicateGroup.objects.filter(kind=rule.kind, resolved_at=None)
        return groups.aggregate(Max("pk"))["pk__max"] or 0, None
    try:
        return copy_rule_counts.until_of(stamp), int(stamp.rpartition("-")[2], 16)
    except (copy_rule_counts.BadTally, ValueError):
        raise BadAct(_("This form is broken: open the page again.")) from None


def _rule_later(rule: Rule, wanted: dict[str, object], actor: Actor, at: datetime) -> Job:
    params = {**asdict(rule), "groups": wanted["groups"]}

    def open_act(job: Job) -> uuid.UUID:
        return decisions.open_batch(Verb.COPY_RULE, actor=actor, at=at, params=params, job=job)

    return deciding.start({deciding_rules.WHAT: wanted}, open_act=open_act, actor=actor, at=at)


def undo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone | Job:
    """Take back an act: up to `AT_ONCE` decisions here and now, more as a job.

    :raises BadAct: when the act is under way still, or tags that it changed were changed since.
    :raises Busy: when it takes a job, and another one is under way.
    """
    _refuse_unfinished(batch)
    return _turned(batch, is_redo=False, actor=actor, at=at)


def redo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone | Job:
    """Do again what was taken back of an act: up to `AT_ONCE` decisions here and now, more as a job.

    :raises BadAct: when the act, or its undo, is under way still, or tags were changed since.
    :raises Busy: when it takes a job, and another one is under way.
    """
    _refuse_unfinished(batch)
    return _turned(batch, is_redo=True, actor=actor, at=at)


def _turned(batch: uuid.UUID, *, is_redo: bool, actor: Actor, at: datetime) -> Undone | Job:
    turn = undoing.redo if is_redo else undoing.undo
    try:
        if _are_few(batch, is_redo=is_redo):
            return turn(batch, actor=actor, at=at)
        return _turn_later(batch, is_redo=is_redo, actor=actor, at=at)
    except tag_records.Refused as refused:
        raise BadAct(str(refused)) from refused


def _refuse_unfinished(batch: uuid.UUID) -> None:
    if running := Job.objects.unfinished().filter(acts=batch).first():
        raise BadAct(
            _("This is still being done, by job %(job)s: cancel that job first.") % {"job": running.pk}
        )


def _are_few(batch: uuid.UUID, *, is_redo: bool) -> bool:
    found = deciding_undos.decisions_of(batch, is_redo=is_redo)
    return found[: AT_ONCE + 1].count() <= AT_ONCE


@transaction.atomic
def _turn_later(batch: uuid.UUID, *, is_redo: bool, actor: Actor, at: datetime) -> Job:
    wanted = deciding_undos.options(batch, is_redo=is_redo)
    verb = Verb.REDO if is_redo else ""

    def open_act(job: Job) -> uuid.UUID:
        return undoing.open_undo(batch, actor=actor, at=at, verb=verb, job=job)

    return deciding.start({deciding_undos.WHAT: wanted}, open_act=open_act, actor=actor, at=at)
