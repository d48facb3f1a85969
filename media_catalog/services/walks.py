"""Pages of files in the order of their capture, narrowed by any filters at once.

However rare the files are that match, the work for a page does not grow with the library:

1. Where one filter is alone, its index gives the page.
2. Where few files can match (those of a camera, a folder, a tag, a kind of group), they are all looked at.
3. Otherwise the files of the filter that leaves fewest are looked at in their order, so many for a page. A
   page may so end before it is full; the next one goes on from there.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, When

from media_catalog.models import (
    DuplicateGroup,
    DuplicateMember,
    FileTag,
    LibraryCount,
    MediaFile,
    MediaFileQuerySet,
    Source,
    State,
    Tag,
)
from media_catalog.services import proposed, tag_tree
from media_catalog.services.cursors import Cursor
from media_catalog.services.selection_filters import FILTERS, YES
from media_catalog.services.selections import Selection

PAGE_SIZE = 60
SPANS = (400, 3600)  # files that are looked at for a page: most pages are full after the first
FEW = 2000  # files that are looked at one and all, whatever their order
NEAR_SPANS = (600,)  # the same, to find the neighbours of one file
DATES = ("from", "until")  # every index holds the capture after its own column
ANY = {"all": "yes"}
SKIPPED = "skipped"
OF_OTHER_ROWS = frozenset(["tag", "tagged", "proposal", "group"])
# The counts that are kept for filters with an index of their own; those that leave fewest, usually, first.
FACETS = {
    "flagged": "is_flagged",
    "date": "needs_date",
    "open": "is_open",
    "fate": "fate",
    "state": "state",
    "confidence": "confidence",
    "kind": "kind",
}
LAST = datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001  a wall clock
Key = tuple[datetime | None, int]
Filters = Mapping[str, str]
Ids = QuerySet[Any, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Files in their order; `after` leads on, `None` at the end.

    `is_cut` says that looking broke off before the page was full. `number` is how many files match in all,
    `None` where nobody has counted them.
    """

    files: Sequence[MediaFile]
    after: Cursor | None
    is_cut: bool
    number: int | None


def page(filters: Filters, *, after: Cursor | None, size: int = PAGE_SIZE) -> Page:
    """Return a page of the files that match, the newest capture first and the undated last."""
    known = _few(filters)
    if known is not None:
        keys, place, is_cut = known[_place(known, after) :][: size + 1], None, False
        number: int | None = len(known)
    else:
        counted = _counts(filters)
        keys, place = _walk(filters, counted, after=after, size=size + 1, spans=SPANS)
        is_cut = place is not None and len(keys) <= size
        number = _number(filters, counted)
        if number is None and place is None and after is None and len(keys) <= size:
            number = len(keys)
    more = _cursor(keys[size - 1]) if len(keys) > size else place
    return Page(files=_tiles(keys[:size]), after=more, is_cut=is_cut, number=number)


def neighbours(filters: Filters, file: MediaFile) -> tuple[int | None, int | None]:
    """Return the ids of the files before and after one among those that match, as far as they are near."""
    known = _few(filters)
    key = file.captured_local, file.pk
    if known is not None:
        at = _place(known, _cursor(key))
        before = bisect_left(known, _rank(key), key=_rank) - 1
        return known[before][1] if before >= 0 else None, known[at][1] if at < len(known) else None
    # Of a whole page of them: for one alone SQLite takes an index of another order, and sorts a million.
    found = [
        _walk(filters, {}, after=_cursor(key), size=PAGE_SIZE, spans=NEAR_SPANS, is_back=is_back)[0]
        for is_back in (True, False)
    ]
    before_it, after_it = (keys[0][1] if keys else None for keys in found)
    return before_it, after_it


def _cursor(key: Key) -> Cursor:
    return Cursor(local=key[0], file_id=key[1])


def _rank(key: Key) -> tuple[bool, timedelta, int]:
    """Give the newest the lowest rank, the undated the highest."""
    local, file_id = key
    return local is None, LAST - local if local else timedelta(), -file_id


def _place(keys: Sequence[Key], after: Cursor | None) -> int:
    if after is None:
        return 0
    rank = _rank((after.local, after.file_id))
    at = bisect_left(keys, rank, key=_rank)
    return at + (at < len(keys) and _rank(keys[at]) == rank)


