"""Long work, cut into batches that survive their workers."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_catalog.models.files import MediaFile
from media_catalog.models.sources import Source


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> Self:
        """Jobs that go on, may be resumed, or have been stopped while workers still hold a part of them."""
        going_on = Q(state__in=[Job.State.PENDING, Job.State.RUNNING, Job.State.PAUSED])
        stopping = Q(state__in=[Job.State.HALTED, Job.State.CANCELLED], finished_at=None)
        return self.filter(going_on | stopping)


class Job(models.Model):
    """A piece of long work, with the counts that every progress display shows."""

    class Kind(models.TextChoices):
        IMPORT = "import", _("import")
        EXPORT = "export", _("export")
        BACKFILL = "backfill", _("reading of metadata")
        REDATE = "redate", _("change of dates")
        GROUP = "group", _("search for copies")
        DECIDE = "decide", _("decision about many files")
        PLAN = "plan", _("plan of an export")
        FINALIZE = "finalize", _("clearing up")

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        FAILED = "failed", _("failed")
        HALTED = "halted", _("halted")
        CANCELLED = "cancelled", _("cancelled")

    class Stage(models.TextChoices):
        SCAN = "scan", _("looking for files")
        FILES = "files", _("working on files")
        FINISH = "finish", _("finishing")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    stage = models.CharField(_("stage"), max_length=8, choices=Stage, default=Stage.SCAN)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs")
    options = models.JSONField(_("options"), default=dict, blank=True)
    # What it began with of the settings that must not change under way: services.preferences.
    preferences = models.JSONField(_("settings"), default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True)
    total_count = models.PositiveIntegerField(_("files to work on"), default=0)
    done_count = models.PositiveIntegerField(_("done"), default=0)
    failed_count = models.PositiveIntegerField(_("failed"), default=0)
    skipped_count = models.PositiveIntegerField(_("skipped"), default=0)
    known_count = models.PositiveIntegerField(_("already known"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    vanished_count = models.PositiveIntegerField(_("vanished"), default=0)
    folders_count = models.PositiveIntegerField(_("folders"), default=0)
    # Of the last stage: [name, how far, how much in all or null], in their order.
    steps = models.JSONField(_("steps"), default=list, blank=True)
    # The clock of the work runs while there are signs of it: pauses, halts and dead workers cost no time.
    worked_s = models.FloatField(_("seconds of work"), default=0)
    worked_at = models.DateTimeField(_("last sign of work"), null=True)
    files_per_s = models.FloatField(_("files per second"), null=True)
    paced_s = models.FloatField(default=0)  # when, by the clock of the work, the pace was taken last,
    paced_count = models.PositiveIntegerField(default=0)  # and how many files had been handled by then
    current_text = models.TextField(_("current file"), blank=True)
    error_text = models.TextField(_("error"), blank=True)
    summary = models.JSONField(_("summary"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"))
    started_at = models.DateTimeField(_("started"), null=True)
    searched_at = models.DateTimeField(_("all files found"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "import",
                        "export",
                        "backfill",
                        "redate",
                        "group",
                        "decide",
                        "plan",
                        "finalize",
                    ]
                ),
                name="job_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["pending", "running", "paused", "completed", "failed", "halted", "cancelled"]
                ),
                name="job_state_known",
            ),
            # Two imports of one folder at once would do everything twice.
            models.UniqueConstraint(
                fields=["source", "kind"],
                condition=Q(state__in=["pending", "running", "paused"]),
                name="job_one_unfinished_per_source",
            ),
            # Two exports at once would give the same name to different files; the like holds of other work on
            # the whole library.
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(source=None, state__in=["pending", "running", "paused"]),
                name="job_one_unfinished_of_the_library",
            ),
        ]
        indexes = [
            # running jobs on the home page, for the reconciler
            models.Index(fields=["state", "id"], name="job_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def handled_count(self) -> int:
        return self.done_count + self.failed_count + self.skipped_count


class JobBatch(models.Model):
    """A bounded slice of a job: claimed with a token, held by a lease, run again if its owner dies."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="batches")
    stage = models.CharField(max_length=8, choices=Job.Stage)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    token = models.UUIDField(null=True)
    owner = models.CharField(max_length=120, blank=True)
    guardian = models.CharField(max_length=120, blank=True, help_text=_("the process that started the owner"))
    in_hand = models.BigIntegerField(null=True, help_text=_("row of the file that was tried last"))
    lease_expires_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    rung_at = models.DateTimeField()
    rings = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "running", "done"]), name="batch_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="running") | Q(token__isnull=False, lease_expires_at__isnull=False),
                name="batch_running_has_a_lease",
            ),
            # A job is scanned once and finished once.
            models.UniqueConstraint(
                fields=["job", "stage"],
                condition=Q(stage__in=["scan", "finish"]),
                name="batch_one_scan_one_finish",
            ),
        ]
        indexes = [
            # the reconciler, and whether a job has work left
            models.Index(fields=["state", "job"], name="batch_unfinished", condition=~Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"batch {self.pk} of job {self.job_id}"


class JobFile(models.Model):
    """That a job saw a file, and what came of it."""

    class Change(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        KNOWN = "known", _("already known")
        VANISHED = "vanished", _("vanished")

    class Outcome(models.TextChoices):
        PENDING = "pending", _("waiting")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("skipped")
        UNCHANGED = "unchanged", _("unchanged")

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="job_files")
    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, related_name="job_files")
    batch = models.ForeignKey(JobBatch, on_delete=models.CASCADE, null=True, related_name="job_files")
    change = models.CharField(max_length=8, choices=Change)
    outcome = models.CharField(max_length=9, choices=Outcome, default=Outcome.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    stamp = models.CharField(
        max_length=40, blank=True, help_text=_("what has to be as it was, if the job shall do it")
    )

    class Meta:
        verbose_name = _("file of a job")
        verbose_name_plural = _("files of a job")
        constraints = [
            models.UniqueConstraint(fields=["job", "file"], name="job_file_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=["pending", "done", "failed", "skipped", "unchanged"]),
                name="job_file_outcome_known",
            ),
        ]
        indexes = [
            # the files of a job by outcome, page by page; what failed, to be tried again
            models.Index(fields=["job", "outcome", "id"], name="job_file_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"file {self.file_id} in job {self.job_id}"


class JobFailure(models.Model):
    """Why a file, or a whole batch, failed."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="failures")
    file = models.ForeignKey(MediaFile, on_delete=models.CASCADE, null=True, related_name="failures")
    code = models.CharField(_("code"), max_length=40)
    message = models.TextField(_("message"))
    created_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("failure")
        verbose_name_plural = _("failures")
        indexes = [
            # what failed in a job, page by page
            models.Index(fields=["job", "id"], name="job_failure_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.code} in job {self.job_id}"


class WorkerBeat(models.Model):
    """A sign of life of one worker command."""

    owner = models.CharField(_("worker"), max_length=120, unique=True)
    host = models.CharField(_("host"), max_length=100)
    workers = models.PositiveSmallIntegerField(_("processes"))
    started_at = models.DateTimeField(_("started"))
    beat_at = models.DateTimeField(_("last sign of life"), db_index=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return self.owner
