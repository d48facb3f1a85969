"""Where a folder stands in a Google Takeout export: which album it is, and which folders are the same one."""

import re
from typing import NamedTuple

from media_catalog.pipeline.sidecars import takeout_names

# Unpacking several parts beside each other makes "Takeout", "Takeout 2" or "Takeout (1)" of the inner folder.
ROOT = re.compile(r"takeout(?: ?\(?[0-9]{1,3}\)?|[-_][0-9]{1,3})?", re.IGNORECASE)
ARCHIVE = re.compile(
    r"(takeout-[0-9]{8}T[0-9]{6}Z)(?:-[0-9]+)*(?:\.zip|\.tgz)?(?: ?\([0-9]+\))?", re.IGNORECASE
)
PART = re.compile(r"(?:part|teil|partie|parte|deel|część|del)?[ _-]?[0-9]{1,3}", re.IGNORECASE)
PRODUCT_DEPTH = 1  # "Google Photos", in any language
# "Photos from 2021" in the languages of accounts.
YEAR_FOLDER = re.compile(
    r"(?:photos?|fotos?|foto['\u2019]s|foton|fotky|fotografi[ei]|zdjęcia|bilder|billeder|kuvat|valokuvat|fényképek"
    r"|fotoğraflar|фото|фотографии|φωτογραφίες)"
    r"(?: (?:from|von|vom|aus|de|del|des|dal|di|da|uit|van|z|ze|za|från|fra|av|vuodelta|din|από το|от|из|за"
    r"|з))? (?:1[89]|20)[0-9]{2}(?: ?\w{1,4}\.?)?"
    r"|(?:1[89]|20)[0-9]{2} ?年 ?(?:の写真|的照片|的相片)|(?:1[89]|20)[0-9]{2}년(?:의)? 사진",
    re.IGNORECASE,
)
# Exports until 2020 had one for each day without an album.
DAY_FOLDER = re.compile(r"(?:1[89]|20)[0-9]{2}-[0-9]{2}-[0-9]{2}(?: ?#[0-9]+)?")
COUNTED = re.compile(r" ?\([0-9]+\)$")
TRASH = frozenset(
    (
        "trash",
        "bin",
        "papierkorb",
        "corbeille",
        "papelera",
        "cestino",
        "prullenbak",
        "lixeira",
        "kosz",
        "papperskorgen",
        "papirkurv",
        "roskakori",
        "koš",
        "корзина",
        "ゴミ箱",
        "回收站",
        "휴지통",
    )
)
ARCHIVED = frozenset(
    (
        "archive",
        "archiv",
        "archivo",
        "archivio",
        "archief",
        "arquivo",
        "archiwum",
        "arkiv",
        "arkisto",
        "архив",
        "アーカイブ",
        "归档",
        "보관함",
    )
)
UNTITLED = frozenset(
    ("untitled", "ohne titel", "sans titre", "sin título", "senza titolo", "naamloos", "bez nazwy")
)


class Place(NamedTuple):
    """A folder of an export: `export` is the same for all its parts, `inner` the path within it."""

    export: str
    inner: str

    @property
    def name(self) -> str:
        return self.inner.rpartition("/")[2]

    @property
    def is_album(self) -> bool:
        """Tell whether this is the folder of an album: neither a year's nor the trash, which nobody named."""
        name = COUNTED.sub("", self.name)
        is_technical = YEAR_FOLDER.fullmatch(name) or DAY_FOLDER.fullmatch(name)
        is_ours = name.casefold() in UNTITLED or self.is_trash or self.is_archive
        return self.inner.count("/") >= PRODUCT_DEPTH and not is_technical and not is_ours

    @property
    def is_trash(self) -> bool:
        return self.inner.count("/") == PRODUCT_DEPTH and self.name.casefold() in TRASH

    @property
    def is_archive(self) -> bool:
        return self.inner.count("/") == PRODUCT_DEPTH and self.name.casefold() in ARCHIVED


def place(folder: bytes) -> Place | None:
    """Find the export in the path of a folder, relative to its source; `None` where there is none.

    Parts of one export lie in folders that differ by the number of the part alone.
    """
    parts = takeout_names.text(folder).split("/")
    for at, part in enumerate(parts):
        if ROOT.fullmatch(part):
            above = [*parts[: max(at - 1, 0)], *(_export(one) for one in parts[max(at - 1, 0) : at])]
            return Place("/".join(above), "/".join(parts[at + 1 :]))
        if ARCHIVE.fullmatch(part) and not any(ROOT.fullmatch(one) for one in parts[at + 1 :]):
            return Place("/".join([*parts[:at], _export(part)]), "/".join(parts[at + 1 :]))
    return None


def _export(name: str) -> str:
    archive = ARCHIVE.fullmatch(name)
    if archive:
        return archive[1]
    return "" if PART.fullmatch(name) else name
