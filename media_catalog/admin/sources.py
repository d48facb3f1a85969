"""Where files come from, and how many of them are known."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlencode
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin.confirmed import ConfirmedAdmin, RowDeed
from media_catalog.admin.read_only import ReadOnlyAdmin
from media_catalog.models import Job, LibraryCount, Source
from media_catalog.services import imports, jobs, preference_rules, sources
from media_catalog.services.decisions import Actor


def _running(source: Source) -> str:
    running = Job.objects.unfinished().filter(kind=Job.Kind.IMPORT, source=source).first()
    return _("job %(job)s is importing it already") % {"job": running.pk} if running else ""


def _import(source: Source, _actor: Actor, at: datetime) -> object:
    return imports.start(source, created_at=at)


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = Source
        fields = ("label", "time_zone", "keeper_preference")

    def clean_time_zone(self) -> str:
        zone: str = self.cleaned_data["time_zone"]
        if zone and zone not in available_timezones():
            raise ValidationError(_("This is not a time zone, such as Europe/Berlin."))
        return zone

    def clean_keeper_preference(self) -> int:
        preference: int = self.cleaned_data["keeper_preference"]
        most = sources.MOST_PREFERRED
        if abs(preference) > most:
            raise ValidationError(_("Give a number from -%(most)d to %(most)d.") % {"most": most})
        return preference


@admin.register(Source)
class SourceAdmin(ConfirmedAdmin[Source]):
    form = SourceForm
    list_display = ("label", "root_text", "file_count", "time_zone", "keeper_preference", "created_at")
    fields = ("label", "root_text", "time_zone", "keeper_preference", "owner", "created_at")
    readonly_fields = ("root_text", "owner", "created_at")
    search_fields = ("label", "root_text")
    deeds: ClassVar = {
        "import": RowDeed(
            label=gettext_lazy("Import again"), refusal=_running, do=_import, errors=(jobs.AlreadyRunning,)
        )
    }

    def has_change_permission(self, request: HttpRequest, obj: Source | None = None) -> bool:
        return request.user.has_perm("media_catalog.change_source")

    def save_model(self, request: HttpRequest, obj: Source, form: Any, change: bool) -> None:
        values = form.cleaned_data
        actor = request.user if isinstance(request.user, User) else None
        sources.describe(obj, label=values["label"], time_zone=values["time_zone"])
        preference_rules.prefer(obj, values["keeper_preference"], actor=actor, at=timezone.now())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        each_file_once = Q(counts__facet="state")
        return super().get_queryset(request).annotate(known=Sum("counts__number", filter=each_file_once))

    @admin.display(description=gettext_lazy("files"))
    def file_count(self, source: Any) -> str:
        address = f"{reverse('admin:media_catalog_mediafile_changelist')}?{urlencode({'source': source.pk})}"
        number = number_format(source.known or 0, force_grouping=True)
        return format_html('<a href="{}">{}</a>', address, number)


@admin.register(LibraryCount)
class LibraryCountAdmin(ReadOnlyAdmin[LibraryCount]):
    is_part = True
    list_display = ("source", "facet", "value", "number")
    list_filter = ("facet", "source")
    list_select_related = ("source",)
