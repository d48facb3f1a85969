"""What the plan of an act is made of: which files it is about, and what it makes of them."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from media_catalog.models import Decision, MediaFile
from media_catalog.services import decisions
from media_catalog.services.decisions import Actor

Values = Mapping[str, Any]
Both = tuple[Values, Values]  # fields before and after
Change = Callable[[MediaFile], Values | None]
TAGS = "tags"  # by their names
NO_ACT = uuid.UUID(int=0)  # of samples, which belong to none
# What is noted along with a decision, and is none itself.
NOTES = ("reviewed_at", "reviewed_by_id")


class BadAct(ValueError):
    """What is asked for cannot be done; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One verb of `DecisionBatch.Verb` with its values, as JSON keeps them.

    confirm {also_undated?} · set_date {local, until?, precision, offset_minutes?} · shift {seconds} ·
    set_zone {zone, keeping: "wall" or "instant"} · candidate {source: "name", "folder", "mtime" or the source
    of a claim} · spread {local, precision, offset_minutes?, seconds} · tag and untag {names, kind?} · keep ·
    discard · restore · flag · unflag · snooze {until} · unsnooze · describe {description} · rate {rating} ·
    edit {acts: [[verb, params], …]} · merge_tags {of, into} · delete_tag {of} ·
    take_tags {proposals: [[key, after, name], …]}; these three are given by `tag_acts` and `tag_proposals`
    """

    verb: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """By whom, when and as which act something is done; `places` are those of files in a sequence."""

    at: datetime
    actor: Actor = None
    batch: uuid.UUID = NO_ACT
    places: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """An act, understood.

    `kinds` are those of the decisions that it records. `applies` are the files that it may change. `look`
    gives fields before and after by file, those missing that it would leave alone; `do` changes files to
    which it applies and gives the ids of those that were changed. What it does to a file may reach others
    that go with it; where `in_sequence`, it depends on the file's place among all. `begin` is called once
    before all files, `finish` once after them.
    """

    kinds: frozenset[str]
    applies: Q
    look: Callable[[Sequence[MediaFile], Doing], Mapping[int, Both]]
    do: Callable[[Collection[int], Doing], set[int]]
    reaches_others: bool = False
    in_sequence: bool = False
    begin: Callable[[Doing], None] | None = None
    finish: Callable[[Doing], None] | None = None

    @property
    def is_about_dates(self) -> bool:
        return Decision.Kind.DATE in self.kinds


def fields(
    *,
    kind: str,
    applies: Q,
    prepare: Callable[[Collection[int], Doing], Change],
    in_sequence: bool = False,
) -> Plan:
    """Plan to change fields of files, each by itself; `prepare` reads what is needed for some of them."""

    def look(files: Sequence[MediaFile], doing: Doing) -> Mapping[int, Both]:
        change = prepare([file.pk for file in files], doing)
        found = {file.pk: (file, change(file)) for file in files}
        return {pk: (_before(file, after), after) for pk, (file, after) in found.items() if after is not None}

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        done = decisions.change_each(
            MediaFile.objects.filter(pk__in=ids),
            kind=kind,
            change=prepare(ids, doing),
            actor=doing.actor,
            at=doing.at,
            batch=doing.batch,
        )
        return set(ids).difference(done.left_ids)

    return Plan(kinds=frozenset([kind]), applies=applies, look=look, do=do, in_sequence=in_sequence)


def same(values: Callable[[Doing], Values]) -> Callable[[Collection[int], Doing], Change]:
    """Prepare a change that gives all files the same values."""

    def prepare(_ids: Collection[int], doing: Doing) -> Change:
        found = values(doing)
        return lambda _file: found

    return prepare


def _before(file: MediaFile, after: Values) -> Values:
    return {name: getattr(file, name) for name in after}


def together(plans: Sequence[Plan]) -> Plan:
    """Plan several acts as one; each of them changes the files to which it applies.

    :raises BadAct: when there are none, or one of them depends on the places of files.
    """
    if not plans or any(plan.in_sequence for plan in plans):
        raise BadAct("These changes cannot be made together.")
    applies = plans[0].applies
    for plan in plans[1:]:
        applies |= plan.applies

    def look(files: Sequence[MediaFile], doing: Doing) -> Mapping[int, Both]:
        found: dict[int, Both] = {}
        for plan in plans:
            meant = set(fitting(plan, [file.pk for file in files]))
            for pk, (before, after) in plan.look([one for one in files if one.pk in meant], doing).items():
                known = found.get(pk, ({}, {}))
                found[pk] = ({**before, **known[0]}, {**known[1], **_further(known[1], before, after)})
        return found

    def do(ids: Collection[int], doing: Doing) -> set[int]:
        return {pk for plan in plans for pk in plan.do(fitting(plan, ids), doing)}

    return Plan(
        kinds=frozenset(kind for plan in plans for kind in plan.kinds),
        applies=applies,
        look=look,
        do=do,
        reaches_others=any(plan.reaches_others for plan in plans),
    )


def _further(known: Values, before: Values, after: Values) -> Values:
    """Take a change on top of what others have made of a file: tags that these put on it stay there."""
    if TAGS not in known or TAGS not in after:
        return after
    gone = set(before[TAGS]).difference(after[TAGS])
    names = [name for name in known[TAGS] if name not in gone]
    return {**after, TAGS: [*names, *(name for name in after[TAGS] if name not in names)]}


def fitting(plan: Plan, ids: Collection[int]) -> list[int]:
    """Find the files among some to which a plan applies, in the order of their keys."""
    files = MediaFile.objects.filter(plan.applies, pk__in=ids)
    return list(files.order_by("pk").values_list("pk", flat=True))
