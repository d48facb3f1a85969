"""Say what is installed, what is missing, and what to do about it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from media_catalog.services import doctor


class Command(BaseCommand):
    help = "Look at everything that MediaParser needs; ends with 1 when something is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        findings = list(doctor.examine(at=timezone.now()))
        if options["json"]:
            self.stdout.write(json.dumps({"findings": [asdict(finding) for finding in findings]}))
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
