"""Which of several copies to keep, and why, in an order that no import and no machine changes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from media_catalog.pipeline.duplicates import names
from media_catalog.pipeline.duplicates.units import Unit

# Copies whose sides differ by less are of one size: encoders cut to whole blocks.
SIZE_TOLERANCE = 0.98
# Formats that cameras write, then those that copies are made in.
CAMERA_TYPES = frozenset(["image/heic", "image/heif", "video/quicktime"])
PNG_AND_LIKE = frozenset(["image/png", "image/bmp", "image/gif", "image/webp"])
SHARPER = 1.1  # times as sharp, so that noise does not decide
LESS_CLIPPED = 0.02  # of all pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the order: the greater value wins; `code` says why, in words by `words`."""

    code: str
    value: Callable[[Unit], Any]


def real_pixels(unit: Unit) -> float:
    """Give the pixels that show something: a blown-up copy has no more than what it was made from."""
    return unit.pixels * min(unit.resolved_share or 1.0, 1.0) ** 2


def originality(unit: Unit) -> int:
    """Tell how likely a file is what the camera wrote: 3 untouched, 0 passed on by a messenger."""
    if names.is_messenger(unit.name):
        return 0
    is_touched = names.is_edited(unit.name) or names.is_copied(unit.name)
    return 1 + bool(unit.has_camera_tags) + bool(unit.has_camera_tags and not is_touched)


def _size_class(unit: Unit) -> int:
    """Put sizes into steps of two per cent and more."""
    pixels, step = real_pixels(unit), 0
    while pixels > 1:
        pixels *= SIZE_TOLERANCE**2
        step += 1
    return step


def _format(unit: Unit) -> int:
    if unit.kind == "raw":
        return 3
    if unit.mime_type in CAMERA_TYPES:
        return 2
    return 0 if unit.mime_type in PNG_AND_LIKE else 1


# RULES of the order; sources: immich, PhotoStructure, digiKam and the wishes of their users.
STEPS = (
    Step(code="source_preferred", value=lambda unit: unit.preference),
    Step(code="undamaged", value=lambda unit: not unit.is_damaged),
    Step(code="original", value=originality),
    Step(code="moving", value=lambda unit: unit.has_motion),
    Step(code="more_pixels", value=_size_class),
    Step(code="better_format", value=_format),
    Step(code="has_position", value=lambda unit: unit.has_position),
    Step(code="has_offset", value=lambda unit: unit.has_offset),
    Step(code="more_metadata", value=lambda unit: unit.facts),
    Step(code="more_bytes", value=lambda unit: unit.size_bytes),
    Step(code="earliest", value=lambda unit: -unit.mtime_ns),
    Step(code="shortest_path", value=lambda unit: -len(unit.place)),
)


def key(unit: Unit) -> tuple[Any, ...]:
    """Give what sorts copies, the keeper first; no two files have the same."""
    return (*(_less(step.value(unit)) for step in STEPS), unit.place, unit.id)


def rank(units: Sequence[Unit]) -> list[Unit]:
    return sorted(units, key=key)


def reasons(keeper: Unit, other: Unit) -> tuple[str, ...]:
    """Say why one file is kept rather than another: the deciding step first, then what else is for it."""
    if key(keeper) > key(other):
        return ()
    codes = tuple(step.code for step in STEPS if step.value(keeper) > step.value(other))
    return codes or ("path_first",)


def all_reasons(keeper: Unit, others: Sequence[Unit]) -> tuple[str, ...]:
    """Say why one file is kept rather than each of the others, in the order of the steps."""
    codes = {code for other in others for code in reasons(keeper, other)}
    return tuple(code for code in (*(step.code for step in STEPS), "path_first") if code in codes)


def rank_series(units: Sequence[Unit]) -> list[Unit]:
    """Order the shots of a series, the best first: whole, sharp, well exposed, then the first one.

    What is within a tenth of the sharpest counts as sharp.
    """
    sharpest = max((unit.sharpness or 0.0 for unit in units), default=0.0)
    least_clipped = min((unit.clipped_share or 0.0 for unit in units), default=0.0)

    def order(unit: Unit) -> tuple[Any, ...]:
        is_sharp = (unit.sharpness or 0.0) * SHARPER >= sharpest
        is_exposed = (unit.clipped_share or 0.0) <= least_clipped + LESS_CLIPPED
        sharpness = 0.0 if is_sharp else -(unit.sharpness or 0.0)
        return (
            -unit.preference,
            unit.is_damaged,
            not is_sharp,
            sharpness,
            not is_exposed,
            unit.name,
            key(unit),
        )

    return sorted(units, key=order)


def series_reasons(best: Unit, other: Unit) -> tuple[str, ...]:
    """Say why one shot of a series is better than another."""
    codes = {
        "source_preferred": best.preference > other.preference,
        "undamaged": other.is_damaged and not best.is_damaged,
        "sharper": (best.sharpness or 0.0) > (other.sharpness or 0.0) * SHARPER,
        "better_exposed": (other.clipped_share or 0.0) > (best.clipped_share or 0.0) + LESS_CLIPPED,
    }
    return tuple(code for code, holds in codes.items() if holds) or ("first_of_series",)


def needs_a_closer_look(one: Unit, other: Unit) -> bool:
    """Tell whether it takes `look.resolution` to know which of two copies has the real pixels.

    That is so where the larger one is not known to be what the camera wrote.
    """
    larger, smaller = (one, other) if one.pixels >= other.pixels else (other, one)
    is_larger = larger.pixels * SIZE_TOLERANCE**2 > smaller.pixels
    return is_larger and larger.resolved_share is None and originality(larger) < 3


def _less(value: Any) -> Any:
    return -value
