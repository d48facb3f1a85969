"""Reading chosen files once more, whatever is known of them; what people decided stays."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from media_catalog.models import Job, Source
from media_catalog.services import acts_scope, imports
from media_catalog.services.acts_scope import SelectionChanged
from media_catalog.services.decision_log import Actor
from media_catalog.services.selections import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The chosen files of one source, which are the work of one job."""

    source: Source
    number: int


def parts(selection: Selection) -> list[Part]:
    """Count the chosen files, source by source."""
    counted = selection.files().values("source").annotate(number=Count("pk")).order_by("source")
    numbers = {row["source"]: row["number"] for row in counted}
    sources = Source.objects.in_bulk(numbers)
    return [Part(source=sources[pk], number=number) for pk, number in numbers.items()]


@transaction.atomic
def start(selection: Selection, *, expected: int, actor: Actor, at: datetime) -> Sequence[Job]:
    """Queue an import of nothing but the chosen files, for each of their sources.

    :param expected: how many files were shown as chosen.
    :raises SelectionChanged: when they are more or fewer by now.
    :raises AlreadyRunning: when one of the sources is being imported; then nothing is queued.
    """
    scope = acts_scope.of(selection.files())
    if scope.number != expected:
        raise SelectionChanged(
            _("It was %(shown)s files, now it is %(now)s. Nothing was done. Look at them again.")
            % {"shown": expected, "now": scope.number}
        )
    return [
        imports.reread(selection, part.source, last=scope.last, actor=actor, created_at=at)
        for part in parts(selection)
    ]
