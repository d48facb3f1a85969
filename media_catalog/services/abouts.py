"""What people said of files that were read anew: it stands above what a file says of itself."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from media_catalog.models import Decision, MediaFile
from media_catalog.services import decisions, tools

SLICE = 500


def say_again(read: QuerySet[MediaFile]) -> int:
    """Give files the descriptions and ratings that people gave them; return how many had lost theirs."""
    known = Decision.objects.filter(kind=Decision.Kind.ABOUT, file__in=read)
    ids = known.order_by("file").values_list("file", flat=True).distinct()
    return sum(_say_again(part) for part in tools.slices(list(ids), SLICE))


@transaction.atomic
def _say_again(file_ids: list[int]) -> int:
    rows = Decision.objects.filter(kind=Decision.Kind.ABOUT, file__in=file_ids).order_by("pk")
    said: dict[int, dict[str, Any]] = defaultdict(dict)
    for decision in decisions.standing(list(rows)):
        said[decision.file_id].update(decision.after)
    number = 0
    for file in MediaFile.objects.select_for_update().filter(pk__in=said).order_by("pk"):
        lost = {name: value for name, value in said[file.pk].items() if getattr(file, name) != value}
        if lost:
            MediaFile.objects.filter(pk=file.pk).update(**lost)
            number += 1
    return number
