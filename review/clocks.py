"""What is known about the clocks of cameras, in words, with what speaks for it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.dateformat import format as format_clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media_catalog.models import CameraRule, Job, MediaFile
from media_catalog.pipeline.timestamps.clock_errors import EXACT_S
from media_catalog.pipeline.timestamps.clock_witnesses import Kind
from media_catalog.services.camera_names import full_name

PAGE_SIZE = 20
EXAMPLES = 4  # on the page of all; that of one rule has all of them
State = CameraRule.State
WITNESSES = {
    Kind.GPS: gettext_lazy("the time of the satellites (GPS)"),
    Kind.NAME: gettext_lazy("their own names"),
    Kind.SIDECAR: gettext_lazy("sidecars beside them"),
    Kind.FOLDER: gettext_lazy("the names of their folders"),
    Kind.PEERS: gettext_lazy("pictures of other devices beside them"),
    Kind.FILE_TIME: gettext_lazy("the times of the files themselves"),
}


def length(seconds: int) -> str:
    """Write a length of time by its two greatest units: "1 day 2 hours"."""
    minutes, second = divmod(abs(seconds), 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    parts = [
        (day, ngettext("%(number)d day", "%(number)d days", day)),
        (hour, ngettext("%(number)d hour", "%(number)d hours", hour)),
        (minute, ngettext("%(number)d minute", "%(number)d minutes", minute)),
        (second, ngettext("%(number)d second", "%(number)d seconds", second)),
    ]
    words = [text % {"number": number} for number, text in parts if number]
    return " ".join(words[:2]) or _("nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A file that speaks for a rule or against it; `file` is gone where the file is."""

    file: MediaFile | None
    path: str
    clock: str
    says: str
    is_for: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A rule in words; `because` is empty where a person made it."""

    rule: CameraRule
    camera: str
    sentence: str
    because: Sequence[str]
    examples: Sequence[Example]

    @property
    def is_proposed(self) -> bool:
        return self.rule.state == State.PROPOSED

    @property
    def is_active(self) -> bool:
        return self.rule.state == State.ACTIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePage:
    """Some of the rules that are in one state; `after` is where the next page begins."""

    state: str
    rules: Sequence[Told]
    after: int | None


def pages(starts: Mapping[str, int]) -> dict[str, RulePage]:
    """Return a page of the rules of each state, which begin behind these keys."""
    found = {state: _rows(state, after=starts.get(state, 0)) for state in State.values}
    shown = [row for rows in found.values() for row in rows[:PAGE_SIZE]]
    told = dict(zip((row.pk for row in shown), tell(shown, examples=EXAMPLES), strict=True))
    return {
        state: RulePage(
            state=state,
            rules=[told[row.pk] for row in rows[:PAGE_SIZE]],
            after=rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None,
        )
        for state, rows in found.items()
    }


def _rows(state: str, *, after: int) -> list[CameraRule]:
    rows = CameraRule.objects.filter(state=state, pk__gt=after).select_related("source")
    return list(rows.order_by("pk")[: PAGE_SIZE + 1])


def one(rule_id: int) -> Told:
    """Return one rule with all that speaks for it.

    :raises Http404: when there is none.
    """
    row = get_object_or_404(CameraRule.objects.select_related("source"), pk=rule_id)
    return next(tell([row], examples=2 * PAGE_SIZE))


def tell(rules: Sequence[CameraRule], *, examples: int) -> Iterator[Told]:
    """Say in words what rules are, with so many examples at most."""
    listed = {rule.pk: (rule.evidence or {}).get("examples", [])[:examples] for rule in rules}
    ids = {example["file"] for some in listed.values() for example in some}
    files = MediaFile.objects.only("name", "has_thumbnail", "sha256").in_bulk(ids) if ids else {}
    for rule in rules:
        yield Told(
            rule=rule,
            camera=camera_of(rule),
            sentence=sentence(rule),
            because=list(_because(rule.evidence or {})),
            examples=[_example(example, files) for example in listed[rule.pk]],
        )


def _example(stored: Mapping[str, Any], files: Mapping[int, MediaFile]) -> Example:
    return Example(
        file=files.get(stored["file"]),
        path=stored["path"],
        clock=moment(datetime.fromisoformat(stored["clock"])),
        says=stored["says"],
        is_for=stored["is_for"],
    )


def camera_of(rule: CameraRule) -> str:
    """Name the camera of a rule, by its number where that matters."""
    name = full_name(rule.camera_make, rule.camera_model)
    if not rule.camera_serial:
        return name
    return _("%(camera)s, number %(serial)s") % {"camera": name, "serial": rule.camera_serial}


def sentence(rule: CameraRule) -> str:
    """Say what a rule claims."""
    parts = []
    if rule.shift_seconds:
        words = (
            _("The clock was %(length)s behind")
            if rule.shift_seconds > 0
            else _("The clock was %(length)s ahead")
        )
        parts.append(words % {"length": length(rule.shift_seconds)})
    if rule.time_zone:
        parts.append(_("It was on the time of %(zone)s") % {"zone": rule.time_zone.replace("_", " ")})
    where = _(" in “%(source)s”") % {"source": rule.source.label} if rule.source else ""
    return (
        "; ".join(parts or [_("The clock was right")])
        + period(rule.from_local, rule.until_local)
        + where
        + "."
    )


def period(begin: datetime | None, end: datetime | None) -> str:
    """Say when something was; by the camera's own clock."""
    values = {"begin": begin and moment(begin), "end": end and moment(end)}
    if begin and end:
        return _(" from %(begin)s to %(end)s") % values
    if begin:
        return _(" since %(begin)s") % values
    return _(" until %(end)s") % values if end else _(" at all times")


def moment(clock: datetime) -> str:
    """Write a wall clock; midnight and the last second of a day are the day alone."""
    is_day = (clock.hour, clock.minute) == (0, 0) or (clock.hour, clock.minute, clock.second) == (23, 59, 59)
    return format_clock(clock, "j M Y" if is_day else "j M Y H:i:s")


def _because(evidence: Mapping[str, Any]) -> Iterator[str]:
    if not evidence:
        return
    number = evidence["files_for"]
    kinds = ", ".join(_witness(kind, count) for kind, count in evidence["kinds"].items())
    yield ngettext("%(number)d file says so: %(kinds)s.", "%(number)d files say so: %(kinds)s.", number) % {
        "number": number,
        "kinds": kinds,
    }
    yield _against(evidence["files_against"])
    if silent := evidence["files_silent"]:
        words = ngettext(
            "%(number)d file of that time tells nothing.",
            "%(number)d files of that time tell nothing.",
            silent,
        )
        yield words % {"number": silent}
    if evidence["margin_seconds"] > EXACT_S:
        yield _("Only the days are known; the time of day is taken to be right.")


def _witness(kind: str, number: int) -> str:
    known = {str(one): words for one, words in WITNESSES.items()}
    return f"{known.get(kind, kind)} ({number})"


def _against(number: int) -> str:
    if not number:
        return _("None says otherwise.")
    return ngettext("%(number)d file says otherwise.", "%(number)d files say otherwise.", number) % {
        "number": number
    }


def under_way() -> Job | None:
    """Return the job that changes dates just now, if any: there is never more than one."""
    return Job.objects.unfinished().filter(kind=Job.Kind.REDATE).first()
