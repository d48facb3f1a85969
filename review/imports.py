"""What the import pages show: what can go on, what was imported, which parts of an export there are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext as _

from media_catalog.models import Source, Upload, UploadedFile
from media_catalog.pipeline import takeout_parts
from media_catalog.pipeline.takeout_parts import TakeoutExport
from media_catalog.services import uploads

MOST_OPEN = 10
MOST_SOURCES = 20
MOST_ZIPS = 500
State = UploadedFile.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An upload that can go on, and how far it is."""

    upload: Upload
    sums: uploads.Sums

    @property
    def arrived(self) -> int:
        return self.sums.by_state.get(State.ARRIVED, 0)

    @property
    def known(self) -> int:
        return self.sums.by_state.get(State.KNOWN, 0)

    @property
    def left(self) -> int:
        return self.sums.by_state.get(State.LEFT, 0)

    @property
    def failed(self) -> int:
        return self.sums.by_state.get(State.FAILED, 0)

    @property
    def unfinished(self) -> int:
        return self.sums.unfinished


def standing(upload: Upload) -> Standing:
    """Tell how far an upload is."""
    return Standing(upload=upload, sums=uploads.sums(upload))


def open_uploads(user: User | AnonymousUser) -> list[Standing]:
    """List a person's uploads that can go on, newest first."""
    rows = Upload.objects.filter(state=Upload.State.OPEN, owner_id=user.pk).order_by("-touched_at")
    return [standing(upload) for upload in rows[:MOST_OPEN]]


def newest_sources() -> list[Source]:
    """List the folders that were added last; to what was uploaded nothing is ever added."""
    return list(Source.objects.filter(upload=None).order_by("-pk")[:MOST_SOURCES])


def takeouts_of(upload: Upload) -> list[str]:
    """Say which parts of exports have been chosen for an upload."""
    zips = UploadedFile.objects.filter(upload=upload, path_text__iendswith=".zip")
    paths = zips.order_by("pk").values_list("path_text", flat=True)[:MOST_ZIPS]
    return told(takeout_parts.exports(path.rpartition("/")[2] for path in paths))


def told(exports: Iterable[TakeoutExport]) -> list[str]:
    """Say in words which parts of exports there are, and which are missing."""
    return [_told(one) for one in exports]


def _told(export: TakeoutExport) -> str:
    there = {"day": export.day, "parts": _numbers(export.numbers)}
    text = _("Google Takeout of %(day)s, part %(parts)s: all parts are imported as one.") % there
    if export.missing:
        text += " " + _("Part %(parts)s is missing.") % {"parts": _numbers(export.missing)}
    return text


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
