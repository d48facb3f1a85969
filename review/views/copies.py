"""Groups of copies, one at a time: look closely, choose, and the next one comes by itself."""

import uuid
from collections.abc import Collection

from csp.decorators import csp_exempt
from django.contrib.auth.models import User
from django.core.exceptions import BadRequest, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from media_catalog.models import DuplicateGroup, MediaFile
from media_catalog.services import group_choices, previews
from media_catalog.services.group_choices import Standing
from media_catalog.services.resolutions import GroupChanged, NothingKept
from review import comparison, notices, outcomes
from review import copies as queue
from review.copies import Scope
from review.forms.copies import ChoiceForm, FileIds
from review.htmx import HtmxRequest

GONE = "This group is gone: its files were grouped anew."


@require_GET
def copies(request: HtmxRequest) -> HttpResponse:
    """Lead to the next undecided group of a class, or list its groups."""
    scope = _scope(request.GET.get("kind", queue.DUPLICATES))
    after = _number(request.GET.get("after", "0"))
    if scope.is_settled or request.GET.get("view") == "list":
        found = queue.listed(scope, after=after)
        context = {
            "scope": scope,
            "tabs": queue.tabs(scope, queue.numbers(), is_list=True),
            "list": found,
            "after": after,
        }
        return render(request, "review/copies_list.html", context)
    if ahead := queue.following(scope, after=after, number=1):
        return redirect(_address(ahead[0], scope))
    return render(request, "review/copies.html", _nothing_left(scope))


@require_GET
@vary_on_headers("HX-Request")
def group(request: HtmxRequest, group_id: int) -> HttpResponse:
    try:
        found = group_choices.standing(group_id)
    except DuplicateGroup.DoesNotExist:
        notices.warn(request, _(GONE))
        return redirect(_queue_address(_scope(request.GET.get("kind", queue.DUPLICATES))))
    scope = _scope(request.GET["kind"]) if "kind" in request.GET else queue.scope_of(found.group.kind)
    kept = _ids(request.GET.getlist("keep")) if "from" in request.GET else None
    return _shown(request, found, scope, kept=kept, start=_number(request.GET.get("from", "0")))


@require_GET
def outcome(request: HtmxRequest, group_id: int) -> HttpResponse:
    """Say what would become of a group if these members were kept."""
    try:
        found = group_choices.standing(group_id)
    except DuplicateGroup.DoesNotExist:
        raise Http404 from None
    kept = _ids(request.GET.getlist("keep"))
    context = {"outcome": outcomes.foreseen(found, kept=kept), "is_alone": True}
    return render(request, "review/group_outcome.html", context)


@require_POST
def decide(request: HtmxRequest, group_id: int) -> HttpResponse:
    """Do what was chosen, and show the next group; a group that has changed is shown as it is now."""
    scope = _scope(request.POST.get("kind", queue.DUPLICATES))
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        raise BadRequest("Nobody can choose that.")
    if form.verb == "turn":
        return redirect(_address(group_id, scope, start=form.target or 0, kept=form.cleaned_data["keep"]))
    try:
        text, batch = _carry_out(request, group_id, form)
    except (GroupChanged, NothingKept) as refused:
        notices.warn(request, _(str(refused)))
        return _again(request, group_id, scope)
    notices.say(request, text, batch=batch)
    return _next(request, group_id, scope)


def _carry_out(request: HttpRequest, group_id: int, form: ChoiceForm) -> tuple[str, uuid.UUID]:
    """Do what was chosen; return what to say of it, and what undoes it."""
    found = _standing(group_id)
    by = request.user if isinstance(request.user, User) else None
    stamp, target, at = form.cleaned_data["stamp"], form.target, timezone.now()
    if form.verb == "discard":
        gone = group_choices.discard_all(group_id, stamp=stamp, actor=by, at=at)
        return _("All of the group are discarded."), gone.batch
    if form.verb == "apart":
        apart = [target] if target else found.files
        told = group_choices.separate(group_id, apart=apart, stamp=stamp, actor=by, at=at)
        return _("They are no copies, and will not be put together again."), told.batch
    kept = _kept(form, found)
    done = group_choices.keep(group_id, kept=kept, stamp=stamp, actor=by, at=at)
    return _said(len(kept), done.discarded), done.batch


def _kept(form: ChoiceForm, found: Standing) -> list[int]:
    if form.verb == "all":
        return found.files
    if form.verb == "best":
        return found.files[: form.cleaned_data["best"] or 1]
    wanted = {form.target} if form.verb == "only" else set(form.cleaned_data["keep"])
    return [one for one in found.files if one in wanted]


