"""One decision for many files at once: the rest of a folder, of a camera, of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.utils.dateformat import format as format_clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import MediaFile, Precision
from media_catalog.pipeline import spoken_dates
from media_catalog.pipeline.spoken_dates import Spoken
from media_catalog.services import acts
from media_catalog.services.acts import Act, Preview
from media_catalog.services.selections import Selection
from media_catalog.templatetags.capture import DAY_FORMAT
from review import date_words
from review.date_queue import MOST_COUNTED, NEEDED

SAMPLES = 8
TO_THE_DAY = (Precision.SECOND, Precision.MINUTE, Precision.DAY)
CONFIRM, GIVE = "confirm", "give"
SOURCES = {
    "name": gettext_lazy("Take the date from each file's name"),
    "folder": gettext_lazy("Take the date from the name of the folder"),
    "mtime": gettext_lazy("Take each file's own time"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Files that are like one in something; `number` need a date, or more where not `is_all`."""

    value: str
    label: str
    filters: Mapping[str, str]
    number: int
    is_all: bool

    @property
    def selection(self) -> Selection:
        return Selection(filters=self.filters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Something that can be done with them."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What was asked for, and what it would do, or why that is nothing yet."""

    scopes: Sequence[Scope]
    ways: Sequence[Way]
    scope: Scope
    way: str
    text: str
    act: Act | None = None
    preview: Preview | None = None
    understood: str = ""
    problem: str = ""


def scopes(file: MediaFile) -> list[Scope]:
    """Return what a file can be like others in, with the numbers of those that need a date."""
    found = [_scope("folder", _("its folder"), {"source": str(file.source_id), "folder": file.folder_key})]
    if file.camera_model:
        label = _("its camera, %(camera)s") % {"camera": file.camera_model}
        found.append(_scope("camera", label, {"camera": file.camera_model}))
    if file.captured_local and file.captured_precision in TO_THE_DAY:
        day = file.captured_local.date()
        label = _("its day, %(day)s") % {"day": format_clock(day, DAY_FORMAT)}
        found.append(_scope("day", label, {"from": day.isoformat(), "until": day.isoformat()}))
    return found


def _scope(value: str, label: str, filters: Mapping[str, str]) -> Scope:
    narrowed = {**{name: text for name, text in filters.items() if text}, **NEEDED}
    number = Selection(filters=narrowed).files()[: MOST_COUNTED + 1].count()
    return Scope(
        value=value,
        label=label,
        filters=narrowed,
        number=min(number, MOST_COUNTED),
        is_all=number <= MOST_COUNTED,
    )


def plan(file: MediaFile, wanted: Mapping[str, str], *, today: date) -> Plan:
    """Say what a choice of files and of what to do with them would come to, changing nothing."""
    known, ways = scopes(file), _ways(file)
    scope = next((one for one in known if one.value == wanted.get("scope")), known[0])
    way = next((one.value for one in ways if one.value == wanted.get("way")), ways[0].value)
    text = wanted.get("text", "").strip()
    asked = Plan(scopes=known, ways=ways, scope=scope, way=way, text=text)
    return _looked_at(asked, today=today)


def _ways(file: MediaFile) -> list[Way]:
    ways = [Way(value=GIVE, label=_("Give them all one date"))]
    if file.captured_local:
        ways.insert(0, Way(value=CONFIRM, label=_("Accept the date that each of them has")))
    return ways + [Way(value=value, label=str(label)) for value, label in SOURCES.items()]


def _looked_at(asked: Plan, *, today: date) -> Plan:
    if asked.way == GIVE:
        if not asked.text:
            return asked
        try:
            spoken = spoken_dates.read(asked.text, today=today)
        except spoken_dates.NotADate as refusal:
            return _with(asked, problem=_(str(refusal)))
        understood = date_words.understood(spoken)
        return _with(asked, act=Act(verb="set_date", params=params(spoken)), understood=understood)
    if asked.way == CONFIRM:
        return _with(asked, act=Act(verb="confirm"))
    return _with(asked, act=Act(verb="candidate", params={"source": asked.way}))


def params(spoken: Spoken) -> dict[str, object]:
    """Return a date that was understood as an act keeps it."""
    return {
        "local": spoken.local.isoformat(),
        "until": spoken.until.isoformat(),
        "precision": str(spoken.precision),
        "offset_minutes": spoken.offset_minutes,
    }


def _with(asked: Plan, *, act: Act | None = None, understood: str = "", problem: str = "") -> Plan:
    preview = acts.preview(asked.scope.selection, act, number=SAMPLES) if act else None
    return replace(asked, act=act, preview=preview, understood=understood, problem=problem)
