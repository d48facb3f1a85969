"""How the sample library's photos and clips become files."""

import os
import struct
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pillow_heif
from PIL import Image

from tests.samples.pictures import LANDSCAPE, Scene, draw

FRAMES_PER_SECOND = 10
SMALL = (320, 240)
H264 = {"crf": "30", "threads": "1", "x264-params": "no-info=1"}
MJPEG = {"flags": "bitexact", "qmin": "8", "qmax": "8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    path: str
    scene: Scene
    seed: int = 1
    tags: tuple[str, ...] = ()  # as ExifTool takes them, without the leading dash
    size_px: tuple[int, int] = LANDSCAPE
    change: Callable[[Image.Image], Image.Image] | None = None
    save_as: str | None = None  # the true extension, where the name lies


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    path: str
    scene: Scene
    seed: int = 1
    tags: tuple[str, ...] = ()
    keys: Mapping[str, str] = field(default_factory=dict)  # Apple's, without "com.apple.quicktime."
    idit: str | None = None  # the date of an AVI
    frames: int = 8


def write_photo(photo: Photo, target: Path) -> None:
    """Draw the photo, save it in the format of its name or of `save_as`, and tag it."""
    picture = draw(photo.scene, seed=photo.seed, size_px=photo.size_px)
    if photo.change:
        picture = photo.change(picture)
    _save(picture, target, extension=photo.save_as or target.suffix.lower().removeprefix("."))
    _tag(target, photo.tags)


def write_clip(clip: Clip, target: Path) -> None:
    """Film a pan over the scene from left to right, and tag it."""
    _film(clip, target)
    if clip.idit:
        _add_avi_date(target, clip.idit)
    _tag(target, clip.tags)


def _save(picture: Image.Image, target: Path, *, extension: str) -> None:
    match extension:
        case "jpg":
            picture.save(target, "JPEG", quality=80)
        case "png":
            picture.quantize(64, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
        case "gif":
            turned = [picture.rotate(angle, Image.Resampling.BICUBIC) for angle in (0, 6, 0, -6)]
            frames = [frame.quantize(48, dither=Image.Dither.NONE) for frame in turned]
            frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=150, loop=0)
        case "tif":
            picture.save(target, "TIFF", compression="jpeg", quality=80)
        case "heic":
            pillow_heif.from_pillow(picture).save(target, quality=60)
        case _:
            picture.save(target, extension.upper(), quality=75)


def _film(clip: Clip, target: Path) -> None:
    picture = draw(clip.scene, seed=clip.seed)
    width, height = (round(side * 0.75) for side in picture.size)
    codec, options = ("mjpeg", MJPEG) if clip.idit else ("libx264", H264)
    muxing = {"fflags": "bitexact", "movflags": "use_metadata_tags"}
    with av.open(target, "w", container_options=muxing) as container:
        container.metadata.update({f"com.apple.quicktime.{key}": value for key, value in clip.keys.items()})
        stream = container.add_stream(codec, rate=FRAMES_PER_SECOND, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SMALL
        stream.pix_fmt = "yuvj420p" if clip.idit else "yuv420p"
        stream.time_base = Fraction(1, FRAMES_PER_SECOND)
        for number in range(clip.frames):
            left, top = (picture.width - width) * number // clip.frames, (picture.height - height) // 2
            view = picture.crop((left, top, left + width, top + height)).resize(SMALL)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(view), format="rgb24")))
        container.mux(stream.encode())


def _add_avi_date(path: Path, text: str) -> None:
    """Put the date where cameras put it: into an IDIT chunk of the header list, whose padding makes room."""
    content = path.read_bytes()
    start = content.index(b"JUNK", content.index(b"JUNK") + 4)  # the first padding is the stream's
    size = struct.unpack_from("<I", content, start + 4)[0]
    value = f"{text}\n\0".encode()
    padding = size - len(value) - 8
    chunks = (
        struct.pack("<4sI", b"IDIT", len(value))
        + value
        + struct.pack("<4sI", b"JUNK", padding)
        + bytes(padding)
    )
    path.write_bytes(content[:start] + chunks + content[start + 8 + size :])


def _tag(path: Path, tags: tuple[str, ...]) -> None:
    if tags:
        exiftool = os.environ.get("MEDIAPARSER_EXIFTOOL", "exiftool")
        edits = [f"-{text}" for text in tags]
        subprocess.run([exiftool, "-config", "", "-q", "-overwrite_original", *edits, path], check=True)
