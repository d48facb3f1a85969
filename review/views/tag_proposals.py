"""Tags that the names of folders and files propose: taken, refused for ever, or put aside for now."""

from django.core.exceptions import BadRequest
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from media_catalog.models import Job, MediaFile, TagProposal
from media_catalog.services import proposed, tag_acts
from media_catalog.services.acts import BadAct
from review import bulk_effects, notices, tag_names
from review import tags as known
from review.views.tags import actor_of, carried_out


@require_GET
def proposals(request: HttpRequest) -> HttpResponse:
    """Show what is proposed, by name, with the files that it is about."""
    try:
        after = known.Place.parse(request.GET.get("after", ""))
    except known.BadPlace:
        raise BadRequest("This page has no such place.") from None
    origin, is_refused = request.GET.get("origin", ""), request.GET.get("refused") == "yes"
    context = {
        "page": known.offers(origin=origin, is_refused=is_refused, after=after),
        "origin": origin,
        "is_refused": is_refused,
        "is_continued": after is not None,
    }
    return render(request, "review/tag_proposals.html", context)


@require_POST
def decide(request: HttpRequest) -> HttpResponseBase:
    """Do what a button says to the proposals that are ticked; taking them is shown first."""
    what = request.POST.get("what", "")
    try:
        marks = proposed.marks(_chosen(request))
    except proposed.BadMark:
        notices.warn(request, _("Choose some of the proposals."))
        return _back(request)
    if what == "take":
        return _take(request, marks)
    keys, actor, at = [mark.key for mark in marks], actor_of(request), timezone.now()
    try:
        if what == "again":
            batch = proposed.offer_again(keys, actor=actor, at=at)
        elif what in ("never", "not_these"):
            batch = proposed.decline(keys, is_for_ever=what == "never", actor=actor, at=at)
        else:
            raise BadRequest("This is nothing that is done with proposals.")
    except tag_acts.Refused as refusal:
        notices.warn(request, str(refusal))
        return _back(request)
    notices.say(request, f"{tag_names.told(batch)}.", batch=batch)
    return _back(request)


def _chosen(request: HttpRequest) -> str:
    """Return the proposals that are ticked, or all that were shown."""
    if request.POST.get("every"):
        return request.POST.get("shown", "")
    return ",".join(request.POST.getlist("proposal"))


def _take(request: HttpRequest, marks: list[proposed.Mark]) -> HttpResponseBase:
    named = dict(TagProposal.objects.filter(pk__in=[mark.key for mark in marks]).values_list("pk", "name"))
    marks = [mark for mark in marks if mark.key in named]
    names = [named[mark.key] for mark in marks]
    last = _last(request)
    try:
        selection, act = tag_acts.taking(marks, names, last=last)
        if request.POST.get("step") == "apply":
            done = carried_out(request, selection, act)
            return redirect("job", done.pk) if isinstance(done, Job) else _back(request)
        preview = tag_acts.preview(selection, act)
    except BadAct as refusal:
        notices.warn(request, str(refusal))
        return _back(request)
    context = {
        "preview": preview,
        "rows": bulk_effects.rows_of(preview.samples),
        "names": names,
        "marks": marks,
        "last": last,
        "next": request.POST.get("next", ""),
    }
    return render(request, "review/tag_take.html", context)


def _last(request: HttpRequest) -> int:
    """Return the last file that was there when this was shown."""
    text = request.POST.get("last", "")
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    return MediaFile.objects.aggregate(last=Max("pk"))["last"] or 0


def _back(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return redirect(wanted if is_ours else reverse("tag_proposals"))
