"""Whether this instance can do its work."""

import shutil
import tempfile
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from media_catalog.services import jobs


def obstacles(*, at: datetime) -> list[str]:
    """List what keeps this instance from working, in plain words that give nothing away."""
    found = []
    if not _can_write():
        found.append("The data folder cannot be written.")
    if shutil.which(settings.MEDIAPARSER_EXIFTOOL) is None:
        found.append("ExifTool is not installed.")
    try:
        found += _database_obstacles(at=at)
    except DatabaseError:
        found.append("The database does not answer.")
    return found


def _can_write() -> bool:
    try:
        with tempfile.TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(b"1")
            file.flush()
    except OSError:
        return False
    return True


def _database_obstacles(*, at: datetime) -> list[str]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ["The database is not up to date: migrations are missing."]
    if jobs.is_waiting(at=at) and not jobs.living_workers(at=at):
        return ["Work is waiting, and no worker is alive."]
    return []
