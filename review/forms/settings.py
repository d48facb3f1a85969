"""What can be set, each value in a form of its own, and which sources are preferred."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from media_catalog.form_fields import Zone
from media_catalog.models import Source
from media_catalog.pipeline.filename_dates.patterns import SEPARATOR
from media_catalog.services.preferences import Known, Name
from media_catalog.services.sources import MOST_PREFERRED
from media_catalog.templatetags.plain import visible

LONGEST_PATH = 4000
LONGEST_LIST = 50 * LONGEST_PATH
EXACT = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
PERCENT = 100


def _lines(label: Any) -> forms.Field:
    widget = forms.Textarea({**EXACT, "rows": 3, "wrap": "off"})
    return forms.CharField(label=label, required=False, max_length=LONGEST_LIST, widget=widget)


FIELDS: Mapping[Name, Callable[[], forms.Field]] = {
    Name.ARCHIVE_DIR: lambda: forms.CharField(
        label=_("Folder"), required=False, max_length=LONGEST_PATH, widget=forms.TextInput(EXACT)
    ),
    Name.TIME_ZONE: lambda: Zone(
        label=_("A city, or the whole name"),
        required=False,
        max_length=64,
        widget=forms.TextInput({**EXACT, "list": "zones"}),
    ),
    Name.NAME_PATTERNS: lambda: _lines(_("One pattern in each line")),
    Name.EARLIEST_YEAR: lambda: forms.IntegerField(
        label=_("Year"), widget=forms.NumberInput({"inputmode": "numeric"})
    ),
    Name.COPY_BITS: lambda: forms.IntegerField(
        label=_("From 0 to 10, of 64 points of a picture's fingerprint"),
        widget=forms.NumberInput({"inputmode": "numeric"}),
    ),
    Name.IMPORT_ROOTS: lambda: _lines(_("One folder in each line")),
    Name.EXPORT_ROOTS: lambda: _lines(_("One folder in each line")),
    Name.ERROR_THRESHOLD: lambda: forms.FloatField(
        label=_("Percent of the files that were tried"),
        min_value=0,
        max_value=PERCENT,
        widget=forms.NumberInput({"step": "any", "inputmode": "decimal"}),
    ),
    Name.DELETE_ORIGINALS: lambda: forms.BooleanField(
        label=_("Originals may be deleted once they are exported"), required=False
    ),
}


class SettingForm(forms.Form):
    """One value, and what held when the page was made."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, known: Known, data: Mapping[str, Any] | None = None) -> None:
        initial = {"value": as_text(known.name, known.value), "seen": json.dumps(known.value)}
        super().__init__(data, auto_id=f"{known.name}-%s", initial=initial)
        self.name = known.name
        self.fields["value"] = FIELDS[known.name]()
        self["value"].field.widget.attrs["aria-describedby"] = f"{known.name}-about"

    @property
    def value_field(self) -> forms.BoundField:
        return self["value"]

    def value(self) -> Any:
        """Return what is to be stored, once it was found valid."""
        found = self.cleaned_data["value"]
        return found / PERCENT if self.name == Name.ERROR_THRESHOLD else found

    def was(self) -> Any:
        """Return what held when the page was made."""
        try:
            return json.loads(self.data.get("seen", ""))
        except ValueError as error:
            raise BadRequest("This form is not whole.") from error


def as_text(name: Name, value: Any) -> Any:
    """Return a value as it stands in its field."""
    if isinstance(value, list):
        return "\n".join(value)
    if name == Name.NAME_PATTERNS:
        return "\n".join(part.strip() for part in value.split(SEPARATOR))
    return f"{value * PERCENT:g}" if name == Name.ERROR_THRESHOLD else value


class PreferencesForm(forms.Form):
    """A number for each source: the higher, the rather its copies are kept."""

    def __init__(self, sources: Sequence[Source], data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="source-%s")
        self.sources = sources
        for source in sources:
            self.fields[str(source.pk)] = forms.IntegerField(
                label=visible(source.label),
                initial=source.keeper_preference,
                min_value=-MOST_PREFERRED,
                max_value=MOST_PREFERRED,
                widget=forms.NumberInput({"inputmode": "numeric"}),
            )

    def wanted(self) -> list[tuple[Source, int]]:
        """Return each source with its number, once all were found valid."""
        return [(source, self.cleaned_data[str(source.pk)]) for source in self.sources]
