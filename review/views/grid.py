"""All files as tiles, narrowed by what stands in the address."""

from collections.abc import Mapping

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from media_catalog.models import Job, State
from media_catalog.services import counts, walks
from media_catalog.services.selections import browsed
from review import filters, headings, queues
from review.htmx import HtmxRequest

NOTHING = walks.Page(files=[], after=None, is_cut=False, number=0)
MOST_LOOKED_FOR = 60  # tiles that looking on by itself brings before it stops


@require_GET
@vary_on_headers("HX-Request")
def grid(request: HtmxRequest) -> HttpResponse:
    narrowed = filters.read(request.GET)
    cursor = cursor_of(request.GET.get("after", ""))
    page = NOTHING if narrowed.problem else walks.page(browsed(narrowed.filters), after=cursor)
    found = len(page.files) + _found(request.GET.get("found", ""))
    by = request.GET.get("by", "")
    by = by if by in (*headings.UNITS, headings.NONE) else headings.unit_for(page.files)
    sections = headings.sections(
        page.files, by=by, filters=narrowed.filters, before=request.GET.get("head", "")
    )
    context = {
        "narrowed": narrowed,
        "page": page,
        "sections": list(sections),
        "by": by,
        "found": found,
        "is_continued": cursor is not None,
        "is_looking_on": page.is_cut and found < MOST_LOOKED_FOR,
        "left_out": _left_out(narrowed.filters),
        "is_waiting": not page.files and not narrowed.filters and Job.objects.unfinished().exists(),
    }
    return render(request, "review/grid.html#grid" if request.htmx else "review/grid.html", context)


def cursor_of(text: str) -> queues.Cursor | None:
    try:
        return queues.Cursor.parse(text) if text else None
    except queues.BadCursor:
        raise BadRequest("This page has no such place.") from None


def _left_out(filters: Mapping[str, str]) -> int:
    """Return how many files are not shown because an import left them out, where that is counted."""
    if set(filters) - {"source"}:
        return 0
    source_id = int(filters["source"]) if filters else None
    return counts.numbers("state", source_id=source_id).get(State.SKIPPED, 0)


def _found(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
