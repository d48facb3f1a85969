"""Which photo or video a sidecar belongs to, told by the names in its folder alone."""

import re
from collections.abc import Iterable, Mapping

from media_catalog.pipeline import media_types

ALWAYS_SIDECARS = frozenset([b"xmp", b"aae"])
SIDECAR_NAMES = frozenset([b"picasa.ini"])  # about a whole folder
# Media by their content, and worth cataloguing when the video they were made for is gone.
VIDEO_SIDECARS = frozenset([b"thm", b"lrv"])
TAKEOUT = b"json"
SIDECAR_EXTENSIONS = ALWAYS_SIDECARS | VIDEO_SIDECARS | {TAKEOUT}
TAKEOUT_ENDING = b"supplemental-metadata"  # clipped where the name would become too long
COUNTER = re.compile(rb"(.*)(\([0-9]+\))", re.DOTALL)
GOPRO_PROXY = re.compile(rb"gl([0-9]{6})", re.IGNORECASE)
GOPRO_VIDEOS = (b"gx%b", b"gh%b")

# "a.xmp" beside several "a.*" was written for the RAW file if there is one, else for the still.
PREFERENCE = (media_types.RAW_EXTENSIONS, media_types.IMAGE_EXTENSIONS, media_types.VIDEO_EXTENSIONS)

Names = Mapping[bytes, bytes]  # lower case to as written


def media_names(siblings: Iterable[bytes]) -> Names:
    """Index those base names of a folder that can have a sidecar."""
    return {sibling.lower(): sibling for sibling in siblings if media_types.is_named_like_media(sibling)}


def may_be_sidecar(name: bytes) -> bool:
    """Tell whether it is worth looking at the other names of the folder."""
    return media_types.extension_of(name) in SIDECAR_EXTENSIONS or name.lower() in SIDECAR_NAMES


def is_sidecar(name: bytes, names: Names) -> bool:
    """Tell whether a base name is that of a sidecar, given the media of its folder."""
    is_certain = media_types.extension_of(name) in ALWAYS_SIDECARS or name.lower() in SIDECAR_NAMES
    return is_certain or find(name, names) is not None


def find(name: bytes, names: Names) -> bytes | None:
    """Give the base name of the photo or video that a sidecar belongs to, `None` if there is none."""
    stem, _, extension = name.lower().rpartition(b".")
    if extension in ALWAYS_SIDECARS:
        return names.get(stem) or _of_stem(stem, names, PREFERENCE)
    if extension in VIDEO_SIDECARS:
        return _video(stem, names)
    return _first(_takeout_names(stem), names) if extension == TAKEOUT else None


def _of_stem(stem: bytes, names: Names, preference: Iterable[frozenset[bytes]]) -> bytes | None:
    for extensions in preference:
        if found := _first((stem + b"." + extension for extension in sorted(extensions)), names):
            return found
    return None


def _video(stem: bytes, names: Names) -> bytes | None:
    proxy = GOPRO_PROXY.fullmatch(stem)
    stems = [stem, *(video % proxy[1] for video in GOPRO_VIDEOS if proxy)]
    found = (_of_stem(one, names, [media_types.VIDEO_EXTENSIONS]) for one in stems)
    return next((name for name in found if name), None)


def _takeout_names(stem: bytes) -> list[bytes]:
    """Undo what Google Takeout did to "a(1).jpg": "a.jpg(1).json", "a.jpg.supplemental-metadata(1).json"."""
    counted = COUNTER.fullmatch(stem)
    plain, counter = (counted[1], counted[2]) if counted else (stem, b"")
    start, dot, ending = plain.rpartition(b".")
    candidates = [stem] if not counter else []
    for name in [plain, start] if dot and TAKEOUT_ENDING.startswith(ending) else [plain]:
        media_stem, _, extension = name.rpartition(b".")
        candidates.append(media_stem + counter + b"." + extension)
    return candidates


def _first(candidates: Iterable[bytes], names: Names) -> bytes | None:
    return next((names[name] for name in candidates if name in names), None)
