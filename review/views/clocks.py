"""The clocks of cameras, and other dates that many files have in common."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from media_catalog.form_fields import zones
from media_catalog.models import CameraRule, Job
from media_catalog.services import cameras, jobs
from media_catalog.services.acts import BadAct
from media_catalog.services.selections import BadSelection
from review import carry, clock_effects, clock_tool, clocks, datings, notices, queues
from review.clock_tool import Correction, Tool
from review.forms.clocks import RULE, KeepForm, ScopeForm
from review.htmx import HtmxRequest

State = CameraRule.State
ALLOWED = {
    "accept": (State.PROPOSED, State.DISMISSED),
    "dismiss": (State.PROPOSED,),
    "restore": (State.DISMISSED,),
    "withdraw": (State.ACTIVE,),
}
Look = Callable[..., Tool]
Again = Callable[[ScopeForm, dict[str, Any]], Correction]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what was found about clocks, what is in force, and what was put aside."""
    starts = {state: _key(request, state) for state in State.values}
    context = {"pages": clocks.pages(starts), "job": clocks.under_way()}
    return render(request, "review/clocks.html", context)


def _key(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("This page has no such place.")
    return int(text or 0)


@require_GET
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Show one rule, what speaks for it, and what it does."""
    told = clocks.one(rule_id)
    context = {
        "told": told,
        "effect": clock_effects.of_rule(told.rule, at=timezone.now()),
        "job": clocks.under_way(),
    }
    return render(request, "review/clocks_rule.html", context)


@require_POST
def decide(request: HttpRequest, rule_id: int, verb: str) -> HttpResponseBase:
    """Accept a rule, put it aside, offer it again, or take it back."""
    if verb not in ALLOWED:
        raise Http404
    row = get_object_or_404(CameraRule, pk=rule_id)
    if verb == "restore" and not row.evidence:
        raise Http404  # what a person made up is no proposal
    if row.state not in ALLOWED[verb]:
        notices.warn(request, _("Somebody has decided about this meanwhile: it is %(state)s.") % _state(row))
        return redirect("clock_rule", rule_id)
    try:
        notices.say(request, _decided(row, verb))
    except (cameras.RuleRefused, jobs.AlreadyRunning) as refusal:
        notices.warn(request, str(refusal))
        return redirect("clock_rule", rule_id)
    return redirect("clocks") if verb in ("dismiss", "restore") else redirect("clock_rule", rule_id)


def _state(row: CameraRule) -> dict[str, str]:
    return {"state": str(row.get_state_display())}


def _decided(row: CameraRule, verb: str) -> str:
    if verb == "accept":
        cameras.activate(row, at=timezone.now())
        return _("The rule is in force. Its files get their dates now.")
    if verb == "withdraw":
        cameras.deactivate(row, at=timezone.now())
        return _("The rule is taken back. Its files get back the dates that they have without it.")
    if verb == "dismiss":
        cameras.dismiss(row)
        return _("Put aside. It will not be proposed again.")
    cameras.offer_again(row)
    return _("It is proposed again.")


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def tool(request: HtmxRequest) -> HttpResponseBase:
    """Find by how much a clock was wrong: `?file=` is a photo of a known moment, `?camera=` its camera."""
    if request.method == "POST":
        return _keep(request, "clock_tool", _shift)
    return _show(request, "review/clocks_tool.html", _looked(clock_tool.clock, request.GET))


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def zone(request: HtmxRequest) -> HttpResponseBase:
    """Say in which zone a camera, a period or a folder was."""
    if request.method == "POST":
        return _keep(request, "clock_zone", _in_zone)
    page = _looked(clock_tool.zone, request.GET)
    return _show(request, "review/clocks_zone.html", page, zones=zones())


def _looked(look: Look, data: QueryDict) -> Tool:
    try:
        return look(data, at=timezone.now())
    except queues.BadCursor:
        raise BadRequest("This page has no such place.") from None


def _show(request: HtmxRequest, template: str, page: Tool, **more: object) -> HttpResponse:
    name = f"{template}#effect" if request.htmx else template
    return render(request, name, {"tool": page, "correction": page.correction, **more})


def _shift(scope: ScopeForm, wanted: dict[str, Any]) -> Correction:
    return clock_tool.shift(scope, wanted["seconds"] or 0, how=wanted["how"], at=timezone.now())


def _in_zone(scope: ScopeForm, wanted: dict[str, Any]) -> Correction:
    return clock_tool.in_zone(scope, wanted, at=timezone.now())


def _keep(request: HttpRequest, address: str, again: Again) -> HttpResponseBase:
    """Do what was shown: keep it as a rule, or change the files that are here."""
    scope, form = clock_tool.scope_of(request.POST), KeepForm(request.POST)
    if not (scope.is_valid() and form.is_valid()):
        raise BadRequest("This is not what the page asks for.")
    back = f"{reverse(address)}?{scope.query}"
    try:
        found = again(scope, form.cleaned_data)
    except (clock_tool.Nothing, BadSelection, BadAct) as reason:
        notices.warn(request, str(reason))
        return redirect(back)
    if found.how == RULE:
        return _keep_rule(request, found.rule, back)
    done = carry.out(
        request,
        scope.selection(),
        found.act,
        expected=form.cleaned_data["expected"],
        stamp=form.cleaned_data["stamp"],
    )
    return redirect("job", done.pk) if isinstance(done, Job) else redirect(back)


def _keep_rule(request: HttpRequest, row: CameraRule, back: str) -> HttpResponseBase:
    try:
        notices.say(request, _decided(row, "accept"))
    except (cameras.RuleRefused, jobs.AlreadyRunning) as refusal:
        notices.warn(request, str(refusal))
        return redirect(back)
    return redirect("clock_rule", row.pk)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def files(request: HtmxRequest) -> HttpResponseBase:
    """Date a selection (`selection` as JSON, `ids`, or filters) by names, folders, or one after the other."""
    data = request.POST if request.method == "POST" else request.GET
    try:
        page = datings.look(data, today=timezone.now().date())
    except BadSelection as reason:
        return render(request, "review/clocks_files.html", {"problem": str(reason)})
    if page.act and "expected" in request.POST:
        form = KeepForm(request.POST)
        if not form.is_valid():
            raise BadRequest("This is not what the page asks for.")
        kept = {name: form.cleaned_data[name] for name in ("expected", "stamp")}
        done = carry.out(request, page.selection, page.act, **kept)
        return redirect("job", done.pk) if isinstance(done, Job) else redirect(page.address)
    name = "review/clocks_files.html#effect" if request.htmx else "review/clocks_files.html"
    return render(request, name, {"dating": page, "effect": page.effect})
