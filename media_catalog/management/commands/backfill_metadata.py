"""Fill in what metadata alone say."""

import logging
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.utils import timezone

from media_catalog.management.base import CatalogCommand, refuse, require_exiftool
from media_catalog.services import backfill
from media_catalog.services.backfill import Batch, Outcome, Result
from media_catalog.templatetags.capture import offset_text
from media_catalog.templatetags.plain import visible

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
RULE = "=" * 50


class Command(CatalogCommand):
    help = (
        "Read date, camera, position and metadata of files that were imported before these were kept. "
        "Originals are only read; what is known is never replaced by nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=int, metavar="N", help="read at most so many files")
        parser.add_argument("--batch-size", type=int, default=100, metavar="N", help="default: 100")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be filled in")
        parser.add_argument("--log-level", type=str.upper, choices=LEVELS, help="for this run")

    def handle(self, *_: Any, **options: Any) -> None:
        plan = _plan(options)
        require_exiftool()
        log = logging.getLogger("media_catalog")
        before = log.level
        log.setLevel(options["log_level"] or before)
        try:
            is_whole = self._run(plan)
        finally:
            log.setLevel(before)
        if not is_whole:
            raise SystemExit(1)

    def _run(self, plan: backfill.Plan) -> bool:
        absent = backfill.absent_sources()
        for source in absent:
            self.stderr.write(f"“{source.label}” is left out: {source.root_text} is not there.")
        counted: Counter[Outcome] = Counter()
        for batch in backfill.run(plan, clock=timezone.now):
            self._show(batch, is_dry_run=plan.is_dry_run)
            for outcome in (Outcome.UPDATED, Outcome.SKIPPED):
                counted[outcome] += batch.count(outcome)
            counted[Outcome.FAILED] += batch.count(Outcome.FAILED, Outcome.ABSENT)
        self.stdout.write(_summary(counted))
        return not absent and not counted[Outcome.FAILED]

    def _show(self, batch: Batch, *, is_dry_run: bool) -> None:
        for result in batch.results if is_dry_run else ():
            if result.outcome is Outcome.UPDATED:
                self.stdout.write(_preview(result))
        self.stdout.write(
            f"Processing batch {batch.number}/{batch.total}... ({batch.count(Outcome.UPDATED)} updated, "
            f"{batch.count(Outcome.SKIPPED)} skipped, {batch.count(Outcome.FAILED, Outcome.ABSENT)} failed)"
        )


def _plan(options: dict[str, Any]) -> backfill.Plan:
    for name in ("limit", "batch_size"):
        number = options[name]
        if number is not None and number < 1:
            raise refuse(f"--{name.replace('_', '-')} {number} is not usable: give a number from 1.")
    return backfill.Plan(
        limit=options["limit"], batch_size=options["batch_size"], is_dry_run=options["dry_run"]
    )


def _preview(result: Result) -> str:
    facts = result.changes
    taken = facts.get("taken_local") or facts.get("taken_at")
    zone = offset_text(facts["taken_offset_minutes"]) if "taken_offset_minutes" in facts else ""
    camera = " ".join(facts[name] for name in ("camera_make", "camera_model") if name in facts)
    place = f"{facts['gps_lat']:.6f}, {facts['gps_lon']:.6f}" if "gps_lat" in facts else "none"
    return (
        f"[DRY RUN] Would update {visible(result.file.path_text)}: "
        f"taken {f'{taken}{zone}' if taken else 'unknown'}, camera {camera or 'unknown'}, gps {place}"
    )


def _summary(counted: Counter[Outcome]) -> str:
    return "\n".join(
        [
            RULE,
            "EXIF BACKFILL SUMMARY",
            RULE,
            f"Processed: {counted.total()}",
            f"Updated: {counted[Outcome.UPDATED]}",
            f"Skipped: {counted[Outcome.SKIPPED]}",
            f"Failed: {counted[Outcome.FAILED]}",
            RULE,
        ]
    )
