"""What two files are to each other, and the evidence for it."""

from dataclasses import dataclass
from math import log
from statistics import median

from media_catalog.pipeline.duplicates import moments, names
from media_catalog.pipeline.duplicates.moments import Moment
from media_catalog.pipeline.duplicates.units import VIDEO, Kind, Unit
from media_catalog.pipeline.look import likeness as looks
from media_catalog.pipeline.look.likeness import Likeness

# A copy that was only re-encoded, scaled or turned; measured: at most 17 bits, 9 permille, 1 step.
NEAR_HASH_BITS = 6
TURNED_HASH_BITS = 10  # the hash of a turned picture is known up to a few bits
NEAR_DETAIL_BITS = 18
NEAR_LUMA_PERMILLE = 12.0
NEAR_COLOUR_STEPS = 2.5
# Closer than two shots of a hand-held series ever are; sure enough to stand against what clocks say.
SURE_DETAIL_BITS = 8
SURE_LUMA_PERMILLE = 6.0
# An edited copy: lighter, grey, marked; measured: at most 33 bits, 54 permille.
EDITED_HASH_BITS = 10
EDITED_DETAIL_BITS = looks.SAME_DETAIL_BITS
EDITED_LUMA_PERMILLE = 120.0
COVERED_LUMA_PERMILLE = 400.0  # where the rest agrees as in a near copy: a part is covered, or cut off
MOST_BITS = max(TURNED_HASH_BITS, EDITED_HASH_BITS)  # whoever wants to be stricter may
ASPECT_TOLERANCE = 0.02
SIZE_TOLERANCE = 0.01
# A cropped copy: (bits of 64, permille) of the window.
WINDOWS = ((4, 150.0), (looks.WINDOW_BITS, 30.0))
WINDOW_COLOUR_STEPS = 12.0
SERIES_LUMA_PERMILLE = 400.0  # shots of a series show one scene
IN_SERIES = (Moment.SERIES, Moment.CLOSE, Moment.SAME)
SIMILAR_DETAIL_BITS = 60
SIMILAR_LUMA_PERMILLE = 150.0
VIDEO_COLOUR_STEPS = 5.0
SHORT_VIDEO_S = 3.5  # the clips of Live Photos and shorter ones are hardly more than one picture
SAME_LENGTH_S = 0.5
SAME_LENGTH_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """What two files are to each other.

    `reasons` are codes that `words` puts into sentences; `distance` sorts the nearest first within a kind.
    """

    kind: Kind
    reasons: tuple[str, ...]
    distance: float
    likeness: Likeness | None = None
    moment: Moment = Moment.UNKNOWN


def relate(
    one: Unit, other: Unit, *, with_mirrored: bool = False, most_bits: int = MOST_BITS
) -> Relation | None:
    """Decide what two files are to each other; `None` for nothing. The order of the two does not matter.

    Pictures whose hashes differ in more than `most_bits` of 64 are neither near nor edited copies, if that
    is fewer than usual; series, videos and equal pixels are what they are.
    """
    if one.sha256 == other.sha256:
        return Relation(kind=Kind.IDENTICAL, reasons=("same_bytes",), distance=0)
    if (one.kind == VIDEO) != (other.kind == VIDEO):
        return None
    one, other = sorted((one, other), key=lambda unit: (unit.sha256, unit.id))
    moment = moments.compare(one, other)
    if _has_same_pixels(one, other, moment):
        reasons = ("same_pixels", "times_differ") if moment is Moment.APART else ("same_pixels",)
        return Relation(kind=Kind.SAME_PIXELS, reasons=reasons, distance=0, moment=moment)
    if one.kind == VIDEO:
        return _relate_videos(one, other, moment)
    if one.seen is None or other.seen is None:
        return None
    found = looks.likeness(one.seen, other.seen, with_mirrored=with_mirrored)
    relation = None if found is None else _relate_pictures(one, other, found, moment)
    return None if relation and _is_beyond(relation, most_bits) else relation


def _is_beyond(relation: Relation, most_bits: int) -> bool:
    """Tell whether a copy looks more different than somebody wants; a crop is judged by its window."""
    if most_bits >= MOST_BITS or relation.kind not in (Kind.NEAR, Kind.EDITED):
        return False
    return relation.likeness is not None and relation.likeness.hash_bits > most_bits


