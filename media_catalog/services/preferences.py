"""What people may set: names, variables of the environment, defaults, and what holds now.

The environment wins; then comes what somebody set on the page of settings; then the default. Workers are
other processes: they see a change with their next question, of which there is one for a batch or a page.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings

from media_catalog.models import Setting
from media_catalog.services.decision_log import Actor


class Name(StrEnum):
    """What can be set."""

    ARCHIVE_DIR = "archive_dir"
    TIME_ZONE = "time_zone"
    NAME_PATTERNS = "name_patterns"
    EARLIEST_YEAR = "earliest_year"
    COPY_BITS = "copy_bits"
    IMPORT_ROOTS = "import_roots"
    EXPORT_ROOTS = "export_roots"
    ERROR_THRESHOLD = "error_threshold"
    DELETE_ORIGINALS = "delete_originals"

    @property
    def variable(self) -> str:
        """The variable of the environment, by which the configuration knows the value as well."""
        return f"MEDIAPARSER_{self.upper()}"


class Origin(StrEnum):
    ENVIRONMENT = "environment"
    PERSON = "person"
    DEFAULT = "default"


# Two halves of a job must not read one moment, or one name, in two ways, nor compare by two measures.
KEPT_BY_JOBS = (Name.TIME_ZONE, Name.NAME_PATTERNS, Name.EARLIEST_YEAR, Name.COPY_BITS)
_held: ContextVar[Mapping[str, Any] | None] = ContextVar("held", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What holds for one setting, and who says so; `changed_at` where it was a person."""

    name: Name
    value: Any
    default: Any
    origin: Origin
    changed_at: datetime | None = None
    changed_by: Actor = None


def value(name: Name) -> Any:
    """Return what holds now for a setting: for a job, what held when it began where that matters.

    Folders are texts, several of them a list; the share of errors is between 0 and 1.
    """
    held = _held.get()
    if held is not None and name in held:
        return held[name]
    if is_from_environment(name):
        return _configured(name)
    row = Setting.objects.filter(key=name).values_list("value", flat=True).first()
    return _configured(name) if row is None else row


def archive_dir() -> Path:
    """Return the folder that exports go to where no other is named."""
    return Path(value(Name.ARCHIVE_DIR))


def time_zone() -> str:
    """Return the zone that is assumed for moments of nowhere."""
    return str(value(Name.TIME_ZONE))


def earliest_year() -> int:
    """Return the year before which only a person's word dates a picture."""
    return int(value(Name.EARLIEST_YEAR))


def copy_bits() -> int:
    """Return in how many of 64 bits the fingerprints of copies may differ."""
    return int(value(Name.COPY_BITS))


def known() -> dict[Name, Known]:
    """Return all settings with what holds for each, by one query."""
    rows = {row.key: row for row in Setting.objects.select_related("changed_by")}
    return {name: _known(name, rows.get(name)) for name in Name}


def is_from_environment(name: Name) -> bool:
    """Tell whether whoever runs the server has set it, so that nobody can change it on a page."""
    return name.variable in settings.FROM_ENVIRONMENT


def standing() -> dict[str, Any]:
    """Return what holds now for everything, by one query."""
    return {str(name): one.value for name, one in known().items()}


def of_new_job() -> dict[str, Any]:
    """Return what a job that is created now keeps until its end."""
    found = standing()
    return {name: found[name] for name in KEPT_BY_JOBS}


@contextmanager
def held(values: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Let these values hold in the block; without any, what jobs keep, which is asked for once."""
    token = _held.set(values or _held.get() or of_new_job())
    try:
        yield
    finally:
        _held.reset(token)


def _known(name: Name, row: Setting | None) -> Known:
    configured = _configured(name)
    if is_from_environment(name):
        return Known(name=name, value=configured, default=configured, origin=Origin.ENVIRONMENT)
    if row is None:
        return Known(name=name, value=configured, default=configured, origin=Origin.DEFAULT)
    return Known(
        name=name,
        value=row.value,
        default=configured,
        origin=Origin.PERSON,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


def _configured(name: Name) -> Any:
    """Return the value of the configuration: that of the environment, else the default."""
    found = getattr(settings, name.variable)
    return str(found) if isinstance(found, Path) else found
