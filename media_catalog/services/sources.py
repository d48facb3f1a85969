"""Which folders are sources."""

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from media_catalog.models import Archive, Source
from media_catalog.models.fields import path_key
from media_catalog.services import preferences

MOST_PREFERRED = 1000


class SourceRefused(Exception):
    """The folder cannot be imported; the message says why, and what to do."""


class PreferenceRefused(ValueError):
    """A preference is a small whole number; the message is for a person."""


def register(
    folder: str | Path, *, label: str | None = None, time_zone: str | None = None, created_at: datetime
) -> Source:
    """Find or create the source for a folder; a label or time zone that is given replaces the stored one.

    :raises SourceRefused: when the folder is not there, not readable, ours, or overlaps another source.
    """
    root = check(folder)
    with transaction.atomic():
        source = Source.objects.filter(root_key=path_key(root)).first() or _create(
            root, created_at=created_at
        )
        _rename(source, label=label, time_zone=time_zone)
    return source


def register_upload(folder: Path, *, label: str, time_zone: str, created_at: datetime) -> Source:
    """Create the source of what a browser sent: the one kind of source that lies in our own data folder.

    :raises SourceRefused: when the folder cannot be read.
    """
    root = canonical(folder)
    _refuse_unreadable(root)
    source = Source.objects.filter(root_key=path_key(root)).first() or _create(root, created_at=created_at)
    _rename(source, label=label, time_zone=time_zone)
    return source


def check(folder: str | Path) -> bytes:
    """Return the canonical root of a folder that may be imported.

    :raises SourceRefused: when it is not there, not readable, ours, or overlaps another source.
    """
    root = canonical(folder)
    _refuse_unreadable(root)
    _refuse_ours(root)
    _refuse_overlap(root)
    return root


def check_above(folder: str | Path) -> bytes:
    """Return the canonical path of a folder below which sources may lie.

    :raises SourceRefused: when it is not there, not readable, or ours.
    """
    root = canonical(folder)
    _refuse_unreadable(root)
    _refuse_ours(root)
    return root


def shown(path: bytes) -> str:
    """Return a path as text; what is not UTF-8 shows as U+FFFD."""
    return path.decode(errors="replace")


def canonical(folder: str | Path) -> bytes:
    """Return the absolute path, free of links, that identifies a folder."""
    return os.path.realpath(os.fsencode(Path(folder).expanduser()))


def is_within(inner: bytes, outer: bytes) -> bool:
    """Tell whether a canonical path is another one or lies below it."""
    return inner == outer or inner.startswith(outer.rstrip(b"/") + b"/")


def excluded_below(root: bytes) -> list[bytes]:
    """List our own folders below a root, whose files are no originals."""
    return [folder for folder in _own_folders() if is_within(folder, root) and folder != root]


def _own_folders() -> list[bytes]:
    archives = [archive.root for archive in Archive.objects.all()]
    return [canonical(settings.DATA_DIR), canonical(preferences.archive_dir()), *archives]


def _refuse_unreadable(root: bytes) -> None:
    text = shown(root)
    if not os.path.lexists(root):
        raise SourceRefused(f"{text} does not exist: check the spelling, or whether its disk is connected.")
    if not os.path.isdir(root):  # noqa: PTH112  bytes
        raise SourceRefused(f"{text} is not a folder: give the folder that holds the pictures.")
    try:
        next(iter(os.scandir(root)), None)
    except OSError as error:
        raise SourceRefused(f"{text} cannot be read ({error.strerror}): change its permissions.") from error


def _refuse_ours(root: bytes) -> None:
    for folder in _own_folders():
        if is_within(root, folder):
            raise SourceRefused(
                f"{shown(root)} belongs to MediaParser itself ({shown(folder)}): "
                "give the folder that holds the originals."
            )


def _refuse_overlap(root: bytes) -> None:
    for other in Source.objects.exclude(root_key=path_key(root)):
        if is_within(root, other.root):
            way_out = "import that folder again, which finds what is new in it."
        elif is_within(other.root, root):
            way_out = "import the other folders beside it one by one."
        else:
            continue
        raise SourceRefused(
            f"{shown(root)} overlaps the source “{other.label}” ({other.root_text}): {way_out}"
        )


def _create(root: bytes, *, created_at: datetime) -> Source:
    name = shown(root.rpartition(b"/")[2]) or "/"
    return Source.objects.create(
        root_bytes=root, root_key=path_key(root), root_text=shown(root), label=name, created_at=created_at
    )


def _rename(source: Source, *, label: str | None, time_zone: str | None) -> None:
    source.label = label or source.label
    source.time_zone = time_zone or source.time_zone
    source.save(update_fields=["label", "time_zone"])


def describe(source: Source, *, label: str, time_zone: str) -> None:
    """Store what people call a source, and the zone of its clocks, blank where that of the library holds.

    :raises SourceRefused: when the label is blank, or there is no such zone.
    """
    if not label.strip():
        raise SourceRefused(_("Give the source a name."))
    if time_zone and time_zone not in available_timezones():
        raise SourceRefused(_("This is not a time zone, such as Europe/Berlin."))
    source.label, source.time_zone = " ".join(label.split()), time_zone
    source.save(update_fields=["label", "time_zone"])


def prefer(source: Source, *, over: Source) -> bool:
    """Prefer the files of a source over those of another; return whether that is new.

    Groups follow with the next search for copies.

    :raises PreferenceRefused: when the two are one.
    """
    if source.pk == over.pk:
        raise PreferenceRefused("A source cannot be preferred over itself.")
    if source.keeper_preference > over.keeper_preference:
        return False
    return set_preference(source, over.keeper_preference + 1)


def set_preference(source: Source, preference: int) -> bool:
    """Store a preference, the higher the rather its files are kept; return whether it is another than before.

    :raises PreferenceRefused: for one that is out of range.
    """
    if abs(preference) > MOST_PREFERRED:
        raise PreferenceRefused(f"Give a preference between -{MOST_PREFERRED} and {MOST_PREFERRED}.")
    is_changed = source.keeper_preference != preference
    source.keeper_preference = preference
    source.save(update_fields=["keeper_preference"])
    return is_changed
