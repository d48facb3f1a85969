"""Accepting many dates at once, by how sure they are, and looking at some of them afterwards."""

import uuid
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from media_catalog.models import Job, MediaFile
from media_catalog.services import doubts
from media_catalog.services.selections import BadSelection
from review import cameras, carry, date_audits, date_rules, notices
from review.forms.date_rules import ApplyForm, RuleForm
from review.htmx import HtmxRequest


@require_GET
@vary_on_headers("HX-Request")
def home(request: HtmxRequest) -> HttpResponse:
    """Say which dates would be accepted, and show some of them."""
    rule = date_rules.look(request.GET)
    if request.htmx:
        part = "accept" if request.htmx.target == "accept" else "rule"
        return render(request, f"review/date_rules.html#{part}", {"rule": rule})
    context = {"rule": rule, "auditable": date_audits.auditable()}
    return render(request, "review/date_rules.html", context)


@require_POST
def apply(request: HttpRequest) -> HttpResponseBase:
    """Accept the dates that were shown."""
    form, kept = RuleForm(request.POST, known=cameras.names()), ApplyForm(request.POST)
    if not (form.is_valid() and kept.is_valid() and form.cleaned_data["confidence"]):
        raise BadRequest("This is not what the page asks for.")
    try:
        selection = form.selection()
    except BadSelection as reason:
        raise BadRequest(str(reason)) from None
    done = carry.out(request, selection, date_rules.ACCEPT, said=_accepted, **kept.cleaned_data)
    if done is None:
        return redirect(f"{reverse('date_rules')}?{urlencode(form.values)}")
    if isinstance(done, Job):
        return redirect("job", done.pk)
    return redirect("date_audit" if done.number else "date_rules", *([done.batch] if done.number else []))


def _accepted(number: int) -> str:
    words = ngettext("%(number)d date is accepted.", "%(number)d dates are accepted.", number)
    return words % {"number": number}


@require_GET
@vary_on_headers("HX-Request")
def audit(request: HtmxRequest, batch: uuid.UUID) -> HttpResponse:
    """Show some of what was accepted blindly; the address keeps what was said of them."""
    found = date_audits.audit(batch, request.GET)
    template = "review/date_rules_audit.html#audit" if request.htmx else "review/date_rules_audit.html"
    return render(request, template, {"audit": found})


@require_POST
def judge(request: HttpRequest, batch: uuid.UUID, file_id: int) -> HttpResponseBase:
    """Take back that a wrong date was accepted, so that the queue of dates asks about it again."""
    found = date_audits.audit(batch, request.POST)
    if file_id not in {one.file.pk for one in found.judged}:
        raise BadRequest("This file is none of those that were shown.")
    actor = request.user if isinstance(request.user, User) else None
    done = doubts.doubt(MediaFile.objects.filter(pk=file_id), actor=actor, at=timezone.now())
    if done.number:
        notices.say(request, _("The file is in the queue of dates again."), batch=done.batch)
    kept = urlencode(found.with_wrong(file_id))
    return redirect(f"{reverse('date_audit', args=[batch])}?{kept}")
