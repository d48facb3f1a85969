"""One file, and its picture."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from media_catalog.models import MediaFile
from review import queues

SHA256 = re.compile(r"[0-9a-f]{64}")


@require_GET
def file(request: HttpRequest, file_id: int) -> HttpResponse:
    return render(request, "review/file.html", {"page": queues.file_page(file_id)})


@require_GET
def thumbnail(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Send the grid picture; its address carries a piece of the hash, so a copy of it never grows old."""
    sha256: str = get_object_or_404(MediaFile.objects.only("sha256"), pk=file_id).sha256
    path = _thumbnail_path(sha256)
    if path is None or not path.is_file():
        return render(request, "review/no_picture.svg", content_type="image/svg+xml", status=404)
    etag = quote_etag(sha256)
    response = get_conditional_response(request, etag=etag) or FileResponse(path.open("rb"))
    response["Content-Type"] = "image/jpeg"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _thumbnail_path(sha256: str) -> Path | None:
    if not SHA256.fullmatch(sha256):
        return None
    return Path(settings.DATA_DIR) / "thumbnails" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"
