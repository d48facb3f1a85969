"""Shows paths and text harmlessly."""

# Bidirectional overrides and line separators let a name pretend to be another one.
DECEPTIVE = frozenset([*range(0x80, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)])
CONTROL_PICTURES = 0x2400  # U+2400 is the picture of U+0000, and so on
DELETE_PICTURE = "\u2421"


def display_text(path: bytes) -> str:
    """Show a path harmlessly: U+FFFD for what is not UTF-8 or could mislead, pictures for control characters.

    The exact bytes can be had back only where encoding the text again gives the same bytes.
    """
    text = path.decode("utf-8", "replace")
    return text if text.isascii() and text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(CONTROL_PICTURES + code)
    if code == 0x7F:
        return DELETE_PICTURE
    return "\ufffd" if code in DECEPTIVE else character
