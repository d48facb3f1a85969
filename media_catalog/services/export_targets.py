"""What the copy of a file should be: its place in the archive and the tags it needs."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from media_catalog.models import Confidence, ExportedFile, FileMetadata, FileTag, MediaFile, Tag
from media_catalog.models.fields import path_key
from media_catalog.pipeline import archive_names, archive_tags
from media_catalog.pipeline.archive_about import About
from media_catalog.pipeline.archive_names import Destination
from media_catalog.pipeline.archive_tags import Facts
from media_catalog.pipeline.exiftool import TagEdit
from media_catalog.pipeline.sidecars.facts import Position
from media_catalog.pipeline.timestamps.candidates import EXACT, Precision
from media_catalog.services import preferences, tag_tree

ASSUMED = "assumed"


class Word(NamedTuple):
    """A tag of a file, and the names that lead to it where it is below others."""

    kind: str
    name: str
    path: tuple[str, ...] = ()


def place(file: MediaFile) -> Destination:
    """Return where a file belongs in an archive, before collisions are counted."""
    return archive_names.destination(
        local=file.captured_local,
        until=file.captured_until_local,
        precision=_precision(file),
        original_name=file.path.rpartition(b"/")[2],
        extension=file.extension or None,
    )


def key(relative: str) -> str:
    """Return the digest that all spellings of one path in an archive have in common."""
    return path_key(archive_names.collision_key(relative).encode(errors="surrogateescape"))


def stem_key(where: Destination) -> str:
    """Return the digest that all numbers of one name have in common."""
    return key(archive_names.numbered(where, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The edits that a copy needs, and what becomes of them where its format cannot take them."""

    edits: list[TagEdit]
    in_sidecar: list[TagEdit]

    def is_in(self, row: ExportedFile) -> bool:
        """Tell whether a copy carries them, as far as it could be made to."""
        return bool(row.tags_written == as_rows(self.in_sidecar if row.tags_error else self.edits))


def wanted(files: Sequence[MediaFile]) -> dict[int, Wanted]:
    """Return what the copies of these files should say, by file id; a few queries."""
    words = _words(files)
    tags = dict(FileMetadata.objects.filter(file__in=files).values_list("file_id", "tags"))
    with preferences.held():
        return {file.pk: _wanted(file, words.get(file.sha256, []), tags.get(file.pk, {})) for file in files}


def as_rows(edits: Sequence[TagEdit]) -> list[list[str]]:
    """Return edits as they are stored with an exported file."""
    return [[edit.tag, edit.op, edit.value] for edit in edits]


def same_bytes(hashes: Collection[str]) -> list[int]:
    """Return the ids of all files with these SHA-256: their fates hang together."""
    # Without the second condition the index, which leaves out files that were not read, cannot be used.
    files = MediaFile.objects.filter(sha256__in=hashes).exclude(sha256="")
    return list(files.values_list("pk", flat=True))


def _wanted(file: MediaFile, words: Sequence[Word], tags: Mapping[str, Any]) -> Wanted:
    facts = _facts(file, words)
    edits = archive_tags.tag_edits(facts, mime_type=file.mime_type or None, tags=tags)
    return Wanted(edits=edits, in_sidecar=archive_tags.as_xmp(edits, tags=tags))


def _words(files: Sequence[MediaFile]) -> Mapping[str, list[Word]]:
    """Collect tags by SHA-256: one copy stands for all files of its bytes, so it gets all their tags."""
    found: dict[str, list[Word]] = defaultdict(list)
    rows = FileTag.objects.filter(file__in=same_bytes({file.sha256 for file in files}))
    tags = rows.order_by("tag__name", "tag__kind")
    known = list(tags.values_list("file__sha256", "tag__kind", "tag__name", "tag", "tag__parent").distinct())
    paths = tag_tree.paths({tag for *_rest, tag, parent in known if parent})
    for sha256, kind, name, tag, _parent in known:
        found[sha256].append(Word(kind, name, tuple(paths.get(tag, ()))))
    return found


def _facts(file: MediaFile, words: Sequence[Word]) -> Facts:
    """Return what the copy should say.

    A guess at a second names the copy but never becomes a tag: read again, it would pass for a camera's word.
    """
    is_guess = file.reviewed_at is None and file.confidence not in (Confidence.HIGH, Confidence.MEDIUM)
    is_believed = not (is_guess and _precision(file) in EXACT)
    return Facts(
        local=file.captured_local if is_believed else None,
        until=file.captured_until_local if is_believed else None,
        precision=_precision(file) if is_believed else None,
        offset_minutes=file.offset_minutes,
        offset_is_evidence=file.offset_source not in ("", ASSUMED),
        instant=file.captured_at if is_believed else None,
        may_replace_date=file.reviewed_at is not None,
        earliest_year=_earliest_year(file),
        keywords=tuple(dict.fromkeys(word.name for word in words)),
        keyword_paths=tuple(dict.fromkeys(word.path for word in words if word.path)),
        about=_about(file, [word.name for word in words if word.kind == Tag.Kind.PERSON]),
    )


def _earliest_year(file: MediaFile) -> int:
    """Return the year before which the tags of a file hold no date; a person may have dated it earlier."""
    earliest = preferences.earliest_year()
    return min(earliest, file.captured_local.year) if file.captured_local else earliest


def _about(file: MediaFile, people: Sequence[str]) -> About:
    position = None
    if file.gps_lat is not None and file.gps_lon is not None:
        position = Position(file.gps_lat, file.gps_lon, file.gps_altitude_m)
    return About(
        position=position,
        description=file.description or None,
        rating=file.rating,
        people=tuple(people),
    )


def _precision(file: MediaFile) -> Precision | None:
    return Precision(file.captured_precision) if file.captured_precision else None
