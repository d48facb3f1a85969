"""Which photo or video of its folder a sidecar was written for, told by the names alone."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from media_catalog.pipeline import media_types

ADOBE, APPLE = b"xmp", b"aae"
ALWAYS_SIDECARS = frozenset([ADOBE, APPLE])
PICASA_NAMES = frozenset([b"picasa.ini", b".picasa.ini"])  # about a whole folder
# Media by their content, and worth cataloguing when the video they were made for is gone.
THUMBNAIL, PROXY = b"thm", b"lrv"
VIDEO_SIDECARS = frozenset([THUMBNAIL, PROXY])
GOPRO_PROXY = re.compile("gl([0-9]{6})")
GOPRO_VIDEOS = ("gx{}", "gh{}")
APPLE_ORIGINAL = re.compile("(img_)o([0-9]+)")  # IMG_O0001.AAE: what was done before the edit of IMG_0001

FULL_NAME, XMP_STEM, STEM = "full name with .xmp", "stem with .xmp", "same stem"

# "a.xmp" beside several "a.*" was written for the RAW file if there is one, else for the still.
PREFERENCE = (media_types.RAW_EXTENSIONS, media_types.IMAGE_EXTENSIONS, media_types.VIDEO_EXTENSIONS)

Names = Mapping[str, bytes]  # by what all spellings of a name have in common


class Companion(NamedTuple):
    """The base name of a photo or video, and the rule by which it was found."""

    name: bytes
    rule: str


def media_names(siblings: Iterable[bytes]) -> Names:
    """Index those base names of a folder that can have a sidecar."""
    return {key(sibling): sibling for sibling in siblings if media_types.is_named_like_media(sibling)}


def key(name: bytes) -> str:
    """Give what all spellings of a name have in common: case and the way accents are encoded do not count."""
    return unicodedata.normalize("NFC", os.fsdecode(name)).casefold()


def is_certain(name: bytes) -> bool:
    """Tell whether a base name is that of a sidecar, whatever lies beside it."""
    return media_types.extension_of(name) in ALWAYS_SIDECARS or name.lower() in PICASA_NAMES


def find(name: bytes, names: Names) -> Companion | None:
    """Find the photo or video of the same folder that an XMP, AAE, THM or LRV file belongs to."""
    stem = key(name).rpartition(".")[0]
    extension = media_types.extension_of(name)
    if extension == ADOBE and stem in names:
        return Companion(names[stem], FULL_NAME)
    if extension not in ALWAYS_SIDECARS | VIDEO_SIDECARS:
        return None
    preference = [media_types.VIDEO_EXTENSIONS] if extension in VIDEO_SIDECARS else PREFERENCE
    found = _of_stems(_stems(stem, extension), names, preference)
    return Companion(found, XMP_STEM if extension == ADOBE else STEM) if found else None


def _stems(stem: str, extension: bytes) -> Iterator[str]:
    yield stem
    if extension == APPLE and (original := APPLE_ORIGINAL.fullmatch(stem)):
        yield original[1] + original[2]
    if extension in VIDEO_SIDECARS and (proxy := GOPRO_PROXY.fullmatch(stem)):
        yield from (video.format(proxy[1]) for video in GOPRO_VIDEOS)


def _of_stems(stems: Iterable[str], names: Names, preference: Sequence[frozenset[bytes]]) -> bytes | None:
    for stem in stems:
        for extensions in preference:
            for extension in sorted(extensions):
                if found := names.get(f"{stem}.{extension.decode()}"):
                    return found
    return None
