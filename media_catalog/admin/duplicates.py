"""Groups of copies, with their members and what each of them is kept or set aside for."""

import copy
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_catalog.admin import resolving
from media_catalog.admin.pictures import picture
from media_catalog.admin.read_only import LeanChangeList, ReadOnlyAdmin, ReadOnlyInline
from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile, PairVerdict
from media_catalog.templatetags.capture import captured
from media_catalog.templatetags.plain import visible


class MembershipInline(ReadOnlyInline):
    """The groups that a file is in."""

    model = DuplicateMember
    verbose_name_plural = gettext_lazy("copies")
    fields = ("group", "is_keeper", "rank", "distance_bits", "reasons")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("group")


class MemberInline(ReadOnlyInline):
    """The files of a group."""

    model = DuplicateMember
    fields = (
        "thumbnail",
        "rank",
        "file",
        "date",
        "size",
        "decision",
        "is_keeper",
        "distance_bits",
        "words",
    )
    readonly_fields = ("thumbnail", "date", "size", "decision", "words")
    ordering = ("rank", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("file")

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, member: DuplicateMember) -> str:
        return picture(member.file, size_px=96)

    @admin.display(description=gettext_lazy("date"))
    def date(self, member: DuplicateMember) -> str:
        return captured(member.file)

    @admin.display(description=gettext_lazy("size"))
    def size(self, member: DuplicateMember) -> str:
        file = member.file
        pixels = f"{file.width_px} × {file.height_px}, " if file.width_px else ""  # noqa: RUF001  by
        return f"{pixels}{filesizeformat(file.size_bytes)}"

    @admin.display(description=gettext_lazy("why it stands here"))
    def words(self, member: DuplicateMember) -> str:
        return ", ".join(visible(code).replace("_", " ") for code in member.reasons) or "-"

    @admin.display(description=gettext_lazy("decision"))
    def decision(self, member: DuplicateMember) -> str:
        return str(member.file.get_disposition_display())


class ResolvedFilter(admin.SimpleListFilter):
    title = gettext_lazy("resolved")
    parameter_name = "resolved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(resolved_at__isnull=self.value() == "no")


class KindFilter(admin.ChoicesFieldListFilter):
    def __init__(self, field: Any, *others: Any, **more: Any) -> None:
        field = copy.copy(field)
        field.choices = DuplicateGroup.Kind.in_words()
        super().__init__(field, *others, **more)


class GroupChangeList(LeanChangeList):
    """Reads what is shown of the groups of a page: two queries, however many groups there are."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        groups = list(self.result_list)
        members = DuplicateMember.objects.filter(group__in=groups)
        keepers = {one.group_id: one.file for one in members.filter(is_keeper=True).select_related("file")}
        numbers = dict(members.values_list("group").annotate(Count("pk")).order_by())
        for group in groups:
            group.keeper, group.number = keepers.get(group.pk), numbers.get(group.pk, 0)
        self.result_list: Sequence[Any] = groups


@admin.register(DuplicateGroup)
class DuplicateGroupAdmin(ReadOnlyAdmin[DuplicateGroup]):
    list_display = ("thumbnail", "keeper", "date", "called", "number", "created_at", "resolved_at", "page")
    list_display_links = ("thumbnail", "keeper")
    list_filter = (("kind", KindFilter), ResolvedFilter)
    fields = ("called", "key", "created_at", "resolved_at", "resolved_batch", "all_members")
    readonly_fields = ("called", "all_members")
    inlines = (MemberInline,)

    def get_changelist(self, request: HttpRequest, **_more: Any) -> type[GroupChangeList]:
        return GroupChangeList

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        if not resolving.may_resolve(request):
            return {}
        return {name: (resolving.choose, name, label) for name, (label, _keep) in resolving.CHOICES.items()}

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, group: Any) -> str:
        return picture(group.keeper, size_px=64, says=group.keeper.name) if group.keeper else "-"

    @admin.display(description=gettext_lazy("best"))
    def keeper(self, group: Any) -> str:
        return visible(group.keeper.name) if group.keeper else str(group)

    @admin.display(description=gettext_lazy("date"))
    def date(self, group: Any) -> str:
        keeper: MediaFile | None = group.keeper
        return captured(keeper) if keeper else "-"

    @admin.display(description=gettext_lazy("kind"))
    def called(self, group: DuplicateGroup) -> str:
        return group.get_kind_display()

    @admin.display(description=gettext_lazy("files"))
    def number(self, group: Any) -> int:
        return int(group.number)

    @admin.display(description=gettext_lazy("page"))
    def page(self, group: DuplicateGroup) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("group", args=[group.pk]), _("Compare"))

    @admin.display(description=gettext_lazy("members"))
    def all_members(self, group: DuplicateGroup) -> SafeString:
        url = f"{reverse('admin:media_catalog_duplicatemember_changelist')}?group__id__exact={group.pk}"
        return format_html('<a href="{}">{}</a>', url, _("All members"))

    def view_on_site(self, group: DuplicateGroup) -> str:
        return reverse("group", args=[group.pk])


@admin.register(DuplicateMember)
class DuplicateMemberAdmin(ReadOnlyAdmin[DuplicateMember]):
    is_part = True
    list_display = ("thumbnail", "group", "file", "date", "is_keeper", "rank", "distance_bits")
    list_display_links = ("group",)
    list_select_related = ("group", "file")

    @admin.display(description=gettext_lazy("picture"))
    def thumbnail(self, member: DuplicateMember) -> str:
        return picture(member.file, size_px=64)

    @admin.display(description=gettext_lazy("date"))
    def date(self, member: DuplicateMember) -> str:
        return captured(member.file)


@admin.register(PairVerdict)
class PairVerdictAdmin(ReadOnlyAdmin[PairVerdict]):
    list_display = ("created_at", "first_sha256", "second_sha256", "actor", "is_undone", "batch")
    list_filter = ("is_undone",)
    list_select_related = ("actor",)
