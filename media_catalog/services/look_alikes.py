"""Finding pictures that look the same, in parts of the catalogue that fit into memory."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Exists, OuterRef, Q, QuerySet

from media_catalog.models import Kind, MediaFile, Origin, Precision, TimestampCandidate
from media_catalog.models.files import PERSON
from media_catalog.pipeline import similarity
from media_catalog.pipeline.timestamps import resemblance

PART = 50_000  # hashes that are indexed at once
MOST_NEAR = 32  # files that a picture is compared with, the nearest first
DATES = (Precision.SECOND, Precision.MINUTE, Precision.DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some pictures, indexed by their look; equal hashes stand once."""

    index: similarity.HashIndex
    ids: similarity.Positions  # sorted by hash
    starts: similarity.Positions  # of each hash among them, and the end

    def near(self, hashes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """Find the place of each query that has a like, turned or not, how many bits apart, and its id."""
        queries = similarity.with_turns(similarity.hashes_of(hashes))
        for pairs in self.index.search(queries, max_distance=resemblance.LOOK_BITS):
            rows = zip(pairs.queries.tolist(), pairs.found.tolist(), pairs.distances.tolist(), strict=True)
            for query, found, bits in rows:
                start, end = self.starts[found], self.starts[found + 1]
                for file_id in self.ids[start : min(end, start + MOST_NEAR)].tolist():
                    yield query % len(hashes), bits, file_id


def telling(files: QuerySet[MediaFile]) -> QuerySet[MediaFile]:
    """Narrow files down to pictures that can be known by their look."""
    return files.filter(
        kind__in=[Kind.IMAGE, Kind.RAW],
        phash__isnull=False,
        information__gte=resemblance.LEAST_INFORMATION,
    )


def originals(files: QuerySet[MediaFile]) -> QuerySet[MediaFile]:
    """Narrow files down to those that have a date of their own, whatever neighbours said about them since."""
    own = TimestampCandidate.objects.filter(file=OuterRef("pk"), precision__in=DATES)
    own = own.exclude(origin=Origin.NEIGHBOUR).exclude(
        Q(verdict="offered") | Q(verdict__startswith="refused")
    )
    rests_on_others = Q(captured_from__startswith="neighbour:", reviewed_at=None) & ~Q(offset_source=PERSON)
    is_dated = Q(captured_precision__in=DATES)
    return telling(files).filter(is_dated & ~rests_on_others | rests_on_others & Exists(own))


def parts(files: QuerySet[MediaFile]) -> Iterator[Part]:
    """Index pictures part by part, in the order of their ids."""
    last = 0
    while rows := list(files.filter(pk__gt=last).order_by("pk").values_list("pk", "phash")[:PART]):
        last = rows[-1][0]
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        hashes = similarity.hashes_of([row[1] or 0 for row in rows])
        order = np.argsort(hashes, kind="stable")
        unique, starts = np.unique(hashes[order], return_index=True)
        yield Part(
            index=similarity.HashIndex(unique),
            ids=ids[order],
            starts=np.append(starts, len(ids)).astype(np.int64),
        )


def near(hashes: Sequence[tuple[int, int]], files: QuerySet[MediaFile]) -> dict[int, list[int]]:
    """Find among files the likes of some pictures, given by id and hash; the nearest first."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for part in parts(files) if hashes else ():
        for query, bits, other in part.near([phash for _, phash in hashes]):
            file_id = hashes[query][0]
            if other != file_id:
                found[file_id].append((bits, other))
        for likes in found.values():
            likes.sort()
            del likes[MOST_NEAR:]
    return {file_id: [other for _, other in likes] for file_id, likes in found.items()}
