"""The files of a trip, and what a person decides about the clocks that it was taken with."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from media_catalog.models import Decision, DecisionBatch, MediaFile, State
from media_catalog.services import decisions, zone_decisions
from media_catalog.services.decisions import Actor
from media_catalog.services.zone_decisions import Keeping

Verb = DecisionBatch.Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which files belong to a trip: those that are like everything that is given."""

    camera_model: str | None = None
    source_label: str | None = None
    folder: str | None = None
    from_local: datetime | None = None
    until_local: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """Files, and either their zone or the length of time by which their dates are moved."""

    selection: Selection
    batch: uuid.UUID
    zone: str | None = None
    keeping: Keeping = Keeping.WALL
    shift: timedelta | None = None


Plan = Callable[[MediaFile], Mapping[str, Any] | None]


def files(selection: Selection) -> QuerySet[MediaFile]:
    """Find the dated files of a trip."""
    found = MediaFile.objects.filter(state=State.ANALYSED, captured_local__isnull=False)
    wanted = {
        "camera_model": selection.camera_model,
        "source__label": selection.source_label,
        "captured_local__gte": selection.from_local,
        "captured_local__lte": selection.until_local,
        "path_text__startswith": f"{selection.folder.strip('/')}/" if selection.folder else None,
    }
    return found.filter(**{lookup: value for lookup, value in wanted.items() if value})


def plan(trip: Trip) -> Plan:
    """Return what gives the fields that a file would have; `None` where it is left as it is."""
    if trip.zone is not None:
        return partial(zone_decisions.in_zone, zone=ZoneInfo(trip.zone), keeping=trip.keeping)
    return partial(zone_decisions.shifted, delta=trip.shift or timedelta())


def change(files: QuerySet[MediaFile], trip: Trip, *, actor: Actor, at: datetime) -> decisions.Changed:
    """Decide about some files of a trip, as a part of its batch."""
    is_zone = trip.zone is not None
    decisions.open_batch(
        Verb.SET_ZONE if is_zone else Verb.SHIFT,
        actor=actor,
        at=at,
        params={"zone": trip.zone, "keeping": trip.keeping} if is_zone else {"seconds": _seconds(trip)},
        batch=trip.batch,
    )
    kind = Decision.Kind.DATE
    return decisions.change_each(files, kind=kind, change=plan(trip), actor=actor, at=at, batch=trip.batch)


def _seconds(trip: Trip) -> float:
    return (trip.shift or timedelta()).total_seconds()


def as_options(trip: Trip) -> dict[str, Any]:
    """Return a trip as a job keeps it."""
    one = trip.selection
    return {
        "batch": str(trip.batch),
        "zone": trip.zone,
        "keeping": trip.keeping,
        "shift_s": trip.shift.total_seconds() if trip.shift is not None else None,
        "camera_model": one.camera_model,
        "source_label": one.source_label,
        "folder": one.folder,
        "from_local": one.from_local.isoformat() if one.from_local else None,
        "until_local": one.until_local.isoformat() if one.until_local else None,
    }


def of_options(options: Mapping[str, Any]) -> Trip:
    """Return the trip that a job keeps."""
    shift_s = options["shift_s"]
    return Trip(
        batch=uuid.UUID(options["batch"]),
        zone=options["zone"],
        keeping=Keeping(options["keeping"]),
        shift=timedelta(seconds=shift_s) if shift_s is not None else None,
        selection=Selection(
            camera_model=options["camera_model"],
            source_label=options["source_label"],
            folder=options["folder"],
            from_local=_clock(options["from_local"]),
            until_local=_clock(options["until_local"]),
        ),
    )


def _clock(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
