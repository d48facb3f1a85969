"""Which files to compare beside those that look alike: what rows say, sought by the database.

Each function gives pairs of ids; with `ids`, all pairs that have one of them, and perhaps some more.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from media_catalog.models import DuplicateGroup, DuplicateMember, FileTraits, Kind, MediaFile
from media_catalog.pipeline.duplicates import decide, moments, proposals
from media_catalog.pipeline.duplicates.units import Unit
from media_catalog.pipeline.look import frames, traits
from media_catalog.pipeline.look.likeness import Seen
from media_catalog.services import tools, units

SLICE = 500
RANGES = 50  # of one query
PAGE = 5_000
Pair = tuple[int, int]
BURST = timedelta(seconds=moments.BURST_S)
SHOT = ("pk", "kind", "camera_make", "camera_model", "traits__shot_local", "traits__shot_at")
SHARED = ("image_data_hash", "traits__burst_id")


def _files() -> QuerySet[MediaFile]:
    return units.leading(units.media())


def _pictures() -> QuerySet[MediaFile]:
    return _files().filter(kind__in=[Kind.IMAGE, Kind.RAW], traits__shot_local__isnull=False)


def _videos() -> QuerySet[MediaFile]:
    known = _files().filter(kind=Kind.VIDEO, traits__frames_version=traits.FRAMES_VERSION, duration_s__gt=0)
    return known.exclude(traits__frames=b"")


def by_value() -> Iterator[Pair]:
    """Pair files that share the data of their picture, or the identifier of a series."""
    for field in SHARED:
        numbers = _files().filter(**{f"{field}__gt": ""}).values(field).annotate(n=Count("pk"))
        shared = list(numbers.filter(n__gt=1).order_by(field).values_list(field, flat=True))
        for values in tools.slices(shared, SLICE):
            yield from _with_value(field, values)


def by_value_of(ids: Collection[int]) -> Iterator[Pair]:
    for field in SHARED:
        for part in tools.slices(sorted(ids), SLICE):
            own = MediaFile.objects.filter(pk__in=part, **{f"{field}__gt": ""})
            yield from _with_value(field, set(own.values_list(field, flat=True)))


def _with_value(field: str, values: Collection[str]) -> Iterator[Pair]:
    same = _files().filter(**{f"{field}__in": values}).order_by(field, "pk") if values else _files().none()
    yield from _with_first(list(same.values_list(field, "pk")))


def _with_first(rows: Iterable[tuple[Any, int]]) -> Iterator[Pair]:
    for _, same in groupby(rows, key=itemgetter(0)):
        first, *others = (file_id for _, file_id in same)
        for other in others:
            yield first, other


def by_time() -> Iterator[Pair]:
    """Pair shots of one camera that follow each other within seconds."""
    shots: list[Unit] = []
    for ids in _pages(FileTraits.objects.filter(shot_local__isnull=False), "shot_local"):
        shots += _shots(ids)
        yield from proposals.by_time(shots)
        last = max((shot.shot_local for shot in shots if shot.shot_local), default=None)
        shots = [shot for shot in shots if last and shot.shot_local and last - shot.shot_local <= BURST]


def _pages(rows: QuerySet[Any], field: str) -> Iterator[list[int]]:
    """Read keys in the order of a field, page by page: while a row is awaited others may write."""
    last = None
    while page := list(_after(rows, field, last).order_by(field, "pk").values_list(field, "pk")[:PAGE]):
        yield [key for _, key in page]
        last = page[-1]


def _after(rows: QuerySet[Any], field: str, last: tuple[Any, int] | None) -> QuerySet[Any]:
    if last is None:
        return rows
    value, key = last
    return rows.filter(**{f"{field}__gte": value}).exclude(**{field: value, "pk__lte": key})


def by_time_of(ids: Collection[int]) -> Iterator[Pair]:
    for part in tools.slices(sorted(ids), SLICE):
        shots = _pictures().filter(pk__in=part).values_list("traits__shot_local", flat=True)
        times = sorted(time for time in shots if time)
        spans = _joined([(time - BURST, time + BURST) for time in times])
        for some in tools.slices(spans, RANGES):
            near = FileTraits.objects.filter(_within("shot_local", some)).values_list("pk", flat=True)
            yield from proposals.by_time(_shots(list(near)))


def by_length() -> Iterator[Pair]:
    """Pair videos that are equally long and look alike in most of their frames."""
    yield from proposals.by_length(_read_videos(_videos()))


def by_length_of(ids: Collection[int]) -> Iterator[Pair]:
    for part in tools.slices(sorted(ids), SLICE):
        lengths = _videos().filter(pk__in=part).order_by("duration_s").values_list("duration_s", flat=True)
        spans = _joined([_equal_lengths(length) for length in lengths if length])
        for some in tools.slices(spans, RANGES):
            videos = _read_videos(_videos().filter(_within("duration_s", some)))
            yield from proposals.by_length(videos, of=part)


def by_group() -> Iterator[Pair]:
    """Pair files that stand in one group now, so that it is found when it is no longer one."""
    groups = DuplicateGroup.objects.exclude(kind=DuplicateGroup.Kind.IDENTICAL)
    for ids in _pages(groups, "pk"):
        yield from _in_groups(_members().filter(group__in=ids))


def by_group_of(ids: Collection[int]) -> Iterator[Pair]:
    for part in tools.slices(sorted(ids), SLICE):
        own = _members().filter(file__in=part).values("group")
        yield from _in_groups(_members().filter(group__in=own))


def _in_groups(members: QuerySet[DuplicateMember]) -> Iterator[Pair]:
    yield from _with_first(list(members.order_by("group", "pk").values_list("group", "file")))


def _members() -> QuerySet[DuplicateMember]:
    return DuplicateMember.objects.exclude(kind=DuplicateGroup.Kind.IDENTICAL)


def strangers() -> Iterator[int]:
    """Give the files in groups that no longer speak for others, or can no longer be read."""
    speaks = Exists(_files().filter(pk=OuterRef("file")))
    yield from list(_members().filter(~speaks).values_list("file_id", flat=True))


def _shots(ids: Collection[int]) -> Iterator[Unit]:
    for part in tools.slices(sorted(ids), PAGE):
        yield from map(_shot, _pictures().filter(pk__in=part).values_list(*SHOT))


def _shot(row: Sequence[Any]) -> Unit:
    file_id, kind, make, model, local, instant = row
    return Unit(
        id=file_id, sha256="", name="", kind=kind, camera=(make, model), shot_local=local, shot_at=instant
    )


def _read_videos(videos: QuerySet[MediaFile]) -> list[Unit]:
    rows = videos.order_by("pk").values_list("pk", "duration_s", "traits__frames")
    return list(map(_video, rows.iterator(PAGE)))


def _video(row: Sequence[Any]) -> Unit:
    """Read of a video what a search by length needs, a tenth of what there is."""
    hashes = np.frombuffer(bytes(row[2]), dtype=frames.STORED)["phash"].tolist()
    seen = tuple(Seen(phash=phash, information=0.0, look=frames.BLANK.look) for phash in hashes)
    return Unit(id=row[0], sha256="", name="", kind=Kind.VIDEO, duration_s=row[1], frames=seen)


def _equal_lengths(length: float) -> tuple[float, float]:
    shortest = length - max(decide.SAME_LENGTH_S, decide.SAME_LENGTH_SHARE * length)
    longest = max(length + decide.SAME_LENGTH_S, length / (1 - decide.SAME_LENGTH_SHARE))
    return shortest, longest


def _joined(spans: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Join spans, sorted by their starts, that overlap."""
    joined = list(spans[:1])
    for start, end in spans[1:]:
        if start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _within(field: str, spans: Sequence[tuple[Any, Any]]) -> Q:
    condition = Q(pk__in=())
    for span in spans:
        condition |= Q(**{f"{field}__range": span})
    return condition
