"""Keep what is derived from many rows: each file's fate, what it needs, and the counts that pages show."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Value, When
from django.db.models.sql import UpdateQuery

from media_catalog.models import (
    Confidence,
    Disposition,
    DuplicateGroup,
    DuplicateMember,
    ExportedFile,
    Fate,
    LibraryCount,
    MediaFile,
    State,
)

COLUMNS = ("state", "kind", "confidence", "fate", "is_open", "is_flagged", "needs_date", "reason_code")
STANDING = "standing"  # of a file: its fate, or what it waits for
DOUBT = "doubt"  # of files that need a date: how sure theirs is
GROUP = "group"  # not of files, but of unresolved groups: their kind, counted where their keeper is
WHY_FAILED, WHY_SKIPPED = "why_failed", "why_skipped"  # the codes of their reasons
FACETS = (*COLUMNS[:-1], STANDING, DOUBT, GROUP, WHY_FAILED, WHY_SKIPPED)
TROUBLES = {Fate.FAILED: WHY_FAILED, Fate.SKIPPED: WHY_SKIPPED}
UNREAD, OPEN, READY = "unread", "open", "ready"
CountKey = tuple[int, str, str]
ADDITION = (
    "INSERT INTO media_catalog_librarycount AS known (source_id, facet, value, number) "
    "VALUES (%s, %s, %s, %s) ON CONFLICT (source_id, facet, value) "
    "DO UPDATE SET number = known.number + excluded.number"
)


@contextmanager
def tracking(file_ids: Collection[int], *, are_groups_changing: bool = False) -> Iterator[None]:
    """Keep fates, needs and counts right for these files over whatever the block writes about them.

    Files that the block creates must be given to `added` instead.

    :param are_groups_changing: the block makes, opens, resolves or deletes groups, or changes their keepers.
        All their members have to be given then, before and after: groups are counted where their keepers are.
    """
    with transaction.atomic():
        before = _facets(file_ids, is_locking=True)
        groups = _groups(file_ids) if are_groups_changing else Counter()
        yield
        _derive(file_ids)
        _apply(_difference(before, _facets(file_ids)))
        if are_groups_changing:
            _apply(_difference(groups, _groups(file_ids)))


def added(file_ids: Collection[int]) -> None:
    """Count files that were just created; to be called in the transaction that creates them."""
    _derive(file_ids)
    _apply(_facets(file_ids))


@transaction.atomic
def rebuild() -> int:
    """Derive everything anew from all files, in slices; return how many files were looked at."""
    LibraryCount.objects.all().delete()
    total, last = 0, 0
    while ids := list(
        MediaFile.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:1000]
    ):
        added(ids)
        _apply(_groups(ids))
        total, last = total + len(ids), ids[-1]
    return total


def numbers(facet: str, *, source_id: int | None = None) -> dict[str, int]:
    """Return the stored counts of one facet, value by value."""
    rows = LibraryCount.objects.filter(facet=facet)
    if source_id is not None:
        rows = rows.filter(source_id=source_id)
    totals: Counter[str] = Counter()
    for value, number in rows.values_list("value", "number"):
        totals[value] += number
    return {value: number for value, number in totals.items() if number}


def _derive(file_ids: Collection[int]) -> None:
    """Set fate and openness; no other place knows their rules."""
    if file_ids:
        statement, values = _derivation(connection.vendor)
        marks = ", ".join(["%s"] * len(file_ids))
        with connection.cursor() as cursor:
            cursor.execute(f"{statement} ({marks})", [*values, *file_ids])


@cache
def _derivation(_vendor: str) -> tuple[str, Sequence[Any]]:
    """Put the statement together up to the keys: doing so takes longer than what it does to fifty files."""
    query = cast("UpdateQuery", MediaFile.objects.filter(pk__in=[0]).query.chain(UpdateQuery))
    query.add_update_values({"fate": _fate(), "is_open": _openness(), "needs_date": _doubt()})
    statement, values = query.get_compiler(connection=connection).as_sql()
    return statement.removesuffix("(%s)"), values[:-1]


def _fate() -> Case:
    verified = ExportedFile.objects.filter(state=ExportedFile.State.VERIFIED)
    same_bytes = verified.filter(source_sha256=OuterRef("sha256")).exclude(source_sha256="")
    return Case(
        When(Exists(same_bytes.filter(file=OuterRef("pk"))), then=Value(Fate.EXPORTED)),
        When(disposition=Disposition.DISCARD, then=Value(Fate.DISCARDED)),
        When(state__in=[State.FAILED, State.QUARANTINED, State.MISSING], then=Value(Fate.FAILED)),
        When(state=State.SKIPPED, then=Value(Fate.SKIPPED)),
        When(Exists(same_bytes), then=Value(Fate.DUPLICATE)),
        default=Value(Fate.WAITING),
    )


def _openness() -> Case:
    member = DuplicateMember.objects.filter(file=OuterRef("pk"))
    # Shots of a series and edits are offered; nobody has to choose among them.
    in_question = [DuplicateGroup.Kind.SAME_PIXELS, DuplicateGroup.Kind.NEAR]
    is_unresolved = Q(Exists(member.filter(group__resolved_at=None, kind__in=in_question)))
    return _where_in_question(_is_doubtful() | is_unresolved | Q(is_flagged=True))


def _doubt() -> Case:
    return _where_in_question(_is_doubtful())


def _is_doubtful() -> Q:
    identical = DuplicateMember.objects.filter(file=OuterRef("pk"), kind=DuplicateGroup.Kind.IDENTICAL)
    is_set_aside = Q(Exists(identical.filter(is_keeper=False)))
    return ~Q(confidence=Confidence.HIGH) & Q(reviewed_at=None) & ~is_set_aside


def _where_in_question(condition: Q) -> Case:
    is_in_question = Q(state=State.ANALYSED) & ~Q(disposition=Disposition.DISCARD)
    return Case(When(is_in_question & condition, then=True), default=False, output_field=BooleanField())


def _facets(file_ids: Collection[int], *, is_locking: bool = False) -> Counter[CountKey]:
    files = MediaFile.objects.filter(pk__in=file_ids).order_by("pk")
    if is_locking:
        files = files.select_for_update(of=("self",))
    alike = Counter(files.values_list("source_id", *COLUMNS))
    found: Counter[CountKey] = Counter()
    for (source_id, *values), number in alike.items():
        known = dict(zip(COLUMNS, values, strict=True))
        known[STANDING] = _standing(known)
        if known["needs_date"]:
            known[DOUBT] = known["confidence"]
        # What was not read has no date that anybody could be sure of.
        if known["state"] != State.ANALYSED:
            del known["confidence"]
        reason = known.pop("reason_code")
        if known["fate"] in TROUBLES:
            known[TROUBLES[known["fate"]]] = reason
        for facet, value in known.items():
            found[source_id, facet, str(value)] += number
    return found


def _standing(known: Mapping[str, Any]) -> str:
    if known["fate"] != Fate.WAITING:
        return str(known["fate"])
    if known["state"] == State.DISCOVERED:
        return UNREAD
    return OPEN if known["is_open"] else READY


def _groups(file_ids: Collection[int]) -> Counter[CountKey]:
    keepers = DuplicateMember.objects.filter(file__in=file_ids, is_keeper=True, group__resolved_at=None)
    found = Counter(keepers.values_list("file__source", "kind"))
    return Counter({(source_id, GROUP, kind): number for (source_id, kind), number in found.items()})


def _difference(before: Counter[CountKey], after: Counter[CountKey]) -> Counter[CountKey]:
    change = Counter(after)
    change.subtract(before)
    return change


def _apply(change: Counter[CountKey]) -> None:
    # In a fixed order, so that two workers never wait for each other's rows.
    rows = [(*key, number) for key, number in sorted(change.items()) if number]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(ADDITION, rows)
