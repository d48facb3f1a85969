"""Dates in file names: a table of naming families (see github.com/simulot/immich-go internal/filenames)."""

import dataclasses
import re
from collections.abc import Iterable

from media_catalog.pipeline.filename_dates import (
    cameras,
    days,
    generic,
    not_dates,
    reading,
    saved,
    text,
    zoned,
)
from media_catalog.pipeline.filename_dates.rules import Rule
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision

RULES = (*zoned.RULES, *saved.RULES, *cameras.RULES, *generic.RULES, *days.RULES)
NOT_DATES = not_dates.NOT_DATES

FORCE_MARKER = "[force]"  # a person's word: [FORCE]20150131_142030.jpg
FORCED_WEIGHT = 90
_HAS_A_YEAR = re.compile(r"18[2-9][0-9]|19[0-9][0-9]|20[0-9][0-9]|2100|1[0-9]{9}|[0-9]-[0-9][0-9][ _]")


def candidate_from_name(name: str, *, patterns: Iterable[Rule] = ()) -> Candidate | None:
    """Read the date that a file's base name (with extension) carries.

    The first rule of the table that yields a real date wins; `patterns` of the user are asked before. `None`
    when there is no date, or none that has only one reading. What is not written is not invented: a day
    stays a day.
    """
    name = text.storable(name.rpartition("/")[2])
    plain = text.stem(text.plain(name))
    if FORCE_MARKER in plain:
        forced = _first(plain.replace(FORCE_MARKER, " ").strip(), name=name)
        return forced and dataclasses.replace(forced, source="name:forced", weight=FORCED_WEIGHT)
    if patterns and (claim := _first(plain, name=name, rules=patterns)):
        return claim
    if not _HAS_A_YEAR.search(plain) or any(family.pattern.search(plain) for family in NOT_DATES):
        return None
    return _first(plain, name=name)


def _first(plain: str, *, name: str, rules: Iterable[Rule] = RULES) -> Candidate | None:
    for rule in rules:
        if not rule.pattern.search(plain):  # most rules; finditer costs twice as much
            continue
        claims = [reading.read(rule, match, name=name) for match in rule.pattern.finditer(plain)]
        found = [claim for claim in claims if claim is not None]
        if found:
            return None if _is_range(found) else found[0]
    return None


def _is_range(found: list[Candidate]) -> bool:
    """Two days of one form are a period (2015-07-04 - 2015-07-11), of which no day is the file's."""
    return found[0].precision is not Precision.SECOND and len({claim.local for claim in found}) > 1
