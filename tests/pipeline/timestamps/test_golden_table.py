"""Dates of real files, written by ExifTool: what must come out, wherever the server stands."""

import json
import os
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from media_catalog.pipeline import probe

CAMERA = ("-EXIF:Make=Canon", "-EXIF:Model=Canon EOS 7D")
OLD_CAMERA = ("-EXIF:Make=Eastman Kodak Company", "-EXIF:Model=DC40")
ORIGINAL = "-EXIF:DateTimeOriginal#=2015:01:31 14:20:30"
GPS_TIME = ("-EXIF:GPSDateStamp=2015:01:31", "-EXIF:GPSTimeStamp=05:20:30")
TOKYO = (
    "-EXIF:GPSLatitude=35.68",
    "-EXIF:GPSLatitudeRef=N",
    "-EXIF:GPSLongitude=139.69",
    "-EXIF:GPSLongitudeRef=E",
)
TAKEN = datetime(2015, 1, 31, 14, 20, 30)
INSTANT = datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A file, and the date that a person would give it."""

    file: str
    tags: tuple[str, ...] = ()
    mtime: datetime | None = None
    local: datetime | None = TAKEN
    offset_minutes: int | None = None
    instant: datetime | None = None
    source: str | None = "EXIF:DateTimeOriginal"
    confidence: str = "high"
    precision: str | None = "second"


def undated(file: str, **more: Any) -> Row:
    return Row(file=file, local=None, source=None, confidence="none", precision=None, **more)


ROWS = {
    "A01 offset": Row(
        file="a01.jpg",
        tags=(*CAMERA, ORIGINAL, "-EXIF:OffsetTimeOriginal=+09:00"),
        offset_minutes=540,
        instant=INSTANT,
    ),
    "A02 offset from GPS time": Row(
        file="a02.jpg", tags=(*CAMERA, ORIGINAL, *GPS_TIME, *TOKYO), offset_minutes=540, instant=INSTANT
    ),
    "A03 GPS time only": Row(
        file="a03.jpg",
        tags=GPS_TIME,
        local=datetime(2015, 1, 31, 0, 20, 30),  # in New York, which is assumed
        offset_minutes=-300,
        instant=INSTANT,
        source="GPS:GPSDateTime",
        confidence="medium",
    ),
    "A03 GPS time and place": Row(
        file="a03b.jpg",
        tags=(*GPS_TIME, *TOKYO),
        offset_minutes=540,
        instant=INSTANT,
        source="GPS:GPSDateTime",
        confidence="medium",
    ),
    "A04 file older than picture": Row(
        file="a04.jpg", tags=(*CAMERA, ORIGINAL), mtime=datetime(2003, 2, 3, tzinfo=UTC), confidence="medium"
    ),
    "A05 day in the name, just after midnight": Row(
        file="IMG_20150131.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal=2015:02:01 00:30:00"),
        local=datetime(2015, 2, 1, 0, 30),
    ),
    "A06 before 2000": Row(
        file="a06.jpg",
        tags=(*OLD_CAMERA, "-EXIF:DateTimeOriginal=1995:07:04 12:00:00"),
        local=datetime(1995, 7, 4, 12),
    ),
    "A06 before its camera was sold": Row(
        file="a06b.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal=1995:07:04 12:00:00"),
        local=datetime(1995, 7, 4, 12),
        confidence="low",
    ),
    "A06 an old print": Row(
        file="dog_created_1919.jpg",
        tags=("-EXIF:DateTimeOriginal=1919:05:04 10:11:12",),
        local=datetime(1919, 5, 4, 10, 11, 12),
        confidence="medium",
    ),
    "A08 zero date": undated(
        "a08.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal#=0000:00:00 00:00:00"),
    ),
    "A09 future": undated(
        "a09.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal=2099:01:31 14:20:30"),
    ),
    "A10 XMP": Row(
        file="a10.jpg",
        tags=("-XMP-exif:DateTimeOriginal=2015:01:31 14:20:30+09:00",),
        offset_minutes=540,
        instant=INSTANT,
        source="XMP:DateTimeOriginal",
        confidence="medium",
    ),
    "A11 IPTC": Row(
        file="a11.jpg",
        tags=("-IPTC:DateCreated=2015:01:31", "-IPTC:TimeCreated=14:20:30+09:00"),
        offset_minutes=540,
        instant=INSTANT,
        source="IPTC:DateCreated",
        confidence="medium",
    ),
    "A12 PNG": Row(
        file="a12.png",
        tags=("-PNG:CreationTime=2015:01:31 14:20:30",),
        source="PNG:CreationTime",
        confidence="low",
    ),
    "A16 New Year's Eve": Row(
        file="a16.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal=2015:12:31 22:30:00"),
        local=datetime(2015, 12, 31, 22, 30),
    ),
    "B01 name by a phone": Row(file="IMG_20150131_142030.jpg", source="name:phone_camera"),
    "B02 a day is a day": Row(
        file="IMG-20150131-WA0007.jpg",
        local=datetime(2015, 1, 31),
        source="name:whatsapp",
        confidence="low",
        precision="day",
    ),
    "B04 Pixel names are UTC": Row(
        file="PXL_20150131_142030123.jpg",
        local=datetime(2015, 1, 31, 9, 20, 30, 123_000),
        offset_minutes=-300,
        instant=datetime(2015, 1, 31, 14, 20, 30, 123_000, tzinfo=UTC),
        source="name:pixel",
        confidence="medium",
    ),
    "B03 WhatsApp on a computer": Row(
        file="WhatsApp Image 2015-01-31 at 14.20.30.jpg", source="name:whatsapp_stamp", confidence="low"
    ),
    "B05 Dropbox": Row(file="2015-01-31 14.20.30.jpg", source="name:dropbox"),
    "B05 Screenshot": Row(file="Screenshot_2015-01-31-14-20-30.png", source="name:screenshot"),
    "B06 milliseconds since 1970": Row(
        file="1422735630000.jpg",
        local=datetime(2015, 1, 31, 15, 20, 30),
        offset_minutes=-300,
        instant=datetime(2015, 1, 31, 20, 20, 30, tzinfo=UTC),
        source="name:epoch",
        confidence="low",
    ),
    "B07 digits that are no date": undated("IMG_1200512301.jpg"),
    "B08 no such day": undated("20150230.jpg"),
    "B10 underscore and dashes": Row(
        file="2015-01-31_14-20-30.jpg", source="name:date_and_time", confidence="low"
    ),
    "B11 Signal": Row(file="signal-2015-01-31-142030.jpg", source="name:signal", confidence="low"),
    "B12 the last second of a millennium": Row(
        file="19991231_235959.jpg", local=datetime(1999, 12, 31, 23, 59, 59), source="name:bare_stamp"
    ),
    "B13 forced": Row(
        file="[FORCE]20150131_142030.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal=2010:05:05 10:00:00"),
        source="name:forced",
    ),
    "B14 file time only": undated(
        "b14.jpg",
        mtime=datetime(1985, 5, 5, tzinfo=UTC),
    ),
    "C01 folder of a month": Row(
        file="2015/2015-01 Ski Trip/c01.jpg",
        local=datetime(2015, 1, 1),
        source="folder:month",
        confidence="low",
        precision="month",
    ),
    "C01 within the month of its folder": Row(
        file="2015/2015-01 Ski Trip/c01b.jpg", tags=(*CAMERA, ORIGINAL)
    ),
    "C05 letters of every script": Row(file="写真 Straße № 5.jpg", tags=(*CAMERA, ORIGINAL)),
    "C05 date among them": Row(file="写真20150131_142030.jpg", source="name:date_and_time", confidence="low"),
    "C06 tags in the name": Row(
        file="{a, b ,a} 2015-01-31 14.20.30.jpg", source="name:date_and_time", confidence="low"
    ),
    "V01 movie in UTC": Row(
        file="v01.mp4",
        tags=("-QuickTime:CreateDate=2015:01:31 05:20:30",),
        local=datetime(2015, 1, 31, 0, 20, 30),
        offset_minutes=-300,
        instant=INSTANT,
        source="QuickTime:CreateDate",
        confidence="medium",
    ),
    "V02 Apple's own date": Row(
        file="v02.mov",
        tags=("-QuickTime:CreateDate=2015:01:31 05:20:47", "-Keys:CreationDate=2015:01:31 14:20:30+09:00"),
        offset_minutes=540,
        instant=INSTANT,
        source="Keys:CreationDate",
    ),
    "Matroska": Row(
        file="movie.mkv",
        local=datetime(2015, 1, 31, 0, 20, 30),
        offset_minutes=-300,
        instant=INSTANT,
        source="Matroska:DateTimeOriginal",
        confidence="medium",
    ),
    "subseconds": Row(
        file="subseconds.jpg",
        tags=(*CAMERA, ORIGINAL, "-EXIF:SubSecTimeOriginal=068"),
        local=TAKEN.replace(microsecond=68_000),
    ),
    "ISO date in EXIF": Row(
        file="iso.jpg",
        tags=(*CAMERA, "-EXIF:DateTimeOriginal#=2015-01-31T14:20:30+09:00"),
        offset_minutes=540,
        instant=INSTANT,
    ),
    "one malformed tag": Row(
        file="malformed.jpg", tags=(*CAMERA, ORIGINAL, "-EXIF:CreateDate#=31. Januar", "-EXIF:ModifyDate#=T1")
    ),
    "default of a phone": Row(
        file="motorola.jpg", tags=(*CAMERA, ORIGINAL, "-EXIF:CreateDate=2002:12:08 12:00:00")
    ),
}


def make_video(path: Path) -> None:
    with av.open(str(path), "w") as container:
        container.metadata["creation_time"] = "2015-01-31T05:20:30Z"
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), dtype=np.uint8), format="rgb24")
        container.mux(stream.encode(frame))
        container.mux(stream.encode())


def make_file(path: Path) -> None:
    if path.suffix in {".jpg", ".png"}:
        Image.new("RGB", (16, 12), "teal").save(path)
    else:
        make_video(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All files of the table, tagged by one run of ExifTool."""
    folder = tmp_path_factory.mktemp("golden")
    commands = []
    for row in ROWS.values():
        (folder / row.file).parent.mkdir(parents=True, exist_ok=True)
        make_file(folder / row.file)
        if row.tags:
            commands += [*row.tags, "-overwrite_original", "-q", row.file, "-execute"]
    arguments = "\n".join(commands)
    subprocess.run(["exiftool", "-@", "-"], input=arguments, cwd=folder, text=True, check=True)
    for row in ROWS.values():
        if row.mtime:
            os.utime(folder / row.file, (row.mtime.timestamp(), row.mtime.timestamp()))
    return folder


