"""What the bulk actions on files ask for before they are done."""

from datetime import date as Day
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_catalog.form_fields import Length, TagNames, Zone
from media_catalog.pipeline import spoken_dates
from media_catalog.services.acts import Act
from media_catalog.services.zone_decisions import Keeping

KEEPING = [
    (Keeping.WALL.value, _("what the clock showed")),
    (Keeping.INSTANT.value, _("the moment")),
]
SOURCES = [
    ("name", _("the file names")),
    ("folder", _("the folder names")),
    ("mtime", _("the times when the files were last changed")),
]


class DeedForm(forms.Form):
    """What an action asks for; most ask for nothing."""

    def __init__(self, data: Any = None, *, today: Day) -> None:
        super().__init__(data)
        self.today = today

    @property
    def understood(self) -> str:
        """How a value that was typed freely was understood."""
        return ""


class ActForm(DeedForm):
    """The values of one verb."""

    verb: ClassVar[str] = ""

    def act(self) -> Act:
        """Return the act that the form describes; only of a valid one."""
        return Act(verb=self.verb, params=self.params())

    def params(self) -> dict[str, Any]:
        return {}


class ConfirmForm(ActForm):
    verb = "confirm"
    also_undated = forms.BooleanField(
        label=_("Confirm of files without a date that they have none"), required=False
    )

    def params(self) -> dict[str, Any]:
        return {"also_undated": True} if self.cleaned_data["also_undated"] else {}


class DateForm(ActForm):
    verb = "set_date"
    date = forms.CharField(
        label=_("Date"),
        max_length=100,
        help_text=_("As you would say it: summer 1978, 15/08/2019 14:20, Christmas 1999."),
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )

    def clean_date(self) -> spoken_dates.Spoken:
        try:
            return spoken_dates.read(self.cleaned_data["date"], today=self.today)
        except spoken_dates.NotADate as refusal:
            raise forms.ValidationError(gettext(str(refusal))) from refusal

    def params(self) -> dict[str, Any]:
        spoken: spoken_dates.Spoken = self.cleaned_data["date"]
        return {
            "local": spoken.local.isoformat(),
            "until": spoken.until.isoformat(),
            "precision": str(spoken.precision),
            "offset_minutes": spoken.offset_minutes,
        }

    @property
    def understood(self) -> str:
        spoken = getattr(self, "cleaned_data", {}).get("date")
        return spoken.text if spoken else ""


class ShiftForm(ActForm):
    verb = "shift"
    by = Length(
        label=_("Move the dates by"),
        help_text=_("Such as +1 h 30 min, -2 days or 45 s."),
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )

    def clean_by(self) -> int:
        if not self.cleaned_data["by"]:
            raise forms.ValidationError(_("Say by how much."))
        return int(self.cleaned_data["by"])

    def params(self) -> dict[str, Any]:
        return {"seconds": self.cleaned_data["by"]}


class ZoneForm(ActForm):
    verb = "set_zone"
    zone = Zone(
        label=_("Time zone"),
        max_length=64,
        help_text=_("A city is enough, such as Tokyo."),
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    keeping = forms.ChoiceField(label=_("What stays"), choices=KEEPING)

    def params(self) -> dict[str, Any]:
        return {"zone": self.cleaned_data["zone"], "keeping": self.cleaned_data["keeping"]}


class CandidateForm(ActForm):
    verb = "candidate"
    source = forms.ChoiceField(label=_("Take the date from"), choices=SOURCES)

    def params(self) -> dict[str, Any]:
        return {"source": self.cleaned_data["source"]}


class TagForm(ActForm):
    verb = "tag"
    names = TagNames(
        label=_("Tags, with commas between them"),
        max_length=500,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )

    def clean_names(self) -> list[str]:
        names: list[str] = self.cleaned_data["names"]
        if not names:
            raise forms.ValidationError(_("Give at least one tag."))
        return names

    def params(self) -> dict[str, Any]:
        return {"names": self.cleaned_data["names"]}


class UntagForm(TagForm):
    verb = "untag"


class KeepForm(ActForm):
    verb = "keep"


class DiscardForm(ActForm):
    verb = "discard"


class RestoreForm(ActForm):
    verb = "restore"


class FlagForm(ActForm):
    verb = "flag"


class UnflagForm(ActForm):
    verb = "unflag"


class ExportForm(DeedForm):
    is_forced = forms.BooleanField(label=_("Export what is undecided as well"), required=False)
