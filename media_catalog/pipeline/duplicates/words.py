"""The evidence in words, as it is shown beside a group."""

from media_catalog.pipeline.duplicates.decide import Relation
from media_catalog.pipeline.duplicates.units import Unit
from media_catalog.pipeline.look.signature import DETAIL_BITS

RELATIONS = {
    "same_bytes": "the same bytes",
    "same_pixels": "the same picture data, other metadata",
    "same_frames": "equally long, and the same frames",
    "scaled": "another size",
    "recoded": "re-encoded",
    "converted": "another format",
    "turned": "turned",
    "mirrored": "mirrored",
    "cropped": "cropped",
    "grey": "without its colours",
    "retouched": "lighter, darker, marked or otherwise edited",
    "same_moment": "taken at the same fraction of a second",
    "series": "shots of one series",
    "times_differ": "their dates contradict each other",
    "time_unknown": "one of them does not know when it was taken",
    "other_picture": "a similar scene",
}
KEEPERS = {
    "source_preferred": "its source is preferred",
    "undamaged": "the other one is damaged",
    "original": "it is what the camera wrote",
    "moving": "it holds a moving picture as well",
    "more_pixels": "it has more real pixels",
    "better_format": "its format is the camera's own",
    "has_position": "it knows where it was taken",
    "has_offset": "it knows its time zone",
    "more_metadata": "it has more metadata",
    "more_bytes": "it is larger",
    "earliest": "it was modified earliest",
    "shortest_path": "its path is the shortest",
    "path_first": "its path comes first",
    "sharper": "it is sharper",
    "better_exposed": "it is better exposed",
    "first_of_series": "it is the first of the series",
}


def of_relation(relation: Relation) -> str:
    """Say what two files are to each other: "re-encoded, another size: 2 of 64 bits differ"."""
    said = ", ".join(RELATIONS[code] for code in relation.reasons)
    found = relation.likeness
    if found is None:
        return said
    bits = f"{found.hash_bits} of 64 bits differ"
    detail = "" if found.detail_bits is None else f" and {found.detail_bits} of {DETAIL_BITS} of the details"
    return f"{said}: {bits}{detail}"


def of_size(keeper: Unit, other: Unit) -> str:
    """Compare the sizes of two copies: "half as wide"; empty where they are the same or unknown."""
    if not keeper.pixels or not other.pixels or keeper.pixels == other.pixels:
        return ""
    return f"{other.width_px} by {other.height_px} instead of {keeper.width_px} by {keeper.height_px} pixels"


def of_keeper(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Say why a file is kept, one reason each."""
    return tuple(KEEPERS[code] for code in codes)
