"""Groups of copies."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import DuplicateGroup, DuplicateMember, PairVerdict


class MembershipInline(ReadOnlyInline):
    """The groups that a file is in."""

    model = DuplicateMember
    verbose_name_plural = _("copies")
    fields = ("group", "is_keeper", "rank", "distance_bits", "reasons")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("group")


class MemberInline(ReadOnlyInline):
    """The files of a group."""

    model = DuplicateMember
    fields = ("rank", "file", "is_keeper", "distance_bits", "reasons")
    ordering = ("rank", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("file")


@admin.register(DuplicateGroup)
class DuplicateGroupAdmin(ReadOnlyAdmin[DuplicateGroup]):
    list_display = ("id", "kind", "created_at", "resolved_at")
    list_filter = ("kind",)
    inlines = (MemberInline,)


@admin.register(DuplicateMember)
class DuplicateMemberAdmin(ReadOnlyAdmin[DuplicateMember]):
    is_part = True
    list_display = ("group", "file", "is_keeper", "rank", "distance_bits")
    list_filter = ("kind", "is_keeper")
    list_select_related = ("group", "file")


@admin.register(PairVerdict)
class PairVerdictAdmin(ReadOnlyAdmin[PairVerdict]):
    list_display = ("created_at", "first_sha256", "second_sha256", "actor", "is_undone", "batch")
    list_filter = ("is_undone",)
    list_select_related = ("actor",)
