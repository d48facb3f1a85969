"""Reads what a sidecar holds, so that it can be stored: bounded, clean, and whatever it is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from media_catalog.pipeline import fingerprint, media_types
from media_catalog.pipeline.sidecars import apple, companions, picasa, takeout, xmp
from media_catalog.pipeline.sidecars.facts import Facts, Unreadable, merge

ERROR, KIND = "Sidecar:Error", "Sidecar:Kind"
XMP_LIMIT = 32 << 20  # bytes; masks painted over a RAW picture can be large
XML_STARTS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")  # UTF-8 and both orders of UTF-16
JSON = b"json"
PARSERS = {b"aae": apple.parse, b"ini": picasa.parse, JSON: takeout.parse}
TRUST = (companions.ADOBE, b"ini", JSON, companions.THUMBNAIL, companions.APPLE, companions.PROXY)
SIZE_LIMITS = {b"aae": apple.SIZE_LIMIT, b"ini": picasa.SIZE_LIMIT, JSON: takeout.SIZE_LIMIT}


class Kind(StrEnum):
    """What a JSON of Google Takeout is about."""

    PHOTO = "photo"
    ALBUM = "album"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a sidecar says, as tags. `is_for_exiftool`: only ExifTool can read it, and may."""

    tags: dict[str, Any] = field(default_factory=dict)
    is_for_exiftool: bool = False

    @property
    def problem(self) -> str | None:
        """Why it says nothing, in words."""
        return self.tags.get(ERROR)

    @property
    def is_of_takeout(self) -> bool:
        return KIND in self.tags


def read(path: bytes) -> Content:
    """Read the sidecar at an absolute path, by its extension.

    :raises OSError: when the file cannot be read at all.
    """
    extension = media_types.extension_of(path)
    if extension in (companions.ADOBE, companions.THUMBNAIL):
        return _for_exiftool(path, extension)
    if extension not in PARSERS:
        return Content()
    data = fingerprint.read_head(path, size_bytes=SIZE_LIMITS[extension] + 1)
    try:
        tags = PARSERS[extension](data)
        return Content(tags=_with_kind(path, tags) if extension == JSON else tags)
    except Unreadable as error:
        return broken(str(error))


def facts(name: bytes, tags: Mapping[str, Any], *, medium: bytes) -> Facts:
    """Give what a sidecar's tags say about a medium, by the base names of both."""
    extension = media_types.extension_of(name)
    if extension in (companions.ADOBE, companions.THUMBNAIL):
        return xmp.facts(tags)
    if name.lower() in companions.PICASA_NAMES:
        key = companions.key(medium)
        mine = (one for one in picasa.pictures(tags) if companions.key(one.encode()) == key)
        return merge([picasa.facts(tags, picture=one) for one in mine])
    if tags.get(KIND) == Kind.ALBUM:
        title = takeout.album_title(tags)
        return Facts(albums=(title,) if title else ())
    return takeout.facts(tags) if tags.get(KIND) == Kind.PHOTO else Facts()


def trust(name: bytes) -> int:
    """Rank a sidecar by its base name: what a person's program wrote for this file goes before the rest."""
    return TRUST.index(media_types.extension_of(name))


def broken(problem: str) -> Content:
    """Describe a sidecar that says nothing."""
    return Content(tags={ERROR: problem})


def _with_kind(path: bytes, tags: dict[str, Any]) -> dict[str, Any]:
    stem = os.path.splitext(os.path.basename(path))[0].decode("utf-8", "replace")
    if takeout.is_photo(tags):
        return {KIND: Kind.PHOTO.value, **tags}
    if takeout.is_album(tags, stem=stem):
        return {KIND: Kind.ALBUM.value, **tags}
    raise Unreadable("no JSON of a photo or an album of Google Takeout")


def _for_exiftool(path: bytes, extension: bytes) -> Content:
    """Let ExifTool read only what looks right: it would try all of its formats on anything else."""
    head = fingerprint.read_head(path)
    if extension == companions.THUMBNAIL:
        return Content(is_for_exiftool=media_types.is_media(media_types.sniff_mime(head)))
    if os.lstat(path).st_size > XMP_LIMIT:
        return broken(f"larger than {XMP_LIMIT} bytes")
    is_xml = head.lstrip(b" \t\r\n").startswith(XML_STARTS)
    return Content(is_for_exiftool=True) if is_xml else broken("no XML")
