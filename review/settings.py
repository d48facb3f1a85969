"""What the page of settings shows: each value, what it does, and who changed it."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_catalog.models import Job, SettingChange, Source
from media_catalog.services import archives, counts, preference_effects, preference_rules, preferences
from media_catalog.services.preferences import Known, Name, Origin
from media_catalog.templatetags.capture import period_text
from review.forms.settings import SettingForm, as_text
from review.setting_words import WORDS, Words

MOST_SOURCES = 50
MOST_CHANGES = 20
COPIES = "copies"
BUSY = {
    Name.TIME_ZONE: Job.Kind.REDATE,
    Name.NAME_PATTERNS: Job.Kind.REDATE,
    Name.EARLIEST_YEAR: Job.Kind.REDATE,
    Name.COPY_BITS: Job.Kind.GROUP,
    COPIES: Job.Kind.GROUP,
}
SHORT = (Name.EARLIEST_YEAR, Name.COPY_BITS, Name.ERROR_THRESHOLD)  # numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What can be done with the files that are here: `text` says how many, `running` is who does it now."""

    what: str
    text: str
    button: str = ""
    running: Job | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One setting on the page."""

    known: Known
    words: Words
    form: SettingForm
    shown: Sequence[str]
    default: Sequence[str]
    notes: Sequence[str]
    offer: Offer | None

    @property
    def name(self) -> Name:
        return self.known.name

    @property
    def is_short(self) -> bool:
        return self.name in SHORT

    @property
    def is_fixed(self) -> bool:
        return self.known.origin == Origin.ENVIRONMENT

    @property
    def is_changed(self) -> bool:
        return self.known.origin == Origin.PERSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A line of what was changed; `is_last` where it is what holds, so that it can be taken back."""

    row: SettingChange
    label: str
    before: str
    after: str
    is_last: bool


def cards(*, standing: Mapping[Name, Known], invalid: SettingForm | None = None) -> list[Card]:
    """Return all settings, one of them with what somebody has just typed."""
    forms = {name: SettingForm(known) for name, known in standing.items()}
    if invalid is not None:
        forms[invalid.name] = invalid
    running = _running()
    with preferences.held({name: known.value for name, known in standing.items()}):
        return [_card(standing[name], forms[name], running) for name in WORDS]


def _card(known: Known, form: SettingForm, running: Mapping[str, Job]) -> Card:
    name = known.name
    return Card(
        known=known,
        words=WORDS[name],
        form=form,
        shown=_words(name, known.value),
        default=_words(name, known.default),
        notes=NOTES[name](known) if name in NOTES else [],
        offer=OFFERS[name](name, running.get(BUSY[name])) if name in OFFERS else None,
    )


def _words(name: str, value: Any) -> list[str]:
    """Say a value so that a person can read it, line by line."""
    if isinstance(value, bool):
        return [_("allowed") if value else _("off")]
    if name == Name.ERROR_THRESHOLD:
        return [_("%(number)s %%") % {"number": as_text(Name(name), value)}]
    if name in set(Name):
        return [line for line in str(as_text(Name(name), value)).splitlines() if line] or [_("none")]
    return [str(value)]


def _room(known: Known) -> list[str]:
    exported = counts.numbers("fate").get("exported", 0)
    copies = ngettext(
        "%(number)s file has a copy in an archive, which stays where it is. Another folder begins empty: the "
        "next export writes all copies anew.",
        "%(number)s files have copies in an archive, which stay where they are. Another folder begins empty: "
        "the next export writes all copies anew.",
        exported,
    ) % {"number": f"{exported:,}"}
    return [_free(known.value), copies] if exported else [_free(known.value)]


def _free(folder: str) -> str:
    try:
        number = archives.free_bytes(os.fsencode(folder))
    except OSError:
        return _("Its disk is not there now.")
    if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):  # noqa: PTH112  a bare text
        return _("It cannot be written now: look at its permissions, and whether its disk is read-only.")
    return _("%(size)s free on its disk.") % {"size": filesizeformat(number)}


def _at_once(_known: Known) -> list[str]:
    return [_("This holds at once, for jobs that are under way as well.")]


NOTES: Mapping[Name, Callable[[Known], list[str]]] = {
    Name.ARCHIVE_DIR: _room,
    Name.ERROR_THRESHOLD: _at_once,
    Name.DELETE_ORIGINALS: _at_once,
}


def _moments(name: Name, running: Job | None) -> Offer:
    found = preference_effects.number(name)
    if not found.number:
        return Offer(what=name, text=_("No file depends on it now."))
    text = ngettext(
        "%(number)s file tells only a moment. It has the date that this zone gave it when it came, until "
        "you have its date worked out anew.",
        "%(number)s files tell only a moment. They have the dates that the zone gave them when they came, "
        "until you have their dates worked out anew.",
        found.number,
    ) % {"number": _many(found)}
    return Offer(what=name, text=text, button=_("Work out their dates anew"), running=running)


