"""Names of files and folders in the one form that the rules' patterns are written for."""

import re
import unicodedata

LONGEST_NAME = 512  # no file system allows more than 255 characters; keeps the patterns' time bounded

_ASCII_DIGITS = {ord(zero) + n: str(n) for zero in "٠۰०০๐" for n in range(10)}  # noqa: RUF001 (digits of other scripts)
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2212), "-")
_INVISIBLE = dict.fromkeys((0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x2066, 0x2068, 0x2069, 0xFEFF))
_PLAIN = {**_ASCII_DIGITS, **_DASHES, **_INVISIBLE}
_PERCENT_CODE = re.compile(r"%(20|2[8-9bcd]|3a|5f)")
_EXTENSION = re.compile(r"\.(?:[a-z][a-z0-9]{0,4}|3g(?:[p2]|pp))\Z")
_COPY_OF = re.compile(
    r"^(?:(?:kopie von|copy of|copie de|copia de|copia di|cópia de|kopie van|kopia|copy) )+"
)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def plain(name: str) -> str:
    """Lower case, in ASCII digits and dashes, without UUIDs (their digits mean nothing)."""
    name = name[:LONGEST_NAME]
    text = name if name.isascii() else unicodedata.normalize("NFKC", name.translate(_PLAIN))
    text = text.lower()
    if "%" in text:
        text = _PERCENT_CODE.sub(lambda code: chr(int(code[1], 16)), text)
    return _UUID.sub("#", text) if text.count("-") >= 4 else text


def stem(text: str) -> str:
    """A plain file name without its extension, and without the words that name a copy."""
    return _COPY_OF.sub("", _EXTENSION.sub("", text))


def storable(name: str) -> str:
    """The name without lone surrogates (bytes that are no UTF-8), which no database takes."""
    return name if name.isascii() else _LONE_SURROGATE.sub("\ufffd", name)
