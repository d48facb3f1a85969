"""Actions on rows of other lists: a page says what will happen to each row, or why not, before it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from media_catalog.admin.read_only import M, ReadOnlyAdmin
from media_catalog.services.decisions import Actor

TEMPLATE = "admin/media_catalog/confirm.html"
MOST = 100  # rows; each of them is shown
CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDeed:
    """Something that can be done to rows one by one, by a service.

    `refusal` says why it cannot be done to a row; blank if it can. `do` raises one of `errors`, whose message
    is for a person, where it turns out that it cannot after all.
    """

    label: Any
    refusal: Callable[[Any], str]
    do: Callable[[Any, Actor, datetime], object]
    errors: tuple[type[Exception], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row, and why nothing would be done to it."""

    row: Any
    refusal: str


class ConfirmedAdmin(ReadOnlyAdmin[M]):
    """A list whose actions have a page each; `deeds` by the names of the actions."""

    deeds: ClassVar[Mapping[str, RowDeed]] = {}

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}"):
            return {}
        return {name: (_confirm, name, deed.label) for name, deed in self.deeds.items()}


def _confirm(admin: ConfirmedAdmin[Any], request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Show what would happen to rows, or let it happen once this was seen; called by Django."""
    name = request.POST.get("action", "")
    if name not in admin.get_actions(request):
        raise PermissionDenied
    deed = admin.deeds[name]
    found = list(rows.order_by("pk")[: MOST + 1])
    if len(found) > MOST:
        text = _("No more than %(most)d at once.") % {"most": MOST}
        admin.message_user(request, text, messages.WARNING)
        return None
    lines = [Line(row=row, refusal=deed.refusal(row)) for row in found]
    if request.POST.get(CONFIRMED):
        for line in lines:
            if line.refusal:  # since it was shown
                admin.message_user(request, f"{line.row}: {line.refusal}", messages.WARNING)
        _carry_out(admin, request, deed, [line.row for line in lines if not line.refusal])
        return None
    return TemplateResponse(request, TEMPLATE, _context(admin, request, deed, lines, name=name))


def _context(
    admin: ConfirmedAdmin[Any], request: HttpRequest, deed: RowDeed, lines: Sequence[Line], *, name: str
) -> dict[str, Any]:
    return {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": str(deed.label),
        "name": name,
        "lines": lines,
        "number": sum(not line.refusal for line in lines),
        "next": request.get_full_path(),
    }


def _carry_out(admin: ConfirmedAdmin[Any], request: HttpRequest, deed: RowDeed, rows: Sequence[Any]) -> None:
    actor = request.user if isinstance(request.user, User) else None
    number = 0
    for row in rows:
        try:
            deed.do(row, actor, timezone.now())
        except deed.errors as refusal:
            admin.message_user(request, f"{row}: {refusal}", messages.WARNING)
        else:
            number += 1
    if number:
        words = ngettext("Done for %(number)d row.", "Done for %(number)d rows.", number)
        admin.message_user(request, f"{deed.label}: {words % {'number': number}}", messages.SUCCESS)
