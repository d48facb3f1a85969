"""A user's own patterns for names, written like those of strptime: "Scan_%d%m%Y_*|* vom %d.%m.%Y"."""

import re
from functools import cache

from media_catalog.pipeline.filename_dates.rules import OWN, Rule
from media_catalog.pipeline.timestamps.candidates import Precision

SEPARATOR = "|"
SOURCE = "own"
NUMBERS = {
    "Y": r"(?P<y>[0-9]{4})",
    "y": r"(?P<short_year>[0-9]{2})",  # 69 is 1969, 68 is 2068, as in POSIX
    "m": r"(?P<mo>0?[1-9]|1[0-2])",
    "b": r"(?P<mon>[^\W\d_]{3,12})",
    "B": r"(?P<mon>[^\W\d_]{3,12})",
    "d": r"(?P<d>0?[1-9]|[12][0-9]|3[01])",
    "H": r"(?P<h>[01]?[0-9]|2[0-3])",
    "I": r"(?P<h>0?[1-9]|1[0-2])",
    "p": r"(?P<half>[ap]\.?m\.?)",
    "M": r"(?P<mi>[0-5][0-9])",
    "S": r"(?P<s>[0-5][0-9])",
    "f": r"(?P<ms>[0-9]{3})[0-9]{0,3}",
    "z": r"(?P<offset>[+-][0-9]{2}:?[0-9]{2})",
    "%": "%",
}
# Where nothing stands between two parts, each has all its digits.
TWO_DIGITS = {
    part: expression.replace("0?[", "0[").replace("[01]?[", "[01][") for part, expression in NUMBERS.items()
}
# Each part needs the ones before it; the last that is there gives the precision.
PARTS = (
    (("y", "short_year"), Precision.YEAR),
    (("mo", "mon"), Precision.MONTH),
    (("d",), Precision.DAY),
    (("h",), None),
    (("mi",), Precision.MINUTE),
    (("s",), Precision.SECOND),
)
ANYTHING = re.compile(r"\*+")
TOKEN = re.compile(r"%(.?)|([^%]+)", re.DOTALL)


class PatternError(ValueError):
    """A pattern that cannot be understood; the text says which, and why."""


@cache
def compiled(text: str) -> tuple[Rule, ...]:
    """Make rules of patterns, which `|` separates; each is a whole name without extension, `*` is anything.

    :raises PatternError: for an unknown or repeated part, or where a year, or a part between, is missing.
    """
    return tuple(_rule(pattern.strip()) for pattern in text.split(SEPARATOR) if pattern.strip())


def _rule(pattern: str) -> Rule:
    try:
        expression = re.compile(_expression(pattern.lstrip("^")))
    except re.error as error:
        raise PatternError(f"{pattern!r} has a part twice") from error
    except KeyError as error:
        raise PatternError(f"{pattern!r} has the unknown part %{error.args[0]}") from error
    return Rule(
        name=SOURCE,
        pattern=expression,
        precision=_precision(pattern, set(expression.groupindex)),
        weight=OWN,
        example=pattern,
        counter_example="",
    )


def _expression(pattern: str) -> str:
    """What stands between two stars is sought at its first place alone, or many stars would take for ever."""
    first, *others = ("".join(map(_piece, TOKEN.finditer(chunk))) for chunk in ANYTHING.split(pattern))
    middle = "".join(f"(?>.*?{chunk})" for chunk in others[:-1])
    last = f".*?{others[-1]}" if others else ""
    return rf"\A{first}{middle}{last}\Z"


def _piece(token: re.Match[str]) -> str:
    """:raises KeyError: for an unknown part."""
    part, words = token.groups()
    if words is not None:
        return re.escape(words.lower())
    before, after = token.string[: token.start()], token.string[token.end() :]
    is_glued = before[-2:-1] == "%" or after[:1] == "%"
    return (TWO_DIGITS if is_glued else NUMBERS)[part]


def _precision(pattern: str, groups: set[str]) -> Precision:
    has = [any(name in groups for name in names) for names, _ in PARTS]
    count = has.index(False) if False in has else len(has)
    if not has[0]:
        raise PatternError(f"{pattern!r} has no year: add %Y")
    precision = PARTS[count - 1][1]
    if precision is None or any(has[count:]):
        raise PatternError(f"{pattern!r} leaves out a part between the year and the last one")
    return precision
