"""Files that are one thing to a person: a Live Photo, RAW and JPEG, a motion photo, an edit and its original.

A shared name is never enough, as counters start again and folders are merged: times, identifiers or looks
have to agree as well. Rules: https://github.com/simulot/immich-go/issues/624 and others in the wishes of
its users.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from media_catalog.pipeline.duplicates import decide, grouping, keeper, moments, names
from media_catalog.pipeline.duplicates.moments import Moment
from media_catalog.pipeline.duplicates.units import VIDEO, Kind, Unit
from media_catalog.pipeline.look import likeness as looks

LIVE_S = 4.5  # Apple's videos are 3 s at most, others a little longer
LIVE_GAP_S = 2.0  # between the still and the start of its video
RAW_GAP_S = 1.0
RAW_CAMERA_GAP_S = 60.0  # of one camera: some write the end of a long exposure into one of the two
SAME_SCENE_PERMILLE = 150.0
MOST_IN_A_STACK = 12  # more files of one stem are no stack but a folder of copies


class StackKind(StrEnum):
    LIVE_PHOTO = "live_photo"
    RAW_JPEG = "raw_jpeg"
    MOTION_PHOTO = "motion_photo"
    EDITED = "edited"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Files that share one decision, date and name stem; the first leads: its look and date stand for all."""

    kind: StackKind
    members: tuple[Unit, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    kind: StackKind
    one: Unit
    other: Unit
    reason: str


def stacks_of(files: Iterable[Unit]) -> list[Stack]:
    """Find the stacks among files of one folder, or of one identifier; each file is in one at most."""
    units = {unit.id: unit for unit in files}
    links = [link for some in _neighbours(units.values()) for link in _links(some)]
    joined = grouping.components((link.one.id, link.other.id) for link in links)
    stacks = (_stack([units[one] for one in members], links) for members in joined)
    return sorted(stacks, key=lambda stack: stack.members[0].place)


def _neighbours(files: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Put files together that share a folder and a stem, or an identifier."""
    together: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in files:
        together[unit.folder, stem(unit.name)].append(unit)
        if unit.live_id:
            together[unit.folder, f"/live/{unit.live_id}"].append(unit)
    for some in together.values():
        if 1 < len(some) <= MOST_IN_A_STACK:
            yield some


def stem(name: str) -> str:
    """Strip what takes a motion photo's two files apart as well: `PXL_1.MP` and `PXL_1.MP.jpg`."""
    return names.stem(name).removesuffix(".mp")


def _links(files: Sequence[Unit]) -> Iterator[Link]:
    for one, other in combinations(files, 2):
        for rule in RULES:
            if link := rule(one, other) or rule(other, one):
                yield link
                break


def _live_photo(still: Unit, video: Unit) -> Link | None:
    if not still.is_picture or video.kind != VIDEO or (video.duration_s or 0) > LIVE_S:
        return None
    if still.live_id and still.live_id == video.live_id:
        return Link(kind=StackKind.LIVE_PHOTO, one=still, other=video, reason="same_identifier")
    if (still.live_id and video.live_id) or moments.are_other_cameras(still, video):
        return None
    kind = StackKind.MOTION_PHOTO if still.has_motion else StackKind.LIVE_PHOTO
    gap = moments.gap_s(still, video)
    if gap is not None:
        is_one = gap <= LIVE_GAP_S
        return Link(kind=kind, one=still, other=video, reason="name_and_time") if is_one else None
    is_one = video.duration_s is not None and _shows(still, video)
    return Link(kind=kind, one=still, other=video, reason="name_and_look") if is_one else None


def _raw_jpeg(raw: Unit, picture: Unit) -> Link | None:
    if raw.kind != "raw" or picture.kind != "image" or moments.are_other_cameras(raw, picture):
        return None
    gap = moments.gap_s(raw, picture)
    is_one_camera = any(raw.camera) and raw.camera == picture.camera
    if gap is None or gap > (RAW_CAMERA_GAP_S if is_one_camera else RAW_GAP_S):
        return None
    return Link(kind=StackKind.RAW_JPEG, one=raw, other=picture, reason="name_and_time")


def _edited(original: Unit, edit: Unit) -> Link | None:
    if not names.is_edited(edit.name) or names.is_edited(original.name) or original.kind != edit.kind:
        return None
    if original.content_ids & edit.content_ids:
        return Link(kind=StackKind.EDITED, one=original, other=edit, reason="same_identifier")
    moment = moments.compare(original, edit)
    if moment in (Moment.APART, Moment.SERIES):
        return None
    if moment is Moment.SAME or (moment is Moment.CLOSE and any(original.camera)):
        return Link(kind=StackKind.EDITED, one=original, other=edit, reason="name_and_time")
    relation = decide.relate(original, edit)
    is_one = relation is not None and relation.kind in (Kind.SAME_PIXELS, Kind.NEAR, Kind.EDITED)
    return Link(kind=StackKind.EDITED, one=original, other=edit, reason="name_and_look") if is_one else None


RULES: tuple[Callable[[Unit, Unit], Link | None], ...] = (_live_photo, _raw_jpeg, _edited)


def _shows(still: Unit, video: Unit) -> bool:
    """Tell whether a frame of a video shows the scene of a still."""
    if still.seen is None:
        return False
    found = (looks.likeness(still.seen, frame) for frame in video.frames)
    return any(like is not None and like.luma_permille <= SAME_SCENE_PERMILLE for like in found)


def _stack(members: Sequence[Unit], links: Sequence[Link]) -> Stack:
    ids = {unit.id for unit in members}
    own = [link for link in links if link.one.id in ids]
    kinds = {link.kind for link in own}
    return Stack(
        kind=next(kind for kind in StackKind if kind in kinds),
        members=tuple(sorted(members, key=_leading)),
        reasons=tuple(sorted({link.reason for link in own})),
    )


def _leading(unit: Unit) -> tuple[object, ...]:
    """Put a picture before its video, an original before its edit, what every program shows before RAW."""
    return (unit.kind == VIDEO, names.is_edited(unit.name), unit.kind == "raw", keeper.key(unit))
