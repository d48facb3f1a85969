"""Files as the search for copies knows them, read from rows."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from media_catalog.models import DuplicateGroup, DuplicateMember, Kind, MediaFile
from media_catalog.pipeline.duplicates.units import Unit
from media_catalog.pipeline.look import frames, signature
from media_catalog.pipeline.look.likeness import Seen
from media_catalog.services import tools

SLICE = 500
UNSIGNED = 2**64 - 1
MEDIA = (Kind.IMAGE, Kind.RAW, Kind.VIDEO)
IS_LEADER = Q(stack__leader=None) | Q(stack__leader=F("pk"))
COLUMNS = {
    "id": "pk",
    "sha256": "sha256",
    "name": "name",
    "root": "source__root_bytes",
    "path": "path_bytes",
    "source": "source_id",
    "folder_key": "folder_key",
    "kind": "kind",
    "mime_type": "mime_type",
    "image_data_hash": "image_data_hash",
    "phash": "phash",
    "information": "information",
    "look": "traits__look",
    "frames": "traits__frames",
    "width_px": "width_px",
    "height_px": "height_px",
    "duration_s": "duration_s",
    "make": "camera_make",
    "model": "camera_model",
    "serial": "camera_serial",
    "shot_local": "traits__shot_local",
    "has_subseconds": "traits__has_subseconds",
    "shot_at": "traits__shot_at",
    "live_id": "traits__live_id",
    "burst_id": "traits__burst_id",
    "content_ids": "traits__content_ids",
    "has_camera_tags": "traits__has_camera_tags",
    "latitude": "gps_lat",
    "offset": "taken_offset_minutes",
    "has_motion": "traits__has_motion",
    "damage": "damage",
    "facts": "traits__facts_count",
    "preference": "source__keeper_preference",
    "size_bytes": "size_bytes",
    "mtime_ns": "mtime_ns",
    "resolved_share": "traits__resolved_share",
    "sharpness": "traits__sharpness",
    "clipped_share": "traits__clipped_share",
}


def media() -> QuerySet[MediaFile]:
    """Give what can be a copy: pictures and videos that were read."""
    return MediaFile.objects.readable().filter(kind__in=MEDIA).exclude(sha256="")


def leading(files: QuerySet[MediaFile]) -> QuerySet[MediaFile]:
    """Narrow files down to those that speak for others: keepers of their bytes, leaders of their stacks."""
    same = DuplicateMember.objects.filter(file=OuterRef("pk"), kind=DuplicateGroup.Kind.IDENTICAL)
    return files.filter(IS_LEADER).exclude(Exists(same.filter(is_keeper=False)))


def read(files: QuerySet[MediaFile], ids: Collection[int]) -> dict[int, Unit]:
    """Read those of some files that have these ids."""
    found = {}
    for part in tools.slices(sorted(ids), SLICE):
        for unit in of(files.filter(pk__in=part)):
            found[unit.id] = unit
    return found


def of(files: QuerySet[MediaFile]) -> Iterator[Unit]:
    """Read files, which have to be few, in their order."""
    for values in files.values_list(*COLUMNS.values()):
        yield _unit(dict(zip(COLUMNS, values, strict=True)))


def place(root: bytes, path: bytes) -> bytes:
    """Say where a file lies, in a way that is the same in every catalogue."""
    return root.rstrip(b"/") + b"/" + path


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        place=place(bytes(row["root"]), bytes(row["path"])),
        seen=_seen(row),
        frames=_frames(row),
        camera=(row["make"], row["model"]),
        camera_serial=row["serial"],
        has_subseconds=bool(row["has_subseconds"]),
        folder=f"{row['source']}/{row['folder_key']}",
        live_id=row["live_id"] or "",
        burst_id=row["burst_id"] or "",
        content_ids=frozenset(row["content_ids"] or ()),
        has_camera_tags=bool(row["has_camera_tags"]),
        has_position=row["latitude"] is not None,
        has_offset=row["offset"] is not None,
        has_motion=bool(row["has_motion"]),
        is_damaged=bool(row["damage"]),
        facts=row["facts"] or 0,
        mtime_ns=row["mtime_ns"] or 0,
        **{name: row[name] for name in AS_THEY_ARE},
    )


AS_THEY_ARE = (
    "id",
    "sha256",
    "name",
    "kind",
    "mime_type",
    "image_data_hash",
    "width_px",
    "height_px",
    "duration_s",
    "shot_local",
    "shot_at",
    "preference",
    "size_bytes",
    "resolved_share",
    "sharpness",
    "clipped_share",
)


def _seen(row: Mapping[str, Any]) -> Seen | None:
    """Take how a picture looks; `None` until this version has looked at it."""
    if row["phash"] is None or not row["look"]:
        return None
    try:
        look = signature.from_bytes(bytes(row["look"]))
    except signature.UnknownVersion:
        return None
    return Seen(phash=row["phash"] & UNSIGNED, information=row["information"] or 0.0, look=look)


def _frames(row: Mapping[str, Any]) -> tuple[Seen, ...]:
    if not row["frames"]:
        return ()
    try:
        return frames.from_bytes(bytes(row["frames"]))
    except signature.UnknownVersion:
        return ()
