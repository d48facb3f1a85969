"""A small library as people have it: samples, copies, a burst, undated scans, and names that mean harm."""

import os
import shutil
from pathlib import Path

from PIL import Image

from tests import tagging
from tests.pipeline.look import shots

SAMPLES = Path(__file__).parent.parent / "samples/library"
MARKUP = "<img src=x onerror=document.title=1>.jpg"
HOSTILE_NAMES = (
    MARKUP.encode(),
    b'"><svg onload=document.title=2>.jpg',
    b"{{ request }}{% now 'Y' %} & amp; \x1b[31mred\x07.jpg",
    "holiday \u202egpj.exe\u2066 and\u200b hidden.jpg".encode(),
    b"two\nlines\tand a tab.jpg",
    b"caf\xe9 in another encoding.jpg",
    b"a name without any blank in it " + b"x" * 180 + b".jpg",
)
CAMERA = ("-Make=Canon", "-Model=EOS <b>5D</b>", "-SerialNumber=\"'><i>7")
HARM = "<script>document.title=3</script>{{ 7 }}"


def make(folder: Path) -> None:
    """Make the library in a new folder."""
    shutil.copytree(SAMPLES, folder)
    _hostile(folder / "Names <b onclick=x> & 'quoted'")
    _burst(folder / "Burst")
    _near(folder / "Near")
    _shoebox(folder / "Shoebox")


def _hostile(folder: Path) -> None:
    folder.mkdir()
    for number, name in enumerate(HOSTILE_NAMES):
        path = os.path.join(os.fsencode(folder), name)
        with open(path, "wb") as file:
            shots.photograph(100 + number, (240, 180)).save(file, "JPEG")
    texts = (f"-ImageDescription={HARM}", f"-XMP-dc:Subject={HARM}", f"-XMP-dc:Title={HARM}")
    _tag(folder, *CAMERA, *texts, "-DateTimeOriginal=2011:02:03 04:05:06")


def _burst(folder: Path) -> None:
    folder.mkdir()
    scene = shots.photograph(7)
    for number in range(4):
        path = folder / f"IMG_70{number:02}.JPG"
        shots.moved(scene, number).save(path, quality=88)
        _tag(path, "-Make=Canon", "-Model=EOS 80D", f"-DateTimeOriginal=2018:07:21 16:30:1{number}")


def _near(folder: Path) -> None:
    """Pairs of a picture and a smaller copy of it, which somebody has to look at."""
    folder.mkdir()
    for number in range(6):
        picture = shots.photograph(40 + number)
        picture.save(folder / f"beach {number}.jpg", quality=92)
        small = shots.scaled(picture, 0.5)
        small.save(folder / f"beach {number} (sent).jpg", quality=60)
        _tag(folder / f"beach {number}.jpg", f"-DateTimeOriginal=2016:08:0{number + 1} 11:00:00")


def _shoebox(folder: Path) -> None:
    folder.mkdir()
    for number in range(8):
        shots.photograph(60 + number, (320, 240)).save(folder / f"print {number}.jpg")
    Image.new("RGB", (640, 480), "white").save(folder / "blank.png")


def _tag(target: Path, *arguments: str) -> None:
    tagging.run("-q", "-m", "-overwrite_original", *arguments, target)
