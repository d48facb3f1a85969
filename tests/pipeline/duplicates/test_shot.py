from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from media_catalog.pipeline import probe
from media_catalog.pipeline.duplicates import shot
from media_catalog.pipeline.duplicates.shot import Shot
from media_catalog.pipeline.exiftool import ExifTool
from tests.pipeline.pictures import edit, save, save_video, scene

NOW = datetime(2026, 11, 20, tzinfo=UTC)
NOON = datetime(2019, 7, 4, 12, 30, 15)
PHONE = {"EXIF:IFD0:Make": "Apple", "EXIF:IFD0:Model": "iPhone XS", "EXIF:ExifIFD:ExposureTime": 0.01}
TAKEN = {"EXIF:ExifIFD:DateTimeOriginal": "2019:07:04 12:30:15"}
PICTURE, VIDEO = {"File:MIMEType": "image/jpeg"}, {"File:MIMEType": "video/mp4"}


def shot_of(*tags: dict[str, Any], mime: dict[str, Any] | None = None) -> Shot:
    every = {key: value for some in (mime or PICTURE, *tags) for key, value in some.items()}
    return shot.shot_of(every, facts=probe.probe(every, sniffed_mime=None), now=NOW)


@pytest.mark.parametrize(
    ("tags", "local", "has_subseconds"),
    [
        (TAKEN, NOON, False),
        (TAKEN | {"EXIF:ExifIFD:SubSecTimeOriginal": "12"}, NOON.replace(microsecond=120_000), True),
        (TAKEN | {"EXIF:ExifIFD:SubSecTimeOriginal": "000"}, NOON, False),
        (TAKEN | {"EXIF:ExifIFD:SubSecTime": "12"}, NOON, False),
        ({"XMP:XMP-exif:DateTimeOriginal": "2019:07:04 12:30:15"}, NOON, False),
        ({"EXIF:ExifIFD:CreateDate": "2019:07:04 12:30:15"}, None, False),
        ({"EXIF:IFD0:ModifyDate": "2019:07:04 12:30:15"}, None, False),
        ({"EXIF:ExifIFD:DateTimeOriginal": "0000:00:00 00:00:00"}, None, False),
        ({"EXIF:ExifIFD:DateTimeOriginal": "2000:01:01 00:00:00"}, None, False),
        ({"EXIF:ExifIFD:DateTimeOriginal": "2031:01:01 10:00:00"}, None, False),
        ({"EXIF:ExifIFD:DateTimeOriginal": "2019:07:04"}, None, False),
        ({}, None, False),
    ],
)
def test_takes_only_the_time_that_the_camera_wrote(tags, local, has_subseconds):
    found = shot_of(PHONE, tags)

    assert (found.shot_local, found.has_subseconds) == (local, has_subseconds)


@pytest.mark.parametrize(
    ("tags", "local", "instant"),
    [
        ({"QuickTime:Keys:CreationDate": "2019:07:04 12:30:15+02:00"}, 12, 10),
        ({"QuickTime:CreateDate": "2019:07:04 10:30:15", "QuickTime:Keys:Make": "Apple"}, None, 10),
        ({"QuickTime:CreateDate": "2019:07:04 10:30:15", "QuickTime:Keys:AndroidVersion": 9}, None, 10),
        ({"RIFF:DateTimeOriginal": "2019:07:04 12:30:15"}, 12, None),
        # a messenger's own time
        ({"QuickTime:CreateDate": "2019:07:04 10:30:15"}, None, None),
        ({"QuickTime:CreateDate": "0000:00:00 00:00:00", "QuickTime:Keys:Make": "Apple"}, None, None),
    ],
)
def test_takes_the_date_of_a_video_where_a_camera_wrote_it(tags, local, instant):
    found = shot_of(tags, mime=VIDEO)

    assert found.shot_local == (NOON.replace(hour=local) if local else None)
    assert found.shot_at == (NOON.replace(hour=instant, tzinfo=UTC) if instant else None)


def test_knows_the_instant_where_the_camera_knows_its_zone():
    found = shot_of(PHONE, TAKEN, {"EXIF:ExifIFD:OffsetTimeOriginal": "+02:00"})

    assert found.shot_at == datetime(2019, 7, 4, 10, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "tags",
    [
        {"MakerNotes:Apple:BurstUUID": "6F1A3D3F"},
        {"XMP:XMP-GCamera:BurstID": "6F1A3D3F"},
        {"XMP:XMP-Other:CameraBurstID": " 6F1A3D3F\0"},
    ],
)
def test_reads_the_id_of_a_series(tags):
    assert shot_of(tags).burst_id == "6F1A3D3F"


