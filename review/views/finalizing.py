"""Clearing up after an export, and the journal of originals that were deleted."""

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from media_catalog.models import Deletion, Export, Job
from media_catalog.services import archives, clock, finalizing, preferences
from media_catalog.services.preferences import Name
from review import exports as told
from review import progress
from review.forms.exports import ClearingForm

MOST_DIGITS = 18


@require_http_methods(["GET", "POST"])
def finalize(request: HttpRequest, job_id: int) -> HttpResponseBase:
    """Offer to clear up after an export, and do what was chosen; originals stay unless staff types it."""
    export = get_object_or_404(Export.objects.select_related("archive", "job"), job=job_id)
    is_staff = bool(getattr(request.user, "is_staff", False))
    if not is_staff and (request.POST.get("sources") or request.POST.get("phrase")):
        raise PermissionDenied(
            _("Only who looks after this instance may delete originals. Nothing was done.")
        )
    removable = finalizing.removable() if is_staff else []
    form = ClearingForm(request.POST if request.method == "POST" else None, removable=removable)
    if form.is_bound and form.is_valid() and (job := _begun(request, export, form)):
        return redirect("job", job.pk)
    context = {"form": form, "export": export, "removable": removable, "phrase": finalizing.phrase()}
    context |= {"is_staff": is_staff, "may_delete": preferences.value(Name.DELETE_ORIGINALS)}
    return render(request, "review/finalize.html", context)


def _begun(request: HttpRequest, export: Export, form: ClearingForm) -> Job | None:
    actor = request.user if isinstance(request.user, User) else None
    try:
        return finalizing.start(export, form.wish(), actor=actor, at=clock.now())
    except (finalizing.Refused, finalizing.Busy, archives.ArchiveRefused) as refusal:
        form.add_error(None, str(refusal))
    return None


@require_GET
def deletions(request: HttpRequest) -> HttpResponse:
    """List which originals were deleted, and which were kept and why, the latest first."""
    rows = Deletion.objects.select_related("actor").defer("original_bytes").order_by("-pk")
    state = request.GET.get("state", "")
    if state in Deletion.State.values:
        rows = rows.filter(state=state)
    if before := _before(request):
        rows = rows.filter(pk__lt=before)
    page = progress.page(rows)
    context = {
        "page": page,
        "lines": told.journal(page.rows),
        "state": state,
        "states": Deletion.State.choices,
        "before": before,
    }
    return render(request, "review/deletions.html", context)


def _before(request: HttpRequest) -> int | None:
    text = request.GET.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadRequest("This page has no such place.")
    return int(text) if text else None
