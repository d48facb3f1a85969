"""Keep what is derived from many rows: each file's fate and openness, and the counts that pages show."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, Value, When

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

FACETS = ("state", "kind", "confidence", "fate", "is_open", "is_flagged")
CountKey = tuple[int, str, str]


@contextmanager
def tracking(file_ids: Collection[int]) -> Iterator[None]:
    """Keep fates, openness and counts right for these files over whatever the block writes about them.

    Files that the block creates must be given to `added` instead.
    """
    with transaction.atomic():
        before = _facets(file_ids, is_locking=True)
        yield
        _derive(file_ids)
        _apply(_difference(before, _facets(file_ids)))


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
    MediaFile.objects.filter(pk__in=file_ids).update(fate=_fate(), is_open=_openness())


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
    is_set_aside = Exists(member.filter(kind=DuplicateGroup.Kind.IDENTICAL, is_keeper=False))
    is_doubtful = ~Q(confidence=Confidence.HIGH) & Q(reviewed_at=None) & ~is_set_aside
    is_unresolved = Exists(member.filter(group__resolved_at=None))
    needs_a_person = is_doubtful | is_unresolved | Q(is_flagged=True)
    is_in_question = Q(state=State.ANALYSED) & ~Q(disposition=Disposition.DISCARD)
    return Case(When(is_in_question & needs_a_person, then=True), default=False, output_field=BooleanField())


def _facets(file_ids: Collection[int], *, is_locking: bool = False) -> Counter[CountKey]:
    files = MediaFile.objects.filter(pk__in=file_ids).order_by("pk")
    if is_locking:
        files = files.select_for_update(of=("self",))
    return Counter(
        (row["source_id"], facet, str(row[facet]))
        for row in files.values("source_id", *FACETS)
        for facet in FACETS
        # What was not read has no date that anybody could be sure of.
        if facet != "confidence" or row["state"] == State.ANALYSED
    )


def _difference(before: Counter[CountKey], after: Counter[CountKey]) -> Counter[CountKey]:
    change = Counter(after)
    change.subtract(before)
    return change


def _apply(change: Counter[CountKey]) -> None:
    # In a fixed order, so that two workers never wait for each other's rows.
    for (source_id, facet, value), number in sorted(change.items()):
        if not number:
            continue
        key = {"source_id": source_id, "facet": facet, "value": value}
        if not LibraryCount.objects.filter(**key).update(number=F("number") + number):
            row, is_new = LibraryCount.objects.get_or_create(**key, defaults={"number": number})
            if not is_new:
                LibraryCount.objects.filter(pk=row.pk).update(number=F("number") + number)
