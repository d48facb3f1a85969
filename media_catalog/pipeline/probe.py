"""What a file is, from ExifTool's raw tags: type, size, camera, place, words (https://exiftool.org/TagNames/)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from media_catalog.pipeline import frame_size, media_types, tag_text

NAME_LIMIT = 100  # characters of a make, model, serial number or program
DESCRIPTION_LIMIT = 5000
KEYWORD_LIMIT = 200
KEYWORDS_MAX = 200
TAGS_MAX = 5000
RATINGS = range(1, 6)
REJECTED = -1  # XMP's mark of a rejected picture
ALTITUDES_M = (-12_000.0, 50_000.0)
SIDECAR_TYPES = frozenset(["application/rdf+xml", "application/vnd.apple.photos"])
SAME_TYPE = media_types.SAME_TYPE | {"image/mpo": "image/jpeg"}  # two JPEG pictures in a row
EXTENSIONS = {
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/jp2": "jp2",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/x-adobe-dng": "dng",
    "image/x-canon-cr2": "cr2",
    "image/x-canon-cr3": "cr3",
    "image/x-panasonic-rw2": "rw2",
    "video/3gpp": "3gp",
    "video/m2ts": "mts",
    "video/mp2t": "ts",
    "video/mp4": "mp4",
    "video/mpeg": "mpg",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-m4v": "m4v",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
}
SAME_EXTENSION = {"jpeg": "jpg", "tiff": "tif", "mpeg": "mpg", "qt": "mov"}
MAKES = ("EXIF:IFD0:Make", "QuickTime:Keys:Make", "QuickTime:UserData:Make", "XMP:XMP-tiff:Make")
MODELS = ("EXIF:IFD0:Model", "QuickTime:Keys:Model", "QuickTime:UserData:Model", "XMP:XMP-tiff:Model")
SERIALS = ("EXIF:ExifIFD:SerialNumber", "EXIF:IFD0:CameraSerialNumber", "XMP:XMP-aux:SerialNumber")
PROGRAMS = ("EXIF:IFD0:Software", "QuickTime:Keys:Software", "XMP:XMP-xmp:CreatorTool")
DESCRIPTIONS = (
    "XMP:XMP-dc:Description",
    "IPTC:Caption-Abstract",
    "EXIF:IFD0:ImageDescription",
    "QuickTime:Keys:Description",
    "QuickTime:ItemList:Description",
    "QuickTime:UserData:Description",
    "PNG:Description",
)
# What cameras write when nobody has written anything.
CAMERA_DESCRIPTION = re.compile(
    r"(?:(?:olympus|minolta|konica|samsung|kodak) )?digital (?:still )?camera"
    r"|sony dsc|dcim[\\/].*|default|exif_jpeg.*|charset=.*|\W*",
    re.IGNORECASE,
)
KEYWORD_TAGS = (
    "XMP:XMP-dc:Subject",
    "IPTC:Keywords",
    "QuickTime:Keys:Keywords",
    "QuickTime:UserData:Keywords",
)
WINDOWS_KEYWORDS = "EXIF:IFD0:XPKeywords"  # joined by semicolons
CONTENT_IDENTIFIERS = (
    "QuickTime:Keys:ContentIdentifier",
    "MakerNotes:Apple:ContentIdentifier",
    "MakerNotes:Apple:MediaGroupUUID",  # its name before ExifTool 12.60
)
DURATIONS = (
    "QuickTime:Duration",
    "Matroska:Duration",
    "ASF:SendDuration",
    "M2TS:Duration",
    "Flash:Duration",
    "Composite:Duration",
)
COORDINATES = (
    "QuickTime:Keys:GPSCoordinates",
    "QuickTime:UserData:GPSCoordinates",
    "QuickTime:ItemList:GPSCoordinates",
)
# What holds for this copy on this disk only.
FILE_SYSTEM_TAGS = ("SourceFile", "File:System:")
CLOCK = re.compile(r"([0-9]+):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)")


class Kind(StrEnum):
    IMAGE = "image"
    RAW = "raw"
    VIDEO = "video"
    SIDECAR = "sidecar"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What is known of one file. Sizes are as displayed; `orientation` is what decoded pixels still need."""

    kind: Kind
    mime_type: str | None
    extension: str | None
    width_px: int | None
    height_px: int | None
    orientation: int
    duration_s: float | None
    camera_make: str | None
    camera_model: str | None
    camera_serial: str | None
    software: str | None
    gps_lat: float | None
    gps_lon: float | None
    gps_altitude_m: float | None
    description: str | None
    rating: int | None
    keywords: tuple[str, ...]
    content_identifier: str | None


