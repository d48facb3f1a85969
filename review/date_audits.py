"""Whether what was accepted blindly was right: some of it at random, and what that tells about all."""

import math
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_catalog.models import Decision, DecisionBatch, MediaFile
from review.date_rules import SAMPLES, Sample, seed_of

OUTCOMES = ("right", "wrong")
# Batches up to this size are drawn from as a whole, larger ones by their keys, which have few gaps.
DRAWN_WHOLE = 2000
DRAWS = 400
LATEST = 300  # acts among which those are looked for that may be audited
OFFERED = 3
CERTAINTY = 1.645  # of the normal distribution: 95 in 100 lie below


def auditable() -> list[DecisionBatch]:
    """Return the last acts that accepted more dates than anybody looked at."""
    latest = DecisionBatch.objects.filter(number__gt=0).order_by("-created_at", "-id")[:LATEST]
    verb = DecisionBatch.Verb.CONFIRM
    found = (one for one in latest if one.verb == verb and one.number > SAMPLES and not one.undone_by_id)
    return [one for one, _place in zip(found, range(OFFERED), strict=False)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Sample):
    """A file of a batch, and what somebody says of its date: "right", "wrong", or nothing yet."""

    outcome: str
    right: str  # the address of the audit once this is called right


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Some files of a batch, and what was said of them so far."""

    batch: DecisionBatch
    seed: int
    judged: Sequence[Judged]

    @property
    def left(self) -> int:
        return sum(not one.outcome for one in self.judged)

    @property
    def wrong(self) -> int:
        return sum(one.outcome == "wrong" for one in self.judged)

    @property
    def kept(self) -> dict[str, str]:
        """What the address has to keep of this audit."""
        return _kept(self.seed, {one.file.pk: one.outcome for one in self.judged})

    def with_wrong(self, file_id: int) -> dict[str, str]:
        """Return the same once one more file is called wrong."""
        return _kept(self.seed, {one.file.pk: one.outcome for one in self.judged} | {file_id: "wrong"})

    @property
    def result(self) -> str:
        """Say what the samples tell about all; nothing while none was looked at."""
        seen = len(self.judged) - self.left
        if not seen:
            return ""
        words = ngettext(
            "Of %(seen)d that you looked at %(wrong)d is wrong.",
            "Of %(seen)d that you looked at %(wrong)d are wrong.",
            self.wrong,
        )
        told = words % {"seen": seen, "wrong": self.wrong}
        if self.left:
            return told
        if len(self.judged) >= self.batch.number:
            return told + _(" These are all.")
        most = math.ceil(100 * most_wrong(self.wrong, seen))
        return told + _(" So of all %(number)d, very likely no more than %(most)d in 100 are wrong.") % {
            "number": self.batch.number,
            "most": most,
        }


def most_wrong(wrong: int, seen: int) -> float:
    """Return the share that is wrong at most, in 95 of 100 cases (E. B. Wilson's interval of 1927)."""
    share, square = wrong / seen, CERTAINTY**2
    middle = share + square / (2 * seen)
    margin = CERTAINTY * math.sqrt(share * (1 - share) / seen + square / (4 * seen**2))
    return (middle + margin) / (1 + square / seen)


def audit(batch_id: uuid.UUID, data: QueryDict) -> Audit:
    """Draw files of a batch, with what the address says of them.

    :raises Http404: when there is no such batch.
    """
    batch = get_object_or_404(DecisionBatch.objects.select_related("actor"), pk=batch_id)
    seed = seed_of(str(data.get("seed", "")))
    said = {file_id: word for word in OUTCOMES for file_id in str(data.get(word, "")).split(".")}
    files = (
        MediaFile.objects.select_related("source")
        .defer("path_bytes", "description")
        .in_bulk(_drawn(batch, seed))
    )
    outcomes = {pk: said.get(str(pk), "") for pk in sorted(files)}
    start = reverse("date_audit", args=[batch_id])
    judged = [
        Judged(
            file=files[pk],
            outcome=outcome,
            right=f"{start}?{urlencode(_kept(seed, outcomes | {pk: 'right'}))}",
        )
        for pk, outcome in outcomes.items()
    ]
    return Audit(batch=batch, seed=seed, judged=judged)


def _kept(seed: int, outcomes: Mapping[int, str]) -> dict[str, str]:
    lists = {word: ".".join(str(pk) for pk, said in outcomes.items() if said == word) for word in OUTCOMES}
    return {"seed": str(seed)} | {word: ids for word, ids in lists.items() if ids}


def _drawn(batch: DecisionBatch, seed: int) -> list[int]:
    """Draw files of a batch by the keys of its decisions, of which none but those drawn are read."""
    mine = Decision.objects.filter(batch=batch.pk, kind=Decision.Kind.DATE).order_by("pk")
    first, last = mine.first(), mine.last()
    if first is None or last is None:
        return []
    dice = random.Random(seed)  # noqa: S311  samples, no secrets
    if last.pk - first.pk < DRAWN_WHOLE:
        ids = list(mine.values_list("file_id", flat=True))
        return dice.sample(ids, min(SAMPLES, len(ids)))
    keys = dice.sample(range(first.pk, last.pk + 1), DRAWS)
    found = list(mine.filter(pk__in=keys).values_list("file_id", flat=True))
    if len(found) < SAMPLES:  # others decided at the same time, so that most keys are theirs
        found += mine.filter(pk__gte=keys[0]).values_list("file_id", flat=True)[:SAMPLES]
    return dice.sample(found, min(SAMPLES, len(found)))
