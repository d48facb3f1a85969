"""Bring database, static files and the first account into being; harmless when all is there."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from media_catalog.management import base
from media_catalog.services import accounts


class Command(BaseCommand):
    help = "Create or update the database, collect static files, and create the administrator once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--admin", default=settings.MEDIAPARSER_ADMIN_USER, metavar="NAME")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            base.require_database()
        except CommandError:
            self._migrate()
        call_command("collectstatic", interactive=False, verbosity=0)
        name = options["admin"]
        password = accounts.ensure_administrator(
            name=name, password=settings.MEDIAPARSER_ADMIN_PASSWORD or None
        )
        if password:
            self.stdout.write(
                f"The administrator was created. Log in as {self.style.SUCCESS(name)} with the password "
                f"{self.style.SUCCESS(password)}\n(shown once; `manage.py changepassword {name}` changes it)."
            )

    def _migrate(self) -> None:
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except DatabaseError:
            base.require_database()
            raise
