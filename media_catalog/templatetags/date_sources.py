"""Where a date comes from, in words."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()

MOST_TRUST = 10  # of what a camera writes; the word of a person is beyond doubt

TAKEN = gettext_lazy("when it was taken, by the camera")
MADE = gettext_lazy("when the file was made")
EDITED = gettext_lazy("when it was last edited")
DIGITIZED = gettext_lazy("when it was digitized, by the camera or the scanner")
GIVEN = gettext_lazy("when it was taken, as somebody noted")
RECORDED = gettext_lazy("when it was recorded, by the camera")
SOURCES = {
    "person": gettext_lazy("a person"),
    "EXIF:DateTimeOriginal": TAKEN,
    "Keys:CreationDate": RECORDED,
    "XML:CreationDate": RECORDED,
    "UserData:ContentCreateDate": RECORDED,
    "ItemList:ContentCreateDate": RECORDED,
    "EXIF:CreateDate": DIGITIZED,
    "MakerNotes:DateTimeOriginal": gettext_lazy("when it was taken, in the notes of the camera's maker"),
    "Pentax:Date": TAKEN,
    "UserData:DateTimeOriginal": RECORDED,
    "RIFF:DateTimeOriginal": RECORDED,
    "H264:DateTimeOriginal": RECORDED,
    "XMP:DateTimeOriginal": gettext_lazy("when it was taken, as a program noted"),
    "QuickTime:CreateDate": RECORDED,
    "QuickTime:TrackCreateDate": RECORDED,
    "QuickTime:MediaCreateDate": RECORDED,
    "Matroska:DateTimeOriginal": RECORDED,
    "ASF:CreationDate": RECORDED,
    "GPS:GPSDateTime": gettext_lazy("the time of the GPS satellites"),
    "MakerNotes:DateTimeUTC": gettext_lazy("when it was taken, by the camera's clock in UTC"),
    "XMP:DateCreated": GIVEN,
    "IPTC:DateCreated": GIVEN,
    "IPTC:DigitalCreationDate": DIGITIZED,
    "XMP:DateTimeDigitized": DIGITIZED,
    "XMP:CreateDate": MADE,
    "PNG:CreationTime": MADE,
    "Matroska:DateRecorded": GIVEN,
    "RIFF:DateCreated": MADE,
    "EXIF:ModifyDate": EDITED,
    "XMP:Date": gettext_lazy("some date of the file"),
    "PNG:ModifyDate": EDITED,
    "takeout:photoTakenTime": gettext_lazy("Google Photos, in the file beside it"),
    "name:forced": gettext_lazy("the file's name, marked [FORCE] by a person"),
    "file:mtime": gettext_lazy("the file's own time, which copying often changes"),
    "neighbour:folder": gettext_lazy("the other files of its folder"),
    "neighbour:counter": gettext_lazy("the files numbered before and after it"),
    "neighbour:copy": gettext_lazy("a copy of it elsewhere"),
    "neighbour:look": gettext_lazy("a picture that looks the same"),
    "neighbour:stem": gettext_lazy("the file of the same name beside it"),
}
# What begins so, where the whole is not named above.
BEGINNINGS = (
    ("name:", gettext_lazy("the file's name")),
    ("folder:", gettext_lazy("the name of its folder")),
    ("neighbour:", gettext_lazy("the files beside it")),
    ("sidecar:", gettext_lazy("the file beside it")),
    ("takeout:", gettext_lazy("Google Photos")),
    ("apple:", gettext_lazy("Apple's file beside it")),
    ("other:", gettext_lazy("a tag of unknown meaning")),
)


@register.filter
def source_words(source: str) -> str:
    """Say where a date comes from."""
    words = SOURCES.get(source)
    if words is None:
        words = next((text for start, text in BEGINNINGS if source.startswith(start)), None)
    return str(words) if words is not None else _("a tag of the file")


@register.filter
def trust(weight: int) -> str:
    """Say how far what gives a date is trusted."""
    return _("trusted %(weight)d of %(most)d") % {"weight": min(weight, MOST_TRUST), "most": MOST_TRUST}
