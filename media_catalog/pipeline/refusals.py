"""What a scan leaves out, and why: system files, hidden ones, links, whatever is no regular file."""

import os
import stat
from dataclasses import dataclass

from media_catalog.pipeline.display import display_text
from media_catalog.pipeline.sidecars import companions

# Names are compared in lower case: the folders come from disks that did not care.
SYSTEM_FILES = {
    b".ds_store": "folder settings of macOS",
    b"thumbs.db": "thumbnail cache of Windows",
    b"ehthumbs.db": "thumbnail cache of Windows",
    b"desktop.ini": "folder settings of Windows",
    b"icon\r": "folder icon of macOS",
}
SYSTEM_FOLDERS = {
    b"@eadir": "thumbnails made by a Synology NAS",
    b"#recycle": "recycle bin of a Synology NAS",
    b"#snapshot": "snapshots of a Synology NAS",
    b"@recycle": "recycle bin of a QNAP NAS",
    b"@recently-snapshot": "snapshots of a QNAP NAS",
    b".@__thumb": "thumbnails made by a QNAP NAS",
    b".photostructure": "data of PhotoStructure",
    b"$recycle.bin": "recycle bin of Windows",
    b"recycler": "recycle bin of Windows",
    b"system volume information": "system folder of Windows",
    b"__macosx": "attributes packed by macOS",
    b"lost+found": "system folder of the disk",
}
APPLE_DOUBLE = b"._"

FILE_TYPES = {
    stat.S_IFIFO: ("fifo", "named pipe"),
    stat.S_IFSOCK: ("socket", "socket"),
    stat.S_IFCHR: ("device", "character device"),
    stat.S_IFBLK: ("device", "block device"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    code: str
    text: str


def of_folder(name: bytes) -> Refusal | None:
    """Say why everything in a folder of this name is left out, `None` where it is not."""
    if system := SYSTEM_FOLDERS.get(name.lower()):
        return Refusal(code="system_file", text=f"inside {display_text(name)}, {system}")
    if name.startswith(b"."):
        return Refusal(code="hidden", text=f"inside the hidden folder {display_text(name)}")
    return None


def of_name(name: bytes) -> Refusal | None:
    """Say why a file of this name is left out."""
    if name.lower() in companions.PICASA_NAMES:
        return None
    if system := SYSTEM_FILES.get(name.lower()):
        return Refusal(code="system_file", text=system)
    if name.startswith(APPLE_DOUBLE):
        return Refusal(code="system_file", text="AppleDouble file: attributes kept by macOS, no picture")
    if name.startswith(b"."):
        return Refusal(code="hidden", text="hidden file")
    return None


def of_type(descriptor: int, name: bytes, status: os.stat_result) -> Refusal | None:
    """Say why what is no regular file, in the folder of an open `descriptor`, is left out."""
    if stat.S_ISLNK(status.st_mode):
        return Refusal(code="symlink", text=f"symbolic link to {_link_target(descriptor, name)}")
    if stat.S_ISREG(status.st_mode):
        return None
    code, text = FILE_TYPES.get(stat.S_IFMT(status.st_mode), ("device", "not a regular file"))
    return Refusal(code=code, text=text)


def _link_target(descriptor: int, name: bytes) -> str:
    try:
        return display_text(os.readlink(name, dir_fd=descriptor))
    except OSError as error:
        return f"an unknown target ({error.strerror})"
