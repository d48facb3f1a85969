"""Where to export to, what with, and what is cleared up afterwards."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from media_catalog.services import export_roots, finalizing
from media_catalog.services.exports import Scope
from media_catalog.services.finalizing import Wish
from media_catalog.services.selections import BadSelection, Selection
from media_catalog.templatetags.plain import visible
from review import selected

LONGEST_PATH = 4096


class ExportForm(forms.Form):
    """An archive, and what of the library goes there."""

    folder = forms.CharField(
        label=_("Folder of the archive"),
        max_length=LONGEST_PATH,
        required=False,
        widget=forms.TextInput(attrs={"list": "folders", "autocomplete": "off", "spellcheck": "false"}),
    )
    undecided = forms.BooleanField(label=_("Also what still needs a decision"), required=False)
    selection = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_folder(self) -> bytes:
        try:
            return export_roots.require(self.cleaned_data["folder"])
        except export_roots.NotAllowed as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_selection(self) -> Selection | None:
        if not self.cleaned_data["selection"]:
            return None
        try:
            return selected.of_text(self.cleaned_data["selection"])
        except BadSelection as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def scope(self) -> Scope:
        """Return what is to be exported, once it was found valid."""
        found = self.cleaned_data
        return Scope(is_forced=found["undecided"], selection=found["selection"])


class ClearingForm(forms.Form):
    """What is cleared up after an export; deleting originals takes words."""

    cleaning = forms.BooleanField(
        label=_("Remove working files"),
        help_text=_("Previews, old plans and what was left over. All of it can be made anew."),
        required=False,
    )
    clearing = forms.BooleanField(
        label=_("Clear the lists of finished jobs"),
        help_text=_(
            "Which files each job went through is forgotten. Jobs, their sums, your decisions and all files "
            "stay."
        ),
        required=False,
    )
    sources = forms.TypedMultipleChoiceField(
        label=_("Delete the originals of"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Originals of this source cannot be deleted from the browser.")},
    )
    phrase = forms.CharField(
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, removable: list[finalizing.Removable]
    ) -> None:
        super().__init__(data, initial={"cleaning": True})
        sources = self.fields["sources"]
        assert isinstance(sources, forms.TypedMultipleChoiceField)  # noqa: S101  for the type checker
        sources.choices = [(one.source.pk, visible(one.source.label)) for one in removable]
        self.fields["phrase"].label = _("To delete originals, type “%(phrase)s”") % {
            "phrase": finalizing.phrase()
        }

    def wish(self) -> Wish:
        """Return what is to be cleared up, once it was found valid."""
        found = self.cleaned_data
        return Wish(
            is_cleaning=found["cleaning"],
            is_clearing=found["clearing"],
            sources=tuple(found["sources"]),
            phrase=found["phrase"],
        )
