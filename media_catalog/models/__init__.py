"""What is known, as rows."""

from media_catalog.models.cameras import CameraHabit, CameraRule
from media_catalog.models.counts import LibraryCount
from media_catalog.models.decisions import Decision, DecisionBatch
from media_catalog.models.deletions import Deletion
from media_catalog.models.duplicates import DuplicateGroup, DuplicateMember, PairVerdict
from media_catalog.models.exports import Archive, Export, ExportedFile
from media_catalog.models.files import (
    Confidence,
    Disposition,
    Fate,
    FileMetadata,
    Kind,
    MediaFile,
    MediaFileQuerySet,
    Origin,
    Precision,
    SidecarLink,
    Stack,
    State,
    TimestampCandidate,
)
from media_catalog.models.jobs import Job, JobBatch, JobFailure, JobFile, WorkerBeat
from media_catalog.models.settings import Setting, SettingChange
from media_catalog.models.sidecars import SidecarValues
from media_catalog.models.sources import Source
from media_catalog.models.tags import (
    FileTag,
    ProposedFile,
    ProposedFolder,
    Tag,
    TagAlias,
    TagDecision,
    TagProposal,
)
from media_catalog.models.traits import FileTraits
from media_catalog.models.uploads import Upload, UploadedFile

__all__ = [
    "Archive",
    "CameraHabit",
    "CameraRule",
    "Confidence",
    "Decision",
    "DecisionBatch",
    "Deletion",
    "Disposition",
    "DuplicateGroup",
    "DuplicateMember",
    "Export",
    "ExportedFile",
    "Fate",
    "FileMetadata",
    "FileTag",
    "FileTraits",
    "Job",
    "JobBatch",
    "JobFailure",
    "JobFile",
    "Kind",
    "LibraryCount",
    "MediaFile",
    "MediaFileQuerySet",
    "Origin",
    "PairVerdict",
    "Precision",
    "ProposedFile",
    "ProposedFolder",
    "Setting",
    "SettingChange",
    "SidecarLink",
    "SidecarValues",
    "Source",
    "Stack",
    "State",
    "Tag",
    "TagAlias",
    "TagDecision",
    "TagProposal",
    "TimestampCandidate",
    "Upload",
    "UploadedFile",
    "WorkerBeat",
]
