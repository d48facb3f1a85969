"""Which tags tell a copy where it was taken, what it shows and whom: only what its file does not say itself.

Where they belong: https://www.metadataworkinggroup.org, people: https://iptc.org/standards/photo-metadata/.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from media_catalog.pipeline import probe
from media_catalog.pipeline.exiftool import TagEdit
from media_catalog.pipeline.sidecars import xmp
from media_catalog.pipeline.sidecars.facts import Position

DESCRIPTION, RATING = "XMP-dc:Description", "XMP-xmp:Rating"
EXIF_DESCRIPTION, EXIF_DESCRIPTION_KEY = "EXIF:ImageDescription", "EXIF:IFD0:ImageDescription"
PERSON = "XMP-iptcExt:PersonInImage"
MOVIE_PLACE = "Keys:GPSCoordinates"
EXIF_PLACE, XMP_PLACE = "EXIF:GPS", "XMP-exif:GPS"
PLACES = (MOVIE_PLACE, EXIF_PLACE, XMP_PLACE)
# Degrees and metres are kept as fractions: what is read back differs from what was written by less.
PLACE_TOLERANCE = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What is known of a picture beside its date; `None` and empty where nothing is."""

    position: Position | None = None
    description: str | None = None
    rating: int | None = None
    people: Sequence[str] = ()


NOTHING = About()


def edits(about: About, *, tags: Mapping[str, Any], is_movie: bool) -> list[TagEdit]:
    """List the edits that tell a copy what its file, with these tags, does not say."""
    own = probe.probe(tags, sniffed_mime=None)
    found: list[TagEdit] = []
    if about.position and own.gps_lat is None:
        found += _movie_place(about.position) if is_movie else _picture_place(about.position)
    if own.description is None and (text := _clean(about.description or "")):
        found.append(TagEdit(tag=DESCRIPTION, value=text))
        if not is_movie and EXIF_DESCRIPTION_KEY not in tags:  # where older programs look
            found.append(TagEdit(tag=EXIF_DESCRIPTION, value=text))
    if about.rating is not None and own.rating is None:
        found.append(TagEdit(tag=RATING, value=str(about.rating)))
    return found + _people(about.people, tags)


def as_xmp(given: Sequence[TagEdit], *, tags: Mapping[str, Any]) -> list[TagEdit]:
    """Say the same in XMP alone, which hides the people in its file and so repeats those of `tags`."""
    places = {edit.tag: edit.value for edit in given if edit.tag.startswith(PLACES)}
    people = [edit for edit in given if edit.tag == PERSON]
    if people:
        people = [*(_person(name) for name in xmp.facts(tags).people), *people]
    words = [edit for edit in given if edit.tag in (DESCRIPTION, RATING)]
    return [*_xmp_place(places), *words, *people]


def is_place(tag: str) -> bool:
    """Tell whether a tag holds coordinates."""
    return tag.startswith(PLACES) and not tag.endswith("Ref")


def is_same_place(one: str, other: str) -> bool:
    """Tell whether two texts of coordinates mean the same, as far as tags can tell."""
    try:
        pairs = list(zip(map(float, one.split()), map(float, other.split()), strict=True))
    except ValueError:
        return False
    return bool(pairs) and all(abs(a - b) <= PLACE_TOLERANCE for a, b in pairs)


def _picture_place(position: Position) -> list[TagEdit]:
    latitude, longitude, altitude = position
    found = [
        TagEdit(tag="EXIF:GPSLatitude", value=_number(abs(latitude))),
        TagEdit(tag="EXIF:GPSLatitudeRef", value="S" if latitude < 0 else "N"),
        TagEdit(tag="EXIF:GPSLongitude", value=_number(abs(longitude))),
        TagEdit(tag="EXIF:GPSLongitudeRef", value="W" if longitude < 0 else "E"),
    ]
    return [*found, *_altitude(EXIF_PLACE, altitude)]


def _movie_place(position: Position) -> list[TagEdit]:
    known = (number for number in position if number is not None)
    return [TagEdit(tag=MOVIE_PLACE, value=" ".join(map(_number, known)))]


def _xmp_place(places: Mapping[str, str]) -> list[TagEdit]:
    if MOVIE_PLACE in places:
        latitude, longitude, *altitude = map(float, places[MOVIE_PLACE].split())
        position = Position(latitude, longitude, altitude[0] if altitude else None)
        places = {edit.tag: edit.value for edit in _picture_place(position)}
    return [
        TagEdit(tag=tag.replace(EXIF_PLACE, XMP_PLACE), value=_signed(tag, value, places))
        for tag, value in places.items()
        if not tag.endswith(("LatitudeRef", "LongitudeRef"))
    ]


def _signed(tag: str, value: str, places: Mapping[str, str]) -> str:
    """XMP has no tags for the hemisphere: south and west are negative."""
    is_negative = tag.endswith(("Latitude", "Longitude")) and places.get(f"{tag}Ref") in ("S", "W")
    return f"-{value}" if is_negative else value


def _altitude(group: str, altitude_m: float | None) -> Iterator[TagEdit]:
    if altitude_m is not None:
        yield TagEdit(tag=f"{group}Altitude", value=_number(abs(altitude_m)))
        yield TagEdit(tag=f"{group}AltitudeRef", value="1" if altitude_m < 0 else "0")


def _people(names: Sequence[str], tags: Mapping[str, Any]) -> list[TagEdit]:
    """Add those that the file does not name yet, in whatever case."""
    present = {name.casefold() for name in xmp.facts(tags).people}
    fresh: dict[str, str] = {}
    for name in (" ".join(_clean(name).split()) for name in names):
        if name and name.casefold() not in present:
            fresh.setdefault(name.casefold(), name)
    return [_person(name) for name in fresh.values()]


def _person(name: str) -> TagEdit:
    return TagEdit(tag=PERSON, value=name, op="+=")


def _number(value: float) -> str:
    return f"{value:.7f}".rstrip("0").rstrip(".")


def _clean(text: str) -> str:
    """Keep line breaks, and nothing else that cannot be printed."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).split("\n")
    printable = (
        "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in line)
        for line in lines
    )
    return "\n".join(line.rstrip() for line in printable).strip()
