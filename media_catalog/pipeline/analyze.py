"""Everything that is learned of one file, by calling the stages one after the other."""

import contextlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cache, partial
from typing import Any

from media_catalog.pipeline import media_types, medium, probe, triage, zip_members
from media_catalog.pipeline.analysis import UNTOLD, Analysis, AnalysisPolicy, Batch, Outcome, failed, left_out
from media_catalog.pipeline.decoder_process import Decoder
from media_catalog.pipeline.exiftool import ExifTool, TagReading
from media_catalog.pipeline.filename_dates import folders
from media_catalog.pipeline.medium import Medium, reading_of
from media_catalog.pipeline.scan import SourceFile
from media_catalog.pipeline.sidecars import reading as sidecar_reading
from media_catalog.pipeline.triage import LeftOut
from media_catalog.pipeline.zip_members import OpenArchives

__all__ = ["Analysis", "AnalysisPolicy", "Finish", "Outcome", "failed", "start_batch"]

# ExifTool reads the next window while this one is decoded, so that only the first has to be waited for.
WINDOWS = (4, 20)  # files of the first window and of each later one


Finish = Callable[[], Analysis]


def start_batch(
    files: Sequence[SourceFile],
    *,
    root: bytes,
    exiftool: ExifTool,
    decoder: Decoder,
    policy: AnalysisPolicy,
) -> Iterator[tuple[SourceFile, Finish]]:
    """Yield each file with a function that reads and analyses it.

    What is wrong with a file is in its analysis; an exception from the function is unforeseen and concerns
    that file alone. Before, only the first 4 KiB of a file are looked at, and ExifTool reads its tags.
    """
    with contextlib.closing(OpenArchives()) as archives:
        batch = Batch(
            root=root,
            exiftool=exiftool,
            decoder=decoder,
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


def _windows(files: Sequence[SourceFile]) -> Iterator[Sequence[SourceFile]]:
    first, later = WINDOWS
    starts = [0, *range(first, len(files), later)]
    for start, end in itertools.pairwise([*starts, len(files)]):
        yield files[start:end]


def _start(window: Sequence[SourceFile], batch: Batch) -> list[tuple[SourceFile, Finish]]:
    members = [file for file in window if zip_members.split(batch.path(file))]
    found = {file: _sort_out(file, batch) for file in window if file not in members}
    tagged = [batch.path(file) for file, one in found.items() if _has_tags(one)]
    readings = batch.exiftool.read_in_background(tagged)
    finish = {file: partial(_finish, file, one, readings, batch) for file, one in found.items()}
    return [(file, finish.get(file) or partial(_finish_member, file, batch)) for file in window]


def _sort_out(file: SourceFile, batch: Batch) -> str | LeftOut:
    return triage.sort_out(file.path, content_at=batch.path(file), media_in=batch.media_in)


def _has_tags(found: str | LeftOut) -> bool:
    return isinstance(found, str) or found.is_for_exiftool


def _finish_member(file: SourceFile, batch: Batch) -> Analysis:
    """Analyse a file inside of an archive, from a copy that is gone afterwards; one at a time."""
    path = batch.path(file)
    with contextlib.ExitStack() as stack:
        try:
            if not triage.is_named_like_sidecar(path):
                mime_type = media_types.sniff_mime(batch.archives.head(path))
                if not media_types.is_media(mime_type):
                    return left_out(file, triage.no_medium(path, mime_type))
            local = stack.enter_context(batch.archives.local(path, scratch=batch.policy.scratch_dir))
        except OSError as error:
            return left_out(file, triage.unreadable(error))
        unpacked = replace(batch, unpacked=local)
        found = _sort_out(file, unpacked)
        readings = batch.exiftool.read_in_background([local] if _has_tags(found) else [])
        return _finish(file, found, readings, unpacked)


def _finish(
    file: SourceFile, found: str | LeftOut, readings: "Future[list[TagReading]]", batch: Batch
) -> Analysis:
    if isinstance(found, LeftOut):
        analysis = left_out(file, found)
        if not found.is_for_exiftool:
            return analysis
        reading = reading_of(batch.path(file), readings)
        if reading.is_fault:
            return failed(file, code=UNTOLD, text=f"it could not be read: {reading.error}")
        return replace(analysis, tags=_sidecar_tags(reading))
    one = Medium(file=file, path=batch.path(file), sniffed_mime=found, readings=readings)
    return medium.analyse(one, batch)


def _sidecar_tags(reading: TagReading) -> dict[str, Any]:
    return sidecar_reading.broken(reading.error).tags if reading.error else probe.clean_tags(reading.tags)
