"""What a person decides: written to the files, recorded for ever, undone by a further decision."""

import copy
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import Confidence, Decision, DecisionBatch, Disposition, MediaFile
from media_catalog.models.files import PERSON
from media_catalog.services import counts, reversals, tools
from media_catalog.services.decision_log import Actor as Actor
from media_catalog.services.decision_log import open_batch as open_batch
from media_catalog.services.decision_log import record as record
from media_catalog.services.undoing import Undone as Undone
from media_catalog.services.undoing import redo as redo
from media_catalog.services.undoing import standing as standing
from media_catalog.services.undoing import undo as undo

SLICE = 500
Verb = DecisionBatch.Verb
DISPOSING = {
    Disposition.KEEP: Verb.KEEP,
    Disposition.DISCARD: Verb.DISCARD,
    Disposition.UNDECIDED: Verb.RESTORE,
}


def set_disposition(
    files: QuerySet[MediaFile],
    *,
    disposition: Disposition,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
) -> uuid.UUID:
    """Keep or discard files; discarding only means that they are not exported. Returns the batch for undo.

    :param batch: here as below, the act that the change is a part of; without one it is an act of its own.
    """
    act = batch or open_batch(DISPOSING[disposition], actor=actor, at=at)
    changes = {"disposition": disposition.value}
    return _decide(files, kind=Decision.Kind.DISPOSITION, changes=changes, actor=actor, at=at, batch=act)


def confirm_dates(
    files: QuerySet[MediaFile], *, actor: Actor, at: datetime, batch: uuid.UUID | None = None
) -> uuid.UUID:
    """Confirm the dates of files as they stand. Returns the batch for undo."""
    act = batch or open_batch(Verb.CONFIRM, actor=actor, at=at)
    changes = {"reviewed_at": at, "reviewed_by_id": actor.pk if actor else None}
    return _decide(files, kind=Decision.Kind.DATE, changes=changes, actor=actor, at=at, batch=act)


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

    def as_params(self) -> dict[str, Any]:
        """Return the date as an act keeps it for the sentence about it."""
        return {
            "local": self.local.isoformat(),
            "until": self.until.isoformat(),
            "precision": self.precision,
            "offset_minutes": self.offset_minutes,
        }

    def as_fields(self) -> dict[str, Any]:
        """Return the fields of a file that has this date because somebody says so."""
        return {
            "captured_local": self.local,
            "captured_until_local": self.until,
            "captured_precision": self.precision,
            "offset_minutes": self.offset_minutes,
            "offset_source": "" if self.offset_minutes is None else PERSON,
            "captured_at": self.instant,
            "captured_from": PERSON,
            "confidence": Confidence.HIGH.value,
        }


def set_date(
    files: QuerySet[MediaFile],
    *,
    date: GivenDate,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
) -> uuid.UUID:
    """Give files a date. Returns the batch for undo."""
    changes = {
        **date.as_fields(),
        "reviewed_at": at,
        "reviewed_by_id": actor.pk if actor else None,
    }
    act = batch or open_batch(Verb.SET_DATE, actor=actor, at=at, params=date.as_params())
    return _decide(files, kind=Decision.Kind.DATE, changes=changes, actor=actor, at=at, batch=act)


def set_flag(
    files: QuerySet[MediaFile],
    *,
    is_flagged: bool,
    actor: Actor,
    at: datetime,
    batch: uuid.UUID | None = None,
) -> uuid.UUID:
    """Flag files, or take their flag away. Returns the batch for undo."""
    act = batch or open_batch(Verb.FLAG if is_flagged else Verb.UNFLAG, actor=actor, at=at)
    changes = {"is_flagged": is_flagged}
    return _decide(files, kind=Decision.Kind.FLAG, changes=changes, actor=actor, at=at, batch=act)


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

    :param batch: the act that the change is a part of; without one it is an act of its own.
    """
    batch, number, left = batch or open_batch(Verb.EDIT, actor=actor, at=at), 0, []
    ids = list(files.order_by("pk").values_list("pk", flat=True))
    for part in tools.slices(ids, SLICE):
        with counts.tracking(part):
            rows = list(MediaFile.objects.filter(pk__in=part).order_by("pk"))
            changes = {row.pk: found for row in rows if (found := change(row)) is not None}
            record(
                [
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
                ]
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
    files: QuerySet[MediaFile],
    *,
    kind: str,
    changes: Mapping[str, Any],
    actor: Actor,
    at: datetime,
    batch: uuid.UUID,
) -> uuid.UUID:
    blank = Decision(batch=batch, kind=kind, actor=actor, after=reversals.plain(changes), created_at=at)
    ids = list(files.order_by("pk").values_list("pk", flat=True))
    for part in tools.slices(ids, SLICE):
        with counts.tracking(part):
            record(_filled_in(blank, part, changes))
            MediaFile.objects.filter(pk__in=part).update(**changes)
    return batch


def _filled_in(blank: Decision, file_ids: Sequence[int], changes: Mapping[str, Any]) -> list[Decision]:
    """Make the same decision about each file, with what was there before it."""
    rows = MediaFile.objects.filter(pk__in=file_ids).order_by("pk").values("pk", *changes)
    found = []
    for row in rows:
        decision = copy.copy(blank)
        decision.file_id, decision.before = row.pop("pk"), reversals.plain(row)
        found.append(decision)
    return found
