"""What a correction would do, shown by some of its files: their dates before and after, and why some stay."""

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_catalog.models import CameraRule, MediaFile
from media_catalog.pipeline.timestamps.decide import Inference
from media_catalog.services import acts, camera_clocks, camera_effects, evidence
from media_catalog.services.selections import Selection

COUNTED = 1000  # files of a rule; beyond that it is only said that there are more
LOOKED_AT = 100  # of these, spread over all, to learn how many a rule would change
SHOWN = 12
SHOWN_LEFT = 4
VOUCHED = _("somebody vouched for their date")
NOT_BY_CLOCK = _("their date does not rest on this clock")
LEFT = {
    "confirm": _("they have no date"),
    "shift": _("they have no date, or one that is less exact than this"),
    "set_zone": _(
        "they have no time of day, or it is the hour that comes twice or never, or the moment is not known"
    ),
    "candidate": _("nothing there says when they were taken"),
    "spread": _("they cannot be dated"),
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file as it is and as it would be; without `then` it stays, and `why` says so."""

    file: MediaFile
    then: MediaFile | None
    why: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How many files stay as they are, and why."""

    number: int
    why: str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What would become of `number` files (and more, with `is_more`), of which `looked_at` were looked at.

    `changed` and `left` are about those. `expected` and `stamp` are what an act is held to; a rule has none.
    """

    number: int
    looked_at: int
    changed: int
    left: Sequence[Left]
    rows: Sequence[Row]
    kept: Sequence[Row]
    is_more: bool = False
    by_person: int = 0
    others: int = 0
    stamp: str = ""

    @property
    def is_part(self) -> bool:
        """Tell whether only some files were looked at."""
        return self.is_more or self.looked_at < self.number


def of_rule(rule: CameraRule, *, at: datetime) -> Effect:
    """Say what a rule would make of its files, or has made of them if it is in force."""
    found = camera_effects.some(rule, number=COUNTED + 1)
    ids = found[:COUNTED]
    book = camera_clocks.load()
    if rule.state != CameraRule.State.ACTIVE:
        book = book.with_rule(camera_clocks.rule(rule))
    looked_at = spread(sorted(ids), LOOKED_AT)
    rows = [_row(file, inference) for file, inference in evidence.inferences(looked_at, at=at, book=book)]
    rows.sort(key=lambda row: (row.file.captured_local is None, row.file.captured_local or at, row.file.pk))
    reasons = Counter(row.why for row in rows if row.then is None)
    return Effect(
        number=len(ids),
        is_more=len(found) > COUNTED,
        looked_at=len(rows),
        changed=len(rows) - sum(reasons.values()),
        left=[Left(number=number, why=why) for why, number in reasons.most_common()],
        rows=spread([row for row in rows if row.then], SHOWN),
        kept=spread([row for row in rows if row.then is None], SHOWN_LEFT),
    )


def _row(file: MediaFile, inference: Inference) -> Row:
    if file.is_dated_by_person:
        return Row(file=file, then=None, why=VOUCHED)
    if (file.captured_local, file.offset_minutes) == (inference.local, inference.offset_minutes):
        return Row(file=file, then=None, why=NOT_BY_CLOCK)
    then = {
        "captured_local": inference.local,
        "captured_until_local": inference.until,
        "captured_precision": inference.precision or "",
        "offset_minutes": inference.offset_minutes,
        "offset_source": inference.offset_source or "",
    }
    return Row(file=file, then=_changed(file, then))


def _changed(file: MediaFile, values: Mapping[str, object]) -> MediaFile:
    then = copy.copy(file)
    for name, value in values.items():
        setattr(then, name, value)
    return then


def of_act(selection: Selection, act: acts.Act) -> Effect:
    """Say what an act would do to selected files.

    :raises BadAct: when it makes no sense.
    """
    found = acts.preview(selection, act, number=SHOWN)
    rows = [Row(file=one.file, then=one.then, why=LEFT[act.verb]) for one in found.samples]
    return Effect(
        number=found.number,
        looked_at=found.number,
        changed=found.changed,
        left=[Left(number=found.left, why=LEFT[act.verb])] if found.left else [],
        rows=[row for row in rows if row.then],
        kept=[row for row in rows if row.then is None][:SHOWN_LEFT],
        by_person=found.by_person,
        others=found.others,
        stamp=found.stamp,
    )


def spread(items: Sequence[T], number: int) -> list[T]:
    """Pick so many at even distances, the first and the last among them."""
    if len(items) <= number:
        return list(items)
    return [items[place * (len(items) - 1) // (number - 1)] for place in range(number)]
