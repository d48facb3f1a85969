"""Whether two files show one thing: the same picture, two halves of one shot, a copy as its name says."""

from collections.abc import Iterator

from media_catalog.pipeline import similarity
from media_catalog.pipeline.timestamps import siblings
from media_catalog.pipeline.timestamps.siblings import DAY, VIDEO, Dated, Sibling

LOOK_BITS = 6  # of 64, anywhere in the library (https://www.hackerfactor.com/blog/?/archives/432)
SURE_LOOK_BITS = 5
NAMED_LOOK_BITS = 10  # of 64, where the names say so as well
LEAST_INFORMATION = 10.0  # deviation of grey values; flatter pictures all look alike
ASPECT_TOLERANCE = 0.02
LIVE_PHOTO_S = 4.5  # Apple's are 3 s at most, others a little longer
SAME_LENGTH_S = 0.5
SAME_LENGTH_SHARE = 0.02


def is_telling(file: Sibling) -> bool:
    """Tell whether a file can be known by its look: one frame of a video, or a flat picture, says little."""
    has_look = file.phash is not None and bool(file.width_px and file.height_px)
    return has_look and file.kind in siblings.PICTURES and (file.information or 0) >= LEAST_INFORMATION


def distance_bits(file: Sibling, other: Sibling) -> int | None:
    """Measure how different two pictures look, turned if need be; `None` where that says nothing."""
    return min((bits for bits, _ in _distances(file, other)), default=None)


def same_picture_bits(file: Sibling, other: Sibling) -> int | None:
    """Measure how different two files look that by look and shape are one picture; `None` if they are not."""
    alike = (
        bits
        for bits, aspect in _distances(file, other)
        if bits <= LOOK_BITS and abs(aspect / _aspect(other) - 1) <= ASPECT_TOLERANCE
    )
    return min(alike, default=None)


def _distances(file: Sibling, other: Sibling) -> Iterator[tuple[int, float]]:
    """Compare two pictures, the first one turned in all ways; with the shape that it has then."""
    if file.phash is None or other.phash is None or not (is_telling(file) and is_telling(other)):
        return
    for quarters, phash in enumerate(similarity.turns(file.phash)):
        aspect = _aspect(file) if quarters % 2 == 0 else 1 / _aspect(file)
        yield (phash ^ other.phash).bit_count(), aspect


def is_alike(file: Sibling, other: Sibling) -> bool | None:
    """Tell whether two files that share a name look alike, or are equally long; `None` if that is unknown."""
    if (file.kind == VIDEO) != (other.kind == VIDEO):
        return False
    if file.kind == VIDEO:
        return _is_same_length(file, other)
    bits = distance_bits(file, other)
    return None if bits is None else bits <= NAMED_LOOK_BITS


def is_companion(file: Sibling, other: Sibling, dated: Dated) -> bool:
    """Tell whether two files of one stem are two forms of one shot; `dated` is the date of the other.

    A video that is no Live Photo's, and a picture of another camera, only share a counter.
    """
    if file.has_camera and other.has_camera and file.camera != other.camera:
        return False
    if (file.kind == VIDEO) != (other.kind == VIDEO):
        video = file if file.kind == VIDEO else other
        is_short = video.duration_s is not None and video.duration_s <= LIVE_PHOTO_S
        return is_short and not _is_of_another_day(file, other, dated)
    if file.kind == VIDEO:
        return _is_same_length(file, other) is True
    return "raw" in (file.kind, other.kind) or is_alike(file, other) is not False


def _is_of_another_day(file: Sibling, other: Sibling, dated: Dated) -> bool:
    """Tell whether the other's file time is that of its capture, and this one's of another day."""
    if other.file_time is None or file.file_time is None:
        return False
    is_true = abs(other.file_time - dated.local) <= siblings.ZONES
    return is_true and abs(file.file_time - other.file_time) > DAY


def _is_same_length(file: Sibling, other: Sibling) -> bool | None:
    if not file.duration_s or not other.duration_s:
        return None
    allowed = max(SAME_LENGTH_S, SAME_LENGTH_SHARE * other.duration_s)
    return abs(file.duration_s - other.duration_s) <= allowed


def _aspect(file: Sibling) -> float:
    return (file.width_px or 1) / (file.height_px or 1)
