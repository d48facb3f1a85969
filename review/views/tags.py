"""Tags: all of them, one with its files, and what is done with them; and names, while somebody types one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from media_catalog.models import Job, Tag
from media_catalog.services import acts, jobs, tag_acts
from media_catalog.services.acts import Act
from media_catalog.services.selections import Selection
from review import notices, tag_names
from review import tags as known

# What fields that ask may be called, those for several tags and those for one.
SEVERAL, SINGLE = ("q", "tags", "untags", "tag"), ("name", "to")
MOST_ID = 1 << 63
Change = Callable[[HttpRequest, Tag], HttpResponseBase]


@require_GET
def suggest_tags(request: HttpRequest) -> HttpResponse:
    field = next((name for name in (*SEVERAL, *SINGLE) if request.GET.get(name)), SEVERAL[0])
    offered = tag_names.of_one if field in SINGLE else tag_names.suggestions
    return render(request, "review/tag_names.html", {"names": offered(request.GET.get(field, ""))})


@require_GET
def tags(request: HttpRequest) -> HttpResponse:
    """Show all tags by name, narrowed by what stands in the address."""
    try:
        after = known.Place.parse(request.GET.get("after", ""))
    except known.BadPlace:
        raise BadRequest("This page has no such place.") from None
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "origin")}
    context = {
        "page": known.page(typed=asked["q"], kind=asked["kind"], origin=asked["origin"], after=after),
        "asked": asked,
        "is_narrowed": any(asked.values()),
        "is_continued": after is not None,
        "recent": known.recent(),
        "kinds": Tag.Kind.choices,
        "origins": known.Origin.choices,
    }
    return render(request, "review/tags.html", context)


@require_GET
def tag(request: HttpRequest, tag_id: int) -> HttpResponse:
    """Show one tag: where it stands, its files, and what can be done with it."""
    found = _found(tag_id)
    context = {"tag": found, "kinds": Tag.Kind.choices, "colours": Tag.Colour.choices}
    return render(request, "review/tag.html", context | known.about(found))


@require_POST
def change(request: HttpRequest, tag_id: int) -> HttpResponseBase:
    """Rename, move or colour a tag, or go on to what merges or deletes it."""
    wanted = CHANGES.get(request.POST.get("what", ""))
    if wanted is None:
        raise BadRequest("This is nothing that is done with tags.")
    found = _found(tag_id)
    try:
        return wanted(request, found)
    except tag_acts.Refused as refusal:
        notices.warn(request, str(refusal))
        return redirect("tag", tag_id)


def _rename(request: HttpRequest, found: Tag) -> HttpResponseBase:
    name, kind = request.POST.get("to", ""), request.POST.get("kind", found.kind)
    if same := tag_acts.same_name(found, name=name, kind=kind):
        notices.warn(request, _("There is such a tag already: this would merge the two."))
        return _to_merge([found, same], same)
    batch = tag_acts.rename(found, name=name, kind=kind, actor=actor_of(request), at=timezone.now())
    notices.say(request, _("The tag is renamed."), batch=batch)
    return redirect("tag", found.pk)


def _move(request: HttpRequest, found: Tag) -> HttpResponseBase:
    name = request.POST.get("to", "").strip()
    parent = known.by_name(name, but=found) if name else None
    if name and parent is None:
        raise tag_acts.Refused(_("There is no other tag “%(name)s”.") % {"name": name[:100]})
    batch = tag_acts.move(found, parent=parent, actor=actor_of(request), at=timezone.now())
    text = (
        _("The tag is below “%(name)s” now.") % {"name": parent.name}
        if parent
        else _("The tag is on top now.")
    )
    notices.say(request, text, batch=batch)
    return redirect("tag", found.pk)


def _colour(request: HttpRequest, found: Tag) -> HttpResponseBase:
    colour = request.POST.get("to", "")
    batch = tag_acts.colour(found, colour=colour, actor=actor_of(request), at=timezone.now())
    notices.say(request, _("The tag has its colour."), batch=batch)
    return redirect("tag", found.pk)


def _merge(request: HttpRequest, found: Tag) -> HttpResponseBase:
    name = request.POST.get("to", "").strip()
    into = known.by_name(name, but=found)
    if into is None:
        raise tag_acts.Refused(_("There is no other tag “%(name)s”.") % {"name": name[:100]})
    return _to_merge([found, into], into)


def _to_merge(tags: Sequence[Tag], into: Tag) -> HttpResponseBase:
    query = urlencode({"tag": [one.pk for one in tags], "into": into.pk}, doseq=True)
    return redirect(f"{reverse('tag_merge')}?{query}")


CHANGES: Mapping[str, Change] = {"rename": _rename, "move": _move, "colour": _colour, "merge": _merge}


@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest) -> HttpResponseBase:
    """Show what merging the tags in the address would come to, and do it once this was seen."""
    data = request.POST if request.method == "POST" else request.GET
    found = list(known.known(data.getlist("tag"))[: tag_acts.MOST_MERGED + 1])
    rows = known.rows(found)
    largest = max(rows, key=lambda row: row.number).tag if rows else None
    into = next((one for one in found if str(one.pk) == data.get("into", "")), largest)
    context: dict[str, Any] = {"rows": rows, "into": into, "ids": [one.pk for one in found]}
    try:
        if into is None:
            raise tag_acts.Refused(_("Choose some tags first."))
        selection, act = tag_acts.merging(found, into)
    except tag_acts.Refused as refusal:
        return render(request, "review/tag_merge.html", context | {"problem": str(refusal)})
    if request.method == "POST":
        return _done(request, selection, act, then=into)
    return render(
        request, "review/tag_merge.html", context | {"preview": tag_acts.preview(selection, act, number=0)}
    )


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, tag_id: int) -> HttpResponseBase:
    """Show what deleting a tag would come to, and do it once this was seen."""
    found = _found(tag_id)
    selection, act = tag_acts.deleting(found)
    if request.method == "POST":
        return _done(request, selection, act, then=None)
    (row,) = known.rows([found])
    context = {
        "row": row,
        "children": found.children.order_by("name_key", "pk")[: known.PAGE_SIZE],
        "preview": tag_acts.preview(selection, act, number=0),
    }
    return render(request, "review/tag_delete.html", context)


def _done(request: HttpRequest, selection: Selection, act: Act, *, then: Tag | None) -> HttpResponseBase:
    done = carried_out(request, selection, act)
    if done is None:
        return redirect(request.get_full_path() if then is None else "tags")
    if isinstance(done, Job):
        return redirect("job", done.pk)
    return redirect("tag", then.pk) if then else redirect("tags")


def carried_out(request: HttpRequest, selection: Selection, act: Act) -> acts.Done | Job | None:
    """Do what was shown, and tell what came of it; return `None` where it was refused."""
    expected, stamp = request.POST.get("expected", ""), request.POST.get("stamp", "")
    number = int(expected) if expected.isascii() and expected.isdigit() and len(expected) < 19 else -1
    try:
        done = acts.apply(
            selection, act, expected=number, actor=actor_of(request), at=timezone.now(), stamp=stamp
        )
    except (acts.BadAct, acts.SelectionChanged, jobs.AlreadyRunning) as refusal:
        notices.warn(request, str(refusal))
        return None
    if isinstance(done, Job):
        notices.say(
            request, _("These are many files: here you see how far it is. The history takes it back.")
        )
    else:
        notices.say(request, f"{tag_names.told(done.batch)}.", batch=done.batch)
    return done


def _found(tag_id: int) -> Tag:
    if tag_id >= MOST_ID:
        raise Http404
    return get_object_or_404(Tag, pk=tag_id)


def actor_of(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None
