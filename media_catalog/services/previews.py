"""Pictures for a page (1600 px), or whole; made from the original on first view, kept while there is room."""

import contextlib
import fcntl
import itertools
import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from media_catalog.models import MediaFile
from media_catalog.pipeline import fingerprint, frame_size, media_types, raw_preview, scan, thumbnail
from media_catalog.pipeline.decoder_process import DecoderFailed, DecoderUnavailable
from media_catalog.pipeline.decoders.base import Undecodable
from media_catalog.pipeline.fingerprint import Contents
from media_catalog.pipeline.zip_members import OpenArchives
from media_catalog.services import originals, tools

logger = logging.getLogger(__name__)

LONGEST_PX = 1600
FULL_PX = 8192  # every pixel of nearly all cameras; larger pictures are shrunk to what browsers can draw
NO_PICTURE = b""  # kept for a while, so that what cannot be decoded is not tried at every view
SHA256 = re.compile(r"[0-9a-f]{64}")
NO_PICTURE_KEPT_S = 3600
WRITES_BETWEEN_LOOKS = 16  # at the size of the cache; the limit is passed by no more than so many pictures
KEPT_SHARE = 0.9  # of the limit is left when room is made, so that the next picture need not look again
LOCKS = "locks"
_writes = itertools.count()


class OriginalMissing(Exception):
    """The file is not where it was, or is not what it was."""


def jpeg_of(file: MediaFile, *, at: datetime, longest_px: int = LONGEST_PX) -> bytes | None:
    """Return a picture of a file, `None` when none can be made of it.

    Of several that ask for the same picture, in any process, one makes it and the others wait.

    :raises OriginalMissing: when it is not in the cache and cannot be made.
    """
    if not SHA256.fullmatch(file.sha256):
        raise OriginalMissing(file.path_text)
    target = _path_of(file.sha256, longest_px)
    jpeg = _kept(target, at=at)
    if jpeg is None:
        with _claimed(file.sha256):
            jpeg = _kept(target, at=at)
            if jpeg is None:
                jpeg = _made(file, longest_px)
                _keep(jpeg, target)
    return jpeg or None


def _path_of(sha256: str, longest_px: int) -> Path:
    path = thumbnail.path_of(sha256, folder=tools.preview_dir())
    return path if longest_px == LONGEST_PX else path.with_name(f"{sha256}-{longest_px}.jpg")


def make_room(folder: Path, *, limit_bytes: int) -> int:
    """Remove what was not looked at for longest, until the rest is well below the limit; return how many."""
    kept = sorted(_entries(folder))
    excess = sum(size for _, size, _ in kept) - limit_bytes
    if excess <= 0:
        return 0
    excess += int(limit_bytes * (1 - KEPT_SHARE))
    for number, (_, size, path) in enumerate(kept, 1):
        with contextlib.suppress(OSError):  # others make room as well
            path.unlink()
        excess -= size
        if excess <= 0:
            return number
    return len(kept)


def _entries(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.glob("??/??/*"):
        with contextlib.suppress(OSError):
            status = path.stat()
            yield status.st_mtime, status.st_blocks * 512, path


def _kept(target: Path, *, at: datetime) -> bytes | None:
    try:
        jpeg = target.read_bytes()
        if jpeg:
            os.utime(target)  # the last use
        elif at.timestamp() - target.stat().st_mtime > NO_PICTURE_KEPT_S:
            return None
    except OSError:
        return None
    return jpeg


def _keep(jpeg: bytes, target: Path) -> None:
    """Put a picture into the cache; without one, as on a full disk, it is made again next time."""
    try:
        thumbnail.save(jpeg, target)
        if next(_writes) % WRITES_BETWEEN_LOOKS == 0:
            make_room(tools.preview_dir(), limit_bytes=settings.MEDIAPARSER_PREVIEW_CACHE_MB << 20)
    except OSError as error:
        logger.warning("preview %s is not kept: %s", target.name, error)


@contextlib.contextmanager
def _claimed(sha256: str) -> Iterator[None]:
    """Hold the lock for some pictures, this one among them, against other threads, processes and hosts."""
    folder = tools.preview_dir() / LOCKS
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / sha256[:2]).open("ab")
    except OSError as error:
        logger.warning("previews cannot be locked: %s", error)
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _made(file: MediaFile, longest_px: int) -> bytes:
    copy = originals.stand_in(file)
    path = copy[0] if copy else originals.path_of(file)
    with contextlib.closing(OpenArchives()) as archives:
        try:
            with (
                archives.local(path, scratch=tools.scratch_dir()) as local,
                contextlib.closing(fingerprint.open_unread(local)) as contents,
            ):
                is_as_known = contents.size_bytes == copy[1] if copy else _marks(contents) == _known(file)
                if not is_as_known:
                    raise OriginalMissing(f"{file.path_text} has changed")
                return _decoded(file, local, contents, longest_px)
        except (OSError, DecoderUnavailable) as error:
            raise OriginalMissing(f"{file.path_text}: {error}") from error


def _known(file: MediaFile) -> tuple[int, int | None]:
    return file.size_bytes, file.mtime_ns


def _marks(contents: Contents) -> tuple[int, int]:
    """What tells that a file is still the one that was hashed: reading a long video again would take long."""
    return contents.size_bytes, scan.stored_mtime_ns(contents.mtime_ns)


def _decoded(file: MediaFile, path: bytes, contents: Contents, longest_px: int) -> bytes:
    metadata = getattr(file, "metadata", None)
    tags = metadata.tags if metadata else {}
    mime_type = file.mime_type
    if not media_types.is_media(mime_type):
        mime_type = media_types.sniff_mime(fingerprint.read_head(path))
    content: Contents | bytes = contents
    orientation = frame_size.pending_orientation(tags, mime_type=mime_type)
    if mime_type in media_types.RAW_TYPES and (inside := _inside(path, tags, longest_px)):
        content, mime_type = inside, "image/jpeg"
    try:
        policy = tools.decode_policy(longest_px=longest_px)
        picture = tools.decoder().decode(content, mime_type=mime_type, orientation=orientation, policy=policy)
    except (Undecodable, DecoderFailed) as error:
        logger.warning("no preview file=%s: %s", file.pk, error)
        return NO_PICTURE
    return picture.jpeg


def _inside(path: bytes, tags: Mapping[str, Any], longest_px: int) -> bytes | None:
    enough = raw_preview.ENOUGH_FOR_A_PAGE_BYTES if longest_px == LONGEST_PX else sys.maxsize
    return raw_preview.extract_preview(
        path,
        tags=tags,
        exiftool=tools.exiftool(),
        enough_bytes=enough,
    )