def _names(name: Name, running: Job | None) -> Offer:
    found = preference_effects.number(name)
    text = ngettext(
        "%(number)s file has no sure date. Files that come are read by these patterns, those that are here "
        "when you say so.",
        "%(number)s files have no sure date. Files that come are read by these patterns, those that are here "
        "when you say so.",
        found.number,
    ) % {"number": _many(found)}
    return Offer(what=name, text=text, button=_("Read their names anew"), running=running)


def _years(name: Name, running: Job | None) -> Offer:
    found = preference_effects.number(name)
    values = {"year": preferences.earliest_year()}
    if found.number:
        text = ngettext(
            "%(number)s file here has a date before %(year)d that no person gave. It keeps it until you have "
            "its date worked out anew.",
            "%(number)s files here have dates before %(year)d that no person gave. They keep them until you "
            "have their dates worked out anew.",
            found.number,
        ) % {**values, "number": _many(found)}
    else:
        text = _("No file here has a date before %(year)d, but by a person's word.") % values
    again = _("Dates that another year ruled out come back in the same way.")
    return Offer(what=name, text=f"{text} {again}", button=_("Work out their dates anew"), running=running)


def _looks(name: Name, running: Job | None) -> Offer:
    number = sum(counts.numbers(counts.GROUP).values())
    text = ngettext(
        "%(number)s group of copies is open. An import goes by this number around what it brings; all other "
        "groups follow when you search for copies. What you have decided stays.",
        "%(number)s groups of copies are open. An import goes by this number around what it brings; all "
        "other groups follow when you search for copies. What you have decided stays.",
        number,
    ) % {"number": f"{number:,}"}
    return Offer(what=name, text=text, button=_("Search for copies now"), running=running)


def copies() -> Offer:
    """Offer to choose anew which copy to keep, in the groups that nobody has decided about."""
    number = sum(counts.numbers(counts.GROUP).values())
    text = ngettext(
        "%(number)s group of copies is open. The next search for copies chooses by these numbers.",
        "%(number)s groups of copies are open. The next search for copies chooses by these numbers.",
        number,
    ) % {"number": f"{number:,}"}
    return Offer(
        what=COPIES, text=text, button=_("Search for copies now"), running=_running().get(BUSY[COPIES])
    )


def _many(found: preference_effects.Number) -> str:
    shown = f"{found.number:,}"
    return _("More than %(number)s") % {"number": shown} if found.is_more else shown


def _running() -> Mapping[str, Job]:
    """Return the jobs that do what is offered, by their kinds."""
    jobs = Job.objects.unfinished().filter(kind__in=set(BUSY.values())).order_by("-pk")
    return {job.kind: job for job in jobs}


OFFERS: Mapping[Name, Callable[[Name, Job | None], Offer]] = {
    Name.TIME_ZONE: _moments,
    Name.NAME_PATTERNS: _names,
    Name.EARLIEST_YEAR: _years,
    Name.COPY_BITS: _looks,
}


def trial(text: str) -> dict[str, Any]:
    """Return what patterns read in the names of some files, for a page."""
    found = preference_effects.try_patterns(text)
    samples = [
        (name, period_text(claim.local, claim.until, claim.precision))
        for name, claim in found.samples
        if claim.local
    ]
    return {"tried": found.tried, "matched": found.matched, "samples": samples}


def preferred() -> list[Source]:
    """Return the sources, those whose copies are rather kept first."""
    return list(Source.objects.order_by("-keeper_preference", "label", "pk")[:MOST_SOURCES])


def changes() -> list[Change]:
    """Return what was changed last, the latest first."""
    rows = list(SettingChange.objects.select_related("changed_by").order_by("-pk")[:MOST_CHANGES])
    labels = _source_labels(rows)
    latest: dict[str, int] = {}
    for row in rows:
        latest.setdefault(row.key, row.pk)
    return [
        Change(
            row=row,
            label=labels.get(row.key) or str(WORDS[Name(row.key)].label),
            before=_told(row.key, row.before),
            after=_told(row.key, row.after),
            is_last=latest[row.key] == row.pk and not _is_fixed(row.key),
        )
        for row in rows
        if row.key in labels or row.key in set(Name)
    ]


def _is_fixed(key: str) -> bool:
    return key in set(Name) and preferences.is_from_environment(Name(key))


def _told(key: str, value: Any) -> str:
    return _("the default") if value is None else ", ".join(_words(key, value))


def _source_labels(rows: Sequence[SettingChange]) -> dict[str, str]:
    prefix = preference_rules.SOURCE
    keys = {int(row.key.removeprefix(prefix)) for row in rows if row.key.startswith(prefix)}
    known = Source.objects.in_bulk(keys)
    return {
        f"{prefix}{pk}": _("Preference of “%(source)s”") % {"source": known[pk].label if pk in known else pk}
        for pk in keys
    }
