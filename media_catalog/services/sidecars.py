"""Matching the sidecars of a source: what they say becomes evidence for photos and videos, and facts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction

from media_catalog.models import FileMetadata, Job, Kind, MediaFile, MediaFileQuerySet, SidecarLink, State
from media_catalog.pipeline import media_types
from media_catalog.pipeline.sidecars import linking, matching, picasa, reading
from media_catalog.pipeline.sidecars.linking import Sidecar
from media_catalog.pipeline.sidecars.matching import Medium
from media_catalog.services import (
    bulk,
    jobs,
    sidecar_albums,
    sidecar_copies,
    sidecar_facts,
    sidecar_tags,
    steps,
    tools,
)
from media_catalog.services.sidecar_albums import Album
from media_catalog.services.steps import Step

SLICE = 500
REASON = "sidecar"
ALBUM_TEXT = "sidecar of its folder, an album"
SHOWN = 3  # media that a reason names
MATCHED = (State.ANALYSED, State.FAILED, State.QUARANTINED, State.MISSING)
CHANGEABLE = (State.ANALYSED, State.FAILED, State.QUARANTINED)  # what was last known of a missing file stays


Wanted = tuple[int, int, str]  # a medium, the sidecar that speaks for it, and by which rule


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The names of the files of some albums, and what belongs together among them."""

    is_exported: bool  # by Takeout; such an album stands alone here
    media: Sequence[Medium]
    sidecars: Sequence[Sidecar]
    owners: Mapping[int, Sequence[int]]
    ambiguous: Mapping[int, Sequence[int]]
    links: Mapping[int, Sequence[Wanted]]  # by medium


