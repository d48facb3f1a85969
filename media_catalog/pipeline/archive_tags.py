"""Which tags a copy gets, so that it says itself what is known of its file: only what it does not say yet.

Where a fact belongs: https://www.metadataworkinggroup.org and https://developer.apple.com (QuickTime keys).
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from media_catalog.pipeline import archive_about, archive_names, probe
from media_catalog.pipeline.archive_about import About
from media_catalog.pipeline.exiftool import TagEdit
from media_catalog.pipeline.timestamps import candidates, plausibility, zones
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate, Precision

EXIF_TYPES = frozenset(
    ["image/jpeg", "image/png", "image/webp", "image/tiff", "image/heic", "image/heif", "image/avif"]
)
IPTC_TYPES = frozenset(["image/jpeg", "image/tiff"])
XMP_TYPES = frozenset(["image/gif"])
MOVIE_TYPES = frozenset(["video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2"])

# What a file gives as its own date, most trusted first. Where EXIF cannot be written, XMP stands in for it.
MOVIE_ORIGINALS = ("Keys:CreationDate", "QuickTime:CreateDate")
EXIF_ORIGINALS = ("EXIF:DateTimeOriginal",)
OTHER_ORIGINALS = (
    "EXIF:DateTimeOriginal",
    "RIFF:DateTimeOriginal",
    "H264:DateTimeOriginal",
    "Matroska:DateTimeOriginal",
    "ASF:CreationDate",
    "XMP:DateTimeOriginal",
    "XMP:DateCreated",
)
XMP_ORIGINAL, XMP_CREATED = "XMP-exif:DateTimeOriginal", "XMP-photoshop:DateCreated"
XMP_MADE = "XMP-xmp:CreateDate"
XMP_DATES = (XMP_ORIGINAL, XMP_CREATED, XMP_MADE)
MOVIE_DATES = ("CreateDate", "TrackCreateDate", "MediaCreateDate")
MOVIE_CHANGES = ("ModifyDate", "TrackModifyDate", "MediaModifyDate")

SUBJECT = "XMP-dc:Subject"
# Lightroom's way to say which keyword is below which: https://exiftool.org/TagNames/XMP.html#Lightroom
HIERARCHY, HIERARCHY_READ, BELOW = "XMP-lr:HierarchicalSubject", "XMP:XMP-lr:HierarchicalSubject", "|"
SAME = timedelta(seconds=1)
TOLERANCES = {Precision.MINUTE: timedelta(seconds=59)}
NO_LATER_THAN = datetime(
    9999, 1, 1, tzinfo=UTC
)  # a date in the future is a date here: only a person replaces it
IPTC_BYTES = 64  # of a keyword: https://www.iptc.org/std/IIM/4.2/specification/IIMV4.2.pdf, 2:25
IPTC_CHARSET = "IPTC:CodedCharacterSet"
IPTC_UTF8 = "%G"  # after an escape character


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a file, and shall be known of its copy.

    `local` and `until` are the first and last second of the period, as wall clock; `instant` is in UTC.
    `may_replace_date`: a person confirmed this date, so that it goes before a different one in the file.
    What the file says of dates before `earliest_year` is none.
    `keyword_paths` lead to keywords that are below others, the highest first.
    A date that is a mere guess should not be given at all: in a tag it would look like the camera's word.
    """

    local: datetime | None = None
    until: datetime | None = None
    precision: Precision | None = None
    offset_minutes: int | None = None
    offset_is_evidence: bool = False
    instant: datetime | None = None
    may_replace_date: bool = False
    earliest_year: int = plausibility.FIRST_PHOTOGRAPH
    keywords: Sequence[str] = ()
    keyword_paths: Sequence[Sequence[str]] = ()
    about: About = archive_about.NOTHING

    @property
    def evident_offset(self) -> int | None:
        return self.offset_minutes if self.offset_is_evidence else None


