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
from media_catalog.services import counts, tools

SLICE = 500
Actor = User | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """How many files went back to what they were, and which had been changed by something else since."""

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
                    before=_plain({name: getattr(row, name) for name in changes[row.pk]}),
                    after=_plain(changes[row.pk]),
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
        fields = list(changes[changed[0].pk])
        MediaFile.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


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
            before=_plain(row),
            after=_plain(changes),
            created_at=at,
        )
        for row in rows
    )


@transaction.atomic
def undo(batch: uuid.UUID, *, actor: Actor, at: datetime) -> Undone:
    """Take back a batch: each file that still is as the decision left it gets back what it was before.

    Undoing is itself a decision, so that undoing its batch does the first one again.
    """
    decisions = Decision.objects.filter(batch=batch).select_related("file").order_by("pk")
    new_batch, number, refused = uuid.uuid4(), 0, []
    for part in tools.slices(decisions.iterator(SLICE), SLICE):
        with counts.tracking([decision.file_id for decision in part]):
            for decision in part:
                if not _write_back(decision):
                    refused.append(decision.file_id)
                    continue
                number += 1
                _record_undo(decision, batch=new_batch, actor=actor, at=at)
    return Undone(number=number, refused_ids=tuple(refused))


def _write_back(decision: Decision) -> bool:
    file = MediaFile.objects.filter(pk=decision.file_id)
    current = file.values(*decision.after).get()
    if _plain(current) != decision.after:
        return False
    file.update(**decision.before)
    return True


def _record_undo(decision: Decision, *, batch: uuid.UUID, actor: Actor, at: datetime) -> None:
    Decision.objects.create(
        batch=batch,
        kind=Decision.Kind.UNDO,
        file_id=decision.file_id,
        actor=actor,
        before=decision.after,
        after=decision.before,
        undoes=decision,
        created_at=at,
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as JSON keeps them; times whole, so that undo loses nothing."""
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
