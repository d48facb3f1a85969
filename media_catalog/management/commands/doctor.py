"""Say what is installed, what is missing, and what to do about it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError
from django.utils import timezone

from media_catalog.services import doctor, health


class Command(BaseCommand):
    help = "Look at everything that MediaParser needs; ends with 1 when something is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        seen = _health()
        findings = list(doctor.examine(seen=seen))
        if options["json"]:
            facts = {"findings": [asdict(finding) for finding in findings], "health": seen and seen.as_dict()}
            self.stdout.write(json.dumps(facts, cls=DjangoJSONEncoder))
        else:
            for finding in findings:
                self._show(finding)
        if not all(finding.is_right for finding in findings):
            raise SystemExit(1)

    def _show(self, finding: doctor.Finding) -> None:
        mark = self.style.SUCCESS("ok     ") if finding.is_right else self.style.ERROR("MISSING")
        self.stdout.write(f"{mark} {finding.name}: {finding.text}")
        if not finding.is_right and finding.advice:
            self.stdout.write(f"        → {finding.advice}")


def _health() -> health.Health | None:
    """See who works and what waits; `None` while there is no database, or it has no tables yet."""
    try:
        return health.look(clock=timezone.now)
    except DatabaseError:
        return None
