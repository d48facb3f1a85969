"""Where files come from, and how many of them are known."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin.read_only import ReadOnlyAdmin
from media_catalog.models import LibraryCount, Source


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Source
        fields = ("label", "time_zone", "keeper_preference")

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise ValidationError(_("This is not a time zone, such as Europe/Berlin."))
        return zone


@admin.register(Source)
class SourceAdmin(ReadOnlyAdmin[Source]):
    form = SourceForm
    list_display = ("label", "root_text", "file_count", "time_zone", "keeper_preference", "created_at")
    fields = ("label", "root_text", "time_zone", "keeper_preference", "owner", "created_at")
    readonly_fields = ("root_text", "owner", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return request.user.has_perm("media_catalog.change_source")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        each_file_once = Q(counts__facet="state")
        return super().get_queryset(request).annotate(known=Sum("counts__number", filter=each_file_once))

    @admin.display(description=gettext_lazy("files"))
    def file_count(self, source: Any) -> int:
        return source.known or 0


@admin.register(LibraryCount)
class LibraryCountAdmin(ReadOnlyAdmin[LibraryCount]):
    is_part = True
    list_display = ("source", "facet", "value", "number")
    list_filter = ("facet", "source")
    list_select_related = ("source",)
