"""Tags, and the files that carry them."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import FileTag, Tag
from media_catalog.services import tags


class TagForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Tag
        fields = ("name",)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        self.instance.name_key = tags.name_key(name)
        same = Tag.objects.filter(kind=self.instance.kind, name_key=self.instance.name_key)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another tag has this name."))
        return name


class FileTagInline(ReadOnlyInline):
    model = FileTag
    fields = ("tag", "origin")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("tag")


@admin.register(Tag)
class TagAdmin(ReadOnlyAdmin[Tag]):
    form = TagForm
    list_display = ("name", "kind", "created_at", "files")
    list_filter = ("kind",)
    search_fields = ("name",)
    fields = ("name", "kind", "created_at")
    readonly_fields = ("kind", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return request.user.has_perm("media_catalog.change_tag")

    @admin.display(description=gettext_lazy("files"))
    def files(self, tag: Tag) -> str:
        address = f"{reverse('admin:media_catalog_mediafile_changelist')}?{urlencode({'tag': tag.name})}"
        return format_html('<a href="{}">{}</a>', address, _("Files that carry it"))


@admin.register(FileTag)
class FileTagAdmin(ReadOnlyAdmin[FileTag]):
    is_part = True
    list_display = ("tag", "file", "origin")
    list_select_related = ("tag", "file")
