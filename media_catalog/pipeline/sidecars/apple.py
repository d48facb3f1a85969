"""What an AAE file of Apple's Photos says: that a picture was edited and by what; it has no capture date."""

import plistlib
from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

from media_catalog.pipeline import tag_text
from media_catalog.pipeline.sidecars.facts import Unreadable

GROUP = "Apple:"
SIZE_LIMIT = 4 << 20  # bytes; edits with a brush are the largest
# What plistlib raises on malformed files besides its own exception, found by feeding it such.
MALFORMED = (
    plistlib.InvalidFileException,
    ExpatError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    KeyError,
    OverflowError,
    RecursionError,
)


def parse(data: bytes) -> dict[str, Any]:
    """Read a property list as tags that can be stored, without the edit itself, which is binary.

    :raises Unreadable: whatever is wrong with it.
    """
    if len(data) > SIZE_LIMIT:
        raise Unreadable(f"larger than {SIZE_LIMIT} bytes")
    try:
        content = plistlib.loads(data)
    except MALFORMED as error:
        raise Unreadable(f"no valid property list: {error}"[:200]) from error
    if not isinstance(content, Mapping):
        raise Unreadable("no property list of an edit")
    kept = {key: value for key, value in content.items() if not isinstance(value, bytes)}
    return {GROUP + key: value for key, value in tag_text.json_safe(kept).items()}
