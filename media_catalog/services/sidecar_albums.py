"""Which folders an import touched, and which of them are one album: a Takeout export has many parts."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef

from media_catalog.models import Job, JobFile, Kind, MediaFile, MediaFileQuerySet, SidecarLink, Source
from media_catalog.pipeline.sidecars import takeout_folders
from media_catalog.pipeline.sidecars.takeout_folders import Place

SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """Folders of a source whose files are matched together; `place` is where they stand in an export."""

    folder_keys: tuple[str, ...]
    place: Place | None
    size: float = math.inf  # in files; of an album in an export nobody has counted them


def touched_files(job: Job) -> MediaFileQuerySet:
    """Return the files that a job found new, changed or gone; after an unfinished import, all."""
    files = MediaFile.objects.filter(source=job.source)
    earlier = (
        Job.objects.filter(source=job.source, kind=Job.Kind.IMPORT, pk__lt=job.pk).order_by("-pk").first()
    )
    if earlier and earlier.state != Job.State.COMPLETED:
        return files  # what that one read has not been matched
    seen = JobFile.objects.filter(job=job, file=OuterRef("pk")).exclude(change=JobFile.Change.KNOWN)
    return files.filter(Exists(seen))


def touched(job: Job) -> Iterator[Album]:
    """Yield each album in which a job touched a file, if it can have sidecars."""
    source = job.source
    if source is None:
        return
    done: set[Place] = set()
    albums: Mapping[Place, Sequence[str]] | None = None
    for keys in _folder_slices(touched_files(job)):
        places = _places(source, keys)
        plain = [key for key in keys if key not in places]
        for key, size in _with_sidecars(source, plain):
            yield Album(folder_keys=(key,), place=None, size=size)
        for place in sorted(set(places.values()) - done):
            albums = albums if albums is not None else _takeout_albums(source)
            done.add(place)
            yield Album(folder_keys=tuple(albums[place]), place=place)


def _folder_slices(files: MediaFileQuerySet) -> Iterator[list[str]]:
    last = ""
    folders = files.order_by("folder_key").values_list("folder_key", flat=True).distinct()
    while part := list(folders.filter(folder_key__gt=last)[:SLICE]):
        yield part
        last = part[-1]


def _with_sidecars(source: Source, keys: Sequence[str]) -> list[tuple[str, int]]:
    """Leave out folders in which nothing speaks for anything, nor ever did; count the files of the others."""
    there = MediaFile.objects.filter(source=source, folder_key__in=keys)
    linked = SidecarLink.objects.filter(file__in=there).values_list("file__folder_key", flat=True)
    having = set(there.filter(kind=Kind.SIDECAR).values_list("folder_key", flat=True).distinct())
    folders = there.filter(folder_key__in=having.union(linked.distinct())).values_list("folder_key")
    return list(folders.annotate(Count("pk")).order_by("folder_key"))


def _takeout_albums(source: Source) -> Mapping[Place, Sequence[str]]:
    """Collect the folders of each album; only those inside of exports are kept in memory."""
    found: dict[Place, list[str]] = defaultdict(list)
    for keys in _folder_slices(MediaFile.objects.filter(source=source)):
        for key, place in _places(source, keys).items():
            found[place].append(key)
    return found


def _places(source: Source, keys: Sequence[str]) -> dict[str, Place]:
    """Tell which folders stand in a Takeout export; the path of any of its files tells that of a folder."""
    files = MediaFile.objects.filter(source=source, folder_key__in=keys)
    firsts = files.values("folder_key").annotate(first=Min("pk")).values("first")
    places = {}
    for key, path in MediaFile.objects.filter(pk__in=firsts).values_list("folder_key", "path_bytes"):
        if place := takeout_folders.place(bytes(path).rpartition(b"/")[0]):
            places[key] = place
    return places
