"""Taking acts back, and doing again what was taken back; both are acts themselves."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from media_catalog.models import Decision, DecisionBatch, Job, TagDecision
from media_catalog.services import counts, reversals, tag_records, tools
from media_catalog.services.decision_log import Actor, open_batch, record

SLICE = 500
MOST_NAMED = 100
Verb = DecisionBatch.Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many files went back to what they were, and which had been changed by something else since.

    Undoing `batch` does it again. `is_about_tags` where it changed tags themselves, be it of no file.
    """

    batch: uuid.UUID
    number: int
    refused_ids: tuple[int, ...]
    is_about_tags: bool = False


@transaction.atomic
def undo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone:
    """Take back a batch: what still is as a decision left it gets back what it was before.

    What was taken back already stays so. Undoing is itself a decision, so that undoing its batch does the
    first one again.

    :raises tag_records.Refused: when it changed tags that something else has changed since; nothing is done.
    """
    act = open_undo(batch, actor=actor, at=at)
    done = _take_back(_last_first(batch), act=act, actor=actor, at=at)
    tag_records.end_turn(batch, act, is_redo=False, at=at)
    return done


def _last_first(batch: uuid.UUID) -> Iterator[Decision]:
    """Read the decisions of a batch so that two about one thing end where the first began."""
    decisions = Decision.objects.filter(batch=batch).order_by("-pk")
    part = list(decisions[:SLICE])
    while part:
        yield from part
        part = list(decisions.filter(pk__lt=part[-1].pk)[:SLICE])


@transaction.atomic
def redo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone:
    """Do again what was taken back of a batch, where nothing has changed since.

    :raises tag_records.Refused: when it changes tags that something else has changed since; nothing is done.
    """
    undos = standing(list(Decision.objects.filter(undoes__batch=batch).order_by("-pk")))
    act = open_undo(batch, actor=actor, at=at, verb=Verb.REDO)
    done = _take_back(undos, act=act, actor=actor, at=at)
    tag_records.end_turn(batch, act, is_redo=True, at=at)
    return done


@transaction.atomic
def open_undo(
    batch: uuid.UUID, *, actor: Actor, at: datetime, verb: str = "", job: Job | None = None
) -> uuid.UUID:
    """Begin the act that takes back a batch, or, when that is an undo, does again what it had taken back.

    What it decided about tags themselves is taken back here, for its files need these.

    :raises tag_records.Refused: when something else has changed them since.
    """
    known = DecisionBatch.objects.filter(pk=batch).values_list("verb", "params").first()
    was, params = known or ("", {})
    undoing = Verb.REDO if was == Verb.UNDO else Verb.UNDO
    of = params["of"] if was in (Verb.UNDO, Verb.REDO) else str(batch)
    act = open_batch(verb or undoing, actor=actor, at=at, params={"of": of}, job=job)
    _mark(tag_records.begin_turn(batch, act, is_redo=verb == Verb.REDO, at=at), act)
    return act


def _take_back(decisions: Iterable[Decision], *, act: uuid.UUID, actor: Actor, at: datetime) -> Undone:
    refused: dict[int, None] = {}
    for part in tools.slices(decisions, SLICE):
        refused |= dict.fromkeys(take_back(part, act=act, actor=actor, at=at))
    row = DecisionBatch.objects.get(pk=act)
    return Undone(
        batch=act,
        number=row.number,
        refused_ids=tuple(refused),
        is_about_tags=TagDecision.objects.filter(batch=act).exists(),
    )


@transaction.atomic
def take_back(decisions: Sequence[Decision], *, act: uuid.UUID, actor: Actor, at: datetime) -> list[int]:
    """Take back some decisions, as a part of an undo; return the files that something else has changed since.

    :param act: the key of the undo, from `open_undo`.
    """
    in_force = standing(list(decisions))
    has_groups = any(reversals.GROUP in one.after for one in in_force)
    with counts.tracking(reversals.touched(in_force), are_groups_changing=has_groups):
        keys = reversals.write_back(in_force)
    done = [one for one in in_force if one.pk in keys]
    reversals.follow_up(done, at=at)
    record([_undoing(one, act, actor, at) for one in done])
    refused = list(dict.fromkeys(one.file_id for one in in_force if one.pk not in keys))
    _mark(done, act)
    _note_refused(refused, act)
    return refused


def standing(decisions: list[Decision]) -> list[Decision]:
    """Leave out decisions that were taken back, unless that was taken back in turn."""
    if not decisions:
        return []
    undos = standing(list(Decision.objects.filter(undoes__in=decisions).order_by("pk")))
    gone = {undo.undoes_id for undo in undos}
    return [decision for decision in decisions if decision.pk not in gone]


def _undoing(decision: Decision, act: uuid.UUID, actor: Actor, at: datetime) -> Decision:
    return Decision(
        batch=act,
        kind=Decision.Kind.UNDO,
        file_id=decision.file_id,
        actor=actor,
        before=decision.after,
        after=decision.before,
        taken_from_id=decision.taken_from_id,
        undoes=decision,
        created_at=at,
    )


def _mark(done: Sequence[Decision | TagDecision], act: uuid.UUID) -> None:
    """Say of the acts whose decisions went back, and of the first of all, by what they are undone."""
    if not done:
        return
    undo = DecisionBatch.objects.get(pk=act)
    DecisionBatch.objects.filter(pk__in={one.batch for one in done}).update(undone_by=act)
    first = DecisionBatch.objects.filter(pk=undo.params["of"])
    first.update(undone_by=act if undo.verb == Verb.UNDO else None)


def _note_refused(file_ids: Sequence[int], act: uuid.UUID) -> None:
    if file_ids:
        row = DecisionBatch.objects.select_for_update().get(pk=act)
        named = row.params.get("refused", [])
        new = [one for one in file_ids if one not in named]
        number = row.params.get("refused_number", 0) + len(new)
        row.params |= {"refused": [*named, *new][:MOST_NAMED], "refused_number": number}
        row.save(update_fields=["params"])
