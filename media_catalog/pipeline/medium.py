"""One photo or video: its bytes, its picture, its tags, and the date that they make believable."""

import contextlib
import os
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from media_catalog.pipeline import media_types, probe, raw_preview, scan, thumbnail, triage
from media_catalog.pipeline.analysis import UNTOLD, Analysis, AnalysisPolicy, Batch, Outcome, failed, left_out
from media_catalog.pipeline.decoder_process import DecoderFailed
from media_catalog.pipeline.decoder_protocol import Picture
from media_catalog.pipeline.decoders.base import Undecodable
from media_catalog.pipeline.duplicates import shot
from media_catalog.pipeline.exiftool import TagReading
from media_catalog.pipeline.fingerprint import Contents
from media_catalog.pipeline.probe import Kind, Probe
from media_catalog.pipeline.scan import SourceFile
from media_catalog.pipeline.timestamps import decide, own_claims
from media_catalog.pipeline.timestamps.clock_rules import Camera
from media_catalog.pipeline.timestamps.decide import DatePolicy, Inference


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """A file with the content of a photo or video, whose tags are on their way."""

    file: SourceFile
    path: bytes
    sniffed_mime: str
    readings: "Future[list[TagReading]]"  # of its window

    def reading(self) -> TagReading:
        return reading_of(self.path, self.readings)


def reading_of(path: bytes, readings: "Future[list[TagReading]]") -> TagReading:
    """Wait for the tags of a window, and give those of one file."""
    return next(one for one in readings.result() if one.path == path)


def analyse(medium: Medium, batch: Batch) -> Analysis:
    """Read, decode and date one photo or video.

    :raises DecoderUnavailable: :raises ExifToolError: when no other file would fare better.
    """
    with contextlib.ExitStack() as stack:
        try:
            contents = stack.enter_context(batch.decoder.opened(medium.path))
        except OSError as error:
            return left_out(medium.file, triage.unreadable(error))
        reading = medium.reading()
        facts = probe.probe(reading.tags, sniffed_mime=medium.sniffed_mime)
        try:
            picture, damage = _decode(medium, contents, reading, facts, batch)
        except DecoderFailed as error:
            return failed(medium.file, code=error.code, text=str(error))
    if not batch.unpacked and (change := _change(medium, contents)):
        return change
    if picture is None and facts.width_px is None:
        return failed(medium.file, code="unreadable", text=f"nothing in it can be read: {damage}")
    untold = f"its metadata could not be read: {reading.error}" if reading.is_fault else None
    return Analysis(
        file=medium.file,
        outcome=Outcome.ANALYSED,
        reason_code=UNTOLD if untold else None,
        reason_text=untold,
        sha256=contents.sha256,
        probe=_seen(facts, picture),
        inference=_infer(medium.file, reading.tags, facts, damage=damage or untold, batch=batch),
        traits=picture.traits if picture else None,
        shot=shot.shot_of(reading.tags, facts=facts, now=batch.policy.now),
        tags=probe.clean_tags(reading.tags),
        has_thumbnail=_keep_thumbnail(picture, contents.sha256, batch.policy.thumbnail_dir),
        damage=damage,
    )


def _decode(
    medium: Medium, contents: Contents, reading: TagReading, facts: Probe, batch: Batch
) -> tuple[Picture | None, str | None]:
    """Decode the picture, or say why there is none."""
    is_known = facts.mime_type is not None and media_types.is_media(facts.mime_type)
    mime_type = facts.mime_type if is_known and facts.mime_type else medium.sniffed_mime
    content: Contents | bytes = contents
    if mime_type in media_types.RAW_TYPES:
        preview = raw_preview.extract_preview(medium.path, tags=reading.tags, exiftool=batch.exiftool)
        content, mime_type = (preview, "image/jpeg") if preview else (contents, mime_type)
    try:
        picture = batch.decoder.decode(
            content, mime_type=mime_type, orientation=facts.orientation, policy=batch.policy.decode
        )
    except Undecodable as error:
        return None, str(error)
    except OSError as error:
        return None, f"cannot be read: {error.strerror or error}"
    return picture, picture.damage


def _change(medium: Medium, contents: Contents) -> Analysis | None:
    """A file must be, before and after all reading, what the scan saw."""
    file = medium.file
    try:
        status = os.lstat(medium.path)
    except OSError as error:
        return left_out(file, triage.unreadable(error))
    before = contents.size_bytes, scan.stored_mtime_ns(contents.mtime_ns)
    after = status.st_size, scan.stored_mtime_ns(status.st_mtime_ns)
    if before == after == (file.size_bytes, file.mtime_ns):
        return None
    return failed(file, code="changed_while_reading", text="changed while it was read; it will be read again")


def _seen(facts: Probe, picture: Picture | None) -> Probe:
    """The decoder has seen the size; the preview of a RAW file is smaller than its picture."""
    if picture is None or facts.kind is Kind.RAW:
        return facts
    return replace(
        facts,
        width_px=picture.width_px,
        height_px=picture.height_px,
        duration_s=facts.duration_s or picture.duration_s,
    )


def _infer(
    file: SourceFile, tags: dict[str, Any], facts: Probe, *, damage: str | None, batch: Batch
) -> Inference:
    policy = batch.policy
    date_policy = DatePolicy(
        default_zone=policy.default_zone, now=policy.now, earliest_year=policy.earliest_year
    )
    claims = own_claims.of_file(
        os.path.join(os.path.basename(batch.root), file.path).decode("utf-8", "replace"),
        tags=tags,
        mtime_ns=file.mtime_ns,
        patterns=policy.name_patterns,
        folder_date=batch.folder_date,
    )
    inference = decide.decide(
        claims,
        policy=date_policy,
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


def _keep_thumbnail(picture: Picture | None, sha256: str, folder: Path) -> bool:
    if picture is None:
        return False
    target = thumbnail.path_of(sha256, folder=folder)
    if not target.exists():
        thumbnail.save(picture.jpeg, target)
    return True
