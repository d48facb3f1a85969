"""What a person has selected in the grid, and what these files have in common."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import FileTag, MediaFile
from media_catalog.services import walks
from media_catalog.services.selections import BadSelection, Selection, browsed
from media_catalog.templatetags.capture import captured, offset_text

MOST_IN_ADDRESS = 200  # ids
LOOKED_AT = 200  # files of a selection, to say what they have in common
SHOWN = 20
MOST_VALUES = 4
LONGEST_KEY = 18  # digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a fact, and how many of the files have it."""

    text: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What files have in common, or the commonest values and how many others there are."""

    name: str
    label: str
    values: Sequence[Value]
    others: int

    @property
    def is_mixed(self) -> bool:
        return len(self.values) + self.others > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """Some of the selected files, and the facts of those that were looked at.

    `number` is how many are selected, `None` where nobody has counted them.
    """

    files: Sequence[MediaFile]
    facts: Mapping[str, Fact]
    looked_at: int
    number: int | None

    @property
    def is_part(self) -> bool:
        """Tell whether there are more than were looked at."""
        return self.number is None or self.looked_at < self.number


def of_request(data: QueryDict) -> Selection:
    """Read what is selected: `selection` as JSON, or `all` that match `filters`, or those in `id`.

    :raises BadSelection: when nothing is, or it cannot be read.
    """
    if stored := data.get("selection"):
        return of_text(stored)
    if data.get("all"):
        matching = Selection.matching(QueryDict(data.get("filters", "")).dict())
        return Selection(filters=browsed(matching.filters))
    return Selection(ids=tuple(sorted(_picked(data))))


def of_text(text: str) -> Selection:
    """Read a selection as `as_field` has written it.

    :raises BadSelection: when it cannot be read.
    """
    return Selection.of_json(_mapping(text))


def seen(data: QueryDict) -> dict[int, str]:
    """Read what was seen of the files that were picked one by one, where the page told it.

    :raises BadSelection: when it cannot be read.
    """
    return {pk: stamp for pk, stamp in _picked(data).items() if stamp}


def _picked(data: QueryDict) -> dict[int, str]:
    """Read what the filter `picked` has written, one or many in a field."""
    found = {}
    for text in ",".join(data.getlist("id")).split(","):
        key, _dash, stamp = text.partition("-")
        if not key and not stamp:
            continue
        if not (key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY):
            raise BadSelection(_("These are no files."))
        found[int(key)] = stamp
    return found


def _mapping(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadSelection(_("These are no files."))
    return found


def as_field(selection: Selection) -> str:
    """Return what a hidden field holds, so that `of_request` reads the same selection again."""
    return json.dumps(selection.as_json())


def dating_address(selection: Selection) -> str:
    """Return where these files are dated one after the other; blank for too many to stand in an address."""
    if selection.filters:
        return f"{reverse('clock_files')}?{urlencode(selection.filters)}"
    if len(selection.ids) > MOST_IN_ADDRESS:
        return ""
    return f"{reverse('clock_files')}?ids={','.join(map(str, selection.ids))}"


def common(selection: Selection) -> Common:
    """Look at a selection: at all of it, or at its first files where they are many."""
    number: int | None
    if selection.ids:
        number = len(selection.ids)
        files = walks.tiles(selection.ids[:LOOKED_AT])
    else:
        page = walks.page(selection.filters, after=None, size=LOOKED_AT)
        number, files = page.number, list(page.files)
    return Common(
        files=files[:SHOWN],
        facts={fact.name: fact for fact in _facts(files)},
        looked_at=len(files),
        number=number,
    )


def _facts(files: Sequence[MediaFile]) -> Iterator[Fact]:
    for name, (label, write) in FACTS.items():
        yield _fact(name, str(label), (write(file) for file in files))
    tags = FileTag.objects.filter(file__in=[file.pk for file in files]).values_list("tag__name", flat=True)
    yield _fact("tags", _("Tags"), tags)


def _fact(name: str, label: str, texts: Iterable[str]) -> Fact:
    counted = Counter(texts)
    most = counted.most_common(MOST_VALUES)
    return Fact(
        name=name,
        label=label,
        values=[Value(text=text, number=number) for text, number in most],
        others=len(counted) - len(most),
    )


def _zone(file: MediaFile) -> str:
    return _("none") if file.offset_minutes is None else offset_text(file.offset_minutes)


def _vouched(file: MediaFile) -> str:
    return _("vouched for by somebody") if file.is_dated_by_person else _("found by the program")


def _flag(file: MediaFile) -> str:
    return _("yes") if file.is_flagged else _("no")


def _rating(file: MediaFile) -> str:
    return _("none") if file.rating is None else str(file.rating)


FACTS: Mapping[str, tuple[object, Callable[[MediaFile], str]]] = {
    "date": (gettext_lazy("Date"), captured),
    "vouched": (gettext_lazy("The date is"), _vouched),
    "zone": (gettext_lazy("Time zone"), _zone),
    "confidence": (gettext_lazy("Confidence"), lambda file: str(file.get_confidence_display())),
    "camera": (gettext_lazy("Camera"), lambda file: file.camera_model or _("none")),
    "decision": (gettext_lazy("Decision"), lambda file: str(file.get_disposition_display())),
    "flag": (gettext_lazy("Flagged"), _flag),
    "rating": (gettext_lazy("Rating"), _rating),
    "description": (gettext_lazy("Description"), lambda file: file.description or _("none")),
}
