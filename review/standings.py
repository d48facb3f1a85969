"""Where everything stands, library by library, and what to do next; from the counts that are kept."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from media_catalog.models import DuplicateGroup, Fate, LibraryCount, Source
from media_catalog.services import counts
from review import next_steps
from review.next_steps import Segment, Step, Task

PAGE_SIZE = 12
BAR_UNITS = 1000
# A segment stays visible even when it stands for one file of a million.
LEAST_UNITS = 6
Numbers = Mapping[tuple[str, str], int]
Group = DuplicateGroup.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A value of the bar, in its order: each file is in exactly one. `filters` lead to its files."""

    value: str
    label: str | Promise
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A source, or with no `source` all of them together."""

    source: int | None
    label: str
    total: int
    open: int
    tasks: Sequence[Task]
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where everything stands; `after` is where the next sources begin, `None` on the last page of them."""

    whole: Library
    libraries: Sequence[Library]
    after: int | None
    step: Step

    @property
    def total(self) -> int:
        return self.whole.total

    @property
    def open(self) -> int:
        return self.whole.open


# What is done, what is left, what is out. What went wrong has a page of its own, for all sources together.
WRONG = (Fate.SKIPPED, Fate.FAILED)
PARTS = (
    Part(value=Fate.EXPORTED, label=gettext_lazy("in the archive"), filters={"fate": "exported"}),
    Part(
        value=counts.READY,
        label=gettext_lazy("ready for the archive"),
        filters={"fate": "waiting", "open": "no", "state": "analysed"},
    ),
    Part(value=counts.OPEN, label=gettext_lazy("to be decided"), filters={"open": "yes"}),
    Part(value=counts.UNREAD, label=gettext_lazy("not read yet"), filters={"state": "discovered"}),
    Part(value=Fate.DUPLICATE, label=gettext_lazy("copies"), filters={"fate": "duplicate"}),
    Part(value=Fate.DISCARDED, label=gettext_lazy("discarded"), filters={"fate": "discarded"}),
    Part(value=Fate.SKIPPED, label=gettext_lazy("skipped"), filters={"fate": "skipped"}),
    Part(value=Fate.FAILED, label=gettext_lazy("failed"), filters={"fate": "failed"}),
)
# What waits for a person: its name, the facet and value that count it, what it is called, and its page.
TASKS = (
    (
        "same_pixels",
        counts.GROUP,
        Group.SAME_PIXELS,
        ngettext_lazy("group of duplicates", "groups of duplicates"),
        "copies",
    ),
    (
        "near",
        counts.GROUP,
        Group.NEAR,
        ngettext_lazy("group of near copies", "groups of near copies"),
        "copies",
    ),
    ("date", "needs_date", "True", ngettext_lazy("waiting for a date", "waiting for a date"), "dates"),
    ("flagged", "is_flagged", "True", ngettext_lazy("flagged", "flagged"), "grid"),
    ("burst", counts.GROUP, Group.BURST, ngettext_lazy("burst", "bursts"), "copies"),
    (
        "edited",
        counts.GROUP,
        Group.EDITED,
        ngettext_lazy("group of edited pictures", "groups of edited pictures"),
        "copies",
    ),
)
QUERIES = {"copies": "kind", "grid": "flagged"}


def standing(*, after: int = 0) -> Standing:
    """Return where everything stands, with the sources behind a key."""
    sources = list(Source.objects.filter(pk__gt=after).order_by("pk")[: PAGE_SIZE + 1])
    shown = sources[:PAGE_SIZE]
    numbers = _by_source(shown)
    whole = _library(None, _in_all())
    return Standing(
        whole=whole,
        libraries=[_library(source, numbers.get(source.pk, {})) for source in shown],
        after=shown[-1].pk if len(sources) > PAGE_SIZE else None,
        step=next_steps.after(whole.tasks, whole.segments),
    )


def _in_all() -> Numbers:
    rows = LibraryCount.objects.values_list("facet", "value").annotate(Sum("number")).order_by()
    return {(facet, value): number for facet, value, number in rows}


def _by_source(sources: Sequence[Source]) -> Mapping[int, Numbers]:
    found: dict[int, dict[tuple[str, str], int]] = {source.pk: {} for source in sources}
    rows = LibraryCount.objects.filter(source__in=found).exclude(number=0)
    for source, facet, value, number in rows.values_list("source", "facet", "value", "number"):
        found[source][facet, value] = number
    return found


def _library(source: Source | None, numbers: Numbers) -> Library:
    key = source.pk if source else None
    parts = Counter({part.value: numbers.get((counts.STANDING, part.value), 0) for part in PARTS})
    return Library(
        source=key,
        label=source.label if source else _("Everything"),
        total=parts.total(),
        open=numbers.get(("is_open", "True"), 0),
        tasks=list(_tasks(numbers, key)),
        segments=list(_segments(parts, key)),
    )


def _tasks(numbers: Numbers, source: int | None) -> Iterator[Task]:
    for name, facet, value, label, page in TASKS:
        if number := numbers.get((facet, str(value)), 0):
            query = {QUERIES[page]: name if page == "copies" else "yes"} if page in QUERIES else {}
            yield Task(
                name=name, label=str(label % number), address=_address(page, query, source), number=number
            )


def _address(page: str, query: Mapping[str, str], source: int | None) -> str:
    values = {**query, **({"source": str(source)} if source else {})}
    return f"{reverse(page)}?{urlencode(values)}" if values else reverse(page)


def _segments(numbers: Mapping[str, int], source: int | None) -> Iterator[Segment]:
    known = [part for part in PARTS if numbers[part.value] > 0]
    for part, (start, width) in zip(known, _places([numbers[part.value] for part in known]), strict=True):
        yield Segment(
            value=part.value,
            label=str(part.label),
            address=reverse("trouble") if part.value in WRONG and not source else _files(part, source),
            number=numbers[part.value],
            start=start,
            width=width,
        )


def _files(part: Part, source: int | None) -> str:
    return _address("grid", part.filters, source)


def _places(numbers: Sequence[int]) -> Iterable[tuple[int, int]]:
    """Lay numbers side by side on a bar; none becomes invisible."""
    rest, start = BAR_UNITS - LEAST_UNITS * len(numbers), 0
    for number in numbers:
        width = LEAST_UNITS + rest * number // sum(numbers)
        yield start, width
        start += width
