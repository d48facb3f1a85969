"""What can be done to many files in the admin: what it would do, and the doing, by the usual services."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media_catalog.admin import act_forms, act_rows
from media_catalog.admin.act_forms import ActForm, DeedForm
from media_catalog.models import Job
from media_catalog.services import (
    acts,
    archives,
    export_gate,
    export_roots,
    exports,
    jobs,
    rereading,
    sources,
)
from media_catalog.services.decisions import Actor
from media_catalog.services.selections import Selection

SAMPLES = 20
REFUSALS = (
    acts.BadAct,
    acts.SelectionChanged,
    jobs.AlreadyRunning,
    archives.ArchiveRefused,
    export_gate.DecisionsOpen,
    export_roots.NotAllowed,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What would happen: `changed` of `number` files, some of them as samples; `stamp` is what was seen."""

    number: int
    changed: int
    stamp: str = ""
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()
    rows: Sequence[act_rows.Row] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody saw and wants done, by whom and when."""

    selection: Selection
    form: Any
    expected: int
    stamp: str
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was done, in words, and where it is seen or taken back; `is_under_way` as the work of a job."""

    text: str
    address: str
    link: str = ""
    is_under_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One bulk action: its name in the list, what it asks for, what it would do, and the doing.

    Both raise one of `REFUSALS`, whose message is for a person.
    """

    label: Any
    form: type[DeedForm]
    look: Callable[[Selection, Any], Effect]
    do: Callable[[Order], Outcome]

    @property
    def asks(self) -> bool:
        """Tell whether something has to be filled in before its effect can be shown."""
        return any(field.required for field in self.form.base_fields.values())


def _look(selection: Selection, form: ActForm) -> Effect:
    preview = acts.preview(selection, form.act(), number=SAMPLES)
    return Effect(
        number=preview.number,
        changed=preview.changed,
        stamp=preview.stamp,
        notes=list(_notes(preview)),
        warnings=list(_warnings(preview)),
        rows=[act_rows.row(sample) for sample in preview.samples],
    )


def _notes(preview: acts.Preview) -> Iterator[str]:
    if preview.left:
        words = ngettext(
            "%(number)d stays as it is: it is like that already, or the change makes no sense for it.",
            "%(number)d stay as they are: they are like that already, or the change makes no sense for them.",
            preview.left,
        )
        yield words % {"number": preview.left}
    if preview.others:
        words = ngettext(
            "%(number)d more goes with them: identical copies, and what belongs together.",
            "%(number)d more go with them: identical copies, and what belongs together.",
            preview.others,
        )
        yield words % {"number": preview.others}


def _warnings(preview: acts.Preview) -> Iterator[str]:
    if preview.by_person:
        words = ngettext(
            "%(number)d of those that change has a date that somebody vouched for.",
            "%(number)d of those that change have a date that somebody vouched for.",
            preview.by_person,
        )
        yield words % {"number": preview.by_person}


def _do(order: Order) -> Outcome:
    act = order.form.act()
    done = acts.apply(
        order.selection, act, expected=order.expected, actor=order.actor, at=order.at, stamp=order.stamp
    )
    if isinstance(done, Job):
        return _under_way([done])
    words = ngettext("%(number)d file was changed.", "%(number)d files were changed.", done.number)
    text = words % {"number": done.number}
    if done.left:
        text += " " + _("%(number)d stayed as they were.") % {"number": done.left}
    return Outcome(text=text, address=reverse("batch", args=[done.batch]), link=_("See it, or take it back"))


def _under_way(found: Sequence[Job]) -> Outcome:
    """Tell of jobs; where there is one it is shown, of several the list."""
    address = reverse("job", args=[found[0].pk]) if len(found) == 1 else reverse("jobs")
    text = _("These are many files, or they take a while: here you see how far it is.")
    return Outcome(text=text, address=address, is_under_way=True)


def _look_to_read(selection: Selection, _form: DeedForm) -> Effect:
    parts = rereading.parts(selection)
    notes = [
        _("%(number)d of %(source)s") % {"number": part.number, "source": part.source.label} for part in parts
    ]
    notes.append(_("They are read once more from where they are. What people decided about them stays."))
    number = sum(part.number for part in parts)
    return Effect(number=number, changed=number, notes=notes, rows=act_rows.first(selection, SAMPLES))


def _read_again(order: Order) -> Outcome:
    return _under_way(
        rereading.start(order.selection, expected=order.expected, actor=order.actor, at=order.at)
    )


def _look_to_export(selection: Selection, form: DeedForm) -> Effect:
    root = export_roots.require("")
    export_gate.check(root, is_forced=form.cleaned_data["is_forced"], selection=selection)
    number, taken = selection.files().count(), selection.files().exportable().count()
    notes = [_("To: %(folder)s") % {"folder": sources.shown(root)}]
    if number > taken:
        notes.append(
            _("%(number)d are left out: they are discarded or were not read.") % {"number": number - taken}
        )
    notes.append(_("Of identical copies one is written; what the archive has already is not written again."))
    return Effect(number=number, changed=taken, notes=notes, rows=act_rows.first(selection, SAMPLES))


def _export(order: Order) -> Outcome:
    now = order.selection.files().count()
    if now != order.expected:
        raise acts.SelectionChanged(
            _("It was %(shown)s files, now it is %(now)s. Nothing was done. Look at them again.")
            % {"shown": order.expected, "now": now}
        )
    scope = exports.Scope(is_forced=order.form.cleaned_data["is_forced"], selection=order.selection)
    job = exports.start_scope(export_roots.require(""), scope=scope, actor=order.actor, created_at=order.at)
    return _under_way([job])


def _act(label: Any, form: type[ActForm]) -> Deed:
    return Deed(label=label, form=form, look=_look, do=_do)


DEEDS: Mapping[str, Deed] = {
    "confirm": _act(gettext_lazy("Confirm the dates"), act_forms.ConfirmForm),
    "set_date": _act(gettext_lazy("Give a date"), act_forms.DateForm),
    "shift": _act(gettext_lazy("Shift the clock"), act_forms.ShiftForm),
    "set_zone": _act(gettext_lazy("Set the time zone"), act_forms.ZoneForm),
    "candidate": _act(gettext_lazy("Take the date from names or file times"), act_forms.CandidateForm),
    "tag": _act(gettext_lazy("Tag"), act_forms.TagForm),
    "untag": _act(gettext_lazy("Take tags away"), act_forms.UntagForm),
    "keep": _act(gettext_lazy("Keep"), act_forms.KeepForm),
    "discard": _act(gettext_lazy("Discard"), act_forms.DiscardForm),
    "restore": _act(gettext_lazy("Restore what was discarded"), act_forms.RestoreForm),
    "flag": _act(gettext_lazy("Flag"), act_forms.FlagForm),
    "unflag": _act(gettext_lazy("Take the flag away"), act_forms.UnflagForm),
    "read_again": Deed(
        label=gettext_lazy("Read again"),
        form=DeedForm,
        look=_look_to_read,
        do=_read_again,
    ),
    "export": Deed(label=gettext_lazy("Export"), form=act_forms.ExportForm, look=_look_to_export, do=_export),
}
