"""What a person decides: written to the files, recorded for ever, undone by a further decision."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import Confidence, Decision, Disposition, MediaFile
from media_catalog.services import counts, reversals, tools

SLICE = 500
Actor = User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many files went back to what they were, and which had been changed by something else since.

    Undoing `batch` does it again.
    """

    batch: uuid.UUID
    number: int
    refused_ids: tuple[int, ...]


def set_disposition(
    files: QuerySet[MediaFile], *, disposition: Disposition, actor: Actor, at: datetime
) -> uuid.UUID:
    """Keep or discard files; discarding only means that they are not exported. Returns the batch for undo."""
    changes = {"disposition": disposition.value}
    return _decide(files, kind=Decision.Kind.DISPOSITION, changes=changes, actor=actor, at=at)


def confirm_dates(files: QuerySet[MediaFile], *, actor: Actor, at: datetime) -> uuid.UUID:
    """Confirm the dates of files as they stand. Returns the batch for undo."""
    changes = {"reviewed_at": at, "reviewed_by_id": actor.pk if actor else None}
    return _decide(files, kind=Decision.Kind.DATE, changes=changes, actor=actor, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDate:
    """A date as a person gives it: naive wall clocks at the start and end of its period.

    :raises ValueError: for wall clocks with a zone, or a period that ends before it begins.
    """

    local: datetime
    until: datetime
    precision: str
    offset_minutes: int | None

    def __post_init__(self) -> None:
        if self.local.tzinfo or self.until.tzinfo or self.until < self.local:
            raise ValueError("A wall clock has no zone, and a period ends after it begins.")

    @property
    def instant(self) -> datetime | None:
        if self.offset_minutes is None:
            return None
        return (self.local - timedelta(minutes=self.offset_minutes)).replace(tzinfo=UTC)


def set_date(files: QuerySet[MediaFile], *, date: GivenDate, actor: Actor, at: datetime) -> uuid.UUID:
    """Give files a date. Returns the batch for undo."""
    changes = {
        "captured_local": date.local,
        "captured_until_local": date.until,
        "captured_precision": date.precision,
        "offset_minutes": date.offset_minutes,
        "offset_source": "" if date.offset_minutes is None else "person",
        "captured_at": date.instant,
        "captured_from": "person",
        "confidence": Confidence.HIGH.value,
        "reviewed_at": at,
        "reviewed_by_id": actor.pk if actor else None,
    }
    return _decide(files, kind=Decision.Kind.DATE, changes=changes, actor=actor, at=at)


def set_flag(files: QuerySet[MediaFile], *, is_flagged: bool, actor: Actor, at: datetime) -> uuid.UUID:
    """Flag files, or take their flag away. Returns the batch for undo."""
    return _decide(files, kind=Decision.Kind.FLAG, changes={"is_flagged": is_flagged}, actor=actor, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The batch for undo, how many files are in it, and which were left as they are."""

    batch: uuid.UUID
    number: int
    left_ids: tuple[int, ...]


@transaction.atomic
def change_each(
    files: QuerySet[MediaFile],
    *,
    kind: str,
    change: Callable[[MediaFile], Mapping[str, Any] | None],
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
) -> Changed:
    """Change each file in its own way: `change` gives the same fields for all, `None` to leave one alone.

    :param batch: the one that the change is a part of; without one it is a new batch.
    """
    batch, number, left = batch or uuid.uuid4(), 0, []
    ids = list(files.order_by("pk").values_list("pk", flat=True))
    for part in tools.slices(ids, SLICE):
        with counts.tracking(part):
            rows = list(MediaFile.objects.filter(pk__in=part).order_by("pk"))
            changes = {row.pk: found for row in rows if (found := change(row)) is not None}
            Decision.objects.bulk_create(
                Decision(
                    batch=batch,
                    kind=kind,
                    file=row,
                    actor=actor,
                    before=reversals.plain({name: getattr(row, name) for name in changes[row.pk]}),
                    after=reversals.plain(changes[row.pk]),
                    created_at=at,
                )
                for row in rows
                if row.pk in changes
            )
            _write(rows, changes)
        number += len(changes)
        left += [row.pk for row in rows if row.pk not in changes]
    return Changed(batch=batch, number=number, left_ids=tuple(left))


def _write(rows: Sequence[MediaFile], changes: Mapping[int, Mapping[str, Any]]) -> None:
    changed = [row for row in rows if row.pk in changes]
    for row in changed:
        for name, value in changes[row.pk].items():
            setattr(row, name, value)
    if changed:
        reversals.overwrite(changed, changes[changed[0].pk])


@transaction.atomic
def _decide(
    files: QuerySet[MediaFile], *, kind: str, changes: Mapping[str, Any], actor: Actor, at: datetime
) -> uuid.UUID:
    batch = uuid.uuid4()
    ids = list(files.order_by("pk").values_list("pk", flat=True))
    for part in tools.slices(ids, SLICE):
        with counts.tracking(part):
            _record(part, batch=batch, kind=kind, changes=changes, actor=actor, at=at)
            MediaFile.objects.filter(pk__in=part).update(**changes)
    return batch


def _record(
    file_ids: list[int],
    *,
    batch: uuid.UUID,
    kind: str,
    changes: Mapping[str, Any],
    actor: Actor,
    at: datetime,
) -> None:
    rows = MediaFile.objects.filter(pk__in=file_ids).order_by("pk").values("pk", *changes)
    Decision.objects.bulk_create(
        Decision(
            batch=batch,
            kind=kind,
            file_id=row.pop("pk"),
            actor=actor,
            before=reversals.plain(row),
            after=reversals.plain(changes),
            created_at=at,
        )
        for row in rows
    )


@transaction.atomic
def undo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone:
    """Take back a batch: what still is as a decision left it gets back what it was before.

    What was taken back already stays so. Undoing is itself a decision, so that undoing its batch does the
    first one again.
    """
    # The last first, so that two decisions of one batch about one thing end where the first began.
    decisions = Decision.objects.filter(batch=batch).order_by("-pk")
    new_batch, refused = uuid.uuid4(), []
    taken_back: set[int] = set()
    for part in tools.slices(decisions.iterator(SLICE), SLICE):
        in_force = standing(part)
        with counts.tracking(reversals.touched(in_force)):
            keys = reversals.write_back(in_force)
        done = [one for one in in_force if one.pk in keys]
        reversals.follow_up(done, at=at)
        _record_undo(done, batch=new_batch, actor=actor, at=at)
        taken_back.update(one.file_id for one in done)
        refused += [one.file_id for one in in_force if one.pk not in keys]
    return Undone(batch=new_batch, number=len(taken_back), refused_ids=tuple(dict.fromkeys(refused)))


@transaction.atomic
def redo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone:
    """Do again what was taken back of a batch, where nothing has changed since."""
    undos = standing(list(Decision.objects.filter(undoes__batch=batch).order_by("pk")))
    results = [undo(one, actor=actor, at=at) for one in dict.fromkeys(undo.batch for undo in undos)]
    return Undone(
        batch=results[-1].batch if results else uuid.uuid4(),
        number=sum(result.number for result in results),
        refused_ids=tuple(file_id for result in results for file_id in result.refused_ids),
    )


def standing(decisions: list[Decision]) -> list[Decision]:
    """Leave out decisions that were taken back, unless that was taken back in turn."""
    if not decisions:
        return []
    undos = standing(list(Decision.objects.filter(undoes__in=decisions).order_by("pk")))
    gone = {undo.undoes_id for undo in undos}
    return [decision for decision in decisions if decision.pk not in gone]


def _record_undo(decisions: Sequence[Decision], *, batch: uuid.UUID, actor: Actor, at: datetime) -> None:
    Decision.objects.bulk_create(
        Decision(
            batch=batch,
            kind=Decision.Kind.UNDO,
            file_id=decision.file_id,
            actor=actor,
            before=decision.after,
            after=decision.before,
            taken_from_id=decision.taken_from_id,
            undoes=decision,
            created_at=at,
        )
        for decision in decisions
    )
