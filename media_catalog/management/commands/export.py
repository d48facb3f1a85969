"""Export verified copies."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils import timezone

from media_catalog.management import export_summaries, progress
from media_catalog.management.base import CatalogCommand, refuse, require_exiftool
from media_catalog.models import Job
from media_catalog.services import archives, export_gate, exports, jobs, preferences


class Command(CatalogCommand):
    help = "Write verified copies, named by their dates, to the archive; originals are only read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", metavar="DIR", help="the archive; default: the one of the settings")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be written where")
        parser.add_argument("--force", action="store_true", help="export undecided files as well")
        parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        root = _root(options["output"])
        try:
            if options["dry_run"]:
                self._preview(root, options)
            else:
                self._export(root, options)
        except (archives.ArchiveRefused, export_gate.DecisionsOpen) as refused:
            raise refuse(str(refused)) from refused
        except jobs.AlreadyRunning as running:
            if running.job.state == Job.State.PAUSED:
                raise refuse(f"{running} Go on with `manage.py job {running.job.pk} resume`.") from running
            archive = running.job.export.archive.root_text
            raise refuse(
                f"Export {running.job.pk} is under way: wait until it has ended; "
                f"should it have been broken off, go on with --output {archive}."
            ) from running

    def _preview(self, root: bytes, options: dict[str, Any]) -> None:
        planned = exports.preview(archive_root=root, is_forced=options["force"])
        if options["json"]:
            self.stdout.write(json.dumps(export_summaries.preview(planned)))
            return
        sizes = []
        for one in planned:
            self.stdout.write(export_summaries.preview_line(one))
            sizes.append(one.file.size_bytes)
        self.stdout.write(
            f"{export_summaries.files(len(sizes))} ({sum(sizes) / 1e6:.1f} MB) to write. Nothing was changed."
        )

    def _export(self, root: bytes, options: dict[str, Any]) -> None:
        require_exiftool()
        now = timezone.now()
        job = exports.broken_off(archive_root=root, at=now)
        if job:
            self.stderr.write(f"Going on with export {job.pk}, which was broken off.")
        else:
            job = exports.start(archive_root=root, is_forced=options["force"], created_at=now)
        job = progress.wait_for(job.pk, show=not options["json"])
        facts = export_summaries.as_dict(job)
        self.stdout.write(json.dumps(facts) if options["json"] else export_summaries.exported(facts))
        if job.state != Job.State.COMPLETED:
            raise SystemExit(1)


def _root(output: str | None) -> bytes:
    if output is not None and not output.strip():
        raise refuse("--output is empty: give a folder, or leave it out.")
    return os.fsencode(Path(output or preferences.archive_dir()).expanduser().absolute())