def _few(filters: Filters) -> list[Key] | None:
    """Return all that match, where one of the filters leaves few files to look at; else `None`."""
    for name, find in SMALL.items():
        if name in filters:
            ids = find(filters[name])
            if len(ids[: FEW + 1]) <= FEW:
                rest = {other: filters[other] for other in filters if other != name}
                files = Selection.matching(rest).files().filter(pk__in=ids)
                return sorted(files.values_list("captured_local", "pk"), key=_rank)
    return None


def _of_tag(value: str) -> Ids:
    # Found first: with the tree inside of the query PostgreSQL reads the tags of all files.
    meant = list(Tag.objects.filter(pk__in=tag_tree.meant(value)).values_list("pk", flat=True)[:FEW])
    mine = FileTag.objects.filter(tag__in=meant if len(meant) < FEW else tag_tree.meant(value))
    return mine.values_list("file_id", flat=True)


def _of_folder(value: str) -> Ids:
    sources = list(Source.objects.values_list("pk", flat=True))  # the index begins with the source
    files = MediaFile.objects.filter(source__in=sources, folder_key=value)
    return files.values_list("pk", flat=True)


def _of_camera(value: str) -> Ids:
    return MediaFile.objects.filter(camera_model=value).values_list("pk", flat=True)


def _of_group(value: str) -> Ids:
    unresolved = DuplicateGroup.objects.filter(kind=value, resolved_at=None).order_by("pk")
    groups = list(unresolved.values_list("pk", flat=True)[:FEW])
    return DuplicateMember.objects.filter(group__in=groups).values_list("file_id", flat=True)


def _of_tags(value: str) -> Ids:
    return FileTag.objects.filter(tag__in=[int(key) for key in value.split(",")]).values_list(
        "file_id", flat=True
    )


def _of_proposal(value: str) -> Ids:
    return MediaFile.objects.filter(proposed.files(proposed.marks(value))).values_list("pk", flat=True)


SMALL: Mapping[str, Callable[[str], Ids]] = {
    "folder": _of_folder,
    "tag": _of_tag,
    "tagged": _of_tags,
    "proposal": _of_proposal,
    "group": _of_group,
    "camera": _of_camera,
}


def _counts(filters: Filters) -> dict[str, int]:
    """Return how many files match each filter alone, as far as that is kept, within their source."""
    wanted = {FACETS[name]: name for name in FACETS if name in filters}
    if not wanted and "source" not in filters and set(filters) - set(ANY) - {SKIPPED}:
        return {}  # nothing that is counted
    rows = LibraryCount.objects.filter(facet__in=[*wanted, "fate", "state"])
    if "source" in filters:
        rows = rows.filter(source=int(filters["source"]))
    totals = dict.fromkeys([*wanted.values(), "source", SKIPPED], 0)
    for facet, value, number in rows.values_list("facet", "value", "number"):
        if facet == "fate":
            totals["source"] += number
        if facet == "state" and value == State.SKIPPED:
            totals[SKIPPED] += number
        name = wanted.get(facet)
        if name and value == _stored(name, filters[name]):
            totals[name] += number
    return totals


def _stored(name: str, value: str) -> str:
    return str(value.lower() in YES) if name in ("open", "date", "flagged") else value


def _number(filters: Filters, counted: Mapping[str, int]) -> int | None:
    """Return how many match in all, if one count that is kept tells it."""
    names = [name for name in filters if name not in ("all", "source")]
    if names == [SKIPPED]:
        return counted["source"] - counted[SKIPPED]
    if not names:
        return counted["source"]
    if set(names) == {"state", "confidence"} and filters["state"] == "analysed":
        return counted["confidence"]
    # Confidence is counted among files that were read; the filter alone also finds those that were not.
    return counted.get(names[0]) if len(names) == 1 and names[0] != "confidence" else None


def _lead(filters: Filters, counted: Mapping[str, int]) -> dict[str, str]:
    """Choose the filter whose index leaves fewest files, with the dates, which every index holds."""
    able = {name: counted.get(name, 0) for name in (*FACETS, "source") if name in filters}
    # What is not the case is the case of most files and has no index of its own.
    able = {name: number for name, number in able.items() if _stored(name, filters[name]) != "False"}
    chosen = [min(able, key=lambda name: able[name])] if able else ["camera"] if "camera" in filters else []
    return {name: filters[name] for name in (*chosen, *DATES) if name in filters}


