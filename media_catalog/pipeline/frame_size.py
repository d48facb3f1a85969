"""How large a picture is on the screen: what the container says, turned; never what EXIF remembers."""

from collections.abc import Iterator, Mapping
from typing import Any

from media_catalog.pipeline import media_types, tag_text

Size = tuple[int | None, int | None]

# Where each container keeps the size of what it holds. EXIF's own size tags survive cropping: never asked.
CONTAINERS = (
    "PNG",
    "GIF",
    "RIFF",
    "File",  # JPEG, BMP, HEIF: ExifTool reads the picture's header itself
    "Jpeg2000",
    "H264",
    "MPEG",
    "ASF",
    "Flash",
    "Photoshop",
    "Matroska",
)
RAW_FOLDERS = ("EXIF:SubIFD", "EXIF:SubIFD1", "EXIF:SubIFD2", "EXIF:SubIFD3", "EXIF:IFD0")
TRACKS_MAX = 32
SIDEWAYS = frozenset((5, 6, 7, 8))  # EXIF orientations that swap width and height
# HEIF's rotation, degrees against the clock, as an EXIF orientation.
ORIENTATION_OF_ROTATION = {0: 1, 90: 8, 180: 3, 270: 6}


def displayed_size(tags: Mapping[str, Any], *, mime_type: str | None) -> Size:
    """Give width and height in pixels as shown on a screen; None where the file does not say."""
    if mime_type in media_types.VIDEO_TYPES:
        return _video_size(tags)
    width, height = _stored_size(tags, mime_type)
    orientation = _rotation(tags) if _is_heif(mime_type) else _exif_orientation(tags)
    return (height, width) if orientation in SIDEWAYS else (width, height)


def pending_orientation(tags: Mapping[str, Any], *, mime_type: str | None) -> int:
    """Give the EXIF orientation (1 to 8) that decoded pixels still need.

    HEIC is turned by its decoder and needs none. AVIF is not, and its container's rotation counts alone.
    """
    if mime_type in media_types.VIDEO_TYPES or mime_type in media_types.HEIF_TYPES:
        return 1
    return _rotation(tags) if _is_heif(mime_type) else _exif_orientation(tags)


def _is_heif(mime_type: str | None) -> bool:
    return mime_type in media_types.HEIF_TYPES or mime_type == "image/avif"


def _exif_orientation(tags: Mapping[str, Any]) -> int:
    orientation = tag_text.read_number(tags.get("EXIF:IFD0:Orientation")) or 1
    return int(orientation) if orientation in range(1, 9) else 1


def _rotation(tags: Mapping[str, Any]) -> int:
    return ORIENTATION_OF_ROTATION.get(int(tag_text.read_number(tags.get("QuickTime:Rotation")) or 0), 1)


def _stored_size(tags: Mapping[str, Any], mime_type: str | None) -> Size:
    if mime_type in media_types.RAW_TYPES:
        return _raw_size(tags)
    if mime_type == "image/tiff":
        return _size(tags, "EXIF:IFD0:ImageWidth", "EXIF:IFD0:ImageHeight")
    return _cropped(tags, _container_size(tags)) if _is_heif(mime_type) else _container_size(tags)


def _cropped(tags: Mapping[str, Any], coded: Size) -> Size:
    """Take off what a HEIF encoder added to fill its last blocks: its clean aperture is the picture."""
    aperture = [_pixels(part) for part in str(tags.get("QuickTime:CleanAperture", "")).split()[:2]]
    if len(aperture) != 2 or None in aperture or not all(coded):
        return coded
    width, height = aperture
    return min(width or 0, coded[0] or 0), min(height or 0, coded[1] or 0)


def _container_size(tags: Mapping[str, Any]) -> Size:
    for group in CONTAINERS:
        size = _size(tags, f"{group}:ImageWidth", f"{group}:ImageHeight")
        if any(size):
            return size
    return None, None


def _raw_size(tags: Mapping[str, Any]) -> Size:
    """Give the size of the developed picture, as ExifTool works it out for each maker."""
    parts = str(tags.get("Composite:ImageSize", "")).split()
    if len(parts) == 2:
        return _pixels(parts[0]), _pixels(parts[1])
    sizes = (_size(tags, f"{folder}:ImageWidth", f"{folder}:ImageHeight") for folder in RAW_FOLDERS)
    return max(sizes, key=_area)


def _video_size(tags: Mapping[str, Any]) -> Size:
    largest = max(_tracks(tags), key=_area, default=(None, None))
    return largest if any(largest) else _container_size(tags)


def _tracks(tags: Mapping[str, Any]) -> Iterator[Size]:
    for index in range(1, TRACKS_MAX + 1):
        track = f"QuickTime:Track{index}"
        width, height = _size(tags, f"{track}:SourceImageWidth", f"{track}:SourceImageHeight")
        if not width:
            width, height = _size(tags, f"{track}:ImageWidth", f"{track}:ImageHeight")
        is_sideways = _is_sideways(str(tags.get(f"{track}:MatrixStructure", "")))
        yield (height, width) if is_sideways else (width, height)
        yield _size(tags, f"Matroska:Track{index}:ImageWidth", f"Matroska:Track{index}:ImageHeight")


def _is_sideways(matrix: str) -> bool:
    """Tell whether a track's matrix, nine numbers a b u c d v x y w, turns it by a quarter."""
    numbers = [tag_text.read_number(part) or 0.0 for part in matrix.split()]
    return len(numbers) == 9 and abs(numbers[1]) > abs(numbers[0])


def _size(tags: Mapping[str, Any], width_key: str, height_key: str) -> Size:
    return _pixels(tags.get(width_key)), _pixels(tags.get(height_key))


def _pixels(value: Any) -> int | None:
    count = tag_text.read_number(value)
    return int(count) if count and count > 0 else None


def _area(size: Size) -> int:
    return (size[0] or 0) * (size[1] or 0)
