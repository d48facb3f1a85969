"""What an XMP file, or the small picture of a video (THM), says: as read by ExifTool with `-G0:1 -n`.

Fields: https://developer.adobe.com/xmp/docs/XMPNamespaces/, people: https://iptc.org/standards/photo-metadata/.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from media_catalog.pipeline import probe, tag_text
from media_catalog.pipeline.probe import Probe
from media_catalog.pipeline.sidecars.facts import Facts, Position
from media_catalog.pipeline.timestamps import candidates

SOURCE = "sidecar:"
# A program that writes a sidecar leaves the file alone, so what a person corrected stands here only.
WEIGHTS = {"XMP:DateTimeOriginal": 10, "XMP:DateCreated": 10}
PEOPLE = (
    "XMP:XMP-iptcExt:PersonInImage",
    "XMP:XMP-MP:RegionPersonDisplayName",  # Windows Live and digiKam
)
REGION_NAMES, REGION_TYPES = "XMP:XMP-mwg-rs:RegionName", "XMP:XMP-mwg-rs:RegionType"
FACE = "Face"
NAME_LIMIT = 200
PEOPLE_MAX = 200


def facts(tags: Mapping[str, Any]) -> Facts:
    """Give what the sidecar says about its photo or video."""
    known = probe.probe(tags, sniffed_mime=None)
    return Facts(
        claims=tuple(
            replace(claim, source=SOURCE + claim.source, weight=WEIGHTS.get(claim.source, claim.weight))
            for claim in candidates.from_tags(tags)
        ),
        position=_position(known),
        description=known.description,
        rating=known.rating,
        keywords=known.keywords,
        people=_people(tags),
    )


def _position(known: Probe) -> Position | None:
    if known.gps_lat is None or known.gps_lon is None:
        return None
    return Position(known.gps_lat, known.gps_lon, known.gps_altitude_m)


def _people(tags: Mapping[str, Any]) -> tuple[str, ...]:
    names = [name for key in PEOPLE for name in _list(tags.get(key))]
    regions, types = _list(tags.get(REGION_NAMES)), _list(tags.get(REGION_TYPES))
    if len(regions) == len(types):  # else nobody can tell which region is a face
        names += [name for name, kind in zip(regions, types, strict=True) if kind == FACE]
    clean = (" ".join(tag_text.read_text(name, NAME_LIMIT).split()) for name in names[:PEOPLE_MAX])
    return tuple(dict.fromkeys(name for name in clean if name))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
