"""Where a copy goes in the archive, and how its name is made safe for every file system.

Names that Windows refuses: https://learn.microsoft.com/windows/win32/fileio/naming-a-file
"""

import os
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from media_catalog.pipeline.media_types import MEDIA_EXTENSIONS
from media_catalog.pipeline.timestamps.candidates import Precision, period_end

UNKNOWN = "unknown"
UNNAMED = "unnamed"
NAME_BYTES = 255
ROOM_BYTES = len("_9999999") + len(".xmp")  # for the number of a collision, and the sidecar's extension
SAME_EXTENSION = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
PLAIN_EXTENSION = re.compile(r"[a-z0-9]{1,10}")
RESERVED = frozenset('/\\<>:"|?*')
# Controls, lone surrogates, line and paragraph separators; and what turns the direction of the text round.
UNSAFE_CATEGORIES = frozenset(["Cc", "Cs", "Zl", "Zp"])
UNSAFE_MARKS = frozenset(
    "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
)
DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(?=\.|$)", re.IGNORECASE)
EDGES = " .\u00a0\u3000"  # Windows drops blanks and dots at the end; a dot in front hides the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place in the archive before collisions are counted; `extension` is without a dot and may be empty."""

    folder: str
    stem: str
    extension: str


def destination(
    *,
    local: datetime | None,
    until: datetime | None,
    precision: Precision | None,
    original_name: bytes,
    extension: str | None,
) -> Destination:
    """Place a file by its wall clock, as written: no zone is ever applied.

    `until` is the last second of the period; `original_name` the base name; `extension` that of the content.
    """
    ending = _extension(original_name, extension)
    stem = _original_stem(original_name)
    if local is None or precision is None:
        return Destination(folder=UNKNOWN, stem=_fitting(stem, ending) or UNNAMED, extension=ending)
    if precision is Precision.SECOND:
        return Destination(folder=f"{local.year:04}", stem=_second(local), extension=ending)
    folder, date = _partial(local, until, precision)
    rest = _fitting(_without_date(stem, known_parts(local, until, precision)), ending, taken=date + "_")
    return Destination(folder=folder, stem=f"{date}_{rest}" if rest else date, extension=ending)


def numbered(place: Destination, number: int) -> str:
    """Write the path relative to the archive: 0 for the bare name, 1 for `_001`, and there is no last one."""
    suffix = f"_{number:03}" if number else ""
    ending = f".{place.extension}" if place.extension else ""
    return f"{place.folder}/{place.stem}{suffix}{ending}"


def collision_key(relative: str) -> str:
    """Give one key to paths that are one file on some file system: other case, other Unicode form."""
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", relative).casefold()).casefold()
    return unicodedata.normalize("NFC", folded)


def known_parts(local: datetime, until: datetime | None, precision: Precision) -> tuple[int, ...]:
    """Return year, month and day as far as they are known; nothing for a decade or longer."""
    start = (local.year, local.month, local.day)
    if precision in (Precision.YEAR, Precision.SEASON):
        return start[:1]
    if precision is Precision.MONTH:
        return start[:2]
    if precision is Precision.DAY:
        return start
    last = until or period_end(local, precision)
    return _common_start(start, (last.year, last.month, last.day))


def safe_name(text: str, *, max_bytes: int) -> str:
    """Make text a file name that every file system takes and keeps; surrogates stand for bad UTF-8."""
    safe = "".join("_" if _is_unsafe(char) else char for char in unicodedata.normalize("NFC", text))
    safe = safe.strip(EDGES)
    if DEVICES.match(safe):
        safe = f"_{safe}"
    return safe.encode()[:max_bytes].decode("utf-8", "ignore").rstrip(EDGES)


def _fitting(stem: str, ending: str, *, taken: str = "") -> str:
    return safe_name(stem, max_bytes=NAME_BYTES - ROOM_BYTES - len(f"{taken}.{ending}"))


def _second(local: datetime) -> str:
    return f"{_digits((local.year, local.month, local.day))}_{local:%H%M%S}"


def _partial(local: datetime, until: datetime | None, precision: Precision) -> tuple[str, str]:
    """Give the folder, and as much of the date as is known."""
    if precision is Precision.MINUTE:
        return f"{local.year:04}", f"{_digits(known_parts(local, None, Precision.DAY))}_{local:%H%M}"
    if parts := known_parts(local, until, precision):
        return f"{local.year:04}", _digits(parts)
    last = until or period_end(local, precision)
    if local.year // 10 == last.year // 10:
        years = f"{local.year // 10}0s"
    else:
        years = f"{local.year:04}-{last.year:04}"
    return years, years


def _common_start(first: tuple[int, ...], last: tuple[int, ...]) -> tuple[int, ...]:
    length = next(
        (at for at, pair in enumerate(zip(first, last, strict=True)) if pair[0] != pair[1]), len(first)
    )
    return first[:length]


def _digits(parts: tuple[int, ...]) -> str:
    return f"{parts[0]:04}" + "".join(f"{part:02}" for part in parts[1:])


def _original_stem(name: bytes) -> str:
    """Cut off the extension, but only one of a photo or video: a stem may have dots of its own."""
    stem, suffix = os.path.splitext(name)
    return os.fsdecode(stem if suffix[1:].lower() in MEDIA_EXTENSIONS else name)


def _without_date(stem: str, parts: tuple[int, ...]) -> str:
    """Leave out a day that stands in front of the stem anyway: `IMG-20150131-WA0007` becomes `IMG-WA0007`."""
    if len(parts) < 3:
        return stem
    day = r"[-_.]?".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])])
    rest, count = re.subn(rf"(^|[-_. ]){day}(?=[-_. ]|$)", "", stem, count=1)
    return rest.lstrip("-_. ") if count else stem


def _extension(name: bytes, extension: str | None) -> str:
    ending = extension or os.fsdecode(os.path.splitext(name)[1][1:])
    ending = SAME_EXTENSION.get(ending.lower(), ending.lower())
    return ending if PLAIN_EXTENSION.fullmatch(ending) else ""


def _is_unsafe(char: str) -> bool:
    return char in RESERVED or char in UNSAFE_MARKS or unicodedata.category(char) in UNSAFE_CATEGORIES
