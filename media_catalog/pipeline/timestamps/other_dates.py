"""Dates in tags that no rule knows: shown and compared, and believed only where there is nothing better."""

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from media_catalog.pipeline.timestamps import date_text
from media_catalog.pipeline.timestamps.candidates import Candidate, claim_of

PREFIX = "other:"
WEIGHT = 1
MOST = 8  # claims of one file
LONGEST_KEY = 100  # characters
LIKELY_NAME = re.compile(r"(?:Date|Time)(?![a-z])")
FULL_DATE = re.compile(r"\D{0,2}[12][0-9]{3}[:\-/.][01]?[0-9][:\-/.][0-3]?[0-9](?![0-9])")
NO_GROUPS = ("File:", "ICC_Profile:", "Composite:", "ExifTool:", "EXIF:IFD1:", "Photoshop:", "SourceFile")
# What these are the times of is something else: an edit, a profile, a sale, a firmware, a part of the file.
LIARS = re.compile(
    r"Modif|Modify|ModDate|Metadata|History|When|Access|Inode|Profile|Firmware|Manufactur|Expir|Releas|Copyright|"
    r"Birth|Valid|Purchas|Download|Acquir|Import|Archiv|Receiv|Sent|Print|Preview|Thumb|Exposure|Shutter|Duration|"
    r"PowerUp|Last|Upload|Index|Sign|Identif|Event|Measur|Relation|Embargo|Deprecat|Software|Version|Zone|Scale|"
    r"Publish|Encod|Tagg|Edit|Sav(?:e|ed)|Updat|Approv|Licen|Rating|Face|Region|GPS|Created?(?=Tool)|Datecreate|Datemodify"
)


def from_other_tags(tags: Mapping[str, Any], *, known: Set[str]) -> Iterator[Candidate]:
    """Find the dates in tags that are not `known` and whose name promises one, at most eight of them."""
    found = 0
    for key, value in tags.items():
        if found < MOST and key not in known and (claim := _claim(key, value)):
            found += 1
            yield claim


def _claim(key: str, value: Any) -> Candidate | None:
    if not isinstance(value, str) or not FULL_DATE.match(value) or key.startswith(NO_GROUPS):
        return None
    name = key.rpartition(":")[2]
    if not LIKELY_NAME.search(name) or LIARS.search(name):
        return None
    date = date_text.parse(value.partition("\0")[0].strip())
    if date is None:
        return None
    return claim_of(date, source=PREFIX + key[:LONGEST_KEY], raw=value, weight=WEIGHT)
