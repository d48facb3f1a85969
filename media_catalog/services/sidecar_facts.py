"""What the sidecars of a file say becomes part of what is known of it: date, place, words, albums, people."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime

from media_catalog.models import FileMetadata, FileTag, MediaFile, Origin, SidecarLink, State, Tag
from media_catalog.pipeline import probe
from media_catalog.pipeline.probe import Probe
from media_catalog.pipeline.sidecars import facts as sidecar_facts
from media_catalog.pipeline.sidecars import reading, takeout_folders
from media_catalog.pipeline.sidecars.facts import Facts
from media_catalog.services import evidence, tags
from media_catalog.services.tags import Word

POSITION = ("gps_lat", "gps_lon", "gps_altitude_m")
FIELDS = (*POSITION, "description", "rating", "is_favourite", "is_archived", "is_trashed")


def apply(file_ids: Collection[int], *, at: datetime) -> None:
    """Bring files up to date with what their sidecars say, by the links that are stored.

    What the file says itself goes before what a sidecar says; of dates all claims are kept.
    """
    if not file_ids:
        return
    files = list(MediaFile.objects.filter(pk__in=file_ids, state=State.ANALYSED).order_by("pk"))
    own = {row.file_id: row.tags for row in FileMetadata.objects.filter(file__in=files)}
    said = _said(files)
    changed, moved, words = [], [], {}
    for file in files:
        known, facts = probe.probe(own.get(file.pk, {}), sniffed_mime=None), said[file.pk]
        before = [getattr(file, name) for name in FIELDS]
        _fill(file, known, facts)
        words[file.pk] = list(_words(known, facts, file))
        after = [getattr(file, name) for name in FIELDS]
        if before != after:
            changed.append(file)
        if before[: len(POSITION)] != after[: len(POSITION)]:
            moved.append(file.pk)
    MediaFile.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=FIELDS)
    tags.replace(words, created_at=at)
    evidence.put(Origin.SIDECAR, {file.pk: said[file.pk].claims for file in files}, at=at)
    if moved:
        evidence.redecide(moved, at=at)  # the place gives the zone


def _said(files: Sequence[MediaFile]) -> Mapping[int, Facts]:
    """Put together what all sidecars say of each file, the most trusted first."""
    names = {file.pk: file.path.rpartition(b"/")[2] for file in files}
    links = SidecarLink.objects.filter(file__in=files).select_related("sidecar__metadata")
    parts: dict[int, list[tuple[int, int, Facts]]] = defaultdict(list)
    for link in links:
        if hasattr(link.sidecar, "metadata"):
            name = link.sidecar.path.rpartition(b"/")[2]
            facts = reading.facts(name, link.sidecar.metadata.tags, medium=names[link.file_id])
            parts[link.file_id].append((reading.trust(name), link.sidecar_id, facts))
    return {
        file: sidecar_facts.merge([facts for _, _, facts in sorted(parts[file], key=lambda one: one[:2])])
        for file in names
    }


def _fill(file: MediaFile, own: Probe, facts: Facts) -> None:
    """Fill in what the file does not say itself."""
    if own.gps_lat is None:
        file.gps_lat, file.gps_lon, file.gps_altitude_m = facts.position or (None, None, None)
    if own.description is None:
        file.description = facts.description or ""
    if own.rating is None:
        file.rating = facts.rating
    folder = takeout_folders.place(file.path.rpartition(b"/")[0])
    file.is_favourite = facts.is_favourite
    file.is_archived = facts.is_archived or bool(folder and folder.is_archive)
    file.is_trashed = facts.is_trashed or bool(folder and folder.is_trash)


def _words(own: Probe, facts: Facts, file: MediaFile) -> Iterator[Word]:
    for name in (*own.keywords, *facts.keywords):
        yield Word(Tag.Kind.TAG, name, FileTag.Origin.METADATA)
    for name in facts.people:
        yield Word(Tag.Kind.PERSON, name, FileTag.Origin.METADATA)
    for name in facts.albums:
        yield Word(Tag.Kind.ALBUM, name, FileTag.Origin.METADATA)
    folder = takeout_folders.place(file.path.rpartition(b"/")[0])
    if folder and folder.is_album and not facts.albums:
        yield Word(Tag.Kind.ALBUM, folder.name, FileTag.Origin.FOLDER)
