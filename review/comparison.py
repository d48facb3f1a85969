"""One group as its page shows it: its members side by side, what tells them apart, what becomes of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from media_catalog.models import (
    DecisionBatch,
    Disposition,
    DuplicateGroup,
    DuplicateMember,
    MediaFile,
)
from media_catalog.pipeline.duplicates import words
from media_catalog.services import copy_rules
from media_catalog.services.group_choices import Standing
from review import copy_facts, outcomes
from review.copy_facts import Cell, Subject
from review.outcomes import Known, Outcome

PAGE_SIZE = 24
HASH_BITS = 64  # of what a picture looks like, which are compared
SERIES = (DuplicateGroup.Kind.BURST, DuplicateGroup.Kind.SIMILAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file that goes with another one: a copy of the same bytes, else a part of its stack."""

    file: MediaFile
    has_same_bytes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of a group; `number` is its place on the page, `says` why it is recommended or what it is."""

    number: int
    subject: Subject
    is_keeper: bool
    is_kept: bool
    says: Sequence[str]
    cells: Sequence[Cell]
    parts: Sequence[Part]

    @property
    def file(self) -> MediaFile:
        return self.subject.file

    @property
    def named_parts(self) -> Sequence[Part]:
        return self.parts[: outcomes.NAMED]

    @property
    def further_parts(self) -> int:
        return len(self.parts[outcomes.NAMED :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A group and the part of its members that stands on one page.

    `is_open` tells whether something can be chosen. `outcome` is `None` for groups of very many, and where
    nothing can; `decided` is the act that decided it, if it is known.
    """

    group: DuplicateGroup
    stamp: str
    is_series: bool
    sureness: str
    number: int
    start: int
    members: Sequence[Member]
    kept_elsewhere: Sequence[int]
    is_open: bool
    outcome: Outcome | None
    decided: DecisionBatch | None

    @property
    def following(self) -> int | None:
        end = self.start + len(self.members)
        return end if end < self.number else None

    @property
    def previous(self) -> int | None:
        return max(0, self.start - PAGE_SIZE) if self.start else None

    @property
    def last(self) -> int:
        return self.start + len(self.members)


def compare(
    found: Standing, *, kept: Collection[int] | None = None, start: int = 0, is_anew: bool = False
) -> Comparison:
    """Put the members of a group side by side.

    :param kept: the files that somebody has ticked; without it those that are usually kept.
    :param start: how many members stand on the pages before.
    :param is_anew: whether a group that was decided is decided anew.
    """
    is_open = found.group.resolved_at is None or (is_anew and found.group.kind in copy_rules.KINDS)
    order = _in_order(found)
    start = start if start < len(order) else 0
    page = order[start : start + PAGE_SIZE]
    ticked = {one for one in order if one in kept} if kept is not None else usual(found)
    known = outcomes.read(found, order if len(order) <= outcomes.WHOLE else page)
    return Comparison(
        group=found.group,
        stamp=found.stamp,
        is_series=found.group.kind in SERIES,
        sureness=copy_rules.confidence(list(known.rows.values())),
        number=len(order),
        start=start,
        members=_members(page, known, ticked),
        kept_elsewhere=[one for one in order if one in ticked and one not in page],
        is_open=is_open,
        outcome=outcomes.of(found, known, ticked) if is_open else None,
        decided=_decided(found.group),
    )


def usual(found: Standing) -> set[int]:
    """Return what is kept unless somebody wants it otherwise; once it is decided, what was kept."""
    if found.group.resolved_at:
        return {one.file_id for one in found.members if one.file.disposition != Disposition.DISCARD}
    if copy_rules.Rule(kind=found.group.kind).keeps is copy_rules.Keep.ALL:
        return set(found.files)
    return {one.file_id for one in found.members if one.is_keeper}


def _in_order(found: Standing) -> list[int]:
    """Put shots of a series in the order of time, and copies in that of their worth."""
    if found.group.kind not in SERIES:
        return found.files
    members = DuplicateMember.objects.filter(group=found.group)
    fields = ("file", "file__traits__shot_local", "file__captured_local", "file__name")
    rows = sorted(members.values_list(*fields), key=_moment)
    return [int(row[0]) for row in rows]


def _moment(row: tuple[int, datetime | None, datetime | None, str]) -> tuple[bool, str, str, int]:
    file, shot, captured, name = row
    moment = shot or captured
    return moment is None, moment.isoformat() if moment else "", name, file


def _members(page: Sequence[int], known: Known, ticked: Collection[int]) -> list[Member]:
    subjects = copy_facts.subjects(
        [known.files[one] for one in page], {file: list(some.values()) for file, some in known.tags.items()}
    )
    return [
        Member(
            number=number,
            subject=subject,
            is_keeper=known.rows[subject.file.pk].is_keeper,
            is_kept=subject.file.pk in ticked,
            says=says(known.rows[subject.file.pk]),
            cells=cells,
            parts=list(_parts(subject.file, known)),
        )
        for number, (subject, cells) in enumerate(
            zip(subjects, copy_facts.differing(subjects), strict=True), start=1
        )
    ]


def says(member: DuplicateMember) -> list[str]:
    """Say why a member is recommended, or what it is to the recommended one."""
    codes, sentences = (
        (member.reasons, words.KEEPERS) if member.is_keeper else (member.evidence, words.RELATIONS)
    )
    said = [_(sentences[code]) if code in sentences else code for code in codes]
    if member.distance_bits:
        percent = round(100 * max(HASH_BITS - member.distance_bits, 0) / HASH_BITS)
        said.append(_("looks %(percent)d %% alike") % {"percent": percent})
    return said


def _parts(file: MediaFile, known: Known) -> Iterator[Part]:
    for one in sorted(known.of.get(file.pk, frozenset()) - {file.pk}):
        part = known.files[one]
        yield Part(file=part, has_same_bytes=part.sha256 == file.sha256)


def _decided(group: DuplicateGroup) -> DecisionBatch | None:
    if group.resolved_batch is None:
        return None
    return DecisionBatch.objects.select_related("actor").filter(pk=group.resolved_batch).first()
