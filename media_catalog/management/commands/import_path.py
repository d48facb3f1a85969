"""Import a folder."""

import json
import zoneinfo
from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from media_catalog.management import progress, summaries
from media_catalog.management.base import CatalogCommand, refuse, require_exiftool
from media_catalog.models import Job
from media_catalog.services import import_preview, imports, jobs, sources


class Command(CatalogCommand):
    help = "Import a folder of pictures and videos; originals are only read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", metavar="DIR")
        parser.add_argument(
            "--source", metavar="LABEL", help="what to call this folder, such as “Mum's phone”"
        )
        parser.add_argument("--timezone", metavar="IANA", help="zone of its clocks, such as Europe/Berlin")
        parser.add_argument(
            "--tag", metavar="T", action="append", default=[], help="put this tag on every file"
        )
        parser.add_argument("--no-recursive", action="store_true", help="leave out sub-folders")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be imported")
        parser.add_argument("--no-wait", action="store_true", help="queue the import and return")
        parser.add_argument(
            "--workers", type=int, metavar="N", help="processes to start when none is running"
        )
        parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        _check(options)
        try:
            if options["dry_run"]:
                self._preview(options)
            else:
                self._import(options)
        except sources.SourceRefused as refused:
            raise refuse(str(refused)) from refused

    def _preview(self, options: dict[str, Any]) -> None:
        found = import_preview.preview(options["folder"], is_recursive=not options["no_recursive"])
        self.stdout.write(json.dumps(found) if options["json"] else summaries.preview(found))

    def _import(self, options: dict[str, Any]) -> None:
        require_exiftool()
        job = _start(options)
        if options["no_wait"]:
            text = f"Import {job.pk} is queued; a running worker takes it up."
            self.stdout.write(json.dumps({"job": job.pk, "state": job.state}) if options["json"] else text)
            return
        job = progress.wait_for(job.pk, show=not options["json"], workers=options["workers"])
        self.stdout.write(json.dumps(summaries.as_dict(job)) if options["json"] else summaries.imported(job))
        if job.state != Job.State.COMPLETED:
            raise SystemExit(1)


def _check(options: dict[str, Any]) -> None:
    zone = options["timezone"]
    if zone and zone not in zoneinfo.available_timezones():
        raise refuse(f"{zone!r} is not a time zone: give a name such as Europe/Berlin or America/New_York.")
    if options["workers"] is not None and not 1 <= options["workers"] <= 256:
        raise refuse(f"--workers {options['workers']} is not usable: give a number from 1 to 256.")


def _start(options: dict[str, Any]) -> Job:
    now = timezone.now()
    source = sources.register(
        options["folder"], label=options["source"], time_zone=options["timezone"], created_at=now
    )
    try:
        return imports.start(
            source, tags=options["tag"], is_recursive=not options["no_recursive"], created_at=now
        )
    except jobs.AlreadyRunning as running:
        if running.job.state == Job.State.PAUSED:
            raise refuse(f"{running} Go on with `manage.py job {running.job.pk} resume`.") from running
        return running.job
