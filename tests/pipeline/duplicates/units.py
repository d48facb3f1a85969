"""Files as the search for copies knows them, for its tests."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from PIL import Image

from media_catalog.pipeline.duplicates.units import Unit
from media_catalog.pipeline.look import frames
from tests.pipeline.look import shots

NOON = datetime(2019, 5, 4, 12, 30, 0)
CAMERA = ("Canon", "Canon EOS 7D")


def unit(number: int = 1, picture: Image.Image | None = None, **facts: Any) -> Unit:
    """Describe a file of its own content; with a picture, by its look and size."""
    known: dict[str, Any] = {
        "id": number,
        "sha256": hashlib.sha256(str(number).encode()).hexdigest(),
        "name": f"{number:08X}.jpg",
        "place": f"/photos/{number:08X}.jpg".encode(),
        "mime_type": "image/jpeg",
    }
    if picture is not None:
        known |= {
            "width_px": picture.width,
            "height_px": picture.height,
            "seen": frames.seen(shots.grid(picture)),
        }
    return Unit(**known | facts)


def taken(after_s: float = 0, **facts: Any) -> dict[str, Any]:
    """Give the facts of a shot of the camera, so many seconds after noon."""
    return {
        "camera": CAMERA,
        "shot_local": NOON + timedelta(seconds=after_s),
        "has_camera_tags": True,
    } | facts
