"""What an act would do, counted by the database, with some files as samples; nothing is changed."""

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Value
from django.db.models.functions import Mod

from media_catalog.models import MediaFile, MediaFileQuerySet
from media_catalog.models.files import DATED_BY_PERSON
from media_catalog.services import acts_order, acts_scope, acts_verbs
from media_catalog.services.acts_plans import NOTES, Act, Both, Doing, Plan, Values
from media_catalog.services.selections import Selection

SAMPLES = 20
LEFT_SAMPLES = 5
NO_TIME = datetime(1, 1, 1, tzinfo=UTC)  # of samples, whose decision nobody has made
PRIME = (1 << 31) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A file as it is and as it would be, with the fields that change; no `then` where it is left alone.

    Tags stand under "tags", by their names.
    """

    file: MediaFile
    then: MediaFile | None
    before: Values
    after: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an act would do: of `number` selected files `left` stay as they are.

    `left` is what the database can tell; a few more may be left where a clock was changed on that day. Of
    those that change, `by_person` have a date that a person vouched for. `others` are files that go with
    selected ones: identical copies and stacks. `stamp` is what `apply` compares with.
    """

    number: int
    left: int
    samples: Sequence[Sample]
    stamp: str
    by_person: int = 0
    others: int = 0

    @property
    def changed(self) -> int:
        return self.number - self.left


def preview(selection: Selection, act: Act, *, number: int = SAMPLES, seed: int | None = None) -> Preview:
    """Say what an act would do, with up to `number` files as samples, changing nothing.

    :param seed: draws the samples at random, the same ones for the same seed; without it the first are shown.
    :raises BadAct: when the act makes no sense.
    """
    plan = acts_verbs.plan(act.verb, act.params)
    dated = [plan.applies & DATED_BY_PERSON] if plan.is_about_dates else []
    scope, (changed, *by_person) = acts_scope.counted(selection.files(), plan.applies, *dated)
    files, left = selection.files().filter(pk__lte=scope.last), scope.number - changed
    return Preview(
        number=scope.number,
        left=left,
        samples=_samples(plan, files, number=number, left=left, seed=seed),
        stamp=scope.stamp,
        by_person=sum(by_person),
        others=acts_scope.others(files, plan, number=scope.number) if plan.reaches_others else 0,
    )


def _samples(
    plan: Plan, files: MediaFileQuerySet, *, number: int, left: int, seed: int | None
) -> list[Sample]:
    if plan.in_sequence:
        order = acts_order.by_name(files, plan.applies)
        places = {pk: place for place, pk in enumerate(order)}
        found = MediaFile.objects.select_related("source").in_bulk(order[:number])
        return _looked_at(plan, [found[pk] for pk in order[:number]], Doing(at=NO_TIME, places=places))
    staying = _some(files.exclude(plan.applies), min(LEFT_SAMPLES, left, number), seed)
    applying = _some(files.filter(plan.applies), number - len(staying), seed)
    return [*_looked_at(plan, applying, Doing(at=NO_TIME)), *(_sample(file, None) for file in staying)]


def _some(files: MediaFileQuerySet, number: int, seed: int | None) -> list[MediaFile]:
    """Pick the first files, or some at random: the keys, multiplied modulo a prime, are in no order."""
    keys = files.order_by("pk").values_list("pk", flat=True)
    if seed is not None:
        factor = random.Random(seed).randrange(PRIME // 2, PRIME)  # noqa: S311  a sample, no secret
        keys = keys.order_by(Mod(Mod(F("pk"), Value(PRIME)) * Value(factor), Value(PRIME)), "pk")
    picked = list(keys[:number])
    found = MediaFile.objects.select_related("source").in_bulk(picked)
    return [found[pk] for pk in picked]


def _looked_at(plan: Plan, files: Sequence[MediaFile], doing: Doing) -> list[Sample]:
    changes = plan.look(files, doing)
    return [_sample(file, changes.get(file.pk)) for file in files]


def _sample(file: MediaFile, change: Both | None) -> Sample:
    if change is None:
        return Sample(file=file, then=None, before={}, after={})
    before, after = ({name: one[name] for name in one if name not in NOTES} for one in change)
    then = copy.copy(file)
    for name, value in after.items():
        if name != "tags":
            setattr(then, name, value)
    return Sample(file=file, then=then, before=before, after=after)
