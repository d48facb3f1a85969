"""Folders of the server that may be imported from a browser: those below the allowed roots, and no others."""

import base64
import binascii
import heapq
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from media_catalog.models import Job, MediaFile, Source
from media_catalog.models.fields import path_key
from media_catalog.pipeline import media_types, refusals, takeout_parts
from media_catalog.pipeline.display import display_text
from media_catalog.pipeline.scan import SourceFile, UnreadableRoot, scan
from media_catalog.pipeline.takeout_parts import TakeoutExport
from media_catalog.services import import_scan, imports, preferences, sources, tools
from media_catalog.services.preferences import Name
from media_catalog.services.uploads import Wishes

PAGE = 50  # folders on one page
SLICE = 500
MOST_ENTRIES = 20_000  # that are looked at for the counts of one page,
MOST_SECONDS = 1.5  # and how long that may take
MOST_ZIPS = 1000


class FolderRefused(Exception):
    """A folder that may not be looked into, or cannot be; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Photos and videos below a folder, by their names; not all were looked at unless they are `whole`."""

    media: int = 0
    known: int = 0
    is_whole: bool = True

    @property
    def new(self) -> int:
        return self.media - self.known


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder on a page; `token` stands for its exact path in addresses."""

    name: str
    token: str
    counts: Counts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One folder, what leads to it, and its folders on one page; `more` is where the next page begins.

    :ivar source: the source that this folder is, or lies in.
    """

    here: Folder
    above: tuple[Folder, ...]
    folders: tuple[Folder, ...]
    more: str
    source: Source | None
    takeouts: tuple[TakeoutExport, ...]


class Budget:
    """How much more may be looked at for one page."""

    def __init__(self) -> None:
        self.entries = MOST_ENTRIES
        self._end_s = time.monotonic() + MOST_SECONDS

    @property
    def is_spent(self) -> bool:
        return self.entries <= 0 or time.monotonic() > self._end_s


def roots() -> list[bytes]:
    """List the folders that may be imported, with all that lies below them, if they are there."""
    found = (sources.canonical(folder) for folder in preferences.value(Name.IMPORT_ROOTS))
    return [folder for folder in dict.fromkeys(found) if os.path.isdir(folder)]  # noqa: PTH112  bytes


def shown_roots() -> list[Folder]:
    """Return the allowed roots for a page."""
    return [_shown(root, name=display_text(root)) for root in roots()]


def token_of(path: bytes) -> str:
    """Write the exact bytes of a path so that they can stand in an address."""
    return base64.urlsafe_b64encode(path).decode().rstrip("=")


def path_of(token: str) -> bytes:
    """Read a path from an address, and make sure that it may be looked into.

    :raises FolderRefused:
    """
    try:
        path = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise FolderRefused(_("There is no such folder.")) from error
    if not path or b"\0" in path:
        raise FolderRefused(_("There is no such folder."))
    real = os.path.realpath(path)
    if not any(sources.is_within(real, root) for root in roots()):
        raise FolderRefused(_("%(folder)s may not be imported from here.") % {"folder": display_text(path)})
    return real


def listing(path: bytes, *, after: str = "", is_recursive: bool = True) -> Listing:
    """Look into an allowed folder, with counts as far as they can be had in a moment.

    :param after: a token; only folders behind it are listed.
    :raises FolderRefused: when it cannot be read.
    """
    with preferences.held(preferences.standing()):
        return _listing(path, after=after, is_recursive=is_recursive)


def _listing(path: bytes, *, after: str, is_recursive: bool) -> Listing:
    last = os.path.basename(path_of(after)) if after else b""  # noqa: PTH119  bytes
    budget = Budget()
    names = _folder_names(path, after=last)
    own = count(path, is_recursive=False, budget=budget)
    paths = [os.path.join(path, name) for name in names[:PAGE]]  # noqa: PTH118  bytes
    folders = tuple(_shown(one, counts=_count_if_possible(one, budget)) for one in paths)
    is_all = not after and len(names) <= PAGE
    return Listing(
        here=_shown(path, counts=_sum(own, folders, is_all=is_all) if is_recursive else own),
        above=tuple(_above(path)),
        folders=folders,
        more=token_of(paths[-1]) if len(names) > PAGE else "",
        source=source_around(path),
        takeouts=tuple(takeout_parts.exports(_zip_names(path))),
    )


