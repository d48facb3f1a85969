"""What files are made up of and go with: reached from them, for nobody looks for it alone."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.read_only import ReadOnlyAdmin
from media_catalog.models import (
    FileMetadata,
    FileTraits,
    SidecarLink,
    SidecarValues,
    Stack,
    TimestampCandidate,
)
from media_catalog.templatetags.capture import claimed
from media_catalog.templatetags.date_sources import trust


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
    list_display = ("source", "raw_text", "claim", "trusted", "verdict", "is_chosen", "file")
    list_select_related = ("file",)

    @admin.display(description=_("read as"))
    def claim(self, candidate: TimestampCandidate) -> str:
        return claimed(candidate)

    @admin.display(description=_("trusted"))
    def trusted(self, candidate: TimestampCandidate) -> str:
        return trust(candidate.weight)


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
