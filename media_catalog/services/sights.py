"""Whether files are still as somebody saw them, where many stand on one page."""

from collections.abc import Mapping

from media_catalog.models import MediaFile
from media_catalog.services import date_choices


def changed(seen: Mapping[int, str]) -> list[int]:
    """Find files that are no longer as they were seen, in the order of their keys; to be called in a
    transaction, until whose end nobody else can change the others.

    :param seen: by file, what `date_choices.stamp_of` gave for it.
    """
    files = MediaFile.objects.select_for_update(of=("self",)).filter(pk__in=seen).order_by("pk")
    known = {file.pk: date_choices.stamp_of(file) for file in files.only("pk", *date_choices.SEEN)}
    return [pk for pk in sorted(seen) if known.get(pk) != seen[pk]]
