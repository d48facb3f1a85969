"""How a video looks: its length, and frames spread over it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from media_catalog.pipeline import fingerprint
from media_catalog.pipeline.look import signature
from media_catalog.pipeline.look.likeness import Seen

VERSION = 1
FRAMES = 6
EDGE = 0.08  # of the length at both ends, where titles, black and shaking are

# Of one frame, as it is stored; the look begins with its own version.
STORED = np.dtype([("phash", "<u8"), ("information", "<f4"), ("look", f"V{signature.STORED.itemsize}")])


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


def frames_of(pictures: Sequence[Image.Image | None]) -> tuple[Seen, ...]:
    """Take how the frames of a video look, in their order; missing ones and plain ones tell nothing."""
    return tuple((seen(picture) if picture else None) or BLANK for picture in pictures)


def to_bytes(frames: Sequence[Seen]) -> bytes:
    """Give the form in which frames are stored, 119 bytes for each."""
    rows = np.zeros(len(frames), dtype=STORED)
    for row, frame in zip(rows, frames, strict=True):
        row["phash"], row["information"] = frame.phash, frame.information
        row["look"] = np.void(frame.look.to_bytes())
    return rows.tobytes()


def from_bytes(stored: bytes) -> tuple[Seen, ...]:
    """Read the stored form.

    :raises signature.UnknownVersion: when it was written by another version, or holds no frames.
    """
    if len(stored) % STORED.itemsize:
        raise signature.UnknownVersion(f"{len(stored)} bytes")
    return tuple(
        Seen(
            phash=int(row["phash"]),
            information=float(row["information"]),
            look=signature.from_bytes(row["look"].tobytes()),
        )
        for row in np.frombuffer(stored, dtype=STORED)
    )


BLANK = Seen(phash=0, information=0.0, look=signature.look_of(Image.new("L", (8, 8))))
