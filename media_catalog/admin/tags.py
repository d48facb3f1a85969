"""Tags, and the files that carry them."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin import tag_acting
from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import (
    FileTag,
    ProposedFile,
    ProposedFolder,
    Tag,
    TagAlias,
    TagDecision,
    TagProposal,
)
from media_catalog.services import tag_acts, tag_records, tag_tree


class TagForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Tag
        fields = ("name", "parent", "colour")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        try:
            same = tag_acts.same_name(self.instance, name=name, kind=self.instance.kind)
        except tag_records.Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        if same:
            raise ValidationError(_("Another tag has this name: merge the two."))
        return name

    def clean_parent(self) -> Tag | None:
        parent: Tag | None = self.cleaned_data["parent"]
        if parent and parent.pk in tag_tree.below([self.instance.pk]):
            raise ValidationError(_("A tag cannot be below itself."))
        return parent


class FileTagInline(ReadOnlyInline):
    model = FileTag
    fields = ("tag", "origin")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("tag")


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin[Tag]):
    """Whatever is changed here is an act of the history."""

    form = TagForm
    list_display = ("name", "kind", "parent", "colour", "created_at", "files")
    list_filter = ("kind", "colour")
    list_select_related = ("parent",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Name")
    fields = ("name", "kind", "parent", "colour", "created_at")
    raw_id_fields = ("parent",)
    readonly_fields = ("kind", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return tag_acting.may_act(request)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not tag_acting.may_act(request):
            return {}
        return {name: (tag_acting.choose, name, label) for name, label in tag_acting.LABELS.items()}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except tag_records.Refused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return redirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        actor = request.user if isinstance(request.user, User) else None
        values, at = form.cleaned_data, timezone.now()
        if "name" in form.changed_data:
            tag_acts.rename(obj, name=values["name"], kind=obj.kind, actor=actor, at=at)
        if "parent" in form.changed_data:
            tag_acts.move(obj, parent=values["parent"], actor=actor, at=at)
        if "colour" in form.changed_data:
            tag_acts.colour(obj, colour=values["colour"], actor=actor, at=at)

    @admin.display(description=gettext_lazy("files"))
    def files(self, tag: Tag) -> str:
        address = f"{reverse('admin:media_catalog_mediafile_changelist')}?{urlencode({'tagged': tag.pk})}"
        return format_html('<a href="{}">{}</a>', address, _("Files that carry it"))


@admin.register(FileTag)
class FileTagAdmin(ReadOnlyAdmin[FileTag]):
    is_part = True
    list_display = ("tag", "file", "origin")
    list_select_related = ("tag", "file")


@admin.register(TagAlias)
class TagAliasAdmin(ReadOnlyAdmin[TagAlias]):
    is_part = True
    list_display = ("name_key", "kind", "tag")
    list_select_related = ("tag",)


@admin.register(TagProposal)
class TagProposalAdmin(ReadOnlyAdmin[TagProposal]):
    list_display = ("name", "origin", "is_refused", "created_at")
    list_filter = ("origin", "is_refused")
    search_fields = ("name",)


@admin.register(ProposedFolder)
class ProposedFolderAdmin(ReadOnlyAdmin[ProposedFolder]):
    is_part = True
    list_display = ("proposal", "source", "folder_key")
    list_select_related = ("proposal", "source")


@admin.register(ProposedFile)
class ProposedFileAdmin(ReadOnlyAdmin[ProposedFile]):
    is_part = True
    list_display = ("proposal", "file")
    list_select_related = ("proposal", "file")


@admin.register(TagDecision)
class TagDecisionAdmin(ReadOnlyAdmin[TagDecision]):
    is_part = True
    list_display = ("created_at", "about", "key", "before", "after", "batch", "undoes")
    list_select_related = ("undoes",)
