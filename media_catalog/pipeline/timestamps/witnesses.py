"""Who speaks in a dated claim: which witness, by which clock, and what its word is about."""

from media_catalog.pipeline.filename_dates import saved
from media_catalog.pipeline.filename_dates.rules import CAMERA
from media_catalog.pipeline.timestamps.candidates import EXACT, Candidate

WEAK_WEIGHT = 3  # this and less never supports another claim
PERSON_WEIGHT = 90  # a person's own word
STRONG_WEIGHT = 5  # this and more can contradict, or make a date certain by agreeing
DEVICE_WEIGHT = CAMERA  # names by the clock of the device that made the file
# Who writes together: programs copy a date from one such tag to the others, so they are one witness.
FAMILIES = {
    "EXIF": "tags",
    "MakerNotes": "tags",
    "Pentax": "tags",
    "XMP": "tags",
    "IPTC": "tags",
    "PNG": "tags",
    "QuickTime": "container",
    "Keys": "container",
    "UserData": "container",
    "ItemList": "container",
    "XML": "container",
    "RIFF": "container",
    "H264": "container",
    "Matroska": "container",
    "ASF": "container",
}
NAME, FOLDER, NEIGHBOUR, GPS, FILE, OTHER = "name", "folder", "neighbour", "GPS", "file", "other"
OFFERED = frozenset((FILE, OTHER))  # shown and compared, never believed alone
# Suspicions about a date, raised by the pass over the neighbours: no dates of their own.
OUTLIER, SAME_SECOND = "neighbour:outlier", "neighbour:same_second"
ORIGINALS = frozenset(("neighbour:stem", "neighbour:copy", "neighbour:look"))  # dates of the very picture
SUSPICIONS = frozenset((OUTLIER, SAME_SECOND))
# When a program edited, scanned, sent or saved: the picture was taken before.
LATE_TAGS = frozenset(("EXIF:ModifyDate", "XMP:CreateDate", "XMP:Date", "PNG:CreationTime", "PNG:ModifyDate"))
SCANNED = frozenset(("scan_stamp", "epson_scan", "scan_day", "video_frame"))
SENT = frozenset(("skype", "wechat_epoch", "facebook_epoch", "app_epoch", "utc_suffix", "whatsapp"))
SENT_NAMES = frozenset(f"name:{name}" for name in ({rule.name for rule in saved.RULES} | SENT) - SCANNED)
LATE_NAMES = SENT_NAMES | {f"name:{name}" for name in SCANNED}
TAKEOUT_UPLOAD_WEIGHT = 3  # Google's photoTakenTime where it is that of the upload


def prefix(claim: Candidate) -> str:
    return claim.source.partition(":")[0]


def family(claim: Candidate) -> str:
    """Name the witness behind a claim; claims of one family support each other only once."""
    kind = prefix(claim)
    return FAMILIES.get(kind, kind)


def is_weak(claim: Candidate) -> bool:
    """Tell whether a claim is only better than nothing (time of an edit, of a file, name of a folder)."""
    return claim.weight <= WEAK_WEIGHT


def is_by_person(claim: Candidate) -> bool:
    return claim.weight >= PERSON_WEIGHT


def is_offered(claim: Candidate) -> bool:
    return prefix(claim) in OFFERED


def is_file_time(claim: Candidate) -> bool:
    return prefix(claim) == FILE


def is_folder(claim: Candidate) -> bool:
    return prefix(claim) == FOLDER


def is_suspicion(claim: Candidate) -> bool:
    return claim.source in SUSPICIONS


def is_neighbour(claim: Candidate) -> bool:
    return prefix(claim) == NEIGHBOUR


def is_gps(claim: Candidate) -> bool:
    return prefix(claim) == GPS


def is_late(claim: Candidate) -> bool:
    """Tell whether a claim is no date of capture but of something that follows it."""
    if claim.source == "takeout:photoTakenTime":
        return claim.weight <= TAKEOUT_UPLOAD_WEIGHT
    return claim.source.removeprefix("sidecar:") in LATE_TAGS or claim.source in LATE_NAMES


def is_in_file(claim: Candidate) -> bool:
    """Tell whether a time stands in the file, by the clock of a camera, which may never have been set."""
    return family(claim) in {"tags", "container"} and claim.precision in EXACT


def is_device_name(claim: Candidate) -> bool:
    """Tell whether a name was given by the clock of the device that made the file, to the second."""
    return prefix(claim) == NAME and claim.weight == DEVICE_WEIGHT and claim.precision in EXACT
