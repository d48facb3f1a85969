"""One file, and its picture."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from media_catalog.models import MediaFile
from media_catalog.services import previews
from review import beside, dates, queues, stories
from review.date_queue import Place, Queue
from review.htmx import HtmxRequest

SHA256 = re.compile(r"[0-9a-f]{64}")


@require_GET
@vary_on_headers("HX-Request")
def file(request: HtmxRequest, file_id: int) -> HttpResponse:
    """Show a file; its story alone where htmx asks for it, and within the page where the address does."""
    if request.htmx:
        known = get_object_or_404(MediaFile.objects.select_related("source"), pk=file_id)
        return render(request, "review/file.html#story", {"events": stories.story(known)})
    page = queues.file_page(file_id)
    context = {
        "page": page,
        "beside": beside.of(page.file, beside.filters_of(request.GET)),
        "queue": _in_queue(page.file),
        "memberships": beside.groups(page.file),
        "events": stories.story(page.file) if "story" in request.GET else None,
    }
    return render(request, "review/file.html", context)


def _in_queue(file: MediaFile) -> str:
    """Return where the file stands in the queue of dates; blank if it is not in it."""
    queue = Queue(filters={}, at=timezone.now())
    return dates.address(queue, Place.of(file)) if file.needs_date else ""


@require_GET
def thumbnail(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Send the grid picture; its address carries a piece of the hash, so a copy of it never grows old."""
    sha256: str = get_object_or_404(MediaFile.objects.only("sha256"), pk=file_id).sha256
    return _grid_picture(request, sha256)


@require_GET
def preview(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Send a large picture, made on first view; the grid picture where none can be made."""
    row = get_object_or_404(MediaFile.objects.select_related("source", "metadata"), pk=file_id)
    etag = quote_etag(f"{row.sha256}-{previews.LONGEST_PX}")
    if known := get_conditional_response(request, etag=etag):
        return _for_this_browser(known, etag)
    try:
        jpeg = previews.jpeg_of(row, at=timezone.now())
    except previews.OriginalMissing:
        return _no_picture(request)
    if jpeg is None:
        return _grid_picture(request, row.sha256)
    return _for_this_browser(HttpResponse(jpeg), etag)


def _grid_picture(request: HttpRequest, sha256: str) -> HttpResponseBase:
    path = _thumbnail_path(sha256)
    if path is None or not path.is_file():
        return _no_picture(request)
    etag = quote_etag(sha256)
    response = get_conditional_response(request, etag=etag) or FileResponse(path.open("rb"))
    return _for_this_browser(response, etag)


def _no_picture(request: HttpRequest) -> HttpResponse:
    return render(request, "review/no_picture.svg", content_type="image/svg+xml", status=404)


def _for_this_browser(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["Content-Type"] = "image/jpeg"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _thumbnail_path(sha256: str) -> Path | None:
    if not SHA256.fullmatch(sha256):
        return None
    return Path(settings.DATA_DIR) / "thumbnails" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"
