"""What settings are called, and what they do."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from media_catalog.services.preferences import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a setting is called, and what it does."""

    label: str | Promise
    about: str | Promise


WORDS: Mapping[Name, Words] = {
    Name.ARCHIVE_DIR: Words(
        label=gettext_lazy("Folder for exports"),
        about=gettext_lazy(
            "Exports go here where nobody names another folder. It is made if it is not there."
        ),
    ),
    Name.IMPORT_ROOTS: Words(
        label=gettext_lazy("Folders that may be imported"),
        about=gettext_lazy(
            "Folders of the server from which people may import in the browser, with all that lies in them. "
            "Nothing in them is changed."
        ),
    ),
    Name.EXPORT_ROOTS: Words(
        label=gettext_lazy("More folders for exports"),
        about=gettext_lazy("Below these, people may name other folders for an export."),
    ),
    Name.TIME_ZONE: Words(
        label=gettext_lazy("Time zone at home"),
        about=gettext_lazy(
            "Many videos tell only the moment, and no place. They are shown by the clocks of this zone. What "
            "a camera wrote by its own clock is not moved."
        ),
    ),
    Name.NAME_PATTERNS: Words(
        label=gettext_lazy("Your own dates in file names"),
        about=gettext_lazy(
            "Scan_%d%m%Y_* reads Scan_31012015_7.jpg as 31 January 2015. The parts are %Y or %y, %m or %b, "
            "%d, %H, %M and %S; * is anything. A pattern is the whole name without what follows the last dot."
        ),
    ),
    Name.EARLIEST_YEAR: Words(
        label=gettext_lazy("Earliest year of your pictures"),
        about=gettext_lazy(
            "A date before this year is not believed, whoever tells it: a clock that was set wrongly, or a "
            "number in a name. What a person says is always believed. Have you scanned old prints? Then give "
            "the year of the oldest."
        ),
    ),
    Name.COPY_BITS: Words(
        label=gettext_lazy("How different copies may look"),
        about=gettext_lazy(
            "0: only pictures that look all but equal, such as smaller ones, are offered as copies. 4: those "
            "with a mark or a small edit as well. 10: turned ones and larger edits too; beyond, other "
            "pictures would come in. Files with the same content, series and videos are found in other ways."
        ),
    ),
    Name.ERROR_THRESHOLD: Words(
        label=gettext_lazy("When a job stops and asks"),
        about=gettext_lazy(
            "If so many files cannot be reached, perhaps a disk was pulled out: the job stops and asks you. "
            "Damaged files do not count, and 10 files are tried in any case."
        ),
    ),
    Name.DELETE_ORIGINALS: Words(
        label=gettext_lazy("Deleting originals"),
        about=gettext_lazy(
            "While this is off, nobody can delete an original here. While it is on, clearing up after an "
            "export offers it: for originals whose copies were read again, and after somebody has typed it."
        ),
    ),
}
