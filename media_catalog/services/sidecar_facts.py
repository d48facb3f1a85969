"""What the sidecars of a file say becomes part of what is known of it: date, place, words, albums, people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from media_catalog.models import (
    FileMetadata,
    FileTag,
    MediaFile,
    Origin,
    SidecarLink,
    SidecarValues,
    State,
    Tag,
)
from media_catalog.pipeline import probe
from media_catalog.pipeline.probe import Probe
from media_catalog.pipeline.sidecars import facts as sidecar_facts
from media_catalog.pipeline.sidecars import reading, takeout_folders
from media_catalog.pipeline.sidecars.facts import Facts
from media_catalog.services import evidence, import_results, tags
from media_catalog.services.tags import Word

POSITION = ("gps_lat", "gps_lon", "gps_altitude_m")
FIELDS = (*POSITION, "description", "rating", "is_favourite", "is_archived", "is_trashed")
NOWHERE = (None, None, None)


def apply(file_ids: Collection[int], *, at: datetime) -> None:
    """Bring files up to date with what their sidecars say, by the links that are stored.

    What the file says itself goes before what a sidecar says, and what a person changed before both; of dates
    all claims are kept.
    """
    if not file_ids:
        return
    files = list(MediaFile.objects.filter(pk__in=file_ids, state=State.ANALYSED).order_by("pk"))
    own = {row.file_id: row.tags for row in FileMetadata.objects.filter(file__in=files)}
    given = dict(SidecarValues.objects.filter(file__in=files).values_list("file_id", "values"))
    said = _said(files)
    changed, moved, words, gives = [], [], {}, {}
    for file in files:
        known, facts = probe.probe(own.get(file.pk, {}), sniffed_mime=None), said[file.pk]
        before = [getattr(file, name) for name in FIELDS]
        gives[file.pk] = _fill(file, _values(file, known, facts), given=given.get(file.pk, {}))
        words[file.pk] = list(_words(known, facts, file))
        after = [getattr(file, name) for name in FIELDS]
        if before != after:
            changed.append(file)
        if before[: len(POSITION)] != after[: len(POSITION)]:
            moved.append(file.pk)
    import_results.overwrite(changed, FIELDS)
    _remember(gives, given)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Value:
    """What a file says itself in some of its fields, what its sidecars say, and what says nothing."""

    fields: tuple[str, ...]
    own: Sequence[Any]
    said: Sequence[Any]
    nothing: Sequence[Any]


def _values(file: MediaFile, own: Probe, facts: Facts) -> Iterator[_Value]:
    place = (own.gps_lat, own.gps_lon, own.gps_altitude_m)
    yield _Value(fields=POSITION, own=place, said=facts.position or NOWHERE, nothing=NOWHERE)
    yield _value("description", own.description or "", facts.description or "", nothing="")
    yield _value("rating", own.rating, facts.rating)
    folder = takeout_folders.place(file.path.rpartition(b"/")[0])
    yield _value("is_favourite", False, facts.is_favourite, nothing=False)
    yield _value("is_archived", False, facts.is_archived or bool(folder and folder.is_archive), nothing=False)
    yield _value("is_trashed", False, facts.is_trashed or bool(folder and folder.is_trash), nothing=False)


def _value(field: str, own: Any, said: Any, *, nothing: Any = None) -> _Value:
    return _Value(fields=(field,), own=(own,), said=(said,), nothing=(nothing,))


def _fill(file: MediaFile, values: Iterable[_Value], *, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fill in what the file does not say itself, unless a person put something else there.

    `given` are the values, by field, that came from sidecars so far; return those that do now.
    """
    gives: dict[str, Any] = {}
    for value in values:
        if tuple(value.own) != tuple(value.nothing):
            continue
        present = tuple(getattr(file, name) for name in value.fields)
        now = tuple(
            given.get(name, nothing) for name, nothing in zip(value.fields, value.nothing, strict=True)
        )
        if present in (now, tuple(value.said)):
            now = tuple(value.said)
            for name, said in zip(value.fields, now, strict=True):
                setattr(file, name, said)
        if now != tuple(value.nothing):
            gives |= dict(zip(value.fields, now, strict=True))
    return gives


def _remember(gives: Mapping[int, Mapping[str, Any]], given: Mapping[int, Mapping[str, Any]]) -> None:
    SidecarValues.objects.filter(file__in=[file for file in given if not gives[file]]).delete()
    SidecarValues.objects.bulk_create(
        [
            SidecarValues(file_id=file, values=values)
            for file, values in gives.items()
            if values and values != given.get(file)
        ],
        update_conflicts=True,
        unique_fields=["file"],
        update_fields=["values"],
    )


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