def _walk(
    filters: Filters,
    counted: Mapping[str, int],
    *,
    after: Cursor | None,
    size: int,
    spans: Sequence[int],
    is_back: bool = False,
) -> tuple[list[Key], Cursor | None]:
    """Find the next files that match, and the place where looking broke off, `None` at the end."""
    Selection(filters=filters or ANY)  # refuses what is malformed
    lead = _lead(filters, counted)
    leading, rest = Selection(filters=lead or ANY).files(), set(filters) - set(lead) - set(ANY)
    if not rest:
        keys = _stretch(leading, after=after, size=size, is_back=is_back)
        return keys, _cursor(keys[-1]) if len(keys) == size else None
    found: list[Key] = []
    for span in spans:
        seen = _seen(leading, filters, rest, after=after, size=span, is_back=is_back)
        found += [(local, pk) for local, pk, matches in seen if matches]
        if len(found) >= size:
            return found[:size], _cursor(found[size - 1])
        if len(seen) < span:
            return found, None
        after = _cursor(seen[-1][:2])
    return found, after


def _seen(
    leading: MediaFileQuerySet,
    filters: Filters,
    rest: set[str],
    *,
    after: Cursor | None,
    size: int,
    is_back: bool,
) -> list[tuple[datetime | None, int, bool]]:
    """Return the next files in their order, and of each whether it matches the rest of the filters as well.

    What stands in its own row is asked for in the query that walks, which is quickest. What stands in others
    is asked for by key: of a query that walks PostgreSQL would take it for asked of all files.
    """
    if not rest & OF_OTHER_ROWS:
        wanted = Q()
        for name in rest:
            wanted &= FILTERS[name](filters[name])
        marked = leading.annotate(matches=Case(When(wanted, then=True), default=False))
        return _stretch(marked, "matches", after=after, size=size, is_back=is_back)
    keys = _stretch(leading, after=after, size=size, is_back=is_back)
    ids = Selection(filters=filters).files().filter(pk__in=[pk for _, pk in keys])
    matching = set(ids.values_list("pk", flat=True))
    return [(local, pk, pk in matching) for local, pk in keys]


def _stretch(
    files: MediaFileQuerySet, *more: str, after: Cursor | None, size: int, is_back: bool
) -> list[Any]:
    found: list[Any] = []
    for part in _backwards(files, after) if is_back else _onwards(files, after):
        found += part.values_list("captured_local", "pk", *more)[: size - len(found)]
        if len(found) == size:
            break
    return found


def _onwards(files: MediaFileQuerySet, after: Cursor | None) -> Iterator[MediaFileQuerySet]:
    dated = files.order_by("-captured_local", "-pk")
    # Ordered alike, though all are none: otherwise PostgreSQL sorts them, however many.
    undated = dated.filter(captured_local=None)
    if after is None:
        yield dated.filter(captured_local__isnull=False)
    elif after.local is not None:
        # The second condition implies the first, but only the first lets the index be entered at its place.
        is_later = Q(captured_local__lt=after.local) | Q(pk__lt=after.file_id)
        yield dated.filter(is_later, captured_local__lte=after.local)
    else:
        undated = undated.filter(pk__lt=after.file_id)
    yield undated


def _backwards(files: MediaFileQuerySet, after: Cursor | None) -> Iterator[MediaFileQuerySet]:
    dated = files.order_by("captured_local", "pk")
    if after is None or after.local is None:
        undated = dated.filter(captured_local=None)
        yield undated.filter(pk__gt=after.file_id) if after else undated
        yield dated.filter(captured_local__isnull=False)
    else:
        is_earlier = Q(captured_local__gt=after.local) | Q(pk__gt=after.file_id)
        yield dated.filter(is_earlier, captured_local__gte=after.local)


def _tiles(keys: Sequence[Key]) -> list[MediaFile]:
    mine = DuplicateMember.objects.filter(file=OuterRef("pk"))
    set_aside = mine.filter(kind=DuplicateGroup.Kind.IDENTICAL, is_keeper=False)
    files = (
        MediaFile.objects.annotate(
            is_copy=Exists(set_aside), is_grouped=Exists(mine.filter(group__resolved_at=None))
        )
        .defer("path_bytes", "date_reasons")
        .in_bulk([pk for _, pk in keys])
    )
    return [files[pk] for _, pk in keys if pk in files]


def tiles(file_ids: Sequence[int]) -> list[MediaFile]:
    """Return some files as the grid shows them, in this order."""
    return _tiles([(None, pk) for pk in file_ids])
