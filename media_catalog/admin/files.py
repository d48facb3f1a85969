"""Files, their dates and their tags as they were read."""

import json
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.duplicates import MembershipInline
from media_catalog.admin.exports import ExportedFileInline
from media_catalog.admin.read_only import BoundedPaginator, ModelAdmin, ReadOnlyAdmin, ReadOnlyInline, table
from media_catalog.admin.tags import FileTagInline
from media_catalog.models import (
    FileMetadata,
    FileTraits,
    MediaFile,
    MediaFileQuerySet,
    SidecarLink,
    SidecarValues,
    Stack,
    TimestampCandidate,
)
from media_catalog.services import counts
from media_catalog.templatetags.capture import captured, claimed, modified
from media_catalog.templatetags.plain import visible
from media_catalog.templatetags.reasons import reason, trouble, verdict


class FilePaginator(BoundedPaginator):
    @cached_property
    def count(self) -> int:
        if isinstance(self.object_list, QuerySet) and self.object_list.query.where:
            return super().count
        return sum(counts.numbers("state").values())


class OpenFilter(admin.SimpleListFilter):
    title = _("needs a decision")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Iterable[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: MediaFileQuerySet) -> MediaFileQuerySet:  # type: ignore[override]  # files only
        return queryset.open() if self.value() == "yes" else queryset


class CandidateInline(ReadOnlyInline):
    model = TimestampCandidate
    verbose_name_plural = _("what speaks for which date")
    fields = ("is_chosen", "source", "raw", "claim", "weight", "verdict", "words")
    readonly_fields = ("raw", "claim", "words")
    ordering = ("rank",)

    @admin.display(description=_("as written"))
    def raw(self, candidate: TimestampCandidate) -> str:
        return visible(candidate.raw_text)

    @admin.display(description=_("read as"))
    def claim(self, candidate: TimestampCandidate) -> str:
        return claimed(candidate)

    @admin.display(description=_("why"))
    def words(self, candidate: TimestampCandidate) -> str:
        return visible(verdict(candidate))


def picture(file: MediaFile, *, size_px: int) -> SafeString | str:
    """Show the grid picture of a file no larger than `size_px`, or nothing where there is none."""
    if not file.has_thumbnail:
        return "-"
    url = f"{reverse('thumbnail', args=[file.pk])}?v={file.sha256[:8]}"
    return format_html('<img class="thumbnail" src="{}" alt="" height="{}" loading="lazy">', url, size_px)


