"""Small pictures and videos that the tests of the pipeline make for themselves."""

import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import av
import pillow_heif
from PIL import Image, ImageDraw, ImageFilter

from tests import tagging

CORNERS = {"R": (220, 20, 20), "G": (20, 180, 20), "B": (20, 20, 220), "Y": (220, 220, 20)}
UPRIGHT = "RGBY"  # top left, top right, bottom left, bottom right
# How an upright picture has to be stored so that an EXIF orientation makes it upright again.
STORED_FOR = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def scene(seed: int = 1, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Draw a picture with enough in it that hashes mean something."""
    rng = random.Random(seed)
    picture = Image.new("RGB", size, "skyblue")
    draw = ImageDraw.Draw(picture)
    for _ in range(30):
        x, y, radius = rng.randrange(size[0]), rng.randrange(size[1]), rng.randrange(5, 60)
        colour = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(1))


def noise(seed: int = 1, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw a picture that no codec makes small."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def corners(size: tuple[int, int] = (80, 60)) -> Image.Image:
    """Draw a picture with another colour in each corner, to tell which way is up."""
    picture = Image.new("RGB", size)
    half = size[0] // 2, size[1] // 2
    for place, colour in enumerate(CORNERS.values()):
        x, y = (place % 2) * half[0], (place // 2) * half[1]
        picture.paste(colour, (x, y, x + half[0], y + half[1]))
    return picture


def stored_for(picture: Image.Image, orientation: int) -> Image.Image:
    move = STORED_FOR[orientation]
    return picture if move is None else picture.transpose(move)


def corner_names(picture: Image.Image) -> str:
    """Name the colours of the corners, top left first: "RGBY" is upright."""
    small = picture.convert("RGB")
    places = [(x * small.width // 4, y * small.height // 4) for y in (1, 3) for x in (1, 3)]
    return "".join(_nearest(small.getpixel(place)) for place in places)


def _nearest(colour: object) -> str:
    assert isinstance(colour, tuple)
    return min(CORNERS, key=lambda name: sum(abs(a - b) for a, b in zip(CORNERS[name], colour, strict=True)))


def save_heic(path: Path, picture: Image.Image, *, orientation: int = 1, thumbnail_px: int = 0) -> Path:
    """Write a HEIC file that is turned by its container (irot and imir)."""
    file = pillow_heif.from_pillow(picture)
    exif = Image.Exif()
    exif[0x112] = orientation
    file[0].info["exif"] = exif.tobytes()
    file[0].info["thumbnails"] = [thumbnail_px] if thumbnail_px else []
    file.save(path, quality=90)
    return path


def save_video(
    path: Path, pictures: Sequence[Image.Image], *, codec: str = "mpeg4", rate: int = 10, key_every: int = 5
) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = pictures[0].size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = key_every
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    return path


def save_raw(path: Path, preview: bytes, *, orientation: int = 1) -> Path:
    """Write the least that ExifTool takes for a RAW file of Panasonic: one folder with a JPEG in it."""
    make = b"Panasonic\0"
    start = 8 + 2 + 12 * 3 + 4
    entries = struct.pack("<HHII", 0x002E, 7, len(preview), start + len(make))
    entries += struct.pack("<HHII", 0x010F, 2, len(make), start)
    entries += struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    path.write_bytes(b"IIU\0" + struct.pack("<IH", 8, 3) + entries + bytes(4) + make + preview)
    return path


def save(path: Path, picture: Image.Image) -> Path:
    """Write a picture in the format that the extension names; a GIF and a video get several frames."""
    special: dict[str, Callable[[], object]] = {
        ".mp4": lambda: save_video(path, [picture.rotate(3 * number) for number in range(8)]),
        ".mov": lambda: save_video(path, [picture.rotate(3 * number) for number in range(8)]),
        ".heic": lambda: save_heic(path, picture),
        ".gif": lambda: picture.quantize(64).save(path, save_all=True, append_images=[picture.rotate(90)]),
    }
    special.get(path.suffix, lambda: picture.save(path, quality=85))()
    return path


def edit(path: Path, *arguments: str) -> Path:
    """Edit the tags of a file by ExifTool."""
    tagging.run("-q", "-m", "-overwrite_original", *arguments, path)
    return path
