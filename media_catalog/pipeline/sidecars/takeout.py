"""What a JSON file of Google Takeout says about a photo or an album; Google does not document the format."""

import html
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from media_catalog.pipeline import tag_text
from media_catalog.pipeline.sidecars.facts import Facts, Position, Unreadable
from media_catalog.pipeline.timestamps.candidates import EPOCH, Candidate, Precision

GROUP = "Takeout:"
SIZE_LIMIT = 1 << 20  # bytes; a real one has a few thousand
TITLE_LIMIT = 500
NAME_LIMIT = 200
DESCRIPTION_LIMIT = 5000
PEOPLE_MAX = 200
TAKEN_WEIGHT = 8
UPLOAD_WEIGHT = 3  # photoTakenTime is the time of the upload where Google knew no better
# What only the JSON of a photo has; an old or poor one may lack any of them.
PHOTO_KEYS = ("photoTakenTime", "googlePhotosOrigin", "geoDataExif", "imageViews", "photoLastModifiedTime")
ALBUM_KEYS = ("access", "date", "albumData")
# "metadata.json", in the language of the account.
ALBUM_STEMS = frozenset(
    [
        "metadata",
        "metadaten",
        "métadonnées",
        "metadati",
        "metadatos",
        "metadades",
        "metadados",
        "metagegevens",
        "metadane",
        "metadáta",
        "metaadatok",
        "metadate",
        "metapodaci",
        "metaduomenys",
        "metatiedot",
        "metadataa",
        "üstveri",
        "метаданные",
        "метадані",
        "μεταδεδομένα",
        "メタデータ",
        "元数据",
        "中繼資料",
        "메타데이터",
    ]
)
COORDINATES = ("latitude", "longitude", "altitude")
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo or video as Google Photos knew it. `taken_raw` is the text of the time it was taken."""

    title: str | None
    taken_at: datetime | None
    taken_raw: str | None
    created_at: datetime | None
    position: Position | None
    description: str | None
    people: tuple[str, ...]
    is_favourite: bool
    is_archived: bool
    is_trashed: bool


def parse(data: bytes) -> dict[str, Any]:
    """Read a JSON object as tags that can be stored: `Takeout:photoTakenTime`, bounded and clean.

    :raises Unreadable: whatever is wrong with it.
    """
    if len(data) > SIZE_LIMIT:
        raise Unreadable(f"larger than {SIZE_LIMIT} bytes")
    try:
        content = json.loads(data.decode("utf-8-sig"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no valid JSON: {error}"[:200]) from error
    if not isinstance(content, dict):
        raise Unreadable("no JSON object")
    return {GROUP + tag: value for tag, value in tag_text.json_safe(content).items()}


def is_photo(tags: Mapping[str, Any]) -> bool:
    """Tell whether tags are those of a photo or video of Google Photos."""
    if any(GROUP + key in tags for key in PHOTO_KEYS):
        return True
    return GROUP + "title" in tags and isinstance(tags.get(GROUP + "creationTime"), dict)


def is_album(tags: Mapping[str, Any], *, stem: str) -> bool:
    """Tell whether tags are those of an album, by its keys or by its file name without `.json`."""
    if is_photo(tags):
        return False
    is_named_so = unicodedata.normalize("NFC", stem).partition("(")[0].strip().casefold() in ALBUM_STEMS
    has_title = isinstance(_album(tags).get(GROUP + "title"), str)
    return has_title and (is_named_so or any(GROUP + key in tags for key in ALBUM_KEYS))


def album_title(tags: Mapping[str, Any]) -> str | None:
    """Give the title of an album; those without one have none."""
    return _line(_album(tags).get(GROUP + "title"), NAME_LIMIT)


def photo(tags: Mapping[str, Any]) -> Photo:
    """Understand the tags of a photo or video. Nothing about them is taken for granted."""
    taken = _timestamp(tags.get(GROUP + "photoTakenTime"))
    return Photo(
        title=_line(tags.get(GROUP + "title"), TITLE_LIMIT),
        taken_at=_instant(taken),
        taken_raw=taken,
        created_at=_instant(_timestamp(tags.get(GROUP + "creationTime"))),
        position=_position(tags.get(GROUP + "geoDataExif")) or _position(tags.get(GROUP + "geoData")),
        description=_text(tags.get(GROUP + "description"), DESCRIPTION_LIMIT),
        people=_people(tags.get(GROUP + "people")),
        is_favourite=tags.get(GROUP + "favorited") is True,
        is_archived=tags.get(GROUP + "archived") is True,
        is_trashed=tags.get(GROUP + "trashed") is True,
    )


def facts(tags: Mapping[str, Any]) -> Facts:
    """Give what the JSON says about its photo or video."""
    known = photo(tags)
    return Facts(
        claims=_claims(known),
        position=known.position,
        description=known.description,
        people=known.people,
        is_favourite=known.is_favourite,
        is_archived=known.is_archived,
        is_trashed=known.is_trashed,
    )


def _claims(known: Photo) -> tuple[Candidate, ...]:
    """Make one claim of the time at which a photo was taken; 0 stands for unknown, and is kept to be shown.

    Who corrects a date in Google Photos changes this time, so it may differ from the file's own.
    """
    if known.taken_raw is None:
        return ()
    is_unknown = known.taken_at == EPOCH
    is_upload = known.taken_at == known.created_at
    claim = Candidate(
        source="takeout:photoTakenTime",
        raw=known.taken_raw,
        local=None,
        instant=None if is_unknown else known.taken_at,
        precision=Precision.SECOND,
        offset_minutes=None,
        offset_source=None,
        weight=UPLOAD_WEIGHT if is_upload else TAKEN_WEIGHT,
    )
    return (claim,)


def _album(tags: Mapping[str, Any]) -> Mapping[str, Any]:
    """Old exports keep an album's facts one level deeper."""
    inner = tags.get(GROUP + "albumData")
    return {GROUP + str(key): value for key, value in inner.items()} if isinstance(inner, Mapping) else tags


def _timestamp(value: Any) -> str | None:
    """Give the text of a time: {"timestamp": "1614740583"}, in seconds since 1970, UTC."""
    stamp = value.get("timestamp") if isinstance(value, Mapping) else None
    if isinstance(stamp, float) and stamp.is_integer():
        stamp = int(stamp)
    return tag_text.read_text(stamp, 100) or None


def _instant(text: str | None) -> datetime | None:
    if text is None or not WHOLE_NUMBER.fullmatch(text):
        return None
    try:
        return EPOCH + timedelta(seconds=int(text))
    except OverflowError:
        return None


def _position(value: Any) -> Position | None:
    if not isinstance(value, Mapping):
        return None
    lat, lon, altitude = (tag_text.read_number(value.get(key)) for key in COORDINATES)
    if lat is None or lon is None or (lat == 0 and lon == 0) or abs(lat) > 90 or abs(lon) > 180:
        return None
    return Position(lat, lon, altitude or None)  # 0 m is what Google writes where it knows none


def _people(value: Any) -> tuple[str, ...]:
    people = value[:PEOPLE_MAX] if isinstance(value, list) else []
    names = (_line(one.get("name"), NAME_LIMIT) for one in people if isinstance(one, Mapping))
    return tuple(dict.fromkeys(name for name in names if name))


def _text(value: Any, limit: int) -> str | None:
    """Give clean text; Google writes it as HTML."""
    return tag_text.clean(html.unescape(tag_text.read_text(value, limit)), limit).strip() or None


def _line(value: Any, limit: int) -> str | None:
    return " ".join((_text(value, limit) or "").split()) or None
