"""Which content is a photo or a video, told by the first bytes (brands: https://mp4ra.org/registered-types/brands)."""

import os

try:
    import magic
except ImportError:  # no libmagic on this system: pylibmagic brings one, but only if it is imported first
    import pylibmagic  # noqa: F401
    import magic  # isort: skip

RAW_TYPES = frozenset(
    [
        "image/x-adobe-dng",
        "image/x-canon-cr2",
        "image/x-canon-cr3",
        "image/x-canon-crw",
        "image/x-epson-erf",
        "image/x-fujifilm-raf",
        "image/x-gopro-gpr",
        "image/x-hasselblad-3fr",
        "image/x-hasselblad-fff",
        "image/x-kodak-dcr",
        "image/x-kodak-k25",
        "image/x-kodak-kdc",
        "image/x-leica-rwl",
        "image/x-mamiya-mef",
        "image/x-minolta-mrw",
        "image/x-nikon-nef",
        "image/x-nikon-nrw",
        "image/x-olympus-orf",
        "image/x-panasonic-rw2",
        "image/x-pentax-pef",
        "image/x-phaseone-iiq",
        "image/x-raw",
        "image/x-samsung-srw",
        "image/x-sigma-x3f",
        "image/x-sony-arw",
        "image/x-sony-sr2",
        "image/x-sony-srf",
    ]
)
HEIF_TYPES = frozenset(
    ["image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/hif"]
)
PILLOW_FORMATS = {
    "image/avif": "AVIF",
    "image/bmp": "BMP",
    "image/gif": "GIF",
    "image/jp2": "JPEG2000",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
}
VIDEO_TYPES = frozenset(
    [
        "video/3gpp",
        "video/3gpp2",
        "video/m2ts",
        "video/mp2t",
        "video/mp4",
        "video/mpeg",
        "video/quicktime",
        "video/webm",
        "video/x-dv",
        "video/x-flv",
        "video/x-m4v",
        "video/x-matroska",
        "video/x-ms-asf",
        "video/x-ms-wmv",
        "video/x-msvideo",
    ]
)
# Nothing else is handed to ExifTool or to a decoder: its modules for DjVu and the like have been attacked.
MEDIA_TYPES = RAW_TYPES | HEIF_TYPES | PILLOW_FORMATS.keys() | VIDEO_TYPES

IMAGE_EXTENSIONS = frozenset(
    b"jpg jpeg jpe jfif mpo png gif webp tif tiff bmp heic heif hif avif jp2 insp".split()
)
RAW_EXTENSIONS = frozenset(
    (
        b"dng cr2 cr3 crw nef nrw arw sr2 srf raf rw2 rwl orf pef srw x3f mrw erf 3fr fff dcr kdc mef iiq gpr"
    ).split()
)
VIDEO_EXTENSIONS = frozenset(
    b"mp4 mov m4v qt 3gp 3g2 avi mkv webm mts m2ts m2t ts mpg mpeg mpe wmv asf flv dv insv".split()
)
MEDIA_EXTENSIONS = IMAGE_EXTENSIONS | RAW_EXTENSIONS | VIDEO_EXTENSIONS

# Other names of one type, to the one used here.
SAME_TYPE = {
    "image/apng": "image/png",
    "image/vnd.mozilla.apng": "image/png",
    "image/x-fuji-raf": "image/x-fujifilm-raf",
    "image/x-ms-bmp": "image/bmp",
    "image/x-x3f": "image/x-sigma-x3f",
    "video/avi": "video/x-msvideo",
}
# What libmagic 5.41 and 5.44 do not know, or not always.
SIGNATURES = (
    (b"\0MRM", "image/x-minolta-mrw"),
    (b"FOVb", "image/x-sigma-x3f"),
    (b"II\x1a\0\0\0HEAPCCDR", "image/x-canon-crw"),
    (b"IIU\0", "image/x-panasonic-rw2"),
)
BRANDS = {
    b"crx ": "image/x-canon-cr3",
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"MiHB": "image/heic",
    b"MiHE": "image/heic",
    b"heif": "image/heif",
    b"mif1": "image/heif",
    b"MSNV": "video/mp4",
}
# Major brands of files that are no video, where libmagic is asked.
OTHER_BRANDS = frozenset(
    [b"M4A ", b"M4B ", b"M4P ", b"jp2 ", b"jpx ", b"jpm ", b"jxl ", b"aax ", b"msf1", b"hevc"]
)
QUICKTIME_BOXES = frozenset([b"wide", b"free", b"skip", b"pnot", b"mdat", b"moov"])
UNKNOWN = "application/octet-stream"
TRANSPORT_SYNC = 0x47
TRANSPORT_LAYOUTS = ((0, 188), (4, 192))  # first sync byte, bytes per packet; the second is the form of AVCHD


def sniff_mime(head: bytes) -> str:
    """Tell the MIME type, lower case, from the first 4 KiB of a file.

    RAW files that are built on TIFF (DNG, NEF, ARW, ...) are "image/tiff" here; ExifTool knows better.
    """
    if signed := _by_signature(head) or _by_box(head):
        return signed
    if _is_transport_stream(head):
        return "video/mp2t"
    mime_type = _by_libmagic(head)
    return SAME_TYPE.get(mime_type, mime_type)


def is_media(mime_type: str) -> bool:
    """Tell whether content of this type is read, decoded and catalogued."""
    return mime_type in MEDIA_TYPES


def is_unsupported(mime_type: str) -> bool:
    """Tell whether this is some picture or video that is not catalogued (PSD, SVG, DjVu, ...)."""
    return mime_type.startswith(("image/", "video/")) and not is_media(mime_type)


def is_named_like_media(path: bytes) -> bool:
    """Tell whether the name promises a photo or video, whatever the content is."""
    return extension_of(path) in MEDIA_EXTENSIONS


def extension_of(path: bytes) -> bytes:
    """Give the extension in lower case, without the dot."""
    return os.path.splitext(path)[1][1:].lower()


def _by_signature(head: bytes) -> str | None:
    for signature, mime_type in SIGNATURES:
        if head.startswith(signature):
            return mime_type
    return None


def _by_box(head: bytes) -> str | None:
    """Read the brands of an ISO base media file, or the first box of a QuickTime file older than brands."""
    box = head[4:8]
    if box in QUICKTIME_BOXES:
        return "video/quicktime"
    if box != b"ftyp":
        return None
    major = head[8:12]
    size = min(int.from_bytes(head[:4], "big"), len(head))
    compatible = {head[at : at + 4] for at in range(16, size - 3, 4)}
    if major == b"mif1" and compatible & {b"avif", b"avis"}:
        return "image/avif"
    if major in BRANDS:
        return BRANDS[major]
    return None if major in OTHER_BRANDS else _video_brand(head)


def _video_brand(head: bytes) -> str:
    """Cameras invent brands (XAVC, CAEP, kddi); what is no known picture or sound is taken for a video."""
    mime_type = _by_libmagic(head)
    return "video/mp4" if mime_type == UNKNOWN else mime_type


def _by_libmagic(head: bytes) -> str:
    try:
        return str(magic.from_buffer(head, mime=True)).lower()
    except magic.MagicException:  # its rules fail on some contents
        return UNKNOWN


def _is_transport_stream(head: bytes) -> bool:
    for start, step in TRANSPORT_LAYOUTS:
        syncs = head[start : start + 8 * step : step]
        if len(syncs) >= 3 and all(byte == TRANSPORT_SYNC for byte in syncs):
            return True
    return False