def _has_same_pixels(one: Unit, other: Unit, moment: Moment) -> bool:
    """Tell whether only metadata differ. Of pictures that show nothing, two cameras make the same."""
    if not one.image_data_hash or one.image_data_hash != other.image_data_hash:
        return False
    is_telling = one.kind == VIDEO or bool(one.seen and one.seen.is_telling)
    return is_telling or moment is not Moment.APART


def _relate_pictures(one: Unit, other: Unit, found: Likeness, moment: Moment) -> Relation | None:
    if kind := _kind_of_copy(one, other, found):
        kind = _in_time(one, other, found, moment, kind)
    elif moment is Moment.SAME and not names.have_other_counters(one.name, other.name):
        kind = Kind.EDITED  # one shot: much of it was cut off, or changed
    elif moment in IN_SERIES and found.luma_permille <= SERIES_LUMA_PERMILLE:
        kind = Kind.BURST
    elif _is_similar(found):
        kind = Kind.SIMILAR
    if kind is None:
        return None
    reasons = _reasons(one, other, found, moment, kind)
    return Relation(
        kind=kind, reasons=reasons, distance=_distance(found, kind), likeness=found, moment=moment
    )


def _kind_of_copy(one: Unit, other: Unit, found: Likeness) -> Kind | None:
    """Tell what kind of copy two pictures are by their looks alone."""
    if found.window is not None:
        is_close = any(
            found.hash_bits <= bits and found.luma_permille <= permille for bits, permille in WINDOWS
        )
        has_colours = found.is_colour_lost or found.colour_steps <= WINDOW_COLOUR_STEPS
        return Kind.EDITED if is_close and has_colours else None
    if _is_near(found) and _has_same_shape(one, other, found):
        return Kind.NEAR
    return Kind.EDITED if _is_edited(found) else None


def _is_near(found: Likeness) -> bool:
    is_turned = bool(found.turn) or found.is_mirrored
    return (
        found.hash_bits <= (TURNED_HASH_BITS if is_turned else NEAR_HASH_BITS)
        and (found.detail_bits or 0) <= NEAR_DETAIL_BITS
        and found.luma_permille <= NEAR_LUMA_PERMILLE
        and found.colour_steps <= NEAR_COLOUR_STEPS
    )


def _is_edited(found: Likeness) -> bool:
    detail_bits = found.detail_bits or 0
    is_alike = found.hash_bits <= EDITED_HASH_BITS and detail_bits <= EDITED_DETAIL_BITS
    most = COVERED_LUMA_PERMILLE if detail_bits <= NEAR_DETAIL_BITS else EDITED_LUMA_PERMILLE
    return is_alike and found.luma_permille <= most


def _is_sure(found: Likeness) -> bool:
    return (
        found.window is None
        and (found.detail_bits or 0) <= SURE_DETAIL_BITS
        and found.luma_permille <= SURE_LUMA_PERMILLE
        and found.colour_steps <= NEAR_COLOUR_STEPS
    )


def _is_similar(found: Likeness) -> bool:
    is_like = found.detail_bits is not None and found.detail_bits <= SIMILAR_DETAIL_BITS
    return is_like and found.luma_permille <= SIMILAR_LUMA_PERMILLE


def _in_time(one: Unit, other: Unit, found: Likeness, moment: Moment, kind: Kind) -> Kind | None:
    """Let clocks and names object to what looks say."""
    if moment is Moment.APART:
        return kind if kind is Kind.NEAR and _is_sure(found) else Kind.SIMILAR
    if moment is Moment.SERIES:
        return Kind.BURST
    if moment is Moment.CLOSE and not _is_one_shot(one, other, found, kind):
        return Kind.BURST
    # Without times, the numbers that a camera gave tell shots of a series from edits of one.
    has_other_number = kind is Kind.EDITED and names.have_other_counters(one.name, other.name)
    if moment is Moment.UNKNOWN and has_other_number and _is_one_size(one, other):
        return Kind.BURST
    return kind


def _is_one_shot(one: Unit, other: Unit, found: Likeness, kind: Kind) -> bool:
    """Tell copies from shots of a series, where the clocks know whole seconds only."""
    if names.have_other_counters(one.name, other.name):
        return False
    is_sure = kind is Kind.NEAR and _is_sure(found)
    is_other_size = not _is_one_size(one, other)  # shots of a series have one
    return is_sure or is_other_size or found.is_colour_lost or names.have_one_stem(one.name, other.name)


