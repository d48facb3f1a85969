"""What the grid can be narrowed to: the form, what it says of the choices made, and how to take one back."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from media_catalog.models import (
    Confidence,
    DuplicateGroup,
    Fate,
    Kind,
    MediaFile,
    Source,
    State,
    Tag,
    TagProposal,
)
from media_catalog.services.selections import BadSelection, Selection
from media_catalog.templatetags.plain import visible
from review import cameras

ANY = ("", _("Any"))
YES, NO = "yes", "no"
SPELLINGS = {"1": YES, "true": YES, "on": YES, "0": NO, "false": NO, "off": NO}
ASKED = {
    "date": _("Needs a date"),
    "open": _("Needs a decision"),
    "flagged": _("Flagged"),
    "reviewed": _("Confirmed"),
    "snoozed": _("Put off"),
    "position": _("Has a position"),
}
CHOSEN: Mapping[str, tuple[Any, Sequence[tuple[str, Any]]]] = {
    "confidence": (_("Confidence"), Confidence.choices),
    "kind": (_("Kind"), Kind.choices),
    "group": (_("In an unresolved group"), DuplicateGroup.Kind.in_words()),
    "fate": (_("What became of it"), Fate.choices),
    "state": (_("State"), State.choices),
}
TYPED = {
    "name": (_("Name has"), 255),
    "tag": (_("Tag"), 100),
    "type": (_("Type, such as heic"), 10),
}
DAYS = {"from": _("Taken from"), "until": _("Taken until")}
HIDDEN = {"folder": _("Folder"), "tagged": _("Carries itself"), "proposal": _("Proposed tag")}
# The first are always seen, the others behind a button.
ORDER = (
    *("name", "from", "until", "confidence", "date", "source"),
    *("camera", "kind", "tag", "position", "group", "open", "flagged", "reviewed", "snoozed"),
    *("fate", "state", "type", "folder", "tagged", "proposal"),
)
FIRST = 6
MOST_NAMES = 5


def source_choices() -> list[tuple[int, str]]:
    return list(Source.objects.order_by("label", "pk").values_list("pk", "label"))


def folder_path(key: str) -> str:
    """Return the path of a folder, as far as a file in it is known."""
    known = list(Source.objects.values_list("pk", flat=True))  # the index begins with the source
    path = MediaFile.objects.filter(source__in=known, folder_key=key).values_list("path_text", flat=True)
    return str(path[0]).rpartition("/")[0] or "/" if path[:1] else key


def _names(rows: QuerySet[Any], keys: Iterable[str]) -> str:
    known = rows.filter(pk__in=[key for key in keys if key.isdigit() and len(key) < 19])
    return ", ".join(known.order_by("pk").values_list("name", flat=True)[:MOST_NAMES])


MEANT: Mapping[str, Callable[[str], str]] = {
    "folder": folder_path,
    "tagged": lambda value: _names(Tag.objects.all(), value.split(",")),
    "proposal": lambda value: _names(
        TagProposal.objects.all(), [one.partition("-")[0] for one in value.split(",")]
    ),
}


class FilterForm(forms.Form):
    """One field for each filter, by the name that it has in addresses."""

    def __init__(self, values: Mapping[str, str]) -> None:
        known = {name: values[name].strip() for name in ORDER if name in values}
        super().__init__(
            {name: SPELLINGS.get(text, text) if name in ASKED else text for name, text in known.items()}
        )
        self.fields = {
            **{name: _select(label, choices) for name, (label, choices) in CHOSEN.items()},
            **{name: _select(label, [(YES, _("yes")), (NO, _("no"))]) for name, label in ASKED.items()},
            **{name: _text(label, length) for name, (label, length) in TYPED.items()},
            **{name: _day(label, known.get(name, "")) for name, label in DAYS.items()},
            "source": _select(_("Source"), [(str(pk), visible(label)) for pk, label in source_choices()]),
            "camera": _camera(known.get("camera", "")),
            **{name: _hidden(label) for name, label in HIDDEN.items()},
        }
        self.fields["name"].widget.input_type = "search"
        self.order_fields(ORDER)

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in ORDER[:FIRST]]

    @property
    def further(self) -> list[forms.BoundField]:
        return [self[name] for name in ORDER[FIRST:]]

    @property
    def is_further_wrong(self) -> bool:
        """Tell whether something behind the button cannot be read."""
        return any(field.errors for field in self.further)

    def words(self, name: str, value: str) -> str:
        """Say what a value is called."""
        if name in HIDDEN:
            return MEANT[name](value)
        return str(dict(getattr(self.fields[name], "choices", ())).get(value, value))


def _select(label: object, choices: Sequence[tuple[str, object]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=str(label), choices=[ANY, *choices], required=False)


def _text(label: object, length: int) -> forms.CharField:
    return forms.CharField(label=str(label), required=False, max_length=length)


def _day(label: object, value: str) -> forms.CharField:
    kind = "datetime-local" if "T" in value else "date"
    return forms.CharField(
        label=str(label), required=False, max_length=32, widget=forms.TextInput(attrs={"type": kind})
    )


def _hidden(label: object) -> forms.CharField:
    return forms.CharField(label=str(label), required=False, max_length=500, widget=forms.HiddenInput)


def _camera(value: str) -> forms.ChoiceField:
    """Offer the cameras; one that is asked for is among them, even beyond the number that is offered."""
    # A model with characters that hide or ring is no name that somebody would choose.
    known = [(model, model) for model in cameras.models() if visible(model) == model]
    if value and value not in dict(known):
        known.append((value, visible(value)))
    return _select(_("Camera"), known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A filter that is set, in words, and the address without it."""

    label: str
    value: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What an address asks for; `problem` is what is wrong with it, and then nothing is shown."""

    form: FilterForm
    filters: Mapping[str, str]
    problem: str = ""

    @property
    def query(self) -> str:
        """The filters as an address holds them."""
        return urlencode(self.filters)

    @property
    def chips(self) -> Iterator[Chip]:
        for name, value in self.filters.items():
            rest = urlencode({other: text for other, text in self.filters.items() if other != name})
            label = str(self.form.fields[name].label)
            yield Chip(label=label, value=self.form.words(name, value), rest=f"?{rest}" if rest else "")


def read(values: Mapping[str, str]) -> Narrowed:
    """Read the filters in an address; what is no filter is left out."""
    form = FilterForm(values)
    if not form.is_valid():
        return Narrowed(form=form, filters={}, problem=str(_("Something in the filter cannot be read.")))
    filters = {name: form.cleaned_data[name] for name in ORDER if form.cleaned_data[name]}
    try:
        Selection.matching(filters)
    except BadSelection as error:
        return Narrowed(form=form, filters={}, problem=str(error))
    return Narrowed(form=form, filters=filters)
