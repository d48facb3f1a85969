"""A file's own story: found, read, dated, grouped, decided about, written to an archive, verified."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media_catalog import changes
from media_catalog.models import (
    Decision,
    DecisionBatch,
    Deletion,
    DuplicateGroup,
    DuplicateMember,
    ExportedFile,
    JobFailure,
    JobFile,
    MediaFile,
    State,
)
from media_catalog.models.files import PERSON
from media_catalog.sentences import KINDS
from review import history

MOST_DECISIONS = 100
MOST_ROWS = 20
Copy = ExportedFile.State
COPIES = {
    Copy.PLANNED: gettext_lazy("A place in the archive was reserved: %(place)s"),
    Copy.VERIFIED: gettext_lazy("Copied to the archive, read back and found the same: %(place)s"),
    Copy.FAILED: gettext_lazy("The copy to the archive failed: %(place)s"),
    Copy.REPLACED: gettext_lazy("The copy in the archive was replaced by a later one: %(place)s"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a file; `batch` is the act that it was a part of, if it was a person's."""

    at: datetime
    text: str
    who: str = ""
    lines: Sequence[changes.Line] = ()
    batch: uuid.UUID | None = None
    is_undone: bool = False
    is_bad: bool = False


def story(file: MediaFile) -> list[Event]:
    """Tell all that is known to have happened to a file, the first thing first."""
    decisions = _decisions(file)
    events = [
        *_found(file, decisions),
        *_imports(file),
        *_failures(file),
        *_groups(file),
        *_acts(decisions),
        *_copies(file),
        *_deletions(file),
    ]
    return sorted(events, key=lambda event: event.at)


def _decisions(file: MediaFile) -> list[Decision]:
    rows = Decision.objects.filter(file=file).select_related("taken_from").order_by("-pk")
    return list(reversed(rows[:MOST_DECISIONS]))


def _found(file: MediaFile, decisions: Sequence[Decision]) -> Iterator[Event]:
    text = _("Found in “%(source)s”: %(path)s")
    yield Event(at=file.discovered_at, text=text % {"source": file.source.label, "path": file.path_text})
    if file.analysed_at is not None and file.state == State.ANALYSED:
        yield Event(at=file.analysed_at, text=_dated(file, decisions))


def _dated(file: MediaFile, decisions: Sequence[Decision]) -> str:
    """Say how a file was dated when it was read, before anybody decided about it."""
    state = next((one.before for one in decisions if "captured_local" in one.after), None)
    if state is None:
        names = ("captured_local", "captured_until_local", "captured_precision", "offset_minutes")
        values = ((name, getattr(file, name)) for name in (*names, "captured_from"))
        state = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values}
    if not state.get("captured_local"):
        return _("Read: nothing in it, its name or its folder gave a date")
    if state.get("captured_from") in (PERSON, "", None):
        return _("Read")
    facts = {"date": changes.date_of(state), "source": state["captured_from"]}
    return _("Read and dated %(date)s, from %(source)s") % facts


def _imports(file: MediaFile) -> Iterator[Event]:
    rows = JobFile.objects.filter(file=file, job__kind="import").exclude(change=JobFile.Change.NEW)
    texts = {
        JobFile.Change.CHANGED: _("Another import found it changed, and it was read again"),
        JobFile.Change.VANISHED: _("Another import no longer found it"),
    }
    for row in rows.filter(change__in=texts).select_related("job").order_by("-pk")[:MOST_ROWS]:
        change = JobFile.Change(row.change)
        yield Event(at=row.job.created_at, text=texts[change], is_bad=change is JobFile.Change.VANISHED)


def _failures(file: MediaFile) -> Iterator[Event]:
    for row in JobFailure.objects.filter(file=file).order_by("-pk")[:MOST_ROWS]:
        text = _("It failed: %(reason)s") % {"reason": row.message}
        yield Event(at=row.created_at, text=text, is_bad=True)


def _groups(file: MediaFile) -> Iterator[Event]:
    rows = DuplicateMember.objects.filter(file=file).select_related("group")
    for row in rows.annotate(size=Count("group__members")).order_by("pk"):
        others = row.size - 1
        if row.kind == DuplicateGroup.Kind.IDENTICAL:
            text = ngettext(
                "%(number)d file with the same bytes was found",
                "%(number)d files with the same bytes were found",
                others,
            )
        else:
            text = ngettext(
                "Put into a group of %(kind)s with %(number)d other file",
                "Put into a group of %(kind)s with %(number)d other files",
                others,
            )
        facts = {"number": others, "kind": KINDS.get(DuplicateGroup.Kind(row.kind), "")}
        yield Event(at=row.group.created_at, text=text % facts)


def _acts(decisions: Sequence[Decision]) -> Iterator[Event]:
    """Tell each act once, with all that it changed here."""
    names, of = changes.tags_of(decisions), defaultdict(list)
    for decision in decisions:
        of[decision.batch].append(decision)
    rows = DecisionBatch.objects.filter(pk__in=of).select_related("actor", "job", "undone_by__actor")
    for act in history.told(list(rows)):
        mine = of[act.row.pk]
        yield Event(
            at=mine[0].created_at,
            text=f"{act.sentence}{_givers(mine)}",
            who=act.who,
            lines=[line for one in mine for line in changes.lines(one, names)],
            batch=act.row.pk,
            is_undone=act.is_undone,
        )


def _givers(decisions: Iterable[Decision]) -> str:
    """Name the copies that some of it is about."""
    names = dict.fromkeys(one.taken_from.name for one in decisions if one.taken_from)
    return f" ({', '.join(names)})" if names else ""


def _copies(file: MediaFile) -> Iterator[Event]:
    rows = ExportedFile.objects.filter(file=file).select_related("archive", "export__job").order_by("-pk")
    for row in rows[:MOST_ROWS]:
        at = row.verified_at or (row.export.job.created_at if row.export else None)
        if at is not None:
            place = f"{row.archive.root_text}/{row.destination}"
            text = COPIES[Copy(row.state)] % {"place": place}
            yield Event(at=at, text=text, is_bad=row.state == Copy.FAILED)


def _deletions(file: MediaFile) -> Iterator[Event]:
    rows = Deletion.objects.filter(file=file, state=Deletion.State.DELETED).select_related("actor")
    for row in rows.order_by("-pk")[:MOST_ROWS]:
        text = _("Its original was deleted, after its copy had been read again: %(place)s")
        who = row.actor.get_username() if row.actor else ""
        yield Event(at=row.deleted_at or row.created_at, text=text % {"place": row.copy_text}, who=who)
