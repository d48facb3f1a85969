"""What is told about exports: what goes into an archive and what does not, plans, and what came of it."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.models import Archive, Deletion, Export, ExportedFile, Fate, Job, MediaFile
from media_catalog.services import archives, counts, export_rehearsals, export_roots
from media_catalog.services.export_rehearsals import Line
from review import progress, standings

PAGE = 50
LATEST = 10
WHY: Mapping[str, str | Promise] = {
    Fate.EXPORTED: gettext_lazy("Written anew only where date or tags have changed since."),
    counts.READY: gettext_lazy("Nothing is open about them: they are exported."),
    counts.OPEN: gettext_lazy("They wait for you, unless you tick “Also what still needs a decision”."),
    counts.UNREAD: gettext_lazy("An import has found them, but not read them yet."),
    Fate.DUPLICATE: gettext_lazy("One identical file is in the archive for all of them."),
    Fate.DISCARDED: gettext_lazy("You have decided that they stay out."),
    Fate.SKIPPED: gettext_lazy("They are no photos or videos, or are left out for another reason."),
    Fate.FAILED: gettext_lazy("They could not be read. See why, and what can be done."),
}
GOING = (counts.READY, Fate.EXPORTED)
FATES: Mapping[str, str | Promise] = {
    Fate.EXPORTED: gettext_lazy("in an archive, read back and verified"),
    Fate.DUPLICATE: gettext_lazy("identical to one that is there"),
    Fate.WAITING: gettext_lazy("waiting"),
    Fate.DISCARDED: gettext_lazy("discarded by you"),
    Fate.SKIPPED: gettext_lazy("skipped"),
    Fate.FAILED: gettext_lazy("failed"),
}

# Why an original stays; what is not here stands with the original itself.
KEPT: Mapping[str, str | Promise] = {
    "not_exported": gettext_lazy("it is not exported any more"),
    "discarded": gettext_lazy("it was discarded, and such originals are never deleted"),
    "undecided": gettext_lazy("something about it is undecided"),
    "in_zip": gettext_lazy("it lies in a ZIP"),
    "companion": gettext_lazy("a file that belongs to it is not exported"),
    "no_copy": gettext_lazy("this archive has no verified copy of it"),
    "outdated": gettext_lazy("its date or tags were changed after the export: export again"),
    "changed": gettext_lazy("it has changed since it was exported"),
    "missing": gettext_lazy("it was not in its folder any more"),
    "moved": gettext_lazy("a folder on the way to it is a symbolic link now"),
    "is_the_copy": gettext_lazy("it and its copy are one file on the disk"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """A line of the journal; `why` is blank unless the original was kept."""

    row: Deletion
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Files that go, or do not, and why."""

    value: str
    label: str
    why: str
    address: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A leaf of a plan; `numbered` are copies whose plain name is taken."""

    label: str
    files: int
    size_bytes: int
    numbered: int
    query: str
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """A folder of an archive that is planned."""

    name: str
    files: int
    size_bytes: int
    numbered: int
    months: Sequence[Month]

    @property
    def is_shown(self) -> bool:
        return any(month.is_shown for month in self.months)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One copy of a plan, and its file."""

    line: Line
    file: MediaFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A folder that can be exported to; `free_bytes` is `None` where nobody can tell."""

    folder: str
    free_bytes: int | None


def parts() -> tuple[list[Part], list[Part]]:
    """Return what goes into the archive or is there, and what does not."""
    numbers = counts.numbers(counts.STANDING)
    known = [_part(part, numbers[part.value]) for part in standings.PARTS if numbers.get(part.value)]
    going = [part for part in known if part.value in GOING]
    return sorted(going, key=lambda part: part.value != counts.READY), [p for p in known if p not in going]


def _part(part: standings.Part, number: int) -> Part:
    is_wrong = part.value in standings.WRONG
    address = reverse("trouble") if is_wrong else f"{reverse('grid')}?{urlencode(part.filters)}"
    return Part(
        value=part.value, label=str(part.label), why=str(WHY[part.value]), address=address, number=number
    )


def rooms() -> list[Room]:
    """Return the folders that can be exported to, with the room on their disks."""
    return [Room(folder=folder, free_bytes=_free_bytes(folder)) for folder in export_roots.known()]


def _free_bytes(folder: str) -> int | None:
    try:
        return archives.free_bytes(os.fsencode(folder))
    except OSError:
        return None


def unfinished() -> list[Job]:
    """Return the exports and plans that are under way."""
    kinds = [Job.Kind.EXPORT, Job.Kind.PLAN, Job.Kind.FINALIZE]
    return list(progress.every().unfinished().filter(kind__in=kinds).order_by("pk"))


def latest() -> list[Job]:
    """Return the exports that ended last."""
    ended = progress.every().filter(kind=Job.Kind.EXPORT).exclude(finished_at=None)
    return list(ended.order_by("-pk")[:LATEST])


def tree(job: Job, *, year: str, month: str) -> list[Year]:
    """Return a plan year by year; `year` and `month` are what is shown of it."""
    months: Mapping[str, Mapping[str, Sequence[int]]] = job.summary.get("months", {})
    return [_year(name, found, shown=(year, month)) for name, found in sorted(months.items())]


def _year(name: str, found: Mapping[str, Sequence[int]], *, shown: tuple[str, str]) -> Year:
    sums = [sum(column) for column in zip(*found.values(), strict=True)]
    return Year(
        name=name,
        files=sums[0],
        size_bytes=sums[1],
        numbered=sums[2],
        months=[_month(name, month, row, shown) for month, row in sorted(found.items())],
    )


def _month(year: str, month: str, row: Sequence[int], shown: tuple[str, str]) -> Month:
    return Month(
        label=_month_name(year, month),
        files=row[0],
        size_bytes=row[1],
        numbered=row[2],
        query=urlencode({"year": year, "month": month}),
        is_shown=(year, month) == shown,
    )


def _month_name(year: str, month: str) -> str:
    if month:
        return str(date_format(date(2000, int(month), 1), "F"))
    return _("no date") if year == export_rehearsals.UNKNOWN else _("month not known")


def planned(lines: Sequence[Line]) -> list[Planned]:
    """Return copies of a plan with their files, which may have gone meanwhile."""
    files = export_rehearsals.files_of(lines)
    return [Planned(line=line, file=files.get(line.file)) for line in lines]


def ledger(job: Job) -> list[Part]:
    """Return what had become of every file of the library when a job ended; the sums match."""
    fates = job.summary.get("fates", {})
    return [
        Part(value=fate, label=str(label), why="", address=_fate_address(fate), number=fates.get(fate, 0))
        for fate, label in FATES.items()
    ]


def _fate_address(fate: str) -> str:
    return reverse("trouble") if fate in standings.WRONG else f"{reverse('grid')}?{urlencode({'fate': fate})}"


def without_tags(export: Export, *, after: int) -> progress.Page:
    """Return the copies whose tags are in a sidecar, because the file itself could not take them."""
    rows = ExportedFile.objects.filter(export=export, state=ExportedFile.State.VERIFIED, pk__gt=after)
    return progress.page(rows.exclude(tags_error="").select_related("file").order_by("pk"), size=PAGE)


def journal(rows: Sequence[Deletion]) -> list[Deleted]:
    """Return lines of the journal in words."""
    return [Deleted(row=row, why=_why(row)) for row in rows]


def _why(row: Deletion) -> str:
    return str(KEPT.get(row.reason_code, row.reason_text)) if row.state == Deletion.State.KEPT else ""


def newest_archive() -> Archive | None:
    """Return the archive that was exported to last."""
    last = Export.objects.select_related("archive").order_by("-pk").first()
    return last.archive if last else None


def facts(summary: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield what an export came to, by name."""
    for name, label in {
        "exported": _("copies written and verified"),
        "already_there": _("copies that were right already"),
        "failed": _("files that failed"),
        "left_out": _("files left out, because something changed meanwhile"),
        "discarded_but_exported": _("copies of files discarded later, which stay"),
    }.items():
        if summary.get(name):
            yield str(label), summary[name]
