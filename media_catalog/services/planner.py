"""Statistics by which SQLite chooses among indexes; PostgreSQL takes its own from time to time."""

from django.db import connection
from django.db.backends.utils import CursorWrapper

from media_catalog.services import counts

SAMPLE_ROWS = (
    20_000  # of each index; of fewer it would believe that a source has hardly more files than a folder
)
# Indexes that SQLite passes by for one that holds more, as `group_by_kind`, where both serve a query: what it
# sees of them tells it no better, whereas of an index that it has not seen it thinks the best.
UNSEEN = ("group_unresolved",)
GROWTH = 1.5  # of the number of files, since it was told the last time


def look_at_tables() -> None:
    """Let SQLite see how rows are spread: else it may read a whole table to spare itself a short sort.

    A matter of a fifth of a second, and only after the library has grown.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        if sum(counts.numbers("state").values()) > _seen_before(cursor) * GROWTH:
            cursor.execute(f"PRAGMA analysis_limit = {SAMPLE_ROWS}")
            cursor.execute("ANALYZE")
            cursor.executemany("DELETE FROM sqlite_stat1 WHERE idx = %s", [(name,) for name in UNSEEN])
            cursor.execute("ANALYZE sqlite_schema")  # takes note of that


def _seen_before(cursor: CursorWrapper) -> int:
    cursor.execute("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")
    if not cursor.fetchone():
        return 0
    cursor.execute("SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE idx = 'file_by_folder'")
    row = cursor.fetchone()
    return int(row[0]) if row else 0
