"""Changing settings: what is a usable value, who changed what, and taking it back."""

import os
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from media_catalog.models import Setting, SettingChange, Source
from media_catalog.pipeline.duplicates import decide
from media_catalog.pipeline.filename_dates import patterns
from media_catalog.pipeline.timestamps import plausibility
from media_catalog.services import archives, clock, preferences, sources
from media_catalog.services.decision_log import Actor
from media_catalog.services.preferences import Name

LONGEST_PATH, LONGEST_PART = 4000, 255  # bytes
LONGEST_PATTERNS = 4000
MOST_FOLDERS = 50
SYSTEM = (b"/proc", b"/sys", b"/dev")
SOURCE = "source:"  # and its key: the preference of a source


class BadValue(ValueError):
    """A value that cannot be used; the message says why, and what can."""


class NotNow(Exception):
    """A setting cannot be changed: the environment says it, or somebody else was faster."""


def change(name: Name, value: Any, *, seen: Any, actor: Actor, at: datetime) -> SettingChange | None:
    """Set a value, or with `None` the default again; `None` comes back where that changes nothing.

    :param seen: what held when the person looked.
    :raises BadValue: :raises NotNow:
    """
    _refuse_environment(name)
    with transaction.atomic():
        before = _stored(name)
        holds = preferences.value(name)
        if holds != seen:
            raise NotNow(_("Somebody has changed this meanwhile. Look at it again."))
        after = None if value is None else check(name, value)
        if after == before or (before is None and after == holds):
            return None
        return _record(name, before, after, actor=actor, at=at)


def prefer(source: Source, preference: int, *, actor: Actor, at: datetime) -> SettingChange | None:
    """Set the preference of a source; `None` where it is as it was.

    :raises BadValue: for one that is out of range.
    """
    with transaction.atomic():
        key = f"{SOURCE}{source.pk}"
        before = _stored(key)
        return _record(key, before, preference, actor=actor, at=at) if before != preference else None


@transaction.atomic
def take_back(change: SettingChange, *, actor: Actor, at: datetime) -> SettingChange:
    """Set what held before a change, unless it was changed again since.

    :raises BadValue: when that cannot be used any more. :raises NotNow:
    """
    change = SettingChange.objects.select_for_update().get(pk=change.pk)
    if change.key in set(Name):
        _refuse_environment(Name(change.key))
    if change.undone_by_id or _stored(change.key) != change.after:
        raise NotNow(_("This was changed again since. Nothing was taken back."))
    before = change.before
    if before is not None and change.key in set(Name):
        before = check(Name(change.key), before)
    back = _record(change.key, change.after, before, actor=actor, at=at)
    SettingChange.objects.filter(pk=change.pk).update(undone_by=back)
    return back


def check(name: Name, value: Any) -> Any:
    """Return a value as it is stored.

    :raises BadValue:
    """
    return CHECKS[name](value)


def _refuse_environment(name: Name) -> None:
    if preferences.is_from_environment(name):
        raise NotNow(
            _("Whoever runs this server has set this by %(variable)s. It cannot be changed here.")
            % {"variable": name.variable}
        )


def _stored(key: str) -> Any:
    if key.startswith(SOURCE):
        rows = Source.objects.filter(pk=int(key.removeprefix(SOURCE)))
        return rows.values_list("keeper_preference", flat=True).first()
    return Setting.objects.filter(key=key).values_list("value", flat=True).first()


def _record(key: str, before: Any, after: Any, *, actor: Actor, at: datetime) -> SettingChange:
    if key.startswith(SOURCE):
        _store_preference(int(key.removeprefix(SOURCE)), after)
    elif after is None:
        Setting.objects.filter(key=key).delete()
    else:
        facts = {"value": after, "changed_at": at, "changed_by": actor}
        Setting.objects.update_or_create(key=key, defaults=facts)
    return SettingChange.objects.create(key=key, before=before, after=after, changed_at=at, changed_by=actor)


def _store_preference(source_id: int, preference: int) -> None:
    try:
        sources.set_preference(Source.objects.get(pk=source_id), preference)
    except sources.PreferenceRefused as refusal:
        raise BadValue(str(refusal)) from refusal


def _zone(value: Any) -> str:
    if value not in available_timezones():
        raise BadValue(_("There is no such time zone: give a city such as Berlin or Tokyo."))
    return str(value)


def _patterns(value: Any) -> str:
    text = patterns.SEPARATOR.join(part for line in str(value).splitlines() if (part := line.strip()))
    if len(text) > LONGEST_PATTERNS or "\0" in text:
        raise BadValue(
            _("That is too much: give %(number)d characters at most.") % {"number": LONGEST_PATTERNS}
        )
    try:
        patterns.compiled(text)
    except patterns.PatternError as error:
        raise BadValue(str(error)) from error
    return text


def _year(value: Any) -> int:
    this_year = clock.now().year
    if not plausibility.FIRST_PHOTOGRAPH <= value <= this_year:
        raise BadValue(
            _("Give a year from %(first)d, when the first photograph was taken, to %(last)d.")
            % {"first": plausibility.FIRST_PHOTOGRAPH, "last": this_year}
        )
    return int(value)


