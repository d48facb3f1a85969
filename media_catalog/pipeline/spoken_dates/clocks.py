"""The time of day in a typed date, and its zone."""

import re
from dataclasses import dataclass, replace

from media_catalog.pipeline.spoken_dates.periods import NotADate, Period, Why
from media_catalog.pipeline.timestamps import zones
from media_catalog.pipeline.timestamps.candidates import Precision, period_end

# A bare number is no time: it needs a colon, minutes, or a word that says so.
CLOCK = (
    r"(?:(?P<h>[0-9]{1,2})[:.h](?P<min>[0-9]{2})(?:[:.](?P<s>[0-9]{2}))?(?: ?(?P<half>[ap])\.?m\.?| ?uhr|h)?"
    r"|(?P<hour>[0-9]{1,2}) ?(?:(?P<of>[ap])\.?m\.?|uhr|h|o'clock)"
    r"|(?P<word>noon|midday|mittags?))"
)
ZONE = r"(?: ?(?P<zone>z|utc|gmt|(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?))?"
LAST = re.compile(rf"(?P<date>.+?)(?: at | um | ?- |t(?=[0-9])| ){CLOCK}{ZONE}")
FIRST = re.compile(rf"(?:at )?{CLOCK}{ZONE}(?: on| am)? (?P<date>.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day, to the minute or to the second, and how far it is ahead of UTC where that is said."""

    hour: int
    minute: int
    second: int | None
    offset_minutes: int | None


def split(text: str) -> tuple[str, Clock]:
    """Split a text into the date and the time of day that it ends or begins with.

    :raises NotADate: when it does neither.
    """
    match = LAST.fullmatch(text) or FIRST.fullmatch(text)
    if match is None:
        raise NotADate(Why.UNREADABLE)
    return match["date"], _clock(match)


def at(day: Period, clock: Clock) -> Period:
    """Return the time of a day.

    :raises NotADate: when it is no single day, or has no such time.
    """
    if day.precision is not Precision.DAY:
        raise NotADate(Why.UNREADABLE)
    try:
        local = day.local.replace(hour=clock.hour, minute=clock.minute, second=clock.second or 0)
    except ValueError:
        raise NotADate(Why.NO_SUCH_TIME) from None
    precision = Precision.MINUTE if clock.second is None else Precision.SECOND
    return replace(
        day,
        local=local,
        until=period_end(local, precision),
        precision=precision,
        offset_minutes=clock.offset_minutes,
    )


def _clock(match: re.Match[str]) -> Clock:
    parts = match.groupdict()
    hour = 12 if parts["word"] else int(parts["h"] or parts["hour"])
    if half := parts["half"] or parts["of"]:
        if not 1 <= hour <= 12:
            raise NotADate(Why.NO_SUCH_TIME)
        hour = hour % 12 + (12 if half == "p" else 0)
    offset = zones.parse_offset(parts["zone"].upper()) if parts["zone"] else None
    if parts["zone"] and offset is None:
        raise NotADate(Why.NO_SUCH_ZONE)
    return Clock(
        hour=hour,
        minute=int(parts["min"] or 0),
        second=int(parts["s"]) if parts["s"] else None,
        offset_minutes=offset,
    )
