"""The read side of the copies: which groups wait, which one is next, and lists of them by key."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile, Stack
from media_catalog.services import counts

Kind = DuplicateGroup.Kind
AHEAD = 3  # groups whose pictures are fetched ahead
AHEAD_PICTURES = 4  # of each of them
LISTED = 24
LISTED_PICTURES = 6
LISTED_PARTS = 12
MOST_COUNTED = 1000  # of what has no kept count; beyond it "1000+" is said
STACKS = "stacks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Groups that are gone through together, as the address names them; `tab` is where they are shown."""

    name: str
    label: str | Promise
    kinds: tuple[str, ...]
    tab: str

    @property
    def is_settled(self) -> bool:
        """Tell whether nobody is asked about any of it."""
        return self.name in (Kind.IDENTICAL, STACKS)


def _scope(name: str, label: str | Promise, *kinds: str, tab: str = "") -> Scope:
    return Scope(name=name, label=label, kinds=kinds or (name,), tab=tab or name)


DUPLICATES = "duplicates"
TABS = (
    _scope(DUPLICATES, _("Duplicates"), Kind.SAME_PIXELS, Kind.NEAR),
    _scope(Kind.EDITED, _("Edited")),
    _scope(Kind.BURST, _("Bursts")),
    _scope(Kind.SIMILAR, _("Similar")),
    _scope(STACKS, _("Stacks")),
    _scope(Kind.IDENTICAL, _("Identical")),
)
SCOPES = {
    **{tab.name: tab for tab in TABS},
    Kind.SAME_PIXELS.value: _scope(Kind.SAME_PIXELS, _("Same pixels"), tab=DUPLICATES),
    Kind.NEAR.value: _scope(Kind.NEAR, _("Near copies"), tab=DUPLICATES),
}


