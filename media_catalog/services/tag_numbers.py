"""Counts the files of tags, and picks some: never more than a page can bear, however many there are."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db import connection

MOST = 10_000  # files of one tag; more are not counted
MOST_PROPOSED = 1_000  # the same for a proposed one, each of which has to be looked at
SHOWN = 4

CARRIED = "SELECT 1 FROM media_catalog_filetag WHERE tag_id = %s LIMIT {most}"
LATEST = (
    "SELECT tag_id, file_id FROM media_catalog_filetag WHERE tag_id = %s "
    "ORDER BY tag_id DESC, origin DESC, id DESC LIMIT {most}"
)
ABOUT = (
    "SELECT {columns} FROM media_catalog_{parts} AS part JOIN media_catalog_mediafile AS file ON {join} "
    "JOIN media_catalog_tagproposal AS word ON word.id = part.proposal_id "
    "WHERE part.proposal_id = %s AND file.id > word.until_file AND file.state = 'analysed' LIMIT {most}"
)
JOINS = {
    "proposedfolder": "file.source_id = part.source_id AND file.folder_key = part.folder_key",
    "proposedfile": "file.id = part.file_id",
}


def carrying(tag_ids: Collection[int]) -> Mapping[int, int]:
    """Count the files that carry each tag itself, up to one more than `MOST`."""
    return dict(_rows(_wrapped("%s, COUNT(*)", CARRIED.format(most=MOST + 1)), tag_ids, marks=2))


def latest(tag_ids: Collection[int], *, number: int = SHOWN) -> Mapping[int, Sequence[int]]:
    """Return some files of each tag: of those that people tagged the last."""
    return _lists(_rows(_wrapped("*", LATEST.format(most=number)), tag_ids))


def proposed(keys: Collection[int]) -> Mapping[int, int]:
    """Count the files that each proposed tag is offered for, up to one more than `MOST_PROPOSED`."""
    found: dict[int, int] = defaultdict(int)
    for parts in JOINS:
        statement = _wrapped("%s, COUNT(*)", _about("1", parts, MOST_PROPOSED + 1))
        for key, number in _rows(statement, keys, marks=2):
            found[key] += number
    return found


def offered(keys: Collection[int], *, number: int = SHOWN) -> Mapping[int, Sequence[int]]:
    """Return some of the files that each proposed tag is offered for."""
    rows = []
    for parts in JOINS:
        rows += _rows(_wrapped("*", _about("part.proposal_id, file.id", parts, number)), keys)
    return _lists(rows)


def _about(columns: str, parts: str, most: int) -> str:
    return ABOUT.format(columns=columns, parts=parts, join=JOINS[parts], most=most)


def _wrapped(columns: str, inner: str) -> str:
    """SQLite takes no limits in the parts of a union, but in what these are taken from."""
    return f"SELECT {columns} FROM ({inner}) AS chosen"  # noqa: S608  made of the texts above alone


def _rows(statement: str, keys: Collection[int], *, marks: int = 1) -> list[tuple[int, int]]:
    """Ask the same about each key, all at once."""
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join([statement] * len(keys)), [key for key in keys for _ in range(marks)]
        )
        return [(int(key), int(value)) for key, value in cursor.fetchall()]


def _lists(rows: Sequence[tuple[int, int]]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return found
