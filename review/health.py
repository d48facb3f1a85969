"""Whether this instance can do its work."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from media_catalog.services import health


def obstacles(*, clock: Callable[[], datetime]) -> list[str]:
    """List what keeps this instance from working, in plain words that give nothing away."""
    found = []
    if not _can_write():
        found.append("The data folder cannot be written.")
    if shutil.which(settings.MEDIAPARSER_EXIFTOOL) is None:
        found.append("ExifTool is not installed.")
    try:
        found += _database_obstacles(clock=clock)
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


def _database_obstacles(*, clock: Callable[[], datetime]) -> list[str]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ["The database is not up to date: migrations are missing."]
    return [warning.text for warning in health.look(clock=clock).warnings]


def concerns(*, clock: Callable[[], datetime]) -> list[health.Concern]:
    """List what to look into, save that workers are missing, which is said where jobs are shown."""
    found = health.look(clock=clock).warnings
    return [concern for concern in found if concern.code != health.Code.NO_WORKER]
