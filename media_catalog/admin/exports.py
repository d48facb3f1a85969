"""Archives, what was written to them, and which originals were deleted for it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.pictures import picture
from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import Archive, Deletion, Export, ExportedFile, MediaFile
from media_catalog.services import export_targets
from media_catalog.templatetags.capture import captured


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
    list_display = ("id", "archive", "state", "written", "failed", "is_forced", "created", "finished", "page")
    list_filter = ("archive", "job__state")
    list_select_related = ("archive", "job")
    readonly_fields = ("files",)

    @admin.display(description=_("state"))
    def state(self, export: Export) -> str:
        return str(export.job.get_state_display())

    @admin.display(description=_("written"))
    def written(self, export: Export) -> int:
        return export.job.done_count

    @admin.display(description=_("failed"))
    def failed(self, export: Export) -> int:
        return export.job.failed_count

    @admin.display(description=_("created"))
    def created(self, export: Export) -> Any:
        return export.job.created_at

    @admin.display(description=_("finished"))
    def finished(self, export: Export) -> Any:
        return export.job.finished_at

    @admin.display(description=_("page"))
    def page(self, export: Export) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("export", args=[export.job_id]), _("What it wrote"))

    @admin.display(description=_("files"))
    def files(self, export: Export) -> SafeString:
        address = f"{reverse('admin:media_catalog_exportedfile_changelist')}?export__id__exact={export.pk}"
        return format_html('<a href="{}">{}</a>', address, _("All files that it wrote"))


class OfFileMixin:
    """Shows the picture and the date of the file that a row is about, if that is still known."""

    @admin.display(description=_("picture"))
    def thumbnail(self, row: Any) -> str:
        file: MediaFile | None = row.file
        return picture(file, size_px=64) if file else "-"

    @admin.display(description=_("date"))
    def date(self, row: Any) -> str:
        file: MediaFile | None = row.file
        return captured(file) if file else "-"


@admin.register(ExportedFile)
class ExportedFileAdmin(OfFileMixin, ReadOnlyAdmin[ExportedFile]):
    list_display = (
        "thumbnail",
        "destination",
        "date",
        "file",
        "state",
        "verified_at",
        "tags_error",
        "archive",
    )
    list_display_links = ("destination",)
    list_filter = ("state", "archive")
    list_select_related = ("file", "archive")
    search_fields = ("destination",)
    search_help_text = _("Whole path in the archive, such as 2015/20150131_142030.jpg")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ExportedFile], search_term: str
    ) -> tuple[QuerySet[ExportedFile], bool]:
        # Of a million paths a part would be found by reading all of them; a whole one is found by its key.
        path = search_term.strip().strip("/")
        archives = list(Archive.objects.values_list("pk", flat=True))  # the index begins with the archive
        found = queryset.filter(archive__in=archives, destination_key=export_targets.key(path))
        return found if path else queryset, False


@admin.register(Deletion)
class DeletionAdmin(OfFileMixin, ReadOnlyAdmin[Deletion]):
    list_display = (
        "created_at",
        "thumbnail",
        "original_text",
        "date",
        "state",
        "copy_text",
        "reason_text",
        "actor",
        "job",
    )
    list_filter = ("state",)
    list_select_related = ("actor", "job", "file")
