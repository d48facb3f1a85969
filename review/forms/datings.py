"""How a selection of files gets its dates, where their own say nothing useful."""

from django import forms
from django.utils.translation import gettext_lazy as _

from media_catalog.form_fields import Length

SPREAD, SHIFT = "spread", "shift"
WAYS = [
    ("name", _("The date in their names")),
    ("folder", _("The date in the names of their folders")),
    ("mtime", _("When the files were last changed")),
    (SPREAD, _("One after the other, as scans of an album: from a date on, evenly spaced")),
    (SHIFT, _("Move their dates by a length of time")),
]


class DatingForm(forms.Form):
    """Where the dates come from, and what that way needs to know."""

    what = forms.ChoiceField(label=_("Date these files by"), choices=WAYS, widget=forms.RadioSelect)
    start = forms.CharField(
        label=_("The first one"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"placeholder": "24 December 1985 18:00", "autocomplete": "off"}),
    )
    every = Length(
        label=_("Distance"),
        required=False,
        widget=forms.TextInput({"placeholder": "1 min", "autocomplete": "off"}),
    )
    by = Length(
        label=_("Move by"),
        required=False,
        widget=forms.TextInput({"placeholder": "+1 h 30 min", "autocomplete": "off"}),
    )
