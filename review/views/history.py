"""What was decided, by whom and when; taking it back, and doing it again."""

import uuid
from collections.abc import Callable

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from media_catalog.models import DecisionBatch, Job
from media_catalog.services import acts, clock
from media_catalog.services.decisions import Actor, Undone
from review import history as past
from review import notices
from review.htmx import HtmxRequest

MOST_NAMED = 3
MOST_DIGITS = 18
Turn = Callable[..., Undone | Job]


@require_GET
@vary_on_headers("HX-Request")
def history(request: HtmxRequest) -> HttpResponse:
    is_mine = request.GET.get("who") == "me"
    page = past.page(before=_place(request), actor_id=request.user.pk if is_mine else None)
    context = {"page": page, "is_mine": is_mine, "is_continued": "before" in request.GET}
    return render(request, "review/history.html#acts" if request.htmx else "review/history.html", context)


def _place(request: HttpRequest) -> past.Place | None:
    text = request.GET.get("before", "")
    try:
        return past.Place.parse(text) if text else None
    except past.BadPlace:
        raise BadRequest("This page has no such place.") from None


@require_GET
@vary_on_headers("HX-Request")
def batch(request: HtmxRequest, batch_id: uuid.UUID) -> HttpResponse:
    act = past.act(batch_id)
    if act is None:
        raise Http404
    after = request.GET.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= MOST_DIGITS):
        raise BadRequest("This page has no such place.")
    context: dict[str, object] = {"act": act, "changes": past.changes_of(batch_id, after=int(after))}
    context["is_continued"] = int(after) > 0
    if request.htmx:
        return render(request, "review/history_batch.html#changes", context)
    return render(request, "review/history_batch.html", context | past.left_alone(act.row))


@require_POST
def undo_batch(request: HtmxRequest, batch_id: uuid.UUID) -> HttpResponseBase:
    return _turn(request, acts.undo, _known(batch_id))


@require_POST
def redo_batch(request: HtmxRequest, batch_id: uuid.UUID) -> HttpResponseBase:
    return _turn(request, acts.redo, _known(batch_id))


@require_POST
def undo_last(request: HtmxRequest) -> HttpResponseBase:
    last = past.last_act(request.user.pk)
    if last is None:
        notices.warn(request, _("There is nothing of yours to take back."))
        return _back(request)
    return _turn(request, acts.undo, last)


@require_POST
def redo_last(request: HtmxRequest) -> HttpResponseBase:
    last = past.last_undo(request.user.pk)
    if last is None:
        notices.warn(request, _("There is nothing to do again: you took nothing back since your last act."))
        return _back(request)
    return _turn(request, acts.redo, last)


def _known(batch_id: uuid.UUID) -> uuid.UUID:
    if not DecisionBatch.objects.filter(pk=batch_id).exists():
        raise Http404
    return batch_id


def _turn(request: HtmxRequest, turn: Turn, batch_id: uuid.UUID) -> HttpResponseBase:
    """Take an act back, or do it again, and tell what came of it."""
    actor: Actor = request.user if isinstance(request.user, User) else None
    try:
        done = turn(batch_id, actor=actor, at=clock.now())
    except (acts.BadAct, acts.Busy) as refused:
        notices.warn(request, str(refused))
        return _back(request)
    _tell(request, done, of=batch_id)
    return _back(request)


def _tell(request: HttpRequest, done: Undone | Job, *, of: uuid.UUID) -> None:
    if isinstance(done, Job):
        notices.say(
            request, _("These are many files: a job does it, and the page of jobs shows how far it is.")
        )
        return
    if done.number or done.is_about_tags:
        act = past.act(done.batch)
        notices.say(request, act.sentence if act else _("Done."))
    elif not done.refused_ids:
        notices.warn(request, _("There was nothing left to change."))
    if done.refused_ids:
        notices.warn(request, _refused_text(done, of))


def _refused_text(done: Undone, of: uuid.UUID) -> str:
    number = len(done.refused_ids)
    found = past.refusals(done.refused_ids[:MOST_NAMED], of=of)
    text = ngettext(
        "%(number)d file was left as it is, for something has changed it since: %(files)s",
        "%(number)d files were left as they are, for something has changed them since: %(files)s",
        number,
    )
    named = "; ".join(_named(one) for one in found)
    return text % {"number": number, "files": f"{named} …" if number > len(found) else named}


def _named(one: past.Refusal) -> str:
    if not one.who:
        return one.file.name
    return _("%(name)s (%(who)s: %(what)s)") % {"name": one.file.name, "who": one.who, "what": one.what}


def _back(request: HtmxRequest) -> HttpResponseBase:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    target = wanted if is_ours else reverse("history")
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
