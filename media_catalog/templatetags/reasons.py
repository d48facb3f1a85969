"""Verdicts and reasons in the language of who reads: rows hold codes and values, the words are here."""

import re
from functools import cache

from django import template
from django.utils.translation import gettext, gettext_noop, ngettext

from media_catalog.models import TimestampCandidate
from media_catalog.pipeline.timestamps import phrases
from media_catalog.services import claim_rows

register = template.Library()

READER = phrases.Language(words=gettext, number=ngettext)
VALUE = re.compile(r"%\((\w+)\)s")
# Why a file was left out or could not be read. Its row holds the whole sentence, for the values come from
# many places, down to the operating system: they are found in it again. What is not listed stays as it is.
TROUBLES = (
    gettext_noop("file may not be read: permission denied"),
    gettext_noop("may not be read: permission denied"),
    gettext_noop("empty file (0 bytes)"),
    gettext_noop("hidden file"),
    gettext_noop("data folder of this program"),
    gettext_noop("AppleDouble file: attributes kept by macOS, no picture"),
    gettext_noop("archive of Google Takeout: each of its files is listed"),
    gettext_noop("no longer there when it was to be read"),
    gettext_noop("became something else than a file"),
    gettext_noop("sidecar of its folder, an album"),
    gettext_noop("sidecar of nothing that was found"),
    gettext_noop("video has no frame that can be decoded"),
    gettext_noop("no video stream that can be decoded"),
    gettext_noop("RAW file without a preview inside"),
    gettext_noop("symbolic link to %(target)s"),
    gettext_noop("inside the hidden folder %(folder)s"),
    gettext_noop("folder cannot be read: %(error)s"),
    gettext_noop("cannot be looked at: %(error)s"),
    gettext_noop("cannot be read: %(error)s"),
    gettext_noop("it could not be read: %(error)s"),
    gettext_noop("archive of Google Takeout that cannot be read: %(error)s"),
    gettext_noop("named like a photo or video, but its content is something else (%(type)s)"),
    gettext_noop("pictures of this type are not supported (%(type)s)"),
    gettext_noop("not a photo or video (%(type)s)"),
    gettext_noop("broke off the program %(times)s times while it was read"),
    gettext_noop("sidecar that cannot be read: %(error)s"),
    gettext_noop("sidecar that may belong to %(files)s: nothing decides"),
    gettext_noop("sidecar of %(file)s"),
    gettext_noop("picture of %(width)s x %(height)s pixels is larger than the limit"),
    gettext_noop("video cannot be decoded: %(error)s"),
    gettext_noop("no decoder for %(type)s"),
)


@register.filter
def verdict(candidate: TimestampCandidate) -> str:
    """Say what was made of a claim."""
    if candidate.verdict_text:  # by an older version, which stored the words
        return gettext(candidate.verdict_text)
    try:
        return claim_rows.phrase(candidate).text(READER)
    except (KeyError, ValueError):  # by a newer version
        return candidate.verdict


@register.filter
def reason(code: str) -> str:
    """Say why a date is as sure as it is."""
    return phrases.reason(code, READER)


@register.filter
def trouble(text: str) -> str:
    """Say why a file was left out or could not be read."""
    for words, pattern in _troubles():
        if found := pattern.fullmatch(text):
            return gettext(words) % found.groupdict()
    return text


@cache
def _troubles() -> list[tuple[str, re.Pattern[str]]]:
    """Make of each sentence a pattern that finds its values."""
    found = []
    for words in TROUBLES:
        texts = VALUE.split(words)  # names stand between texts
        parts = (f"(?P<{text}>.*)" if place % 2 else re.escape(text) for place, text in enumerate(texts))
        found.append((words, re.compile("".join(parts), re.DOTALL)))
    return found
