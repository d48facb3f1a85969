"""Leaves alone what is still being written: an import that nobody asked for must not take half a file."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from media_catalog.pipeline.scan import RefusedEntry, SourceFile, stored_mtime_ns

OPTION = "settle_s"  # of an import
GROWING = "growing"
MAX_HELD = 10_000  # entries, which bounds the memory
STEP_S = 0.5
Entry = SourceFile | RefusedEntry
State = tuple[int, int]  # size and modification time


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """An entry, with what has to stay as it is: its file, or the archive that it lies in."""

    entry: Entry
    path: bytes
    state: State | None  # `None`: there is nothing to wait for
    seen_s: float


def settled(
    entries: Iterable[Entry], *, root: bytes, settle_s: float, rest: Callable[[], object]
) -> Iterator[Entry]:
    """Yield each entry once its file has not changed for a while; what has changed is yielded as growing.

    No clock but this program's own is asked: that of a network folder may be wrong.

    :param rest: is called between short naps.
    """
    held: deque[_Held] = deque()
    for one in _carried(entries):
        held.append(one)
        while held and (len(held) > MAX_HELD or time.monotonic() >= held[0].seen_s + settle_s):
            yield _released(held.popleft(), root, settle_s, rest)
    while held:
        yield _released(held.popleft(), root, settle_s, rest)


def is_growing(entry: Entry) -> bool:
    """Tell whether an entry was left alone because its file had not settled."""
    return isinstance(entry, RefusedEntry) and entry.code == GROWING


def _carried(entries: Iterable[Entry]) -> Iterator[_Held]:
    """Add to each entry what carries it; an archive comes before its members."""
    carrier: _Held | None = None
    for entry in entries:
        now_s = time.monotonic()
        if carrier is not None and entry.path.startswith(carrier.path + b"/"):
            yield _Held(entry=entry, path=carrier.path, state=carrier.state, seen_s=now_s)
        else:
            is_known = entry.size_bytes is not None and entry.mtime_ns is not None
            state = (entry.size_bytes or 0, entry.mtime_ns or 0) if is_known else None
            carrier = _Held(entry=entry, path=entry.path, state=state, seen_s=now_s)
            yield carrier


def _released(one: _Held, root: bytes, settle_s: float, rest: Callable[[], object]) -> Entry:
    if one.state is None:
        return one.entry
    while (left_s := one.seen_s + settle_s - time.monotonic()) > 0:
        time.sleep(min(STEP_S, left_s))
        rest()
    if _state(os.path.join(root, one.path)) == one.state:  # noqa: PTH118  bytes
        return one.entry
    return RefusedEntry(
        path=one.entry.path,
        is_failure=False,
        code=GROWING,
        text="still being written",
        size_bytes=None,
        mtime_ns=None,
    )


def _state(path: bytes) -> State | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_size, stored_mtime_ns(status.st_mtime_ns)
