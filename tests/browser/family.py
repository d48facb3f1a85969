"""A messy library of any size: what phones, a messenger, backups and a scanner leave behind in some years."""

import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image

from tests.browser import library
from tests.pipeline.look import shots

SIZE = (640, 480)
EXIF_IFD, MAKE, MODEL = 0x8769, 0x010F, 0x0110
DATES = (0x9003, 0x9004)  # DateTimeOriginal, DateTimeDigitized
CAMERAS = (("Apple", "iPhone 8"), ("samsung", "SM-G960F"), ("Canon", "Canon EOS 600D"))
FIRST = datetime(2016, 3, 5, 9, 30)
JUNK = {
    "Thumbs.db": b"\xd0\xcf\x11\xe0",
    ".DS_Store": b"\0\0\0\1Bud1",
    "notes.txt": b"Ask Anna for the rest.\n",
    "half.jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\0",
    "nothing.jpg": b"",
}


def make(folder: Path, *, files: int) -> None:
    """Make a library of so many files, of which a part is copies, smaller ones, undated, or no pictures."""
    library.make(folder)
    for name, content in JUNK.items():
        (folder / "Backup").mkdir(exist_ok=True)
        (folder / "Backup" / name).write_bytes(content)
    chance, seed = random.Random(7), 1000
    while (missing := files - sum(1 for path in folder.rglob("*") if path.is_file())) > 0:
        KINDS[seed % len(KINDS)](folder, seed, chance, missing)
        seed += 1


def _shot(folder: Path, seed: int, chance: random.Random, _: int) -> Path:
    """A photo of a camera, whose counter begins anew in each folder."""
    maker, model = CAMERAS[seed % len(CAMERAS)]
    at = FIRST + timedelta(days=chance.randrange(2000), seconds=chance.randrange(40_000))
    path = folder / f"{model.split()[0]} {at.year}" / f"IMG_{seed % 40:04}.JPG"
    if path.exists():
        path = path.with_name(f"IMG_{seed:04} {{friends, {at:%B}}}.jpg")
    exif = Image.Exif()
    exif[MAKE], exif[MODEL] = maker, model
    exif.get_ifd(EXIF_IFD).update(dict.fromkeys(DATES, f"{at:%Y:%m:%d %H:%M:%S}"))
    path.parent.mkdir(exist_ok=True)
    shots.photograph(seed, SIZE).save(path, quality=85, exif=exif)
    return path


def _shot_with_copies(folder: Path, seed: int, chance: random.Random, room: int) -> None:
    """A photo that lies in a backup too, and was sent, which made it small and took its date away."""
    path = _shot(folder, seed, chance, room)
    if room > 1:
        (folder / "Backup/old phone").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / "Backup/old phone" / f"{path.stem} ({seed}).jpg")
    if room > 2:
        (folder / "WhatsApp Images").mkdir(exist_ok=True)
        day = FIRST + timedelta(days=seed)
        with Image.open(path) as picture:
            shots.scaled(picture, 0.6).save(
                folder / "WhatsApp Images" / f"IMG-{day:%Y%m%d}-WA{seed % 100:04}.jpg", quality=60
            )


def _named(folder: Path, seed: int, chance: random.Random, _: int) -> None:
    """A picture whose name alone tells when."""
    at = FIRST + timedelta(days=chance.randrange(2000), seconds=chance.randrange(40_000))
    (folder / "Screenshots").mkdir(exist_ok=True)
    shots.photograph(seed, SIZE).save(folder / "Screenshots" / f"Screenshot_{at:%Y%m%d-%H%M%S}.png")


def _scanned(folder: Path, seed: int, chance: random.Random, _: int) -> None:
    """A print, of which at most the folder tells the year."""
    inner = folder / "Scans" / chance.choice(("1978", "Grandma", "Sommer 1984"))
    inner.mkdir(parents=True, exist_ok=True)
    shots.photograph(seed, SIZE).save(inner / f"scan{seed}.jpg", quality=80)


KINDS = (_shot, _shot_with_copies, _shot, _named, _shot_with_copies, _scanned, _shot)
