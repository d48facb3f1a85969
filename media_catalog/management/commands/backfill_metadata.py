"""Fill in what metadata alone say."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils import timezone

from media_catalog.management import progress
from media_catalog.management.base import CatalogCommand, refuse, require_exiftool
from media_catalog.models import Job, JobBatch, JobFile
from media_catalog.services import backfill, jobs
from media_catalog.services.backfill_results import OUTCOMES, Outcome, Result
from media_catalog.templatetags.capture import offset_text
from media_catalog.templatetags.plain import visible

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
RULE = "=" * 50
UPDATED, SKIPPED, FAILED = JobFile.Outcome.DONE, JobFile.Outcome.SKIPPED, JobFile.Outcome.FAILED


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
        absent = backfill.absent_sources()
        for source in absent:
            self.stderr.write(f"“{source.label}” is left out: {source.root_text} is not there.")
        counted = self._preview(plan) if options["dry_run"] else self._fill_in(plan)
        self.stdout.write(_summary(counted))
        if absent or counted[FAILED]:
            raise SystemExit(1)

    def _fill_in(self, plan: backfill.Plan) -> Counter[str]:
        job = self._start(plan)
        shown: set[int] = set()
        job = progress.carry_out(job.pk, show=False, after_batch=lambda: self._show_batches(job, shown))
        if job.state != Job.State.COMPLETED:
            reason = f": {job.error_text}" if job.error_text else "."
            self.stderr.write(f"Job {job.pk} was {Job.State(job.state).label}{reason}")
            self.stdout.write(_summary(_counted(job)))
            raise SystemExit(1)
        return _counted(job)

    def _start(self, plan: backfill.Plan) -> Job:
        try:
            return backfill.start(plan, created_at=timezone.now())
        except jobs.AlreadyRunning as running:
            job = running.job
            if job.state == Job.State.PAUSED:
                raise refuse(f"{running} Go on with `manage.py job {job.pk} resume`.") from running
            self.stderr.write(f"Going on with job {job.pk}, which was begun already, with its own options.")
            return job

    def _show_batches(self, job: Job, shown: set[int]) -> None:
        """Write a line about each batch that was finished since the last look."""
        batches = JobBatch.objects.filter(job=job, stage=Job.Stage.FILES)
        done = list(batches.filter(state=JobBatch.State.DONE).exclude(pk__in=shown).order_by("pk"))
        total = batches.count() if done else 0
        for batch in done:
            shown.add(batch.pk)
            outcomes = batch.job_files.values_list("outcome").annotate(Count("pk")).order_by()
            self._show(len(shown), total, Counter(dict(outcomes)))

    def _preview(self, plan: backfill.Plan) -> Counter[str]:
        counted: Counter[str] = Counter()
        for batch in backfill.preview(plan, at=timezone.now()):
            for result in batch.results:
                if result.outcome is Outcome.UPDATED:
                    self.stdout.write(_preview(result))
            found = Counter(str(OUTCOMES[result.outcome]) for result in batch.results)
            self._show(batch.number, batch.total, found)
            counted += found
        return counted

    def _show(self, number: int, total: int, counted: Counter[str]) -> None:
        self.stdout.write(
            f"Processing batch {number}/{total}... ({counted[UPDATED]} updated, "
            f"{counted[SKIPPED]} skipped, {counted[FAILED]} failed)"
        )


def _plan(options: dict[str, Any]) -> backfill.Plan:
    for name in ("limit", "batch_size"):
        number = options[name]
        if number is not None and number < 1:
            raise refuse(f"--{name.replace('_', '-')} {number} is not usable: give a number from 1.")
    return backfill.Plan(
        limit=options["limit"], batch_size=options["batch_size"], log_level=options["log_level"]
    )


def _counted(job: Job) -> Counter[str]:
    return Counter({UPDATED: job.done_count, SKIPPED: job.skipped_count, FAILED: job.failed_count})


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


def _summary(counted: Counter[str]) -> str:
    return "\n".join(
        [
            RULE,
            "EXIF BACKFILL SUMMARY",
            RULE,
            f"Processed: {counted.total()}",
            f"Updated: {counted[UPDATED]}",
            f"Skipped: {counted[SKIPPED]}",
            f"Failed: {counted[FAILED]}",
            RULE,
        ]
    )
