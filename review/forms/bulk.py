"""What can be changed of many files at once; what is left blank stays as it is."""

from collections.abc import Iterator, Mapping
from datetime import date as Day
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from media_catalog.form_fields import Length, TagNames, Zone
from media_catalog.pipeline import spoken_dates
from media_catalog.services.acts import Act
from review.forms.clocks import KEEPING

LEAVE = ("", _("leave as it is"))
WAYS = ("confirm", "date", "shift", "zone", "source")  # of changing a date, of which one is taken
SOURCES = [
    LEAVE,
    ("name", _("the file names")),
    ("folder", _("the folder names")),
    ("mtime", _("the times when the files were last changed")),
]
DECISIONS = [
    LEAVE,
    ("keep", _("keep")),
    ("discard", _("discard: it is not exported")),
    ("restore", _("restore: keep what was discarded")),
]
FLAGS = [LEAVE, ("flag", _("flag")), ("unflag", _("take the flag away"))]
NO_RATING = "none"
RATINGS = [LEAVE, (NO_RATING, _("no rating")), *((str(number), str(number)) for number in range(6))]
# What a button of the grid means in this form.
SHORT = {
    "confirm": {"confirm": "on"},
    "keep": {"decision": "keep"},
    "discard": {"decision": "discard"},
    "restore": {"decision": "restore"},
    "flag": {"flag": "flag"},
    "unflag": {"flag": "unflag"},
}


def _field(**attributes: str) -> forms.TextInput:
    return forms.TextInput({"autocomplete": "off", **attributes})


def _tag_names() -> forms.TextInput:
    """Offer tags while somebody types."""
    offers = {"hx-get": reverse_lazy("suggest_tags"), "hx-target": "#tag-names", "hx-swap": "innerHTML"}
    return forms.TextInput(
        {
            "autocomplete": "off",
            "list": "tag-names",
            "hx-trigger": "focus once, input changed delay:200ms",
            **offers,
        }
    )


class EditForm(forms.Form):
    """One field for each thing that can be changed; blank or "leave as it is" changes nothing."""

    confirm = forms.BooleanField(label=_("Confirm the dates as they are"), required=False)
    date = forms.CharField(
        label=_("Give them all this date"),
        required=False,
        max_length=100,
        widget=_field(placeholder="summer 1978, 15/08/2019 14:20"),
    )
    shift = Length(
        label=_("Move their dates by"),
        required=False,
        widget=_field(placeholder="+1 h 30 min"),
    )
    zone = Zone(
        label=_("Put them into the time zone of"),
        required=False,
        max_length=60,
        widget=_field(placeholder="Tokyo", list="zone-names"),
    )
    keeping = forms.ChoiceField(label=_("And then"), choices=KEEPING, required=False)
    source = forms.ChoiceField(label=_("Take the date from"), choices=SOURCES, required=False)
    tags = TagNames(
        label=_("Add tags, with commas between them"),
        required=False,
        max_length=500,
        widget=_tag_names(),
    )
    untags = TagNames(
        help_text="", label=_("Take tags away"), required=False, max_length=500, widget=_tag_names()
    )
    decision = forms.ChoiceField(label=_("Keep or discard"), choices=DECISIONS, required=False)
    flag = forms.ChoiceField(label=_("Flag"), choices=FLAGS, required=False)
    rating = forms.ChoiceField(label=_("Rating"), choices=RATINGS, required=False)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    no_description = forms.BooleanField(label=_("Take the description away"), required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, today: Day) -> None:
        super().__init__(data)
        self.today = today

    def clean_date(self) -> spoken_dates.Spoken | None:
        text = self.cleaned_data["date"]
        if not text:
            return None
        try:
            return spoken_dates.read(text, today=self.today)
        except spoken_dates.NotADate as refusal:
            raise forms.ValidationError(gettext(str(refusal))) from refusal

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if sum(bool(found.get(way)) for way in WAYS) > 1:
            raise forms.ValidationError(_("Change the dates in one way at a time."))
        if found.get("description") and found.get("no_description"):
            self.add_error("no_description", _("Either give a description or take it away."))
        return found

    @property
    def understood(self) -> str:
        """How a date that was typed was understood."""
        spoken = getattr(self, "cleaned_data", {}).get("date")
        return spoken.text if spoken else ""

    def act(self) -> Act | None:
        """Return what is to be done, several changes as one act; `None` when nothing was filled in."""
        acts = list(self._acts())
        if len(acts) > 1:
            return Act(verb="edit", params={"acts": [[act.verb, dict(act.params)] for act in acts]})
        return acts[0] if acts else None

    def _acts(self) -> Iterator[Act]:
        wanted = self.cleaned_data
        yield from self._about_date(wanted)
        for verb, name in (("tag", "tags"), ("untag", "untags")):
            if names := wanted[name]:
                yield Act(verb=verb, params={"names": names})
        for name in ("decision", "flag"):
            if wanted[name]:
                yield Act(verb=wanted[name])
        if wanted["rating"]:
            rating = None if wanted["rating"] == NO_RATING else int(wanted["rating"])
            yield Act(verb="rate", params={"rating": rating})
        if wanted["description"] or wanted["no_description"]:
            yield Act(verb="describe", params={"description": wanted["description"]})

    def _about_date(self, wanted: Mapping[str, Any]) -> Iterator[Act]:
        if wanted["confirm"]:
            yield Act(verb="confirm")
        if spoken := wanted["date"]:
            yield Act(verb="set_date", params=_params(spoken))
        if wanted["shift"]:
            yield Act(verb="shift", params={"seconds": wanted["shift"]})
        if wanted["zone"]:
            keeping = wanted["keeping"] or KEEPING[0][0]
            yield Act(verb="set_zone", params={"zone": wanted["zone"], "keeping": keeping})
        if wanted["source"]:
            yield Act(verb="candidate", params={"source": wanted["source"]})


def _params(spoken: spoken_dates.Spoken) -> dict[str, Any]:
    return {
        "local": spoken.local.isoformat(),
        "until": spoken.until.isoformat(),
        "precision": str(spoken.precision),
        "offset_minutes": spoken.offset_minutes,
    }
