"""What to do about files that failed or were left out, in plain words; reasons are known by their codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_catalog.models import Fate
from media_catalog.services import troubles

Text = str | Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What happened, what to do, and whether trying again can help."""

    title: Text
    text: Text
    can_retry: bool = True


DAMAGED = _(
    "The file is probably damaged. Open it with another program: if that fails too, look for another copy."
)
LEFT_ALONE = _("This is no photo or video of yours. There is nothing to do.")
ADVICE: Mapping[str, Advice] = {
    "unreadable": Advice(
        title=_("Could not be read"),
        text=_("Open the file with another program. If that works, try again; else look for another copy."),
    ),
    "unreadable_permission": Advice(
        title=_("May not be read"),
        text=_("Allow the user that runs this program to read these files, then try again."),
    ),
    "unreadable_io": Advice(
        title=_("The disk reported an error"),
        text=_("Check the disk or the network drive. Once it works, try again."),
    ),
    "vanished": Advice(
        title=_("No longer there"),
        text=_("Connect the disk, or bring the files back, and try again. If you removed them, ignore them."),
    ),
    "changed_while_reading": Advice(
        title=_("Changed while they were read"),
        text=_("Wait until they have been copied or edited to the end, then try again."),
    ),
    "metadata_unread": Advice(
        title=_("Their metadata could not be read"),
        text=_("Try again. If that does not help, ExifTool cannot read these files."),
    ),
    "kills_worker": Advice(
        title=_("Broke the program off"),
        text=_("Reading them ended the program several times, so they are left alone. They may be damaged."),
    ),
    "internal_error": Advice(
        title=_("A mistake of this program"),
        text=_("The details stand in the log of the server. Try again after the next update."),
    ),
    "decoder_crashed": Advice(title=_("Could not be decoded"), text=DAMAGED),
    "memory": Advice(
        title=_("Need too much memory"),
        text=_("Allow the program more memory (MEDIAPARSER_DECODER_MEMORY_MB), then try again."),
    ),
    "empty": Advice(
        title=_("Empty files"),
        text=_("Nothing is in them, perhaps since a copy was broken off. Look for them on the first disk."),
    ),
    "not_media": Advice(
        title=_("No photos or videos"), text=_("Nothing to do, unless one of them is named wrongly.")
    ),
    "unsupported": Advice(
        title=_("Of a type that is not supported"),
        text=_("Save them as JPEG, PNG or TIFF with another program, and import the folder again."),
    ),
    "sidecar": Advice(
        title=_("Sidecars"),
        text=_("Their facts were read into the files they belong to. There is nothing to do."),
        can_retry=False,
    ),
    "hidden": Advice(
        title=_("Hidden files"),
        text=_("Programs hide their own files so. If one is yours, give it a name without a dot in front."),
        can_retry=False,
    ),
    "system_file": Advice(title=_("Files of the system"), text=LEFT_ALONE, can_retry=False),
    "own_data": Advice(title=_("Data of this program"), text=LEFT_ALONE, can_retry=False),
    "symlink": Advice(
        title=_("Symbolic links"),
        text=_("They point to files elsewhere. If these are not imported yet, import their folder."),
        can_retry=False,
    ),
    "fifo": Advice(title=_("Named pipes"), text=LEFT_ALONE, can_retry=False),
    "socket": Advice(title=_("Sockets"), text=LEFT_ALONE, can_retry=False),
    "device": Advice(title=_("Devices"), text=LEFT_ALONE, can_retry=False),
}
UNKNOWN = Advice(title=_("Another reason"), text=_("The reason stands beside each file."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One reason with its files' number, and what to do."""

    fate: Fate
    code: str
    number: int
    advice: Advice

    @property
    def is_failure(self) -> bool:
        return self.fate == Fate.FAILED


def every() -> Sequence[Trouble]:
    """Return all reasons with what to do."""
    return [
        Trouble(fate=one.fate, code=one.code, number=one.number, advice=ADVICE.get(one.code, UNKNOWN))
        for one in troubles.reasons()
    ]
