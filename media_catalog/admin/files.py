"""Files, their dates and their tags as they were read."""

import json
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from media_catalog.admin import acting, file_filters
from media_catalog.admin.decisions import DecisionInline
from media_catalog.admin.deeds import DEEDS
from media_catalog.admin.duplicates import MembershipInline
from media_catalog.admin.exports import ExportedFileInline
from media_catalog.admin.file_list import SEARCH, FileChangeList
from media_catalog.admin.pictures import picture
from media_catalog.admin.read_only import ReadOnlyAdmin, ReadOnlyInline, table
from media_catalog.admin.tags import FileTagInline
from media_catalog.models import Fate, FileMetadata, MediaFile, State, TimestampCandidate
from media_catalog.services import selections
from media_catalog.templatetags.capture import captured, claimed, modified
from media_catalog.templatetags.date_sources import trust
from media_catalog.templatetags.plain import visible
from media_catalog.templatetags.reasons import reason, trouble, verdict


class CandidateInline(ReadOnlyInline):
    model = TimestampCandidate
    verbose_name_plural = _("what speaks for which date")
    fields = ("is_chosen", "source", "raw", "claim", "trusted", "verdict", "words")
    readonly_fields = ("raw", "claim", "trusted", "words")
    ordering = ("rank",)

    @admin.display(description=_("as written"))
    def raw(self, candidate: TimestampCandidate) -> str:
        return visible(candidate.raw_text)

    @admin.display(description=_("read as"))
    def claim(self, candidate: TimestampCandidate) -> str:
        return claimed(candidate)

    @admin.display(description=_("trusted"))
    def trusted(self, candidate: TimestampCandidate) -> str:
        return trust(candidate.weight)

    @admin.display(description=_("why"))
    def words(self, candidate: TimestampCandidate) -> str:
        return visible(verdict(candidate))


# As `walks` notes them.
MARKS = {
    "is_flagged": _("flagged"),
    "reviewed_at": _("confirmed"),
    "is_copy": _("identical copy"),
    "is_grouped": _("in an unresolved group"),
    "snoozed_until": _("put off"),
}


def tag_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@admin.register(MediaFile)
class MediaFileAdmin(ReadOnlyAdmin[MediaFile]):
    list_display = (
        "thumbnail",
        "shown_name",
        "dated",
        "confidence",
        "kind",
        "camera",
        "standing",
        "marks",
        "source_label",
    )
    list_display_links = ("thumbnail", "shown_name")
    list_filter = file_filters.FILTERS
    list_per_page = 50
    search_fields = ("path_text", "camera_make", "camera_model")
    search_help_text = _("Name, folder or camera")
    inlines = (CandidateInline, MembershipInline, FileTagInline, DecisionInline, ExportedFileInline)
    readonly_fields = (
        "large_thumbnail",
        "shown_name",
        "shown_path",
        "date",
        "reasons",
        "became",
        "shown_trouble",
        "instant",
        "modified_at",
        "hash_of_picture",
        "all_tags",
    )
    fieldsets = (
        (None, {"fields": ("large_thumbnail", "shown_name", "shown_path", "source", "state", "became")}),
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

    def get_changelist(self, request: HttpRequest, **_more: Any) -> type[FileChangeList]:
        return FileChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # Whatever narrowed the list and is no filter would be forgotten where "all that match" are meant.
        return lookup in selections.FILTERS

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[MediaFile], search_term: str
    ) -> tuple[QuerySet[MediaFile], bool]:
        text = search_term.strip()
        return file_filters.narrow(queryset, {SEARCH: text}) if text else queryset, False

    def get_urls(self) -> list[URLPattern]:
        page = path(
            "act/<slug:name>/", self.admin_site.admin_view(self.act), name="media_catalog_mediafile_act"
        )
        return [page, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer what is done by pages of its own; nothing here is called by Django."""
        named = {acting.TABLE: _("Table for spreadsheets (CSV)")}
        if acting.may_act(request):
            named = {name: deed.label for name, deed in DEEDS.items()} | named
        return {name: (None, name, label) for name, label in named.items()}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        name = request.POST.get("action", "")
        if request.method == "POST" and name in self.get_actions(request):
            return self._begin(request, name)
        return super().changelist_view(request, extra_context)

    def _begin(self, request: HttpRequest, name: str) -> HttpResponseBase:
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            files = cast("FileChangeList", self.get_changelist_instance(request))
            selection = acting.chosen(request, files)
        except (selections.BadSelection, IncorrectLookupParameters) as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return redirect(request.get_full_path())
        if name == acting.TABLE:
            return acting.table(selection)
        return acting.begin(request, name, selection, site=self._site(request))

    def act(self, request: HttpRequest, name: str) -> HttpResponseBase:
        return acting.act(request, name, site=self._site(request))

    def _site(self, request: HttpRequest) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts}

    def view_on_site(self, file: MediaFile) -> str:
        return reverse("file", args=[file.pk])

    @admin.display(description=_("picture"))
    def thumbnail(self, file: MediaFile) -> str:
        return picture(file, size_px=64, says=file.name)

    @admin.display(description=_("source"))
    def source_label(self, file: MediaFile) -> str:
        return visible(file.source.label)

    @admin.display(description=_("camera"))
    def camera(self, file: MediaFile) -> str:
        return visible(file.camera_model) or "-"

    @admin.display(description=_("marks"))
    def marks(self, file: MediaFile) -> str:
        return ", ".join(str(text) for name, text in MARKS.items() if getattr(file, name, None)) or "-"

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

    @admin.display(description=_("date"))
    def dated(self, file: MediaFile) -> str:
        origin = format_html('<br><span class="quiet">{}</span>', visible(file.captured_from))
        return format_html("{}{}", captured(file), origin if file.captured_from else "")

    @admin.display(description=_("state"))
    def standing(self, file: MediaFile) -> str:
        return f"{State(file.state).label}, {Fate(file.fate).label}"

    @admin.display(description=_("why"))
    def reasons(self, file: MediaFile) -> str:
        return ", ".join(visible(reason(str(one))) for one in file.date_reasons) or "-"

    @admin.display(description=_("what became of it"))
    def became(self, file: MediaFile) -> str:
        return str(file.get_fate_display())

    @admin.display(description=_("reason"))
    def shown_trouble(self, file: MediaFile) -> str:
        return visible(trouble(file.reason_text)) or "-"

    @admin.display(description=_("instant, in UTC"))
    def instant(self, file: MediaFile) -> str:
        return "-" if file.captured_at is None else f"{file.captured_at:%Y-%m-%d %H:%M:%S}"

    @admin.display(description=_("modified"))
    def modified_at(self, file: MediaFile) -> str:
        return "-" if file.mtime_ns is None else modified(file.mtime_ns)

    @admin.display(description=_("fingerprint of the picture"))
    def hash_of_picture(self, file: MediaFile) -> str:
        return "-" if file.phash is None else f"{file.phash % (1 << 64):016x}"

    @admin.display(description=_("tags"))
    def all_tags(self, file: MediaFile) -> str:
        metadata = FileMetadata.objects.filter(pk=file.pk).first()
        if metadata is None:
            return "-"
        return table((name, tag_text(value)) for name, value in sorted(metadata.tags.items()))
