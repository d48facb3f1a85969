"""What would become of the files of a group if some of its members were kept."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import DuplicateMember, FileTag, MediaFile
from media_catalog.services import belongings, group_plans, merging, resolutions, reversals
from media_catalog.services.group_choices import Standing
from media_catalog.services.group_plans import Plan
from media_catalog.services.merging import Gift

WHOLE = 300  # members up to which all that would become of a group is worked out
NAMED = 6  # of what goes with something, by name
HEIRS = 3  # for which what they are given is worked out
OBSTACLES = {
    "keeper_discarded": gettext_lazy(
        "What is kept here had been discarded before. To keep it takes it back."
    ),
    "keeper_unreadable": gettext_lazy(
        "What is kept here could not be read. Make sure that it is whole before you discard the others."
    ),
    "kept_by_person": gettext_lazy("Somebody decided before to keep one of those that would be discarded."),
}
GIVEN = {
    "gps_lat": gettext_lazy("where it was taken"),
    "description": gettext_lazy("the description"),
    "rating": gettext_lazy("the rating"),
    "is_favourite": gettext_lazy("that it is a favourite"),
    "captured_local": gettext_lazy("the date that a person gave"),
    reversals.CLAIMS: gettext_lazy("the better evidence of its date"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A fact that a file that is kept gets from one that is discarded."""

    what: str
    of: MediaFile
    to: MediaFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What would become of a group: `along` are files that go with those members that are discarded."""

    kept: int
    dropped: int
    along: Sequence[MediaFile]
    restored: int
    size_bytes: int
    handed: Sequence[Handed]
    obstacle: str

    @property
    def named(self) -> Sequence[MediaFile]:
        return self.along[:NAMED]

    @property
    def further(self) -> int:
        return len(self.along[NAMED:])


def foreseen(found: Standing, *, kept: Collection[int]) -> Outcome | None:
    """Say what would become of a group if some members were kept; `None` where there are too many."""
    if len(found.members) > WHOLE:
        return None
    return of(found, read(found, found.files), {one for one in found.files if one in kept})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Some members of a group, what goes with each, and all of these files with the names of their tags."""

    rows: Mapping[int, DuplicateMember]
    of: Mapping[int, frozenset[int]]
    files: Mapping[int, MediaFile]
    tags: Mapping[int, Mapping[int, str]]


def read(found: Standing, ids: Sequence[int]) -> Known:
    """Read some members with all that goes with them, in as many queries for many as for few."""
    wanted = set(ids)
    of = belongings.of(ids)
    every = {*ids, *(file for some in of.values() for file in some)}
    files = MediaFile.objects.select_related("source", "traits", "stack").defer("path_bytes", "date_reasons")
    tags: dict[int, dict[int, str]] = defaultdict(dict)
    for file, tag, name in (
        FileTag.objects.filter(file__in=every).order_by("pk").values_list("file", "tag", "tag__name")
    ):
        tags[file][tag] = name
    return Known(
        rows={row.file_id: row for row in found.members if row.file_id in wanted},
        of=of,
        files=files.in_bulk(every),
        tags=tags,
    )


def of(found: Standing, known: Known, ticked: Collection[int]) -> Outcome | None:
    if len(known.rows) < len(found.members):
        return None
    plan = group_plans.plan(
        found.group, list(known.rows.values()), chosen=set(ticked), of=known.of, files=known.files
    )
    along = [one for one in plan.discarded if one not in known.rows]
    return Outcome(
        kept=len(plan.kept),
        dropped=len(plan.dropped),
        along=[known.files[one] for one in along],
        restored=len(plan.restored),
        size_bytes=plan.size_bytes,
        handed=list(_handed(plan, known)),
        obstacle=str(OBSTACLES.get(plan.left_because, "")),
    )


def _handed(plan: Plan, known: Known) -> Iterator[Handed]:
    tags = defaultdict(list, {file: list(some) for file, some in known.tags.items()})
    names = {tag: name for some in known.tags.values() for tag, name in some.items()}
    for heir in resolutions.heirs(plan)[:HEIRS]:
        for gift in merging.gifts(heir, known.files, tags):
            yield Handed(what=_what(gift, names), of=known.files[gift.of], to=known.files[gift.to])


def _what(gift: Gift, names: Mapping[int, str]) -> str:
    if reversals.TAGS in gift.after:
        given = ", ".join(names[tag] for tag in gift.after[reversals.TAGS])
        return _("the tags %(tags)s") % {"tags": given}
    return next(str(text) for name, text in GIVEN.items() if name in gift.after)
