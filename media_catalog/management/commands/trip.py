"""Give the files of a trip their time zone, or move their dates."""

import dataclasses
import json
import uuid
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from media_catalog.management import clock_options, clock_summaries, progress
from media_catalog.management.base import CatalogCommand, refuse
from media_catalog.models import Decision, MediaFile
from media_catalog.services import decisions, jobs, redating, trips
from media_catalog.services.camera_effects import Change
from media_catalog.services.zone_decisions import Keeping

CHOICES = ("camera", "source", "folder", "begin", "until")


class Command(CatalogCommand):
    help = (
        "Put the files of a trip into a time zone, or move their dates, as a person's decision that can be "
        "undone. Says first what changes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--zone", metavar="IANA", help="where it was, such as Asia/Tokyo")
        parser.add_argument(
            "--keep",
            choices=[keeping.value for keeping in Keeping],
            default=Keeping.WALL.value,
            help="with --zone: the wall clock as it is shown (default), or the instant",
        )
        parser.add_argument("--shift", help="instead: move the dates, such as --shift=-6h or +1d2h")
        parser.add_argument("--camera", metavar="MODEL", help="only files of this camera model")
        parser.add_argument("--source", metavar="LABEL", help="only files of this source")
        parser.add_argument("--folder", metavar="PATH", help="only files below this folder of their source")
        parser.add_argument("--from", dest="begin", metavar="CLOCK", help="only files dated then or later")
        parser.add_argument("--until", metavar="CLOCK", help="only files dated then or earlier")
        parser.add_argument("--undo", metavar="BATCH", help="take back what was done")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["undo"] is not None:
            self._undo(options)
            return
        trip = _trip(options)
        changes, plan = clock_summaries.Changes(), trips.plan(trip)
        for file in trips.files(trip.selection).order_by("captured_local", "pk").iterator():
            changes.add(_change(file, plan(file)))
        if not options["json"]:
            self._show(changes)
        batch = _do(trip, options) if changes.listed and not options["dry_run"] else None
        self._conclude({**dataclasses.asdict(changes), "batch": batch}, options)

    def _show(self, changes: clock_summaries.Changes) -> None:
        for line in clock_summaries.change_lines(changes.listed):
            self.stdout.write(line)
        left = f"; {changes.left} are left as they are" if changes.left else ""
        self.stdout.write(f"{len(changes.listed)} of {changes.files} files change{left}.")

    def _conclude(self, facts: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({**facts, "is_dry_run": options["dry_run"]}))
        elif facts["batch"] is None:
            self.stdout.write("Nothing was changed.")
        else:
            self.stdout.write(f"Done. `manage.py trip --undo {facts['batch']}` takes it back.")

    def _undo(self, options: dict[str, Any]) -> None:
        batch = _batch(options["undo"])
        undone = decisions.undo(batch, actor=None, at=timezone.now())
        facts = {"undone": undone.number, "changed_since": list(undone.refused_ids)}
        rest = len(undone.refused_ids)
        since = f"; {rest} were changed since and stay as they are" if rest else ""
        text = f"{undone.number} files are as they were before{since}."
        self.stdout.write(json.dumps(facts) if options["json"] else text)


def _do(trip: trips.Trip, options: dict[str, Any]) -> str:
    """Change the files of a trip, and return the batch that undoes it."""
    try:
        job = redating.start_trip(trip, created_at=timezone.now())
    except jobs.AlreadyRunning as running:
        raise refuse(str(running)) from running
    try:
        progress.completed(job, show=not options["json"])
    except CommandError as stopped:
        undo = f"`manage.py trip --undo {trip.batch}` takes back what was done."
        raise CommandError(f"{stopped} {undo}") from stopped
    return str(trip.batch)


def _trip(options: dict[str, Any]) -> trips.Trip:
    if not any(options[choice] for choice in CHOICES):
        raise refuse("Say which files: --camera, --source, --folder, --from or --until.")
    if bool(options["zone"]) == bool(options["shift"]):
        raise refuse("Give either --zone or --shift.")
    return trips.Trip(
        batch=uuid.uuid4(),
        zone=clock_options.zone(options["zone"]).key if options["zone"] else None,
        keeping=Keeping(options["keep"]),
        shift=clock_options.shift(options["shift"]) if options["shift"] else None,
        selection=trips.Selection(
            camera_model=options["camera"],
            source_label=options["source"],
            folder=options["folder"],
            from_local=clock_options.clock("--from", options["begin"]),
            until_local=clock_options.clock("--until", options["until"], is_end=True),
        ),
    )


def _change(file: MediaFile, changes: Mapping[str, Any] | None) -> Change:
    is_left = changes is None
    now = {"captured_local": file.captured_local, "offset_minutes": file.offset_minutes}
    after = now | dict(changes or {})
    return Change(
        file=file, local=after["captured_local"], offset_minutes=after["offset_minutes"], is_kept=is_left
    )


def _batch(text: str) -> uuid.UUID:
    try:
        batch = uuid.UUID(text)
    except ValueError:
        batch = None
    if batch is None or not Decision.objects.filter(batch=batch).exists():
        raise refuse(f"Nothing was done under {text!r}.")
    return batch
