"""The page on which groups of copies that were ticked are resolved: what is kept and set aside of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from media_catalog.admin.confirmed import CONFIRMED
from media_catalog.models import DuplicateGroup, MediaFile
from media_catalog.services import picked_groups
from media_catalog.services.copy_rules import Keep
from media_catalog.services.picked_groups import Pick
from media_catalog.services.resolutions import GroupChanged

TEMPLATE = "admin/media_catalog/duplicategroup/choose.html"
SHOWN_FILES = 6  # of each side of a group
CHOICES: Mapping[str, tuple[Any, Keep]] = {
    "keep_best": (gettext_lazy("Keep the best of each"), Keep.BEST),
    "keep_all": (gettext_lazy("Keep all of each"), Keep.ALL),
}
OBSTACLES = {
    picked_groups.RESOLVED: gettext_lazy("resolved already"),
    picked_groups.UNRESTORED: gettext_lazy("a file of it was discarded: decide about it by itself"),
    "nothing_kept": gettext_lazy("nothing of it would be kept"),
    "keeper_discarded": gettext_lazy("its best file was discarded: decide about it by itself"),
    "keeper_unreadable": gettext_lazy("its best file cannot be read"),
    "kept_by_person": gettext_lazy("somebody wants to keep another file of it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A group on the page: files that stay and that go, as many as are shown, and how many more go."""

    group: DuplicateGroup
    kept: Sequence[MediaFile]
    discarded: Sequence[MediaFile]
    more: int
    refusal: str


def may_resolve(request: HttpRequest) -> bool:
    """Tell whether somebody may decide about groups, which discards files."""
    wanted = ("media_catalog.change_duplicategroup", "media_catalog.change_mediafile")
    return request.user.has_perms(wanted)


def choose(admin: Any, request: HttpRequest, groups: QuerySet[DuplicateGroup]) -> HttpResponse | None:
    """Show what would become of groups, or let it happen once this was seen; called by Django."""
    name = request.POST.get("action", "")
    if name not in CHOICES or not may_resolve(request):
        raise PermissionDenied
    ids = list(groups.order_by("pk").values_list("pk", flat=True)[: picked_groups.MOST + 1])
    if len(ids) > picked_groups.MOST:
        admin.message_user(request, _too_many(), messages.WARNING)
        return None
    if request.POST.get(CONFIRMED) and _is_done(admin, request, ids, keep=CHOICES[name][1]):
        return None
    return _page(admin, request, ids, name=name)


def _too_many() -> str:
    text = _("No more than %(most)d groups at once.") % {"most": picked_groups.MOST}
    return format_html('{} <a href="{}">{}</a>', text, reverse("copy_rules"), _("Decide about many by rule"))


def _is_done(admin: Any, request: HttpRequest, ids: Sequence[int], *, keep: Keep) -> bool:
    actor = request.user if isinstance(request.user, User) else None
    stamp = request.POST.get("stamp", "")
    try:
        done = picked_groups.resolve(ids, keep=keep, stamp=stamp, actor=actor, at=timezone.now())
    except GroupChanged as refusal:
        admin.message_user(request, str(refusal), messages.WARNING)
        return False
    words = ngettext("%(number)d file was set aside.", "%(number)d files were set aside.", done.discarded)
    text, link = words % {"number": done.discarded}, _("See it, or take it back")
    address = reverse("batch", args=[done.batch])
    admin.message_user(request, format_html('{} <a href="{}">{}</a>', text, address, link), messages.SUCCESS)
    return True


def _page(admin: Any, request: HttpRequest, ids: Sequence[int], *, name: str) -> HttpResponse:
    label, keep = CHOICES[name]
    picks = picked_groups.look(ids, keep=keep)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": str(label),
        "name": name,
        "next": request.get_full_path(),
        "rows": list(_rows(picks.all)),
        "stamp": picks.stamp,
        "number": len(picks.able),
        "files": sum(len(plan.discarded) for plan in picks.able),
        "size_bytes": sum(plan.size_bytes for plan in picks.able),
    }
    return TemplateResponse(request, TEMPLATE, context)


def _rows(picks: Sequence[Pick]) -> Iterator[Row]:
    shown = {one for pick in picks for some in _sides(pick) for one in some}
    files = MediaFile.objects.defer("path_bytes").in_bulk(shown)
    for pick in picks:
        kept, discarded = ([files[one] for one in some if one in files] for some in _sides(pick))
        yield Row(
            group=pick.plan.group,
            kept=kept,
            discarded=discarded,
            more=len(pick.plan.discarded) - len(discarded),
            refusal=str(OBSTACLES.get(pick.obstacle, pick.obstacle)),
        )


def _sides(pick: Pick) -> tuple[Sequence[int], Sequence[int]]:
    return pick.plan.kept[:SHOWN_FILES], pick.plan.discarded[:SHOWN_FILES]