def scope_of(kind: str) -> Scope:
    """Return where a group of this kind is gone through."""
    return next(tab for tab in TABS if kind in tab.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One class of copies, with how many groups of it are undecided; `None` where that is not counted."""

    scope: Scope
    number: int | None
    is_current: bool
    has_more: bool = False


def numbers() -> Mapping[str, int]:
    """Return how many groups of each kind are undecided."""
    return counts.numbers("group")


def tabs(current: Scope, open_numbers: Mapping[str, int], *, is_list: bool = False) -> list[Tab]:
    """Return all classes; what nobody is asked about is only counted where there is a list of it."""
    return list(_tabs(current, open_numbers, is_list=is_list))


def _tabs(current: Scope, open_numbers: Mapping[str, int], *, is_list: bool) -> Iterator[Tab]:
    for scope in TABS:
        is_current = scope.name == current.tab
        if scope.is_settled:
            number = _bounded(settled(scope)) if is_list else None
            has_more = number is not None and number > MOST_COUNTED
            number = MOST_COUNTED if has_more else number
        else:
            number, has_more = number_in(scope, open_numbers), False
        if scope.name != Kind.SIMILAR or number or is_current:
            yield Tab(scope=scope, number=number, is_current=is_current, has_more=has_more)


def settled(scope: Scope) -> QuerySet[Stack] | QuerySet[DuplicateGroup]:
    """Return what nobody is asked about."""
    return Stack.objects.all() if scope.name == STACKS else DuplicateGroup.objects.filter(kind=scope.kinds[0])


def _bounded(rows: QuerySet[Stack] | QuerySet[DuplicateGroup]) -> int:
    return rows.order_by("pk")[: MOST_COUNTED + 1].count()


def number_in(scope: Scope, open_numbers: Mapping[str, int]) -> int:
    """Return how many groups are undecided."""
    return sum(open_numbers.get(kind, 0) for kind in scope.kinds)


def following(scope: Scope, *, after: int, number: int = AHEAD) -> list[int]:
    """Return the undecided groups after one, by key; behind the last one those from the beginning."""
    found = _between(scope, after=after, number=number)
    if len(found) < number and after:
        skipped = _between(scope, after=0, number=number - len(found))
        found += [one for one in skipped if one < after]
    return found


def _between(scope: Scope, *, after: int, number: int) -> list[int]:
    # One query for each kind: the index of undecided groups begins with it.
    ids: list[int] = []
    for kind in scope.kinds:
        groups = DuplicateGroup.objects.filter(kind=kind, resolved_at=None, pk__gt=after)
        ids += groups.order_by("pk").values_list("pk", flat=True)[:number]
    return sorted(ids)[:number]


def pictures_of(group_ids: Sequence[int]) -> list[MediaFile]:
    """Return the first files of groups, in their order, as far as pictures of them are fetched ahead."""
    rows = DuplicateMember.objects.filter(group__in=group_ids, rank__lt=AHEAD_PICTURES)
    shown = rows.filter(file__has_thumbnail=True).select_related("file").order_by("rank")
    fields = ("group", "rank", "file__id", "file__sha256")
    places = {group: place for place, group in enumerate(group_ids)}
    return [row.file for row in sorted(shown.only(*fields), key=lambda row: places[row.group_id])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One group, or one stack, in a list: its first files and how many there are."""

    key: int
    label: str
    files: Sequence[MediaFile]
    number: int

    @property
    def others(self) -> int:
        return self.number - len(self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a list; `after` is where the next one begins, `None` on the last."""

    entries: Sequence[Entry]
    after: int | None


def listed(scope: Scope, *, after: int) -> Listed:
    """Return a page of groups by key: the undecided ones, or all where nobody is asked."""
    if scope.name == STACKS:
        return _stacks(after)
    if scope.is_settled:
        groups = DuplicateGroup.objects.filter(kind__in=scope.kinds, pk__gt=after)
        found = list(groups.order_by("pk")[: LISTED + 1])
    else:
        ids = _between(scope, after=after, number=LISTED + 1)
        found = list(DuplicateGroup.objects.filter(pk__in=ids).order_by("pk"))
    rows = found[:LISTED]
    return Listed(entries=_entries(rows), after=rows[-1].pk if len(found) > LISTED else None)


def _entries(groups: Sequence[DuplicateGroup]) -> list[Entry]:
    members = DuplicateMember.objects.filter(group__in=groups)
    numbers = dict(members.values_list("group").annotate(Count("pk")).order_by())
    files: dict[int, list[MediaFile]] = defaultdict(list)
    shown = members.filter(rank__lt=LISTED_PICTURES).select_related("file").order_by("group", "rank", "pk")
    for member in shown.defer("file__path_bytes", "file__date_reasons", "file__description"):
        files[member.group_id].append(member.file)
    return [
        Entry(
            key=group.pk,
            label=group.get_kind_display(),
            files=files[group.pk],
            number=numbers.get(group.pk, 0),
        )
        for group in groups
    ]


def _stacks(after: int) -> Listed:
    found = list(Stack.objects.filter(pk__gt=after).order_by("pk")[: LISTED + 1])
    rows = found[:LISTED]
    parts: dict[int | None, list[MediaFile]] = defaultdict(list)
    # No stack has many parts: the search for them sees to it.
    files = MediaFile.objects.filter(stack__in=rows).defer("path_bytes", "date_reasons", "description")
    for file in files.order_by(F("stack__leader").desc(), "pk"):
        parts[file.stack_id].append(file)
    leaders = {stack.pk: stack.leader_id for stack in rows}
    entries = [
        Entry(
            key=stack.pk,
            label=str(stack.get_kind_display()),
            files=sorted(parts[stack.pk], key=lambda file: file.pk != leaders[stack.pk])[:LISTED_PARTS],
            number=len(parts[stack.pk]),
        )
        for stack in rows
    ]
    return Listed(entries=entries, after=rows[-1].pk if len(found) > LISTED else None)
