"""Playing an original: sent as it is, from any place in it, as players ask for it."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from media_catalog.models import Kind, MediaFile, State
from media_catalog.pipeline.media_types import VIDEO_TYPES
from media_catalog.services import originals

RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
CHUNK_BYTES = 1 << 18
PARTIAL, UNSATISFIABLE = 206, 416


@require_safe
def video(request: HttpRequest, file_id: int) -> HttpResponseBase:
    """Send a video of the catalogue, whole or the part that is asked for."""
    known = MediaFile.objects.filter(kind=Kind.VIDEO, state=State.ANALYSED).select_related("source")
    file = get_object_or_404(known, pk=file_id)
    if file.mime_type not in VIDEO_TYPES:
        raise Http404
    etag = quote_etag(file.sha256)
    if unchanged := get_conditional_response(request, etag=etag):
        return unchanged
    try:
        original, size_bytes = originals.opened(file)
    except originals.OutOfReach:
        raise Http404 from None
    response = _part(original, size_bytes, _wanted(request, etag))
    response["Content-Type"] = file.mime_type
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=3600"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _wanted(request: HttpRequest, etag: str) -> str:
    """Return the part that is asked for; none, when it belongs to another version of the file."""
    is_of_this = request.headers.get("If-Range", etag) == etag
    return request.headers.get("Range", "") if is_of_this else ""


def _part(original: IO[bytes], size_bytes: int, wanted: str) -> HttpResponseBase:
    match = RANGE.fullmatch(wanted)
    if match is None or match[1] == match[2] == "":
        response: HttpResponseBase = FileResponse(original)
        response["Content-Length"] = str(size_bytes)
        return response
    first, last = _bounds(match, size_bytes)
    if first > last:
        original.close()
        return HttpResponse(status=UNSATISFIABLE, headers={"Content-Range": f"bytes */{size_bytes}"})
    original.seek(first)
    chunks = _chunks(original, last - first + 1)
    response = StreamingHttpResponse(chunks, status=PARTIAL)
    response["Content-Length"] = str(last - first + 1)
    response["Content-Range"] = f"bytes {first}-{last}/{size_bytes}"
    return response


def _bounds(match: re.Match[str], size_bytes: int) -> tuple[int, int]:
    """Give the first and the last byte that are meant; "-500" means the last 500."""
    if not match[1]:
        return max(0, size_bytes - int(match[2])), size_bytes - 1
    last = int(match[2]) if match[2] else size_bytes - 1
    return int(match[1]), min(last, size_bytes - 1)


def _chunks(original: IO[bytes], left: int) -> Iterator[bytes]:
    with original:
        while left > 0 and (chunk := original.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
