"""Pictures whose dates rest on the clock of a camera, and what pages say of them."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

from media_catalog.models import MediaFile
from tests.review.rows import add_file

NOON = datetime(2015, 7, 4, 12, 0, 42)
HOUR = timedelta(hours=1)
NASTY = "<img src=x onerror=alert(1)>\u202egpj.jpg"


def add(name: str = "a.jpg", *, captured: datetime = NOON, **facts: Any) -> MediaFile:
    """Add a picture of a camera whose clock its date rests on."""
    facts = {"camera_make": "Canon", "camera_model": "EOS 7D"} | facts
    file = add_file(name, captured=captured, **facts)
    file.candidates.create(
        rank=0, source="EXIF:DateTimeOriginal", local=captured, precision="second", weight=10, is_chosen=True
    )
    return file


def text_of(answer: Any) -> str:
    """Return the words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", answer.text)).split())


def locals_of() -> list[datetime | None]:
    """Return the dates of all files in the order in which they were added."""
    return list(MediaFile.objects.order_by("pk").values_list("captured_local", flat=True))


def shown(answer: Any) -> dict[str, str]:
    """What the form that keeps what is shown would send."""
    correction = answer.context["correction"]
    kept = {name: str(value) for name, value in correction.act.params.items()}
    kept |= {
        "how": correction.how,
        "expected": str(correction.effect.number),
        "stamp": correction.effect.stamp,
    }
    return {**kept, **answer.context["tool"].kept}
