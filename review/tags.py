"""The read side of the pages about tags: by name and page by page, with bounded counts and a few pictures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from media_catalog.models import FileTag, MediaFile, Tag, TagAlias, TagProposal
from media_catalog.services import proposed, tag_numbers, tag_tree
from media_catalog.services.tags import name_key, tidy

PAGE_SIZE = 40
OFFERS = 24  # proposals on a page: each of them is counted and pictured by a part of its own of a query
RECENT = 10
PICTURES = 24
MOST_CHILDREN = 200
LONGEST_KEY = 18  # digits
ROUNDS = 8  # of proposals that are looked through for one page
Origin = FileTag.Origin


class BadPlace(ValueError):
    """The place in the address is none that a page gave out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The last row of a page."""

    name: str
    key: int

    def __str__(self) -> str:
        return f"{self.key}-{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Place | None":
        """Read a place back from an address; blank is the beginning.

        :raises BadPlace: when it is none.
        """
        if not text:
            return None
        key, dash, name = text.partition("-")
        if not (dash and key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY and "\0" not in name):
            raise BadPlace(text)
        return cls(name=name, key=int(key))

    @property
    def later(self) -> Q:
        return Q(name_key__gt=self.name) | Q(name_key=self.name, pk__gt=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A tag as pages show it; `number` is how many files carry it itself, or more where `is_more`."""

    tag: Tag
    above: Sequence[str]
    number: int
    is_more: bool
    files: Sequence[MediaFile]

    @property
    def path(self) -> str:
        return tag_tree.BETWEEN.join([*self.above, self.tag.name])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of tags or proposals; `after` is where the next begins, `None` on the last."""

    rows: Sequence[Any]
    after: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A proposed tag, and the files for which it is offered."""

    proposal: TagProposal
    number: int
    is_more: bool
    files: Sequence[MediaFile]

    @property
    def mark(self) -> proposed.Mark:
        return proposed.Mark(key=self.proposal.pk, after=self.proposal.until_file)


def page(*, typed: str = "", kind: str = "", origin: str = "", after: Place | None = None) -> Page:
    """Return tags by name: those that hold some letters, are of a kind, or that files have from somewhere."""
    found = Tag.objects.order_by("name_key", "pk")
    if key := name_key(tidy(typed.replace("\0", ""))):
        found = found.filter(name_key__contains=key)
    if kind in Tag.Kind.values:
        found = found.filter(kind=kind)
    if origin in Origin.values:
        found = found.filter(Exists(FileTag.objects.filter(tag=OuterRef("pk"), origin=origin)))
    if after:
        found = found.filter(after.later, name_key__gte=after.name)
    tags = list(found[: PAGE_SIZE + 1])
    return Page(rows=rows(tags[:PAGE_SIZE]), after=_after(tags, PAGE_SIZE))


def _after(found: Sequence[Any], size: int) -> Place | None:
    if len(found) <= size:
        return None
    return Place(name=found[size - 1].name_key, key=found[size - 1].pk)


def rows(tags: Sequence[Tag], *, pictures: int = tag_numbers.SHOWN) -> list[Row]:
    """Tell of tags where they stand, how many files carry them, and which."""
    ids = [tag.pk for tag in tags]
    numbers, paths = tag_numbers.carrying(ids), tag_tree.paths(ids)
    files = _files(tag_numbers.latest(ids, number=pictures)) if pictures else {}
    return [
        Row(
            tag=tag,
            above=paths[tag.pk][:-1],
            number=min(numbers[tag.pk], tag_numbers.MOST),
            is_more=numbers[tag.pk] > tag_numbers.MOST,
            files=files.get(tag.pk, ()),
        )
        for tag in tags
    ]


def _files(ids: Mapping[int, Sequence[int]]) -> dict[int, list[MediaFile]]:
    wanted = {one for some in ids.values() for one in some}
    known = MediaFile.objects.defer("path_bytes", "date_reasons", "description").in_bulk(wanted)
    return {key: [known[one] for one in some if one in known] for key, some in ids.items()}


def recent() -> list[Tag]:
    """Return the tags that were made last."""
    return list(Tag.objects.order_by("-pk")[:RECENT])


def about(tag: Tag) -> dict[str, object]:
    """Return all that is known of one tag."""
    (row,) = rows([tag], pictures=PICTURES)
    children = list(tag.children.order_by("name_key", "pk")[:MOST_CHILDREN])
    return {
        "row": row,
        "above": Tag.objects.filter(pk__in=tag_tree.above(tag.pk)),
        "children": rows(children, pictures=0),
        "aliases": list(TagAlias.objects.filter(tag=tag).order_by("name_key")[:MOST_CHILDREN]),
        "origins": _origins(tag),
    }


def _origins(tag: Tag) -> list[str]:
    """Tell from where files have a tag: whether any does, without counting them."""
    rows = FileTag.objects.filter(tag=tag)
    asked = [Exists(rows.filter(origin=origin)) for origin in Origin]
    (found,) = Tag.objects.filter(pk=tag.pk).values_list(*asked)
    return [str(origin.label) for origin, is_there in zip(Origin, found, strict=True) if is_there]


def by_name(name: str, *, but: Tag | None = None) -> Tag | None:
    """Find a tag by its name: of the kind of another one if there is one, else of any."""
    found = Tag.objects.filter(name_key=name_key(tidy(name))).order_by("kind", "pk")
    known = [tag for tag in found if but is None or tag.pk != but.pk]
    return next((tag for tag in known if but and tag.kind == but.kind), next(iter(known), None))


def offers(*, origin: str = "", is_refused: bool = False, after: Place | None = None) -> Page:
    """Return proposed tags by name that are offered for some file, or those that were refused for ever."""
    words = TagProposal.objects.filter(is_refused=is_refused).order_by("name_key", "pk")
    if origin in TagProposal.Origin.values:
        words = words.filter(origin=origin)
    found: list[tuple[TagProposal, int]] = []
    for _round in range(ROUNDS):
        part = list((words.filter(after.later) if after else words)[: OFFERS + 1])
        numbers = tag_numbers.proposed([one.pk for one in part[:OFFERS]])
        found += [(one, numbers[one.pk]) for one in part[:OFFERS] if is_refused or numbers[one.pk]]
        after = _after(part, OFFERS)
        if after is None or len(found) >= OFFERS // 2:
            break
    files = _files(tag_numbers.offered([one.pk for one, _number in found]))
    return Page(rows=[_offer(one, number, files) for one, number in found], after=after)


def _offer(proposal: TagProposal, number: int, files: Mapping[int, Sequence[MediaFile]]) -> Offer:
    return Offer(
        proposal=proposal,
        number=min(number, tag_numbers.MOST_PROPOSED),
        is_more=number > tag_numbers.MOST_PROPOSED,
        files=files.get(proposal.pk, ()),
    )


def known(keys: Iterable[str]) -> QuerySet[Tag]:
    """Find tags by keys in an address; what is no key is left out."""
    return Tag.objects.filter(
        pk__in=[key for key in keys if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY]
    ).order_by("name_key", "pk")
