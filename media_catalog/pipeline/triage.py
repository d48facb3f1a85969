"""Which files are photos and videos, by their first bytes and name; and why the others are left out."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from media_catalog.pipeline import companions, fingerprint, media_types, scan
from media_catalog.pipeline.fingerprint import NotARegularFile

MediaIn = Callable[[bytes], companions.Names]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A file that is not analysed. `belongs_to` is the path of the medium whose sidecar it is."""

    code: str
    text: str
    is_failure: bool = False
    belongs_to: bytes | None = None


def media_in(root: bytes, folder: bytes) -> companions.Names:
    """Index the media of one folder by name; a folder that cannot be listed has none."""
    try:
        return companions.media_names(os.listdir(os.path.join(root, folder)))
    except OSError:
        return {}  # reading the file itself will tell what is wrong


def companion(path: bytes, *, media_in: MediaIn) -> bytes | None:
    """Give the path of the medium in the same folder that a sidecar belongs to, `None` without one."""
    folder, name = os.path.split(path)
    found = companions.find(name, media_in(folder))
    return os.path.join(folder, found) if found else None


def sort_out(path: bytes, *, root: bytes, media_in: MediaIn) -> str | LeftOut:
    """Give the MIME type of a photo or video, or why a file is none. Sidecars are told by their names."""
    folder, name = os.path.split(path)
    if companions.may_be_sidecar(name) and companions.is_sidecar(name, media_in(folder)):
        return _sidecar(companion(path, media_in=media_in))
    try:
        mime_type = media_types.sniff_mime(fingerprint.read_head(os.path.join(root, path)))
    except OSError as error:
        return unreadable(error)
    return mime_type if media_types.is_media(mime_type) else _no_medium(path, mime_type)


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
    return LeftOut(code="unreadable", text=f"cannot be read: {error.strerror or error}", is_failure=True)


def _sidecar(belongs_to: bytes | None) -> LeftOut:
    owner = scan.display_text(os.path.basename(belongs_to)) if belongs_to else "nothing in its folder"
    return LeftOut(code="sidecar", text=f"sidecar of {owner}", belongs_to=belongs_to)


def _no_medium(path: bytes, mime_type: str) -> LeftOut:
    if media_types.is_named_like_media(path):
        text = f"named like a photo or video, but its content is something else ({mime_type})"
        return LeftOut(code="unreadable", text=text, is_failure=True)
    if media_types.is_unsupported(mime_type):
        return LeftOut(code="unsupported", text=f"pictures of this type are not supported ({mime_type})")
    return LeftOut(code="not_media", text=f"not a photo or video ({mime_type})")
