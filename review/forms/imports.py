"""What a person says about files before they are imported."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from media_catalog.form_fields import TagNames, Zone
from media_catalog.services.tags import NAME_LENGTH
from media_catalog.services.uploads import Wishes

MOST_TAGS = 50


def _tag_names() -> forms.TextInput:
    return forms.TextInput(
        {
            "autocomplete": "off",
            "list": "tag-names",
            "hx-get": reverse_lazy("suggest_tags"),
            "hx-trigger": "focus once, input changed delay:200ms",
            "hx-target": "#tag-names",
            "hx-swap": "innerHTML",
        }
    )


class BatchForm(forms.Form):
    """Whose files these are, where their clocks were, and what they are tagged with; nothing is needed."""

    label = forms.CharField(
        label=_("What to call them, such as “Mum's phone”"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    time_zone = Zone(
        label=_("Where they were taken, if not at home"),
        max_length=64,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": _("a city, such as Rome")}),
    )
    tags = TagNames(
        label=_("Tags for all of them, with commas between"),
        max_length=2000,
        required=False,
        widget=_tag_names(),
    )

    def clean_tags(self) -> tuple[str, ...]:
        names = tuple(self.cleaned_data["tags"])
        if len(names) > MOST_TAGS:
            raise ValidationError(_("Give at most %(number)d tags.") % {"number": MOST_TAGS})
        if any(len(name) > NAME_LENGTH for name in names):
            raise ValidationError(_("A tag has at most %(number)d characters.") % {"number": NAME_LENGTH})
        return names

    def wishes(self) -> Wishes:
        """Return what was said, which has to be valid."""
        found: dict[str, Any] = self.cleaned_data
        return Wishes(label=found["label"], time_zone=found["time_zone"], tags=found["tags"])


class FolderForm(BatchForm):
    """The same for a folder of the server, and whether the folders in it are meant too."""

    is_recursive = forms.BooleanField(label=_("with all folders in it"), required=False)
