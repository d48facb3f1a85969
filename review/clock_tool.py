"""The tools that correct a clock or its zone: what was asked for, and what it would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from media_catalog.models import CameraRule, MediaFile
from media_catalog.services import walks
from media_catalog.services.acts import Act, BadAct
from media_catalog.services.selections import BadSelection
from media_catalog.services.zone_decisions import Keeping
from review import cameras, clock_effects, clock_readings, clocks, queues
from review.clock_effects import Effect
from review.clock_readings import Measured, NotMeasured
from review.forms.clocks import RULE, ClockForm, ScopeForm, ZoneForm

STRIP = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What would be done with the files of a scope, and its effect; `words` say it."""

    how: str
    rule: CameraRule
    act: Act
    words: str
    effect: Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A page of a tool: its forms, and either what it comes to or why that is nothing yet."""

    scope: ScopeForm
    form: ClockForm | ZoneForm
    file: MediaFile | None = None
    showed: datetime | None = None
    measured: Measured | None = None
    correction: Correction | None = None
    problem: str = ""
    strip: walks.Page | None = None

    @property
    def kept(self) -> dict[str, str]:
        """What has to go with the second form: all that was chosen in the first."""
        return self.scope.values if self.scope.is_valid() else {}


class Nothing(Exception):
    """There is nothing to show yet; the message says why, for a person, or is empty."""


def clock(data: QueryDict, *, at: datetime) -> Tool:
    """Look at what was asked of the tool that sets a clock right."""
    file = _file(data)
    scope, form = scope_of(data, file), ClockForm(_with_defaults(data))
    is_sound = scope.is_valid() and form.is_valid()
    wanted = form.cleaned_data if is_sound else {}
    showed = _showed(file, how=wanted.get("how", RULE))
    measured, problem, correction = None, "", None
    try:
        measured = _measured(wanted.get("says", ""), file, showed, at=at)
        seconds = measured.seconds if measured else wanted.get("by")
        if seconds is not None:
            correction = shift(scope, seconds, how=wanted["how"], at=at)
    except (Nothing, NotMeasured, BadSelection, BadAct) as reason:
        problem = str(reason)
    return Tool(
        scope=scope,
        form=form,
        file=file,
        showed=showed,
        measured=measured,
        correction=correction,
        problem=problem,
        strip=_strip(scope, data) if file is None else None,
    )


def _showed(file: MediaFile | None, *, how: str) -> datetime | None:
    """A rule starts from what the clock showed; what is done once, from the date as it is."""
    if file is None:
        return None
    return clock_readings.shown_by(file) if how == RULE else clock_readings.dated(file)


def _with_defaults(data: QueryDict) -> dict[str, object]:
    return {"how": RULE, "keeping": Keeping.WALL.value, **{name: data[name] for name in data}}


def _file(data: QueryDict) -> MediaFile | None:
    given = str(data.get("file", ""))
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        return None
    return MediaFile.objects.filter(pk=int(given)).first()


def scope_of(data: QueryDict, file: MediaFile | None = None) -> ScopeForm:
    """Read whose files are meant: where a photo was picked and nothing said, those of its camera."""
    data = data.copy()
    if file is not None and "camera" not in data:
        data["camera"] = file.camera_model
        if len(cameras.serials(file.camera_model)) > 1:
            data["serial"] = file.camera_serial
    return ScopeForm(data, known=cameras.names())


def _strip(scope: ScopeForm, data: QueryDict) -> walks.Page | None:
    if not scope.is_narrowed:
        return None
    cursor = queues.Cursor.parse(str(data["after"])) if data.get("after") else None
    return walks.page(scope.values, after=cursor, size=STRIP)


def _require(is_given: object, why: str = "") -> None:
    if not is_given:
        raise Nothing(why)


def _measured(says: str, file: MediaFile | None, showed: datetime | None, *, at: datetime) -> Measured | None:
    if not says:
        return None
    _require(file, _("Pick a photo whose moment you know first."))
    if showed is None:
        raise Nothing(_("This file does not say what its camera's clock showed."))
    return clock_readings.measure(showed, says, today=at.date())


def shift(scope: ScopeForm, seconds: int, *, how: str, at: datetime) -> Correction:
    """Say what moving the dates of a scope by so many seconds would do.

    :raises Nothing: when that is nothing.
    """
    _require(seconds, _("The clock was right: there is nothing to correct."))
    act = Act(verb="shift", params={"seconds": seconds})
    words = (
        _("The dates become %(length)s later.") if seconds > 0 else _("The dates become %(length)s earlier.")
    )
    return _correction(
        scope,
        how=how,
        act=act,
        rule=scope.rule(shift_seconds=seconds),
        words=words % {"length": clocks.length(seconds)},
        at=at,
    )


def zone(data: QueryDict, *, at: datetime) -> Tool:
    """Look at what was asked of the tool that gives files a zone."""
    scope, form = scope_of(data), ZoneForm(_with_defaults(data))
    problem, correction = "", None
    try:
        if scope.is_valid() and form.is_valid() and form.cleaned_data["zone"]:
            correction = in_zone(scope, form.cleaned_data, at=at)
    except (Nothing, BadSelection, BadAct) as reason:
        problem = str(reason)
    return Tool(scope=scope, form=form, correction=correction, problem=problem, strip=_strip(scope, data))


def in_zone(scope: ScopeForm, wanted: Mapping[str, Any], *, at: datetime) -> Correction:
    """Say what a zone would do to the files of a scope.

    :raises Nothing: when that is nothing.
    """
    zone, keeping, how = wanted["zone"], wanted["keeping"], wanted["how"]
    if how == RULE and keeping == Keeping.INSTANT:
        raise Nothing(
            _("A rule says in which zone a clock was right. To keep the moments, choose “only this once”.")
        )
    act = Act(verb="set_zone", params={"zone": zone, "keeping": keeping})
    stays = _("The clocks showed the time of %(zone)s.")
    if keeping == Keeping.INSTANT:
        stays = _("The moments stay, and are shown by the clock of %(zone)s.")
    words = stays % {"zone": zone.replace("_", " ")}
    return _correction(scope, how=how, act=act, rule=scope.rule(zone=zone), words=words, at=at)


def _correction(
    scope: ScopeForm, *, how: str, act: Act, rule: CameraRule, words: str, at: datetime
) -> Correction:
    _require(scope.is_narrowed, _("Choose a camera, a period or a source first."))
    if how != RULE:
        effect = clock_effects.of_act(scope.selection(), act)
        _require(effect.number, _("No file is like this."))
        return Correction(how=how, rule=rule, act=act, words=words, effect=effect)
    _require(rule.camera_model, _("A rule is about one camera: choose it, or choose “only this once”."))
    _require("folder" not in scope.values, _("A rule cannot be about a folder: choose “only this once”."))
    effect = clock_effects.of_rule(rule, at=at)
    return Correction(how=how, rule=rule, act=act, words=clocks.sentence(rule), effect=effect)