def is_writable(mime_type: str | None) -> bool:
    """Return whether tags are written into a file of this type; the others get a sidecar."""
    return mime_type in EXIF_TYPES | XMP_TYPES | MOVIE_TYPES


def tag_edits(facts: Facts, *, mime_type: str | None, tags: Mapping[str, Any]) -> list[TagEdit]:
    """List the edits that a copy needs, given the tags of its file; without any the copy stays identical.

    For a type that is not writable they are the whole content of its sidecar.
    """
    edits = [
        *_date_edits(facts, mime_type, tags),
        *archive_about.edits(facts.about, tags=tags, is_movie=mime_type in MOVIE_TYPES),
        *_keyword_edits(facts.keywords, mime_type, tags),
        *_hierarchy_edits(facts.keyword_paths, tags),
    ]
    if mime_type in XMP_TYPES:
        return as_xmp(edits, tags={})
    return edits if is_writable(mime_type) else as_xmp(edits, tags=tags)


def as_xmp(edits: Sequence[TagEdit], *, tags: Mapping[str, Any]) -> list[TagEdit]:
    """Say the same in XMP alone. A sidecar hides the words in its file, so it repeats those of `tags`."""
    words = [edit.value for edit in edits if edit.tag == SUBJECT]
    if words:
        words = [*present_keywords(tags), *words]
    dates = _xmp_dates({edit.tag: edit.value for edit in edits}, tags)
    about = archive_about.as_xmp(edits, tags=tags)
    paths = [edit for edit in edits if edit.tag == HIERARCHY]
    return [*dates, *about, *(TagEdit(tag=SUBJECT, value=word, op="+=") for word in words), *paths]


def present_keywords(tags: Mapping[str, Any]) -> tuple[str, ...]:
    """List the keywords of a file, wherever they stand in it."""
    return probe.probe(tags, sniffed_mime=None).keywords


def _date_edits(facts: Facts, mime_type: str | None, tags: Mapping[str, Any]) -> list[TagEdit]:
    if facts.local is None or facts.precision is None:
        return []
    claims = _claims(tags, facts.earliest_year)
    original = _first(claims, _originals(mime_type))
    if original and _agrees(original, facts):
        return _added_zone(facts, original) if mime_type in EXIF_TYPES else []
    is_exact = facts.precision in EXACT
    if mime_type in MOVIE_TYPES and is_exact:
        return _movie_edits(facts, facts.local, claims, tags)
    if original and not facts.may_replace_date:
        return []
    parts = archive_names.known_parts(facts.local, facts.until, facts.precision)
    return _picture_edits(facts, facts.local, claims) if is_exact else _partial_edits(facts, parts, claims)


def _picture_edits(facts: Facts, local: datetime, claims: Mapping[str, Candidate]) -> list[TagEdit]:
    if facts.instant and not facts.offset_is_evidence:
        return _instant_edits(facts, facts.instant, claims)
    return _photo_edits(facts, local, claims)


def _originals(mime_type: str | None) -> Sequence[str]:
    if mime_type in MOVIE_TYPES:
        return MOVIE_ORIGINALS
    return EXIF_ORIGINALS if mime_type in EXIF_TYPES else OTHER_ORIGINALS


def _claims(
    tags: Mapping[str, Any], earliest_year: int = plausibility.FIRST_PHOTOGRAPH
) -> dict[str, Candidate]:
    """Give what the file says of dates, by source, without zeros, sentinels and the like."""
    refusal = partial(plausibility.refusal, now=NO_LATER_THAN, earliest_year=earliest_year)
    return {claim.source: claim for claim in candidates.from_tags(tags) if not refusal(claim)}


def _first(claims: Mapping[str, Candidate], sources: Sequence[str]) -> Candidate | None:
    return next((claims[source] for source in sources if source in claims), None)


