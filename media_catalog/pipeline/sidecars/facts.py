"""What a sidecar can say about one photo or video, whatever program wrote it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from media_catalog.pipeline.timestamps.candidates import Candidate


class Unreadable(Exception):
    """The content is not what its name promises; the message is for a person."""


class Position(NamedTuple):
    """A place in degrees, its altitude in metres."""

    lat: float
    lon: float
    altitude_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`None` and empty where the sidecar says nothing."""

    claims: tuple[Candidate, ...] = ()
    position: Position | None = None
    description: str | None = None
    rating: int | None = None
    keywords: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    albums: tuple[str, ...] = ()
    is_favourite: bool = False
    is_archived: bool = False
    is_trashed: bool = False


def merge(parts: Sequence[Facts]) -> Facts:
    """Put together what several sidecars say of one file, the most trusted first: it speaks where two do."""
    return Facts(
        claims=tuple(chain.from_iterable(part.claims for part in parts)),
        position=next((part.position for part in parts if part.position), None),
        description=next((part.description for part in parts if part.description), None),
        rating=next((part.rating for part in parts if part.rating is not None), None),
        keywords=_together(part.keywords for part in parts),
        people=_together(part.people for part in parts),
        albums=_together(part.albums for part in parts),
        is_favourite=any(part.is_favourite for part in parts),
        is_archived=any(part.is_archived for part in parts),
        is_trashed=any(part.is_trashed for part in parts),
    )


def _together(words: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(words)))
