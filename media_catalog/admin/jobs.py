"""Imports and exports: how far they are, and what failed in them."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin.read_only import ReadOnlyAdmin, table
from media_catalog.models import Job, JobBatch, JobFailure, JobFile, WorkerBeat

SHOWN_FAILURES = 100


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin[Job]):
    list_display = (
        "id",
        "kind",
        "source__label",
        "state",
        "progress",
        "failed_count",
        "skipped_count",
        "created_at",
        "finished_at",
    )
    list_filter = ("kind", "state")
    list_select_related = ("source",)
    readonly_fields = ("progress", "first_failures")
    fieldsets = (
        (None, {"fields": ("kind", "source", "state", "stage", "progress", "current_text", "error_text")}),
        (
            gettext_lazy("Counts"),
            {
                "fields": (
                    "total_count",
                    "done_count",
                    "failed_count",
                    "skipped_count",
                    "known_count",
                    "changed_count",
                    "vanished_count",
                    "summary",
                )
            },
        ),
        (
            gettext_lazy("Life"),
            {"fields": ("options", "created_by", "created_at", "started_at", "finished_at")},
        ),
        (gettext_lazy("Failures"), {"fields": ("first_failures",)}),
    )

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> str:
        text = _("%(handled)s of %(total)s") % {"handled": job.handled_count, "total": job.total_count}
        return format_html(
            '<progress value="{}" max="{}"></progress> {}', job.handled_count, job.total_count or 1, text
        )

    @admin.display(description=gettext_lazy("failures"))
    def first_failures(self, job: Job) -> str:
        failures = job.failures.select_related("file").order_by("pk")[:SHOWN_FAILURES]
        rows = [(row.file.path_text if row.file else row.code, row.code, row.message) for row in failures]
        if not rows:
            return _("none")
        url = f"{reverse('admin:media_catalog_jobfailure_changelist')}?job__id__exact={job.pk}"
        return format_html('{}<a href="{}">{}</a>', table(rows), url, _("All failures"))


@admin.register(JobFailure)
class JobFailureAdmin(ReadOnlyAdmin[JobFailure]):
    list_display = ("file", "code", "message", "job", "created_at")
    list_filter = ("code",)
    list_select_related = ("job", "file")


@admin.register(JobBatch)
class JobBatchAdmin(ReadOnlyAdmin[JobBatch]):
    is_part = True
    list_display = ("id", "job", "stage", "state", "attempts", "owner", "lease_expires_at", "finished_at")
    list_filter = ("state", "stage")
    list_select_related = ("job",)


@admin.register(JobFile)
class JobFileAdmin(ReadOnlyAdmin[JobFile]):
    is_part = True
    list_display = ("file", "job", "change", "outcome", "attempts")
    list_filter = ("outcome", "change")
    list_select_related = ("file", "job")


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin[WorkerBeat]):
    list_display = ("owner", "host", "workers", "started_at", "beat_at")
