"""Tags below other tags: who is above and below whom."""

from collections.abc import Collection, Iterable, Mapping

from django.db.models.expressions import RawSQL

from media_catalog.models import Tag
from media_catalog.services.tags import name_key, tidy

DEEPEST = 8  # levels; deeper trees are refused when they are made
BETWEEN = " › "  # noqa: RUF001  as books write it
DOWN = (
    "WITH RECURSIVE found(id) AS (SELECT id FROM media_catalog_tag WHERE {which} UNION "
    "SELECT tag.id FROM media_catalog_tag AS tag JOIN found ON tag.parent_id = found.id) SELECT id FROM found"
)
UP = (
    "WITH RECURSIVE found(id, above) AS (SELECT id, parent_id FROM media_catalog_tag WHERE {which} UNION "
    "SELECT tag.id, tag.parent_id FROM media_catalog_tag AS tag JOIN found ON tag.id = found.above) "
    "SELECT id FROM found"
)
Known = Mapping[int, tuple[str, int | None]]  # names and parents by key


def below(tag_ids: Iterable[int]) -> set[int]:
    """Return these tags and all below them."""
    return set(Tag.objects.filter(pk__in=_walk(DOWN, list(tag_ids))).values_list("pk", flat=True))


def meant(name: str) -> RawSQL:
    """Select the tags with a name, of whatever kind, and all below them, as a part of another query."""
    return RawSQL(DOWN.format(which="name_key = %s"), [name_key(tidy(name))])  # noqa: S611  a parameter


def above(tag_id: int) -> list[int]:
    """Return the tags that one is below, the nearest first."""
    return _line(tag_id, _known([tag_id]))[1:]


def height(tag_id: int) -> int:
    """Return how many levels a tag has below itself."""
    levels, newest = 0, {tag_id}
    while newest := set(Tag.objects.filter(parent__in=newest).values_list("pk", flat=True)):
        levels += 1
        if levels > DEEPEST:
            break
    return levels


def paths(tag_ids: Collection[int]) -> Mapping[int, list[str]]:
    """Return the names that lead to each tag, the highest first and its own last."""
    known = _known(tag_ids)
    return {one: [known[at][0] for at in reversed(_line(one, known))] for one in tag_ids if one in known}


def _known(tag_ids: Collection[int]) -> Known:
    """Read tags and all above them."""
    rows = Tag.objects.filter(pk__in=_walk(UP, tag_ids)).values_list("pk", "name", "parent")
    return {pk: (name, parent) for pk, name, parent in rows}


def _line(tag_id: int, known: Known) -> list[int]:
    found: list[int] = []
    at: int | None = tag_id
    while at is not None and at in known and at not in found:
        found.append(at)
        at = known[at][1]
    return found


def _walk(statement: str, tag_ids: Collection[int]) -> RawSQL | list[int]:
    if not tag_ids:
        return []
    which = f"id IN ({', '.join(['%s'] * len(tag_ids))})"
    return RawSQL(statement.format(which=which), list(tag_ids))  # noqa: S611  marks alone
