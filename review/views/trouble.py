"""What failed and what was left out: why, and what can be done."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from media_catalog.models import Fate, Job
from media_catalog.services import acts, clock, jobs, troubles
from media_catalog.services.selections import BadSelection, Selection
from review import notices, progress
from review import troubles as told
from review.troubles import Trouble

MOST_DIGITS = 18


@require_GET
def trouble(request: HttpRequest) -> HttpResponse:
    """Show all reasons."""
    every = told.every()
    context = {
        "failed": [one for one in every if one.is_failure],
        "skipped": [one for one in every if not one.is_failure],
    }
    return render(request, "review/trouble.html", context)


@require_GET
def reason(request: HttpRequest, fate: str, code: str) -> HttpResponse:
    """Show one reason, and its files page by page."""
    found = _found(fate, code)
    # Joined, PostgreSQL reads and sorts all of them for a page, since it thinks that they are few.
    files = troubles.files(fate=found.fate, code=code).prefetch_related("source")
    after = _key(request.GET.get("after", "0"))
    page = progress.page(files.filter(pk__gt=after).defer("path_bytes", "date_reasons", "description"))
    return render(request, "review/trouble_files.html", {"reason": found, "page": page, "after": after})


def _found(fate: str, code: str) -> Trouble:
    if fate not in (Fate.FAILED, Fate.SKIPPED):
        raise Http404
    known = {(one.fate.value, one.code): one for one in told.every()}
    nothing = Trouble(fate=Fate(fate), code=code, number=0, advice=told.ADVICE.get(code, told.UNKNOWN))
    return known.get((fate, code), nothing)


@require_POST
def retry(request: HttpRequest, fate: str, code: str) -> HttpResponseBase:
    """Try all files with a reason again."""
    found = _found(fate, code)
    tried = troubles.retry(fate=found.fate, code=code, at=clock.now())
    if tried.jobs:
        notices.say(request, _("The files are tried again."))
    for source in tried.busy:
        text = _("“%(source)s” is being imported. Try its files again when that has ended.")
        notices.warn(request, text % {"source": source.label})
    if len(tried.jobs) == 1 and not tried.busy:
        return redirect("job", tried.jobs[0].pk)
    return redirect("jobs" if tried.jobs else _address(found))


@require_POST
def ignore(request: HttpRequest, fate: str, code: str) -> HttpResponseBase:
    """Ignore files with a reason for ever: those that are ticked, or all."""
    found = _found(fate, code)
    try:
        selection, expected = _selected(request, found)
        done = acts.apply(
            selection,
            acts.Act(verb="discard"),
            expected=expected,
            actor=request.user,  # type: ignore[arg-type]  # nobody comes here who is not logged in
            at=clock.now(),
        )
    except (BadSelection, acts.SelectionChanged, jobs.AlreadyRunning) as refused:
        notices.warn(request, str(refused))
        return redirect(_address(found))
    if isinstance(done, Job):
        return redirect("job", done.pk)
    text = ngettext("One file is ignored for ever.", "%(number)s files are ignored for ever.", done.number)
    notices.say(request, text % {"number": done.number}, batch=done.batch)
    return redirect(_address(found) if found.number > done.number else "trouble")


def _selected(request: HttpRequest, found: Trouble) -> tuple[Selection, int]:
    if "all" in request.POST:
        filters = {"fate": found.fate.value, "reason": found.code}
        return Selection(filters=filters), _key(request.POST["all"])
    ids = tuple(dict.fromkeys(_key(text) for text in request.POST.getlist("file")))
    return Selection(ids=ids), len(ids)


def _address(found: Trouble) -> str:
    return reverse("trouble_reason", args=[found.fate.value, found.code])


def _key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise BadRequest("This page has no such place.")
    return int(text)
