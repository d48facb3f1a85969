"""What is known of one file, or of the leading file of a stack, when copies are sought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from media_catalog.pipeline.look.likeness import Seen

PICTURES = ("image", "raw")
VIDEO = "video"


class Kind(StrEnum):
    """What two files are to each other, the closest relation first."""

    IDENTICAL = "identical"
    SAME_PIXELS = "same_pixels"
    NEAR = "near"
    EDITED = "edited"
    BURST = "burst"
    SIMILAR = "similar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One file among others that may be copies of it.

    `place` is where it lies, root and path, so that ties end the same way in every catalogue. `shot_local`
    is the wall clock that the camera wrote (`DateTimeOriginal`, `CreateDate` of a video), never a name's, a
    folder's or a file's; with `has_subseconds`, parts of a second count. `content_ids` are those that
    editors pass on (`OriginalDocumentID`, `ImageUniqueID`), `burst_id` that of a series, `live_id` Apple's
    `ContentIdentifier`. `shot_at` is the instant of the shot where that is known; `folder` is the same for
    files that lie together. `width_px` and `height_px` are real ones, as displayed. `has_camera_tags` says
    that a camera's own tags (make and exposure, or maker notes) are there. `resolved_share` is what
    `look.resolution` measured; `None` where nobody looked. `frames` are a video's.
    """

    id: int
    sha256: str
    name: str
    place: bytes = b""
    kind: str = "image"
    mime_type: str = ""
    image_data_hash: str = ""
    seen: Seen | None = None
    frames: tuple[Seen, ...] = ()
    width_px: int | None = None
    height_px: int | None = None
    duration_s: float | None = None
    camera: tuple[str, str] = ("", "")
    camera_serial: str = ""
    shot_local: datetime | None = None
    has_subseconds: bool = False
    shot_at: datetime | None = None
    folder: str = ""
    live_id: str = ""
    burst_id: str = ""
    content_ids: frozenset[str] = frozenset()
    has_camera_tags: bool = False
    has_position: bool = False
    has_offset: bool = False
    has_motion: bool = False
    is_damaged: bool = False
    facts: int = 0
    preference: int = 0
    size_bytes: int = 0
    mtime_ns: int = 0
    resolved_share: float | None = None
    sharpness: float | None = None
    clipped_share: float | None = None

    @property
    def pixels(self) -> int:
        return (self.width_px or 0) * (self.height_px or 0)

    @property
    def is_picture(self) -> bool:
        return self.kind in PICTURES