def _agrees(claim: Candidate, facts: Facts) -> bool:
    """Compare what both have: a wall clock that is no mere guess, else the instant."""
    if claim.precision not in EXACT or facts.precision not in EXACT:
        return False
    has_wall_clock = facts.instant is None or facts.offset_is_evidence
    if claim.local and facts.local and has_wall_clock:
        return abs(claim.local - facts.local) <= TOLERANCES.get(facts.precision, SAME)
    return bool(claim.instant and facts.instant and abs(claim.instant - facts.instant) <= SAME)


def _added_zone(facts: Facts, original: Candidate) -> list[TagEdit]:
    """A date that is right is not touched; only a person who confirmed it may add its zone."""
    if facts.may_replace_date and facts.evident_offset not in (None, original.offset_minutes):
        return _offset_edits(facts)
    return []


def _photo_edits(facts: Facts, local: datetime, claims: Mapping[str, Candidate]) -> list[TagEdit]:
    edits = [TagEdit(tag="EXIF:DateTimeOriginal", value=_text(local)), *_offset_edits(facts)]
    if "EXIF:CreateDate" not in claims:
        edits.append(TagEdit(tag="EXIF:CreateDate", value=_text(local)))
    for source, tag in (("XMP:DateTimeOriginal", XMP_ORIGINAL), ("XMP:DateCreated", XMP_CREATED)):
        if facts.may_replace_date and source in claims and not _agrees(claims[source], facts):
            edits.append(TagEdit(tag=tag, value=_text(local) + _zone(facts)))
    return edits


def _instant_edits(facts: Facts, instant: datetime, claims: Mapping[str, Candidate]) -> list[TagEdit]:
    """An instant alone is written as one: in a zone that is only assumed there is no wall clock."""
    if any(_agrees(claim, facts) for claim in claims.values()):
        return []
    if "XMP:DateCreated" in claims and not facts.may_replace_date:
        return []
    edits = [TagEdit(tag=XMP_CREATED, value=_text(instant) + "Z")]
    if "XMP:CreateDate" not in claims:
        edits.append(TagEdit(tag=XMP_MADE, value=_text(instant) + "Z"))
    return edits


def _movie_edits(
    facts: Facts, local: datetime, claims: Mapping[str, Candidate], tags: Mapping[str, Any]
) -> list[TagEdit]:
    """Set all dates of a movie at once, where it has none or a person says so.

    A camera that wrote its wall clock where UTC belongs (https://exiftool.org/ExifTool.html#QuickTimeUTC) is
    put right without being asked: it means the same moment.
    """
    is_free = facts.may_replace_date or not any(source in claims for source in MOVIE_ORIGINALS)
    if not is_free and not _is_zone_apart(claims, facts.instant):
        return []
    edits = []
    if facts.instant:
        edits = [TagEdit(tag=tag, value=_text(facts.instant)) for tag in _movie_tags(tags)]
    if facts.instant is None or facts.offset_is_evidence:
        edits.append(TagEdit(tag="Keys:CreationDate", value=_text(local) + _zone(facts)))
    return edits


def _is_zone_apart(claims: Mapping[str, Candidate], instant: datetime | None) -> bool:
    created = claims.get("QuickTime:CreateDate")
    if "Keys:CreationDate" in claims or not (created and created.instant and instant):
        return False
    return zones.offset_between(created.instant.replace(tzinfo=None), instant, tolerance=SAME) is not None


def _movie_tags(tags: Mapping[str, Any]) -> list[str]:
    """List the dates of the movie and its tracks, and those of change too, if they meant its making."""
    names = {key.rpartition(":")[2] for key in tags if key.startswith("QuickTime:")}
    is_unchanged = tags.get("QuickTime:ModifyDate") == tags.get("QuickTime:CreateDate")
    wanted = MOVIE_DATES + MOVIE_CHANGES if is_unchanged else MOVIE_DATES
    return [f"QuickTime:{name}" for name in wanted if name in names]


