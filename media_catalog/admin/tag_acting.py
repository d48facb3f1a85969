"""The page on which tags that were ticked are merged or deleted: which files carry them, and what then."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin import act_rows
from media_catalog.models import Job, Tag
from media_catalog.services import acts, tag_acts, tag_records
from media_catalog.services.acts import Act
from media_catalog.services.selections import Selection
from media_catalog.templatetags.plain import visible

TEMPLATE = "admin/media_catalog/tag/act.html"
SAMPLES = 12
LONGEST_NUMBER = 18  # digits
MERGE, DELETE = "merge", "delete"
LABELS = {MERGE: gettext_lazy("Merge into one"), DELETE: gettext_lazy("Delete")}
REFUSALS = (acts.BadAct, acts.SelectionChanged, acts.Busy, tag_records.Refused)


class IntoForm(forms.Form):
    """Which of the ticked tags stays."""

    into = forms.TypedChoiceField(label=gettext_lazy("The tag that stays"), coerce=int)

    def __init__(self, data: Any, *, tags: Sequence[Tag]) -> None:
        super().__init__(data)
        self.fields["into"].choices = [(tag.pk, visible(tag.name)) for tag in tags]  # type: ignore[attr-defined]
        self.fields["into"].initial = tags[0].pk if tags else None


def may_act(request: HttpRequest) -> bool:
    """Tell whether somebody may change tags, and with them what files carry."""
    return request.user.has_perms(("media_catalog.change_tag", "media_catalog.change_mediafile"))


def choose(admin: Any, request: HttpRequest, rows: QuerySet[Tag]) -> HttpResponse | None:
    """Show what would become of tags and files, or let it happen once this was seen; called by Django."""
    name = request.POST.get("action", "")
    if name not in LABELS or not may_act(request):
        raise PermissionDenied
    tags = list(rows.order_by("name_key", "pk")[: tag_acts.MOST_MERGED + 1])
    form = IntoForm(request.POST if "into" in request.POST else None, tags=tags)
    try:
        selection, act = _meant(name, tags, form)
    except tag_records.Refused as refusal:
        admin.message_user(request, str(refusal), messages.WARNING)
        return None
    is_as_shown = request.POST.get("shown") == str(act.params.get("into", "")) and (
        name == DELETE or form.is_valid()
    )
    if request.POST.get("step") == "apply" and is_as_shown:
        try:
            return _carried_out(admin, request, selection, act)
        except REFUSALS as refusal:
            admin.message_user(request, str(refusal), messages.WARNING)
    return _page(admin, request, tags, form, selection, act)


def _meant(name: str, tags: Sequence[Tag], form: IntoForm) -> tuple[Selection, Act]:
    if len(tags) > tag_acts.MOST_MERGED:
        raise tag_records.Refused(_("No more than %(most)d at once.") % {"most": tag_acts.MOST_MERGED})
    if name == DELETE:
        return tag_acts.deleting(*tags)
    into = form.cleaned_data["into"] if form.is_bound and form.is_valid() else form.fields["into"].initial
    return tag_acts.merging(tags, next(tag for tag in tags if tag.pk == into))


def _carried_out(admin: Any, request: HttpRequest, selection: Selection, act: Act) -> HttpResponse:
    number = request.POST.get("expected", "")
    is_number = number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER
    done = acts.apply(
        selection,
        act,
        expected=int(number) if is_number else -1,
        stamp=request.POST.get("stamp", ""),
        actor=request.user if isinstance(request.user, User) else None,
        at=timezone.now(),
    )
    if isinstance(done, Job):
        admin.message_user(request, _("These are many files: here you see how far it is."), messages.SUCCESS)
        return redirect("job", done.pk)
    address, link = reverse("batch", args=[done.batch]), _("See it, or take it back")
    text = format_html('{} <a href="{}">{}</a>', _("Done."), address, link)
    admin.message_user(request, text, messages.SUCCESS)
    return redirect(request.get_full_path())


def _page(
    admin: Any, request: HttpRequest, tags: Sequence[Tag], form: IntoForm, selection: Selection, act: Act
) -> HttpResponse:
    preview = tag_acts.preview(selection, act, number=SAMPLES)
    name = request.POST["action"]
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": str(LABELS[name]),
        "name": name,
        "next": request.get_full_path(),
        "tags": tags,
        "form": form if name == MERGE else None,
        "into": act.params.get("to", ""),
        "shown": act.params.get("into", ""),
        "preview": preview,
        "rows": [act_rows.row(sample) for sample in preview.samples],
    }
    return TemplateResponse(request, TEMPLATE, context)
