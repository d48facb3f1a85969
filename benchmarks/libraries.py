"""Photos as people have them, made quickly: JPEGs are put together of strips of a few encoded pictures.

So each JPEG is another picture, with edges where its strips meet, and costs to decode what the few cost. What
is no JPEG is one of one or two pictures with another date: files with the same picture data, of which a real
library has fewer. In the mixed library they are a tenth, and six in a hundred files are exact copies.
"""

import io
import json
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from typing import Any

import av
import numpy as np
import pillow_heif
from PIL import Image

SCENES = 6  # pictures from which the strips are
STRIPS = 12  # of a picture, about
BEGIN = datetime(2021, 5, 1, 9)
STAND_IN = b"2000:01:01 00:00:00"
SMALL_PX = (1600, 1200)
HEIC_THUMBNAIL_PX = 320
RESTART, END = 0xD0, b"\xff\xd9"  # marks of JPEG
RESTARTS = re.compile(rb"\xff[\xd0-\xd7]")
XMP = (
    '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="{:%Y-%m-%dT%H:%M:%S}"/></rdf:RDF>'
    '</x:xmpmeta><?xpacket end="w"?>'
)
# Of 100 files of the mixed library so many are of each kind.
MIXED = {"photo": 22, "small": 52, "copy": 6, "png": 4, "heic": 4, "video": 3, "json": 5, "xmp": 4}


def photos(folder: Path, *, number: int, megapixels: float = 12) -> list[Path]:
    """Make JPEGs of the size and noise of a camera's, tagged as a camera would."""
    return _spread(folder, number, _jpegs(*_size(megapixels), quality=90))


def heics(folder: Path, *, number: int, megapixels: float = 12) -> list[Path]:
    """Make HEICs that carry a thumbnail of 320 px, as phones write them."""
    return _spread(folder, number, _heics(*_size(megapixels)))


def tiny(folder: Path, *, number: int, per_folder: int = 100) -> None:
    """Make small JPEGs that all differ, for long runs."""
    contents = _jpegs(320, 240, quality=80)
    for index in range(number):
        if index % per_folder == 0:
            part = folder / f"{index // per_folder:05}"
            part.mkdir(parents=True)
        (part / f"IMG_{index % 10_000:04}.jpg").write_bytes(_varied(_other(contents, index), index))


def mixed(folder: Path, *, number: int) -> list[Path]:
    """Make a library of all kinds, in folders of twenty files."""
    makers = _makers()
    paths: list[Path] = []
    for index, kind in enumerate(_mixture(number)):
        part = folder / f"2021/{index // 20:04}"
        part.mkdir(parents=True, exist_ok=True)
        paths.append(makers[kind](part, index, paths))
    return paths


def _mixture(number: int) -> Iterator[str]:
    """Spread the kinds evenly, by the largest debt."""
    owed = dict.fromkeys(MIXED, 0.0)
    for _ in range(number):
        for kind, share in MIXED.items():
            owed[kind] += share / 100
        kind = max(owed, key=lambda one: owed[one])
        owed[kind] -= 1
        yield kind


Maker = Callable[[Path, int, Sequence[Path]], Path]


def _makers() -> dict[str, Maker]:
    kinds = {
        "photo": ("IMG_{:04}.JPG", _jpegs(*_size(12), quality=90)),
        "small": ("IMG-20210501-WA{:04}.jpg", _jpegs(*SMALL_PX, quality=80)),
        "png": ("Screenshot_20210501-09{:04}.png", [_png()]),
        "heic": ("IMG_{:04}.HEIC", _heics(*_size(12))[:2]),
        "video": ("VID_{:04}.mp4", [_video()]),
    }
    makers: dict[str, Maker] = {
        kind: partial(_write, name=name, contents=contents) for kind, (name, contents) in kinds.items()
    }
    return makers | {"copy": _copy, "json": _json, "xmp": _xmp}


def _write(folder: Path, index: int, _: Sequence[Path], *, name: str, contents: Sequence[bytes]) -> Path:
    path = folder / name.format(index)
    path.write_bytes(_varied(_other(contents, index), index))
    return path


def _copy(folder: Path, index: int, before: Sequence[Path]) -> Path:
    original = _last(before, ".jpg")
    path = folder / f"copy {index} of {original.name}"
    path.write_bytes(original.read_bytes())
    return path


def _json(folder: Path, _index: int, before: Sequence[Path]) -> Path:
    picture = _last(before, ".jpg")
    path = folder / f"{picture.name}.json"
    taken = {"timestamp": str(int(BEGIN.timestamp())), "formatted": "01.05.2021, 09:00:00 UTC"}
    path.write_text(
        json.dumps({"title": picture.name, "photoTakenTime": taken, "description": "By the lake"})
    )
    return path


def _xmp(folder: Path, index: int, before: Sequence[Path]) -> Path:
    path = folder / f"{_last(before, '.jpg').name}.xmp"
    path.write_text(XMP.format(_moment(index)))
    return path


def _last(paths: Sequence[Path], suffix: str) -> Path:
    return next(path for path in reversed(paths) if path.suffix.lower() == suffix)


