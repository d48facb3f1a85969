"""The page of a bulk action: what is asked for, what would happen, and the way to let it happen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from media_catalog.admin import file_filters
from media_catalog.admin.deeds import DEEDS, REFUSALS, Deed, Effect, Order
from media_catalog.admin.file_list import FileChangeList
from media_catalog.services import file_table
from media_catalog.services.selections import BadSelection, Selection

LIST = "admin:media_catalog_mediafile_changelist"
ACT = "admin:media_catalog_mediafile_act"
TEMPLATE = "admin/media_catalog/mediafile/act.html"
TABLE = "table"
PICKED = "_selected_action"
LONGEST_NUMBER = 18  # digits


def may_act(request: HttpRequest) -> bool:
    """Tell whether somebody may change files."""
    return bool(request.user.has_perm("media_catalog.change_mediafile"))


def chosen(request: HttpRequest, files: FileChangeList) -> Selection:
    """Read what was ticked in the list, or that all that match are meant.

    :raises BadSelection: when nothing was, or it cannot be read.
    """
    if request.POST.get("select_across") == "1":
        return files.selection
    texts = request.POST.getlist(PICKED)
    if not all(text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER for text in texts):
        texts = []
    return Selection(ids=tuple(sorted({int(text) for text in texts})))


def table(selection: Selection) -> HttpResponseBase:
    """Answer with a table for spreadsheets, made while it is sent."""
    return StreamingHttpResponse(
        file_table.lines(selection),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="files.csv"'},
    )


def begin(
    request: HttpRequest, name: str, selection: Selection, *, site: Mapping[str, Any]
) -> HttpResponseBase:
    """Show the page of an action for what was chosen in the list."""
    deed = _deed(request, name)
    form = deed.form(None if deed.asks else {}, today=timezone.now().date())
    return _page(request, deed, form, selection, site={**site, "name": name, "next": request.get_full_path()})


def act(request: HttpRequest, name: str, *, site: Mapping[str, Any]) -> HttpResponseBase:
    """Show what would happen, or let it happen if it is what was shown."""
    deed = _deed(request, name)
    after = _next(request)
    if request.method != "POST":
        return redirect(LIST)
    try:
        selection = Selection.of_json(_stored(request))
    except BadSelection as refusal:
        messages.warning(request, str(refusal))
        return redirect(after)
    form = deed.form(request.POST, today=timezone.now().date())
    is_meant = request.POST.get("step") == "apply" and request.POST.get("shown") == _print(form)
    if is_meant and (answer := _carried_out(request, deed, form, selection)):
        return answer
    return _page(request, deed, form, selection, site={**site, "name": name, "next": after})


def _deed(request: HttpRequest, name: str) -> Deed:
    if name not in DEEDS:
        raise Http404
    if not may_act(request):
        raise PermissionDenied
    return DEEDS[name]


def _stored(request: HttpRequest) -> dict[str, Any]:
    try:
        found = json.loads(request.POST.get("selection", ""))
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}


def _print(form: Any) -> str:
    """Return what has to be the same for an action to be the one that somebody saw."""
    values = {name: form.data.get(name, "") for name in sorted(form.fields)}
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _page(
    request: HttpRequest, deed: Deed, form: Any, selection: Selection, *, site: Mapping[str, Any]
) -> HttpResponse:
    effect, problem = _effect(deed, form, selection)
    context = {
        **site,
        "title": str(deed.label),
        "form": form,
        "effect": effect,
        "problem": problem,
        "shown": _print(form),
        "selection": json.dumps(selection.as_json()),
        "filters": file_filters.words(selection.filters),
        "picked": len(selection.ids),
    }
    return TemplateResponse(request, TEMPLATE, context)


def _effect(deed: Deed, form: Any, selection: Selection) -> tuple[Effect | None, str]:
    if not form.is_bound or not form.is_valid():
        return None, ""
    try:
        return deed.look(selection, form), ""
    except REFUSALS as refusal:
        return None, str(refusal)


def _carried_out(request: HttpRequest, deed: Deed, form: Any, selection: Selection) -> HttpResponse | None:
    if not form.is_valid():
        return None
    order = Order(
        selection=selection,
        form=form,
        expected=_number(request.POST.get("expected", "")),
        stamp=request.POST.get("stamp", ""),
        actor=request.user if isinstance(request.user, User) else None,
        at=timezone.now(),
    )
    try:
        done = deed.do(order)
    except REFUSALS as refusal:
        messages.warning(request, str(refusal))
        return None
    if done.is_under_way:
        messages.success(request, done.text)
        return redirect(done.address)
    messages.success(request, format_html('{} <a href="{}">{}</a>', done.text, done.address, done.link))
    return redirect(_next(request))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else -1


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/")
    return wanted if is_ours else reverse(LIST)
