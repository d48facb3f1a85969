"""Which files, by how much and in which zone: what the clock tools ask for."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from media_catalog.form_fields import LONGEST, Length, Zone
from media_catalog.models import CameraRule, Source
from media_catalog.services.selections import Selection
from media_catalog.services.zone_decisions import Keeping
from media_catalog.templatetags.plain import visible
from review import cameras
from review.filters import source_choices

ANY = ("", _("Any"))
SAY = _("Type what the time was really")
RULE, ONCE = "rule", "once"
HOW = [
    (RULE, _("Keep as a rule for this camera: for the files that are here and for those that will come")),
    (ONCE, _("Only this once, for the files that are here")),
]
KEEPING = [
    (Keeping.WALL.value, _("The clock was right there: keep the digits")),
    (Keeping.INSTANT.value, _("The moment is right: show it on the clock of that place")),
]
MOST_SECONDS = round(LONGEST.total_seconds())
# What an address may hold besides; a camera that no file names selects none.
LONGEST_TEXT = 200


class ScopeForm(forms.Form):
    """Whose files are meant, and of which time: all that stands in the address, and nothing is needed."""

    camera = forms.ChoiceField(label=_("Camera"), required=False)
    serial = forms.ChoiceField(label=_("Serial number"), required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    folder = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, *, known: Iterable[cameras.CameraName]) -> None:
        super().__init__(data, auto_id="scope-%s")
        self.fields["from"] = forms.DateField(
            label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        )
        self.order_fields(["camera", "serial", "source", "from", "until", "folder"])
        known = list(known)
        self.makes = {one.model: one.make for one in known}
        model, serial = (str(data.get(name, ""))[:LONGEST_TEXT] for name in ("camera", "serial"))
        self.serials = cameras.serials(model) if model else []
        self._choose("camera", [(one.model, one.label) for one in known], model)
        self._choose("serial", [(one, visible(one)) for one in self.serials], serial)
        self._choose("source", [(str(pk), visible(label)) for pk, label in source_choices()], "")
        if len(self.serials) < 2 and not serial:
            self.fields["serial"].widget = forms.HiddenInput()

    def _choose(self, name: str, choices: list[tuple[str, str]], given: str) -> None:
        known = [ANY, *choices]
        if given not in {value for value, _label in known}:
            known.append((given, visible(given)))
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        field.choices = known

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        begin, end = found.get("from"), found.get("until")
        if begin and end and end < begin:
            self.add_error("until", _("This lies before the beginning."))
        return found

    @property
    def is_narrowed(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    @property
    def values(self) -> dict[str, str]:
        """What is chosen, as it stands in an address."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    @property
    def query(self) -> str:
        return urlencode(self.values)

    def selection(self) -> Selection:
        """Return the files that are meant; their dates lie in the period.

        :raises BadSelection: when nothing is chosen.
        """
        return Selection(filters=self.values)

    def rule(self, *, shift_seconds: int = 0, zone: str = "") -> CameraRule:
        """Return a rule for these files, which is not stored; the period is one by the camera's clock."""
        found = self.cleaned_data
        return CameraRule(
            camera_make=self.makes.get(found["camera"], ""),
            camera_model=found["camera"],
            camera_serial=found["serial"],
            source=Source.objects.get(pk=found["source"]) if found["source"] else None,
            from_local=datetime.combine(found["from"], time.min) if found["from"] else None,
            until_local=datetime.combine(found["until"], time(23, 59, 59)) if found["until"] else None,
            shift_seconds=shift_seconds,
            time_zone=zone,
        )


class HowForm(forms.Form):
    """Whether what is found is kept for the camera."""

    how = forms.ChoiceField(
        label=_("What to do with it"), choices=HOW, required=False, widget=forms.RadioSelect, initial=RULE
    )

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or RULE


class ClockForm(HowForm):
    """By how much a clock was wrong: by a photo of a known moment, or outright."""

    file = forms.IntegerField(required=False, min_value=1, max_value=(1 << 63) - 1, widget=forms.HiddenInput)
    says = forms.CharField(
        label=_("What it should be"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            {"placeholder": "2019-08-15 14:20", "autocomplete": "off", "data-key": "e", "data-key-label": SAY}
        ),
    )
    by = Length(
        label=_("Move the dates by"),
        required=False,
        widget=forms.TextInput({"placeholder": "+1 h 30 min", "autocomplete": "off"}),
    )
    field_order = ["file", "says", "by", "how"]


class ZoneForm(HowForm):
    """In which zone files were taken, and what stays of their dates."""

    zone = Zone(
        label=_("Time zone"),
        required=False,
        max_length=64,
        widget=forms.TextInput(
            {
                "list": "zones",
                "placeholder": "Asia/Tokyo",
                "autocomplete": "off",
                "data-key": "e",
                "data-key-label": _("Type the time zone"),
            }
        ),
    )
    keeping = forms.ChoiceField(
        label=_("What stays"), choices=KEEPING, required=False, widget=forms.RadioSelect, initial=Keeping.WALL
    )
    field_order = ["zone", "keeping", "how"]

    def clean_keeping(self) -> str:
        return self.cleaned_data["keeping"] or Keeping.WALL.value


class KeepForm(HowForm):
    """What was shown, sent back to be done: the files as they were counted, and what is done with them."""

    seconds = forms.IntegerField(required=False, min_value=-MOST_SECONDS, max_value=MOST_SECONDS)
    zone = Zone(required=False, max_length=64)
    keeping = forms.ChoiceField(choices=KEEPING, required=False)
    expected = forms.IntegerField(min_value=0)
    stamp = forms.CharField(required=False, max_length=LONGEST_TEXT)

    def clean_keeping(self) -> str:
        return self.cleaned_data["keeping"] or Keeping.WALL.value