def probe(tags: Mapping[str, Any], *, sniffed_mime: str | None) -> Probe:
    """Understand the tags of one file, as read with `-G0:1 -n`.

    `sniffed_mime` counts where ExifTool knows no type. All text is clean and bounded; what is missing, empty
    or nonsense is None.
    """
    mime_type = _mime_type(tags, sniffed_mime)
    kind = _kind(mime_type)
    width, height = frame_size.displayed_size(tags, mime_type=mime_type)
    latitude, longitude, altitude = _position(tags)
    return Probe(
        kind=kind,
        mime_type=mime_type,
        extension=_extension(tags, mime_type),
        width_px=width,
        height_px=height,
        orientation=frame_size.pending_orientation(tags, mime_type=mime_type),
        duration_s=_duration(tags) if kind is Kind.VIDEO else None,
        camera_make=_name(tags, MAKES),
        camera_model=_name(tags, MODELS),
        camera_serial=_serial(tags),
        software=_name(tags, PROGRAMS),
        gps_lat=latitude,
        gps_lon=longitude,
        gps_altitude_m=altitude,
        description=_description(tags),
        rating=_rating(tags),
        keywords=_keywords(tags),
        content_identifier=_name(tags, CONTENT_IDENTIFIERS),
    )


def clean_tags(tags: Mapping[str, Any]) -> dict[str, Any]:
    """Copy tags for storage as JSON in any database.

    Control characters and broken Unicode go, NaN and infinity become null, long text and lists are cut, and
    what the file system says is left out.
    """
    kept = [(key, value) for key, value in tags.items() if not key.startswith(FILE_SYSTEM_TAGS)]
    allowance = tag_text.Allowance()
    return {
        tag_text.clean(key, NAME_LIMIT): tag_text.json_safe(value, allowance=allowance)
        for key, value in kept[:TAGS_MAX]
    }


def _told_type(tags: Mapping[str, Any]) -> str:
    told = tag_text.read_text(tags.get("File:MIMEType"), NAME_LIMIT).lower()
    return SAME_TYPE.get(told, told)


def _mime_type(tags: Mapping[str, Any], sniffed: str | None) -> str | None:
    told = _told_type(tags)
    if told and (media_types.is_media(told) or not sniffed or not media_types.is_media(sniffed)):
        return told
    return sniffed


def _kind(mime_type: str | None) -> Kind:
    if mime_type in media_types.RAW_TYPES:
        return Kind.RAW
    if mime_type in media_types.VIDEO_TYPES:
        return Kind.VIDEO
    if mime_type in SIDECAR_TYPES:
        return Kind.SIDECAR
    return Kind.IMAGE if mime_type in media_types.MEDIA_TYPES else Kind.OTHER


def _extension(tags: Mapping[str, Any], mime_type: str | None) -> str | None:
    told = tag_text.read_text(tags.get("File:FileTypeExtension"), NAME_LIMIT).lower()
    if told and _told_type(tags) == mime_type:
        return SAME_EXTENSION.get(told, told)
    return EXTENSIONS.get(mime_type) if mime_type else None


