"""How a video looks: its length, and frames spread over it."""

from collections.abc import Sequence

from PIL import Image

from media_catalog.pipeline import fingerprint
from media_catalog.pipeline.look import signature
from media_catalog.pipeline.look.likeness import Seen

VERSION = 1
FRAMES = 6
EDGE = 0.08  # of the length at both ends, where titles, black and shaking are


def moments_s(duration_s: float) -> list[float]:
    """Give the times of the frames to be decoded; the nearest key frame before will not do, as it differs."""
    inner = duration_s * (1 - 2 * EDGE)
    return [duration_s * EDGE + inner * (number + 0.5) / FRAMES for number in range(FRAMES)]


def seen(picture: Image.Image) -> Seen | None:
    """Take how one picture or frame looks; `None` for one of a single colour."""
    found = fingerprint.fingerprint(picture)
    if found.phash is None:
        return None
    look = signature.look_of(picture)
    return Seen(phash=found.phash, information=found.information or 0.0, look=look)


def frames_of(pictures: Sequence[Image.Image]) -> tuple[Seen, ...]:
    """Take how the frames of a video look, in their order; those of one colour count as telling nothing."""
    return tuple(seen(picture) or BLANK for picture in pictures)


BLANK = Seen(phash=0, information=0.0, look=signature.look_of(Image.new("L", (8, 8))))