def _bits(value: Any) -> int:
    if not 0 <= value <= decide.MOST_BITS:
        raise BadValue(
            _(
                "Give a whole number from 0 to %(number)d. Beyond it, pictures of other things were taken "
                "for copies wherever that was measured."
            )
            % {"number": decide.MOST_BITS}
        )
    return int(value)


def _share(value: Any) -> float:
    share = float(value)
    if not 0 <= share <= 1:
        raise BadValue(_("Give a number from 0 to 100."))
    return share


def _archive(value: Any) -> str:
    """Check a folder for exports, make it, and write into it to be sure."""
    path, root = _folder(value)
    try:
        archives.check(root)
    except archives.ArchiveRefused as refusal:
        raise BadValue(str(refusal)) from refusal
    for one in _import_roots():
        _refuse_overlap(root, one)
    _require_writable(path)
    return path


def _import_folders(value: Any) -> list[str]:
    return _folders(value, _import_folder)


def _import_folder(path: str, root: bytes) -> None:
    try:
        sources.check_above(path)
    except sources.SourceRefused as refusal:
        raise BadValue(str(refusal)) from refusal
    archive = sources.canonical(preferences.archive_dir())
    if not sources.is_within(archive, sources.canonical(settings.DATA_DIR)):  # where no import ever looks
        _refuse_overlap(archive, root)


def _export_folders(value: Any) -> list[str]:
    return _folders(value, _export_folder)


def _export_folder(path: str, root: bytes) -> None:
    shown = sources.shown(root)
    if not os.path.isdir(root):  # noqa: PTH112  bytes
        raise BadValue(_("%(folder)s is no folder that is there. Make it first.") % {"folder": shown})
    if sources.is_within(root, sources.canonical(settings.DATA_DIR)):
        raise BadValue(_("%(folder)s belongs to MediaParser itself.") % {"folder": shown})
    originals = [*_import_roots(), *(source.root for source in Source.objects.order_by("pk"))]
    if any(sources.is_within(root, one) for one in originals):
        raise BadValue(_("%(folder)s holds originals. Copies must lie elsewhere.") % {"folder": shown})
    _require_writable(path)


def _folders(value: Any, require: Callable[[str, bytes], None]) -> list[str]:
    lines = value if isinstance(value, list) else str(value).splitlines()
    wanted = [line for line in lines if line.strip()]
    if len(wanted) > MOST_FOLDERS:
        raise BadValue(_("Give %(number)d folders at most.") % {"number": MOST_FOLDERS})
    found = []
    for line in wanted:
        path, root = _folder(line)
        require(path, root)
        found.append(path)
    return list(dict.fromkeys(found))


def _folder(value: Any) -> tuple[str, bytes]:
    """Return a folder as it is stored, and its canonical path; it need not be there."""
    text = str(value).strip()
    if "\0" in text or not text.startswith("/"):
        raise BadValue(_("Give the whole path of a folder, such as /srv/photos."))
    path = os.path.normpath(text).replace("//", "/")
    encoded = os.fsencode(path)
    if len(encoded) > LONGEST_PATH or any(len(part) > LONGEST_PART for part in encoded.split(b"/")):
        raise BadValue(_("This path is too long: no folder can have it."))
    root = sources.canonical(path)
    if root == b"/" or any(sources.is_within(root, one) for one in SYSTEM):
        raise BadValue(_("%(folder)s belongs to the system. Give a folder in it.") % {"folder": path})
    return path, root


def _import_roots() -> list[bytes]:
    return [sources.canonical(folder) for folder in preferences.value(Name.IMPORT_ROOTS)]


def _refuse_overlap(archive: bytes, originals: bytes) -> None:
    if sources.is_within(archive, originals) or sources.is_within(originals, archive):
        raise BadValue(
            _(
                "%(archive)s, where exports go, and %(originals)s, from where people import, must not lie in "
                "each other."
            )
            % {"archive": sources.shown(archive), "originals": sources.shown(originals)}
        )


def _require_writable(path: str) -> None:
    """Make a folder if it is not there, and write into it: permissions alone do not tell."""
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path) as file:
            file.write(b"MediaParser was here")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadValue(
            _("%(folder)s cannot be written (%(reason)s): change its permissions, or give another folder.")
            % {"folder": path, "reason": error.strerror}
        ) from error


CHECKS: Mapping[Name, Callable[[Any], Any]] = {
    Name.ARCHIVE_DIR: _archive,
    Name.TIME_ZONE: _zone,
    Name.NAME_PATTERNS: _patterns,
    Name.EARLIEST_YEAR: _year,
    Name.COPY_BITS: _bits,
    Name.IMPORT_ROOTS: _import_folders,
    Name.EXPORT_ROOTS: _export_folders,
    Name.ERROR_THRESHOLD: _share,
    Name.DELETE_ORIGINALS: bool,
}
