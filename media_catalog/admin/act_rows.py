"""Files before and after an act, as its confirm page shows them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import MediaFile
from media_catalog.services.acts import Sample
from media_catalog.services.selections import Selection
from media_catalog.templatetags.capture import captured

MOST_TAGS = 12
OF_A_DATE = frozenset(["captured_local", "offset_minutes"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One fact before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A file and what changes of it; `is_left` where it stays as it is."""

    file: MediaFile
    lines: Sequence[Line] = ()
    is_left: bool = False


def row(sample: Sample) -> Row:
    """Say of one file what would change."""
    if sample.then is None:
        return Row(file=sample.file, is_left=True)
    return Row(file=sample.file, lines=list(_lines(sample, sample.then)))


def first(selection: Selection, number: int) -> list[Row]:
    """Return the first of some files, of which nothing is said to change."""
    files = selection.files().select_related("source").defer("path_bytes").order_by("pk")
    return [Row(file=file) for file in files[:number]]


def _lines(sample: Sample, then: MediaFile) -> Iterator[Line]:
    if OF_A_DATE & sample.after.keys():
        yield Line(label=_("date"), before=captured(sample.file), after=captured(then))
    for name, (label, write) in FACTS.items():
        if name in sample.after:
            yield Line(label=str(label), before=write(sample.before[name]), after=write(sample.after[name]))
    if not sample.after:
        date = captured(sample.file)
        yield Line(label=_("date"), before=date, after=_("%(date)s, confirmed") % {"date": date})


def _disposition(value: Any) -> str:
    return str(dict(MediaFile._meta.get_field("disposition").flatchoices).get(value, value))


def _yes_or_no(value: Any) -> str:
    return _("yes") if value else _("no")


def _tags(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_TAGS])
    more = len(names) - MOST_TAGS
    if more > 0:
        return _("%(names)s and %(number)d more") % {"names": shown, "number": more}
    return shown or _("none")


FACTS: Mapping[str, tuple[Any, Callable[[Any], str]]] = {
    "disposition": (gettext_lazy("decision"), _disposition),
    "is_flagged": (gettext_lazy("flagged"), _yes_or_no),
    "tags": (gettext_lazy("tags"), _tags),
}
