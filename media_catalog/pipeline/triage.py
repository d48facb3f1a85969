"""Which files are photos and videos, by their first bytes and name; and why the others are left out."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from media_catalog.pipeline import fingerprint, media_types, zip_members
from media_catalog.pipeline.fingerprint import NotARegularFile
from media_catalog.pipeline.sidecars import companions, reading, takeout_folders, takeout_names
from media_catalog.pipeline.zip_members import OpenArchives

MediaIn = Callable[[bytes], companions.Names]
SIDECAR = "sidecar"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that is not analysed. `tags` are what a sidecar says, unless ExifTool has to read them."""

    code: str
    text: str
    is_failure: bool = False
    tags: dict[str, Any] = field(default_factory=dict)
    is_for_exiftool: bool = False


def media_in(root: bytes, folder: bytes, *, archives: OpenArchives) -> companions.Names:
    """Index the media of one folder, perhaps of an archive; a folder that cannot be listed has none."""
    path = os.path.join(root, folder)
    try:
        is_packed = zip_members.split(path + b"/") is not None
        return companions.media_names(archives.names_in(path) if is_packed else os.listdir(path))
    except OSError:
        return {}  # reading the file itself will tell what is wrong


def sort_out(path: bytes, *, content_at: bytes, media_in: MediaIn) -> str | LeftOut:
    """Give the MIME type of a photo or video, or why a file is none, and what it says if it is a sidecar.

    `path` is relative to the source, `content_at` the absolute path of what is read.
    """
    try:
        if content := _sidecar(path, content_at=content_at, media_in=media_in):
            text = f"sidecar that cannot be read: {content.problem}" if content.problem else "sidecar"
            tags, is_for_exiftool = content.tags, content.is_for_exiftool
            return LeftOut(code=SIDECAR, text=text, tags=tags, is_for_exiftool=is_for_exiftool)
        mime_type = media_types.sniff_mime(fingerprint.read_head(content_at))
    except OSError as error:
        return unreadable(error)
    return mime_type if media_types.is_media(mime_type) else no_medium(path, mime_type)


def is_named_like_sidecar(path: bytes) -> bool:
    """Tell whether only the whole content can say that a file is no sidecar."""
    may_be = companions.VIDEO_SIDECARS | {reading.JSON}
    return companions.is_certain(os.path.basename(path)) or media_types.extension_of(path) in may_be


def _sidecar(path: bytes, *, content_at: bytes, media_in: MediaIn) -> reading.Content | None:
    """Read a sidecar; a file that may be one by its name alone has to look or lie like one too."""
    folder, name = os.path.split(path)
    extension = media_types.extension_of(name)
    if companions.is_certain(name):
        return reading.read(content_at)
    if extension in companions.VIDEO_SIDECARS:
        is_beside = companions.find(name, media_in(folder)) is not None
        return reading.read(content_at) if is_beside else None
    if extension != reading.JSON:
        return None
    content = reading.read(content_at)
    is_sidecar = content.is_of_takeout or _is_named_for_a_medium(name, folder, media_in=media_in)
    return content if is_sidecar else None


def _is_named_for_a_medium(json_name: bytes, folder: bytes, *, media_in: MediaIn) -> bool:
    """Tell whether a JSON of unknown content bears a medium's name; in an export that may lie elsewhere."""
    wanted = takeout_names.media_of(takeout_names.text(json_name))
    if wanted and takeout_folders.place(folder):
        return True
    names = media_in(folder) if wanted else {}
    return any(companions.key(os.fsencode(name)) in names for name in wanted)


def unreadable(error: OSError) -> LeftOut:
    """Put in words why a file cannot be read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return LeftOut(code="vanished", text="no longer there when it was to be read", is_failure=True)
    if isinstance(error, PermissionError):
        text = "may not be read: permission denied"
        return LeftOut(code="unreadable_permission", text=text, is_failure=True)
    if isinstance(error, NotARegularFile):
        text = "became something else than a file"
        return LeftOut(code="changed_while_reading", text=text, is_failure=True)
    if isinstance(error, zip_members.Unreadable):
        return LeftOut(code="unreadable", text=f"cannot be read: {error.strerror}", is_failure=True)
    return LeftOut(code="unreadable_io", text=f"cannot be read: {error.strerror or error}", is_failure=True)


def no_medium(path: bytes, mime_type: str) -> LeftOut:
    """Say why a file without the content of a photo or video is left out."""
    if media_types.is_named_like_media(path):
        text = f"named like a photo or video, but its content is something else ({mime_type})"
        return LeftOut(code="unreadable", text=text, is_failure=True)
    if media_types.is_unsupported(mime_type):
        return LeftOut(code="unsupported", text=f"pictures of this type are not supported ({mime_type})")
    return LeftOut(code="not_media", text=f"not a photo or video ({mime_type})")
