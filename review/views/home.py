"""Where everything stands, what is being worked on, and the grid."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from media_catalog.models import Job, MediaFile
from review import health, queues
from review.filters import FileFilter
from review.htmx import HtmxRequest
from review.views.jobs import overview


@require_GET
@vary_on_headers("HX-Request")
def home(request: HtmxRequest) -> HttpResponse:
    cursor = _cursor(request.GET.get("after", ""))
    narrowed = FileFilter(request.GET, queryset=MediaFile.objects.all())
    is_sound = narrowed.is_valid()
    grid = queues.grid(narrowed.qs if is_sound else MediaFile.objects.none(), after=cursor)
    is_narrowed = not is_sound or any(narrowed.form.cleaned_data.values())
    context = {
        "filter": narrowed,
        "is_narrowed": is_narrowed,
        "is_continued": cursor is not None,
        "is_waiting": not grid.files and not is_narrowed and Job.objects.unfinished().exists(),
        "grid": grid,
    }
    if request.htmx:
        return render(request, "review/home.html#grid", context)
    concerns = health.concerns(clock=timezone.now)
    return render(request, "review/home.html", context | overview() | {"concerns": concerns})


def _cursor(text: str) -> queues.Cursor | None:
    try:
        return queues.Cursor.parse(text) if text else None
    except queues.BadCursor:
        raise BadRequest("This page has no such place.") from None
