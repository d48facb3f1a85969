"""Which of several copies to keep, and why."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A file among others with the same bytes."""

    id: int
    path: bytes
    mtime_ns: int
    preference: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    copy: Copy
    reasons: tuple[str, ...]


def rank_identical(copies: Sequence[Copy]) -> list[Ranked]:
    """Order byte-identical copies, the keeper first.

    Preferred source, then earliest modification, shortest path, path.
    The order does not depend on the order in which they are given. Only the keeper has reasons.
    """
    ordered = sorted(
        copies, key=lambda copy: (-copy.preference, copy.mtime_ns, len(copy.path), copy.path, copy.id)
    )
    reasons = _reasons(ordered[0], ordered[1]) if len(ordered) > 1 else ()
    return [Ranked(copy=copy, reasons=reasons if copy is ordered[0] else ()) for copy in ordered]


def _reasons(first: Copy, second: Copy) -> tuple[str, ...]:
    if first.preference != second.preference:
        return ("its source is preferred",)
    if first.mtime_ns != second.mtime_ns:
        return ("it was modified earliest",)
    return ("its path is the shortest",) if len(first.path) != len(second.path) else ("its path comes first",)
