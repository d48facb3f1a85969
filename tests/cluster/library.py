"""A small chaotic library: several formats, copies, sidecars, damaged files, a ZIP of Google Takeout."""

import io
import json
import os
import zipfile
from pathlib import Path

from PIL import Image

from tests.pipeline.pictures import noise, save_heic, save_video

START_NS = 1_420_000_000 * 10**9  # the files' own times, so that two libraries are alike to the bit
DATE_TIME_ORIGINAL, EXIF, MAKE, MODEL = 0x9003, 0x8769, 0x010F, 0x0110
CAMERAS = (("Nokia", "N8"), ("Apple", "iPhone 6"), ("Canon", "Canon EOS 70D"))
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:subject><rdf:Bag>'
    "<rdf:li>{tag}</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>"
)


def make_library(folder: Path, number: int) -> Path:
    """Make `number` JPEGs with a camera's tags, and around them something of everything else."""
    folder.mkdir(parents=True)
    for index in range(number):
        _save_jpeg(folder / f"{index % 5}" / f"IMG_{index:04}.jpg", index)
    for index in range(0, number, 8):
        _save_others(folder, index)
    _save_damaged(folder / "damaged")
    _save_zip(folder / "takeout-001.zip", max(number // 10, 4))
    for age, path in enumerate(sorted(folder.rglob("*"))):
        if path.is_file():
            os.utime(path, ns=(START_NS + age * 10**9, START_NS + age * 10**9))
    return folder


def _save_jpeg(path: Path, index: int, size: tuple[int, int] = (320, 240)) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(_jpeg(index, size))


def _jpeg(index: int, size: tuple[int, int] = (320, 240)) -> bytes:
    exif = Image.Exif()
    exif[MAKE], exif[MODEL] = CAMERAS[index % len(CAMERAS)]
    exif.get_ifd(EXIF)[DATE_TIME_ORIGINAL] = f"2015:0{1 + index % 9}:1{index % 7} 14:{index % 60:02}:31"
    content = io.BytesIO()
    noise(index, size).save(content, "JPEG", exif=exif, quality=80)
    return content.getvalue()


def _save_others(folder: Path, index: int) -> None:
    """Save a copy, an undated scan, a screenshot, a photo with a sidecar, a HEIC, a video, and no photo."""
    first = folder / f"{index % 5}" / f"IMG_{index:04}.jpg"
    others = folder / "others"
    others.mkdir(exist_ok=True)
    (others / f"copy of {first.name}").write_bytes(first.read_bytes())
    noise(10_000 + index, (200, 150)).save(others / f"scan{index}.jpg")
    noise(20_000 + index, (160, 284)).save(others / f"Screenshot_20160203-10{index % 60:02}07.png")
    _save_jpeg(others / f"DSC0{index:04}.jpg", 30_000 + index)
    (others / f"DSC0{index:04}.jpg.xmp").write_text(XMP.format(tag=f"tag {index % 3}"))
    save_heic(others / f"IMG_E{index:04}.heic", noise(40_000 + index, (256, 192)))
    frames = [noise(50_000 + index + number, (128, 96)) for number in range(3)]
    save_video(others / f"VID_20170102_03{index % 60:02}05.mp4", frames)
    (others / f"notes {index}.txt").write_text(f"Nothing to see here, {index} times.")


def _save_damaged(folder: Path) -> None:
    folder.mkdir()
    content = _jpeg(60_000)
    (folder / "cut off.jpg").write_bytes(content[: len(content) // 2])
    (folder / "only a head.jpg").write_bytes(content[:300])
    (folder / "zero.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("I am no picture.\n" * 50)
    (folder / "link.jpg").symlink_to("cut off.jpg")
    (folder / "not whole.zip").write_bytes(b"PK\x03\x04" + bytes(500))


def _save_zip(path: Path, number: int) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for index in range(number):
            name = f"Takeout/Google Photos/Trip/IMG_{index}.jpg"
            facts = {
                "title": f"IMG_{index}.jpg",
                "photoTakenTime": {"timestamp": str(1_500_000_000 + index)},
                "description": f"Number {index}",
            }
            content = _jpeg(index) if index % 4 == 0 else _jpeg(70_000 + index)
            for member, data in ((name, content), (name + ".json", json.dumps(facts).encode())):
                archive.writestr(zipfile.ZipInfo(member, (2018, 2, 3, 4, 5, 6)), data)
