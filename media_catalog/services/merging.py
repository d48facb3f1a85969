"""Handing the better facts of copies to the file that is kept, each with where it came from."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import Decision, DuplicateGroup, FileTag, MediaFile
from media_catalog.services import copied_claims, counts, decisions, import_results, reversals

PLACE = ("gps_lat", "gps_lon", "gps_altitude_m")
# What fills a gap; what the kept file says itself stays.
GAPS = (PLACE, ("description",), ("rating",), ("is_favourite",))
PERSONS_DATE = (*import_results.DATE_FIELDS, "reviewed_at", "reviewed_by_id")
# Shots of a series share their place, but neither their moment nor what is said about one of them.
OF_A_SERIES = (PLACE,)
SERIES = (DuplicateGroup.Kind.BURST, DuplicateGroup.Kind.SIMILAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a person, undone as a whole."""

    batch: UUID
    actor_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Heir:
    """A file that is kept, and the copies that are set aside for it, the best first."""

    file: int
    copies: tuple[int, ...]
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A fact that a file gets from a copy: some fields, or tags or claims, before and after."""

    to: int
    of: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def merge(heirs: Sequence[Heir], *, act: Act) -> int:
    """Give files what copies know better, as decisions of an act; return how many facts were handed on."""
    ids = {file for heir in heirs for file in (heir.file, *heir.copies)}
    files, tags = MediaFile.objects.in_bulk(ids), _tags(ids)
    found = [gift for heir in heirs for gift in gifts(heir, files, tags)]
    decisions.record([_decision(gift, act) for gift in found])
    _give([(gift.to, gift.before, gift.after) for gift in found], at=act.at)
    return len(found)


@transaction.atomic
def merge_again(read: QuerySet[MediaFile], *, at: datetime) -> int:
    """Give files that were read anew what copies had given them, if they have the bytes of that time.

    Returns how many facts there are.
    """
    rows = Decision.objects.filter(kind=Decision.Kind.MERGE, file__in=read).select_related("file")
    merges = decisions.standing(list(rows.order_by("pk")))
    contents = _contents_of([one.batch for one in merges])
    wanted = [one for one in merges if one.file.sha256 in contents[one.batch]]
    _give([(one.file_id, one.before, one.after) for one in wanted], at=at)
    return len(wanted)


def _contents_of(batches: Collection[UUID]) -> Mapping[UUID, set[str]]:
    """Read which contents the groups had that were resolved by some acts."""
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = Decision.objects.filter(kind=Decision.Kind.GROUP, batch__in=set(batches))
    for batch, after in rows.values_list("batch", "after"):
        found[batch].update(after.get(reversals.GROUP, {}).get("members", ()))
    return found


def _give(gifts: Sequence[tuple[int, reversals.State, reversals.State]], *, at: datetime) -> None:
    """Carry out by the code that takes back: what a gift leads to is the state "before" its inverse."""
    wanted = [
        Decision(pk=number, file_id=file, before=dict(after), after=dict(before))
        for number, (file, before, after) in enumerate(gifts)
    ]
    with counts.tracking({file for file, _, _ in gifts}):
        reversals.write_back(wanted)
    reversals.follow_up(wanted, at=at)


def _tags(ids: Iterable[int]) -> Mapping[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for file, tag in FileTag.objects.filter(file__in=ids).order_by("pk").values_list("file_id", "tag_id"):
        found[file].append(tag)
    return found


def gifts(heir: Heir, files: Mapping[int, MediaFile], tags: Mapping[int, list[int]]) -> Iterator[Gift]:
    """Tell what a file that is kept gets from its copies, changing nothing; `tags` are the keys of theirs."""
    kept, is_series = files[heir.file], heir.kind in SERIES
    copies = [files[copy] for copy in heir.copies]
    for fields in OF_A_SERIES if is_series else GAPS:
        yield from _filled(kept, copies, fields)
    if not is_series:
        yield from _dated(kept, copies)
    known = set(tags[kept.pk])
    for copy in copies:
        new = [tag for tag in tags[copy.pk] if tag not in known]
        known.update(new)
        if new:
            yield Gift(to=kept.pk, of=copy.pk, before={reversals.TAGS: []}, after={reversals.TAGS: new})


def _filled(kept: MediaFile, copies: Sequence[MediaFile], fields: Sequence[str]) -> Iterator[Gift]:
    """Fill a gap from the best copy that has something to fill it with; the first field tells."""
    if not _says_nothing(getattr(kept, fields[0])):
        return
    giver = next((copy for copy in copies if not _says_nothing(getattr(copy, fields[0]))), None)
    if giver is not None:
        yield _gift(kept, giver, fields)


def _says_nothing(value: Any) -> bool:
    return value is None or (not isinstance(value, float) and not value)


def _dated(kept: MediaFile, copies: Sequence[MediaFile]) -> Iterator[Gift]:
    """Hand on a date that a person gave, else the claims of the copy that knows it best."""
    if kept.is_dated_by_person:
        return
    if given := [copy for copy in copies if copy.is_dated_by_person and copy.captured_local]:
        yield _gift(kept, given[0], PERSONS_DATE)
        return
    best: MediaFile | None = None
    for copy in copies:
        if copied_claims.is_better(copy, best or kept):
            best = copy
    claims = copied_claims.missing(best.pk, kept.pk) if best else []
    if best and claims:
        yield Gift(to=kept.pk, of=best.pk, before={reversals.CLAIMS: []}, after={reversals.CLAIMS: claims})


def _gift(kept: MediaFile, giver: MediaFile, fields: Sequence[str]) -> Gift:
    before = reversals.plain({name: getattr(kept, name) for name in fields})
    after = reversals.plain({name: getattr(giver, name) for name in fields})
    return Gift(to=kept.pk, of=giver.pk, before=before, after=after)


def _decision(gift: Gift, act: Act) -> Decision:
    return Decision(
        batch=act.batch,
        kind=Decision.Kind.MERGE,
        file_id=gift.to,
        actor_id=act.actor_id,
        before=gift.before,
        after=gift.after,
        taken_from_id=gift.of,
        created_at=act.at,
    )