def _is_one_size(one: Unit, other: Unit) -> bool:
    """Tell whether two pictures have the same sides, turned or not, or sizes that are unknown."""
    if not one.pixels or not other.pixels:
        return True
    sides = zip(_sides(one), _sides(other), strict=True)
    return all(abs(mine - theirs) <= SIZE_TOLERANCE * max(mine, theirs) for mine, theirs in sides)


def _sides(unit: Unit) -> list[int]:
    return sorted((unit.width_px or 0, unit.height_px or 0))


def _has_same_shape(one: Unit, other: Unit, found: Likeness) -> bool:
    """Tell whether two pictures have the same aspect; unknown sizes contradict nothing."""
    if not (one.width_px and one.height_px and other.width_px and other.height_px):
        return True
    aspect, expected = one.width_px / one.height_px, other.width_px / other.height_px
    smallest = min(one.width_px, one.height_px, other.width_px, other.height_px)
    tolerance = ASPECT_TOLERANCE + 1 / smallest  # a side is a whole number of pixels
    return abs(log((1 / aspect if found.turn % 2 else aspect) / expected)) <= tolerance


def _relate_videos(one: Unit, other: Unit, moment: Moment) -> Relation | None:
    """Compare videos frame by frame: equally long, and the same in most of what they show."""
    if moment in (Moment.APART, Moment.SERIES) or not _is_same_length(one, other):
        return None
    pairs = [
        found
        for first, second in zip(one.frames, other.frames, strict=False)
        if (found := looks.likeness(first, second)) and found.window is None
    ]
    telling = sum(frame.is_telling for frame in one.frames)
    if not pairs or len(one.frames) != len(other.frames) or 2 * len(pairs) <= telling:
        return None
    typical = sorted(pairs, key=lambda found: found.order)[len(pairs) // 2]
    is_copy = all(_is_edited(found) for found in pairs) and len({found.turn for found in pairs}) == 1
    has_colours = median(found.colour_steps for found in pairs) <= VIDEO_COLOUR_STEPS
    if not (is_copy and has_colours and _has_said_enough(one, other, moment)):
        return None
    return Relation(
        kind=Kind.NEAR,
        reasons=("same_frames", *_reasons(one, other, typical, moment, Kind.NEAR)),
        distance=_distance(typical, Kind.NEAR),
        likeness=typical,
        moment=moment,
    )


def _has_said_enough(one: Unit, other: Unit, moment: Moment) -> bool:
    """Tell whether there is more than one scene to compare, or a time or name that speaks for a copy."""
    is_long = min(one.duration_s or 0, other.duration_s or 0) >= SHORT_VIDEO_S
    return is_long or moment in IN_SERIES or names.have_one_stem(one.name, other.name)


def _is_same_length(one: Unit, other: Unit) -> bool:
    if not one.duration_s or not other.duration_s:
        return False
    allowed = max(SAME_LENGTH_S, SAME_LENGTH_SHARE * max(one.duration_s, other.duration_s))
    return abs(one.duration_s - other.duration_s) <= allowed


def _reasons(one: Unit, other: Unit, found: Likeness, moment: Moment, kind: Kind) -> tuple[str, ...]:
    codes = {
        "cropped": found.window is not None,
        "turned": bool(found.turn),
        "mirrored": found.is_mirrored,
        "grey": found.is_colour_lost,
        "retouched": kind is Kind.EDITED and found.window is None and not found.is_colour_lost,
        "scaled": kind is Kind.NEAR and one.pixels != other.pixels,
        "recoded": kind is Kind.NEAR and one.mime_type == other.mime_type and one.pixels == other.pixels,
        "converted": kind is Kind.NEAR and one.mime_type != other.mime_type,
        "same_moment": moment is Moment.SAME,
        "series": kind is Kind.BURST,
        "times_differ": moment is Moment.APART,
        "time_unknown": moment is Moment.UNKNOWN,
        "other_picture": kind is Kind.SIMILAR,
    }
    return tuple(code for code, holds in codes.items() if holds)


def _distance(found: Likeness, kind: Kind) -> float:
    if kind is Kind.BURST:
        return found.luma_permille
    return found.order[0] + found.luma_permille / looks.PERMILLE
