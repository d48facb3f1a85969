"""Which files were shown, so that an act is done to exactly these: their number, their sum, and the time."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

from django.db.models import Count, F, Max, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_catalog.models import Decision, MediaFile, MediaFileQuerySet
from media_catalog.services import belongings
from media_catalog.services.acts_plans import BadAct, Plan

EXACT_UP_TO = 500  # files


class SelectionChanged(Exception):
    """What is selected is no longer what was shown; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Selected files: their number, the sum of their keys, the last file of all, and the last decision."""

    number: int
    total: int
    last: int
    since: int

    @property
    def stamp(self) -> str:
        return f"{self.last}-{self.total}-{self.since}"

    @classmethod
    def shown(cls, number: int, stamp: str) -> Self:
        """Return the scope that somebody saw.

        :raises BadAct: when the stamp is none.
        """
        parts = stamp.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
            raise BadAct(_("This form is broken: open the page again."))
        last, total, since = (int(part) for part in parts)
        return cls(number=number, total=total, last=last, since=since)


def of(files: MediaFileQuerySet) -> Scope:
    """Look at what is selected now."""
    return counted(files)[0]


def counted(files: MediaFileQuerySet, *conditions: Q) -> tuple[Scope, list[int]]:
    """Look at what is selected now, and count how many of it meet each condition; all in one pass."""
    since = Decision.objects.aggregate(Max("pk"))["pk__max"] or 0
    last = MediaFile.objects.aggregate(Max("pk"))["pk__max"] or 0
    numbers = {f"of_{place}": Count("pk", filter=one) for place, one in enumerate(conditions)}
    found = until(files, last).aggregate(number=Count("pk"), total=Sum("pk"), **numbers)
    # PostgreSQL sums up large integers to a decimal.
    scope = Scope(number=found["number"], total=int(found["total"] or 0), last=last, since=since)
    return scope, [found[name] for name in numbers]


def until(files: MediaFileQuerySet, last: int) -> MediaFileQuerySet:
    """Leave out what came later, by the index of the selection: SQLite would rather walk all files by key."""
    return files.alias(key=F("pk") + 0).filter(key__lte=last)


def lock(files: MediaFileQuerySet, *, most: int) -> None:
    """Keep others from changing files until the end of the transaction, unless they are the work of a job."""
    list(files.order_by("pk").select_for_update(of=("self",)).values_list("pk")[: most + 1])


def same(files: MediaFileQuerySet, *, number: int, stamp: str, plan: Plan) -> Scope:
    """Make sure that these files are selected still, and return what is selected.

    Files that came later, in an import, are none of them. Without a stamp their number alone is compared.

    :raises SelectionChanged: when others are selected, or somebody decided the like about them meanwhile.
    :raises BadAct: when the stamp is none.
    """
    if not stamp:
        now = of(files)
        _refuse_other(number, now.number, is_same=now.number == number)
        return now
    shown = Scope.shown(number, stamp)
    known = until(files, shown.last)
    found = known.aggregate(number=Count("pk"), total=Sum("pk"))
    is_same = (found["number"], found["total"] or 0) == (shown.number, shown.total)
    _refuse_other(number, found["number"], is_same=is_same)
    newer = Decision.objects.filter(decided_since(plan, shown.since), file__in=known.values("pk"))
    if decided := newer.values("file").distinct().count():
        raise SelectionChanged(
            ngettext(
                "Meanwhile something was decided about %(number)s of these files. Look at them again.",
                "Meanwhile something was decided about %(number)s of these files. Look at them again.",
                decided,
            )
            % {"number": decided}
        )
    return shown


def decided_since(plan: Plan, since: int) -> Q:
    """Match the decisions after one that are of the kinds of a plan; those that undo may be of any."""
    return Q(pk__gt=since, kind__in=[*plan.kinds, Decision.Kind.UNDO])


def _refuse_other(shown: int, now: int, *, is_same: bool) -> None:
    if not is_same:
        raise SelectionChanged(
            _(
                "The selection has changed since it was shown: it was %(shown)s files, now it is %(now)s. "
                "Nothing was done. Look at it again."
            )
            % {"shown": shown, "now": now}
        )


def others(selected: MediaFileQuerySet, plan: Plan, *, number: int) -> int:
    """Count files that go with selected ones and to which the plan applies; roughly, if they are many."""
    applying = selected.filter(plan.applies)
    if number <= EXACT_UP_TO:
        ids = set(applying.values_list("pk", flat=True))
        whole: Collection[int] = ids.union(*belongings.of(ids).values())
        return MediaFile.objects.filter(plan.applies, pk__in=set(whole) - ids).count()
    outside = MediaFile.objects.readable().filter(plan.applies).exclude(pk__in=selected.values("pk"))
    leads_itself = Q(stack=None) | Q(stack__leader=None) | Q(stack__leader=F("pk"))
    twins = outside.filter(leads_itself, sha256__in=applying.exclude(sha256="").values("sha256"))
    stacked = outside.filter(stack__leader__in=applying.values("pk"))
    return twins.values("pk").union(stacked.values("pk")).count()
