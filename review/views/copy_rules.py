"""Rules for many groups of copies at once: a sentence, what it would do, some of it to look at, and do it."""

import uuid

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from media_catalog.models import DecisionBatch, Job
from media_catalog.services import acts, copy_rule_counts
from media_catalog.services.copy_rule_counts import BadTally, Tally
from media_catalog.services.copy_rules import Applied
from review import copies as queue
from review import notices, rule_samples
from review.forms.copy_rules import RuleForm
from review.htmx import HtmxRequest


@require_GET
@vary_on_headers("HX-Request")
def copy_rules(request: HtmxRequest) -> HttpResponse:
    """Show a rule; asked to count, go on with it for a while, and say what was found."""
    undecided = queue.numbers()
    form = RuleForm.of_address(request.GET, undecided=undecided)
    context: dict[str, object] = {"form": form, "tabs": queue.tabs(queue.SCOPES["duplicates"], undecided)}
    if form.is_valid():
        context |= _counted(request, form)
    template = "review/copy_rules.html"
    if not request.htmx:
        return render(request, template, context)
    return render(request, f"{template}#{'samples' if 'sample' in request.GET else 'count'}", context)


def _counted(request: HtmxRequest, form: RuleForm) -> dict[str, object]:
    rule = form.rule()
    parts = form.address_parts()
    facts: dict[str, object] = {"rule": rule, "address": f"?{urlencode(parts)}", "parts": parts}
    if not (request.htmx or "count" in request.GET or "tally" in request.GET):
        return facts
    tally = _tally(request.GET["tally"]) if "tally" in request.GET else copy_rule_counts.begin(rule)
    if not tally.is_complete:
        tally = copy_rule_counts.go_on(rule, tally, slices=1)
    facts |= {"tally": tally, "on": f"?{urlencode({**parts, 'tally': tally.as_text()})}"}
    if "sample" in request.GET and tally.is_complete:
        page = _number(request.GET["sample"])
        facts |= {"samples": rule_samples.proposed(rule, tally, page=page), "another": page + 1}
    return facts


@require_POST
def apply(request: HtmxRequest) -> HttpResponseBase:
    """Do what was counted, and nothing else."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        raise BadRequest("This is no rule.")
    tally = _tally(request.POST.get("tally", ""))
    actor = request.user if isinstance(request.user, User) else None
    try:
        done = acts.apply_rule(
            form.rule(), expected=tally.groups, stamp=tally.stamp, actor=actor, at=timezone.now()
        )
    except (acts.SelectionChanged, acts.BadAct, acts.Busy) as refused:
        notices.warn(request, str(refused))
        return redirect(f"{reverse('copy_rules')}?{urlencode(form.address_parts())}")
    if isinstance(done, Job):
        notices.say(request, _("These are many groups: a job does it, and can be stopped and taken back."))
        act = DecisionBatch.objects.filter(job=done).first()
        return redirect("copy_rule_audit", act.pk) if act else redirect("job", done.pk)
    notices.say(request, _said(done), batch=done.batch)
    return redirect("copy_rule_audit", done.batch)


def _said(done: Applied) -> str:
    text = ngettext("%(number)d group is decided,", "%(number)d groups are decided,", done.groups)
    files = ngettext("%(number)d file is discarded.", "%(number)d files are discarded.", done.files)
    return f"{text % {'number': done.groups}} {files % {'number': done.files}}"


@require_GET
def audit(request: HtmxRequest, batch: uuid.UUID) -> HttpResponse:
    """Show some of what a rule has decided, so that somebody looks at what was accepted blindly."""
    act = get_object_or_404(DecisionBatch.objects.select_related("actor", "job"), pk=batch)
    seed = _number(request.GET.get("sample", "0"))
    context = {
        "act": act,
        "samples": rule_samples.decided(batch, seed=seed),
        "another": seed + 1,
        "tabs": queue.tabs(queue.SCOPES["duplicates"], queue.numbers()),
    }
    return render(request, "review/copy_rules_audit.html", context)


def _tally(text: str) -> Tally:
    try:
        return Tally.of_text(text)
    except BadTally:
        raise BadRequest("This was never counted.") from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadRequest("This page has no such place.")
    return int(text)