def run(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Match the sidecars of all albums in which an import touched a file, in slices that renew the lease.

    Without any change, nothing is written.

    :raises LeaseLost: when the batch was handed to somebody else.
    """
    steps.begin(claim, Step.SIDECARS)
    for albums in _together(sidecar_albums.touched(claim.batch.job)):
        found = _match(claim.batch.job, albums)
        for part in tools.slices(found.media, SLICE):
            _link(claim, found, [medium.key for medium in part], at=clock())
        for sidecars in tools.slices(found.sidecars, SLICE):
            _describe(claim, found, sidecars, at=clock())
        steps.advance(claim, len(albums))
    for files in _possible_copies(claim.batch.job):
        _settle_copies(claim, files, at=clock())


def _possible_copies(job: Job) -> Iterator[list[int]]:
    """Yield files that a job read, in slices, if there are JSON files that can speak for copies too."""
    spoken = SidecarLink.objects.filter(file__source=job.source, rule__in=matching.RULES)
    if not spoken.exists():
        return
    read = sidecar_albums.touched_files(job).filter(state=State.ANALYSED).order_by("pk")
    last = 0
    while part := list(read.filter(pk__gt=last).values_list("pk", flat=True)[:SLICE]):
        yield part
        last = part[-1]


@transaction.atomic
def _settle_copies(claim: jobs.Claim, files: Sequence[int], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    touched = sidecar_albums.touched_files(claim.batch.job)
    sidecar_copies.settle(files, touched=touched, at=at)


def _together(albums: Iterable[Album]) -> Iterator[list[Album]]:
    """Put small plain folders together: what is asked of the database for one is asked for all of them."""
    together: list[Album] = []
    room: float = SLICE
    for album in albums:
        if together and album.size > room:
            yield together
            together, room = [], SLICE
        together.append(album)
        room -= album.size
    if together:
        yield together


def _match(job: Job, albums: Sequence[Album]) -> _Found:
    album_of = {key: number for number, album in enumerate(albums) for key in album.folder_keys}
    files = MediaFile.objects.filter(source=job.source, folder_key__in=album_of).order_by("pk")
    sidecars: list[list[Sidecar]] = [[] for _ in albums]
    for sidecar in _sidecars(files.filter(kind=Kind.SIDECAR, state=State.SKIPPED, reason_code=REASON)):
        sidecars[album_of[sidecar.folder]].append(sidecar)
    media: list[list[Medium]] = [[] for _ in albums]
    for key, folder, name, state in _names(files.exclude(kind=Kind.SIDECAR).filter(state__in=MATCHED)):
        if state == State.ANALYSED or media_types.is_named_like_media(name):
            media[album_of[folder]].append(Medium(key=key, folder=folder, name=name))
    linked = [
        linking.link(its_media, its_sidecars, is_album=album.place is None or album.place.is_album)
        for album, its_media, its_sidecars in zip(albums, media, sidecars, strict=True)
    ]
    links: dict[int, list[Wanted]] = defaultdict(list)
    for one in chain.from_iterable(part.links for part in linked):
        links[one.medium].append((one.medium, one.sidecar, str(one.rule)))
    return _Found(
        is_exported=albums[0].place is not None,
        media=list(chain.from_iterable(media)),
        sidecars=list(chain.from_iterable(sidecars)),
        owners={key: ones for part in linked for key, ones in part.owners.items()},
        ambiguous={key: ones for part in linked for key, ones in part.ambiguous.items()},
        links=links,
    )


def _names(files: MediaFileQuerySet) -> Iterator[tuple[int, str, bytes, str]]:
    rows = files.values_list("pk", "folder_key", "path_bytes", "state")
    for key, folder, path, state in rows.iterator(SLICE):
        yield key, folder, bytes(path).rpartition(b"/")[2], state


def _sidecars(files: MediaFileQuerySet) -> Iterator[Sidecar]:
    pictures = _pictures(files)
    rows = files.values_list(
        "pk", "folder_key", "path_bytes", sidecar_tags.about(), sidecar_tags.title(), sidecar_tags.moment()
    )
    for key, folder, path, about, title, moment in rows.iterator(SLICE):
        yield Sidecar(
            key=key,
            folder=folder,
            name=bytes(path).rpartition(b"/")[2],
            kind=about,
            title=title,
            moment=None if moment is None else str(moment),
            pictures=pictures.get(key, ()),
        )


def _pictures(files: MediaFileQuerySet) -> dict[int, tuple[str, ...]]:
    """List the pictures of which Picasa notes something; a folder has one such file."""
    rows = FileMetadata.objects.filter(file__in=files, file__name__iendswith="picasa.ini")
    return {key: picasa.pictures(tags) for key, tags in rows.values_list("file_id", "tags")}


@transaction.atomic
def _link(claim: jobs.Claim, found: _Found, media: Sequence[int], *, at: datetime) -> None:
    jobs.renew(claim, at=at)
    touched = sidecar_albums.touched_files(claim.batch.job)
    files = set(MediaFile.objects.filter(pk__in=media, state__in=CHANGEABLE).values_list("pk", flat=True))
    wanted = {link for file in files for link in found.links.get(file, ())}
    stale = _replace_links(files, wanted)
    linked = set(SidecarLink.objects.filter(file__in=files).values_list("file_id", flat=True))
    ids = files.union(sidecar for _, sidecar, _ in wanted)
    moved = set(touched.filter(pk__in=ids).values_list("pk", flat=True))
    stale |= {medium for medium, sidecar, _ in wanted if sidecar in moved}
    stale |= moved & (files if found.is_exported else linked)  # a folder of an export can be an album itself
    sidecar_facts.apply(stale, at=at)
    sidecar_copies.settle(stale, touched=touched, at=at)


def _replace_links(files: set[int], wanted: set[Wanted]) -> set[int]:
    """Make these the links of the files; return those of which any differ.

    What a file owes to the JSON of an identical copy stays, unless it has one of its own now.
    """
    with_json = {medium for medium, _, rule in wanted if rule in matching.RULES}
    present, gone = set(), {}
    for row in SidecarLink.objects.filter(file__in=files):
        link = (row.file_id, row.sidecar_id, row.rule)
        present.add(link)
        if link not in wanted and (row.rule != sidecar_copies.RULE or row.file_id in with_json):
            gone[row.pk] = row.file_id
    SidecarLink.objects.filter(pk__in=gone).delete()
    new = sorted(wanted - present)
    SidecarLink.objects.bulk_create(
        SidecarLink(file_id=medium, sidecar_id=sidecar, rule=rule) for medium, sidecar, rule in new
    )
    return {medium for medium, _, _ in new}.union(gone.values())


@transaction.atomic
def _describe(claim: jobs.Claim, found: _Found, sidecars: Sequence[Sidecar], *, at: datetime) -> None:
    """Say of each sidecar what it belongs to."""
    jobs.renew(claim, at=at)
    owners = {one.key: found.owners.get(one.key, ()) for one in sidecars}
    rivals = {one.key: found.ambiguous.get(one.key, ()) for one in sidecars}
    named = {key for keys in (*owners.values(), *rivals.values()) for key in keys[:SHOWN]}
    paths = dict(MediaFile.objects.filter(pk__in=named).values_list("pk", "path_text"))
    rows = MediaFile.objects.filter(pk__in=owners).values_list(
        "pk",
        "belongs_to",
        "reason_text",
        sidecar_tags.about(),
        sidecar_tags.problem(),
    )
    changed = []
    for key, old_owner, old_text, about, problem in rows:
        mine = owners[key]
        text = ALBUM_TEXT if about == reading.Kind.ALBUM else _text(mine, rivals[key], paths)
        text += f"; it cannot be read: {problem}" if problem else ""
        owner = mine[0] if mine else None
        if (old_owner, old_text) != (owner, text):
            changed.append((owner, text, key))
    bulk.update(MediaFile, ("belongs_to", "reason_text"), changed)


def _text(owners: Sequence[int], rivals: Sequence[int], paths: Mapping[int, str]) -> str:
    if owners:
        rest = f" and {len(owners) - 1} more" if len(owners) > 1 else ""
        return f"sidecar of {paths[owners[0]]}{rest}"
    if rivals:
        names = " or ".join(paths[key] for key in rivals[:SHOWN])
        return f"sidecar that may belong to {names}: nothing decides"
    return "sidecar of nothing that was found"
