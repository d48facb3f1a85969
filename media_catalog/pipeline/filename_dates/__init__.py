"""Dates in file names: a table of naming families (see github.com/simulot/immich-go internal/filenames)."""

import dataclasses
import re
import unicodedata

from media_catalog.pipeline.filename_dates import cameras, days, generic, not_dates, reading, saved, zoned
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision

RULES = (*zoned.RULES, *saved.RULES, *cameras.RULES, *generic.RULES, *days.RULES)
NOT_DATES = not_dates.NOT_DATES

FORCE_MARKER = "[force]"  # a person's word: [FORCE]20150131_142030.jpg
FORCED_WEIGHT = 90
LONGEST_NAME = 512  # no file system allows more than 255 characters; keeps the patterns' time bounded

_ASCII_DIGITS = {ord(zero) + n: str(n) for zero in "٠۰०০๐" for n in range(10)}  # noqa: RUF001 (digits of other scripts)
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-")
_INVISIBLE = dict.fromkeys((0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x2066, 0x2068, 0x2069, 0xFEFF))
_PLAIN = {**_ASCII_DIGITS, **_DASHES, **_INVISIBLE}
_PERCENT_CODE = re.compile(r"%(20|2[8-9bcd]|3a|5f)")
_EXTENSION = re.compile(r"\.(?:[a-z][a-z0-9]{0,4}|3g(?:[p2]|pp))\Z")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_HAS_A_YEAR = re.compile(r"18[2-9][0-9]|19[0-9][0-9]|20[0-9][0-9]|2100|1[0-9]{9}|[0-9]-[0-9][0-9][ _]")


def candidate_from_name(name: str) -> Candidate | None:
    """Read the date that a file's base name (with extension) carries.

    The first rule of the table that yields a real date wins. `None` when there is no date, or none that has
    only one reading. What is not written is not invented: a day stays a day.
    """
    name = _storable(name.rpartition("/")[2])
    text = _plain(name[:LONGEST_NAME])
    if FORCE_MARKER in text:
        forced = _first(text.replace(FORCE_MARKER, " ").strip(), name=name)
        return forced and dataclasses.replace(forced, source="name:forced", weight=FORCED_WEIGHT)
    if not _HAS_A_YEAR.search(text) or any(family.pattern.search(text) for family in NOT_DATES):
        return None
    return _first(text, name=name)


def _first(text: str, *, name: str) -> Candidate | None:
    for rule in RULES:
        if not rule.pattern.search(text):  # most rules; finditer costs twice as much
            continue
        claims = [reading.read(rule, match, name=name) for match in rule.pattern.finditer(text)]
        found = [claim for claim in claims if claim is not None]
        if found:
            return None if _is_range(found) else found[0]
    return None


def _is_range(found: list[Candidate]) -> bool:
    """Two days of one form are a period (2015-07-04 - 2015-07-11), of which no day is the file's."""
    return found[0].precision is not Precision.SECOND and len({claim.local for claim in found}) > 1


def _plain(name: str) -> str:
    """Lower case without extension, in ASCII digits and dashes, without UUIDs (their digits mean nothing)."""
    text = name if name.isascii() else unicodedata.normalize("NFKC", name.translate(_PLAIN))
    text = text.lower()
    if "%" in text:
        text = _PERCENT_CODE.sub(lambda code: chr(int(code[1], 16)), text)
    text = _EXTENSION.sub("", text)
    return _UUID.sub("#", text) if text.count("-") >= 4 else text


def _storable(name: str) -> str:
    """The name without lone surrogates (bytes that are no UTF-8), which no database takes."""
    return name if name.isascii() else _LONE_SURROGATE.sub("\ufffd", name)
