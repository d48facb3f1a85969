"""How programs name the copies that they make of a file (Google Photos, Apple, Windows, macOS, Picasa)."""

import re

EDITED = (
    r"edited|edit|effects|smile|mix|bearbeitet|bewerkt|modifié|modifie|modificato|modificata|editado|editada|"
    r"ha editado|editat|edytowane|redigeret|redigerad|redigert|muokattu|düzenlendi|изменено|"
    r"編集済み|编辑|已编辑|"
    r"collage|animation|motion|cropped|crop|enhanced|retouched"
)
COPIED = r"copy|kopie|copie|copia|cópia|kopia|kopi|kopio|kopya|копия|コピー|副本"
SURE_ENDINGS = (
    re.compile(rf"[-_ ~]\(?(?:{EDITED})\)?\Z"),
    re.compile(rf"(?: - |[-_ ])(?:{COPIED})(?: \([0-9]{{1,2}}\)| [0-9]{{1,2}})?\Z"),
)
COPY_OF = re.compile(rf"(?:{COPIED}) (?:\([0-9]{{1,2}}\) )?(?:von|of|de|di|av|af|van|do) ")
APPLE_EDIT = re.compile(r"(img_)e([0-9]{4})")
# Also given to strangers whose names collide, so that only the look tells.
COUNTED = re.compile(r"(?: ?\([0-9]{1,2}\)|~[0-9]{1,2}|[-_ ][0-9])\Z")


def original_of(stem: str) -> tuple[str, bool]:
    """Give the stem that a copy was made from, and whether its name says so for sure; in lower case.

    A name that is no copy's comes back as it is, and is sure.
    """
    is_sure = True
    while True:
        shorter, is_plain = _once(stem)
        if shorter == stem:
            return stem, is_sure
        stem, is_sure = shorter, is_sure and is_plain


def _once(stem: str) -> tuple[str, bool]:
    if apple := APPLE_EDIT.fullmatch(stem):
        return apple[1] + apple[2], True
    if prefix := COPY_OF.match(stem):
        return stem[prefix.end() :] or stem, True
    for ending in SURE_ENDINGS:
        if shorter := _without(stem, ending):
            return shorter, True
    return _without(stem, COUNTED) or stem, False


def _without(stem: str, ending: re.Pattern[str]) -> str:
    """Cut an ending off a stem; nothing is left of a stem that lacks it, or that is no more than it."""
    match = ending.search(stem)
    return stem[: match.start()] if match else ""
