"""What to do next: advice in one sentence and one button; nothing is locked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from media_catalog.models import Fate
from media_catalog.services import counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of a bar; start and width are in units of the bar."""

    value: str
    label: str
    address: str
    number: int
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something that waits for a person: how much there is, and where it is done."""

    name: str
    label: str
    address: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next; a `command` where there is no page for it."""

    text: str
    label: str = ""
    address: str = ""
    command: str = ""


# Copies first, since what is decided about one then holds for all of them. Bursts and edits are offered, and
# nobody has to choose among them.
TASKS: Mapping[str, tuple[Any, Any]] = {
    "same_pixels": (
        ngettext_lazy(
            "Begin with the copies, which saves work later: %(shown)s group of duplicates is left.",
            "Begin with the copies, which saves work later: %(shown)s groups of duplicates are left.",
            "number",
        ),
        gettext_lazy("Decide about duplicates"),
    ),
    "near": (
        ngettext_lazy(
            "Look at the near copies next: %(shown)s group is left.",
            "Look at the near copies next: %(shown)s groups are left.",
            "number",
        ),
        gettext_lazy("Decide about near copies"),
    ),
    "date": (
        ngettext_lazy(
            "Now the dates: %(shown)s file waits for one.",
            "Now the dates: %(shown)s files wait for one.",
            "number",
        ),
        gettext_lazy("Decide about dates"),
    ),
    "flagged": (
        ngettext_lazy(
            "%(shown)s file is flagged for another look.",
            "%(shown)s files are flagged for another look.",
            "number",
        ),
        gettext_lazy("Look at what is flagged"),
    ),
}
# When nothing of this waits for a person any more.
PARTS: Mapping[str, tuple[Any, Any]] = {
    counts.OPEN: (
        ngettext_lazy("%(shown)s file needs a decision.", "%(shown)s files need a decision.", "number"),
        gettext_lazy("Look at them"),
    ),
    counts.UNREAD: (
        ngettext_lazy("%(shown)s file is not read yet.", "%(shown)s files are not read yet.", "number"),
        gettext_lazy("See the jobs"),
    ),
    counts.READY: (
        ngettext_lazy(
            "Everything is decided: %(shown)s file is ready for the archive.",
            "Everything is decided: %(shown)s files are ready for the archive.",
            "number",
        ),
        gettext_lazy("Export them"),
    ),
    Fate.FAILED: (
        ngettext_lazy(
            "%(shown)s file failed. See why, and what can be done.",
            "%(shown)s files failed. See why, and what can be done.",
            "number",
        ),
        gettext_lazy("Look at what failed"),
    ),
}
PAGES = {counts.UNREAD: "jobs", counts.READY: "exports"}


def after(tasks: Sequence[Task], segments: Sequence[Segment]) -> Step:
    """Advise what to do next, from all that waits and what has become of the files."""
    waiting = {task.name: task for task in tasks}
    parts = {segment.value: segment for segment in segments}
    if not parts:
        return Step(
            text=_("Import a folder first. Your originals are only read."),
            command="manage.py import_path /path/to/photos",
        )
    for name in TASKS:
        if name in waiting:
            return _step(TASKS[name], waiting[name].number, waiting[name].address)
    for value in PARTS:
        if value in parts:
            address = reverse(PAGES[value]) if value in PAGES else parts[value].address
            return _step(PARTS[value], parts[value].number, address)
    return Step(text=_("All is done."), label=_("Look at your files"), address=reverse("grid"))


def _step(words: tuple[Any, Any], number: int, address: str) -> Step:
    text, label = words
    values = {"number": number, "shown": number_format(number, force_grouping=True)}
    return Step(text=str(text % values), label=str(label), address=address)
