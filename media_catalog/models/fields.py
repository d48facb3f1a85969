"""Column types that Django lacks."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable
from django.utils.dateparse import parse_datetime

if TYPE_CHECKING:
    NaiveField = models.DateTimeField[str | datetime | Combinable | None, datetime | None]
else:
    NaiveField = models.DateTimeField


class WallClockField(NaiveField):
    """A naive local time, stored as written: no time zone may ever shift it."""

    def get_internal_type(self) -> str:
        return "WallClockField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "timestamp" if connection.vendor == "postgresql" else "datetime"

    def to_python(self, value: Any) -> datetime | None:
        if isinstance(value, str):
            value = parse_datetime(value) or super().to_python(value)
        return value.replace(tzinfo=None) if isinstance(value, datetime) else super().to_python(value)

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(value)

    def from_db_value(self, value: Any, *_: object) -> datetime | None:
        return self.to_python(value)


def path_key(path: bytes) -> str:
    """Return the digest that stands for a path in indexes, since paths may be longer than an entry."""
    return hashlib.sha256(path).hexdigest()
