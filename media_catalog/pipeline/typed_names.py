"""Several names in one field: commas stand between them, and double quotes round a name that has commas."""

import re
from collections.abc import Iterable, Iterator

# Telephones make typographic quotes of what is typed. A quote within a name, as in 12" vinyl, belongs to it,
# and of a name in straight quotes a quote is written twice.
PART = re.compile(
    r"""\s*(?:
        "(?P<quoted>(?:[^"]|"")*)"(?=\s*(?:,|\Z))
      | "(?P<begun>(?:[^"]|"")*)\Z
      | [“„](?P<curly>[^“”]*)[“”](?=\s*(?:,|\Z))
      | [“„](?P<curly_begun>[^“”]*)\Z
      | (?P<plain>[^,]*)
    )\s*(?P<comma>,?)""",
    re.VERBOSE,
)
STRAIGHT = ("quoted", "begun")
QUOTES = ('"', "“", "„")


def split(text: str) -> list[str]:
    """Read names with commas between them, without needless white space, each once."""
    names = (" ".join(_name(part).split()) for part in _parts(text))
    return list(dict.fromkeys(name for name in names if name))


def unfinished(text: str) -> tuple[str, str]:
    """Return what stands before the last name, up to its comma, and how that name begins."""
    parts = list(_parts(text))
    if not parts or parts[-1]["comma"]:
        return text, ""
    return text[: parts[-1].start()], " ".join(_name(parts[-1]).split())


def join(names: Iterable[str]) -> str:
    """Write names so that `split` reads the same ones."""
    return ", ".join(quoted(name) for name in names)


def quoted(name: str) -> str:
    """Write one name among several."""
    if "," not in name and not name.startswith(QUOTES):
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _parts(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text) and (part := PART.match(text, at)):
        yield part
        at = part.end()


def _name(part: re.Match[str]) -> str:
    for group in STRAIGHT:
        if part[group] is not None:
            return part[group].replace('""', '"')
    return part["curly"] or part["curly_begun"] or part["plain"] or ""
