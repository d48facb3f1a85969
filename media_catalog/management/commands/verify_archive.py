"""Read an archive again."""

import dataclasses
import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from media_catalog.management import export_summaries
from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.services import archive_audit, archives, preferences


class Command(CatalogCommand):
    help = "Read every exported copy again and compare it with what was recorded when it was verified."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder", metavar="DIR", nargs="?", help="the archive; default: the one of the settings"
        )
        parser.add_argument("--json", action="store_true", help="print the findings as one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        root = os.fsencode(Path(options["folder"] or preferences.archive_dir()).expanduser().absolute())
        try:
            findings = _verify(root, show=not options["json"])
        except archives.ArchiveRefused as refused:
            raise refuse(str(refused)) from refused
        facts = dataclasses.asdict(findings)
        self.stdout.write(json.dumps(facts) if options["json"] else export_summaries.verified(findings))
        if findings.faults:
            raise SystemExit(1)


def _verify(root: bytes, *, show: bool) -> archive_audit.Findings:
    with Progress(console=Console(stderr=True), disable=not show, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return archive_audit.verify(root, on_progress=advance)
