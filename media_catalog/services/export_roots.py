"""Which folders the browser may export to: the usual one, the archives, and what the operator allows."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from media_catalog.models import Archive
from media_catalog.models.fields import path_key
from media_catalog.services import preferences, sources
from media_catalog.services.preferences import Name

MOST_KNOWN = 20


class NotAllowed(Exception):
    """The browser may not export to this folder; the message says to which it may."""


def known() -> list[str]:
    """Return the usual folder, and then those of the archives that there are, the latest first."""
    found = [sources.shown(_usual()), *_archives()]
    return list(dict.fromkeys(found))


def allowed() -> list[str]:
    """Return the folders below which a person may name any other one."""
    return [sources.shown(root) for root in _roots()]


def require(text: str) -> bytes:
    """Return the canonical path of a folder that a person has named; blank stands for the usual one.

    :raises NotAllowed:
    """
    text = text.strip()
    if not text:
        return _usual()
    if "\0" in text or not Path(text).is_absolute():
        raise NotAllowed(_("Give the whole path of a folder, such as /srv/archive."))
    root = sources.canonical(text)
    is_known = root == _usual() or Archive.objects.filter(root_key=path_key(root)).exists()
    if is_known or any(sources.is_within(root, one) for one in _roots()):
        return root
    raise NotAllowed(_advice(sources.shown(root)))


def _usual() -> bytes:
    return sources.canonical(preferences.archive_dir())


def _archives() -> list[str]:
    return list(Archive.objects.order_by("-pk").values_list("root_text", flat=True)[:MOST_KNOWN])


def _roots() -> Iterator[bytes]:
    for folder in preferences.value(Name.EXPORT_ROOTS):
        yield sources.canonical(os.fspath(folder))


def _advice(shown: str) -> str:
    places = ", ".join([*known(), *(f"{root}/…" for root in allowed())])
    return _(
        "%(folder)s is none of the folders that the browser may export to (%(places)s). "
        "The settings can allow more of them."
    ) % {"folder": shown, "places": places}
