"""Thousands of small photos in seconds: a few pictures, in each file with a date and bytes of its own."""

import io
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image, ImageDraw

SCENES = 24
DATE = "2015:01:31 14:20:30"
FIRST = datetime(2015, 1, 31, 14, 20, 30)
EXIF_IFD, MAKE, MODEL, DATE_TIME_ORIGINAL = 0x8769, 0x010F, 0x0110, 0x9003
PER_FOLDER = 250


def make(folder: Path, number: int) -> Path:
    """Write so many photos, and beside them copies, one without a date, a damaged one and a text."""
    scenes = [_scene(seed) for seed in range(SCENES)]
    for index in range(number):
        parent = folder / f"{index // PER_FOLDER:03}"
        parent.mkdir(parents=True, exist_ok=True)
        (parent / f"IMG{index:05}.jpg").write_bytes(_photo(scenes[index % SCENES], index))
    for index in range(0, number, 50):
        shutil.copy(folder / f"{index // PER_FOLDER:03}/IMG{index:05}.jpg", folder / f"copy{index}.jpg")
    (folder / "undated.jpg").write_bytes(scenes[0].replace(DATE.encode(), b"                   "))
    (folder / "damaged.jpg").write_bytes(scenes[1][:40])
    (folder / "list.txt").write_text("what is where")
    return folder


def _scene(seed: int) -> bytes:
    picture = Image.new("RGB", (320, 240), ((seed * 37) % 256, (seed * 91) % 256, 120))
    draw = ImageDraw.Draw(picture)
    for step in range(12):
        left, top = (seed * 53 + step * 59) % 320, (seed * 17 + step * 37) % 240
        draw.ellipse((left, top, left + 70, top + 50), fill=(step * 20, 255 - step * 20, (seed * 9) % 256))
    exif = Image.Exif()
    exif[MAKE], exif[MODEL] = "Nokia", "N8"
    exif.get_ifd(EXIF_IFD)[DATE_TIME_ORIGINAL] = DATE
    content = io.BytesIO()
    picture.save(content, "JPEG", exif=exif)
    return content.getvalue()


def _photo(scene: bytes, index: int) -> bytes:
    """Give a picture a date and a comment; now and then two files have the same date."""
    date = (FIRST + timedelta(minutes=97 * (index - index % 40 // 39))).strftime("%Y:%m:%d %H:%M:%S")
    comment = b"\xff\xfe" + (2 + 8).to_bytes(2) + f"{index:08}".encode()
    dated = scene.replace(DATE.encode(), date.encode())
    return dated[:2] + comment + dated[2:]
