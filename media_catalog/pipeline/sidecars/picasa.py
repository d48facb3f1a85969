"""What Picasa noted about the pictures of a folder in its .picasa.ini (https://github.com/search?q=picasa.ini)."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from media_catalog.pipeline import tag_text
from media_catalog.pipeline.sidecars.facts import Facts, Unreadable

SIZE_LIMIT = 4 << 20  # bytes
LINE_LIMIT = 4000
NAME_LIMIT = 255
TEXT_LIMIT = 2000
PICTURES, ALBUMS, CONTACTS = "Picasa:Pictures", "Picasa:Albums", "Picasa:Contacts"
ALBUM_SECTION = ".album:"
CONTACT_SECTIONS = frozenset(("Contacts", "Contacts2"))
KEPT = frozenset(("star", "caption", "keywords", "albums", "faces"))
SECTION = re.compile(r"\[(.+)\]")
FACE = re.compile(r"rect64\([0-9a-f]+\),([0-9a-f]+)", re.IGNORECASE)


def parse(data: bytes) -> dict[str, Any]:
    """Read the file as tags that can be stored: what is noted for each picture, and the names behind the ids.

    :raises Unreadable: when it is too large.
    """
    if len(data) > SIZE_LIMIT:
        raise Unreadable(f"larger than {SIZE_LIMIT} bytes")
    pictures: dict[str, dict[str, str]] = defaultdict(dict)
    albums: dict[str, str] = {}
    contacts: dict[str, str] = {}
    for section, key, value in _entries(_decode(data)):
        if section in CONTACT_SECTIONS:
            contacts[key] = value.partition(";")[0].strip()
        elif section.startswith(ALBUM_SECTION) and key == "name":
            albums[section.removeprefix(ALBUM_SECTION)] = value
        elif key in KEPT and value and not section.startswith("."):
            pictures[section][key] = value
    return {PICTURES: dict(pictures), ALBUMS: albums, CONTACTS: contacts}


def pictures(tags: Mapping[str, Any]) -> tuple[str, ...]:
    """List the names of the pictures about which something is noted."""
    noted = tags.get(PICTURES)
    return tuple(noted) if isinstance(noted, Mapping) else ()


def facts(tags: Mapping[str, Any], *, picture: str) -> Facts:
    """Give what is noted about one picture, under the name that `pictures` gave."""
    noted = tags[PICTURES][picture]
    albums, contacts = tags.get(ALBUMS, {}), tags.get(CONTACTS, {})
    return Facts(
        description=noted.get("caption") or None,
        keywords=_words(noted.get("keywords", "")),
        people=_named(FACE.findall(noted.get("faces", "")), contacts),
        albums=_named(noted.get("albums", "").split(","), albums),
        is_favourite=noted.get("star") == "yes",
    )


def _decode(data: bytes) -> str:
    """Old versions wrote in the code page of their Windows."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    section = ""
    for line in text.splitlines():
        start = SECTION.fullmatch(line.strip())
        if start:
            section = tag_text.clean(start[1], NAME_LIMIT)
            continue
        key, separator, value = line[:LINE_LIMIT].partition("=")
        if separator and section:
            yield section, tag_text.clean(key, NAME_LIMIT).strip(), tag_text.clean(value, TEXT_LIMIT).strip()


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _named(ids: list[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """Give the names behind ids; of those that nobody named nothing is known."""
    return tuple(dict.fromkeys(names[one] for one in ids if names.get(one)))
