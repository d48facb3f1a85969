"""Which tags hold capture dates, and how far each is trusted (tag names: https://exiftool.org/TagNames/)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DateTag:
    """Where a date stands among the tags, and what is known of it.

    The first key that holds text counts. `times` hold the other half of a date that is split in two, and
    `offsets` its zone, the most trusted first. An `is_utc` tag is on UTC by its specification. `needs_time`:
    a mere day says nothing here. `is_zone_mandatory`: the format wants one, so who knows none writes +00:00.
    `is_camera_clock`: where no zone is given, that of the maker's notes holds. `is_edit`: a program that
    edits pictures sets it anew.
    """

    source: str
    keys: tuple[str, ...]
    weight: int
    times: tuple[str, ...] = ()
    subseconds: tuple[str, ...] = ()
    offsets: tuple[str, ...] = ()
    is_utc: bool = False
    needs_time: bool = False
    is_zone_mandatory: bool = False
    is_camera_clock: bool = False
    is_edit: bool = False


EXIF_FOLDERS = ("EXIF:ExifIFD", "EXIF:IFD0", "EXIF:SubIFD")  # IFD1 is the thumbnail's and never counts


MAKERS = ("Casio", "CanonRaw", "Kodak", "Nikon", "Olympus", "PhaseOne", "Reconyx")


def _exif(name: str) -> tuple[str, ...]:
    return tuple(f"{folder}:{name}" for folder in EXIF_FOLDERS)


def _makers(name: str) -> tuple[str, ...]:
    return tuple(f"MakerNotes:{maker}:{name}" for maker in MAKERS)


ORIGINAL, DIGITIZED, MODIFIED = _exif("OffsetTimeOriginal"), _exif("OffsetTimeDigitized"), _exif("OffsetTime")
# The order of trust; ties are decided by the order here. Weights: 10 is the camera's own word, 5 and more can
# contradict it, 3 and less are weak and alone never more than a low confidence. Compare
# https://photostructure.com/faq/captured-at and Immich's server/src/services/metadata.service.ts.
DATE_TAGS = (
    DateTag(
        source="EXIF:DateTimeOriginal",
        keys=_exif("DateTimeOriginal"),
        weight=10,
        subseconds=_exif("SubSecTimeOriginal"),
        offsets=(*ORIGINAL, *DIGITIZED, *MODIFIED),
        is_camera_clock=True,
    ),
    DateTag(
        source="Keys:CreationDate",
        keys=(
            "QuickTime:Keys:CreationDate",
            "QuickTime:Keys:CreationDate-und-US",
            "QuickTime:Keys:CreationDate-eng-US",
            "QuickTime:ItemList:CreationDate",
        ),
        weight=10,
    ),
    DateTag(source="XML:CreationDate", keys=("XML:XML:CreationDateValue",), weight=10),  # Sony's XAVC
    DateTag(
        source="UserData:ContentCreateDate",
        keys=("QuickTime:UserData:ContentCreateDate",),
        weight=9,
        needs_time=True,
    ),
    DateTag(
        source="ItemList:ContentCreateDate",
        keys=("QuickTime:ItemList:ContentCreateDate",),
        weight=8,
        needs_time=True,
    ),
    DateTag(
        source="EXIF:CreateDate",
        keys=_exif("CreateDate"),
        weight=8,
        subseconds=_exif("SubSecTimeDigitized"),
        offsets=(*DIGITIZED, *ORIGINAL, *MODIFIED),
        is_camera_clock=True,
    ),
    DateTag(
        source="MakerNotes:DateTimeOriginal",
        keys=(
            *_makers("DateTimeOriginal"),
            "MakerNotes:Sony:SonyDateTime",
            "MakerNotes:Panasonic:PanasonicDateTime",
            "MakerNotes:HP:CameraDateTime",
        ),
        weight=8,
        is_camera_clock=True,
    ),
    DateTag(
        source="Pentax:Date",
        keys=("MakerNotes:Pentax:Date",),
        times=("MakerNotes:Pentax:Time",),
        weight=8,
        needs_time=True,
    ),
    DateTag(source="UserData:DateTimeOriginal", keys=("QuickTime:UserData:DateTimeOriginal",), weight=8),
    DateTag(source="RIFF:DateTimeOriginal", keys=("RIFF:DateTimeOriginal",), weight=8),
    DateTag(source="H264:DateTimeOriginal", keys=("H264:DateTimeOriginal",), weight=8),
    DateTag(source="XMP:DateTimeOriginal", keys=("XMP:XMP-exif:DateTimeOriginal",), weight=8),
    DateTag(source="QuickTime:CreateDate", keys=("QuickTime:CreateDate",), weight=7, is_utc=True),
    DateTag(source="Matroska:DateTimeOriginal", keys=("Matroska:DateTimeOriginal",), weight=7, is_utc=True),
    DateTag(source="ASF:CreationDate", keys=("ASF:CreationDate",), weight=7, is_utc=True),
    DateTag(
        source="GPS:GPSDateTime",
        keys=("EXIF:GPS:GPSDateStamp",),
        times=("EXIF:GPS:GPSTimeStamp",),
        weight=7,
        is_utc=True,
        needs_time=True,
    ),
    # Cameras that keep UTC beside their wall clock (Sony's by https://github.com/photostructure/exiftool-vendored.js).
    DateTag(
        source="MakerNotes:DateTimeUTC",
        keys=(
            "MakerNotes:Olympus:DateTimeUTC",
            "MakerNotes:Samsung:TimeStamp",
            "MakerNotes:Sony:SonyDateTime2",
        ),
        weight=7,
        is_utc=True,
        needs_time=True,
    ),
    DateTag(
        source="XMP:DateCreated",
        keys=("XMP:XMP-photoshop:DateCreated", "XMP:XMP-iptcCore:DateCreated"),
        weight=6,
    ),
    DateTag(
        source="IPTC:DateCreated",
        keys=("IPTC:DateCreated",),
        times=("IPTC:TimeCreated",),
        weight=6,
        is_zone_mandatory=True,
    ),
    DateTag(
        source="IPTC:DigitalCreationDate",
        keys=("IPTC:DigitalCreationDate",),
        times=("IPTC:DigitalCreationTime",),
        weight=5,
        is_zone_mandatory=True,
    ),
    DateTag(source="XMP:DateTimeDigitized", keys=("XMP:XMP-exif:DateTimeDigitized",), weight=5),
    DateTag(source="XMP:CreateDate", keys=("XMP:XMP-xmp:CreateDate",), weight=3),
    DateTag(source="PNG:CreationTime", keys=("PNG:CreationTime",), weight=3),
    DateTag(source="Matroska:DateRecorded", keys=("Matroska:DateRecorded",), weight=3),
    DateTag(source="RIFF:DateCreated", keys=("RIFF:DateCreated",), weight=3, needs_time=True),
    DateTag(
        source="EXIF:ModifyDate",
        keys=_exif("ModifyDate"),
        weight=2,
        subseconds=_exif("SubSecTime"),
        offsets=MODIFIED,
        is_edit=True,
    ),
    DateTag(source="XMP:Date", keys=("XMP:XMP-dc:Date",), weight=2),
    DateTag(source="PNG:ModifyDate", keys=("PNG:ModifyDate",), weight=1),
)
TRACK_DATES = {
    name: DateTag(source=f"QuickTime:{name}", keys=(), weight=7, is_utc=True)
    for name in ("TrackCreateDate", "MediaCreateDate")
}
