"""The queue of dates: one file after the other, and what somebody decides about it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url

from media_catalog.models import MediaFile
from media_catalog.pipeline import spoken_dates, typed_names
from media_catalog.services import clock, date_choices, preferences
from media_catalog.services.acts import BadAct
from media_catalog.services.date_choices import Changed, NoDate
from media_catalog.services.decisions import Actor, GivenDate
from media_catalog.services.selections import BadSelection
from media_catalog.templatetags.capture import captured
from review import carry, date_scopes, date_words, notices
from review import dates as pages
from review.date_queue import BadPlace, Place, Queue
from review.htmx import HtmxRequest

WAKING = time(4)  # when what was put off until tomorrow comes back
MOST_ID = 1 << 63
MOST_SAID = 100  # characters of a typed date


class Refused(ValueError):
    """What was sent makes no decision; the message is for a person."""


class Sight(NamedTuple):
    """Who decides, when, and what they saw."""

    stamp: str
    actor: Actor
    at: datetime


Verb = Callable[[HttpRequest, MediaFile, Sight], str]


@require_GET
@vary_on_headers("HX-Request")
def dates(request: HtmxRequest) -> HttpResponseBase:
    queue = _queue(request)
    if before := request.GET.get("before"):
        place = _place(before)
        earlier = queue.before(place) if place else queue.last()
        return redirect(pages.address(queue, Place.of(earlier) if earlier else place))
    at = request.GET.get("at", "")
    if at == pages.END:
        return _rendered(request, pages.ending(queue))
    return _rendered(request, pages.page(queue, _place(at) if at else None))


@require_GET
def back(request: HttpRequest) -> HttpResponseBase:
    """Lead to the file that an undo, or a redo, was about just now."""
    queue = _queue(request)
    file = pages.last_turned(request.user.pk)
    return redirect(pages.address(queue, Place.of(file)) if file else pages.start_address(queue))


@require_GET
def understand(request: HttpRequest, file_id: int) -> HttpResponse:
    """Say how a date that is being typed is understood."""
    text = request.GET.get("text", "")
    return render(request, "review/dates_understood.html", _told(text))


def _told(text: str) -> dict[str, object]:
    """Tell what is understood of a text, and what else could be meant."""
    if not text.strip():
        return {}
    try:
        spoken = spoken_dates.read(text.strip(), today=_today())
    except spoken_dates.NotADate as refusal:
        return {"problem": _(str(refusal))}
    context: dict[str, object] = {"spoken": spoken, "understood": date_words.understood(spoken)}
    if spoken.other and spoken.doubt:
        context |= {"doubt": date_words.DOUBTS[spoken.doubt], "other": date_words.period(spoken.other)}
    return context


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def others(request: HtmxRequest, file_id: int) -> HttpResponseBase:
    """Decide about the rest of a folder, camera or day: first look at what it would do, then do it."""
    queue = _queue(request)
    file = get_object_or_404(MediaFile.objects.select_related("source"), pk=file_id)
    asked = request.POST if request.method == "POST" else request.GET
    plan = date_scopes.plan(file, asked.dict(), today=_today())
    if request.method == "POST" and plan.act:
        done = carry.out(
            request, plan.scope.selection, plan.act, expected=_number(asked), stamp=asked.get("stamp", "")
        )
        if done:
            return redirect(pages.address(queue, Place.of(file)))
    context = {"file": file, "plan": plan, "queue": queue, "address": pages.address(queue, Place.of(file))}
    template = "review/dates_others.html#others" if request.htmx else "review/dates_others.html"
    return render(request, template, context)


def _number(values: QueryDict) -> int:
    text = values.get("expected", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


@require_POST
def act(request: HtmxRequest, file_id: int, verb: str) -> HttpResponseBase:
    """Decide about a file, and show the next one."""
    if verb not in VERBS or file_id >= MOST_ID:
        raise Http404
    queue = _queue(request)
    file = get_object_or_404(MediaFile.objects.select_related("source"), pk=file_id)
    place = Place.of(file)
    actor = request.user if isinstance(request.user, User) else None
    sight = Sight(stamp=request.POST.get("stamp", ""), actor=actor, at=clock.now())
    try:
        said = VERBS[verb](request, file, sight)
    except (Changed, NoDate, Refused, BadAct) as refusal:
        notices.warn(request, str(refusal))
        return _onward(request, queue, place, is_after=False, typed=request.POST.get("text", ""))
    notices.say(request, said)
    return _onward(request, queue, place, is_after=verb not in STAYING)


def _onward(
    request: HtmxRequest, queue: Queue, place: Place, *, is_after: bool, typed: str = ""
) -> HttpResponseBase:
    """Show what comes now; where that is the same file, with what was typed and not understood."""
    if request.htmx:
        page = pages.page(queue, place, is_after=is_after)
        is_same = page.file is not None and page.file.pk == place.file_id
        return push_url(_rendered(request, page, typed=typed if is_same else ""), page.address)
    following = queue.next(place, 1, is_after=is_after)
    address = pages.address(queue, Place.of(following[0]) if following else None)
    is_same = bool(following) and following[0].pk == place.file_id
    return redirect(f"{address}&{urlencode({'say': typed[:MOST_SAID]})}" if typed and is_same else address)


def _accept(_request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    date_choices.confirm(file.pk, **sight._asdict())
    return _("Accepted: %(date)s") % {"date": captured(file)}


def _choose(request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    claim = request.POST.get("claim", "")
    if not (claim.isascii() and claim.isdigit() and int(claim) < MOST_ID):
        raise Refused(_("Choose one of the dates first."))
    date_choices.choose_candidate(file.pk, int(claim), **sight._asdict())
    return _("The date was taken over.")


def _give(request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    try:
        spoken = spoken_dates.read(request.POST.get("text", "").strip(), today=_today())
    except spoken_dates.NotADate as refusal:
        raise Refused(_(str(refusal))) from None
    if request.POST.get("reading") == "other" and spoken.other:
        spoken = spoken.other
    date = GivenDate(
        local=spoken.local,
        until=spoken.until,
        precision=str(spoken.precision),
        offset_minutes=spoken.offset_minutes,
    )
    date_choices.give_date(file.pk, date, **sight._asdict())
    return _("Dated: %(date)s") % {"date": date_words.period(spoken)}


def _skip(_request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    date_choices.skip(file.pk, until=_tomorrow(sight.at), **sight._asdict())
    return _("Put off until tomorrow.")


def _flag(_request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    is_flagged = not file.is_flagged
    date_choices.flag(file.pk, is_flagged=is_flagged, **sight._asdict())
    return _("Flagged.") if is_flagged else _("The flag is gone.")


def _tag(request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    names = typed_names.split(request.POST.get("tag", ""))
    if not names:
        raise Refused(_("Type the name of a tag first."))
    date_choices.tag(file.pk, names, **sight._asdict())
    return _("Tagged: %(names)s") % {"names": ", ".join(names)}


def _discard(_request: HttpRequest, file: MediaFile, sight: Sight) -> str:
    date_choices.discard(file.pk, **sight._asdict())
    return _("Discarded: it will not be in the archive. The file itself stays where it is.")


VERBS: Mapping[str, Verb] = {
    "accept": _accept,
    "choose": _choose,
    "give": _give,
    "skip": _skip,
    "flag": _flag,
    "tag": _tag,
    "discard": _discard,
}
STAYING = frozenset(["tag"])  # what leaves the question open


def _rendered(request: HtmxRequest, page: pages.Page, *, typed: str = "") -> HttpResponse:
    template = "review/dates.html#work" if request.htmx else "review/dates.html"
    said = (typed or request.GET.get("say", ""))[:MOST_SAID]
    return render(request, template, {"page": page, "said": said, **_told(said)})


def _queue(request: HttpRequest) -> Queue:
    try:
        return Queue.of(request.GET.dict(), at=clock.now())
    except BadSelection as refusal:
        raise BadRequest(str(refusal)) from None


def _place(text: str) -> Place | None:
    try:
        return None if text == pages.END else Place.parse(text)
    except BadPlace:
        raise BadRequest("This page has no such place.") from None


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(preferences.time_zone())).date()


def _tomorrow(at: datetime) -> datetime:
    """Return the next early morning by the library's clock."""
    here = at.astimezone(ZoneInfo(preferences.time_zone()))
    return datetime.combine(here.date() + timedelta(days=1), WAKING, tzinfo=here.tzinfo)
