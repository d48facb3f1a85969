"""What a row of the rule table is."""

import re
from dataclasses import dataclass
from enum import StrEnum

from media_catalog.pipeline.timestamps.candidates import Precision

# Weights beside those of the tags (a DateTimeOriginal has 10, a modification time 1)
CAMERA = 6  # a device wrote its clock when it made the file
OWN = 5  # a pattern that the user wrote
SENT = 4  # a program wrote when it sent or received: after the capture, mostly by little
GENERIC = 3  # a date in no known form; also the time of saving, editing, scanning
DOUBTFUL = 2  # a date that a person may have meant otherwise


class Zone(StrEnum):
    """Which clock wrote the name."""

    LOCAL = "local"
    UTC = "utc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One family of names: how it looks, and how far its date is to be believed.

    The pattern's groups are y mo (or mon, a month's name) d h mi s ms, yy for a two-digit year, half and
    half_first for the half of the day, offset for a zone, epoch_s and epoch_ms for time since 1970.
    """

    name: str
    pattern: re.Pattern[str]
    weight: int
    example: str
    counter_example: str
    precision: Precision = Precision.SECOND
    zone: Zone = Zone.LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class NotADate:
    """A family of names whose digits are an id, although some look like a date."""

    name: str
    pattern: re.Pattern[str]
    example: str
