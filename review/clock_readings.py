"""By how much a clock was wrong: what it showed when a picture was taken, and what it should have shown."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from media_catalog.models import MediaFile
from media_catalog.pipeline import spoken_dates
from media_catalog.pipeline.spoken_dates import Spoken
from media_catalog.pipeline.timestamps import clock_witnesses
from media_catalog.pipeline.timestamps.candidates import EXACT, Precision
from media_catalog.services import evidence
from media_catalog.templatetags.capture import period_text

TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?")


class NotMeasured(ValueError):
    """What was typed gives no length of time; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What the clock showed, what somebody says instead, and the seconds in between.

    `other` is what the words could mean as well.
    """

    showed: datetime
    said: str
    other: str
    seconds: int
    is_day: bool
    has_zone: bool


def shown_by(file: MediaFile) -> datetime | None:
    """Return what the camera's clock showed; for a file that does not say, its exact date, if it has one."""
    claims = [evidence.candidate(row) for row in file.candidates.order_by("rank")]
    clock = clock_witnesses.camera_clock(claims)
    return (clock.local if clock else None) or dated(file)


def dated(file: MediaFile) -> datetime | None:
    """Return the date of a file where it is exact."""
    return file.captured_local if file.captured_precision in EXACT else None


def measure(showed: datetime, text: str, *, today: date) -> Measured:
    """Read what a clock should have shown; a mere time is one of the same day.

    :raises NotMeasured: when that cannot be read, or is less exact than a day.
    """
    spoken = _same_day(showed, text) or spoken_dates.understand(text, today=today)
    if spoken is None:
        raise NotMeasured(_("This is no date that can be read: give one such as 2019-08-15 14:20."))
    if spoken.precision not in (*EXACT, Precision.DAY):
        raise NotMeasured(_("This is not exact enough: give a day, better with the time."))
    return Measured(
        showed=showed,
        said=_text(spoken),
        other=_text(spoken.other) if spoken.other else "",
        seconds=_between(showed, spoken),
        is_day=spoken.precision == Precision.DAY,
        has_zone=spoken.offset_minutes is not None,
    )


def _same_day(showed: datetime, text: str) -> Spoken | None:
    match = TIME.fullmatch(text.strip())
    if not match:
        return None
    try:
        local = showed.replace(
            hour=int(match[1]), minute=int(match[2]), second=int(match[3] or 0), microsecond=0
        )
    except ValueError:
        return None
    precision = Precision.SECOND if match[3] else Precision.MINUTE
    return Spoken(local=local, until=local, precision=precision)


def _between(showed: datetime, spoken: Spoken) -> int:
    """Compare only what was said: without seconds whole minutes, without a time whole days."""
    if spoken.precision == Precision.DAY:
        return (spoken.local.date() - showed.date()) // timedelta(seconds=1)
    showed = showed.replace(microsecond=0)
    if spoken.precision == Precision.MINUTE:
        showed = showed.replace(second=0)
    return round((spoken.local - showed).total_seconds())


def _text(spoken: Spoken) -> str:
    return period_text(spoken.local, spoken.until, spoken.precision)
