"""What all admin lists share: what has a history is only looked at, and no whole table is counted."""

from collections.abc import Iterable, Sequence
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from media_catalog.templatetags.plain import visible

M = TypeVar("M", bound=Model)

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
