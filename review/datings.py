"""Dating files that were selected: by names, by folders, one after the other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from media_catalog.pipeline import spoken_dates
from media_catalog.services.acts import Act, BadAct
from media_catalog.services.selections import FILTERS, BadSelection, Selection
from media_catalog.templatetags.capture import period_text
from review import clock_effects
from review.clock_effects import Effect
from review.forms.datings import SHIFT, SPREAD, DatingForm

MINUTE_S = 60
COUNTED = 1000
MOST_IN_ADDRESS = 200


class Incomplete(ValueError):
    """Something is missing or cannot be read; the message is for a person, or empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dating:
    """What was asked for, and either what it would do or why that is nothing yet."""

    selection: Selection
    form: DatingForm
    act: Act | None = None
    effect: Effect | None = None
    understood: str = ""
    problem: str = ""

    @property
    def number(self) -> int:
        """How many files are meant; many are not counted to the end."""
        return len(self.selection.ids) or self.selection.files()[: COUNTED + 1].count()

    @property
    def is_more(self) -> bool:
        return bool(self.selection.filters) and self.number > COUNTED

    @property
    def kept(self) -> dict[str, str]:
        """What has to go with the form: the files."""
        return {"selection": json.dumps(self.selection.as_json())}

    @property
    def address(self) -> str:
        """Where these files are asked about; too many to be named one by one go back to where they were."""
        if self.selection.filters:
            return f"{reverse('clock_files')}?{urlencode(self.selection.filters)}"
        if len(self.selection.ids) > MOST_IN_ADDRESS:
            return reverse("grid")
        return f"{reverse('clock_files')}?ids={','.join(map(str, self.selection.ids))}"


def selection_of(data: QueryDict) -> Selection:
    """Read which files are meant: `selection` as JSON, or `ids`, or filters as the grid has them.

    :raises BadSelection: when nothing is selected.
    """
    if stored := data.get("selection"):
        return Selection.of_json(_mapping(str(stored)))
    ids = [text for given in data.getlist("ids") for text in str(given).split(",") if text]
    if ids:
        if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in ids):
            raise BadSelection(_("These are no files."))
        return Selection(ids=tuple(int(text) for text in ids))
    given = {name: str(data[name]) for name in FILTERS if data.get(name)}
    return Selection(filters=given)


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadSelection(_("These are no files."))
    return found


def look(data: QueryDict, *, today: date) -> Dating:
    """Look at what was asked for.

    :raises BadSelection: when no files are.
    """
    selection, form = selection_of(data), DatingForm(data if "what" in data else None)
    try:
        act, understood = act_of(form, today=today)
        effect = clock_effects.of_act(selection, act)
    except (Incomplete, BadAct) as reason:
        return Dating(selection=selection, form=form, problem=str(reason))
    return Dating(selection=selection, form=form, act=act, effect=effect, understood=understood)


def act_of(form: DatingForm, *, today: date) -> tuple[Act, str]:
    """Return what is to be done, and how a date that was typed was understood.

    :raises Incomplete: when something is missing.
    """
    if not form.is_valid():
        raise Incomplete("")
    wanted = form.cleaned_data
    if wanted["what"] == SPREAD:
        return _spread(wanted["start"], wanted["every"], today=today)
    if wanted["what"] == SHIFT:
        if not wanted["by"]:
            raise Incomplete(_("Say by how much the dates are to be moved."))
        return Act(verb="shift", params={"seconds": wanted["by"]}), ""
    return Act(verb="candidate", params={"source": wanted["what"]}), ""


def _spread(start: str, every: int | None, *, today: date) -> tuple[Act, str]:
    if not start:
        raise Incomplete(_("Say when the first one was taken."))
    spoken = spoken_dates.understand(start, today=today)
    if spoken is None:
        raise Incomplete(_("This is no date that can be read: give one such as 24 December 1985."))
    params = {
        "local": spoken.local.isoformat(),
        "seconds": MINUTE_S if every is None else every,
        "precision": str(spoken.precision),
        "offset_minutes": spoken.offset_minutes,
    }
    return Act(verb="spread", params=params), period_text(spoken.local, spoken.until, spoken.precision)
