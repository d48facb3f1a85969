"""When a watched folder is due for an import: something changed, and then nothing for a while."""

import hashlib

from media_catalog.models import Source
from media_catalog.pipeline.scan import UnreadableRoot, scan
from media_catalog.services import faults, sources

LONGEST_WAIT_S = 60  # for a folder in which something changes all the time
OURS_OR_HIDDEN = ("hidden", "own_data", "system_file")  # nobody waits for an import of these


def fingerprint(source: Source) -> bytes:
    """Return a digest of the names, sizes and times of all files below a source.

    :raises Lost: when the folder is not there, or is empty though it held files: its disk has gone.
    """
    faults.require_source(source)
    digest = hashlib.blake2b(digest_size=16)
    try:
        found = scan(source.root, excluded=sources.excluded_below(source.root), opens_archives=False)
        for entry in found:
            if getattr(entry, "code", "") not in OURS_OR_HIDDEN:
                digest.update(b"%b\0%d\0%d\0" % (entry.path, entry.size_bytes or 0, entry.mtime_ns or 0))
    except UnreadableRoot as error:
        raise faults.Lost(str(error)) from error
    return digest.digest()


class Watch:
    """Decides from one look after the other. It forgets everything with its process, which does no harm:
    the first import of the next one finds by the catalogue what is new.
    """

    def __init__(self, *, settle_s: float) -> None:
        self.settle_s = settle_s
        self._imported: bytes | None = None
        self._seen: bytes | None = None
        self._changed_s = self._due_since_s = 0.0

    def is_due(self, seen: bytes, *, at_s: float) -> bool:
        """Tell whether to import now; `at_s` is of a clock that is never set.

        Where something changes all the time, what has settled is not kept waiting for the rest.
        """
        if self._seen in (None, self._imported) or seen == self._imported:
            self._due_since_s = at_s
        if seen != self._seen:
            self._seen, self._changed_s = seen, at_s
        longest_s = max(LONGEST_WAIT_S, 2 * self.settle_s)
        has_settled = at_s - self._changed_s >= self.settle_s
        return seen != self._imported and (has_settled or at_s - self._due_since_s >= longest_s)

    def imports(self) -> None:
        """Note that an import begins, which finds at least what was seen last."""
        self._imported = self._seen

    def forget(self) -> None:
        """Note that the last import came to nothing, so that the next look begins another one."""
        self._imported = self._seen = None
