"""The read side of the history: acts by key, the newest first, and what each changed."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from media_catalog import changes, sentences
from media_catalog.models import Decision, DecisionBatch, MediaFile
from media_catalog.services import tag_records

PAGE_SIZE = 60
MOST_REFUSED = 20
Verb = DecisionBatch.Verb
TURNS = (Verb.UNDO, Verb.REDO)


class BadPlace(ValueError):
    """The place in the address is none that a page gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The last act of a page."""

    at: datetime
    batch: uuid.UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}_{self.batch}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a place back from an address.

        :raises BadPlace: when it is none.
        """
        at, _separator, batch = text.partition("_")
        try:
            place = cls(at=datetime.fromisoformat(at), batch=uuid.UUID(batch))
        except ValueError as error:
            raise BadPlace(text) from error
        if place.at.tzinfo is None or str(place) != text:
            raise BadPlace(text)
        return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An act as the pages show it; `about` is what an undo or a redo turned."""

    row: DecisionBatch
    sentence: str
    who: str
    about: uuid.UUID | None
    undone_by: str

    @property
    def is_undone(self) -> bool:
        return self.row.undone_by_id is not None

    @property
    def is_partly_undone(self) -> bool:
        return self.row.undone_by is not None and self.row.undone_by.number < self.row.number

    @property
    def is_turn(self) -> bool:
        return self.row.verb in TURNS

    @property
    def is_under_way(self) -> bool:
        return self.row.job is not None and not self.row.job.is_finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of acts; `after` is the place where the next one begins, `None` on the last."""

    acts: Sequence[Act]
    after: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an act changed about one file."""

    file: MediaFile
    taken_from: MediaFile | None
    lines: Sequence[changes.Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One page of changes; `after` is the key where the next one begins, `None` on the last."""

    rows: Sequence[Change]
    after: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that an undo left alone, and who has changed it since: an import, where nobody decided."""

    file: MediaFile
    who: str
    what: str


def page(*, before: Place | None = None, actor_id: int | None = None) -> Page:
    """Return acts, the newest first; with `actor_id` only those of one person."""
    rows = _known().filter(tag_records.TOLD).order_by("-created_at", "-id")
    if actor_id is not None:
        rows = rows.filter(actor=actor_id)
    if before is not None:
        # The first condition is implied by the second, but only it lets the index be entered there.
        is_later = Q(created_at__lt=before.at) | Q(pk__lt=before.batch)
        rows = rows.filter(is_later, created_at__lte=before.at)
    found = list(rows[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    last = Place(at=shown[-1].created_at, batch=shown[-1].pk) if len(found) > PAGE_SIZE else None
    return Page(acts=told(shown), after=last)


def _known() -> QuerySet[DecisionBatch]:
    return DecisionBatch.objects.select_related("actor", "job", "undone_by__actor")


def told(rows: Collection[DecisionBatch]) -> list[Act]:
    """Put acts into words."""
    about = {row.pk: uuid.UUID(row.params["of"]) for row in rows if row.verb in TURNS}
    firsts = DecisionBatch.objects.in_bulk(set(about.values())) if about else {}
    return [_act(row, firsts.get(about[row.pk]) if row.pk in about else None) for row in rows]


def _act(row: DecisionBatch, first: DecisionBatch | None) -> Act:
    return Act(
        row=row,
        sentence=sentences.sentence(row, first=first),
        who=name_of(row.actor),
        about=first.pk if first else None,
        undone_by=name_of(row.undone_by.actor) if row.undone_by else "",
    )


def name_of(actor: Any) -> str:
    """Name who did something; without a person, it was an import or the command line."""
    return (actor.get_full_name() or actor.get_username()) if actor else _("MediaParser")


def act(batch: uuid.UUID) -> Act | None:
    """Return one act, `None` when there is none."""
    return next(iter(told(_known().filter(pk=batch)[:1])), None)


def changes_of(batch: uuid.UUID, *, after: int) -> Changes:
    """Return what an act changed, in the order in which it did, before and after."""
    rows = Decision.objects.filter(batch=batch, pk__gt=after).select_related("file", "taken_from")
    found = list(rows.order_by("pk")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    names = changes.tags_of(shown)
    return Changes(
        rows=[
            Change(file=one.file, taken_from=one.taken_from, lines=changes.lines(one, names)) for one in shown
        ],
        after=shown[-1].pk if len(found) > PAGE_SIZE else None,
    )


def refusals(file_ids: Sequence[int], *, of: uuid.UUID) -> list[Refusal]:
    """Say who has changed files since an act, so that they could not go back; the first of them alone."""
    later = Decision.objects.filter(file=OuterRef("pk"), created_at__gte=_begun(of)).exclude(batch=of)
    others = later.exclude(kind=Decision.Kind.UNDO).order_by("-pk")
    rows = MediaFile.objects.filter(pk__in=file_ids[:MOST_REFUSED]).order_by("pk")
    since = dict(rows.annotate(since=Subquery(others.values("batch")[:1])).values_list("pk", "since"))
    acts = {one.row.pk: one for one in told(_known().filter(pk__in=set(since.values())))}
    return [_refusal(file, acts.get(since[file.pk])) for file in rows]


def _begun(batch: uuid.UUID) -> Subquery:
    return Subquery(DecisionBatch.objects.filter(pk=batch).values("created_at")[:1])


def _refusal(file: MediaFile, since: Act | None) -> Refusal:
    if since is None:
        return Refusal(file=file, who="", what="")
    return Refusal(file=file, who=since.who, what=since.sentence)


def last_act(actor_id: int | None) -> uuid.UUID | None:
    """Find the last act of a person that stands, which undo takes back."""
    rows = DecisionBatch.objects.filter(tag_records.TOLD, actor=actor_id, undone_by=None)
    return _newest(rows.exclude(verb__in=TURNS))


def last_undo(actor_id: int | None) -> uuid.UUID | None:
    """Find what redo does again: what a person took back last, unless they have done something new since."""
    rows = DecisionBatch.objects.filter(tag_records.TOLD, actor=actor_id)
    newest = rows.exclude(verb__in=TURNS).order_by("-created_at", "-id")
    undos = rows.filter(verb=Verb.UNDO, undone_by=None)
    if since := newest.values_list("created_at", flat=True).first():
        undos = undos.filter(created_at__gte=since)
    found = undos.order_by("-created_at", "-id").values_list("params", flat=True).first()
    return uuid.UUID(found["of"]) if found else None


def _newest(rows: QuerySet[DecisionBatch]) -> uuid.UUID | None:
    return rows.order_by("-created_at", "-id").values_list("pk", flat=True).first()


def left_alone(row: DecisionBatch) -> dict[str, object]:
    """Return what an undo left as it is: how many files, and who has changed the first of them."""
    ids = row.params.get("refused") or []
    found = refusals(ids, of=uuid.UUID(row.params["of"])) if ids else []
    return {"refused_number": row.params.get("refused_number", len(ids)), "refusals": found}
