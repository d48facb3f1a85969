"""How all pictures of the library look, as arrays: about 500 bytes for each."""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from media_catalog.models import Kind, MediaFile
from media_catalog.pipeline.look import signature, traits
from media_catalog.pipeline.look.candidates import Candidates, Couples, Stored
from media_catalog.services import units
from media_catalog.services.pulse import Pulse

PAGE = 5_000
Ids = NDArray[np.int64]
Pair = tuple[int, int]
ROW = np.dtype([("id", "<i8"), ("order", "<u8"), ("phash", "<u8"), ("information", "<f4")])


class LookTable:
    """The pictures that stand for themselves, one of each content, to be asked which look alike."""

    def __init__(self, pulse: Pulse) -> None:
        rows, looks = _load(pulse)
        order = np.argsort(rows["order"], kind="stable")
        rows, looks = rows[order], looks[order]
        first = np.unique(rows["order"], return_index=True)[1]  # two names of one file on disk
        if len(first) < len(rows):
            rows, looks = rows[first], looks[first]
        self.ids: Ids = np.ascontiguousarray(rows["id"])
        self._by_id = np.argsort(self.ids)
        self._pulse = pulse
        stored = Stored(
            phashes=np.ascontiguousarray(rows["phash"]),
            information=np.ascontiguousarray(rows["information"]),
            looks=looks,
        )
        self._candidates = Candidates(stored)

    def pairs(self) -> Iterator[Pair]:
        """Find the ids of all that may be copies of each other; a pair may come more than once."""
        yield from self._named(self._candidates.among_all())

    def pairs_of(self, ids: Collection[int]) -> Iterator[Pair]:
        """Find the ids of all that may be copies of some files."""
        if len(positions := self._positions(ids)):
            yield from self._named(self._candidates.of(positions))

    def _named(self, couples: Iterator[Couples]) -> Iterator[Pair]:
        for one, other in couples:
            self._pulse.beat()
            yield from zip(self.ids[one].tolist(), self.ids[other].tolist(), strict=True)

    def _positions(self, ids: Collection[int]) -> Ids:
        wanted = np.fromiter(ids, dtype=np.int64, count=len(ids))
        if not len(self.ids):
            return wanted[:0]
        places = np.searchsorted(self.ids, wanted, sorter=self._by_id)
        positions = self._by_id[np.minimum(places, len(self.ids) - 1)]
        return np.sort(positions[self.ids[positions] == wanted])


def _load(pulse: Pulse) -> tuple[NDArray[Any], NDArray[Any]]:
    pages = [(np.zeros(0, dtype=ROW), np.zeros(0, dtype=signature.STORED)), *_pages(pulse)]
    rows = np.concatenate([page[0] for page in pages])
    return rows, np.concatenate([page[1] for page in pages])


def _pages(pulse: Pulse) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    files = units.leading(MediaFile.objects.readable()).filter(
        kind__in=[Kind.IMAGE, Kind.RAW],
        phash__isnull=False,
        traits__look_version=traits.LOOK_VERSION,
    )
    files = files.exclude(sha256="").exclude(traits__look=b"").order_by("pk")
    last = 0
    while page := list(
        files.filter(pk__gt=last).values_list("pk", "sha256", "phash", "information", "traits__look")[:PAGE]
    ):
        pulse.beat()
        last = page[-1][0]
        rows = np.zeros(len(page), dtype=ROW)
        rows["id"] = [row[0] for row in page]
        rows["order"] = np.frombuffer(bytes.fromhex("".join(row[1][:16] for row in page)), dtype=">u8")
        rows["phash"] = np.array([row[2] for row in page], dtype=np.int64).view(np.uint64)
        rows["information"] = [row[3] or 0.0 for row in page]
        yield rows, signature.table([bytes(row[4]) for row in page])
