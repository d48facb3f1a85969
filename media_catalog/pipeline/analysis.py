"""What is learned of one file, what an analysis is bound by, and what it works with."""

import os
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from media_catalog.pipeline import triage
from media_catalog.pipeline.decoder_process import Decoder
from media_catalog.pipeline.decoders.base import DecodePolicy
from media_catalog.pipeline.duplicates.shot import Shot
from media_catalog.pipeline.exiftool import ExifTool
from media_catalog.pipeline.filename_dates.rules import Rule
from media_catalog.pipeline.look.traits import Traits
from media_catalog.pipeline.probe import Probe
from media_catalog.pipeline.scan import SourceFile
from media_catalog.pipeline.timestamps import plausibility
from media_catalog.pipeline.timestamps.clock_rules import ClockBook
from media_catalog.pipeline.timestamps.decide import Inference
from media_catalog.pipeline.timestamps.own_claims import FolderDate
from media_catalog.pipeline.triage import LeftOut
from media_catalog.pipeline.zip_members import OpenArchives


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
    earliest_year: int = plausibility.FIRST_PHOTOGRAPH  # of the user's pictures


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
    traits: Traits | None = None
    shot: Shot | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    has_thumbnail: bool = False
    damage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What the files of one batch are analysed with."""

    root: bytes
    exiftool: ExifTool
    decoder: Decoder
    policy: AnalysisPolicy
    media_in: triage.MediaIn  # each folder is listed once
    folder_date: FolderDate  # and its name read once
    archives: OpenArchives
    unpacked: bytes | None = None  # where the content lies of the one file of an archive that is read now

    def path(self, file: SourceFile) -> bytes:
        return self.unpacked or os.path.join(self.root, file.path)


# The tags of a photo or sidecar could not be read because ExifTool failed: they may be had another time.
UNTOLD = "metadata_unread"


def failed(file: SourceFile, *, code: str, text: str) -> Analysis:
    """Describe a file that could not be analysed."""
    return Analysis(file=file, outcome=Outcome.FAILED, reason_code=code, reason_text=text)


def left_out(file: SourceFile, found: LeftOut) -> Analysis:
    """Describe a file that was not analysed, for a reason."""
    return Analysis(
        file=file,
        outcome=Outcome.FAILED if found.is_failure else Outcome.SKIPPED,
        reason_code=found.code,
        reason_text=found.text,
        tags=found.tags,
    )
