"""Files with looks, as rows: what the tests of the search for copies begin with."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from PIL import Image

from media_catalog.models import (
    DuplicateGroup,
    DuplicateMember,
    FileTraits,
    Job,
    JobBatch,
    JobFile,
    MediaFile,
    Stack,
)
from media_catalog.models.fields import path_key
from media_catalog.pipeline.duplicates import shot
from media_catalog.pipeline.look import frames, quality, signature
from media_catalog.pipeline.look import traits as look_traits
from media_catalog.services import import_finish, jobs
from tests.media_catalog import copies
from tests.pipeline.look import shots

CAMERA: dict[str, Any] = {"camera_make": "Canon", "camera_model": "Canon EOS 7D"}
# That of everything, so that nothing is looked at again.
VERSIONS = {
    "look_version": look_traits.LOOK_VERSION,
    "quality_version": look_traits.QUALITY_VERSION,
    "frames_version": look_traits.FRAMES_VERSION,
    "image_data_version": look_traits.IMAGE_DATA_VERSION,
    "shot_version": shot.VERSION,
}
TRAITS = {field.name for field in FileTraits._meta.get_fields()}


class _Look(NamedTuple):
    stored: bytes
    phash: int | None
    information: float | None


@cache
def _measured(size: tuple[int, int], pixels: bytes) -> tuple[_Look, quality.Quality]:
    grid = shots.grid(Image.frombytes("RGB", size, pixels))
    seen, stored = frames.seen(grid), signature.look_of(grid).to_bytes()
    phash, information = (seen.phash, seen.information) if seen else (None, None)
    return _Look(stored, phash, information), quality.quality_of(grid)


@cache
def _frames(pictures: tuple[tuple[tuple[int, int], bytes], ...]) -> bytes:
    grids = [shots.grid(Image.frombytes("RGB", size, pixels)) for size, pixels in pictures]
    return frames.to_bytes(frames.frames_of(grids))


def file(path: str, picture: Image.Image, *, after_s: float | None = None, **facts: Any) -> MediaFile:
    """Catalogue a picture; with `after_s` it was taken by a camera, so many seconds after noon."""
    known: dict[str, Any] = {"width_px": picture.width, "height_px": picture.height}
    look, measured = _measured(picture.size, picture.tobytes())
    if look.phash is not None:
        known |= {"phash": look.phash - ((look.phash >> 63) << 64), "information": look.information}
    traits = {
        "look": look.stored,
        "sharpness": measured.sharpness,
        "clipped_share": measured.clipped_share,
    }
    return _create(path, known, traits, after_s=after_s, **facts)


def video(path: str, pictures: Iterable[Image.Image], *, duration_s: float = 12.0, **facts: Any) -> MediaFile:
    stored = _frames(tuple((picture.size, picture.tobytes()) for picture in pictures))
    known = {"kind": "video", "mime_type": "video/mp4", "duration_s": duration_s}
    return _create(path, known, {"frames": stored}, **facts)


def _create(
    path: str, known: dict[str, Any], traits: dict[str, Any], *, after_s: float | None = None, **facts: Any
) -> MediaFile:
    if after_s is not None:
        known |= CAMERA
        traits |= {"shot_local": copies.SHOT + timedelta(seconds=after_s), "has_camera_tags": True}
    folder = path.rpartition("/")[0].encode()
    known |= {"mime_type": "image/jpeg", "folder_key": path_key(folder)} | known | facts
    found = copies.file(
        path, **{name: value for name, value in known.items() if name not in TRAITS - {"file"}}
    )
    given = {name: value for name, value in facts.items() if name in TRAITS}
    FileTraits.objects.create(file=found, **VERSIONS | traits | given)
    return found


def claim_of(*files: MediaFile, change: str = JobFile.Change.NEW) -> jobs.Claim:
    """Hold the last batch of an import that brought files."""
    job = Job.objects.create(
        kind=Job.Kind.IMPORT, source=copies.source(), state="running", created_at=copies.NOW
    )
    JobFile.objects.bulk_create(
        JobFile(job=job, file=one, change=change, outcome=JobFile.Outcome.DONE) for one in files
    )
    token = uuid.uuid4()
    batch = JobBatch.objects.create(
        job=job,
        stage=Job.Stage.FINISH,
        state=JobBatch.State.RUNNING,
        token=token,
        lease_expires_at=copies.NOW,
        rung_at=copies.NOW,
    )
    return jobs.Claim(batch=batch, token=token)


def bring(*files: MediaFile, change: str = JobFile.Change.NEW) -> None:
    """Bring groups up to date with files, as the end of an import does."""
    claim = claim_of(*files, change=change)
    import_finish.group(claim, clock=lambda: copies.NOW)
    Job.objects.filter(pk=claim.batch.job_id).update(state="completed")
    JobBatch.objects.update(state=JobBatch.State.DONE, token=None)


def groups(*kinds: str) -> list[tuple[str, list[str]]]:
    """List groups by kind with the paths of their members in their order, the keeper first."""
    found = []
    for group in DuplicateGroup.objects.filter(kind__in=kinds or DuplicateGroup.Kind.values):
        members = group.members.order_by("rank")
        assert [member.is_keeper for member in members] == [True, *[False] * (len(members) - 1)]
        assert group.kind == "identical" or group.key == members[0].file.sha256
        found.append((group.kind, list(members.values_list("file__path_text", flat=True))))
    return sorted(found)


def everything() -> list[Any]:
    """Read all that groups and stacks say of files, without keys and times."""
    members = DuplicateMember.objects.order_by("kind", "group__key", "rank", "file__path_text")
    fields = ("rank", "is_keeper", "distance_bits", "reasons", "evidence")
    stacks = Stack.objects.order_by("leader__path_text", "files__path_text")
    return [
        *members.values_list("kind", "group__key", "file__path_text", *fields),
        *stacks.values_list("kind", "leader__path_text", "files__path_text", "reasons"),
    ]
