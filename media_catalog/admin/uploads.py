"""What came from browsers."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import Upload, UploadedFile
from media_catalog.templatetags.plain import visible


class UploadedFileInline(ReadOnlyInline):
    """The first files of an upload."""

    model = UploadedFile
    fields = ("path", "state", "size_bytes", "received_bytes", "reason_text")
    readonly_fields = ("path",)
    ordering = ("pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("stored_bytes")

    @admin.display(description=_("path"))
    def path(self, file: UploadedFile) -> str:
        return visible(file.path_text)


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin[Upload]):
    list_display = ("created_at", "label", "state", "owner", "source", "job", "touched_at")
    list_filter = ("state",)
    list_select_related = ("owner", "source", "job")
    ordering = ("-created_at", "-pk")
    inlines = (UploadedFileInline,)


@admin.register(UploadedFile)
class UploadedFileAdmin(ReadOnlyAdmin[UploadedFile]):
    is_part = True
    list_display = ("path_text", "state", "size_bytes", "received_bytes", "upload", "reason_text")
    list_select_related = ("upload",)
