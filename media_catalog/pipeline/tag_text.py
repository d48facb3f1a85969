"""Makes clean text, numbers and JSON of what ExifTool found in a file, which can be anything."""

import itertools
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

DEPTH_LIMIT = 8
LIST_LIMIT = 500
TEXT_LIMIT = 2000  # characters of one stored value
KEY_LIMIT = 100
VALUES_LIMIT = 20_000  # of one file, lists and all
CHARACTERS_LIMIT = 2_000_000  # of one file
# What a database or JSON cannot hold: control characters (line ends and tabs stay) and half characters.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


class Allowance:
    """How much of the metadata of one file is still stored; lists that hold one another have no end."""

    def __init__(self) -> None:
        self._values, self._characters = VALUES_LIMIT, CHARACTERS_LIMIT

    @property
    def is_spent(self) -> bool:
        return self._values <= 0 or self._characters <= 0

    def has_room(self) -> bool:
        """Count one more value; tell whether it is within the limit."""
        self._values -= 1
        return self._values >= 0

    def cut(self, text: str) -> str:
        """Count the characters of a text, and return as many as there is room for."""
        text = text[: max(0, self._characters)]
        self._characters -= len(text)
        return text


def clean(text: str, limit: int) -> str:
    """Remove what cannot be stored, and cut the text at `limit` characters."""
    return (text if text.isprintable() else CONTROLS.sub("", text))[:limit]


def read_text(value: Any, limit: int) -> str:
    """Give a tag's clean text, numbers included (a model may be "610"); of a list, the first item's."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value)[: 10 * limit].replace("\r\n", "\n").strip("\0\t\n "), limit).strip()


def first_text(tags: Mapping[str, Any], keys: Iterable[str], limit: int) -> str | None:
    """Give the first of these tags that holds text, on one line."""
    for key in keys:
        if key in tags and (text := read_text(tags[key], limit)):
            return " ".join(text.split())
    return None


def read_number(value: Any) -> float | None:
    """Read a finite number from a tag; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def json_safe(value: Any, depth: int = DEPTH_LIMIT, *, allowance: Allowance | None = None) -> Any:
    """Copy a value so that any database stores it as JSON; NaN, infinity and too deep nesting become None.

    The allowance is that of the whole file: what goes beyond becomes None as well.
    """
    allowance = allowance or Allowance()
    if not allowance.has_room():
        return None
    if isinstance(value, str):  # as nearly all are
        return allowance.cut(clean(value, TEXT_LIMIT))
    if isinstance(value, Mapping | list | tuple):
        return _json_safe_items(value, depth - 1, allowance) if depth else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, int):
        return value
    if isinstance(value, bytes):
        value = value[:TEXT_LIMIT].decode("utf-8", "replace")
    return allowance.cut(clean(str(value), TEXT_LIMIT))


def _json_safe_items(
    value: Mapping[Any, Any] | list[Any] | tuple[Any, ...], depth: int, allowance: Allowance
) -> Any:
    if isinstance(value, Mapping):
        items = itertools.islice(value.items(), LIST_LIMIT)
        return {
            clean(str(key), KEY_LIMIT): json_safe(item, depth, allowance=allowance)
            for key, item in itertools.takewhile(lambda _: not allowance.is_spent, items)
        }
    kept = itertools.takewhile(lambda _: not allowance.is_spent, value[:LIST_LIMIT])
    return [json_safe(item, depth, allowance=allowance) for item in kept]
