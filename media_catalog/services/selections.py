"""Which files somebody means: those that were picked one by one, or all that match an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.utils.translation import gettext as _

from media_catalog.models import MediaFile, MediaFileQuerySet
from media_catalog.services.selection_filters import FILTERS, MOST_ID, BadSelection, narrowed

__all__ = ["FILTERS", "MOST_IDS", "BadSelection", "Selection", "browsed"]

MOST_IDS = 10_000  # of files picked one by one; whoever means more means all that match
EVERYTHING = "all"
# Where nothing else is asked for, pictures and videos are meant, and not what lies beside them.
PLAIN = frozenset(["source", "folder"])


def browsed(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the filters by which files are shown: what an import left out is shown on request alone."""
    known = {name: value for name, value in filters.items() if name != EVERYTHING}
    return {**known, "skipped": "no"} if PLAIN.issuperset(known) else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Files by their ids, or all that match filters as the address names them; exactly one of both.

    The whole library is `{"all": "yes"}`, which `matching` gives where no filter is set: an empty selection
    is a mistake and never stands for everything.

    :raises BadSelection: when nothing or both are given, or a filter is unknown or malformed.
    """

    ids: tuple[int, ...] = ()
    filters: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.ids and not self.filters:
            raise BadSelection(_("Select some files first."))
        if self.ids and self.filters:
            raise BadSelection(_("Select files one by one, or all that match, but not both."))
        if len(self.ids) > MOST_IDS:
            raise BadSelection(
                _("No more than %(most)s files can be picked one by one.") % {"most": MOST_IDS}
            )
        if not all(0 < one < MOST_ID for one in self.ids):
            raise BadSelection(_("These are no files."))
        narrowed(MediaFile.objects.none(), self.filters)

    @classmethod
    def matching(cls, values: Mapping[str, str]) -> Self:
        """Select all files that match what an address says; what is no filter, or blank, is left out.

        :raises BadSelection: when a value is malformed.
        """
        known = {name: values[name].strip() for name in FILTERS if values.get(name, "").strip()}
        return cls(filters=known or {EVERYTHING: "yes"})

    def files(self) -> MediaFileQuerySet:
        """Return the files as they are now; each of them once, in no order."""
        if self.ids:
            return MediaFile.objects.filter(pk__in=self.ids)
        return narrowed(MediaFile.objects.all(), self.filters)

    def as_json(self) -> dict[str, Any]:
        """Return what `of_json` reads."""
        return {"ids": list(self.ids)} if self.ids else {"filters": dict(self.filters)}

    @classmethod
    def of_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the selection that was stored.

        :raises BadSelection: when it is none.
        """
        ids, filters = stored.get("ids") or (), stored.get("filters") or {}
        is_list = isinstance(ids, (list, tuple)) and all(type(one) is int for one in ids)
        if not is_list or not isinstance(filters, Mapping):
            raise BadSelection(_("These are no files."))
        return cls(ids=tuple(ids), filters={str(name): str(value) for name, value in filters.items()})
