"""Groups after a verdict on some of their members, made anew among the files that they stand with."""

from collections.abc import Collection
from datetime import datetime
from itertools import chain

from django.db.models import Q

from media_catalog.models import PairVerdict
from media_catalog.pipeline.duplicates import grouping, keeper, sieve
from media_catalog.services import comparing, group_rows, links, units

Pairs = set[tuple[str, str]]


def regroup(contents: Collection[str], *, at: datetime) -> int:
    """Group the files of some contents anew, with all that are in groups with them; return how many change.

    No further copies are sought: that is what the next search does.
    """
    speaking = units.leading(units.media()).filter(sha256__in=contents)
    ids = _with_their_groups(set(speaking.values_list("pk", flat=True)))
    known = {unit.sha256: unit for unit in units.read(units.leading(units.media()), ids).values()}
    rules = grouping.Rules(
        relate=comparing.relate(known), rank=keeper.key, separated=_separated(known), sift=sieve.sift
    )
    groups = grouping.group([known[content] for content in sorted(known)], rules)
    return group_rows.put(ids, [group_rows.wanted(group) for group in groups], at=at)


def _with_their_groups(ids: set[int]) -> set[int]:
    known: set[int] = set()
    asked = ids
    while asked:
        known |= asked
        asked = set(chain.from_iterable(links.by_group_of(asked))) - known
    return known


def _separated(contents: Collection[str]) -> Pairs:
    of_them = Q(first_sha256__in=contents) & Q(second_sha256__in=contents)
    verdicts = PairVerdict.objects.filter(of_them, is_undone=False)
    return set(verdicts.values_list("first_sha256", "second_sha256"))