def _spread(folder: Path, number: int, contents: Sequence[bytes]) -> list[Path]:
    suffix = "jpg" if contents[0].startswith(b"\xff\xd8") else "heic"
    paths = []
    for index in range(number):
        part = folder / f"{index // 50:03}"
        part.mkdir(parents=True, exist_ok=True)
        paths.append(part / f"IMG_{index:04}.{suffix}")
        paths[-1].write_bytes(_varied(_other(contents, index), index))
    return paths


def _other(contents: Sequence[bytes], index: int) -> bytes:
    """Give another picture: of JPEGs one of their strips, cut where decoding can begin anew."""
    if not contents[0].startswith(b"\xff\xd8"):
        return contents[index % len(contents)]
    random = np.random.default_rng(index)
    pictures = [_rows(content) for content in contents]
    head, rows = pictures[0]
    height = max(1, len(rows) // STRIPS)
    strips = []
    for start in range(0, len(rows), height):
        source = pictures[random.integers(len(pictures))][1]
        first = random.integers(len(rows) - height + 1)
        strips += source[first : first + min(height, len(rows) - start)]
    marks = (bytes([0xFF, RESTART + number % 8]) for number in range(len(rows) - 1))
    return head + b"".join(chain.from_iterable(zip(strips, marks, strict=False))) + strips[-1] + END


@lru_cache(maxsize=3 * SCENES)
def _rows(content: bytes) -> tuple[bytes, list[bytes]]:
    """Cut a JPEG that restarts with each row of blocks: what comes before them, and the rows."""
    scan = content.rindex(b"\xff\xda")
    first = scan + 2 + int.from_bytes(content[scan + 2 : scan + 4], "big")
    return content[:first], RESTARTS.split(content[first : content.rindex(END)])


def _varied(content: bytes, index: int) -> bytes:
    """Give a picture another date of the same length; what has none gets other bytes at its end."""
    date = f"{_moment(index):%Y:%m:%d %H:%M:%S}".encode()
    if STAND_IN in content:
        return content.replace(STAND_IN, date)
    if content[4:8] == b"ftyp":  # a box that every reader passes over
        return content + struct.pack(">I4s", 8 + len(date), b"free") + date
    return content + date


def _moment(index: int) -> datetime:
    return BEGIN + timedelta(minutes=7 * index)


def _size(megapixels: float) -> tuple[int, int]:
    height = round((megapixels * 1e6 * 3 / 4) ** 0.5 / 8) * 8
    return height * 4 // 3, height


def scene(width: int, height: int, *, seed: int) -> Image.Image:
    """Draw soft shapes under the grain of a sensor."""
    random = np.random.default_rng(seed)
    shapes = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    soft = np.asarray(shapes.resize((width, height), Image.Resampling.BICUBIC))
    grain = random.normal(0, 9, (height, width, 1)).astype(np.float32)
    return Image.fromarray(np.clip(soft + grain, 0, 255).astype(np.uint8))


def _exif() -> Image.Exif:
    exif = Image.Exif()
    date = STAND_IN.decode()
    exif.update(
        {0x010F: "Canon", 0x0110: "Canon EOS R6", 0x0131: "Firmware 1.8.1", 0x0132: date, 0x013B: "M"}
    )
    exif.get_ifd(0x8769).update(
        {
            0x9003: date,
            0x9004: date,
            0x9010: "+02:00",
            0x9011: "+02:00",
            0x9291: "42",
            0xA434: "RF24-105mm F4 L",
        }
        | {
            0x829A: 0.004,
            0x829D: 5.6,
            0x8827: 400,
            0x8822: 2,
            0x9204: 0.0,
            0x9207: 5,
            0x9209: 16,
            0x920A: 50.0,
        }
        | {0xA001: 1, 0xA402: 0, 0xA403: 0, 0xA406: 0, 0xA431: "012345678901"}
    )
    exif.get_ifd(0x8825).update(
        {1: "N", 2: (47.0, 36.0, 12.0), 3: "E", 4: (9.0, 10.0, 48.0), 5: b"\0", 6: 396.0}
    )
    return exif


def _jpegs(width: int, height: int, *, quality: int) -> list[bytes]:
    made = []
    for seed in range(SCENES):
        file = io.BytesIO()
        scene(width, height, seed=seed).save(
            file, "JPEG", quality=quality, exif=_exif(), restart_marker_rows=1
        )
        made.append(file.getvalue())
    return made


def _heics(width: int, height: int) -> list[bytes]:
    made = []
    for seed in range(2):
        heif = pillow_heif.from_pillow(scene(width, height, seed=seed))
        heif[0].info["exif"] = _exif().tobytes()
        info: dict[str, Any] = heif[0].info
        info["thumbnails"] = [HEIC_THUMBNAIL_PX]
        file = io.BytesIO()
        heif.save(file, quality=60, enc_params={"preset": "ultrafast"})
        made.append(file.getvalue())
    return made


def _png() -> bytes:
    file = io.BytesIO()
    scene(1080, 1920, seed=1).save(file, "PNG", compress_level=1)
    return file.getvalue()


def _video() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        frame = scene(1920, 1080, seed=1)
        for _ in range(50):
            container.mux(stream.encode(av.VideoFrame.from_image(frame)))  # type: ignore[no-untyped-call]
        container.mux(stream.encode())
    return file.getvalue()
