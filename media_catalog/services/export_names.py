"""Free names in an archive: no copy ever takes the place of another file."""

import os
from collections.abc import Iterable

from django.db.models import Max

from media_catalog.models import ExportedFile
from media_catalog.pipeline import archive_names
from media_catalog.pipeline.archive_names import Destination
from media_catalog.services import export_targets, tools


class Namer:
    """Hands out the next free name of each place; what it gave is taken, whether it is stored already or not.

    `root` and `archive_id` are those of the archive; an archive that is only planned has no id.
    """

    def __init__(self, root: bytes, archive_id: int | None) -> None:
        self._root = root
        self._rows = ExportedFile.objects.filter(archive=archive_id)
        self._numbers: dict[str, int] = {}
        self._given: set[str] = set()

    def learn(self, stem_keys: Iterable[str]) -> None:
        """Look up in one go which numbers these names have reached."""
        for part in tools.slices(set(stem_keys) - self._numbers.keys(), 500):
            reached = self._rows.filter(stem_key__in=part).values_list("stem_key").annotate(Max("number"))
            self._numbers |= dict.fromkeys(part, -1) | dict(reached)

    def next(self, place: Destination) -> tuple[str, int]:
        """Return a free path, relative to the archive, and its number.

        Numbers are never used again, even where one has become free: a name stands for one picture for good.
        """
        stem_key = export_targets.stem_key(place)
        self.learn([stem_key])
        while True:
            self._numbers[stem_key] += 1
            relative = archive_names.numbered(place, self._numbers[stem_key])
            if self._is_free(relative):
                self._given.add(export_targets.key(relative))
                return relative, self._numbers[stem_key]

    def _is_free(self, relative: str) -> bool:
        key = export_targets.key(relative)
        if key in self._given or self._rows.filter(destination_key=key).exists():
            return False
        return not os.path.lexists(os.path.join(self._root, os.fsencode(relative)))  # noqa: PTH118  bytes
