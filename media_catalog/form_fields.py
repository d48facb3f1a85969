"""What forms of the workplace and of the admin ask for alike: a length of time, and a time zone."""

import re
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from media_catalog.pipeline import typed_names

TAGS_HINT = _('In double quotes a name may have a comma: "Paris, Texas", beach')
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
PART = re.compile(r"([0-9]{1,7})\s*(d(?:ays?)?|h(?:ours?)?|m(?:in(?:utes?)?)?|s(?:ec(?:onds?)?)?)\b[\s,]*")
LONGEST = timedelta(days=200 * 366)
LONGEST_LENGTH = 60


class TagNames(forms.CharField):
    """Tags with commas between them; gives a list of names, and is filled in from one."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"help_text": TAGS_HINT, **more})

    def clean(self, value: Any) -> list[str]:
        return typed_names.split(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else typed_names.join(value)


class Length(forms.Field):
    """A length of time with its sign, such as "+1 h 30 min" or "-365 days"; gives seconds."""

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().lower().replace("−", "-")  # noqa: RUF001  a minus, as people paste it
        if not text:
            return None
        sign, rest = (-1 if text[0] == "-" else 1), text.lstrip("+-").strip()
        parts = list(PART.finditer(rest))
        if len(text) > LONGEST_LENGTH or not parts or "".join(part[0] for part in parts) != rest:
            raise ValidationError(_("Give a length of time such as +1 h 30 min, -2 days or 45 s."))
        length = sum((timedelta(**{UNITS[part[2][0]]: int(part[1])}) for part in parts), timedelta())
        if length > LONGEST:
            raise ValidationError(_("That is longer than there have been photographs."))
        return sign * round(length.total_seconds())


class Zone(forms.CharField):
    """The name of a time zone, or a part of it that only one has."""

    def to_python(self, value: Any) -> str:
        text = re.sub(r"\s+", "_", str(value or "").strip()).casefold()
        known = {zone.casefold(): zone for zone in zones()}
        if not text or text in known:
            return known.get(text, "")
        found = sorted(zone for key, zone in known.items() if text in key)
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(_("Which one: %(zones)s?") % {"zones": ", ".join(found[:6])})
        raise ValidationError(_("There is no such time zone: give a city such as Berlin or Tokyo."))


@cache
def zones() -> list[str]:
    """Return the names of all zones that have a place, in their order."""
    placed = (zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [*sorted(placed), "UTC"]
