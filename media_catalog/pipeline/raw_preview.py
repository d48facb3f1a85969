"""The JPEG that a camera put into its RAW file."""

import re
from collections.abc import Mapping
from typing import Any

from media_catalog.pipeline.exiftool import ExifTool, ExifToolError

PREVIEW_TAGS = frozenset(["PreviewImage", "JpgFromRaw", "JpgFromRaw2", "OtherImage", "ThumbnailImage"])
BINARY = re.compile(r"\(Binary data ([0-9]+) bytes")  # how ExifTool announces what it was not asked to print
# The smallest preview from this size on is large enough for the grid; a full-size one costs more to decode.
ENOUGH_BYTES = 40_000
ENOUGH_FOR_A_PAGE_BYTES = 300_000
JPEG_START = b"\xff\xd8"


def extract_preview(
    path: bytes, *, tags: Mapping[str, Any], exiftool: ExifTool, enough_bytes: int = ENOUGH_BYTES
) -> bytes | None:
    """Give the best embedded JPEG of a RAW file for a picture of some size, `None` when there is none."""
    for tag in by_fitness(tags, enough_bytes=enough_bytes):
        try:
            preview = exiftool.extract(path, tag)
        except ExifToolError:
            continue
        if preview and preview.startswith(JPEG_START):
            return preview
    return None


def by_fitness(tags: Mapping[str, Any], *, enough_bytes: int = ENOUGH_BYTES) -> list[str]:
    """Order the tags that hold a preview: the smallest that is large enough first."""
    sizes = {tag: _size_bytes(value) for tag, value in tags.items() if tag.split(":")[-1] in PREVIEW_TAGS}
    return sorted(sizes, key=lambda tag: (sizes[tag] < enough_bytes, abs(sizes[tag] - enough_bytes)))


def _size_bytes(value: object) -> int:
    binary = BINARY.match(str(value))
    return int(binary[1]) if binary else 0
