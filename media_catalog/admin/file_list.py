"""The list of files, page by key: however many there are, a page reads so many rows and no more."""

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from media_catalog.admin import periods
from media_catalog.admin.read_only import LeanChangeList
from media_catalog.services import walks
from media_catalog.services.cursors import BadCursor, Cursor
from media_catalog.services.selections import FILTERS, BadSelection, Selection

PLACE = "after"
SEARCH = "text"  # the filter that the search field stands for
WHOLE = "all"  # has another meaning in addresses of the admin


class FileChangeList(LeanChangeList):
    """What matches an address; `selection` is all of it, on all pages."""

    selection: Selection
    page: walks.Page

    def get_filters_params(self, params: Any = None) -> Any:
        found = super().get_filters_params(params)
        return {name: value for name, value in found.items() if name != PLACE}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        # Whatever else is asked for begins on its first page.
        return super().get_query_string(new_params, [*(remove or ()), PLACE])

    def get_results(self, request: HttpRequest) -> None:
        place = self.params.pop(PLACE, "")
        try:
            self.selection = Selection.matching(self._values())
            after = Cursor.parse(place) if place else None
        except (BadSelection, BadCursor) as error:
            raise IncorrectLookupParameters(str(error)) from error
        self.page = walks.page(self.selection.filters, after=after, size=self.list_per_page)
        files = list(self.page.files)
        prefetch_related_objects(files, "source")
        self.result_list = files
        self.result_count = len(files) if self.page.number is None else self.page.number
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = True
        self.show_all = self.can_show_all = self.multi_page = False
        self.paginator = None

    def _values(self) -> dict[str, str]:
        known = {name: str(self.params[name]) for name in FILTERS if name != WHOLE and name in self.params}
        return {**known, SEARCH: self.query} if self.query else known

    @property
    def count_text(self) -> str:
        """How many files match, where that is known."""
        number = self.page.number
        return _("not counted") if number is None else number_format(number, force_grouping=True)

    @property
    def next_query(self) -> str:
        """The address of the next page; blank on the last."""
        return self.get_query_string({PLACE: str(self.page.after)}) if self.page.after else ""

    @property
    def is_first(self) -> bool:
        return PLACE not in self.filter_params

    @property
    def first_query(self) -> str:
        return self.get_query_string()

    def hierarchy(self) -> dict[str, object]:
        return periods.hierarchy(self)