def _partial_edits(facts: Facts, parts: Sequence[int], claims: Mapping[str, Candidate]) -> list[TagEdit]:
    """XMP alone has partial dates; a decade, which leaves no parts, has no form even there."""
    value = ":".join(f"{part:02}" for part in parts)
    created = claims.get("XMP:DateCreated")
    if not value or (created and created.raw.replace("-", ":").startswith(value)):
        return []
    if created and not facts.may_replace_date:
        return []
    return [TagEdit(tag=XMP_CREATED, value=value)]


def _keyword_edits(words: Sequence[str], mime_type: str | None, tags: Mapping[str, Any]) -> list[TagEdit]:
    """Add what the file does not have yet, in whatever case, and leave what it has."""
    present = {word.casefold() for word in present_keywords(tags)}
    fresh: dict[str, str] = {}
    for word in map(_clean, words):
        if word and word.casefold() not in present:
            fresh.setdefault(word.casefold(), word)
    edits = [TagEdit(tag=SUBJECT, value=word, op="+=") for word in fresh.values()]
    return [*edits, *_iptc_edits(fresh.values(), tags)] if mime_type in IPTC_TYPES else edits


def _hierarchy_edits(paths: Sequence[Sequence[str]], tags: Mapping[str, Any]) -> list[TagEdit]:
    """Add the paths that the file does not have yet; a name with the separator in it has no path."""
    known = tags.get(HIERARCHY_READ) or []
    present = {str(one).casefold() for one in (known if isinstance(known, list) else [known])}
    whole = [BELOW.join(map(_clean, path)) for path in paths if not any(BELOW in name for name in path)]
    fresh: dict[str, str] = {}
    for path in whole:
        if path.casefold() not in present:
            fresh.setdefault(path.casefold(), path)
    return [TagEdit(tag=HIERARCHY, value=path, op="+=") for path in fresh.values()]


def _iptc_edits(words: Iterable[str], tags: Mapping[str, Any]) -> list[TagEdit]:
    """IPTC is for older programs; where its character set is not UTF-8 it is not changed under old words."""
    is_new = not any(key.startswith("IPTC:") for key in tags)
    is_utf8 = is_new or str(tags.get(IPTC_CHARSET, "")).endswith(IPTC_UTF8)
    fitting = [word for word in words if len(word.encode()) <= IPTC_BYTES and (is_utf8 or word.isascii())]
    edits = [TagEdit(tag="IPTC:Keywords", value=word, op="+=") for word in fitting]
    return [*edits, TagEdit(tag=IPTC_CHARSET, value="UTF8")] if edits and is_new else edits


def _xmp_dates(values: Mapping[str, str], tags: Mapping[str, Any]) -> Iterator[TagEdit]:
    zone = values.get("EXIF:OffsetTimeOriginal", "")
    claim = _claims(tags).get("EXIF:DateTimeOriginal") if zone else None  # a zone alone says nothing in XMP
    dates = {}
    if original := values.get("EXIF:DateTimeOriginal") or (claim and claim.local and _text(claim.local)):
        dates = {XMP_ORIGINAL: original + zone, XMP_CREATED: original + zone}
    elif made := values.get("Keys:CreationDate"):
        dates = {XMP_ORIGINAL: made, XMP_CREATED: made}
    elif made := values.get("QuickTime:CreateDate"):
        dates = {XMP_CREATED: f"{made}Z"}
    given = {tag: value for tag, value in values.items() if tag in XMP_DATES}
    return (TagEdit(tag=tag, value=value) for tag, value in (dates | given).items())


def _offset_edits(facts: Facts) -> list[TagEdit]:
    zone = _zone(facts)
    return [TagEdit(tag="EXIF:OffsetTimeOriginal", value=zone)] if zone else []


def _zone(facts: Facts) -> str:
    return "" if facts.evident_offset is None else zones.offset_text(facts.evident_offset)


def _text(time: datetime) -> str:
    return f"{time.year:04}:{time:%m:%d %H:%M:%S}"


def _clean(word: str) -> str:
    printable = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in word)
    return " ".join(unicodedata.normalize("NFC", printable).split())
