"""What a dated claim is, and which claims a file's tags make (tag names: https://exiftool.org/TagNames/)."""

import calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from media_catalog.pipeline.timestamps import date_text, editors, maker_zones, zones
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS, TRACK_DATES, DateTag
from media_catalog.pipeline.timestamps.date_text import DateText

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MTIME_WEIGHT = 1
EDIT_WEIGHT = 0  # the date of an edit by a program that is made for it
RAW_LIMIT = 100  # characters; a date is shorter
INTEGER_LIMIT = 10**15  # digits that ExifTool writes as a number


class Precision(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    DECADE = "decade"
    RANGE = "range"


MONTHS = {Precision.MONTH: 1, Precision.SEASON: 3, Precision.YEAR: 12, Precision.DECADE: 120}
EXACT = frozenset((Precision.SECOND, Precision.MINUTE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One dated claim, as it was written and as it is understood.

    `local` is the naive wall clock at the start of the period, `None` when only the instant is known.
    `instant` is an aware UTC time, `None` while the zone is unknown. `offset_minutes` is evidence, never
    assumed. Both are `None` where the text is no date; such a claim is kept to be shown, and always refused.
    """

    source: str
    raw: str
    local: datetime | None
    instant: datetime | None
    precision: Precision
    offset_minutes: int | None
    offset_source: str | None
    weight: int
    until: datetime | None = None  # end of a range, naive; any other precision has its own


def period_end(local: datetime, precision: Precision) -> datetime:
    """Give the last second of the period that starts at `local`; the same time for an exact one.

    A range has no length of its own, so its start is given back.
    """
    if precision is Precision.MINUTE:
        return local + timedelta(seconds=59)
    if precision is Precision.DAY:
        return local + timedelta(days=1, seconds=-1)
    months = MONTHS.get(precision)
    if months is None:
        return local
    last = local.year * 12 + local.month - 1 + months - 1  # months since the year 0
    year, month = last // 12, last % 12 + 1
    return datetime(year, month, calendar.monthrange(year, month)[1], 23, 59, 59)


def from_tags(tags: Mapping[str, Any]) -> list[Candidate]:
    """Read every dated claim of a file, strongest first; tags by ExifTool with `-G0:1 -n`.

    What is no date at all is kept as a claim without a date, so that it can be shown; it never raises.
    """
    found = [claim for tag in DATE_TAGS if (claim := of_tag(tags, tag))]
    return [*found, *_track_claims(tags)]


def from_mtime(mtime_ns: int) -> Candidate:
    """Take the file's modification time, nanoseconds since 1970 in UTC, as the weakest claim."""
    try:
        instant = EPOCH + timedelta(microseconds=mtime_ns // 1000)
    except OverflowError:
        instant = None
    return Candidate(
        source="file:mtime",
        raw=instant.isoformat() if instant else str(mtime_ns)[:RAW_LIMIT],
        local=None,
        instant=instant,
        precision=Precision.SECOND,
        offset_minutes=None,
        offset_source=None,
        weight=MTIME_WEIGHT,
    )


def claim_of(date: DateText | None, *, source: str, raw: str, weight: int) -> Candidate:
    """Make a claim of a date that stands in a text, or of a text that is no date."""
    offset = date.offset_minutes if date else None
    is_utc = date is not None and date.is_utc
    is_placed = is_utc or offset is not None
    return Candidate(
        source=source,
        raw=date_text.without_controls(raw)[:RAW_LIMIT],
        local=date.local if date and not is_utc else None,
        instant=zones.to_instant(date.local, offset or 0) if date and is_placed else None,
        precision=Precision(date.unit) if date else Precision.SECOND,
        offset_minutes=offset,
        offset_source=None if offset is None else "value",
        weight=weight,
    )


def of_tag(tags: Mapping[str, Any], tag: DateTag) -> Candidate | None:
    """Read the claim of one tag; `None` where it is not there, or says nothing."""
    text = _first_text(tags, tag.keys)
    if not text:
        return None
    if time := _first_text(tags, tag.times):
        text = f"{text} {time}"
    return _read(tags, tag, text)


def _read(tags: Mapping[str, Any], tag: DateTag, text: str) -> Candidate | None:
    date = date_text.parse(text)
    if date is None:
        return claim_of(None, source=tag.source, raw=text, weight=tag.weight)
    if not date.has_time and (tag.needs_time or tag.is_utc):
        return None
    return _understood(tags, tag, text=text, date=date)


def _understood(tags: Mapping[str, Any], tag: DateTag, *, text: str, date: DateText) -> Candidate:
    local: datetime | None = date.local
    if tag.subseconds and date.has_time and not date.local.microsecond:
        fraction = date_text.microseconds(_first_text(tags, tag.subseconds))
        local = date.local.replace(microsecond=fraction)
    offset, offset_source = _offset(tags, tag, date)
    instant = zones.to_instant(local, offset) if local and offset is not None else None
    if date.is_utc or tag.is_utc:
        # These digits are UTC, or what ExifTool made of UTC in the zone of this machine (CR3): no wall clock.
        local, instant = None, instant or zones.to_instant(date.local, 0)
        offset, offset_source = None, None
    return Candidate(
        source=tag.source,
        raw=date_text.without_controls(text)[:RAW_LIMIT],
        local=local,
        instant=instant,
        precision=Precision(date.unit),
        offset_minutes=offset,
        offset_source=offset_source,
        weight=EDIT_WEIGHT if tag.is_edit and editors.is_edited(tags) else tag.weight,
    )


def _offset(tags: Mapping[str, Any], tag: DateTag, date: DateText) -> tuple[int | None, str | None]:
    """Find the zone of a date: in the value itself, else in the tags that go with it."""
    if not date.has_time or date.is_utc or (date.offset_minutes == 0 and tag.is_zone_mandatory):
        return None, None
    if date.offset_minutes is not None:
        return date.offset_minutes, "value"
    for key in tag.offsets:
        offset = zones.parse_offset(_text(tags.get(key)))
        if offset is not None:
            return offset, "EXIF:" + key.rpartition(":")[2]
    return (tag.is_camera_clock and maker_zones.maker_zone(tags)) or (None, None)


def _track_claims(tags: Mapping[str, Any]) -> Iterator[Candidate]:
    """Read the dates of a video's tracks, each distinct one once; cameras repeat the movie's date in them."""
    seen = set()
    for key, value in tags.items():
        if not key.startswith("QuickTime:Track"):
            continue
        tag = TRACK_DATES.get(key.rpartition(":")[2])
        text = _text(value)
        if tag is None or not text or (tag.source, text) in seen:
            continue
        seen.add((tag.source, text))
        if claim := _read(tags, tag, text):
            yield claim


def _first_text(tags: Mapping[str, Any], keys: Sequence[str]) -> str:
    for key in keys:
        if key in tags and (text := _text(tags[key])):
            return text
    return ""


def _text(value: Any) -> str:
    """Give a tag's text up to a NUL; of a list, the first item's. ExifTool writes a bare year as a number."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value.partition("\0")[0].strip()
    return str(value) if type(value) is int and abs(value) < INTEGER_LIMIT else ""
