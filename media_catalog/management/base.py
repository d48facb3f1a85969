"""What our commands share: errors that a person understands, and the exit codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from media_catalog.services import doctor

WRONG_USE = 2


class CatalogCommand(BaseCommand):
    """A command that needs the database: it says in one line what is wrong with it, and ends with 2."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        require_database()
        return super().execute(*args, **options)


class Refused(CommandError):
    """Wrong use, or a command cannot start; the terminal shows this name before the reason."""


def refuse(message: str) -> Refused:
    """Build the error that ends a command with one line and exit code 2."""
    return Refused(message, returncode=WRONG_USE)


def require_database() -> None:
    """Check that the database answers and has all tables.

    :raises CommandError: with exit code 2 and one line that says what to do.
    """
    name = connection.settings_dict["NAME"]
    advice = "Check DATABASE_URL." if connection.vendor == "postgresql" else "Check MEDIAPARSER_DATA_DIR."
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except (OperationalError, ProgrammingError, DatabaseError) as error:
        reason = str(error).strip().splitlines()[0]
        raise refuse(f"The database {name} cannot be used: {reason}. {advice}") from error
    if missing:
        raise refuse(
            "The database is not set up for this version: run `make setup` (or `manage.py migrate`)."
        )


def require_exiftool() -> None:
    """Check that ExifTool is there.

    :raises CommandError: with exit code 2 and one line that says what to do.
    """
    finding = doctor.exiftool_finding()
    if not finding.is_right:
        raise refuse(f"{finding.text} {finding.advice}")
