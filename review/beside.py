"""What is around one file: those before and after it among all that match, and its groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from media_catalog.models import DuplicateMember, MediaFile
from media_catalog.services import walks
from media_catalog.services.selections import FILTERS, BadSelection, Selection, browsed

MOST_GROUPS = 10
ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The ways from a file to its neighbours in the grid and back, with the filters; blank where none is.

    `ahead` are addresses of pictures that are wanted next.
    """

    query: str
    previous: str
    following: str
    ahead: Sequence[str]

    @property
    def grid(self) -> str:
        return _with(reverse("grid"), self.query)


def filters_of(values: Mapping[str, str]) -> dict[str, str]:
    """Read the filters of the grid from an address; none where they cannot be read."""
    known = {name: values[name].strip() for name in FILTERS if name != ALL and values.get(name, "").strip()}
    try:
        Selection.matching(known)
    except BadSelection:
        return {}
    return known


def of(file: MediaFile, filters: Mapping[str, str]) -> Beside:
    """Look at what stands beside a file in the grid."""
    previous, following = walks.neighbours(browsed(filters), file)
    query = urlencode(filters)
    return Beside(
        query=query,
        previous=_address(previous, query),
        following=_address(following, query),
        ahead=_pictures([pk for pk in (following, previous) if pk]),
    )


def _address(file_id: int | None, query: str) -> str:
    return _with(reverse("file", args=[file_id]), query) if file_id else ""


def _with(address: str, query: str) -> str:
    return f"{address}?{query}" if query else address


def _pictures(file_ids: Sequence[int]) -> list[str]:
    files = MediaFile.objects.filter(pk__in=file_ids, has_thumbnail=True).values_list("pk", "sha256")
    return [f"{reverse('preview', args=[pk])}?v={sha256[:8]}" for pk, sha256 in files]


def groups(file: MediaFile) -> list[DuplicateMember]:
    """Return the groups that a file is in, those that wait for a decision first."""
    members = DuplicateMember.objects.filter(file=file).select_related("group")
    return sorted(members[:MOST_GROUPS], key=lambda one: (one.group.resolved_at is not None, one.pk))
