"""Everything that is learned of one file, by calling the stages one after the other."""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from pathlib import Path
from typing import Any

from media_catalog.pipeline import (
    filename_dates,
    fingerprint,
    media_types,
    probe,
    raw_preview,
    scan,
    thumbnail,
    triage,
)
from media_catalog.pipeline.exiftool import ExifTool, TagReading
from media_catalog.pipeline.fingerprint import Contents, Fingerprint
from media_catalog.pipeline.probe import Kind, Probe
from media_catalog.pipeline.scan import SourceFile
from media_catalog.pipeline.thumbnail import Decoded, DecodePolicy, Undecodable
from media_catalog.pipeline.timestamps import candidates, decide
from media_catalog.pipeline.timestamps.decide import DatePolicy, Inference
from media_catalog.pipeline.triage import LeftOut

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that was learned of one file.

    `tags` are ExifTool's, clean for storage. `damage` says why a picture could be decoded only in part or
    not at all. `belongs_to` is the path of the photo or video whose sidecar this is.
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
    belongs_to: bytes | None = None


Finish = Callable[[], Analysis]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    root: bytes
    exiftool: ExifTool
    policy: AnalysisPolicy
    media_in: triage.MediaIn  # each folder is listed once

    def path(self, file: SourceFile) -> bytes:
        return os.path.join(self.root, file.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Medium:
    """A file with the content of a photo or video, whose tags are on their way."""

    file: SourceFile
    path: bytes
    sniffed_mime: str
    readings: "Future[list[TagReading]]"  # of its window

    def reading(self) -> TagReading:
        return next(one for one in self.readings.result() if one.path == self.path)


def start_batch(
    files: Sequence[SourceFile], *, root: bytes, exiftool: ExifTool, policy: AnalysisPolicy
) -> Iterator[tuple[SourceFile, Finish]]:
    """Yield each file with a function that reads and analyses it.

    What is wrong with a file is in its analysis; an exception from the function is unforeseen and concerns
    that file alone. Before, only the first 4 KiB of a file are looked at, and ExifTool reads its tags.
    """
    media_in = cache(partial(triage.media_in, root))
    batch = _Batch(root=root, exiftool=exiftool, policy=policy, media_in=media_in)
    ready: list[tuple[SourceFile, Finish]] = []
    for window in _windows(files):
        following = _start(window, batch)
        yield from ready
        ready = following
    yield from ready


def failed(file: SourceFile, *, code: str, text: str) -> Analysis:
    """Describe a file that could not be analysed."""
    return Analysis(file=file, outcome=Outcome.FAILED, reason_code=code, reason_text=text)


def companion(path: bytes, *, root: bytes) -> bytes | None:
    """Give the path of the medium in the same folder that a sidecar belongs to, `None` without one."""
    return triage.companion(path, media_in=partial(triage.media_in, root))


def _windows(files: Sequence[SourceFile]) -> Iterator[Sequence[SourceFile]]:
    first, later = WINDOWS
    starts = [0, *range(first, len(files), later)]
    for start, end in itertools.pairwise([*starts, len(files)]):
        yield files[start:end]


def _start(window: Sequence[SourceFile], batch: _Batch) -> list[tuple[SourceFile, Finish]]:
    sorted_out = [triage.sort_out(file.path, root=batch.root, media_in=batch.media_in) for file in window]
    pairs = list(zip(window, sorted_out, strict=True))
    media = [batch.path(file) for file, found in pairs if isinstance(found, str)]
    readings = batch.exiftool.read_in_background(media)
    return [(file, partial(_finish, file, found, readings, batch)) for file, found in pairs]


def _finish(
    file: SourceFile, found: str | LeftOut, readings: "Future[list[TagReading]]", batch: _Batch
) -> Analysis:
    if isinstance(found, LeftOut):
        return _left_out(file, found)
    medium = _Medium(file=file, path=batch.path(file), sniffed_mime=found, readings=readings)
    return _analyse(medium, batch)


def _left_out(file: SourceFile, found: LeftOut) -> Analysis:
    return Analysis(
        file=file,
        outcome=Outcome.FAILED if found.is_failure else Outcome.SKIPPED,
        reason_code=found.code,
        reason_text=found.text,
        belongs_to=found.belongs_to,
    )


def _analyse(medium: _Medium, batch: _Batch) -> Analysis:
    try:
        contents = fingerprint.read_and_hash(medium.path)
    except OSError as error:
        return _left_out(medium.file, triage.unreadable(error))
    reading = medium.reading()
    facts = probe.probe(reading.tags, sniffed_mime=medium.sniffed_mime)
    decoded, damage = _decode(medium, contents, reading, facts, batch)
    if change := _change(medium, contents):
        return change
    if decoded is None and facts.width_px is None:
        return failed(medium.file, code="unreadable", text=f"nothing in it can be read: {damage}")
    return Analysis(
        file=medium.file,
        outcome=Outcome.ANALYSED,
        sha256=contents.sha256,
        probe=_seen(facts, decoded),
        inference=_infer(medium.file, reading.tags, facts, damage=damage, policy=batch.policy),
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
    file: SourceFile, tags: dict[str, Any], facts: Probe, *, damage: str | None, policy: AnalysisPolicy
) -> Inference:
    name = os.path.basename(file.path).decode("utf-8", "replace")
    claims = candidates.from_tags(tags)
    if named := filename_dates.candidate_from_name(name):
        claims.append(named)
    claims.append(candidates.from_mtime(file.mtime_ns))
    inference = decide.decide(
        claims,
        policy=DatePolicy(default_zone=policy.default_zone, now=policy.now),
        position=_position(facts),
        camera=(facts.camera_make, facts.camera_model),
    )
    return decide.doubted(inference) if damage else inference


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
