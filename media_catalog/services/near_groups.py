"""Which files show one picture, however they came to be copies of each other: the groups of them, joined."""

from collections.abc import Collection

from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile, Stack
from media_catalog.services import tools

SLICE = 500
Group = DuplicateGroup.Kind
# In the order in which groups are made: only who speaks for the others is in a group of a later kind.
KINDS = (Group.SAME_PIXELS, Group.NEAR, Group.EDITED)
Label = int | str


def labels(file_ids: Collection[int]) -> dict[int, Label]:
    """Give files a label that they share with all copies of their picture; files without copies are left out.

    It is the number of the widest group; shots of one series have nothing in common here.
    """
    found: dict[int, Label] = {}
    for part in tools.slices(sorted(file_ids), SLICE):
        found |= _labels(part)
    return found


def _labels(file_ids: Collection[int]) -> dict[int, Label]:
    around = _Around()
    around.load(file_ids)
    found = ((file_id, around.label(file_id)) for file_id in file_ids)
    return {file_id: label for file_id, label in found if label is not None}


class _Around:
    """The groups of some files and of all that speak for them, and the stacks of edits."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], tuple[int, int]] = {}  # number and keeper, by file and kind
        self._stacks: dict[int, tuple[int, int]] = {}  # number and leader

    def load(self, file_ids: Collection[int]) -> None:
        """Read what is said of some files, and of those that speak for them, until nobody else does."""
        known: set[int] = set()
        asked = set(file_ids)
        while asked:
            known |= asked
            groups, stacks = _groups(asked), _stacks(asked)
            self._groups |= groups
            self._stacks |= stacks
            asked = {speaker for _, speaker in (*groups.values(), *stacks.values())} - known

    def label(self, file_id: int) -> Label | None:
        speaker = self._keeper(file_id, Group.IDENTICAL)
        speaker = self._stacks.get(speaker, (0, speaker))[1]
        for kind in (Group.IDENTICAL, *KINDS):
            speaker = self._keeper(speaker, kind)
        for kind in (*reversed(KINDS), Group.IDENTICAL):
            if (speaker, kind) in self._groups:
                return self._groups[speaker, kind][0]
        return f"stack {self._stacks[speaker][0]}" if speaker in self._stacks else None

    def _keeper(self, file_id: int, kind: str) -> int:
        return self._groups.get((file_id, kind), (0, file_id))[1]


def _groups(file_ids: Collection[int]) -> dict[tuple[int, str], tuple[int, int]]:
    members = DuplicateMember.objects.filter(file__in=file_ids, kind__in=[Group.IDENTICAL, *KINDS])
    rows = members.filter(group__members__is_keeper=True).values_list(
        "file_id", "kind", "group_id", "group__members__file_id"
    )
    return {(file_id, kind): (group_id, keeper) for file_id, kind, group_id, keeper in rows}


def _stacks(file_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Find of originals and edits that lie beside each other the one that leads."""
    files = MediaFile.objects.filter(pk__in=file_ids, stack__kind=Stack.Kind.EDITED)
    rows = files.values_list("pk", "stack_id", "stack__leader_id")
    return {file_id: (stack_id, leader) for file_id, stack_id, leader in rows if stack_id and leader}