@pytest.mark.parametrize(
    ("tags", "ids"),
    [
        ({"XMP:XMP-xmpMM:DocumentID": "xmp.did:0AF1-2b"}, {"0af12b"}),
        (
            {
                "XMP:XMP-xmpMM:DocumentID": "xmp.did:77",
                "XMP:XMP-xmpMM:OriginalDocumentID": "xmp.did:0af12b",
            },
            {"0af12b"},
        ),
        ({"XMP:XMP-xmpMM:DerivedFromOriginalDocumentID": "uuid:0AF12B"}, {"0af12b"}),
        (
            {"MakerNotes:Canon:ImageUniqueID": "3b7f679f6bf5d5e1b60ca2b2f051a029"},
            {"3b7f679f6bf5d5e1b60ca2b2f051a029"},
        ),
        # one and the same in all pictures of such a phone
        ({"EXIF:ExifIFD:ImageUniqueID": "A16LLIC08SM A16LLIL02GM"}, set()),
        ({"EXIF:ExifIFD:ImageUniqueID": "0" * 32}, set()),
    ],
)
def test_reads_what_editors_pass_on(tags, ids):
    assert set(shot_of(tags).content_ids) == ids


@pytest.mark.parametrize(
    ("tags", "has_motion"),
    [
        ({"XMP:XMP-GCamera:MotionPhoto": 1}, True),
        ({"XMP:XMP-GCamera:MicroVideo": "1"}, True),
        (
            {"MakerNotes:Samsung:EmbeddedVideoFile": "(Binary data 2000 bytes, use -b option to extract)"},
            True,
        ),
        ({"XMP:XMP-GCamera:MotionPhoto": 0}, False),
        ({}, False),
    ],
)
def test_knows_a_picture_that_holds_its_video(tags, has_motion):
    assert shot_of(tags).has_motion == has_motion


@pytest.mark.parametrize(
    ("tags", "has_camera_tags"),
    [
        (PHONE, True),
        ({"EXIF:IFD0:Make": "Nokia"} | TAKEN, True),
        ({"MakerNotes:Canon:FirmwareVersion": "1"}, True),
        ({"EXIF:IFD0:Make": "Apple"}, False),
        ({"EXIF:ExifIFD:ExposureTime": 0.01}, False),
        ({}, False),
    ],
)
def test_knows_the_tags_of_a_camera(tags, has_camera_tags):
    assert shot_of(tags).has_camera_tags == has_camera_tags


def test_counts_what_is_known_and_not_how_it_is_stored():
    stored = {
        "File:ImageWidth": 1,
        "Composite:Megapixels": 1,
        "EXIF:IFD1:Compression": 6,
        "JFIF:XResolution": 72,
    }

    assert shot_of(PHONE, TAKEN, stored).facts_count == 4


@pytest.mark.parametrize(
    "tags",
    [
        {"MakerNotes:Apple:BurstUUID": ["a", {"b": 1}], "EXIF:ExifIFD:DateTimeOriginal": {"x": 1}},
        {"XMP:XMP-GCamera:MotionPhoto": [], "XMP:XMP-xmpMM:DocumentID": 7.5, "a:ImageUniqueID": None},
        {"XMP:XMP-GCamera:BurstID": "x" * 10_000},
    ],
)
def test_survives_what_is_no_text(tags):
    found = shot_of(tags)

    assert len(found.burst_id) <= shot.ID_LIMIT
    assert all(isinstance(one, str) for one in found.content_ids)


def test_reads_real_files(tmp_path: Path):
    picture = edit(
        save(tmp_path / "a.jpg", scene()),
        "-Make=Apple",
        "-ExposureTime=1/100",
        "-DateTimeOriginal=2019:07:04 12:30:15",
        "-SubSecTimeOriginal=345",
        "-OffsetTimeOriginal=+02:00",
        "-XMP-xmpMM:DocumentID=xmp.did:12ab",
    )
    video = edit(
        save_video(tmp_path / "a.mov", [scene()] * 5),
        "-Keys:CreationDate=2019:07:04 12:30:14+02:00",
        "-Keys:Make=Apple",
    )
    with ExifTool() as exiftool:
        readings = exiftool.read([bytes(picture), bytes(video)])
    still, film = (
        shot.shot_of(one.tags, facts=probe.probe(one.tags, sniffed_mime=None), now=NOW) for one in readings
    )

    assert still.shot_local == NOON.replace(microsecond=345_000)
    assert still.shot_at == datetime(2019, 7, 4, 10, 30, 15, 345_000, tzinfo=UTC)
    assert (still.content_ids, still.has_camera_tags, still.has_subseconds) == (("12ab",), True, True)
    assert (film.shot_local, film.has_camera_tags) == (NOON.replace(second=14), True)
