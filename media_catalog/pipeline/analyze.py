"""Everything that is learned of one file, by calling the stages one after the other."""

import contextlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any

from media_catalog.pipeline import (
    fingerprint,
    media_types,
    probe,
    raw_preview,
    scan,
    thumbnail,
    triage,
    zip_members,
)
from media_catalog.pipeline.exiftool import ExifTool, TagReading
from media_catalog.pipeline.filename_dates import folders
from media_catalog.pipeline.filename_dates.rules import Rule
from media_catalog.pipeline.fingerprint import Contents, Fingerprint
from media_catalog.pipeline.probe import Kind, Probe
from media_catalog.pipeline.scan import SourceFile
from media_catalog.pipeline.sidecars import reading as sidecar_reading
from media_catalog.pipeline.thumbnail import Decoded, DecodePolicy, Undecodable
from media_catalog.pipeline.timestamps import decide, own_claims
from media_catalog.pipeline.timestamps.clock_rules import Camera, ClockBook
from media_catalog.pipeline.timestamps.decide import DatePolicy, Inference
from media_catalog.pipeline.timestamps.own_claims import FolderDate
from media_catalog.pipeline.triage import LeftOut
from media_catalog.pipeline.zip_members import OpenArchives

# ExifTool reads the next window while this one is decoded, so that only the first has to be waited for.
WINDOWS = (4, 20)  # files of the first window and of each later one