def _said(kept: int, discarded: int) -> str:
    if not discarded:
        return _("All of the group are kept.")
    text = ngettext("%(number)d file is discarded.", "%(number)d files are discarded.", discarded)
    one = ngettext("%(number)d is kept.", "%(number)d are kept.", kept)
    return f"{one % {'number': kept}} {text % {'number': discarded}}"


def _standing(group_id: int) -> Standing:
    try:
        return group_choices.standing(group_id)
    except DuplicateGroup.DoesNotExist:
        raise GroupChanged(GONE) from None


def _again(request: HtmxRequest, group_id: int, scope: Scope) -> HttpResponse:
    """Show a group as it is now, or the next one if it is gone."""
    if not request.htmx:
        exists = DuplicateGroup.objects.filter(pk=group_id).exists()
        return redirect(_address(group_id, scope) if exists else _queue_address(scope))
    try:
        return _shown(request, group_choices.standing(group_id), scope)
    except DuplicateGroup.DoesNotExist:
        return _next(request, group_id, scope)


def _next(request: HtmxRequest, group_id: int, scope: Scope) -> HttpResponse:
    """Show the next undecided group; the same one where a part of it is left to decide."""
    ahead = [group_id] if group_choices.is_open(group_id) else queue.following(scope, after=group_id)
    address = _address(ahead[0], scope) if ahead else _queue_address(scope)
    if not request.htmx:
        return redirect(address)
    if not ahead:
        answer = render(request, "review/copies.html#copies", _nothing_left(scope))
    else:
        answer = _shown(request, group_choices.standing(ahead[0]), scope)
    return push_url(answer, address)


def _shown(
    request: HtmxRequest,
    found: Standing,
    scope: Scope,
    *,
    kept: Collection[int] | None = None,
    start: int = 0,
) -> HttpResponse:
    ahead = queue.following(scope, after=found.group.pk)
    numbers = queue.numbers()
    context = {
        "shown": comparison.compare(found, kept=kept, start=start, is_anew="again" in request.GET),
        "scope": scope,
        "heading": found.group.get_kind_display(),
        "tabs": queue.tabs(scope, numbers),
        "left": queue.number_in(scope, numbers),
        "next": _address(ahead[0], scope) if ahead else _queue_address(scope),
        "ahead": queue.pictures_of(ahead),
    }
    return render(request, "review/group.html#copies" if request.htmx else "review/group.html", context)


def _nothing_left(scope: Scope) -> dict[str, object]:
    tabs = queue.tabs(scope, queue.numbers(), is_list=True)
    others = [tab for tab in tabs if tab.number and not tab.scope.is_settled]
    is_nothing_imported = not others and not MediaFile.objects.exists()
    return {"scope": scope, "tabs": tabs, "others": others, "is_nothing_imported": is_nothing_imported}


@csp_exempt()  # type: ignore[arg-type]  # django-csp knows only views that take nothing from the address
@require_GET
def full_picture(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Send a picture with all its pixels, or the usual preview where that cannot be made.

    Without scripts it is opened by itself: browsers style such a page in a way that the policy forbids.
    """
    row = get_object_or_404(MediaFile.objects.select_related("source", "metadata"), pk=file_id)
    etag = quote_etag(f"{row.sha256}-{previews.FULL_PX}")
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        try:
            jpeg = previews.jpeg_of(row, at=timezone.now(), longest_px=previews.FULL_PX)
        except previews.OriginalMissing:
            jpeg = None
        if jpeg is None:
            return redirect(f"{reverse('preview', args=[row.pk])}?v={row.sha256[:8]}")
        answer = HttpResponse(jpeg, content_type="image/jpeg")
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer


def _scope(name: str) -> Scope:
    if name not in queue.SCOPES:
        raise Http404
    return queue.SCOPES[name]


def _address(group_id: int, scope: Scope, *, start: int = 0, kept: Collection[int] = ()) -> str:
    query: dict[str, str | int | list[int]] = {"kind": scope.name}
    if start or kept:
        query |= {"from": start, "keep": list(kept)}
    return f"{reverse('group', args=[group_id])}?{urlencode(query, doseq=True)}"


def _queue_address(scope: Scope) -> str:
    return f"{reverse('copies')}?{urlencode({'kind': scope.name})}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("This page has no such place.")
    return int(text)


def _ids(texts: Collection[str]) -> tuple[int, ...]:
    try:
        return tuple(FileIds(required=False).clean(list(texts)))
    except ValidationError:
        raise BadRequest("These are no files.") from None
