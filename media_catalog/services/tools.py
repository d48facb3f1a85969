"""The resident programs of a worker process, and the policies that settings give to the pipeline."""

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet

from media_catalog.models import Source
from media_catalog.pipeline.analyze import AnalysisPolicy
from media_catalog.pipeline.decoder_process import Decoder, Limits
from media_catalog.pipeline.decoders.base import GRID_PX, DecodePolicy
from media_catalog.pipeline.exiftool import ExifTool
from media_catalog.pipeline.filename_dates import patterns
from media_catalog.pipeline.timestamps.clock_rules import ClockBook
from media_catalog.services import preferences
from media_catalog.services.preferences import Name

T = TypeVar("T")
M = TypeVar("M", bound=Model)


def exiftool() -> ExifTool:
    """Return the resident ExifTool of this process, started on first use."""
    return _exiftool_of(os.getpid())


@cache
def _exiftool_of(_pid: int) -> ExifTool:
    return ExifTool(
        settings.MEDIAPARSER_EXIFTOOL,
        deadline_s=settings.MEDIAPARSER_EXIFTOOL_SECONDS,
        memory_bytes=settings.MEDIAPARSER_EXIFTOOL_MEMORY_MB << 20,
    )


def decoder() -> Decoder:
    """Return the resident decoder of this process, started on first use."""
    return _decoder_of(os.getpid())


@cache
def _decoder_of(_pid: int) -> Decoder:
    memory_bytes = settings.MEDIAPARSER_DECODER_MEMORY_MB << 20
    limits = Limits(memory_bytes=memory_bytes, deadline_s=settings.MEDIAPARSER_DECODER_SECONDS)
    return Decoder(limits=limits)


def decode_policy(*, longest_px: int = GRID_PX) -> DecodePolicy:
    """Return what may be decoded, by the settings, to a picture of this size."""
    return DecodePolicy(
        longest_px=longest_px,
        max_pixels=settings.MEDIAPARSER_MAX_PIXELS,
        max_decode_bytes=(settings.MEDIAPARSER_DECODER_MEMORY_MB << 20) * 3 // 4,
        max_file_bytes=settings.MEDIAPARSER_MAX_PICTURE_MB << 20,
    )


def thumbnail_dir() -> Path:
    return Path(settings.DATA_DIR) / "thumbnails"


def preview_dir() -> Path:
    return Path(settings.DATA_DIR) / "previews"


def scratch_dir() -> Path:
    """Return where files of archives are unpacked while they are read."""
    return Path(settings.DATA_DIR) / "scratch"


def analysis_policy(source: Source, *, clocks: ClockBook, at: datetime) -> AnalysisPolicy:
    """Build what the analysis of a batch is bound by; a source without a time zone has the library's."""
    return AnalysisPolicy(
        default_zone=source.time_zone or preferences.time_zone(),
        clocks=clocks,
        source_id=source.pk,
        now=at,
        thumbnail_dir=thumbnail_dir(),
        earliest_year=preferences.earliest_year(),
        name_patterns=patterns.compiled(preferences.value(Name.NAME_PATTERNS)),
        scratch_dir=scratch_dir(),
        decode=decode_policy(),
    )


def pages(rows: QuerySet[M], size: int) -> Iterator[list[M]]:
    """Read rows in the order of their keys, page by page.

    Unlike with `QuerySet.iterator`, no cursor stays open between pages: on SQLite a write fails at once, with
    "database is locked", while a cursor of the writer is open and somebody else has written since.
    """
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:size]):
        yield page
        last = page[-1].pk


def value_pages(rows: QuerySet[Any], key: str, *fields: str, size: int) -> Iterator[list[tuple[Any, ...]]]:
    """Read a key, by which rows are ordered, and other fields, page by page, without an open cursor."""
    values = rows.order_by(key).values_list(key, *fields).distinct()
    page = list(values[:size])
    while page:
        yield page
        page = list(values.filter(**{f"{key}__gt": page[-1][0]})[:size])


def slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists of at most `size`."""
    stream = iter(items)
    while part := list(islice(stream, size)):
        yield part