class Outcome(StrEnum):
    ANALYSED = "analysed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalysisPolicy:
    """What an analysis is bound by. The zone (IANA) is assumed for instants without a place."""

    default_zone: str
    now: datetime
    thumbnail_dir: Path
    decode: DecodePolicy
    scratch_dir: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))  # for what is unpacked
    clocks: ClockBook = field(default_factory=ClockBook)
    source_id: int | None = None  # as the rules about clocks know it
    name_patterns: tuple[Rule, ...] = ()  # the user's own, asked before ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that was learned of one file.

    `tags` are clean for storage: ExifTool's, or what a sidecar says. `damage` says why a picture could be
    decoded only in part or not at all.
    """

    file: SourceFile
    outcome: Outcome
    reason_code: str | None = None
    reason_text: str | None = None
    sha256: str | None = None
    probe: Probe | None = None
    inference: Inference | None = None
    fingerprint: Fingerprint | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    has_thumbnail: bool = False
    damage: str | None = None


Finish = Callable[[], Analysis]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    root: bytes
    exiftool: ExifTool
    policy: AnalysisPolicy
    media_in: triage.MediaIn  # each folder is listed once
    folder_date: FolderDate  # and its name read once
    archives: OpenArchives
    unpacked: bytes | None = None  # where the content lies of the one file of an archive that is read now

    def path(self, file: SourceFile) -> bytes:
        return self.unpacked or os.path.join(self.root, file.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Medium:
    """A file with the content of a photo or video, whose tags are on their way."""

    file: SourceFile
    path: bytes
    sniffed_mime: str
    readings: "Future[list[TagReading]]"  # of its window

    def reading(self) -> TagReading:
        return _reading(self.readings, self.path)


def start_batch(
    files: Sequence[SourceFile], *, root: bytes, exiftool: ExifTool, policy: AnalysisPolicy
) -> Iterator[tuple[SourceFile, Finish]]:
    """Yield each file with a function that reads and analyses it.

    What is wrong with a file is in its analysis; an exception from the function is unforeseen and concerns
    that file alone. Before, only the first 4 KiB of a file are looked at, and ExifTool reads its tags.
    """
    with contextlib.closing(OpenArchives()) as archives:
        batch = _Batch(
            root=root,
            exiftool=exiftool,
            policy=policy,
            media_in=cache(partial(triage.media_in, root, archives=archives)),
            folder_date=cache(folders.candidate_from_folders),
            archives=archives,
        )
        ready: list[tuple[SourceFile, Finish]] = []
        for window in _windows(files):
            following = _start(window, batch)
            yield from ready
            ready = following
        yield from ready


def failed(file: SourceFile, *, code: str, text: str) -> Analysis:
    """Describe a file that could not be analysed."""
    return Analysis(file=file, outcome=Outcome.FAILED, reason_code=code, reason_text=text)


def _windows(files: Sequence[SourceFile]) -> Iterator[Sequence[SourceFile]]:
    first, later = WINDOWS
    starts = [0, *range(first, len(files), later)]
    for start, end in itertools.pairwise([*starts, len(files)]):
        yield files[start:end]


def _start(window: Sequence[SourceFile], batch: _Batch) -> list[tuple[SourceFile, Finish]]:
    members = [file for file in window if zip_members.split(batch.path(file))]
    found = {file: _sort_out(file, batch) for file in window if file not in members}
    tagged = [batch.path(file) for file, one in found.items() if _has_tags(one)]
    readings = batch.exiftool.read_in_background(tagged)
    finish = {file: partial(_finish, file, one, readings, batch) for file, one in found.items()}
    return [(file, finish.get(file) or partial(_finish_member, file, batch)) for file in window]


def _sort_out(file: SourceFile, batch: _Batch) -> str | LeftOut:
    return triage.sort_out(file.path, content_at=batch.path(file), media_in=batch.media_in)


def _has_tags(found: str | LeftOut) -> bool:
    return isinstance(found, str) or found.is_for_exiftool


def _finish_member(file: SourceFile, batch: _Batch) -> Analysis:
    """Analyse a file inside of an archive, from a copy that is gone afterwards; one at a time."""
    path = batch.path(file)
    try:
        if not triage.is_named_like_sidecar(path):
            mime_type = media_types.sniff_mime(batch.archives.head(path))
            if not media_types.is_media(mime_type):
                return _left_out(file, triage.no_medium(path, mime_type))
        with batch.archives.local(path, scratch=batch.policy.scratch_dir) as local:
            unpacked = replace(batch, unpacked=local)
            found = _sort_out(file, unpacked)
            readings = batch.exiftool.read_in_background([local] if _has_tags(found) else [])
            return _finish(file, found, readings, unpacked)
    except OSError as error:
        return _left_out(file, triage.unreadable(error))


def _finish(
    file: SourceFile, found: str | LeftOut, readings: "Future[list[TagReading]]", batch: _Batch
) -> Analysis:
    if isinstance(found, LeftOut):
        analysis = _left_out(file, found)
        if not found.is_for_exiftool:
            return analysis
        return replace(analysis, tags=_sidecar_tags(_reading(readings, batch.path(file))))
    medium = _Medium(file=file, path=batch.path(file), sniffed_mime=found, readings=readings)
    return _analyse(medium, batch)


def _reading(readings: "Future[list[TagReading]]", path: bytes) -> TagReading:
    return next(one for one in readings.result() if one.path == path)


def _sidecar_tags(reading: TagReading) -> dict[str, Any]:
    return sidecar_reading.broken(reading.error).tags if reading.error else probe.clean_tags(reading.tags)


def _left_out(file: SourceFile, found: LeftOut) -> Analysis:
    return Analysis(
        file=file,
        outcome=Outcome.FAILED if found.is_failure else Outcome.SKIPPED,
        reason_code=found.code,
        reason_text=found.text,
        tags=found.tags,
    )


def _analyse(medium: _Medium, batch: _Batch) -> Analysis:
    try:
        contents = fingerprint.read_and_hash(medium.path)
    except OSError as error:
        return _left_out(medium.file, triage.unreadable(error))
    reading = medium.reading()
    facts = probe.probe(reading.tags, sniffed_mime=medium.sniffed_mime)
    decoded, damage = _decode(medium, contents, reading, facts, batch)
    if not batch.unpacked and (change := _change(medium, contents)):
        return change
    if decoded is None and facts.width_px is None:
        return failed(medium.file, code="unreadable", text=f"nothing in it can be read: {damage}")
    return Analysis(
        file=medium.file,
        outcome=Outcome.ANALYSED,
        sha256=contents.sha256,
        probe=_seen(facts, decoded),
        inference=_infer(medium.file, reading.tags, facts, damage=damage, batch=batch),
        fingerprint=fingerprint.fingerprint(decoded.picture) if decoded else None,
        tags=probe.clean_tags(reading.tags),
        has_thumbnail=_keep_thumbnail(decoded, contents.sha256, batch.policy.thumbnail_dir),
        damage=damage,
    )


def _decode(
    medium: _Medium, contents: Contents, reading: TagReading, facts: Probe, batch: _Batch
) -> tuple[Decoded | None, str | None]:
    """Decode the picture, or say why there is none."""
    is_known = facts.mime_type is not None and media_types.is_media(facts.mime_type)
    try:
        decoded = thumbnail.decode(
            medium.path,
            data=contents.data,
            mime_type=facts.mime_type if is_known and facts.mime_type else medium.sniffed_mime,
            orientation=facts.orientation,
            policy=batch.policy.decode,
            raw_preview=partial(
                raw_preview.extract_preview, medium.path, tags=reading.tags, exiftool=batch.exiftool
            ),
        )
    except Undecodable as error:
        return None, str(error)
    except OSError as error:
        return None, f"cannot be read: {error.strerror or error}"
    return decoded, decoded.damage


def _change(medium: _Medium, contents: Contents) -> Analysis | None:
    """A file must be, before and after all reading, what the scan saw."""
    file = medium.file
    try:
        status = os.lstat(medium.path)
    except OSError as error:
        return _left_out(file, triage.unreadable(error))
    before = contents.size_bytes, scan.stored_mtime_ns(contents.mtime_ns)
    after = status.st_size, scan.stored_mtime_ns(status.st_mtime_ns)
    if before == after == (file.size_bytes, file.mtime_ns):
        return None
    return failed(file, code="changed_while_reading", text="changed while it was read; it will be read again")


def _seen(facts: Probe, decoded: Decoded | None) -> Probe:
    """The decoder has seen the size; the preview of a RAW file is smaller than its picture."""
    if decoded is None or facts.kind is Kind.RAW:
        return facts
    return replace(
        facts,
        width_px=decoded.width_px,
        height_px=decoded.height_px,
        duration_s=facts.duration_s or decoded.duration_s,
    )


def _infer(
    file: SourceFile, tags: dict[str, Any], facts: Probe, *, damage: str | None, batch: _Batch
) -> Inference:
    policy = batch.policy
    claims = own_claims.of_file(
        os.path.join(os.path.basename(batch.root), file.path).decode("utf-8", "replace"),
        tags=tags,
        mtime_ns=file.mtime_ns,
        patterns=policy.name_patterns,
        folder_date=batch.folder_date,
    )
    inference = decide.decide(
        claims,
        policy=DatePolicy(default_zone=policy.default_zone, now=policy.now),
        position=_position(facts),
        camera=(facts.camera_make, facts.camera_model),
        clock=policy.clocks.clock(_camera(facts, policy), claims),
    )
    return decide.doubted(inference) if damage else inference


def _camera(facts: Probe, policy: AnalysisPolicy) -> Camera:
    return Camera(
        make=facts.camera_make or "",
        model=facts.camera_model or "",
        serial=facts.camera_serial or "",
        source_id=policy.source_id,
    )


def _position(facts: Probe) -> tuple[float, float] | None:
    if facts.gps_lat is None or facts.gps_lon is None:
        return None
    return facts.gps_lat, facts.gps_lon


def _keep_thumbnail(decoded: Decoded | None, sha256: str, folder: Path) -> bool:
    if decoded is None:
        return False
    target = thumbnail.path_of(sha256, folder=folder)
    if not target.exists():
        thumbnail.save_jpeg(decoded.picture, target)
    return True
