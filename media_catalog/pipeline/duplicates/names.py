"""What names say of files that belong together: shots of a series, edits, copies, what messengers send."""

import re
from functools import lru_cache

# What file managers, cloud services and editors put around a name that they copy.
COPY_BEFORE = re.compile(r"^(?:kopie von|copy of|copie de|copia de|kopia) +", re.IGNORECASE)
COPY_AFTER = re.compile(
    r"(?: ?\(\d{1,3}\)| - (?:kopie|copy|copie|copia)(?: ?\(\d+\))?"
    r"|[ _-](?:kopie|copy|copie|copia)\d*|~\d{1,3})$",
    re.IGNORECASE,
)
EDITED_AFTER = re.compile(
    r"[ _-]?(?:\((?:bearbeitet|edited|modifié|editado|modificato)\)"
    r"|[-_ ](?:edited|edit|bearbeitet|modifié|editado|modificato|bewerkt|edytowane|collage|effects))$",
    re.IGNORECASE,
)
EDITED_BY_APPLE = re.compile(r"^IMG_E(\d{4})$", re.IGNORECASE)
# A camera's counter: letters, then four to seven digits, and nothing more.
COUNTER = re.compile(r"^([a-z_]{1,6}?)(\d{4,7})$", re.IGNORECASE)
# (what all shots of a series share)(the number of the shot); sources: Google, Samsung, Huawei, Sony, Nexus.
SERIES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(\d{5})(?:img|portrait)_(\d{5})_burst\d{10,17}(?:_cover)?$",
        r"^(img_\d{8}_\d{6})_burst(\d{1,3})(?:_cover)?$",
        r"^(img_\d{8}_\d{6}\d*_burst)(\d{1,4})(?:_cover)?$",
        r"^(burst\d{14,17}).*?_(\d{1,4})$",
        r"^(\d{8}_\d{6})_(\d{3})$",
    )
)
GOOGLE_SERIES = re.compile(r"burst(\d{10,17})", re.IGNORECASE)
MESSENGERS = re.compile(
    r"^(?:(?:img|vid|ptt|stk)-\d{8}-wa\d{4}|whatsapp (?:image|video) .*|signal-\d{4}-.*"
    r"|photo_\d{4}-\d\d-\d\d_.*"
    r"|received_\d+.*|fb_img_\d+.*|mmexport\d+.*|telegram.*|viber.*|line_\d+.*"
    r"|\d+_\d+_\d+_[no]|image0?\d{0,3})$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def stem(name: str) -> str:
    """Strip a name of its extension and of what copying and editing put around it."""
    base = name.rpartition(".")[0] or name
    before = ""
    while base != before:
        before = base
        base = EDITED_AFTER.sub("", COPY_AFTER.sub("", COPY_BEFORE.sub("", base.strip())))
    return EDITED_BY_APPLE.sub(r"IMG_\1", base).casefold()


def is_edited(name: str) -> bool:
    """Tell whether a name says that an editor made the file."""
    base = COPY_AFTER.sub("", name.rpartition(".")[0] or name)
    return bool(EDITED_AFTER.search(base) or EDITED_BY_APPLE.match(base))


def is_copied(name: str) -> bool:
    """Tell whether a name says that the file is a copy."""
    base = name.rpartition(".")[0] or name
    return bool(COPY_BEFORE.match(base) or COPY_AFTER.search(base))


def is_messenger(name: str) -> bool:
    """Tell whether a messenger or social network gave the name, which re-encode what they pass on."""
    return bool(MESSENGERS.match(stem(name)))


def are_of_one_series(one: str, other: str) -> bool:
    """Tell whether names are those of two shots of one series of a phone."""
    first, second = series(one), series(other)
    return first is not None and second is not None and first[0] == second[0] and first[1] != second[1]


def have_other_counters(one: str, other: str) -> bool:
    """Tell whether names are one camera's with two numbers, so that the files are two shots."""
    first, second = COUNTER.match(stem(one)), COUNTER.match(stem(other))
    return bool(first and second and first[1] == second[1] and first[2] != second[2])


def have_one_stem(one: str, other: str) -> bool:
    return stem(one) == stem(other)


def series(name: str) -> tuple[str, str] | None:
    """Give what all shots of a series of a phone share in their names, and which one this is."""
    base = name.rpartition(".")[0] or name
    for pattern in SERIES:
        if match := pattern.match(base):
            whole = GOOGLE_SERIES.search(base)
            return (whole[1] if whole and match[1].isdigit() else match[1].casefold(), base.casefold())
    return None
