"""Finds words in the names of files and folders that people may have meant as tags."""

import re
from collections.abc import Iterator

from media_catalog.pipeline.sidecars import takeout_folders

LONGEST = 100  # characters
MOST = 20  # words of one path
BRACES = re.compile(r"\{([^{}]*)\}")
# A name that Windows or a mail program made: {3F2504E0-4F89-11D3-9A0C-0305E82C3301}
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# What stands before the words: 2015, 2015-07, 2015-07-04, 20150704, 2015_07_04 to 08
DATE = re.compile(r"^(?:1[89]|20)[0-9]{2}(?:[-_. ]?[0-9]{2}){0,2}(?:[-_. ]+(?=[^\W\d_])|$)")
# https://en.wikipedia.org/wiki/Design_rule_for_Camera_File_system: three digits and five letters
CAMERA_FOLDER = re.compile(r"[1-9][0-9]{2}[a-z0-9_]{5}", re.IGNORECASE)
GENERIC = frozenset(
    [
        "backup",
        "backups",
        "bilder",
        "cache",
        "camera",
        "copy",
        "dcim",
        "desktop",
        "documents",
        "dokumente",
        "downloads",
        "download",
        "export",
        "files",
        "fotos",
        "found",
        "image",
        "images",
        "import",
        "media",
        "misc",
        "movies",
        "new",
        "old",
        "original",
        "originals",
        "pics",
        "photo",
        "photos",
        "picture",
        "pictures",
        "recovered",
        "scan",
        "scans",
        "temp",
        "thumb",
        "thumbnail",
        "thumbnails",
        "thumbs",
        "tmp",
        "trash",
        "unsorted",
        "untitled",
        "upload",
        "uploads",
        "video",
        "videos",
    ]
)


def folder_words(folder: str) -> list[str]:
    """List what the folders of a path, relative to its source, are called, without dates and generic names.

    The folders of a Google Takeout are known for what they are: they give no words.
    """
    if takeout_folders.place(folder.encode("utf-8", "surrogatepass")):
        return []
    return _once(word for part in folder.split("/") if (word := _word(part)))


def name_words(name: str) -> list[str]:
    """List the words in braces in a file's name: "IMG {Rome, ski trip}.jpg"."""
    inner = (part for found in BRACES.findall(name) if not GUID.fullmatch(found) for part in found.split(","))
    return _once(word for part in inner if (word := " ".join(part.split())) and len(word) <= LONGEST)


def _word(part: str) -> str | None:
    word = " ".join(DATE.sub("", part.replace("_", " ").strip(), count=1).split()).strip(" -")
    letters = sum(one.isalpha() for one in word)
    is_generic = word.casefold() in GENERIC or CAMERA_FOLDER.fullmatch(part)
    if letters < 2 or len(word) > LONGEST or is_generic or word.startswith(("{", ".")):
        return None
    return word


def _once(words: Iterator[str]) -> list[str]:
    known: dict[str, str] = {}
    for word in words:
        known.setdefault(word.casefold(), word)
    return list(known.values())[:MOST]
