"""What people decided: acts with their decisions, which are taken back and done again, and never edited."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog import changes, sentences
from media_catalog.admin.confirmed import ConfirmedAdmin, RowDeed
from media_catalog.admin.pictures import picture
from media_catalog.admin.read_only import BoundedFormSet, LeanChangeList, ReadOnlyAdmin, ReadOnlyInline, table
from media_catalog.models import Decision, DecisionBatch
from media_catalog.services import acts, jobs
from media_catalog.services.decisions import Actor
from media_catalog.templatetags.plain import visible

SHOWN_DECISIONS = 50


def _not_to_undo(act: DecisionBatch) -> str:
    return _("it was taken back already") if act.undone_by_id else ""


def _not_to_redo(act: DecisionBatch) -> str:
    return "" if act.undone_by_id else _("it was not taken back")


def _undo(act: DecisionBatch, actor: Actor, at: datetime) -> object:
    return acts.undo(act.pk, actor=actor, at=at)


def _redo(act: DecisionBatch, actor: Actor, at: datetime) -> object:
    return acts.redo(act.pk, actor=actor, at=at)


REFUSALS = (acts.BadAct, jobs.AlreadyRunning)


class UndoneFilter(admin.SimpleListFilter):
    title = gettext_lazy("taken back")
    parameter_name = "undone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(undone_by__isnull=self.value() == "no")


def _tell(decisions: Iterable[Any]) -> None:
    """Put what decisions changed into words, as the history does: one look at tags for all of them."""
    known = list(decisions)
    names = changes.tags_of(known)
    for decision in known:
        decision.lines = changes.lines(decision, names)


def _texts(decision: Any) -> list[str]:
    if not hasattr(decision, "lines"):
        _tell([decision])
    return [f"{line.label}: {line.before} → {line.after}" for line in decision.lines]


@admin.display(description=gettext_lazy("what it changed"))
def _changed(decision: Decision) -> str:
    return format_html_join("", "<div>{}</div>", ([visible(text)] for text in _texts(decision))) or "-"


@admin.register(DecisionBatch)
class DecisionBatchAdmin(ConfirmedAdmin[DecisionBatch]):
    list_display = ("created_at", "verb", "files", "actor", "undone_by", "story")
    list_filter = ("verb", UndoneFilter, "actor")
    list_select_related = ("actor", "undone_by")
    ordering = ("-created_at", "-pk")
    readonly_fields = ("sentence", "story", "first_decisions")
    fields = (
        "verb",
        "sentence",
        "number",
        "actor",
        "created_at",
        "undone_by",
        "job",
        "story",
        "first_decisions",
    )
    deeds: ClassVar = {
        "undo": RowDeed(label=gettext_lazy("Take back"), refusal=_not_to_undo, do=_undo, errors=REFUSALS),
        "redo": RowDeed(label=gettext_lazy("Do again"), refusal=_not_to_redo, do=_redo, errors=REFUSALS),
    }

    @admin.display(description=gettext_lazy("files"))
    def files(self, act: DecisionBatch) -> str:
        return number_format(act.number, force_grouping=True)

    @admin.display(description=gettext_lazy("how"))
    def sentence(self, act: DecisionBatch) -> str:
        first = DecisionBatch.objects.filter(pk=act.params.get("of")).first()
        return visible(sentences.sentence(act, first=first))

    @admin.display(description=gettext_lazy("history"))
    def story(self, act: DecisionBatch) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("batch", args=[act.pk]), _("What it changed"))

    @admin.display(description=gettext_lazy("decisions"))
    def first_decisions(self, act: DecisionBatch) -> str:
        found = Decision.objects.filter(batch=act.pk).select_related("file").order_by("pk")[:SHOWN_DECISIONS]
        _tell(found)
        rows = [(one.file.path_text, one.get_kind_display(), "; ".join(_texts(one))) for one in found]
        if not rows:
            return _("none")
        url = f"{reverse('admin:media_catalog_decision_changelist')}?batch__exact={act.pk}"
        return format_html('{}<a href="{}">{}</a>', table(rows), url, _("All decisions"))


class DecisionFormSet(BoundedFormSet):
    @cached_property
    def first_rows(self) -> QuerySet[Any]:
        rows = super().first_rows
        _tell(rows)
        return rows


class DecisionInline(ReadOnlyInline):
    """What people decided about a file, the last first."""

    model = Decision
    fk_name = "file"
    formset = DecisionFormSet
    fields = readonly_fields = ("created_at", "kind", "actor", "changed")
    changed = staticmethod(_changed)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("actor")


class DecisionChangeList(LeanChangeList):
    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        _tell(self.result_list)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin[Decision]):
    # Of millions only those of one act, or of one file, are found quickly: so nothing else narrows the list.
    list_display = ("created_at", "thumbnail", "kind", "file", "actor", "changed", "act")
    list_select_related = ("file", "actor")
    fields = readonly_fields = (
        "created_at",
        "kind",
        "file",
        "actor",
        "changed",
        "taken_from",
        "undoes",
        "act",
    )
    changed = staticmethod(_changed)

    def get_changelist(self, request: HttpRequest, **_more: Any) -> type[DecisionChangeList]:
        return DecisionChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup == "file__id__exact" or (lookup == "batch__exact" and _is_key(value))

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, decision: Decision) -> str:
        return picture(decision.file, size_px=64)

    @admin.display(description=gettext_lazy("act"))
    def act(self, decision: Decision) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("batch", args=[decision.batch]), decision.batch)


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
