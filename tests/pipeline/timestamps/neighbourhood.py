"""Files as their neighbours see them, in a few words each."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from media_catalog.pipeline.timestamps.candidates import Candidate, Precision, period_end
from media_catalog.pipeline.timestamps.confidence import Confidence
from media_catalog.pipeline.timestamps.siblings import Dated, Sibling

IPHONE, CANON = ("Apple", "iPhone 7"), ("Canon", "Canon EOS 7D")
VIDEOS, RAWS = (".mov", ".mp4", ".avi"), (".dng", ".cr2", ".nef")
LOOK = 0x9A3C5F0172E4B68D  # of a picture
IDS = count(1)


def dated(
    local: str | datetime, source: str = "EXIF:DateTimeOriginal", *, weight: int = 10, **more: Any
) -> Dated:
    """A date of second precision that is high, or as the keywords say."""
    start = local if isinstance(local, datetime) else datetime.fromisoformat(local)
    precision = more.pop("precision", Precision.SECOND)
    given: dict[str, Any] = {
        "local": start,
        "until": more.pop("until", period_end(start, precision)),
        "precision": precision,
        "offset_minutes": None,
        "offset_source": None,
        "instant": None,
        "source": source,
        "weight": weight,
        "confidence": Confidence.HIGH,
    }
    return Dated(**{**given, **more})


def named_day(local: str, source: str = "name:whatsapp", weight: int = 3) -> Dated:
    return dated(local, source, weight=weight, precision=Precision.DAY, confidence=Confidence.LOW)


def edit_date(local: str) -> Dated:
    return dated(local, "EXIF:ModifyDate", weight=2, confidence=Confidence.LOW)


def file(name: str, own: Dated | str | datetime | None = None, **more: Any) -> Sibling:
    """A file of a telling look; `own` is its date; as a mere time it is a camera's."""
    ending = name[name.rfind(".") :].lower()
    given: dict[str, Any] = {
        "id": next(IDS),
        "name": name,
        "kind": "video" if ending in VIDEOS else "raw" if ending in RAWS else "image",
        "information": 40.0,
        "width_px": 4000,
        "height_px": 3000,
        "own": dated(own) if isinstance(own, str | datetime) else own,
    }
    return Sibling(**{**given, **more})


def bounds(claim: Candidate) -> tuple[datetime, datetime]:
    assert claim.local is not None
    return claim.local, claim.until or period_end(claim.local, claim.precision)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
