"""What deciding on a date costs in CPU time once the tags are read: `python -m benchmarks.inference_cost`.

The files are a phone's, a camera's, a messenger's, a scan and a video, with as many tags as such files have,
in folders of the usual kinds. The best of some rounds counts: other load only ever adds.
"""

import argparse
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from media_catalog.pipeline.filename_dates import folders
from media_catalog.pipeline.timestamps import decide, own_claims
from media_catalog.pipeline.timestamps.decide import DatePolicy

ROUNDS = 5
TARGET_MS = 0.3
OTHER_TAGS = 120  # of all kinds, in every file
FOLDERS = (
    "2015/2015-07-04 Hochzeit",
    "Fotos/New York 2012",
    "DCIM/100CANON",
    "2017/02 Februar",
    "Handy/Bilder",
)
FILES_PER_FOLDER = 20
POLICY = DatePolicy(default_zone="Europe/Berlin", now=datetime(2026, 11, 20, 12, tzinfo=UTC))
NEW_YORK = (40.71, -74.0)
MTIME_NS = 1_678_557_720 * 10**9


def tags_of(kind: int, moment: datetime) -> dict[str, Any]:
    """Return tags as ExifTool gives them for one of five kinds of files."""
    date = f"{moment:%Y:%m:%d %H:%M:%S}"
    camera = {
        "EXIF:ExifIFD:DateTimeOriginal": date,
        "EXIF:ExifIFD:CreateDate": date,
        "EXIF:IFD0:ModifyDate": date,
    }
    phone = {
        **camera,
        "EXIF:ExifIFD:OffsetTimeOriginal": "-05:00",
        "EXIF:ExifIFD:SubSecTimeOriginal": "123",
        "EXIF:GPS:GPSDateStamp": f"{moment:%Y:%m:%d}",
        "EXIF:GPS:GPSTimeStamp": f"{moment + timedelta(hours=5):%H:%M:%S}",
        "XMP:XMP-photoshop:DateCreated": date,
    }
    video = {"QuickTime:CreateDate": date, "QuickTime:Track1:TrackCreateDate": date}
    scan = {
        "EXIF:IFD0:ModifyDate": date,
        "EXIF:IFD0:Software": "Adobe Photoshop CS3",
        "PNG:CreationTime": date,
    }
    others = {f"MakerNotes:Canon:SomeSetting{number}": number for number in range(OTHER_TAGS)}
    return (phone, camera, {}, scan, video)[kind] | others


def name_of(kind: int, moment: datetime, number: int) -> str:
    return (
        f"{moment:%Y%m%d_%H%M%S}.jpg",
        f"IMG_{number:04}.JPG",
        f"IMG-{moment:%Y%m%d}-WA{number:04}.jpg",
        f"Scan {number}.png",
        f"VID_{moment:%Y%m%d_%H%M%S}.mp4",
    )[kind]


def make_files(number: int) -> list[tuple[str, Mapping[str, Any]]]:
    files: list[tuple[str, Mapping[str, Any]]] = []
    for index in range(number):
        moment = datetime(2015, 7, 4, 10) + timedelta(minutes=7 * index)
        folder = f"{FOLDERS[index // FILES_PER_FOLDER % len(FOLDERS)]} {index // 100}"
        kind = index % 5
        files.append((f"{folder}/{name_of(kind, moment, index)}", tags_of(kind, moment)))
    return files


def milliseconds_per_file(files: list[tuple[str, Mapping[str, Any]]]) -> float:
    folder_date = cache(folders.candidate_from_folders)
    start = time.process_time()
    for path, tags in files:
        claims = own_claims.of_file(path, tags=tags, mtime_ns=MTIME_NS, folder_date=folder_date)
        decide.decide(claims, policy=POLICY, position=NEW_YORK, camera=("Canon", "Canon EOS 7D"))
    return (time.process_time() - start) * 1000 / len(files)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=2000)
    files = make_files(parser.parse_args().files)
    cost = min(milliseconds_per_file(files) for _ in range(ROUNDS))
    print(f"{len(files)} files: {cost:.3f} ms of CPU each (the target is below {TARGET_MS} ms)")


if __name__ == "__main__":
    main()
