"""The filters of the list of files: the same, by the same names, as everywhere else in addresses."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from media_catalog.admin import periods
from media_catalog.admin.read_only import ModelAdmin
from media_catalog.models import Confidence, DuplicateGroup, Fate, Kind, MediaFileQuerySet, Source, State
from media_catalog.services import camera_names
from media_catalog.services.selection_filters import BadSelection, narrowed
from media_catalog.templatetags.plain import visible

Choices = Iterable[tuple[str, Any]]
MOST_SOURCES = 200
YES_OR_NO = [("yes", _("Yes")), ("no", _("No"))]
ORIGINS = [
    ("tag", _("a tag of the file")),
    ("name", _("the file name")),
    ("folder", _("the folder name")),
    ("sidecar", _("a sidecar")),
    ("neighbour", _("neighbouring files")),
    ("mtime", _("the time of the last change")),
]


class SelectionFilter(admin.SimpleListFilter):
    """One of `selections.FILTERS`; a value that is not offered is shown once it is asked for."""

    offered: Callable[[], Choices]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> Choices:
        choices = [(value, text) for value, text in type(self).offered()]
        given = self.value()
        if given and given not in dict(choices):
            choices.append((given, visible(given)))
        return choices

    def queryset(self, request: HttpRequest, queryset: MediaFileQuerySet) -> MediaFileQuerySet:  # type: ignore[override]  # files only
        value = self.value()
        return narrow(queryset, {str(self.parameter_name): value}) if value else queryset


def narrow(files: Any, filters: Mapping[str, str]) -> MediaFileQuerySet:
    """Narrow files as an address says, or send whoever gave a wrong one back to all files."""
    try:
        return narrowed(files, filters)
    except BadSelection as error:
        raise IncorrectLookupParameters(str(error)) from error


def _filter(name: str, label: object, offered: Callable[[], Choices]) -> type[SelectionFilter]:
    values = {"parameter_name": name, "title": label, "offered": staticmethod(offered)}
    return type(f"{name.title()}Filter", (SelectionFilter,), values)


def _sources() -> Choices:
    rows = Source.objects.order_by("label", "pk").values_list("pk", "label")[:MOST_SOURCES]
    return [(str(pk), visible(label)) for pk, label in rows]


def _cameras() -> Choices:
    return [(model, visible(model)) for model in camera_names.models()]


def _nothing() -> Choices:
    return []


class PeriodFilter(admin.ListFilter):
    """The dates of captures, which stand above the list and not beside it."""

    title = _("date")

    def __init__(self, request: HttpRequest, params: dict[str, Any], *others: Any) -> None:
        super().__init__(request, params, *others)
        for name in periods.NAMES:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self) -> bool:
        return bool(self.used_parameters)

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        yield {
            "selected": False,
            "query_string": changelist.get_query_string(remove=list(periods.NAMES)),
            "display": _("All"),
        }
        yield {
            "selected": True,
            "query_string": changelist.get_query_string(self.used_parameters),
            "display": visible(periods.text(self.used_parameters)),
        }

    def queryset(self, request: HttpRequest, queryset: MediaFileQuerySet) -> MediaFileQuerySet:  # type: ignore[override]  # files only
        return narrow(queryset, {name: str(value) for name, value in self.used_parameters.items() if value})

    def expected_parameters(self) -> list[str | None]:
        return list(periods.NAMES)


FILTERS: tuple[type[admin.ListFilter], ...] = (
    PeriodFilter,
    _filter("state", _("state"), lambda: State.choices),
    _filter("confidence", _("confidence"), lambda: Confidence.choices),
    _filter("source", _("source"), _sources),
    _filter("camera", _("camera"), _cameras),
    _filter("kind", _("kind"), lambda: Kind.choices),
    _filter("fate", _("what became of it"), lambda: Fate.choices),
    _filter("open", _("needs a decision"), lambda: YES_OR_NO),
    _filter("date", _("needs a date"), lambda: YES_OR_NO),
    _filter("flagged", _("flag"), lambda: YES_OR_NO),
    _filter("reviewed", _("confirmed"), lambda: YES_OR_NO),
    _filter("position", _("position"), lambda: YES_OR_NO),
    _filter("origin", _("where the date is from"), lambda: ORIGINS),
    _filter("group", _("unresolved group"), DuplicateGroup.Kind.in_words),
    # These have too many values to offer: other lists lead here with them.
    _filter("tag", _("tag"), _nothing),
    _filter("tagged", _("tag by number"), _nothing),
    _filter("proposal", _("proposed tag"), _nothing),
    _filter("folder", _("folder"), _nothing),
    _filter("type", _("type"), _nothing),
    _filter("reason", _("reason"), _nothing),
    _filter("serial", _("camera serial"), _nothing),
    _filter("name", _("name"), _nothing),
    _filter("skipped", _("left out by an import"), _nothing),
    _filter("snoozed", _("put off"), _nothing),
)
OTHERS = {"from": _("taken from"), "until": _("taken until"), "text": _("search")}


def words(filters: Mapping[str, str]) -> list[tuple[str, str]]:
    """Say what files are narrowed to: the names of filters, and of their values."""
    known = {one.parameter_name: one for one in FILTERS if issubclass(one, SelectionFilter)}
    found = []
    for name, value in filters.items():
        if name in known:
            offered = dict(known[name].offered())
            found.append((str(known[name].title), str(offered.get(value, value))))
        elif name in OTHERS:
            found.append((str(OTHERS[name]), value))
    return found
