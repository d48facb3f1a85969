"""Which files go with one that stands for them: its identical copies, and the stacks that these lead."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from media_catalog.models import MediaFile, MediaFileQuerySet


class _Row(NamedTuple):
    file: int
    sha256: str
    stack: int | None
    leader: int | None


def of(file_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Find what goes with each of these files, itself included; files that cannot be read are left out.

    A copy that is part of somebody else's stack stays with that stack: a video that belongs to a picture
    which is kept is never taken from it.
    """
    files = _rows(MediaFile.objects.filter(pk__in=file_ids))
    copies: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(MediaFile.objects.readable().filter(sha256__in={row.sha256 for row in files} - {""})):
        copies[row.sha256].append(row)
    stacks = _stacks({row.stack for same in copies.values() for row in same if row.leader == row.file})
    return {one.file: frozenset(_of(one, copies.get(one.sha256, []), stacks)) for one in files}


def _rows(files: MediaFileQuerySet) -> list[_Row]:
    return [_Row(*row) for row in files.values_list("pk", "sha256", "stack_id", "stack__leader_id")]


def _stacks(stack_ids: set[int | None]) -> Mapping[int | None, list[int]]:
    found: dict[int | None, list[int]] = defaultdict(list)
    files = MediaFile.objects.readable().filter(stack__in=stack_ids - {None})
    for stack, file in files.values_list("stack_id", "pk"):
        found[stack].append(file)
    return found


def _of(one: _Row, copies: list[_Row], stacks: Mapping[int | None, list[int]]) -> set[int]:
    own = {row.file for row in copies if row.file == one.file or row.leader in (None, row.file)}
    for row in copies:
        if row.leader == row.file:
            own.update(stacks.get(row.stack, []))
    return own
