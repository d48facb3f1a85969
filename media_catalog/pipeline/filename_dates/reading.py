"""What a matched name says: numbers become a real calendar date or nothing."""

import re
from datetime import UTC, datetime, timedelta

from media_catalog.pipeline.filename_dates.months import MONTHS
from media_catalog.pipeline.filename_dates.rules import Rule, Zone
from media_catalog.pipeline.filename_dates.shapes import FORENOON
from media_catalog.pipeline.timestamps.candidates import Candidate

FIRST_YEAR, LAST_YEAR = 1826, 2100  # the oldest photograph; the future is judged where the clock is known
POSIX_CENTURY = 69  # two digits from here on are of the 20th century
WESTMOST_MINUTES, EASTMOST_MINUTES, ZONE_STEP_MINUTES = -12 * 60, 14 * 60, 15


def read(rule: Rule, match: re.Match[str], *, name: str) -> Candidate | None:
    """Read the match as a date; `None` when its numbers are no date or zone, or its word is no month."""
    groups = {key: value for key, value in match.groupdict().items() if value is not None}
    try:
        moment = _moment(groups)
        offset = _offset_minutes(groups["offset"]) if "offset" in groups else None
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    is_utc = rule.zone is Zone.UTC
    instant = moment if is_utc else moment - timedelta(minutes=offset) if offset is not None else None
    return Candidate(
        source=f"name:{rule.name}",
        raw=name,
        local=None if is_utc else moment,
        instant=None if instant is None else instant.replace(tzinfo=UTC),
        precision=rule.precision,
        offset_minutes=offset,
        offset_source=None if offset is None else "name",
        weight=rule.weight,
    )


def _moment(groups: dict[str, str]) -> datetime:
    """:raises ValueError: when there is no such date or month."""
    if "epoch_ms" in groups or "epoch_s" in groups:
        epoch_ms = int(groups["epoch_ms"]) if "epoch_ms" in groups else int(groups["epoch_s"]) * 1000
        return datetime(1970, 1, 1) + timedelta(milliseconds=epoch_ms)
    return datetime(
        _year(groups),
        MONTHS.get(groups["mon"], 0) if "mon" in groups else int(groups.get("mo", "1")),
        int(groups.get("d", "1")),
        _hour(groups),
        int(groups.get("mi", "0")),
        int(groups.get("s", "0")),
        int(groups.get("ms", "0")) * 1000,
    )


def _year(groups: dict[str, str]) -> int:
    if "short_year" in groups:
        short = int(groups["short_year"])
        return short + (1900 if short >= POSIX_CENTURY else 2000)
    return int(groups["y"]) if "y" in groups else 2000 + int(groups["yy"])


def _hour(groups: dict[str, str]) -> int:
    hour = int(groups.get("h", "0"))
    half = re.sub(r"[. ]", "", groups.get("half") or groups.get("half_first") or "")
    if not half or hour > 12:
        return hour
    return hour % 12 + (0 if half in FORENOON else 12)


def _offset_minutes(text: str) -> int:
    """Read `+0200`, `-07:00`, `gmt+2`, `gmt`.

    :raises ValueError: for what is no zone of this world.
    """
    digits = re.sub(r"[^0-9]", "", text) or "0"
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "0")
    offset = (int(hours) * 60 + int(minutes)) * (-1 if "-" in text else 1)
    if not WESTMOST_MINUTES <= offset <= EASTMOST_MINUTES or offset % ZONE_STEP_MINUTES:
        raise ValueError(text)
    return offset
