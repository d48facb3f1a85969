"""Many files at once: what they have in common, what would change, and the change."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import reselect, reswap, retarget

from media_catalog import sentences
from media_catalog.form_fields import zones
from media_catalog.models import DecisionBatch, Job
from media_catalog.pipeline import typed_names
from media_catalog.services import acts, sights, walks
from media_catalog.services.acts import Act, Done
from media_catalog.services.selections import BadSelection, Selection
from review import bulk_effects, carry, filters, notices, selected
from review.forms.bulk import SHORT, EditForm
from review.htmx import HtmxRequest

TAGGING = ("tag", "untag")
TYPED = ("date", "tags")  # beside the buttons


@require_http_methods(["GET", "POST"])
def bulk(request: HtmxRequest) -> HttpResponseBase:
    """Do at once what a button says to files that were picked; show all else before it is done."""
    if request.method == "GET":  # by whom a log-in, or a bookmark, leads here: nothing is picked any more
        return redirect("grid")
    try:
        selection = selected.of_request(request.POST)
    except BadSelection as refusal:
        notices.warn(request, str(refusal))
        return _back(request)
    act = _short(request)
    if act and 0 < len(selection.ids) <= acts.AT_ONCE:
        return _at_once(request, selection, act)
    return _editor(request, selection)


def _short(request: HtmxRequest) -> Act | None:
    """Return what a button of the grid stands for."""
    verb = request.POST.get("act", "")
    if verb in TAGGING:
        return Act(verb=verb, params={"names": typed_names.split(request.POST.get("tags", ""))})
    return Act(verb=verb) if verb in SHORT else None


def _at_once(request: HtmxRequest, selection: Selection, act: Act) -> HttpResponseBase:
    with transaction.atomic():
        stale = sights.changed(selected.seen(request.POST))
        done = None if stale else _carried_out(request, selection, act)
    if stale:
        notices.warn(request, _stale(len(stale)))
    if not request.htmx:
        return _back(request)
    files = walks.tiles(selection.ids if done else stale)
    narrowed = {"query": request.POST.get("filters", "")}
    return render(request, "review/bulk_tiles.html", {"files": files, "narrowed": narrowed})


def _carried_out(request: HtmxRequest, selection: Selection, act: Act) -> Done | Job | None:
    return carry.out(request, selection, act, expected=len(selection.ids), stamp="", said=_said(act))


def _stale(number: int) -> str:
    words = ngettext(
        "Nothing was done: %(number)d of these files has changed since you saw it. Here it is as it is now.",
        "Nothing was done: %(number)d of these files have changed since you saw them. Here they are as "
        "they are now.",
        number,
    )
    return words % {"number": number}


def _said(act: Act) -> carry.Words:
    """Tell an act as the history does."""

    def words(number: int) -> str:
        if not number:
            return _("Nothing has changed.")
        batch = DecisionBatch(verb=act.verb, params=dict(act.params), number=number)
        return f"{sentences.sentence(batch)}."

    return words


def _editor(request: HtmxRequest, selection: Selection) -> HttpResponseBase:
    form = EditForm(_edits(request), today=timezone.now().date())
    effect = bulk_effects.look(selection, form)
    is_as_shown = request.POST.get("shown") == effect.shown
    if request.POST.get("step") == "apply" and is_as_shown and effect.act and effect.preview:
        done = carry.out(
            request,
            selection,
            effect.act,
            expected=_number(request.POST.get("expected", "")),
            stamp=request.POST.get("stamp", ""),
            said=_said(effect.act),
        )
        if done:
            return redirect("job", done.pk) if isinstance(done, Job) else _back(request)
    context: dict[str, Any] = {
        "selection": selected.as_field(selection),
        "common": selected.common(selection),
        "narrowed": filters.read(selection.filters) if selection.filters else None,
        "form": form,
        "effect": effect,
        "next": _next(request),
        "dating": selected.dating_address(selection),
        "zones": zones(),
    }
    page = render(request, "review/bulk.html", context)
    # A button of the grid may be too much for one go: then its answer takes the place of the grid.
    return reselect(retarget(reswap(page, "outerHTML"), "#content"), "#content") if request.htmx else page


def _edits(request: HtmxRequest) -> Mapping[str, Any] | None:
    """Return what was filled in, or what a button of the grid means in the form."""
    if request.POST.get("step"):
        return request.POST
    verb = request.POST.get("act", "")
    if verb in TAGGING:
        return {f"{verb}s": request.POST.get("tags", "")}
    typed = {name: request.POST.get(name, "") for name in TYPED}
    return SHORT.get(verb) or (typed if any(text.strip() for text in typed.values()) else None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _next(request: HtmxRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else reverse("grid")


def _back(request: HtmxRequest) -> HttpResponse:
    if request.htmx:
        return render(request, "review/bulk_tiles.html", {"files": []})
    return redirect(_next(request))
