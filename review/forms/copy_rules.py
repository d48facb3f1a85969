"""A rule about copies as a sentence of selects."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_catalog.models import DuplicateGroup
from media_catalog.services.copy_rules import Confidence, Keep, Rule

Kind = DuplicateGroup.Kind
KINDS = (
    (Kind.SAME_PIXELS, _("with the same pixels")),
    (Kind.NEAR, _("of near copies")),
    (Kind.EDITED, _("of edits")),
    (Kind.BURST, _("of one series")),
    (Kind.SIMILAR, _("of similar scenes")),
)
KINDS_KNOWN = {kind for kind, _label in KINDS}
SURENESS: tuple[tuple[str, str | Promise], ...] = (
    ("", _("however sure they are")),
    (Confidence.MEDIUM, _("that are at least likely")),
    (Confidence.HIGH, _("that are sure")),
)
SAME, PREFERRED = "same", "preferred"
SOURCES: tuple[tuple[str, str | Promise], ...] = (
    ("", _("wherever they are from")),
    (SAME, _("all of one source")),
    (PREFERRED, _("where the source of the recommended one is preferred")),
)
SIZES: tuple[tuple[str, str | Promise], ...] = (
    ("", _("of whatever size")),
    ("more", _("where the recommended one has more pixels than all others")),
)
KEEPS = (
    (Keep.BEST, _("keep the recommended one and discard the others")),
    (Keep.ALL, _("keep all, so that they are settled")),
)


class RuleForm(forms.Form):
    """In all groups of a class where something holds, keep the recommended one, or all."""

    kind = forms.ChoiceField(choices=KINDS, label=_("Groups"))
    sureness = forms.ChoiceField(choices=SURENESS, required=False, label=_("How sure"))
    sources = forms.ChoiceField(choices=SOURCES, required=False, label=_("From where"))
    size = forms.ChoiceField(choices=SIZES, required=False, label=_("How large"))
    folder = forms.CharField(max_length=4000, required=False, label=_("Below this folder"))
    keep = forms.ChoiceField(choices=KEEPS, required=False, label=_("What is kept"))

    @classmethod
    def of_address(cls, given: QueryDict, *, undecided: Mapping[str, int]) -> "RuleForm":
        """Read a rule from an address; what it does not say is as it is usual for the class.

        :param undecided: the number of groups by class; without one said, the first that has any is meant.
        """
        found = given.copy()
        meant = next((kind for kind, _label in KINDS if undecided.get(kind)), Kind.SAME_PIXELS)
        found.setdefault("kind", meant.value)
        if found["kind"] in KINDS_KNOWN:
            found.setdefault("keep", Rule(kind=found["kind"]).keeps.value)
        return cls(found)

    def clean_folder(self) -> str:
        folder = str(self.cleaned_data["folder"])
        if folder and not folder.startswith("/"):
            raise forms.ValidationError(_("Write the whole path, from its first “/” on."))
        return folder

    def rule(self) -> Rule:
        """Return the rule; the form must be valid."""
        given: dict[str, Any] = self.cleaned_data
        return Rule(
            kind=given["kind"],
            keep=Keep(given["keep"]) if given["keep"] else None,
            is_same_source=given["sources"] == SAME,
            is_preferred_source=given["sources"] == PREFERRED,
            folder=given["folder"],
            has_more_pixels=given["size"] == "more",
            confidence=Confidence(given["sureness"]) if given["sureness"] else None,
        )

    def address_parts(self) -> dict[str, str]:
        """Return what the address says of the rule."""
        return {name: str(self.cleaned_data[name]) for name in self.fields if self.cleaned_data.get(name)}
