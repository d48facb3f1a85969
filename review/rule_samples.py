"""Groups that a rule would resolve, or has resolved, as they are shown for a look at them."""

import random
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from media_catalog.models import Disposition, DuplicateGroup, DuplicateMember, MediaFile
from media_catalog.services import copy_rule_counts
from media_catalog.services.copy_rule_counts import Tally
from media_catalog.services.copy_rules import Rule
from review import comparison

NUMBER = 20
PLACES = 5  # at which some groups that follow each other are taken, so that few queries find them
SHOWN = 8  # files of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A file of a group, whether it is kept, and what was said of it."""

    file: MediaFile
    is_kept: bool
    says: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One group; `others` are its files that are not shown."""

    group: DuplicateGroup
    pictures: Sequence[Picture]
    others: int


def proposed(rule: Rule, tally: Tally, *, page: int) -> list[Sample]:
    """Return some of the groups that a rule covers, with what it would keep."""
    plans = copy_rule_counts.samples(rule, tally, number=NUMBER, page=page)
    kept = {plan.group.pk: set(plan.kept) for plan in plans}
    return _samples([plan.group for plan in plans], kept=kept)


def decided(batch: uuid.UUID, *, seed: int) -> list[Sample]:
    """Return some of the groups that an act has resolved, as they are now."""
    groups = DuplicateGroup.objects.filter(resolved_batch=batch)
    first, last = groups.order_by("pk").first(), groups.order_by("-pk").first()
    if first is None or last is None:
        return []
    found: dict[int, DuplicateGroup] = {}
    lots = random.Random(f"{batch}-{seed}")  # noqa: S311  a sample, no secret
    for _place in range(PLACES):
        start = lots.randint(first.pk, last.pk)
        some = groups.filter(pk__gte=start).order_by("pk")[: NUMBER // PLACES]
        found |= {group.pk: group for group in some}
    return _samples([found[key] for key in sorted(found)], kept=None)


def _samples(groups: Sequence[DuplicateGroup], *, kept: dict[int, set[int]] | None) -> list[Sample]:
    members: dict[int, list[DuplicateMember]] = defaultdict(list)
    rows = DuplicateMember.objects.filter(group__in=groups).select_related("file__source")
    for row in rows.defer("file__path_bytes", "file__date_reasons", "file__description").order_by("rank"):
        members[row.group_id].append(row)
    return [_sample(group, members[group.pk], kept[group.pk] if kept else None) for group in groups]


def _sample(group: DuplicateGroup, members: Sequence[DuplicateMember], kept: set[int] | None) -> Sample:
    pictures = [
        Picture(
            file=row.file,
            is_kept=row.file_id in kept if kept is not None else row.file.disposition != Disposition.DISCARD,
            says=comparison.says(row),
        )
        for row in members[:SHOWN]
    ]
    return Sample(group=group, pictures=pictures, others=len(members[SHOWN:]))
