"""Copies, near copies, edits and bursts: sought around what an import brought, or in the whole library."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from django.db.models import QuerySet

from media_catalog.models import JobFile, MediaFile, PairVerdict
from media_catalog.pipeline.duplicates import grouping, keeper, sieve
from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.units import Kind, Unit
from media_catalog.services import comparing, group_rows, jobs, links, stacks, steps, tools, units
from media_catalog.services.look_table import LookTable
from media_catalog.services.pulse import Pulse
from media_catalog.services.steps import Step

SLICE = 500
BATCH = 300  # files that are grouped and written together, unless more belong together
AROUND_SHARE = 5  # where more than one file in so many is new, a search among all is faster
Pair = tuple[int, int]
Found = tuple[list[list[int]], Iterable[Pair]]
Changed = JobFile.Change


class _Around:
    """The files to which some lead, by what they share with others, and by the groups in which they stand."""

    def __init__(self, table: LookTable) -> None:
        self.table = table
        self.known: set[int] = set()
        self.together: list[Pair] = []  # members of groups that stand

    def pairs(self, seeds: Collection[int]) -> Iterator[Pair]:
        """Find the pairs of files that may be copies, until no further file is reached."""
        asked = set(seeds)
        while asked:
            self.known |= asked
            reached: set[int] = set()
            for pair in self._pairs_of(asked):
                if not asked.isdisjoint(pair):
                    reached.update(pair)
                    yield pair
            self.together += links.by_group_of(asked)
            reached.update(chain.from_iterable(self.together))
            asked = reached - self.known

    def _pairs_of(self, asked: set[int]) -> Iterator[Pair]:
        yield from self.table.pairs_of(asked)
        yield from links.by_value_of(asked)
        yield from links.by_time_of(asked)
        yield from links.by_length_of(asked)


def around_import(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring the groups up to date with what a job has read; run again, it changes nothing.

    The groups are those that a search of the whole library would give.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    rows = JobFile.objects.filter(job=claim.batch.job).exclude(change=Changed.KNOWN)
    if rows.count() * AROUND_SHARE > units.media().count():
        in_library(claim, clock=clock)
        return
    steps.begin(claim, Step.COPIES)
    pulse = Pulse(claim, clock=clock)
    seeds = _seeds(rows)
    _regroup(pulse, *(_surroundings(LookTable(pulse), seeds, pulse) if seeds else ([], [])))


def in_library(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Bring all groups up to date.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    steps.begin(claim, Step.COPIES)
    pulse = Pulse(claim, clock=clock)
    _regroup(pulse, *_everything(LookTable(pulse), pulse))


def _everything(table: LookTable, pulse: Pulse) -> Found:
    pairs = chain(table.pairs(), links.by_value(), links.by_time(), links.by_length())
    return grouping.components(pulse.through(pairs)), links.by_group()


def _surroundings(table: LookTable, seeds: Collection[int], pulse: Pulse) -> Found:
    around = _Around(table)
    return grouping.components(pulse.through(around.pairs(seeds))), around.together


def _seeds(rows: QuerySet[JobFile]) -> set[int]:
    """Find the files around which groups may have changed, each by the one that speaks for it."""
    contents = rows.exclude(file__sha256="").order_by("pk").values_list("file__sha256", flat=True)
    seeds: set[int] = set(links.strangers())
    for part in tools.slices(contents.iterator(SLICE), SLICE):
        seeds.update(_speakers(part))
    seeds.update(stacks.left_alone(rows.filter(change__in=[Changed.CHANGED, Changed.VANISHED])))
    return seeds


def _speakers(contents: Collection[str]) -> Iterator[int]:
    """Find the files that speak for contents: one of the same bytes, or the leader of its stack."""
    led = MediaFile.objects.filter(sha256__in=contents, stack__leader__isnull=False)
    leaders = set(led.values_list("stack__leader__sha256", flat=True))
    speaking = units.leading(units.media()).filter(sha256__in=leaders.union(contents))
    yield from speaking.values_list("pk", flat=True)


def _regroup(pulse: Pulse, alike: list[list[int]], together: Iterable[Pair]) -> None:
    """Group files that may be copies, and write the groups, with those that stand among the same files."""
    part_of = {file_id: number for number, part in enumerate(alike) for file_id in part}
    spanning = ((part[0], other) for part in alike for other in part[1:])
    wholes = grouping.components(chain(spanning, together))
    steps.begin(pulse.claim, Step.GROUPED, total=len(wholes))
    for some in _batches(wholes):
        ids = [file_id for whole in some for file_id in whole]
        groups = [group_rows.wanted(group) for group in _groups(ids, part_of, pulse)]
        jobs.renew(pulse.claim, at=pulse.clock())
        group_rows.put(ids, groups, at=pulse.clock())
        steps.advance(pulse.claim, len(some))


def _batches(wholes: Iterable[list[int]]) -> Iterator[list[list[int]]]:
    """Put small wholes together, so that few queries serve many."""
    some: list[list[int]] = []
    for whole in wholes:
        some.append(whole)
        if sum(map(len, some)) >= BATCH:
            yield some
            some = []
    if some:
        yield some


def _groups(ids: Sequence[int], part_of: dict[int, int], pulse: Pulse) -> Iterator[grouping.Group]:
    parts: dict[int, dict[str, Unit]] = defaultdict(dict)
    for file_id, unit in units.read(units.leading(units.media()), ids).items():
        if file_id in part_of:
            # Two names of one file on disk have one content, and are no copies of each other.
            parts[part_of[file_id]].setdefault(unit.sha256, unit)
    contents = {content for part in parts.values() for content in part}
    rules = grouping.Rules(
        relate=_relate(pulse, comparing.relate(contents)),
        rank=keeper.key,
        separated=_separated(contents),
        sift=_sift(pulse),
    )
    for part in parts.values():
        in_order = [part[content] for content in sorted(part)]
        for some in tools.slices(in_order, grouping.MOST_COMPARED):
            yield from grouping.group(some, rules)


def _relate(pulse: Pulse, relate: grouping.Relate) -> grouping.Relate:
    def related(one: Unit, other: Unit) -> Relation | None:
        pulse.beat()
        return relate(one, other)

    return related


def _sift(pulse: Pulse) -> Callable[[Sequence[Unit]], sieve.Sift]:
    def sift(some: Sequence[Unit]) -> sieve.Sift:
        possible = sieve.sift(some)

        def sifted(kind: Kind, place: int) -> Iterable[int]:
            pulse.beat()
            return possible(kind, place)

        return sifted

    return sift


def _separated(contents: Collection[str]) -> set[tuple[str, str]]:
    """Read which contents a person has called no copies of each other."""
    found: set[tuple[str, str]] = set()
    for some in tools.slices(sorted(contents), SLICE):
        verdicts = PairVerdict.objects.filter(first_sha256__in=some, is_undone=False)
        found.update(verdicts.values_list("first_sha256", "second_sha256"))
    return found
