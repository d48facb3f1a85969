"""Jobs: how far they are, what came of their files, and what can be done with them."""

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap

from media_catalog.models import Job, JobFile
from media_catalog.services import clock, finalizing, job_control
from media_catalog.services.job_control import Action
from review import job_sums, progress, queues
from review.htmx import HtmxRequest

NO_CONTENT = 204
DONE = {
    Action.PAUSE: "The job is paused.",
    Action.RESUME: "The job goes on.",
    Action.CANCEL: "The job is cancelled. What is done stays done.",
    Action.CONTINUE: "The job continues.",
    Action.RETRY_FAILED: "What failed is tried again.",
}


@require_GET
@vary_on_headers("HX-Request")
def jobs(request: HtmxRequest) -> HttpResponse:
    """Show all jobs; the overview asks here for itself, and is drawn anew only when it has another shape."""
    if request.htmx:
        return _overview_alone(request)
    history = progress.history(before=_key(request, "before"), at=clock.now())
    return render(request, "review/jobs.html", {**overview(request), "history": history})


def overview(request: HttpRequest) -> dict[str, object]:
    """Tell where everything stands, with the sources after the one that is asked for."""
    return _overview(request, progress.work(at=clock.now()))


def _overview(request: HttpRequest, work: progress.Work) -> dict[str, object]:
    after = _key(request, "library") or 0
    return {"standing": queues.standing(after=after), "after_library": after, "work": work}


def _overview_alone(request: HtmxRequest) -> HttpResponse:
    work = progress.work(at=clock.now())
    is_as_before = request.GET.get("shape") == work.shape
    if is_as_before and not work.running:
        return HttpResponse(status=NO_CONTENT)
    context = _overview(request, work)
    if is_as_before:
        return reswap(render(request, "review/jobs.html#numbers", context), "none")
    return render(request, "review/jobs.html#overview", context)


@require_GET
@vary_on_headers("HX-Request")
def job(request: HtmxRequest, job_id: int) -> HttpResponse:
    row = get_object_or_404(progress.every(), pk=job_id)
    found = progress.shown(row, at=clock.now(), tells_failures=True)
    context: dict[str, object] = {"job": found}
    if request.htmx and request.GET.get("shape") == _shape(found):
        if not found.is_working:
            return HttpResponse(status=NO_CONTENT)
        return reswap(render(request, "review/job.html#numbers", context), "none")
    after = _key(request, "after") or 0
    context |= {
        "shape": _shape(found),
        "after": after,
        "failures": progress.failures(job_id, after=after),
        "outcomes": job_sums.by_outcome(found.at, progress.COUNTS),
        "confidence": job_sums.by_confidence(row),
        "classes": job_sums.by_class(row),
        "left_behind": job_sums.left_behind(row),
        "is_import": row.kind == Job.Kind.IMPORT,
    }
    return render(request, "review/job.html#job" if request.htmx else "review/job.html", context)


def _shape(found: progress.Shown) -> str:
    return f"{found.shape}_{found.at.failures_count}"


@require_GET
def files(request: HttpRequest, job_id: int, outcome: str) -> HttpResponse:
    labels = dict(progress.COUNTS)
    if outcome not in labels:
        raise Http404
    found = progress.shown(get_object_or_404(progress.every(), pk=job_id), at=clock.now())
    page = progress.files(job_id, outcome=outcome, after=_key(request, "after") or 0)
    context = {"job": found, "label": labels[JobFile.Outcome(outcome)], "page": page}
    return render(request, "review/job_files.html", context)


@require_POST
def act(request: HttpRequest, job_id: int, action: str) -> HttpResponseBase:
    if action not in list(Action):
        raise Http404
    if finalizing.is_kept_from(request.user, job_id, Action(action)):
        raise PermissionDenied(
            _("Only who looks after this instance may delete originals. Nothing was done.")
        )
    try:
        changed = job_control.act(job_id, Action(action), at=clock.now())
    except Job.DoesNotExist:
        raise Http404 from None
    except job_control.Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, DONE[Action(action)])
        if changed.pk != job_id:
            return redirect("job", changed.pk)
    return redirect(_back(request, job_id))


def _back(request: HttpRequest, job_id: int) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else reverse("job", args=[job_id])


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("This page has no such place.")
    return int(text)
