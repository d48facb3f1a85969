"""Free names in an archive: no copy ever takes the place of another file."""

import os
from collections.abc import Mapping

from django.db.models import Max

from media_catalog.models import ExportedFile
from media_catalog.pipeline import archive_names
from media_catalog.pipeline.archive_names import Destination
from media_catalog.services import export_targets, tools

SLICE = 500


class Namer:
    """Hands out the next free name of each place; what it gave is taken, whether it is stored already or not.

    `root` and `archive_id` are those of the archive; an archive that is only planned has no id.
    """

    def __init__(self, root: bytes, archive_id: int | None) -> None:
        self._root = root
        self._rows = ExportedFile.objects.filter(archive=archive_id)
        self._numbers: dict[str, int] = {}
        self._given: set[str] = set()
        self._unused: set[str] = set()  # keys that the database was asked for already

    def learn(self, places: Mapping[str, Destination]) -> None:
        """Look up many places, by their stem keys, in a few queries."""
        fresh = [stem_key for stem_key in places if stem_key not in self._numbers]
        for part in tools.slices(fresh, SLICE):
            reached = self._rows.filter(stem_key__in=part).values_list("stem_key").annotate(Max("number"))
            self._numbers |= dict.fromkeys(part, -1) | dict(reached)
            nexts = {self._key(places[stem_key], self._numbers[stem_key] + 1) for stem_key in part}
            used = self._rows.filter(destination_key__in=nexts).values_list("destination_key", flat=True)
            self._unused |= nexts - set(used)

    def next(self, place: Destination, *, stem_key: str) -> tuple[str, int]:
        """Return a free path, relative to the archive, and its number.

        Numbers are never used again, even where one has become free: a name stands for one picture for good.
        """
        self.learn({stem_key: place})
        while True:
            self._numbers[stem_key] += 1
            relative = archive_names.numbered(place, self._numbers[stem_key])
            if self._take(relative):
                return relative, self._numbers[stem_key]

    def _take(self, relative: str) -> bool:
        key = export_targets.key(relative)
        if key in self._given or self._is_used(key):
            return False
        if os.path.lexists(os.path.join(self._root, os.fsencode(relative))):  # noqa: PTH118  bytes
            return False
        self._given.add(key)
        return True

    def _is_used(self, key: str) -> bool:
        return key not in self._unused and self._rows.filter(destination_key=key).exists()

    @staticmethod
    def _key(place: Destination, number: int) -> str:
        return export_targets.key(archive_names.numbered(place, number))
