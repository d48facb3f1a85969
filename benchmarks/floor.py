"""What any importer has to do at the least, and what the predecessor did; milliseconds of CPU per file."""

import hashlib
import io
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
import exiftool
import imagehash
import pillow_heif
import simplejpeg
from PIL import Image

from benchmarks import installation

GRID_PX = 400
QUALITY = 82
FETCHED = installation.ROOT / ".tools/exiftool/exiftool"  # by set-up, where the system has none
EXIFTOOL = str(FETCHED if FETCHED.exists() else "exiftool")
VIDEO = frozenset([".mp4"])
TEXT = frozenset([".json", ".xmp"])
Decode = Callable[[bytes], Image.Image]


def floor(paths: Sequence[Path]) -> dict[str, float]:
    """Measure each part on its own; JPEGs are decoded by Pillow's draft mode."""
    contents: list[bytes] = []
    pictures: list[Image.Image] = []
    named = [path for path in paths if path.suffix != ".json"]
    seen = [path for path in paths if path.suffix not in TEXT]
    with exiftool.ExifTool(EXIFTOOL, config_file="") as reader:
        reader.execute("-ver")
        steps: dict[str, Callable[[], object]] = {
            "read and SHA-256": lambda: contents.extend(map(_read_and_hash, paths)),
            "one resident ExifTool, all tags": lambda: _read_tags(reader, named),
            "one reduced decode to a 400 px JPEG": lambda: pictures.extend(_pictures(paths, contents)),
            "one perceptual hash": lambda: [imagehash.phash(picture) for picture in pictures],
        }
        parts = {name: installation.milliseconds(step, files=len(paths)) for name, step in steps.items()}
    assert len(pictures) == len(seen)  # noqa: S101  a benchmark that left something out would lie
    return parts


def faster_decode(paths: Sequence[Path]) -> float:
    """Measure the decode alone with the library that we use for JPEGs."""
    contents = [path.read_bytes() for path in paths]
    return installation.milliseconds(
        lambda: [_jpeg(_by_simplejpeg(one)) for one in contents], files=len(paths)
    )


def predecessor(paths: Sequence[Path]) -> float:
    """Measure the way of the old system: an ExifTool for each file, and two full decodes."""
    return installation.milliseconds(
        lambda: [_like_the_predecessor(path) for path in paths], files=len(paths)
    )


def _read_and_hash(path: Path) -> bytes:
    content = path.read_bytes()
    hashlib.sha256(content).hexdigest()
    return content


def _read_tags(reader: exiftool.ExifTool, paths: Sequence[Path]) -> None:
    for start in range(0, len(paths), 50):
        reader.execute_json("-G0:1", "-n", *map(str, paths[start : start + 50]))


def _pictures(paths: Sequence[Path], contents: Sequence[bytes]) -> Iterator[Image.Image]:
    for path, content in zip(paths, contents, strict=True):
        if path.suffix not in TEXT:
            picture = _decode(path.suffix.lower(), content)
            _jpeg(picture)
            yield picture


def _decode(suffix: str, content: bytes) -> Image.Image:
    if suffix in VIDEO:
        return _first_frame(content)
    if suffix == ".heic":
        return _heic_thumbnail(content)
    picture = Image.open(io.BytesIO(content))
    picture.draft("RGB", (GRID_PX, GRID_PX))
    picture.thumbnail((GRID_PX, GRID_PX))
    return picture


def _first_frame(content: bytes, *, is_full: bool = False) -> Image.Image:
    with av.open(io.BytesIO(content), "r") as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        size = {} if is_full else {"width": GRID_PX, "height": GRID_PX * frame.height // frame.width}
        picture: Image.Image = frame.to_image(**size)  # type: ignore[no-untyped-call]
        return picture


def _heic_thumbnail(content: bytes) -> Image.Image:
    thumbnail = pillow_heif.open_heif(io.BytesIO(content), convert_hdr_to_8bit=True)[0].get_thumbnail(0)
    return thumbnail.to_pillow()


def _by_simplejpeg(content: bytes) -> Image.Image:
    pixels = simplejpeg.decode_jpeg(content, min_width=GRID_PX, min_height=GRID_PX * 3 // 4, min_factor=1)
    picture = Image.fromarray(pixels)
    picture.thumbnail((GRID_PX, GRID_PX))
    return picture


def _jpeg(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def _like_the_predecessor(path: Path) -> bytes:
    _read_and_hash(path)
    subprocess.run([EXIFTOOL, "-j", "-G", "-n", str(path)], capture_output=True, check=False)
    if path.suffix in TEXT:
        return b""
    imagehash.phash(_full(path))
    return _jpeg(_full(path).resize((GRID_PX, GRID_PX)))


def _full(path: Path) -> Image.Image:
    if path.suffix.lower() in VIDEO:
        return _ffmpeg_frame(path)
    pillow_heif.register_heif_opener()
    return Image.open(path).convert("RGB")


def _ffmpeg_frame(path: Path) -> Image.Image:
    if not shutil.which("ffmpeg"):
        return _first_frame(path.read_bytes(), is_full=True)
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        line = ["ffmpeg", "-y", "-ss", "1", "-i", str(path), "-frames:v", "1", file.name]
        subprocess.run(line, capture_output=True, check=False)
        return Image.open(file.name).convert("RGB")
