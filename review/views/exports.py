"""Exports: what goes where, the plan before anything is written, and what came of it."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from media_catalog.models import Archive, Export, Job
from media_catalog.services import (
    archive_zip,
    archives,
    clock,
    export_gate,
    export_rehearsals,
    export_roots,
    exports,
    jobs,
    preferences,
    sources,
)
from media_catalog.services.selections import BadSelection
from review import exports as told
from review import notices, progress, selected
from review.forms.exports import ExportForm
from review.htmx import HtmxRequest

MOST_DIGITS = 18
PLAN, START = "plan", "start"


@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponseBase:
    """Say what would be exported; a form of the page plans or starts it, one of the grid narrows it."""
    if request.POST.get("step") not in (PLAN, START):
        return _page(request, ExportForm(initial=_initial(request)))
    form = ExportForm(request.POST)
    job = _begun(request, form) if form.is_valid() else None
    if job is None:
        return _page(request, form)
    return redirect("export_plan" if job.kind == Job.Kind.PLAN else "export", job.pk)


def _page(request: HttpRequest, form: ExportForm) -> HttpResponse:
    going, staying = told.parts()
    context: dict[str, Any] = {
        "form": form,
        "narrowed": form["selection"].value() or "",
        "going": going,
        "staying": staying,
        "rooms": told.rooms(),
        "allowed": export_roots.allowed(),
        "time_zone": preferences.time_zone(),
        "running": [progress.shown(job, at=clock.now()) for job in told.unfinished()],
        "latest": [progress.shown(job, at=clock.now(), is_brief=True) for job in told.latest()],
    }
    return render(request, "review/exports.html", context)


def _initial(request: HttpRequest) -> dict[str, str]:
    last = told.newest_archive()
    initial = {"folder": last.root_text if last else export_roots.known()[0]}
    if request.method == "POST":
        try:
            initial["selection"] = selected.as_field(selected.of_request(request.POST))
        except BadSelection as refusal:
            notices.warn(request, str(refusal))
    return initial


def _begun(request: HttpRequest, form: ExportForm) -> Job | None:
    """Plan or start an export; `None` where it is refused, which the form says then."""
    begin = export_rehearsals.start if request.POST["step"] == PLAN else exports.start_scope
    actor = request.user if isinstance(request.user, User) else None
    try:
        return begin(form.cleaned_data["folder"], scope=form.scope(), actor=actor, created_at=clock.now())
    except jobs.AlreadyRunning as running:
        notices.warn(request, _("This is under way already."))
        return running.job
    except archives.ArchiveRefused as refusal:
        form.add_error("folder", str(refusal))
    except export_gate.DecisionsOpen:
        form.add_error(
            "undecided",
            _("Some files still need a decision. Decide about them first, or tick this box to export them."),
        )
    return None


@require_GET
@vary_on_headers("HX-Request")
def plan(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Show what would be written where, month by month."""
    job = get_object_or_404(progress.every(), pk=job_id, kind=Job.Kind.PLAN)
    year, month = request.GET.get("year", ""), request.GET.get("month", "")
    page = _plan_page(request, job, year, month) if year else None
    context = {
        "job": progress.shown(job, at=clock.now()),
        "is_made": job.state == Job.State.COMPLETED,
        "sums": job.summary,
        "is_tight": job.summary.get("needed_bytes", 0) > job.summary.get("free_bytes", 0),
        "tree": told.tree(job, year=year, month=month),
        "page": page,
        "lines": told.planned(page.lines) if page else [],
        "query": request.GET,
        "form": _form_of(job),
    }
    return render(
        request, "review/export_plan.html#plan" if request.htmx else "review/export_plan.html", context
    )


def _plan_page(request: HttpRequest, job: Job, year: str, month: str) -> export_rehearsals.Page:
    try:
        return export_rehearsals.page(job, year=year, month=month, at=_key(request, "at"))
    except export_rehearsals.NoSuchPlan as error:
        raise Http404 from error


def _form_of(job: Job) -> ExportForm:
    """Return the form that exports what was planned."""
    scope = export_rehearsals.scope_of(job)
    return ExportForm(
        initial={
            "folder": sources.shown(export_rehearsals.root_of(job)),
            "undecided": scope.is_forced,
            "selection": selected.as_field(scope.selection) if scope.selection else "",
        }
    )


@require_GET
@vary_on_headers("HX-Request")
def export(request: HtmxRequest, job_id: int) -> HttpResponse:
    """Show how far an export is, and what came of it."""
    job = _export_job(job_id)
    context = {
        "job": progress.shown(job, at=clock.now()),
        "archive": job.export.archive,
        "is_done": job.state == Job.State.COMPLETED,
        "sums": job.summary,
        "facts": list(told.facts(job.summary)),
        "ledger": told.ledger(job),
        "total": sum(job.summary.get("fates", {}).values()),
    }
    return render(request, "review/export.html#export" if request.htmx else "review/export.html", context)


@require_GET
def tags(request: HttpRequest, job_id: int) -> HttpResponse:
    """List the copies that could not take their tags, and why."""
    job, after = _export_job(job_id), _key(request, "after")
    context = {"job": job, "page": told.without_tags(job.export, after=after), "after": after}
    return render(request, "review/export_tags.html", context)


@require_GET
def archive_as_zip(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """Send what an export wrote, or `all` of its archive, as one ZIP."""
    export: Export = _export_job(job_id).export
    if request.GET.get("all"):
        return _zip(archive_zip.of_archive(export.archive), export.archive, "archive")
    return _zip(archive_zip.of_export(export), export.archive, f"export-{job_id}")


@require_POST
def selection_as_zip(request: HttpRequest) -> HttpResponseBase:
    """Send the copies of selected files as one ZIP."""
    archive = told.newest_archive()
    try:
        files = selected.of_request(request.POST).files()
    except BadSelection as refusal:
        notices.warn(request, str(refusal))
        return redirect("grid")
    copies = archive_zip.of_files(files, archive) if archive else None
    if archive is None or copies is None or not copies.exists():
        notices.warn(request, _("None of these files is in the archive yet. Export them first."))
        return redirect("grid")
    return _zip(copies, archive, "selection")


def _zip(copies: Any, archive: Archive, name: str) -> HttpResponseBase:
    if not archives.is_present(archive):
        raise Http404
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.zip"',
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    stream = archive_zip.stream(copies, archive)
    return StreamingHttpResponse(stream, content_type="application/zip", headers=headers)


def _export_job(job_id: int) -> Job:
    found: Job = get_object_or_404(progress.every(), pk=job_id, kind=Job.Kind.EXPORT, export__isnull=False)
    return found


def _key(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadRequest("This page has no such place.")
    return int(text)
