"""Archives and what was written to them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import Archive, Deletion, Export, ExportedFile


class ExportedFileInline(ReadOnlyInline):
    """The places that a file has in archives."""

    model = ExportedFile
    verbose_name_plural = _("in archives")
    fields = ("archive", "destination", "state", "verified_at", "tags_error", "reason_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("archive")


@admin.register(Archive)
class ArchiveAdmin(ReadOnlyAdmin[Archive]):
    list_display = ("root_text", "created_at")


@admin.register(Export)
class ExportAdmin(ReadOnlyAdmin[Export]):
    list_display = ("id", "archive", "job", "is_forced")
    list_select_related = ("archive", "job")


@admin.register(ExportedFile)
class ExportedFileAdmin(ReadOnlyAdmin[ExportedFile]):
    list_display = ("destination", "file", "state", "verified_at", "tags_error", "archive")
    list_filter = ("state", "archive")
    list_select_related = ("file", "archive")
    search_fields = ("destination",)
    search_help_text = _("Path in the archive")


@admin.register(Deletion)
class DeletionAdmin(ReadOnlyAdmin[Deletion]):
    list_display = ("created_at", "original_text", "state", "copy_text", "reason_text", "actor", "job")
    list_filter = ("state",)
    list_select_related = ("actor", "job")