def _duration(tags: Mapping[str, Any]) -> float | None:
    for key in DURATIONS:
        value = tags.get(key)
        clock = CLOCK.fullmatch(value) if isinstance(value, str) else None
        if clock:
            seconds: float | None = int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3])
        else:
            seconds = tag_text.read_number(value)
        if seconds and seconds > 0:
            return seconds
    return None


def _position(tags: Mapping[str, Any]) -> tuple[float | None, float | None, float | None]:
    """Find latitude, longitude (degrees) and altitude (metres); the first place that is one counts."""
    for latitude, longitude, altitude in _places(tags):
        if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
            continue
        if abs(latitude) <= 90 and abs(longitude) <= 180:
            is_real = altitude is not None and ALTITUDES_M[0] <= altitude <= ALTITUDES_M[1]
            return latitude, longitude, altitude if is_real else None
    return None, None, None


def _places(tags: Mapping[str, Any]) -> Iterator[tuple[float | None, float | None, float | None]]:
    altitude = tag_text.read_number(tags.get("EXIF:GPS:GPSAltitude"))
    is_below_sea = tag_text.read_number(tags.get("EXIF:GPS:GPSAltitudeRef")) == 1
    yield (
        _signed(tags, "EXIF:GPS:GPSLatitude", {"N": 1, "S": -1}),
        _signed(tags, "EXIF:GPS:GPSLongitude", {"E": 1, "W": -1}),
        -altitude if altitude and is_below_sea else altitude,
    )
    for key in COORDINATES:
        parts = str(tags.get(key, "")).split()
        latitude, longitude, altitude = (*map(tag_text.read_number, parts[:3]), None, None, None)[:3]
        yield latitude, longitude, altitude
    xmp = (tags.get(f"XMP:XMP-exif:GPS{name}") for name in ("Latitude", "Longitude", "Altitude"))
    latitude, longitude, altitude = map(tag_text.read_number, xmp)
    yield latitude, longitude, altitude


def _signed(tags: Mapping[str, Any], key: str, signs: Mapping[str, int]) -> float | None:
    degrees = tag_text.read_number(tags.get(key))
    sign = signs.get(str(tags.get(key + "Ref", ""))[:1].upper())
    return None if degrees is None or sign is None else abs(degrees) * sign


def _name(tags: Mapping[str, Any], keys: Iterable[str]) -> str | None:
    return tag_text.first_text(tags, keys, NAME_LIMIT)


def _serial(tags: Mapping[str, Any]) -> str | None:
    makers = (key for key in tags if key.endswith(":SerialNumber") and key.startswith("MakerNotes:"))
    serial = _name(tags, (*SERIALS, *makers))
    return serial if serial and serial.strip("0 ") else None


def _description(tags: Mapping[str, Any]) -> str | None:
    for key in DESCRIPTIONS:
        text = tag_text.read_text(tags.get(key), DESCRIPTION_LIMIT)
        if text and not CAMERA_DESCRIPTION.fullmatch(text):
            return text
    return None


def _rating(tags: Mapping[str, Any]) -> int | None:
    """Give 1 to 5 stars, -1 for a rejected picture; 0 is what unrated pictures carry."""
    for key in ("XMP:XMP-xmp:Rating", "EXIF:IFD0:Rating"):
        rating = tag_text.read_number(tags.get(key))
        if rating is not None and (rating in RATINGS or rating == REJECTED):
            return int(rating)
    return None


def _keywords(tags: Mapping[str, Any]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key in KEYWORD_TAGS:
        value = tags.get(key)
        found |= dict.fromkeys(
            tag_text.read_text(item, KEYWORD_LIMIT)
            for item in (value if isinstance(value, list) else [value])
        )
    windows = tag_text.read_text(tags.get(WINDOWS_KEYWORDS), DESCRIPTION_LIMIT)
    found |= dict.fromkeys(part.strip()[:KEYWORD_LIMIT] for part in windows.split(";"))
    return tuple(word for word in found if word)[:KEYWORDS_MAX]
