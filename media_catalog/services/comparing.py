"""What two units are to each other, as strictly as people want it, but where they have decided already."""

from collections import defaultdict
from collections.abc import Collection

from media_catalog.models import Disposition, DuplicateGroup, DuplicateMember
from media_catalog.pipeline.duplicates import decide, grouping
from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.units import Unit
from media_catalog.services import preferences, tools

SLICE = 500
BY_LOOKS = (DuplicateGroup.Kind.NEAR, DuplicateGroup.Kind.EDITED)


def relate(contents: Collection[str]) -> grouping.Relate:
    """Return how units of these contents are compared, by how different copies may look."""
    most_bits = preferences.copy_bits()
    if most_bits >= decide.MOST_BITS:
        return decide.relate
    decided = _Decided(contents)

    def strictly(one: Unit, other: Unit) -> Relation | None:
        is_decided = decided.together(one.sha256, other.sha256)
        return decide.relate(one, other, most_bits=decide.MOST_BITS if is_decided else most_bits)

    return strictly


class _Decided:
    """Which contents stand together because of what a person has decided.

    They do where the group is resolved, or one of the two was set aside before others joined the group.
    """

    def __init__(self, contents: Collection[str]) -> None:
        self._groups: dict[str, set[int]] = defaultdict(set)
        self._decided: dict[str, set[int]] = defaultdict(set)
        fields = ("file__sha256", "group", "group__resolved_at", "file__disposition")
        members = DuplicateMember.objects.filter(kind__in=BY_LOOKS)
        for part in tools.slices(sorted(contents), SLICE):
            rows = members.filter(file__sha256__in=part).values_list(*fields)
            for content, group_id, resolved_at, disposition in rows:
                self._groups[content].add(group_id)
                if resolved_at or disposition == Disposition.DISCARD:
                    self._decided[content].add(group_id)

    def together(self, one: str, other: str) -> bool:
        groups, others = self._groups[one], self._groups[other]
        return not (self._decided[one].isdisjoint(others) and self._decided[other].isdisjoint(groups))
