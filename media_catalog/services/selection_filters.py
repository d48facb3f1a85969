"""What files can be narrowed to: a name, as it stands in addresses, and what its value means."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q, TextChoices
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from media_catalog.models import (
    Confidence,
    DuplicateGroup,
    DuplicateMember,
    Fate,
    FileTag,
    Kind,
    MediaFileQuerySet,
    State,
)
from media_catalog.models.files import PERSON
from media_catalog.services import proposed, tag_tree

MOST_ID = 1 << 63
YES = frozenset(["1", "yes", "true", "on"])
NO = frozenset(["0", "no", "false", "off"])
Filter = Callable[[str], Q]
# How the sources of dates begin that are no tags of the file itself.
ORIGINS = {
    "name": ["name:"],
    "folder": ["folder:"],
    "neighbour": ["neighbour:"],
    "sidecar": ["takeout:", "sidecar:", "apple:"],
    "mtime": ["file:"],
}


class BadSelection(ValueError):
    """What is given selects nothing that could be meant; the message is for a person."""


def narrowed(files: MediaFileQuerySet, filters: Mapping[str, str]) -> MediaFileQuerySet:
    """Narrow files to those that match every filter.

    :raises BadSelection: when a filter is unknown or its value malformed.
    """
    for name, value in filters.items():
        if name not in FILTERS:
            raise BadSelection(_("There is no filter “%(name)s”.") % {"name": name})
        if "\0" in value:
            raise _malformed(value)
        files = files.filter(FILTERS[name](value))
    return files


def _malformed(value: str) -> BadSelection:
    return BadSelection(_("“%(value)s” cannot be read here.") % {"value": value[:80]})


def _one_of(field: str, choices: type[TextChoices]) -> Filter:
    def parse(value: str) -> Q:
        if value not in choices.values:
            raise _malformed(value)
        return Q(**{field: value})

    return parse


def _yes_or_no(condition: Q) -> Filter:
    def parse(value: str) -> Q:
        if value.lower() in YES:
            return condition
        if value.lower() in NO:
            return ~condition
        raise _malformed(value)

    return parse


def _skipped(value: str) -> Q:
    """Leave out what an import left out; `state` finds it."""
    if value.lower() not in NO:
        raise _malformed(value)
    return ~Q(state=State.SKIPPED)


def _source(value: str) -> Q:
    if not value.isascii() or not value.isdigit() or int(value) >= MOST_ID:
        raise _malformed(value)
    return Q(source=int(value))


def _folder(value: str) -> Q:
    if len(value) > 64 or not value.isalnum():
        raise _malformed(value)
    return Q(folder_key=value)


def _clock(value: str, *, is_end: bool) -> datetime:
    """Read a day, or a wall clock; the end of a day is its last moment."""
    try:
        if day := parse_date(value):
            return datetime.combine(day, time.max if is_end else time.min)
        if clock := parse_datetime(value):
            return clock.replace(tzinfo=None)
    except ValueError:
        pass  # well formed, but no such day
    raise _malformed(value)


def _from(value: str) -> Q:
    return Q(captured_local__gte=_clock(value, is_end=False))


def _until(value: str) -> Q:
    return Q(captured_local__lte=_clock(value, is_end=True))


def _tag(value: str) -> Q:
    """Read the name of a tag; files that carry one below it match as well."""
    return _carrying(tag_tree.meant(value))


def _tagged(value: str) -> Q:
    """Read the keys of tags; what is below them does not match."""
    keys = value.split(",")
    if not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise _malformed(value)
    # From the tags to their files: acts count them all, and SQLite would ask every file of the library.
    return Q(pk__in=FileTag.objects.filter(tag__in={int(key) for key in keys}).values("file"))


def _carrying(tag_ids: Collection[int] | RawSQL) -> Q:
    return Q(Exists(FileTag.objects.filter(file=OuterRef("pk"), tag__in=tag_ids)))


def _proposal(value: str) -> Q:
    """Read the keys of proposed tags, each with the file after which it is about them."""
    try:
        return proposed.files(proposed.marks(value))
    except proposed.BadMark:
        raise _malformed(value) from None


def _group(value: str) -> Q:
    if value not in DuplicateGroup.Kind.values:
        raise _malformed(value)
    mine = DuplicateMember.objects.filter(file=OuterRef("pk"), kind=value, group__resolved_at=None)
    return Q(Exists(mine))


def _name(value: str) -> Q:
    return Q(name__icontains=value)


def _text(value: str) -> Q:
    """Read a part of a path, or of the name of a camera."""
    return Q(path_text__icontains=value) | Q(camera_model__icontains=value) | Q(camera_make__icontains=value)


def _reason(value: str) -> Q:
    """Read the code of what went wrong with a file."""
    return Q(reason_code=value)


def _camera(value: str) -> Q:
    return Q(camera_model=value)


def _type(value: str) -> Q:
    return Q(extension=value.lower().removeprefix("."))


def _serial(value: str) -> Q:
    return Q(camera_serial=value)


def _origin(value: str) -> Q:
    """Read where a date comes from; what is none of the others is a tag of the file."""
    if value in ORIGINS:
        return _begins(ORIGINS[value])
    if value != "tag":
        raise _malformed(value)
    known = _begins([start for starts in ORIGINS.values() for start in starts])
    return ~known & ~Q(captured_from__in=["", PERSON])


def _begins(starts: Sequence[str]) -> Q:
    found = Q()
    for start in starts:
        found |= Q(captured_from__startswith=start)
    return found


FILTERS: Mapping[str, Filter] = {
    "all": _yes_or_no(Q(pk__gt=0)),
    "name": _name,
    "text": _text,
    "confidence": _one_of("confidence", Confidence),
    "fate": _one_of("fate", Fate),
    "state": _one_of("state", State),
    "skipped": _skipped,
    "kind": _one_of("kind", Kind),
    "source": _source,
    "open": _yes_or_no(Q(is_open=True)),
    "date": _yes_or_no(Q(needs_date=True)),
    "flagged": _yes_or_no(Q(is_flagged=True)),
    "snoozed": _yes_or_no(Q(snoozed_until__isnull=False, snoozed_until__gt=Now())),
    "camera": _camera,
    "serial": _serial,
    "folder": _folder,
    "origin": _origin,
    "from": _from,
    "until": _until,
    "tag": _tag,
    "tagged": _tagged,
    "proposal": _proposal,
    "position": _yes_or_no(Q(gps_lat__isnull=False)),
    "type": _type,
    "group": _group,
    "reason": _reason,
    "reviewed": _yes_or_no(Q(reviewed_at__isnull=False)),
}
