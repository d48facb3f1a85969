"""The nothing-lost ledger: one line for every file that was ever seen below a source."""

import base64
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from media_catalog.models import (
    DuplicateGroup,
    DuplicateMember,
    ExportedFile,
    Fate,
    Job,
    Kind,
    MediaFile,
    MediaFileQuerySet,
    SidecarLink,
    Source,
    Stack,
    State,
)
from media_catalog.pipeline.sidecars import matching
from media_catalog.pipeline.timestamps import phrases
from media_catalog.services import discards, near_groups, sidecar_copies

FIELDS = (
    "path",
    "source",
    "sha256",
    "size_bytes",
    "mime",
    "kind",
    "width",
    "height",
    "captured_at",
    "captured_until",
    "precision",
    "utc_offset",
    "offset_source",
    "captured_from",
    "confidence",
    "date_reasons",
    "gps_lat",
    "gps_lon",
    "camera_make",
    "camera_model",
    "exact_group",
    "near_group",
    "burst_group",
    "live_pair",
    "json",
    "disposition",
    "fate",
    "duplicate_of",
    "status",
    "reason",
    "exported_to",
)
EXACT_PATH = "path_b64"  # only where `path` cannot show the name's exact bytes

SLICE = 500
IDENTICAL = DuplicateGroup.Kind.IDENTICAL
STATUS = {
    State.DISCOVERED: "waiting",
    State.FAILED: "error",
    State.QUARANTINED: "error",
    State.MISSING: "error",
    State.SKIPPED: "skipped",
}

Line = dict[str, Any]


