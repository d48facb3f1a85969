"""Which photo or video a Google Takeout JSON speaks for: rules that are certain, tried in a fixed order.

Sources: https://github.com/ente-io/ente/pull/4956, https://github.com/simulot/immich-go (matchers.go) and
the issues of GooglePhotosTakeoutHelper. Where two fit at one step it is ambiguous, and neither is taken.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from media_catalog.pipeline.sidecars import takeout_names
from media_catalog.pipeline.sidecars.takeout_index import Found, Index, Json
from media_catalog.pipeline.sidecars.takeout_names import LIVE_HALVES, MOTION, STILLS, Name


class Rule(StrEnum):
    """How a match was found, the surest first."""

    TITLE = "title"
    NAME = "full name"
    COUNTER = "counter moved"
    CLIPPED = "clipped name"
    NO_EXTENSION = "no extension"
    STRANGE_TITLE = "title, not name"
    EDITED = "edited copy"
    COMPANION = "companion"


RULES = tuple(Rule)
SHARED = frozenset((Rule.EDITED, Rule.COMPANION))  # several files may use the JSON of one original


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A photo or video: `folder` is any name of its folder on the disk, `name` its base name."""

    key: int
    folder: str
    name: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    medium: int
    json: int
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What belongs together; and for each JSON that is not taken because of it, the media it could fit."""

    found: tuple[Match, ...]
    ambiguous: Mapping[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    medium: Medium
    json: Json
    rule: Rule
    is_folded: bool  # equal only when case and replaced characters do not count

    def rank(self) -> tuple[int, bool]:
        return RULES.index(self.rule), self.is_folded


def match(media: Iterable[Medium], jsons: Iterable[Json]) -> Matches:
    """Match the files of one album, which may lie in several folders: one for each part of the export.

    A JSON of the medium's own folder goes before one of another part.
    """
    index = Index.of(jsons)
    claims: list[_Claim] = []
    ambiguous: dict[int, list[int]] = defaultdict(list)
    for medium in media:
        found = _find(medium, index)
        if len(found) == 1:
            claims += found
        for claim in found if len(found) > 1 else ():
            ambiguous[claim.json.key].append(medium.key)
    kept = _settle(claims, ambiguous)
    return Matches(
        found=tuple(Match(medium=one.medium.key, json=one.json.key, rule=one.rule) for one in kept),
        ambiguous={key: tuple(media) for key, media in ambiguous.items()},
    )


def _find(medium: Medium, index: Index) -> list[_Claim]:
    """Find the JSON of a medium: none, one, or the several between which nothing decides."""
    for rule, found in _steps(takeout_names.text(medium.name), index):
        for jsons, is_folded in ((found.exact, False), (found.folded, True)):
            if jsons:
                nearest = _nearest(jsons, medium.folder)
                return [_Claim(medium=medium, json=one, rule=rule, is_folded=is_folded) for one in nearest]
    return []


def _nearest(jsons: Sequence[Json], folder: str) -> list[Json]:
    near = [json for json in jsons if json.folder == folder] or jsons
    return list({json.sense(): json for json in reversed(near)}.values())


def _steps(name: str, index: Index) -> Iterator[tuple[Rule, Found]]:
    yield from _own_steps(takeout_names.of_medium(name), index)
    originals = [takeout_names.of_medium(one) for one in takeout_names.unedited(name)]
    for readings in originals:
        for _, found in _own_steps(readings, index):
            yield Rule.EDITED, found
        for one in readings:  # what was a HEIC is a JPEG once it is edited
            is_still = one.extension in STILLS
            yield Rule.EDITED, index.by_stem(one.stem, one.counter, is_still=is_still)
    for readings in (takeout_names.of_medium(name), *originals):
        for one in readings:
            for found in _of_other_half(one, index):
                yield Rule.COMPANION, found


def _own_steps(readings: Sequence[Name], index: Index) -> Iterator[tuple[Rule, Found]]:
    whole, counted = readings[0], readings[1:]
    yield Rule.TITLE, index.by_title(whole)
    yield Rule.NAME, index.by_name(whole)
    for one in counted:
        yield Rule.COUNTER, index.by_title(one)
        yield Rule.COUNTER, index.by_name(one)
    for one in readings:
        yield Rule.CLIPPED, index.by_clipped(one)
    for one in readings:
        stem = Name(one.stem, one.counter)
        yield Rule.NO_EXTENSION, index.by_title(stem)
        yield Rule.NO_EXTENSION, index.by_name(stem)
    yield Rule.STRANGE_TITLE, index.by_strange_title(whole)


def _of_other_half(name: Name, index: Index) -> Iterator[Found]:
    """Look for the still whose JSON a video or second still shares: IMG_1.MP4 that of IMG_1.HEIC."""
    if MOTION.fullmatch(name.extension):
        yield index.by_stem(name.name, name.counter, is_still=True)  # a.MP and a.MP.jpg
    if MOTION.fullmatch(name.extension) or name.extension in LIVE_HALVES:
        yield index.by_stem(name.stem, name.counter, is_still=True)
        yield index.stills_by_clipped(name)


def _settle(claims: Iterable[_Claim], ambiguous: dict[int, list[int]]) -> Iterator[_Claim]:
    """Give each JSON to the one medium that it fits best, and to edited copies and other halves."""
    by_json: dict[int, list[_Claim]] = defaultdict(list)
    for claim in claims:
        by_json[claim.json.key].append(claim)
    for key, rivals in by_json.items():
        yield from (claim for claim in rivals if claim.rule in SHARED)
        owners = _best([claim for claim in rivals if claim.rule not in SHARED])
        if len(owners) < 2:
            yield from owners
        elif halves := _halves(owners):
            yield from halves
        else:
            ambiguous[key].extend(claim.medium.key for claim in owners)


def _best(rivals: Sequence[_Claim]) -> list[_Claim]:
    best = min((claim.rank() for claim in rivals), default=None)
    owners = [claim for claim in rivals if claim.rank() == best]
    return [claim for claim in owners if claim.medium.folder == claim.json.folder] or owners


def _halves(owners: Sequence[_Claim]) -> list[_Claim]:
    """Tell whether rivals are one still and its video: only without an extension do both fit one JSON."""
    extensions = [takeout_names.split(takeout_names.text(one.medium.name))[1] for one in owners]
    stills = [one for one, extension in zip(owners, extensions, strict=True) if extension in STILLS]
    others = [one for one in owners if one not in stills]
    are_halves = all(extension in LIVE_HALVES | STILLS for extension in extensions)
    if len(stills) != 1 or not are_halves:
        return []
    return [*stills, *(replace(one, rule=Rule.COMPANION) for one in others)]
