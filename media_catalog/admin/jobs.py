"""Imports and exports: how far they are, and what failed in them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin.confirmed import ConfirmedAdmin, RowDeed
from media_catalog.admin.read_only import ReadOnlyAdmin, table
from media_catalog.models import Job, JobBatch, JobFailure, JobFile, WorkerBeat
from media_catalog.services import job_control
from media_catalog.services.decisions import Actor
from media_catalog.services.job_control import Action

SHOWN_FAILURES = 100
LABELS = {
    Action.PAUSE: gettext_lazy("Pause"),
    Action.RESUME: gettext_lazy("Resume"),
    Action.CANCEL: gettext_lazy("Cancel"),
    Action.CONTINUE: gettext_lazy("Continue after a halt"),
    Action.RETRY_FAILED: gettext_lazy("Retry what failed"),
}


def _refusal(action: Action) -> Callable[[Job], str]:
    def refusal(job: Job) -> str:
        if action in job_control.possible(job):
            return ""
        return _("it is %(state)s") % {"state": job.get_state_display()}

    return refusal


def _doing(action: Action) -> Callable[[Job, Actor, datetime], object]:
    def do(job: Job, _actor: Actor, at: datetime) -> object:
        return job_control.act(job.pk, action, at=at)

    return do


@admin.register(Job)
class JobAdmin(ConfirmedAdmin[Job]):
    list_display = (
        "id",
        "kind",
        "source__label",
        "state",
        "progress",
        "failed_count",
        "skipped_count",
        "created_by",
        "created_at",
        "finished_at",
        "page",
    )
    list_filter = ("kind", "state", "source")
    list_select_related = ("source", "created_by")
    readonly_fields = ("progress", "first_failures", "files")
    deeds: ClassVar = {
        action.name.lower(): RowDeed(
            label=label, refusal=_refusal(action), do=_doing(action), errors=(job_control.Refused,)
        )
        for action, label in LABELS.items()
    }
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
        (gettext_lazy("Files"), {"fields": ("files", "first_failures")}),
    )

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Job) -> str:
        text = _("%(handled)s of %(total)s") % {"handled": job.handled_count, "total": job.total_count}
        return format_html(
            '<progress value="{}" max="{}"></progress> {}', job.handled_count, job.total_count or 1, text
        )

    @admin.display(description=gettext_lazy("page"))
    def page(self, job: Job) -> str:
        return format_html('<a href="{}">{}</a>', reverse("job", args=[job.pk]), _("Watch it"))

    @admin.display(description=gettext_lazy("files"))
    def files(self, job: Job) -> str:
        url = f"{reverse('admin:media_catalog_jobfile_changelist')}?job__id__exact={job.pk}"
        return format_html('<a href="{}">{}</a>', url, _("All files that it saw"))

    def view_on_site(self, job: Job) -> str:
        return reverse("job", args=[job.pk])

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
    list_select_related = ("file", "job")

    def get_list_filter(self, request: HttpRequest) -> tuple[Any, ...]:
        # Of one job they are found quickly by it; of all jobs nothing would find them but looking at each.
        return ("outcome",) if "job__id__exact" in request.GET else ()


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin[WorkerBeat]):
    list_display = ("owner", "host", "workers", "started_at", "beat_at")