class NothingToReport(Exception):
    """No source or job goes by that name; the message is for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surroundings:
    """What other rows say about the files of one slice, by file id unless the name says otherwise."""

    groups: Mapping[int, Mapping[str, int]]
    keepers: Mapping[int, MediaFile]  # by id of an identical group
    near: Mapping[int, near_groups.Label]
    live_stacks: Mapping[int, Sequence[MediaFile]]  # by id of the stack
    destinations: Mapping[int, str]
    exported_bytes: Mapping[str, MediaFile]  # by SHA-256
    discards: Mapping[int, str]  # why a file is discarded
    jsons: Mapping[int, bytes]  # path of the Takeout JSON that speaks for a file


def lines(*, source_label: str | None = None, job_id: int | None = None) -> Iterator[Line]:
    """Stream one line per file, with the keys of FIELDS in their order, in constant memory.

    :raises NothingToReport: at once, when there is no such source or job.
    """
    files = MediaFile.objects.select_related("source").order_by("pk")
    if source_label is not None:
        files = files.filter(source__in=_sources(source_label))
    if job_id is not None:
        if not Job.objects.filter(pk=job_id).exists():
            raise NothingToReport(f"There is no job {job_id}: leave --job out to see every file.")
        files = files.filter(job_files__job=job_id)
    return (line for part in _slices(files) for line in _lines_of(part))


def _sources(label: str) -> list[int]:
    found = list(Source.objects.filter(label=label).values_list("pk", flat=True))
    if not found:
        known = ", ".join(sorted(set(Source.objects.values_list("label", flat=True)[:20]))) or "none yet"
        raise NothingToReport(f"There is no source “{label}”: the sources are {known}.")
    return found


def _slices(files: MediaFileQuerySet) -> Iterator[list[MediaFile]]:
    last = 0
    while part := list(files.filter(pk__gt=last)[:SLICE]):
        yield part
        last = part[-1].pk


def _lines_of(files: Sequence[MediaFile]) -> Iterator[Line]:
    around = _surroundings(files)
    for file in files:
        yield _line(file, around)


def _surroundings(files: Sequence[MediaFile]) -> _Surroundings:
    groups = _groups([file.pk for file in files])
    identical = {kinds[IDENTICAL] for kinds in groups.values() if IDENTICAL in kinds}
    members = DuplicateMember.objects.filter(group__in=identical, is_keeper=True).select_related("file")
    keepers = {member.group_id: member.file for member in members}
    verified = ExportedFile.objects.filter(state=ExportedFile.State.VERIFIED).order_by("pk")
    copies = {file.sha256 for file in files if file.fate == Fate.DUPLICATE}
    by_hash = verified.filter(source_sha256__in=copies).select_related("file")
    return _Surroundings(
        groups=groups,
        keepers=keepers,
        near=near_groups.labels([file.pk for file in files]),
        live_stacks=_live_stacks(files),
        destinations=dict(verified.filter(file__in=files).values_list("file_id", "destination")),
        exported_bytes={copy.source_sha256: copy.file for copy in by_hash},
        discards=discards.reasons([file.pk for file in files if file.fate == Fate.DISCARDED]),
        jsons=_jsons(files),
    )


def _jsons(files: Sequence[MediaFile]) -> dict[int, bytes]:
    rules = [*matching.RULES, sidecar_copies.RULE]
    links = SidecarLink.objects.filter(file__in=files, rule__in=rules).order_by("-pk")
    return {file: bytes(path) for file, path in links.values_list("file_id", "sidecar__path_bytes")}


def _groups(file_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    members = DuplicateMember.objects.filter(file__in=file_ids)
    for file_id, kind, group_id in members.values_list("file_id", "kind", "group_id"):
        found[file_id][kind] = group_id
    return dict(found)


def _live_stacks(files: Sequence[MediaFile]) -> dict[int, list[MediaFile]]:
    stacks: dict[int, list[MediaFile]] = defaultdict(list)
    ids = {file.stack_id for file in files if file.stack_id is not None}
    halves = MediaFile.objects.filter(stack__in=ids, stack__kind=Stack.Kind.LIVE_PHOTO).order_by("pk")
    for half in halves.only("stack", "path_bytes", "name", "kind"):
        stacks[half.stack_id or 0].append(half)
    return dict(stacks)


def _line(file: MediaFile, around: _Surroundings) -> Line:
    kinds = around.groups.get(file.pk, {})
    line: Line = {
        **_facts(file),
        **_date(file),
        "gps_lat": file.gps_lat,
        "gps_lon": file.gps_lon,
        "camera_make": file.camera_make or None,
        "camera_model": file.camera_model or None,
        "exact_group": kinds.get(IDENTICAL),
        "near_group": around.near.get(file.pk),
        "burst_group": kinds.get(DuplicateGroup.Kind.BURST),
        "live_pair": _live_pair(file, around),
        "json": _shown(around.jsons[file.pk]) if file.pk in around.jsons else None,
        "disposition": file.disposition,
        "fate": file.fate,
        "duplicate_of": _duplicate_of(file, kinds, around),
        "status": STATUS.get(State(file.state), "ok"),
        "reason": "; ".join(filter(None, (around.discards.get(file.pk), _reason(file)))),
        "exported_to": around.destinations.get(file.pk),
    }
    if not _is_utf8(file.path):
        line[EXACT_PATH] = base64.b64encode(file.path).decode()
    return line


def _facts(file: MediaFile) -> Line:
    return {
        "path": _shown(file.path),
        "source": file.source.label,
        "sha256": file.sha256 or None,
        "size_bytes": file.size_bytes,
        "mime": file.mime_type or None,
        "kind": file.kind,
        "width": file.width_px,
        "height": file.height_px,
    }


def _date(file: MediaFile) -> Line:
    is_assumed = file.offset_source == "assumed"
    has_offset = file.offset_minutes is not None
    return {
        "captured_at": file.captured_local.isoformat() if file.captured_local else None,
        "captured_until": file.captured_until_local.isoformat() if file.captured_until_local else None,
        "precision": file.captured_precision or None,
        "utc_offset": _offset_text(file.offset_minutes),
        "offset_source": ("assumed" if is_assumed else "evidence") if has_offset else None,
        "captured_from": file.captured_from or None,
        "confidence": file.confidence,
        "date_reasons": "; ".join(map(phrases.reason, file.date_reasons)),
    }


def _offset_text(minutes: int | None) -> str | None:
    if minutes is None:
        return None
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _live_pair(file: MediaFile, around: _Surroundings) -> str | None:
    """Name the other half; where copies of both lie together, the one of the same name."""
    is_video = file.kind == Kind.VIDEO
    halves = around.live_stacks.get(file.stack_id or 0, ())
    others = [half for half in halves if (half.kind == Kind.VIDEO) != is_video]
    base = file.name.rpartition(".")[0]
    others.sort(key=lambda half: half.name.rpartition(".")[0] != base)
    return _shown(others[0].path) if others else None


def _duplicate_of(file: MediaFile, kinds: Mapping[str, int], around: _Surroundings) -> str | None:
    original = around.exported_bytes.get(file.sha256) if file.fate == Fate.DUPLICATE else None
    original = original or around.keepers.get(kinds.get(IDENTICAL, 0))
    return _shown(original.path) if original and original.pk != file.pk else None


def _reason(file: MediaFile) -> str:
    if file.state == State.DISCOVERED:
        return "waiting to be read"
    if file.state != State.ANALYSED:
        return file.reason_text or file.reason_code
    date = f"dated by {file.captured_from}" if file.captured_local else "no date found"
    damage = f"damaged: {file.damage}" if file.damage else ""
    return "; ".join(filter(None, (date, damage, file.reason_text)))


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")


def _is_utf8(path: bytes) -> bool:
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True
