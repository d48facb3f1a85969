"""Which dates are accepted by a rule."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from media_catalog.models import Confidence
from media_catalog.services.selections import Selection
from media_catalog.templatetags.plain import visible
from review.cameras import CameraName
from review.filters import source_choices

ANY = ("", _("Any"))
LEVELS = (Confidence.MEDIUM, Confidence.LOW)
ORIGINS = [
    ("tag", _("in the file itself")),
    ("name", _("in its name")),
    ("folder", _("in the name of its folder")),
    ("sidecar", _("in a sidecar or by Google Photos")),
    ("neighbour", _("among the files beside it")),
    ("mtime", _("when it was last changed")),
]
# Nobody has vouched for these dates, and nobody has doubts of his own about them.
ALWAYS = {"date": "yes", "flagged": "no"}


class RuleForm(forms.Form):
    """A level of confidence, and what narrows it; all of it stands in the address."""

    confidence = forms.ChoiceField(choices=[(level.value, level.label) for level in LEVELS], required=False)
    source = forms.ChoiceField(label=_("Source"), required=False)
    camera = forms.ChoiceField(label=_("Camera"), required=False)
    origin = forms.ChoiceField(label=_("Date found"), choices=[ANY, *ORIGINS], required=False)
    folder = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, known: Iterable[CameraName]) -> None:
        super().__init__(data, auto_id="rule-%s")
        sources = [(str(pk), visible(label)) for pk, label in source_choices()]
        self._choose("source", sources)
        models = [(one.model, visible(one.name)) for one in known]
        given = str(data.get("camera", ""))[:100]
        self._choose("camera", models if given in dict(models) else [*models, (given, visible(given))])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker
        field.choices = [ANY, *choices]

    @property
    def values(self) -> dict[str, str]:
        """What is chosen, as it stands in an address."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value}

    def selection(self) -> Selection:
        """Return the files whose dates are meant; the form must be valid and name a level.

        :raises BadSelection: when the folder is none.
        """
        return Selection(filters=ALWAYS | self.values)


class ApplyForm(forms.Form):
    """What was shown, sent back to be done."""

    expected = forms.IntegerField(min_value=0)
    stamp = forms.CharField(required=False, max_length=200)
