"""Stacks, kept up to date by folder: Live Photos, RAW and JPEG, motion photos, edits beside originals."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import JobFile, MediaFile, Source, Stack
from media_catalog.pipeline.duplicates import grouping
from media_catalog.pipeline.duplicates import stacks as rules
from media_catalog.services import bulk, jobs, neighbours, steps, tools, units
from media_catalog.services.steps import Step

FOLDERS = 500
SLICE = 500
BATCH = 500  # files that are read together


def around_import(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring the stacks of the folders that a job touched up to date; run again, it changes nothing.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    job = claim.batch.job
    steps.begin(claim, Step.STACKS)
    if job.source_id is not None:
        _refresh(claim, job.source_id, neighbours.touched_folders(job), clock=clock)


def in_library(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring the stacks of all folders up to date."""
    steps.begin(claim, Step.STACKS)
    for source_id in Source.objects.order_by("pk").values_list("pk", flat=True):
        files = MediaFile.objects.filter(source=source_id)
        _refresh(claim, source_id, neighbours.folders_of(files), clock=clock)


def left_alone(rows: QuerySet[JobFile]) -> Iterator[int]:
    """Find what may have been in a stack with files that changed or vanished: those of their names."""
    places = rows.values_list("file__source", "file__folder_key", "file__name").iterator(SLICE)
    for part in tools.slices(places, SLICE):
        stems = {(source_id, folder, rules.stem(name)) for source_id, folder, name in part}
        files = units.media().filter(folder_key__in={folder for _, folder, _ in stems})
        for file_id, *place, name in files.values_list("pk", "source", "folder_key", "name"):
            if (*place, rules.stem(name)) in stems:
                yield file_id


def _refresh(
    claim: jobs.Claim, source_id: int, folder_keys: Iterable[str], *, clock: Callable[[], datetime]
) -> None:
    for keys in tools.slices(folder_keys, FOLDERS):
        jobs.renew(claim, at=clock())
        files = units.media().filter(source=source_id, folder_key__in=keys)
        found = [stack for ids in _batches(_neighbours(files)) for stack in _stacks(ids)]
        jobs.renew(claim, at=clock())
        _put(source_id, keys, found, at=clock())
        steps.advance(claim, len(keys))


def _neighbours(files: QuerySet[MediaFile]) -> list[list[int]]:
    """Put together the files of folders that share a stem or an identifier, and so may be stacks."""
    together: dict[Hashable, list[int]] = defaultdict(list)
    rows = files.order_by("pk").values_list("pk", "folder_key", "name", "traits__live_id")
    for file_id, folder, name, live_id in rows.iterator(SLICE):
        together[folder, rules.stem(name)].append(file_id)
        if live_id:
            together[folder, live_id, True].append(file_id)
    some = (ids for ids in together.values() if 1 < len(ids) <= rules.MOST_IN_A_STACK)
    return grouping.components((ids[0], other) for ids in some for other in ids[1:])


def _batches(parts: Iterable[Sequence[int]]) -> Iterator[list[int]]:
    ids: list[int] = []
    for part in parts:
        ids += part
        if len(ids) >= BATCH:
            yield ids
            ids = []
    if ids:
        yield ids


def _stacks(ids: Sequence[int]) -> list[rules.Stack]:
    return rules.stacks_of(units.read(units.media(), ids).values())


Form = tuple[str, tuple[str, ...], frozenset[int]]


@transaction.atomic
def _put(source_id: int, folder_keys: Sequence[str], found: Iterable[rules.Stack], *, at: datetime) -> None:
    """Make the stacks of folders what they should be; only differences are written."""
    standing = _standing(source_id, folder_keys)
    new = {}
    for stack in found:
        ids = frozenset(unit.id for unit in stack.members)
        form = (str(stack.kind), stack.reasons, ids)
        leader = stack.members[0].id
        if standing.get(leader, (0, None))[1] == form:
            del standing[leader]
        else:
            new[leader] = form
    for part in tools.slices([key for key, _ in standing.values()], SLICE):
        Stack.objects.filter(pk__in=part).delete()
    rows = [
        Stack(kind=kind, leader_id=leader, reasons=list(reasons), created_at=at)
        for leader, (kind, reasons, _) in new.items()
    ]
    Stack.objects.bulk_create(rows)
    members = (
        (row.pk, pk) for row, (_, _, ids) in zip(rows, new.values(), strict=True) for pk in sorted(ids)
    )
    bulk.update(MediaFile, ("stack",), members)


def _standing(source_id: int, folder_keys: Sequence[str]) -> dict[int, tuple[int, Form | None]]:
    """Read the stacks that have a file in some folders, by their leaders; those without one by their keys."""
    members: dict[int, set[int]] = defaultdict(set)
    own = MediaFile.objects.filter(source=source_id, folder_key__in=folder_keys, stack__isnull=False)
    for file_id, stack_id in own.values_list("pk", "stack_id"):
        members[stack_id or 0].add(file_id)
    found: dict[int, tuple[int, Form | None]] = {}
    for part in tools.slices(sorted(members), SLICE):
        for stack in Stack.objects.filter(pk__in=part):
            form = (stack.kind, tuple(stack.reasons), frozenset(members[stack.pk]))
            found[stack.leader_id or -stack.pk] = (stack.pk, form)
    return found
