"""Acts as sentences: what was done, to how many files, in plain words."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.dateparse import parse_datetime
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from media_catalog.models import DecisionBatch, DuplicateGroup, Tag
from media_catalog.services.copy_rules import ONE_IS_ENOUGH, Keep
from media_catalog.templatetags.capture import clock_text

Verb = DecisionBatch.Verb
Params = Mapping[str, Any]
MOST_NAMES = 3
MOST_STEPS = 5
SENTENCES: Mapping[str, Any] = {
    Verb.CONFIRM: ngettext_lazy(
        "Confirmed the date of %(shown)s file", "Confirmed the dates of %(shown)s files", "number"
    ),
    Verb.SET_DATE: ngettext_lazy(
        "Dated %(shown)s file: %(date)s", "Dated %(shown)s files: %(date)s", "number"
    ),
    Verb.SHIFT: ngettext_lazy(
        "Moved the date of %(shown)s file by %(span)s",
        "Moved the dates of %(shown)s files by %(span)s",
        "number",
    ),
    Verb.SET_ZONE: ngettext_lazy(
        "Put %(shown)s file into the time zone %(zone)s, keeping %(keeping)s",
        "Put %(shown)s files into the time zone %(zone)s, keeping %(keeping)s",
        "number",
    ),
    Verb.CANDIDATE: ngettext_lazy(
        "Took the date of %(shown)s file from %(source)s",
        "Took the dates of %(shown)s files from %(source)s",
        "number",
    ),
    Verb.SPREAD: ngettext_lazy(
        "Dated %(shown)s file: %(date)s",
        "Spread %(shown)s files from %(date)s on, %(span)s apart",
        "number",
    ),
    Verb.TAG: ngettext_lazy(
        "Tagged %(shown)s file: %(names)s", "Tagged %(shown)s files: %(names)s", "number"
    ),
    Verb.UNTAG: ngettext_lazy(
        "Took tags from %(shown)s file: %(names)s", "Took tags from %(shown)s files: %(names)s", "number"
    ),
    Verb.KEEP: ngettext_lazy("Kept %(shown)s file", "Kept %(shown)s files", "number"),
    Verb.DISCARD: ngettext_lazy("Discarded %(shown)s file", "Discarded %(shown)s files", "number"),
    Verb.RESTORE: ngettext_lazy("Restored %(shown)s file", "Restored %(shown)s files", "number"),
    Verb.FLAG: ngettext_lazy("Flagged %(shown)s file", "Flagged %(shown)s files", "number"),
    Verb.UNFLAG: ngettext_lazy(
        "Took the flag from %(shown)s file", "Took the flags from %(shown)s files", "number"
    ),
    Verb.SNOOZE: ngettext_lazy(
        "Put off %(shown)s file until %(until)s", "Put off %(shown)s files until %(until)s", "number"
    ),
    Verb.UNSNOOZE: ngettext_lazy(
        "Took up %(shown)s file again that was put off",
        "Took up %(shown)s files again that were put off",
        "number",
    ),
    Verb.DESCRIBE: ngettext_lazy("Described %(shown)s file", "Described %(shown)s files", "number"),
    Verb.RATE: ngettext_lazy(
        "Rated %(shown)s file: %(rating)s", "Rated %(shown)s files: %(rating)s", "number"
    ),
    Verb.EDIT: ngettext_lazy(
        "Changed %(shown)s file: %(steps)s", "Changed %(shown)s files: %(steps)s", "number"
    ),
    Verb.RESOLVE: ngettext_lazy(
        "Chose what to keep of %(groups)s group of %(kind)s",
        "Chose what to keep of %(groups)s groups of %(kind)s",
        "groups_number",
    ),
    Verb.COPY_RULE: ngettext_lazy(
        "Rule: kept %(keep)s of %(groups)s group of %(kind)s",
        "Rule: kept %(keep)s of each of %(groups)s groups of %(kind)s",
        "groups_number",
    ),
    Verb.DOUBT: ngettext_lazy(
        "Called the accepted date of %(shown)s file wrong",
        "Called the accepted dates of %(shown)s files wrong",
        "number",
    ),
    Verb.RENAME_TAG: gettext_lazy("Renamed the tag “%(name)s” to “%(to)s”"),
    Verb.MERGE_TAGS: ngettext_lazy(
        "Merged into “%(to)s”: %(names)s, on %(shown)s file",
        "Merged into “%(to)s”: %(names)s, on %(shown)s files",
        "number",
    ),
    Verb.MOVE_TAG: gettext_lazy("Put the tag “%(name)s” %(where)s"),
    Verb.COLOUR_TAG: gettext_lazy("Gave the tag “%(name)s” the colour %(colour)s"),
    Verb.DELETE_TAG: ngettext_lazy(
        "Deleted the tag %(names)s, on %(shown)s file",
        "Deleted the tag %(names)s, on %(shown)s files",
        "number",
    ),
    Verb.TAKE_TAGS: ngettext_lazy(
        "Took proposed tags for %(shown)s file: %(names)s",
        "Took proposed tags for %(shown)s files: %(names)s",
        "number",
    ),
    Verb.DECLINE_TAGS: gettext_lazy("%(how)s: %(names)s"),
    Verb.SEPARATE: gettext_lazy("Called pictures of a group no copies of each other"),
    Verb.DISCARD_AGAIN: ngettext_lazy(
        "Discarded %(shown)s file that came again after it had been discarded",
        "Discarded %(shown)s files that came again after they had been discarded",
        "number",
    ),
    Verb.ASK_AGAIN: ngettext_lazy(
        "Asked again about %(shown)s discarded file that has other content now",
        "Asked again about %(shown)s discarded files that have other content now",
        "number",
    ),
}
KINDS = {
    DuplicateGroup.Kind.SAME_PIXELS: gettext_lazy("the same pictures"),
    DuplicateGroup.Kind.NEAR: gettext_lazy("near copies"),
    DuplicateGroup.Kind.EDITED: gettext_lazy("edited pictures"),
    DuplicateGroup.Kind.BURST: gettext_lazy("shots of a series"),
    DuplicateGroup.Kind.SIMILAR: gettext_lazy("similar pictures"),
}
HOW = {
    "never": gettext_lazy("Refused proposed tags for ever"),
    "not_these": gettext_lazy("Put proposed tags aside"),
    "again": gettext_lazy("Offered proposed tags again"),
}
SOURCES = {
    "name": gettext_lazy("the file name"),
    "folder": gettext_lazy("the folder name"),
    "mtime": gettext_lazy("the time of the last change"),
    "neighbour": gettext_lazy("neighbouring files"),
}


def sentence(act: DecisionBatch, *, first: DecisionBatch | None = None) -> str:
    """Say what an act did; of an undo or a redo, `first` is what it is about."""
    if act.verb in (Verb.UNDO, Verb.REDO):
        return _turned(act, first)
    values = {
        "number": act.number,
        "shown": number_format(act.number, force_grouping=True),
        **{name: write(act.params) for name, write in VALUES.items()},
    }
    return str(SENTENCES[act.verb] % values) if act.verb != Verb.SEPARATE else str(SENTENCES[act.verb])


def _turned(act: DecisionBatch, first: DecisionBatch | None) -> str:
    text = _("Took back: %(act)s") if act.verb == Verb.UNDO else _("Did again: %(act)s")
    about = sentence(first) if first else _("an act that is no longer known")
    if first and first.number != act.number:
        about = _("%(act)s (%(number)s of them)") % {"act": about, "number": act.number}
    return text % {"act": about}


def span_text(seconds: float) -> str:
    """Write a length of time with its sign, such as "+1 h 30 min"."""
    left = abs(round(seconds))
    parts = []
    for unit_s, unit in ((86400, _("d")), (3600, _("h")), (60, _("min")), (1, _("s"))):
        number, left = divmod(left, unit_s)
        if number:
            parts.append(f"{number} {unit}")
    return f"{'−' if seconds < 0 else '+'}{' '.join(parts or ['0 ' + _('s')])}"  # noqa: RUF001  a minus


def date_text(params: Params) -> str:
    """Write a date as acts and decisions keep it."""
    local, until = clock(params.get("local")), clock(params.get("until"))
    if local is None:
        return _("no date")
    return clock_text(local, until, params.get("precision") or "second", params.get("offset_minutes"))


def clock(text: Any) -> datetime | None:
    """Read a wall clock or an instant as JSON keeps it; `None` where there is none."""
    try:
        return parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None


def listed(names: Iterable[str], *, most: int = MOST_NAMES) -> str:
    """Write some names, and how many more there are."""
    known = list(names)
    text = ", ".join(known[:most])
    more = len(known) - most
    return _("%(names)s and %(number)d more") % {"names": text, "number": more} if more > 0 else text


def _span(params: Params) -> str:
    seconds = params.get("seconds")
    return span_text(seconds) if isinstance(seconds, int | float) else ""


def _until(params: Params) -> str:
    until = clock(params.get("until"))
    return date_format(until, "j M Y H:i") if until else _("later")


def _keeping(params: Params) -> str:
    return _("the instant") if params.get("keeping") == "instant" else _("the clock as it is shown")


def _rating(params: Params) -> str:
    rating = params.get("rating")
    return _("none") if rating is None else _("%(rating)s of 5") % {"rating": rating}


def _steps(params: Params) -> str:
    known = dict(Verb.choices)
    verbs = [step[0] for step in params.get("acts") or () if step]
    return listed([str(known.get(verb, verb)) for verb in verbs], most=MOST_STEPS)


def _groups_number(params: Params) -> int:
    number = params.get("groups", 1)
    return number if isinstance(number, int) else 1


def _kind(params: Params) -> str:
    return str(KINDS.get(params.get("kind", ""), _("copies")))


def _keep(params: Params) -> str:
    usual = Keep.BEST if params.get("kind") in ONE_IS_ENOUGH else Keep.ALL
    return _("all") if (params.get("keep") or usual) == Keep.ALL else _("the best")


def _where(params: Params) -> str:
    return _("below “%(name)s”") % {"name": params["to"]} if params.get("to") else _("at the top")


def _colour(params: Params) -> str:
    return str(dict(Tag.Colour.choices).get(params.get("to", ""), _("none")))


VALUES: Mapping[str, Callable[[Params], Any]] = {
    "name": lambda params: params.get("name", ""),
    "to": lambda params: params.get("to", ""),
    "where": _where,
    "colour": _colour,
    "how": lambda params: str(HOW.get(params.get("how", ""), "")),
    "date": date_text,
    "span": _span,
    "zone": lambda params: params.get("zone") or _("unknown"),
    "keeping": _keeping,
    "source": lambda params: str(SOURCES.get(params.get("source", ""), params.get("source", ""))),
    "names": lambda params: listed([str(name) for name in params.get("names") or ()]),
    "until": _until,
    "rating": _rating,
    "steps": _steps,
    "groups": lambda params: number_format(_groups_number(params), force_grouping=True),
    "groups_number": _groups_number,
    "kind": _kind,
    "keep": _keep,
}
