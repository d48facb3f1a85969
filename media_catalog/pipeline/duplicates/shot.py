"""What the tags of a file say of the shot that it shows (tag names: https://exiftool.org/TagNames/)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from media_catalog.pipeline import tag_text
from media_catalog.pipeline.probe import Kind, Probe
from media_catalog.pipeline.timestamps import candidates, plausibility
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.date_tags import DATE_TAGS

VERSION = 1
ID_LIMIT = 100  # characters
MOST_FACTS = 30_000
# What cameras write at the moment of the shot, and no program that edits afterwards; the first that is there.
VIDEO_DATES = (
    "Keys:CreationDate",
    "XML:CreationDate",
    "UserData:ContentCreateDate",
    "UserData:DateTimeOriginal",
    "RIFF:DateTimeOriginal",
    "H264:DateTimeOriginal",
    "EXIF:DateTimeOriginal",
)
PICTURE_DATES = ("EXIF:DateTimeOriginal", "MakerNotes:DateTimeOriginal", "XMP:DateTimeOriginal")
# A messenger or a converter writes its own time into these, so that they count beside the name of a camera.
CONTAINER_DATES = ("QuickTime:CreateDate", "Matroska:DateTimeOriginal", "ASF:CreationDate")
CAMERA_PROGRAMS = ("QuickTime:Keys:AndroidVersion",)  # of phones that do not name themselves
BURST_IDS = frozenset(["BurstUUID", "BurstID", "CameraBurstID"])
MOTION = frozenset(["MotionPhoto", "MicroVideo", "EmbeddedVideoFile", "MotionPhotoVideo"])
# Some phones write one number into every picture; a real one has 128 bits (CIPA DC-008 4.6.6).
UNIQUE_ID = re.compile(r"(?!0+$)[0-9a-f]{32}")
DOCUMENT_ID = re.compile(r"(?:xmp\.(?:did|iid)|adobe:docid:[a-z]+|uuid):", re.IGNORECASE)
PASSED_ON_IDS = ("XMP:XMP-xmpMM:OriginalDocumentID", "XMP:XMP-xmpMM:DerivedFromOriginalDocumentID")
OWN_DOCUMENT_ID = "XMP:XMP-xmpMM:DocumentID"  # what an edit passes on as that of the original
# What a camera writes beside its name, the oldest telephones only the last.
OF_THE_SHOT = (
    "EXIF:ExifIFD:ExposureTime",
    "EXIF:ExifIFD:FNumber",
    "EXIF:ExifIFD:ISO",
    "EXIF:ExifIFD:DateTimeOriginal",
)
MAKER_NOTES = "MakerNotes:"
# Where facts about a picture stand, rather than how it is stored; and what every program adds.
FACTS = (
    "EXIF:",
    "XMP:",
    "IPTC:",
    MAKER_NOTES,
    "QuickTime:Keys:",
    "QuickTime:UserData:",
    "QuickTime:ItemList:",
)
NO_FACTS = ("EXIF:IFD1:", "XMP:XMP-x:", "XMP:XMP-xmpMM:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """When and in which series a picture was taken, and how much its tags know.

    `shot_local` is a naive wall clock as the camera wrote it, `shot_at` an aware UTC instant; each is `None`
    where it is not known. `has_subseconds` tells whether parts of a second count. Ids are empty where there
    are none; `content_ids` are those that editors pass on to what they make.
    """

    shot_local: datetime | None
    has_subseconds: bool
    shot_at: datetime | None
    burst_id: str
    live_id: str
    content_ids: tuple[str, ...]
    has_camera_tags: bool
    has_motion: bool
    facts_count: int


def shot_of(tags: Mapping[str, Any], *, facts: Probe, now: datetime) -> Shot:
    """Understand the tags of a picture or video, as read with `-G0:1 -n`."""
    own = _first(tags, VIDEO_DATES if facts.kind is Kind.VIDEO else PICTURE_DATES, now=now)
    instant = own.instant if own else None
    if instant is None and facts.kind is Kind.VIDEO and _is_of_camera(tags, facts):
        container = _first(tags, CONTAINER_DATES, now=now)
        instant = container.instant if container else None
    local = own.local if own else None
    by_name = {name: key for key in tags if (name := key.rpartition(":")[2]) in BURST_IDS | MOTION}
    return Shot(
        shot_local=local,
        has_subseconds=bool(local and local.microsecond),
        shot_at=instant,
        burst_id=tag_text.first_text(tags, _keys(by_name, BURST_IDS), ID_LIMIT) or "",
        live_id=facts.content_identifier or "",
        content_ids=tuple(sorted(_content_ids(tags))),
        has_camera_tags=_has_camera_tags(tags, facts),
        has_motion=any(_is_set(tags[key]) for key in _keys(by_name, MOTION)),
        facts_count=min(MOST_FACTS, sum(_is_fact(key) for key in tags)),
    )


def _first(tags: Mapping[str, Any], sources: Iterable[str], *, now: datetime) -> Candidate | None:
    """Find the first date to the second that a shot can have been taken on."""
    for source in sources:
        claim = candidates.of_tag(tags, TAGS[source])
        if claim and claim.precision is Precision.SECOND and plausibility.refusal(claim, now=now) is None:
            return claim
    return None


def _is_of_camera(tags: Mapping[str, Any], facts: Probe) -> bool:
    return bool(facts.camera_make or facts.camera_model) or any(key in tags for key in CAMERA_PROGRAMS)


def _has_camera_tags(tags: Mapping[str, Any], facts: Probe) -> bool:
    if any(key.startswith(MAKER_NOTES) for key in tags):
        return True
    is_named = bool(facts.camera_make or facts.camera_model)
    return is_named and (facts.kind is Kind.VIDEO or any(key in tags for key in OF_THE_SHOT))


def _keys(by_name: Mapping[str, str], names: Iterable[str]) -> list[str]:
    return [by_name[name] for name in sorted(names) if name in by_name]


def _content_ids(tags: Mapping[str, Any]) -> set[str]:
    found = {_document_id(tags.get(key)) for key in PASSED_ON_IDS}
    if PASSED_ON_IDS[0] not in tags:
        found.add(_document_id(tags.get(OWN_DOCUMENT_ID)))
    for key, value in tags.items():
        if key.endswith(":ImageUniqueID"):
            text = tag_text.read_text(value, ID_LIMIT).replace("-", "").lower()
            found.add(text if UNIQUE_ID.fullmatch(text) else "")
    return found - {""}


def _document_id(value: Any) -> str:
    return DOCUMENT_ID.sub("", tag_text.read_text(value, ID_LIMIT)).replace("-", "").lower()


def _is_set(value: Any) -> bool:
    return tag_text.read_text(value, ID_LIMIT) not in ("", "0")


def _is_fact(key: str) -> bool:
    return key.startswith(FACTS) and not key.startswith(NO_FACTS)


TAGS = {tag.source: tag for tag in DATE_TAGS}
