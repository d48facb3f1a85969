"""Importing: what can be brought in from this browser, from folders of the server, and once more."""

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from media_catalog.models import Source
from media_catalog.services import clock, import_folders, jobs, sources, uploads
from media_catalog.services.import_folders import FolderRefused
from review import imports as told
from review import notices
from review.forms.imports import BatchForm, FolderForm

REMEMBERED = "import_is_recursive"
YES_NO = {"yes": True, "no": False}


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Show all ways to bring files in."""
    context = {
        "form": BatchForm(auto_id="batch-%s"),
        "chunk": uploads.CHUNK_BYTES,
        "open_uploads": told.open_uploads(request.user),
        "roots": import_folders.shown_roots(),
        "sources": told.newest_sources(),
    }
    return render(request, "review/imports.html", context)


@require_GET
def folders(request: HttpRequest) -> HttpResponseBase:
    """Look into one folder of the server."""
    try:
        path = import_folders.path_of(request.GET.get("at", ""))
        source = import_folders.source_around(path)
        is_recursive = _is_recursive(request, source)
        listing = import_folders.listing(path, after=request.GET.get("after", ""), is_recursive=is_recursive)
    except FolderRefused as refused:
        notices.warn(request, str(refused))
        return redirect("imports")
    initial = {"is_recursive": is_recursive} | (
        {"label": source.label, "time_zone": source.time_zone} if source else {}
    )
    return _folder_page(request, listing, FolderForm(initial=initial, auto_id="folder-%s"))


def _folder_page(
    request: HttpRequest, listing: import_folders.Listing, form: FolderForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "listing": listing,
        "takeouts": told.told(listing.takeouts),
        "is_recursive": form["is_recursive"].value(),
    }
    return render(request, "review/imports_folder.html", context, status=status)


def _is_recursive(request: HttpRequest, source: Source | None) -> bool:
    """Take what is asked for, else what was chosen for this source the last time, else by this person."""
    asked = request.GET.get("inner", "")
    if asked in YES_NO:
        request.session[REMEMBERED] = YES_NO[asked]
        return YES_NO[asked]
    if source is not None:
        return import_folders.was_recursive(source)
    return bool(request.session.get(REMEMBERED, True))


@require_POST
def start_folder(request: HttpRequest) -> HttpResponseBase:
    """Import a folder of the server."""
    form = FolderForm(request.POST, auto_id="folder-%s")
    try:
        path = import_folders.path_of(request.POST.get("at", ""))
        if not form.is_valid():
            return _folder_page(request, import_folders.listing(path), form, status=422)
        is_recursive = form.cleaned_data["is_recursive"]
        request.session[REMEMBERED] = is_recursive
        job = import_folders.start(path, wishes=form.wishes(), is_recursive=is_recursive, at=clock.now())
    except FolderRefused as refused:
        raise BadRequest(str(refused)) from refused
    except sources.SourceRefused as refused:
        notices.warn(request, str(refused))
        return redirect(f"{reverse('import_folders')}?at={import_folders.token_of(path)}")
    except jobs.AlreadyRunning as running:
        notices.warn(request, _("This folder is being imported already."))
        return redirect("job", running.job.pk)
    return redirect("job", job.pk)


@require_POST
def again(request: HttpRequest, source_id: int) -> HttpResponseBase:
    """Import what is new and changed in a source."""
    source = get_object_or_404(Source, pk=source_id)
    try:
        job = import_folders.again(source, at=clock.now())
    except jobs.AlreadyRunning as running:
        notices.warn(request, _("This source is being imported already."))
        return redirect("job", running.job.pk)
    return redirect("job", job.pk)
