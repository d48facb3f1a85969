"""Files from this browser: offered, sent in pieces, checked, and imported."""

import json
import uuid
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from media_catalog.models import Upload, UploadedFile
from media_catalog.services import clock, jobs, upload_disk, upload_ends, upload_offers, uploads
from media_catalog.services.upload_ends import UploadRefused
from media_catalog.services.upload_offers import Offer
from review import imports as told
from review import notices, upload_forms
from review.forms.imports import BatchForm

MULTIPART = "multipart/form-data"
LARGEST_OFFER_BYTES = 4 << 20
MOST_BYTES = 1 << 62
MOST_MTIME_MS = 1 << 42  # the year 2109; what lies beyond is no time at all
HASH_LETTERS = frozenset("0123456789abcdef")


@require_POST
@csrf_exempt  # until the form has been read, file by file; then it is looked at
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin an upload; with JavaScript off all files come along."""
    if request.content_type != MULTIPART:
        return _begin(request)
    upload = uploads.begin(owner=request.user, at=clock.now())  # type: ignore[arg-type]  # logged in
    try:
        incoming = upload_forms.read(request, upload.pk)
        answer = _take(request, upload, incoming)
    except (MultiPartParserError, OSError) as error:
        upload_ends.drop(upload.pk)
        raise BadRequest("The files did not arrive whole: send them again.") from error
    if answer.status_code == HTTPStatus.FORBIDDEN:
        upload_ends.drop(upload.pk)
    return answer


@csrf_protect
def _begin(request: HttpRequest) -> HttpResponseBase:
    form = BatchForm(request.POST)
    wishes = form.wishes() if form.is_valid() else uploads.Wishes()  # asked again before the import
    upload = uploads.begin(owner=request.user, wishes=wishes, at=clock.now())  # type: ignore[arg-type]
    return JsonResponse({"address": reverse("upload", args=[upload.pk])}, status=HTTPStatus.CREATED)


@csrf_protect
def _take(request: HttpRequest, upload: Upload, incoming: upload_forms.Incoming) -> HttpResponseBase:
    uploads.adopt(upload, incoming.files, at=clock.now())
    for name in incoming.refused:
        notices.warn(request, _("There was no room for %(name)s.") % {"name": name})
    if not incoming.files:
        upload_ends.drop(upload.pk)
        notices.warn(request, _("Choose files first."))
        return redirect("imports")
    return start(request, upload.pk)


@require_GET
def upload(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseBase:
    """Show how far an upload is, and let it go on."""
    found = _found(request, upload_id)
    if found.job_id:
        return redirect("job", found.job_id)
    if found.state != Upload.State.OPEN:
        return redirect("imports")
    initial = {"label": found.label, "time_zone": found.time_zone, "tags": found.tags}
    return _page(request, found, BatchForm(initial=initial, auto_id="batch-%s"))


def _page(request: HttpRequest, upload: Upload, form: BatchForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "chunk": uploads.CHUNK_BYTES,
        "standing": told.standing(upload),
        "takeouts": told.takeouts_of(upload),
        "troubles": list(upload_offers.in_trouble(upload)),
        "left_out": list(upload_offers.in_trouble(upload, state=UploadedFile.State.LEFT)),
    }
    return render(request, "review/imports_upload.html", context, status=status)


@require_POST
def offer(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """Say which of the offered files are wanted, and from which byte on."""
    found = _found(request, upload_id)
    try:
        rows = uploads.offer(found, _offers(request), at=clock.now())
    except UploadRefused as refused:
        return _refusal(str(refused), status=HTTPStatus.GONE)
    return JsonResponse({"files": [_told(row) for row in rows], "takeouts": told.takeouts_of(found)})


@require_POST
def receive(request: HttpRequest, upload_id: uuid.UUID, file_id: int) -> HttpResponse:
    """Take the next piece of a file."""
    found = _found(request, upload_id)
    offset, length = _number(request.GET.get("offset")), _number(request.META.get("CONTENT_LENGTH"))
    try:
        row = uploads.receive(found, file_id, request, offset=offset, length_bytes=length, at=clock.now())
    except UploadedFile.DoesNotExist:
        raise Http404 from None
    except UploadRefused as refused:
        return _refusal(str(refused), status=HTTPStatus.GONE)
    except uploads.WrongOffset as wrong:
        return JsonResponse({"received": wrong.offset}, status=HTTPStatus.CONFLICT)
    except upload_disk.Busy:
        return _refusal(_("This file is being sent from another window."), status=HTTPStatus.LOCKED)
    except upload_disk.CutShort:
        return _refusal(_("The connection broke off."), status=HTTPStatus.REQUEST_TIMEOUT)
    except OSError as error:
        text = _("The server cannot store it: %(reason)s.") % {"reason": error.strerror}
        return _refusal(text, status=HTTPStatus.INSUFFICIENT_STORAGE)
    return JsonResponse(_told(row))


@require_POST
def start(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseBase:
    """Import what has arrived."""
    found = _found(request, upload_id)
    form = BatchForm(request.POST, auto_id="batch-%s")
    if not form.is_valid():
        return _page(request, found, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    uploads.wish(found, form.wishes())
    try:
        job = uploads.start(found.pk, leaves_missing="leaves_missing" in request.POST, at=clock.now())
    except UploadRefused as refused:
        notices.warn(request, str(refused))
        return redirect("upload", found.pk)
    except jobs.AlreadyRunning as running:
        return redirect("job", running.job.pk)
    return redirect("job", job.pk)


@require_POST
def drop(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseBase:
    """Give an upload up."""
    found = _found(request, upload_id)
    try:
        upload_ends.drop(found.pk)
    except UploadRefused as refused:
        notices.warn(request, str(refused))
    else:
        notices.say(request, _("The upload was removed. The files on your side are as they were."))
    return redirect("imports")


def _found(request: HttpRequest, upload_id: uuid.UUID) -> Upload:
    return get_object_or_404(Upload, pk=upload_id, owner_id=request.user.pk)


def _told(row: UploadedFile) -> dict[str, Any]:
    return {"id": row.pk, "state": row.state, "received": row.received_bytes, "reason": row.reason_text}


def _refusal(text: str, *, status: int) -> JsonResponse:
    return JsonResponse({"reason": text}, status=status)


def _offers(request: HttpRequest) -> list[Offer]:
    if _number(request.META.get("CONTENT_LENGTH")) > LARGEST_OFFER_BYTES:
        raise BadRequest("This offer is too long.")
    try:
        rows = json.loads(request.read())["files"]
        offers = [_offer(row) for row in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadRequest("This offer cannot be read.") from error
    if not 0 < len(offers) <= upload_offers.MOST_AT_ONCE:
        raise BadRequest("Offer at least one file, and not too many at once.")
    return offers


def _offer(row: Mapping[str, Any]) -> Offer:
    path, sha256, size, mtime = str(row["path"]), str(row.get("sha256", "")), row["size"], row.get("mtime")
    is_hash = not sha256 or (len(sha256) == 64 and HASH_LETTERS.issuperset(sha256))
    if type(size) is not int or not 0 <= size < MOST_BYTES or not is_hash:
        raise ValueError("not a file")
    is_time = type(mtime) is int and abs(mtime) < MOST_MTIME_MS
    return Offer(path=path, size_bytes=size, mtime_ms=mtime if is_time else None, sha256=sha256)


def _number(text: str | None) -> int:
    if not text or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise BadRequest("This is no place in a file.")
    return int(text)
