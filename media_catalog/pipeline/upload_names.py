"""Where an uploaded file may lie below the folder of its upload: by its own name, and never outside."""

import hashlib
from collections.abc import Iterator

NAME_BYTES = 255  # of one name on any disk
PATH_BYTES = 3000  # of all of them; Linux takes 4096 with the folders above
DEEPEST = 100
MARK_LENGTH = 8
LONGEST_EXTENSION = 20
MOST_OF_ONE_NAME = 1000
UNKNOWN = "\ufffd"


class UnusableName(ValueError):
    """A file of this name cannot be stored; the message is for a person."""


def storable(text: str) -> str:
    """Return text as any database takes it: without half characters and without NUL."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", UNKNOWN)


def parts(path: str) -> tuple[bytes, ...]:
    """Split the path that a browser gave into names that can be stored.

    They stay what they are, letter by letter, except what leads elsewhere (`..`) and what no disk takes:
    names that are too long are cut, and marked by a digest so that they differ from each other.

    :raises UnusableName:
    """
    names = [name for name in storable(path).split("/") if name not in ("", ".", "..")]
    if not names:
        raise UnusableName("it has no name")
    found = tuple(_shortened(name.encode()) for name in names)
    if len(found) > DEEPEST or sum(map(len, found)) + len(found) > PATH_BYTES:
        raise UnusableName("its folders lie too deep: move it higher up and upload it again")
    return found


def places(names: tuple[bytes, ...]) -> Iterator[bytes]:
    """Yield where a file may be put, best first.

    The second of one path lies in a folder "2", since its name often tells its date and what belongs to it.
    """
    yield b"/".join(names)
    for number in range(2, MOST_OF_ONE_NAME):
        yield b"/".join((b"%d" % number, *names))


def _shortened(name: bytes) -> bytes:
    if len(name) <= NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(b".")
    ending = dot + extension if dot and len(extension) <= LONGEST_EXTENSION else b""
    mark = b"~" + hashlib.sha256(name).hexdigest()[:MARK_LENGTH].encode()
    room = NAME_BYTES - len(mark) - len(ending)
    kept = (stem if ending else name)[:room].decode("utf-8", "ignore")
    return kept.encode() + mark + ending
