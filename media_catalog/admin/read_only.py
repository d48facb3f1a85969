"""What all admin lists share: what has a history is only looked at, and no whole table is counted."""

from collections.abc import Iterable, Sequence
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from media_catalog.admin import harmless
from media_catalog.templatetags.plain import visible

M = TypeVar("M", bound=Model)
SIGNS = ("", "__exact", "__id__exact", "__isnull")  # as the filters of lists, and people, write them

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as ModelAdmin
    from django.contrib.admin import TabularInline as TabularInline
else:  # Django's own classes take their type parameters in type checkers only

    class ModelAdmin(admin.ModelAdmin):
        __class_getitem__ = classmethod(GenericAlias)

    class TabularInline(admin.TabularInline):
        __class_getitem__ = classmethod(GenericAlias)


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not generic at run time
    """Offers so many pages and counts no further: what lies beyond is found by filters, not by leafing."""

    most_pages = 100

    @property
    def most_rows(self) -> int:
        return self.most_pages * self.per_page

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        return rows.order_by()[: self.most_rows + 1].count()

    @cached_property
    def num_pages(self) -> int:
        return min(super().num_pages, self.most_pages)

    @property
    def count_text(self) -> str:
        if self.count == self.most_rows + 1:
            return _("more than %(number)s") % {"number": f"{self.most_rows:,}"}
        return f"{self.count:,}"


class LeanChangeList(ChangeList):
    """Knows the way back from a row to the list as it was, without looking up its address for every row."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.way_back, self.preserved_filters = self.preserved_filters, ""

    def apply_select_related(self, qs: QuerySet[Any]) -> QuerySet[Any]:
        # By queries of their own: joined to a million files, SQLite may sort all rows for the last hundred.
        related = self.list_select_related
        return qs.prefetch_related(*related) if isinstance(related, (list, tuple)) else qs

    def url_for_result(self, result: Model) -> str:
        address = super().url_for_result(result)
        return f"{address}?{self.way_back}" if self.way_back else address


def table(rows: Iterable[Sequence[object]]) -> SafeString:
    """Lay out rows whose first cell is their heading; every cell is text."""
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (visible(first), format_html_join("", "<td>{}</td>", ([visible(cell)] for cell in rest)))
            for first, *rest in rows
        ),
    )
    return format_html('<table class="facts">{}</table>', body)


class ReadOnlyAdmin(ModelAdmin[M]):
    # Rows that are parts of others are reached from those; they would only crowd the list of what there is.
    is_part = False
    actions = None
    list_per_page = 100
    list_max_show_all = 100
    ordering: ClassVar[Any] = ("-pk",)
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    sortable_by: ClassVar[tuple[str, ...]] = ()

    def get_changelist(self, request: HttpRequest, **_more: Any) -> type[ChangeList]:
        return LeanChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return harmless.shown(super().changelist_view(request, extra_context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        return harmless.shown(super().changeform_view(request, object_id, form_url, extra_context))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return harmless.shown(super().history_view(request, object_id, extra_context))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Narrow a list by its filters and by what its rows are parts of: all else would read every row."""
        fields = {field.name: field for field in self.opts.concrete_fields}
        name, sign, rest = lookup.partition("__")
        if request is None or name not in fields:
            return super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]  # Django gives it
        filters = self.get_list_filter(request)
        offered = [one[0] if isinstance(one, tuple) else one for one in filters]
        is_offered = lookup in {one + known for one in offered if isinstance(one, str) for known in SIGNS}
        return is_offered or (sign + rest in SIGNS and fields[name].is_relation)

    def action_checkbox(self, row: M) -> SafeString:
        # What Django's own does by three templates for every row.
        text = _("Select %(row)s") % {"row": visible(row)}
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            row.pk,
            text,
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return not self.is_part and super().has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


class BoundedFormSet(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    """The first rows alone, where there may be hundreds of thousands; the list of their kind has them all."""

    most_rows = 50

    @cached_property
    def first_rows(self) -> QuerySet[Any]:
        return super().get_queryset()[: self.most_rows]

    def get_queryset(self) -> QuerySet[Any]:
        return self.first_rows  # one and the same: it is asked for once for every row


class ReadOnlyInline(TabularInline[Any, Any]):
    extra = 0
    formset = BoundedFormSet
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
