"""The page of settings: everybody may see it, staff may change it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from media_catalog.form_fields import zones
from media_catalog.models import Job, SettingChange
from media_catalog.services import clock, grouping, jobs, preference_rules, preferences, redating
from media_catalog.services.preference_rules import BadValue, NotNow
from media_catalog.services.preferences import Known, Name
from review import notices
from review import settings as shown
from review.forms.settings import PreferencesForm, SettingForm

SAVE, DEFAULT, TRY = "save", "default", "try"
Standing = Mapping[Name, Known]


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponseBase:
    """Show all settings; a form of the page sets one, tries it, or takes the default again."""
    standing = preferences.known()
    if request.method != "POST":
        return _page(request, standing)
    _require_staff(request)
    if request.POST.get("name") not in set(Name):
        raise Http404
    name = Name(request.POST["name"])
    form = SettingForm(standing[name], request.POST)
    if request.POST.get("step") == DEFAULT:
        return _set(request, standing, form, None)
    if not form.is_valid():
        return _page(request, standing, invalid=form)
    if request.POST.get("step") == TRY and name == Name.NAME_PATTERNS:
        return _trial(request, standing, form)
    return _set(request, standing, form, form.value())


def _set(request: HttpRequest, standing: Standing, form: SettingForm, value: Any) -> HttpResponseBase:
    """Store a value; a form that was not valid is none to store the default from."""
    form.is_valid()
    try:
        change = preference_rules.change(
            form.name, value, seen=form.was(), actor=_actor(request), at=clock.now()
        )
    except BadValue as refusal:
        form.add_error("value", str(refusal))
        return _page(request, standing, invalid=form)
    except NotNow as refusal:
        notices.warn(request, str(refusal))
    else:
        notices.say(request, _("Saved.") if change else _("Nothing was changed."))
    return _back(form.name)


def _trial(request: HttpRequest, standing: Standing, form: SettingForm) -> HttpResponse:
    try:
        text = preference_rules.check(Name.NAME_PATTERNS, form.value())
    except BadValue as refusal:
        form.add_error("value", str(refusal))
        return _page(request, standing, invalid=form)
    return _page(request, standing, invalid=form, trial=shown.trial(text))


@require_POST
def preferred(request: HttpRequest) -> HttpResponseBase:
    """Store which sources are preferred, all of them or none."""
    _require_staff(request)
    form = PreferencesForm(shown.preferred(), request.POST)
    if not form.is_valid():
        return _page(request, preferences.known(), sources=form)
    wanted = form.wanted()
    done = [
        preference_rules.prefer(source, number, actor=_actor(request), at=clock.now())
        for source, number in wanted
    ]
    notices.say(request, _("Saved.") if any(done) else _("Nothing was changed."))
    return _back("sources")


@require_POST
def apply(request: HttpRequest, what: str) -> HttpResponseBase:
    """Let a job do to the files that are here what a setting does to those that come."""
    _require_staff(request)
    if what not in shown.BUSY:
        raise Http404
    try:
        job = _begun(request, what)
    except jobs.AlreadyRunning as running:
        notices.warn(request, str(running))
        return redirect("job", running.job.pk)
    return redirect("job", job.pk)


def _begun(request: HttpRequest, what: str) -> Job:
    if shown.BUSY[what] == Job.Kind.GROUP:
        return grouping.start(created_at=clock.now())
    return redating.start_setting(Name(what), created_at=clock.now(), created_by=_actor(request))


@require_POST
def take_back(request: HttpRequest, change_id: int) -> HttpResponseBase:
    """Set what held before a change."""
    _require_staff(request)
    change = get_object_or_404(SettingChange, pk=change_id)
    try:
        preference_rules.take_back(change, actor=_actor(request), at=clock.now())
    except (BadValue, NotNow) as refusal:
        notices.warn(request, str(refusal))
    else:
        notices.say(request, _("Taken back."))
    return _back("changes")


def _page(
    request: HttpRequest,
    standing: Standing,
    *,
    invalid: SettingForm | None = None,
    trial: Mapping[str, Any] | None = None,
    sources: PreferencesForm | None = None,
) -> HttpResponse:
    context = {
        "cards": {card.name.value: card for card in shown.cards(standing=standing, invalid=invalid)},
        "sources": sources or PreferencesForm(shown.preferred()),
        "copies": shown.copies(),
        "changes": shown.changes(),
        "trial": trial,
        "zones": zones(),
        "may_change": _is_staff(request),
    }
    return render(request, "review/settings.html", context)


def _back(place: str) -> HttpResponseBase:
    return redirect(f"{reverse('settings')}#{place}")


def _is_staff(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_staff", False))


def _require_staff(request: HttpRequest) -> None:
    if not _is_staff(request):
        raise PermissionDenied


def _actor(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