def tag_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@admin.register(MediaFile)
class MediaFileAdmin(ReadOnlyAdmin[MediaFile]):
    list_display = (
        "thumbnail",
        "shown_name",
        "date",
        "captured_from",
        "confidence",
        "kind",
        "state",
        "fate",
        "source__label",
    )
    list_display_links = ("thumbnail", "shown_name")
    list_filter = ("state", "confidence", "kind", "fate", OpenFilter, "is_flagged", "source")
    list_select_related = ("source",)
    paginator = FilePaginator
    search_fields = ("name", "path_text", "camera_make", "camera_model")
    search_help_text = _("Name, folder or camera")
    inlines = (CandidateInline, MembershipInline, FileTagInline, ExportedFileInline)
    readonly_fields = (
        "large_thumbnail",
        "shown_name",
        "shown_path",
        "date",
        "reasons",
        "shown_trouble",
        "instant",
        "modified_at",
        "hash_of_picture",
        "all_tags",
    )
    fieldsets = (
        (None, {"fields": ("large_thumbnail", "shown_name", "shown_path", "source", "state", "fate")}),
        (
            _("Its date"),
            {"fields": ("date", "confidence", "captured_from", "reasons", "offset_source", "instant")},
        ),
        (
            _("Review"),
            {
                "fields": (
                    "is_open",
                    "disposition",
                    "is_flagged",
                    "snoozed_until",
                    "reviewed_at",
                    "reviewed_by",
                )
            },
        ),
        (_("Trouble"), {"fields": ("reason_code", "shown_trouble", "damage")}),
        (
            _("What it is"),
            {
                "fields": (
                    "kind",
                    "mime_type",
                    "extension",
                    "duration_s",
                    "camera_make",
                    "camera_model",
                    "camera_serial",
                    "gps_lat",
                    "gps_lon",
                    "gps_altitude_m",
                    "description",
                    "rating",
                    "is_favourite",
                    "stack",
                    "belongs_to",
                )
            },
        ),
        (
            _("The file"),
            {
                "fields": (
                    "sha256",
                    "image_data_hash",
                    "hash_of_picture",
                    "information",
                    "modified_at",
                    "discovered_at",
                    "analysed_at",
                )
            },
        ),
        (_("All tags as read"), {"classes": ("collapse",), "fields": ("all_tags",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[MediaFile]:
        return super().get_queryset(request).defer("path_bytes")

    @admin.display(description=_("picture"))
    def thumbnail(self, file: MediaFile) -> str:
        return picture(file, size_px=64)

    @admin.display(description=_("picture"))
    def large_thumbnail(self, file: MediaFile) -> str:
        return picture(file, size_px=320)

    @admin.display(description=_("name"))
    def shown_name(self, file: MediaFile) -> str:
        return visible(file.name)

    @admin.display(description=_("path"))
    def shown_path(self, file: MediaFile) -> str:
        return visible(file.path_text)

    @admin.display(description=_("date"))
    def date(self, file: MediaFile) -> str:
        return captured(file)

    @admin.display(description=_("why"))
    def reasons(self, file: MediaFile) -> str:
        return ", ".join(visible(reason(str(one))) for one in file.date_reasons) or "-"

    @admin.display(description=_("reason"))
    def shown_trouble(self, file: MediaFile) -> str:
        return visible(trouble(file.reason_text)) or "-"

    @admin.display(description=_("instant, in UTC"))
    def instant(self, file: MediaFile) -> str:
        return "-" if file.captured_at is None else f"{file.captured_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("modified"))
    def modified_at(self, file: MediaFile) -> str:
        return "-" if file.mtime_ns is None else modified(file.mtime_ns)

    @admin.display(description=_("perceptual hash"))
    def hash_of_picture(self, file: MediaFile) -> str:
        return "-" if file.phash is None else f"{file.phash % (1 << 64):016x}"

    @admin.display(description=_("tags"))
    def all_tags(self, file: MediaFile) -> str:
        metadata = FileMetadata.objects.filter(pk=file.pk).first()
        if metadata is None:
            return "-"
        return table((name, tag_text(value)) for name, value in sorted(metadata.tags.items()))


@admin.register(FileMetadata)
class FileMetadataAdmin(ReadOnlyAdmin[FileMetadata]):
    is_part = True
    list_display = ("file",)
    list_select_related = ("file",)


@admin.register(FileTraits)
class FileTraitsAdmin(ReadOnlyAdmin[FileTraits]):
    is_part = True
    list_display = ("file", "shot_local", "burst_id", "live_id", "sharpness", "facts_count")
    list_select_related = ("file",)


@admin.register(TimestampCandidate)
class TimestampCandidateAdmin(ReadOnlyAdmin[TimestampCandidate]):
    is_part = True
    list_display = ("source", "raw_text", "claim", "weight", "verdict", "is_chosen", "file")
    list_filter = ("is_chosen",)
    list_select_related = ("file",)

    @admin.display(description=_("read as"))
    def claim(self, candidate: TimestampCandidate) -> str:
        return claimed(candidate)


@admin.register(Stack)
class StackAdmin(ReadOnlyAdmin[Stack]):
    is_part = True
    list_display = ("id", "kind", "created_at")
    list_filter = ("kind",)


@admin.register(SidecarLink)
class SidecarLinkAdmin(ReadOnlyAdmin[SidecarLink]):
    list_display = ("file", "sidecar", "rule")
    list_select_related = ("file", "sidecar")
    is_part = True


@admin.register(SidecarValues)
class SidecarValuesAdmin(ReadOnlyAdmin[SidecarValues]):
    list_display = ("file",)
    list_select_related = ("file",)
    is_part = True