def count(path: bytes, *, is_recursive: bool, budget: Budget) -> Counts:
    """Count photos and videos below a folder, and those that the catalogue has as they are."""
    source = source_around(path)
    entries = scan(
        path, is_recursive=is_recursive, excluded=sources.excluded_below(path), opens_archives=False
    )
    media = known = 0
    try:
        for part in tools.slices(islice(entries, budget.entries), SLICE):
            budget.entries -= len(part)
            pictures = [one for one in part if _is_picture(one)]
            media += len(pictures)
            known += _known(source, path, pictures)
            if budget.is_spent:
                return Counts(media=media, known=known, is_whole=next(entries, None) is None)
    except UnreadableRoot:
        return Counts(is_whole=False)
    return Counts(media=media, known=known)


def source_around(path: bytes) -> Source | None:
    """Find the source that a folder is, or lies in: by the keys of all folders above it."""
    parts = path.split(b"/")
    keys = [path_key(b"/".join(parts[:number]) or b"/") for number in range(1, len(parts) + 1)]
    return Source.objects.filter(root_key__in=keys).first()


def start(path: bytes, *, wishes: Wishes, is_recursive: bool = True, at: datetime) -> Job:
    """Import a folder that may be imported.

    :raises SourceRefused: :raises AlreadyRunning:
    """
    source = sources.register(
        os.fsdecode(path), label=wishes.label or None, time_zone=wishes.time_zone or None, created_at=at
    )
    return imports.start(source, tags=wishes.tags, is_recursive=is_recursive, created_at=at)


def again(source: Source, *, at: datetime) -> Job:
    """Import what is new and changed in a source, as it was imported last.

    :raises AlreadyRunning:
    """
    return imports.start(source, is_recursive=was_recursive(source), created_at=at)


def was_recursive(source: Source) -> bool:
    """Tell whether the folders of a source were imported too, the last time."""
    last = Job.objects.filter(kind=Job.Kind.IMPORT, source=source).order_by("-pk").first()
    return bool(last.options.get("is_recursive", True)) if last else True


def _sum(own: Counts, folders: Sequence[Folder], *, is_all: bool) -> Counts:
    """Add up what a folder holds itself and what its folders hold, as far as they were counted."""
    counted = [own, *(folder.counts for folder in folders if folder.counts)]
    return Counts(
        media=sum(one.media for one in counted),
        known=sum(one.known for one in counted),
        is_whole=is_all and len(counted) == len(folders) + 1 and all(one.is_whole for one in counted),
    )


def _is_picture(entry: object) -> bool:
    return isinstance(entry, SourceFile) and media_types.is_named_like_media(entry.path)


def _known(source: Source | None, path: bytes, entries: Sequence[object]) -> int:
    if source is None or not entries:
        return 0
    inner = path[len(source.root) :].strip(b"/")
    prefix = inner + b"/" if inner else b""
    by_key = {path_key(prefix + one.path): one for one in entries if isinstance(one, SourceFile)}
    rows = MediaFile.objects.filter(source=source, path_key__in=by_key)
    rows = rows.only("path_key", "size_bytes", "mtime_ns", "state", "reason_code", "device")
    return sum(import_scan.is_unchanged(row, by_key[row.path_key]) for row in rows)


def _count_if_possible(path: bytes, budget: Budget) -> Counts | None:
    return None if budget.is_spent else count(path, is_recursive=True, budget=budget)


def _folder_names(path: bytes, *, after: bytes) -> list[bytes]:
    """List the names of the next folders, one more than a page has; links are never followed."""
    try:
        with os.scandir(path) as entries:
            names = (
                entry.name
                for entry in entries
                if entry.name > after
                and entry.is_dir(follow_symlinks=False)
                and refusals.of_folder(entry.name) is None
            )
            return heapq.nsmallest(PAGE + 1, names)
    except OSError as error:
        facts = {"folder": display_text(path), "reason": error.strerror}
        raise FolderRefused(_("%(folder)s cannot be read: %(reason)s.") % facts) from error


def _zip_names(path: bytes) -> list[str]:
    with os.scandir(path) as entries:
        names = (os.fsdecode(entry.name) for entry in entries)
        return list(islice((name for name in names if name.lower().endswith(".zip")), MOST_ZIPS))


def _above(path: bytes) -> Iterator[Folder]:
    """Yield the folders that lead to a folder, from its root on."""
    root = min((root for root in roots() if sources.is_within(path, root)), key=len)
    inner = path[len(root) :].strip(b"/")
    yield _shown(root, name=display_text(root))
    here = root
    for name in inner.split(b"/") if inner else []:
        here = os.path.join(here, name)  # noqa: PTH118  bytes
        yield _shown(here)


def _shown(path: bytes, *, name: str = "", counts: Counts | None = None) -> Folder:
    own = display_text(os.path.basename(path))  # noqa: PTH119  bytes
    return Folder(name=name or own or "/", token=token_of(path), counts=counts)
