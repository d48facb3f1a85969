"""Programs that change pictures after they were taken, by the name that they leave in a file."""

import re
from collections.abc import Mapping
from typing import Any

PROGRAM_TAGS = ("EXIF:IFD0:Software", "EXIF:IFD0:ProcessingSoftware", "XMP:XMP-xmp:CreatorTool")
EDITOR = re.compile(
    r"(?<![a-z])(?:adobe|acdsee|affinity|afterfocus|aperture|apple.?photos|aviary|beautyplus|bridge|camera.?raw|"
    r"canva|capture.?one|corel|darktable|digikam|dxo|elements|exposure|facetune|faststone|gimp|google.?photos|"
    r"handbrake|imagemagick|instagram|iphoto|irfanview|lightroom|luminar|magix|meitu|microsoft|nero|nik.?collection|"
    r"on1|paint|perfectly.?clear|photo.?(?:director|filtre|gallery|impact|scape|studio)|photoshop|picasa|picsart|"
    r"pixelmator|polarr|preview|quicktime|rawtherapee|shotwell|snapseed|topaz|ulead|vsco|windows.?(?:live|photo)|"
    r"xnview|zoner)"
)


def is_edited(tags: Mapping[str, Any]) -> bool:
    """Tell whether a program that edits pictures has written this file."""
    return any(
        EDITOR.search(program.lower()) for tag in PROGRAM_TAGS if isinstance(program := tags.get(tag), str)
    )