@pytest.fixture(
    scope="module",
    params=[("UTC", "C.UTF-8"), ("America/New_York", "en_US.UTF-8"), ("Asia/Tokyo", "C")],
    ids=["UTC", "New York", "Tokyo"],
)
def tags_by_file(request, folder):
    """What ExifTool reads on a server in some zone and with some locale, where our own code runs, too."""
    with pytest.MonkeyPatch.context() as patch:
        zone, locale = request.param
        patch.setenv("TZ", zone)
        patch.setenv("LC_ALL", locale)
        time.tzset()
        command = ["exiftool", "-j", "-G0:1", "-n", *(row.file for row in ROWS.values())]
        answer = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
        yield {tags["SourceFile"]: tags for tags in json.loads(answer)}
    time.tzset()


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_every_file_gets_the_date_that_a_person_would_give_it(row, folder, tags_by_file, infer):
    tags = tags_by_file[row.file]
    facts = probe.probe(tags, sniffed_mime=None)
    position = (facts.gps_lat, facts.gps_lon) if facts.gps_lat is not None else None
    mtime = datetime.fromtimestamp((folder / row.file).stat().st_mtime, tz=UTC)

    date = infer(
        tags, row.file, mtime=mtime, position=position, camera=(facts.camera_make, facts.camera_model)
    )

    assert (date.local, date.offset_minutes, date.instant) == (row.local, row.offset_minutes, row.instant)
    assert (date.source, date.confidence, date.precision) == (row.source, row.confidence, row.precision)
    assert all(verdict.text for verdict in date.verdicts)
