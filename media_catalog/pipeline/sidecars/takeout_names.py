"""How Google Takeout names files: clipped, numbered, with characters replaced and suffixes for edits.

Sources: the issues and tests of GooglePhotosTakeoutHelper, immich-go and ente (ente-io/ente#4956).
"""

import html
import os
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from media_catalog.pipeline import media_types

SUFFIX = ".supplemental-metadata"  # clipped where the name would become too long, down to the dot
CLIPPED_LENGTHS = range(44, 47)  # of a JSON's name without ".json"; 46 by what is known of Latin names
LONG_LENGTH = 44  # a medium's name without extension may have been clipped from here on; 47 by what is known
COUNTER = re.compile(r"(.+)(\([0-9]+\))", re.DOTALL)
REPLACED = re.compile(r"[\\/:*?\"<>|%&'\x00-\x1f\x7f]")  # by "_" in the names of files
MOTION = re.compile(r"\.mp(?:~[0-9]+)?")  # the video of a Pixel's motion photo
LIVE_HALVES = frozenset((".mov", ".mp4", ".m4v", ".heic"))  # the other half of a photo that has the JSON
STILLS = frozenset(
    "." + extension.decode() for extension in media_types.IMAGE_EXTENSIONS | media_types.RAW_EXTENSIONS
)
VIDEOS = frozenset("." + extension.decode() for extension in media_types.VIDEO_EXTENSIONS) | {".mp"}
# What Google Photos appends to the name of an edited copy, in the language of the account.
EDITED = tuple(
    unicodedata.normalize("NFC", suffix)
    for suffix in (
        "-edited",
        "-effects",
        "-smile",
        "-mix",
        "-motion",
        "-animation",
        "-collage",
        "-pano",
        "-bearbeitet",
        "-bewerkt",
        "-edytowane",
        "-editado",
        "-editada",
        "-ha editado",
        "-editat",
        "-modifié",
        "-modificato",
        "-modificata",
        "-redigerad",
        "-redigerat",
        "-redigeret",
        "-redigert",
        "-muokattu",
        "-upraveno",
        "-upravené",
        "-szerkesztve",
        "-szerkesztett",
        "-düzenlendi",
        "-diedit",
        "-изменено",
        "-отредактировано",
        "-відредаговано",
        "-επεξεργασμένο",
        "-編集済み",
        "-已编辑",
        "-编辑",
        "-已編輯",
        "-編輯",
        "-수정됨",
    )
)
SHORTEST_REST = 2  # characters of a suffix that was clipped itself: "-e"


class Name(NamedTuple):
    """A file name and the counter that Takeout moved about: `IMG_1.jpg` and `(2)` for IMG_1(2).jpg."""

    name: str
    counter: str

    @property
    def stem(self) -> str:
        return split(self.name)[0]

    @property
    def extension(self) -> str:
        return split(self.name)[1]


def text(name: bytes) -> str:
    """Decode a file name so that equal names are equal, however their accents are encoded."""
    return unicodedata.normalize("NFC", os.fsdecode(name))


def folded(name: str) -> str:
    """Give what two names have in common that differ by case, or by characters that files cannot have."""
    return REPLACED.sub("_", name).casefold()


def of_title(title: str) -> str:
    """Give a title as it is compared with file names."""
    return unicodedata.normalize("NFC", html.unescape(title))


def split(name: str) -> tuple[str, str]:
    """Take a name apart at the extension of a photo or video; any other ending belongs to the stem."""
    stem, extension = os.path.splitext(name)
    low = extension.lower()
    return (stem, low) if low in STILLS or low in VIDEOS or MOTION.fullmatch(low) else (name, "")


def of_medium(name: str) -> list[Name]:
    """Read a photo's or video's file name: as it is, and with its counter taken out."""
    stem = split(name)[0]
    counted = COUNTER.fullmatch(stem)
    readings = [Name(name, "")]
    return [*readings, Name(counted[1] + name[len(stem) :], counted[2])] if counted else readings


def of_sidecar(name: str) -> list[Name]:
    """Read the name of a JSON: the names of files, clipped or not, that it may have been written for.

    The counter stands at its end, or where the file has it.
    """
    stem = name[: -len(".json")]
    counted = COUNTER.fullmatch(stem)
    readings = [Name(stem, ""), *([Name(counted[1], counted[2])] if counted else [])]
    readings += [Name(short, one.counter) for one in readings if (short := _without_suffix(one.name))]
    moved = [one for reading in readings if not reading.counter for one in of_medium(reading.name)[1:]]
    return list(dict.fromkeys([*readings, *moved]))


def media_of(json_name: str) -> list[str]:
    """List the names of media that a JSON may lie beside, told by its own name."""
    readings = of_sidecar(json_name)
    return [one.stem + one.counter + one.name[len(one.stem) :] for one in readings if one.extension]


def _without_suffix(name: str) -> str | None:
    """Take ".supplemental-metadata" off a name, which may be clipped."""
    start, dot, ending = name.rpartition(".")
    return start if dot and start and SUFFIX.startswith(dot + ending.lower()) else None


def lengths(name: str) -> set[int]:
    """Measure a name in all units in which it may have been clipped."""
    forms = [name, unicodedata.normalize("NFD", name)]
    return {
        length
        for form in forms
        for length in (
            len(form),
            len(form.encode("utf-16-le", "surrogatepass")) // 2,
            len(form.encode("utf-8", "surrogateescape")),
        )
    }


def is_clipped(stem: str) -> bool:
    """Tell whether a JSON's name without ".json" is as long as only a clipped one is."""
    return not lengths(stem).isdisjoint(CLIPPED_LENGTHS)


def may_be_clipped(stem: str) -> bool:
    """Tell whether a medium's name without extension may be the beginning of a longer one."""
    return max(lengths(stem)) >= LONG_LENGTH


def unedited(name: str) -> Iterator[str]:
    """Give the names that the original of an edited copy may have; its counter stays: `a-edited(1).jpg`."""
    for reading in reversed(of_medium(name)):
        stem = reading.stem
        if original := _without_edit(stem, is_partial=may_be_clipped(stem)):
            yield original + reading.counter + reading.name[len(stem) :]


def _without_edit(stem: str, *, is_partial: bool) -> str | None:
    low = stem.lower()
    for suffix in EDITED:
        if low.endswith(suffix) and len(stem) > len(suffix):
            return stem[: -len(suffix)]
    for suffix in EDITED if is_partial else ():
        for length in range(len(suffix) - 1, SHORTEST_REST - 1, -1):
            if low.endswith(suffix[:length]):
                return stem[:-length]
    return None
