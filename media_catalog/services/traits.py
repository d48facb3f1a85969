"""What the search for copies knows of files: stored as they are read, found anew where a version changed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from media_catalog.models import FileMetadata, FileTraits, Kind, MediaFile
from media_catalog.pipeline import probe, thumbnail
from media_catalog.pipeline.decoder_process import DecoderFailed
from media_catalog.pipeline.decoders.base import Undecodable
from media_catalog.pipeline.duplicates import shot
from media_catalog.pipeline.duplicates.shot import Shot
from media_catalog.pipeline.look import traits
from media_catalog.pipeline.look.traits import Traits
from media_catalog.services import bulk, jobs, steps, tools
from media_catalog.services.steps import Step

PHASH_VERSION = 1
SLICE = 100  # thumbnails that are decoded in one transaction: a second's work
MEDIA = (Kind.IMAGE, Kind.RAW, Kind.VIDEO)
PICTURES = (Kind.IMAGE, Kind.RAW)
LOOK_FIELDS = ("look", "sharpness", "clipped_share", "look_version", "quality_version")
FRAME_FIELDS = ("frames", "frames_version", "image_data_version")
SHOT_FIELDS = (
    "shot_local",
    "has_subseconds",
    "shot_at",
    "burst_id",
    "live_id",
    "content_ids",
    "has_camera_tags",
    "has_motion",
    "facts_count",
    "shot_version",
)
FIELDS = ("file", *LOOK_FIELDS, *FRAME_FIELDS, *SHOT_FIELDS, "resolved_share")
IS_LOOK_STALE = ~Q(traits__look_version=traits.LOOK_VERSION, traits__quality_version=traits.QUALITY_VERSION)
IS_SHOT_STALE = ~Q(traits__shot_version=shot.VERSION)
Found = tuple[Traits | None, Shot | None]
NOTHING_SEEN = Traits()


def fill(file: MediaFile, seen: Traits | None) -> None:
    """Put how a file looks into its own fields, without storing them."""
    unsigned = seen.phash if seen else None
    file.phash = None if unsigned is None else unsigned - ((unsigned >> 63) << 64)
    file.phash_version = PHASH_VERSION if seen else 0
    file.information = seen.information if seen else None
    file.image_data_hash = seen.image_data_hash if seen else ""


def store(found: Mapping[int, Found]) -> None:
    """Store the traits of files by id, in the transaction of the caller; none where nothing was read."""
    unread = [file_id for file_id, (_, taken) in found.items() if taken is None]
    if unread:
        FileTraits.objects.filter(file__in=unread).delete()
    rows = (
        (file_id, *_looks(seen), *_frames(seen), *_shot(taken), None)
        for file_id, (seen, taken) in found.items()
        if taken is not None
    )
    bulk.insert(FileTraits, FIELDS, rows, or_update=FIELDS[1:])


def _looks(seen: Traits | None) -> tuple[Any, ...]:
    # What cannot be decoded has no look, which need not be tried again: versions tell who has looked.
    seen = seen or NOTHING_SEEN
    return seen.look, seen.sharpness, seen.clipped_share, traits.LOOK_VERSION, traits.QUALITY_VERSION


def _frames(seen: Traits | None) -> tuple[Any, ...]:
    return (seen or NOTHING_SEEN).frames, traits.FRAMES_VERSION, traits.IMAGE_DATA_VERSION


def _shot(taken: Shot) -> tuple[Any, ...]:
    return (
        taken.shot_local,
        taken.has_subseconds,
        taken.shot_at,
        taken.burst_id,
        taken.live_id,
        list(taken.content_ids),
        taken.has_camera_tags,
        taken.has_motion,
        taken.facts_count,
        shot.VERSION,
    )


def stale() -> QuerySet[MediaFile]:
    """Give the files of which `refresh` has something to find, by their ids."""
    files = MediaFile.objects.readable().filter(kind__in=MEDIA)
    is_look_stale = IS_LOOK_STALE & Q(kind__in=PICTURES, has_thumbnail=True)
    return files.filter(is_look_stale | IS_SHOT_STALE).order_by("pk")


def in_library(claim: jobs.Claim, *, clock: Callable[[], datetime]) -> None:
    """Refresh all that is stale, in slices that renew the lease.

    :raises LeaseLost: when the batch was handed to somebody else.
    :raises Stopped: when the job was paused, cancelled or halted.
    """
    steps.begin(claim, Step.LOOKS, total=stale().count())
    last = 0
    while part := list(stale().filter(pk__gt=last).values_list("pk", flat=True)[:SLICE]):
        jobs.renew(claim, at=clock())
        refresh(part, at=clock())
        steps.advance(claim, len(part))
        last = part[-1]


@transaction.atomic
def refresh(file_ids: Collection[int], *, at: datetime) -> int:
    """Find anew what other versions found of some files, from stored thumbnails and tags; return how many.

    Originals are not read: frames and hashes of videos, and hashes of picture data, wait for the next import
    that reads the file. Done twice, it changes nothing.

    :raises DecoderUnavailable: when no other file would fare better.
    """
    files = list(stale().filter(pk__in=file_ids).select_related("traits"))
    _add_rows(files)
    _refresh_shots([file for file in files if _shot_version(file) != shot.VERSION], at=at)
    _refresh_looks([file for file in files if file.kind in PICTURES and not _is_look_fresh(file)])
    return len(files)


def _add_rows(files: Sequence[MediaFile]) -> None:
    FileTraits.objects.bulk_create(FileTraits(file=file) for file in files if not hasattr(file, "traits"))


def _shot_version(file: MediaFile) -> int:
    return file.traits.shot_version if hasattr(file, "traits") else 0


def _is_look_fresh(file: MediaFile) -> bool:
    if not hasattr(file, "traits"):
        return False
    versions = file.traits.look_version, file.traits.quality_version
    return versions == (traits.LOOK_VERSION, traits.QUALITY_VERSION)


def _refresh_shots(files: Sequence[MediaFile], *, at: datetime) -> None:
    stored = FileMetadata.objects.filter(file__in=[file.pk for file in files])
    tags = dict(stored.values_list("pk", "tags"))
    bulk.update(FileTraits, SHOT_FIELDS, _shots(files, tags, at=at))


def _shots(
    files: Sequence[MediaFile], tags: Mapping[int, Mapping[str, Any]], *, at: datetime
) -> Iterator[tuple[Any, ...]]:
    for file in files:
        own = tags.get(file.pk, {})
        facts = probe.probe(own, sniffed_mime=file.mime_type)
        yield *_shot(shot.shot_of(own, facts=facts, now=at)), file.pk


def _refresh_looks(files: Sequence[MediaFile]) -> None:
    seen = ((file, _seen_again(file)) for file in files)
    bulk.update(FileTraits, LOOK_FIELDS, ((*_looks(found), file.pk) for file, found in seen if found))


def _seen_again(file: MediaFile) -> Traits | None:
    """Look at the stored thumbnail; `None` where it is gone or broken, until the file is read again."""
    try:
        jpeg = thumbnail.path_of(file.sha256, folder=tools.thumbnail_dir()).read_bytes()
        picture = tools.decoder().decode(
            jpeg, mime_type="image/jpeg", orientation=1, policy=tools.decode_policy()
        )
    except (OSError, Undecodable, DecoderFailed):
        return None
    return picture.traits
