"""What the files of one camera tell about its clock, read from the stored claims."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q, QuerySet

from media_catalog.models import Confidence, MediaFile, Precision, Source, State, TimestampCandidate
from media_catalog.pipeline.timestamps import (
    agreement,
    clock_errors,
    clock_witnesses,
    quicktime_habit,
    zones,
)
from media_catalog.pipeline.timestamps.candidates import Candidate
from media_catalog.pipeline.timestamps.clock_errors import Reading
from media_catalog.pipeline.timestamps.clock_rules import Camera
from media_catalog.pipeline.timestamps.clock_witnesses import Span
from media_catalog.services import evidence, preferences, tools

SLICE = 500
PEERS = 3  # so many pictures of other devices tell when an event was
LONGEST_EVENT = timedelta(days=10)
Folder = tuple[int, str]


@dataclass(slots=True)
class Findings:
    """Readings of a camera's clock, the clocks that nothing is known about, and how often its videos told."""

    readings: list[Reading] = field(default_factory=list)
    silent: list[datetime] = field(default_factory=list)
    utc_count: int = 0
    local_count: int = 0


def files_of(camera: Camera) -> QuerySet[MediaFile]:
    """Find the files that a camera took; an empty serial number means any."""
    files = MediaFile.objects.filter(camera_model=camera.model, camera_make=camera.make, state=State.ANALYSED)
    return files.filter(camera_serial=camera.serial) if camera.serial else files


def collect(camera: Camera, *, after_slice: Callable[[], None]) -> Findings:
    """Read all claims about a camera's files, and call `after_slice` now and then."""
    found = Findings()
    peers, zones_of_sources, earliest_year = _peers(camera), _zones_of_sources(), preferences.earliest_year()
    files = files_of(camera).only("source_id", "folder_key", "gps_lat", "gps_lon")
    for part in tools.pages(files, SLICE):
        claims = _claims(part)
        for file in part:
            about = _About(
                file=file,
                claims=claims.get(file.pk, []),
                peers=peers.get((file.source_id, file.folder_key)),
                default_zone=zones_of_sources[file.source_id],
                earliest_year=earliest_year,
            )
            _read(about, found)
        after_slice()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """A file, what speaks about it, and when others were in its folder."""

    file: MediaFile
    claims: Sequence[Candidate]
    peers: Span | None
    default_zone: ZoneInfo
    earliest_year: int


def _zones_of_sources() -> dict[int, ZoneInfo]:
    rows = Source.objects.values_list("pk", "time_zone")
    library_zone = preferences.time_zone()
    return {pk: ZoneInfo(zone or library_zone) for pk, zone in rows}


def _claims(files: Sequence[MediaFile]) -> dict[int, list[Candidate]]:
    rows = TimestampCandidate.objects.filter(file__in=files).order_by("file_id", "rank")
    return {
        file_id: [evidence.candidate(row) for row in group]
        for file_id, group in groupby(rows, key=lambda row: row.file_id)
    }


def _read(about: _About, found: Findings) -> None:
    file, claims = about.file, about.claims
    place = _place(file, claims)
    _count_habit(found, quicktime_habit.is_local(claims, place=place, default_zone=about.default_zone))
    clock = clock_witnesses.camera_clock(claims)
    if clock is None or clock.local is None:
        return
    witnesses = clock_witnesses.witnesses(
        claims, clock=clock, place=place, peers=about.peers, earliest_year=about.earliest_year
    )
    folder = zlib.crc32(f"{file.source_id}/{file.folder_key}".encode())
    reading = clock_errors.reading(file.pk, folder=folder, clock=clock.local, witnesses=witnesses)
    if reading:
        found.readings.append(reading)
    else:
        found.silent.append(clock.local)


def _place(file: MediaFile, claims: Sequence[Candidate]) -> ZoneInfo | None:
    if file.gps_lat is None or file.gps_lon is None:
        return None
    needs_zone = any(claim.instant and not claim.local for claim in claims)
    return zones.zone_at((file.gps_lat, file.gps_lon)) if needs_zone else None


def _count_habit(found: Findings, is_local: bool | None) -> None:
    if is_local is not None:
        found.local_count += is_local
        found.utc_count += not is_local


def _peers(camera: Camera) -> dict[Folder, Span]:
    """Find when other devices, whose clocks are set by a network or GPS, were in the camera's folders."""
    folders = files_of(camera).exclude(folder_key="").values_list("source_id", "folder_key").distinct()
    spans: dict[Folder, Span] = {}
    for source_id, group in groupby(folders.order_by("source_id", "folder_key"), key=lambda row: row[0]):
        for part in tools.slices((folder_key for _, folder_key in group), SLICE):
            spans |= _spans(camera, source_id, part)
    return spans


def _spans(camera: Camera, source_id: int, folder_keys: Sequence[str]) -> dict[Folder, Span]:
    trusted = Q(offset_source__startswith="EXIF:") | Q(offset_source=agreement.GPS + "GPSDateTime")
    others = MediaFile.objects.filter(
        trusted,
        source=source_id,
        folder_key__in=folder_keys,
        confidence=Confidence.HIGH,
        captured_precision=Precision.SECOND,
        captured_local__isnull=False,
    ).exclude(camera_model=camera.model)
    rows = others.values("folder_key").annotate(
        earliest=Min("captured_local"), latest=Max("captured_local"), number=Count("pk")
    )
    return {
        (source_id, row["folder_key"]): Span(earliest=row["earliest"], latest=row["latest"])
        for row in rows.order_by()
        if row["number"] >= PEERS and row["latest"] - row["earliest"] <= LONGEST_EVENT
    }
