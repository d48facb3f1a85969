"""How sure a date is, and why."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from media_catalog.pipeline.timestamps import candidates
from media_catalog.pipeline.timestamps.camera_clock import CameraClock
from media_catalog.pipeline.timestamps.confidence import Confidence, Reason

CANON = ("Canon", "Canon EOS 7D")
NIKON = ("NIKON", "COOLPIX P1")
APPLE = ("Apple", "iPhone 6")
TOKYO = (35.68, 139.69)
ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"
DIGITIZED = "EXIF:ExifIFD:CreateDate"
OFFSET = "EXIF:ExifIFD:OffsetTimeOriginal"
MODIFIED = "EXIF:IFD0:ModifyDate"
TAKEN = {ORIGINAL: "2015:01:31 14:20:30"}
GPS = {"EXIF:GPS:GPSDateStamp": "2015:01:31", "EXIF:GPS:GPSTimeStamp": "05:20:30"}
LOCAL = datetime(2015, 1, 31, 14, 20, 30)
INSTANT = datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)


def code_of(inference, source):
    return next(verdict.code for verdict in inference.verdicts if verdict.candidate.source == source)


@pytest.mark.parametrize(
    ("tags", "name", "camera", "level", "reason"),
    [
        (TAKEN, None, CANON, Confidence.HIGH, Reason.CAMERA),
        (TAKEN, None, (None, None), Confidence.MEDIUM, Reason.SINGLE),
        (TAKEN | {DIGITIZED: "2015:01:31 14:20:30"}, None, (None, None), Confidence.MEDIUM, Reason.SINGLE),
        (TAKEN, "IMG_20150131_142030.jpg", (None, None), Confidence.HIGH, Reason.INDEPENDENT),
        (TAKEN | GPS, None, (None, None), Confidence.HIGH, Reason.INDEPENDENT),
        (
            {"QuickTime:Keys:CreationDate": "2015:01:31 14:20:30+09:00"},
            None,
            CANON,
            Confidence.HIGH,
            Reason.CAMERA,
        ),
        (
            {"QuickTime:Keys:CreationDate": "2015:01:31 14:20:30"},
            None,
            CANON,
            Confidence.MEDIUM,
            Reason.SINGLE,
        ),
        ({"QuickTime:CreateDate": "2015:01:31 05:20:30"}, None, CANON, Confidence.MEDIUM, Reason.SINGLE),
        ({DIGITIZED: "2015:01:31 14:20:30"}, None, CANON, Confidence.MEDIUM, Reason.SINGLE),
        ({"QuickTime:CreateDate": "2015:01:31 05:20:30"}, None, APPLE, Confidence.MEDIUM, Reason.UTC_VIDEO),
        ({}, "IMG_20150131_142030.jpg", (None, None), Confidence.HIGH, Reason.DEVICE_NAME),
        ({}, "Screenshot_20150131-142030.png", (None, None), Confidence.HIGH, Reason.DEVICE_NAME),
        ({}, "signal-2015-01-31-142030.jpg", (None, None), Confidence.LOW, Reason.AFTERWARDS),
        ({}, "IMG-20150131-WA0007.jpg", (None, None), Confidence.LOW, Reason.AFTERWARDS),
        ({}, "holiday 2015-01-31.jpg", (None, None), Confidence.LOW, Reason.WEAK),
        ({}, "Sommer 2015/a.jpg", (None, None), Confidence.LOW, Reason.FOLDER),
        ({MODIFIED: "2015:01:31 14:20:30"}, None, CANON, Confidence.LOW, Reason.AFTERWARDS),
        ({"PNG:CreationTime": "2015:01:31 14:20:30"}, None, CANON, Confidence.LOW, Reason.AFTERWARDS),
        ({"XMP:XMP-xmp:CreateDate": "2015:01:31 14:20:30"}, None, CANON, Confidence.LOW, Reason.AFTERWARDS),
        (
            {MODIFIED: "2010:05:05 10:00:00"},
            "[FORCE]20150131_142030.jpg",
            CANON,
            Confidence.HIGH,
            Reason.PERSON,
        ),
    ],
)
def test_confidence_starts_from_who_speaks_and_who_agrees(infer, tags, name, camera, level, reason):
    date = infer(tags, name, camera=camera)

    assert (date.confidence, date.reasons[0]) == (level, reason)


@pytest.mark.parametrize(
    ("tags", "name", "level", "reason"),
    [
        (TAKEN | {DIGITIZED: "2014:01:31 14:20:30"}, None, Confidence.MEDIUM, Reason.CONTRADICTED),
        (TAKEN | GPS | {"EXIF:GPS:GPSDateStamp": "2003:01:31"}, None, Confidence.MEDIUM, Reason.CONTRADICTED),
        (TAKEN, "IMG_20140131_142030.jpg", Confidence.MEDIUM, Reason.CONTRADICTED),
        (TAKEN, "IMG-20150301-WA0007.jpg", Confidence.MEDIUM, Reason.DOUBTED),
        (TAKEN, "IMG_20150131_152030.jpg", Confidence.MEDIUM, Reason.ZONES_APART),
        (TAKEN | {MODIFIED: "2009:01:01 10:00:00"}, None, Confidence.MEDIUM, Reason.EDITED_BEFORE),
        ({ORIGINAL: "2015:01:31 00:00:00"}, None, Confidence.MEDIUM, Reason.MIDNIGHT),
        ({ORIGINAL: "1978:06:01 12:00:00"}, None, Confidence.MEDIUM, Reason.OLDER_THAN_CAMERAS),
        ({ORIGINAL: "2005:01:01 00:07:12"}, None, Confidence.LOW, Reason.FACTORY_DEFAULT),
        ({ORIGINAL: "2015:01:31"}, None, Confidence.MEDIUM, Reason.NOT_TO_THE_SECOND),
        ({"QuickTime:CreateDate": "1999:03:04 05:06:07"}, None, Confidence.LOW, Reason.UNSET_CONTAINER),
    ],
)
def test_doubt_and_contradiction_lower_the_confidence(infer, tags, name, level, reason):
    date = infer(tags, name, camera=NIKON)

    assert date.confidence is level
    assert reason in date.reasons[1:]


def test_new_year_by_satellite_is_no_factory_default(infer):
    tags = {
        ORIGINAL: "2015:01:01 00:10:30",
        "EXIF:GPS:GPSDateStamp": "2014:12:31",
        "EXIF:GPS:GPSTimeStamp": "15:10:30",
    }

    assert infer(tags, camera=CANON).confidence is Confidence.HIGH


@pytest.mark.parametrize("edited", ["2017:03:03 17:59:30", "2015:01:31 15:50:30"])
def test_a_later_edit_is_no_contradiction(infer, edited):
    date = infer(TAKEN | {MODIFIED: edited}, camera=CANON)

    assert date.confidence is Confidence.HIGH
    assert code_of(date, "EXIF:ModifyDate") in {"differs", "apart"}


@pytest.mark.parametrize(
    ("zone", "level"),
    [("+09:00", Confidence.HIGH), ("+08:00", Confidence.HIGH), ("+01:00", Confidence.MEDIUM)],
)
def test_a_clock_that_is_not_on_the_time_of_its_place_is_never_sure(infer, zone, level):
    assert infer(TAKEN | {OFFSET: zone}, position=TOKYO, camera=CANON).confidence is level


def test_a_measured_clock_that_is_not_on_the_time_of_its_place_is_never_sure(infer):
    date = infer(TAKEN | GPS, position=(51.5, -0.1), camera=CANON)

    assert date.confidence is Confidence.MEDIUM
    assert Reason.ZONE_UNLIKE_PLACE in date.reasons
    assert date.instant == INSTANT


def test_a_picture_cannot_be_younger_than_its_file(infer):
    ahead = infer(TAKEN, camera=CANON, mtime=datetime(2014, 1, 29, tzinfo=UTC))
    absurd = infer(TAKEN, camera=CANON, mtime=datetime(1985, 1, 29, tzinfo=UTC))

    assert (ahead.local, ahead.confidence) == (LOCAL, Confidence.MEDIUM)
    assert Reason.AFTER_FILE_TIME in ahead.reasons
    assert absurd.confidence is Confidence.HIGH


@pytest.mark.parametrize(
    ("written_at", "clock", "position", "level"),
    [
        (None, None, None, Confidence.MEDIUM),
        (None, None, TOKYO, Confidence.MEDIUM),
        (datetime(2015, 1, 31, 5, 22, tzinfo=UTC), None, TOKYO, Confidence.HIGH),  # closed when it ended
        (datetime(2015, 1, 31, 6, 20, tzinfo=UTC), None, TOKYO, Confidence.MEDIUM),
        (None, CameraClock(quicktime_is_local=False), TOKYO, Confidence.HIGH),
        (None, CameraClock(quicktime_is_local=False), None, Confidence.MEDIUM),
        (None, CameraClock(quicktime_is_local=False, zone="Asia/Tokyo"), None, Confidence.HIGH),
    ],
)
def test_a_videos_date_is_sure_where_it_is_utc_and_its_zone_is_known(
    infer, written_at, clock, position, level
):
    movie = {"QuickTime:CreateDate": "2015:01:31 05:20:30"}
    date = infer(movie, mtime=written_at, clock=clock, position=position, camera=CANON)

    assert date.confidence is level
    assert (date.local == LOCAL) is (date.offset_source != "assumed")


def test_a_corrected_clock_is_as_sure_as_a_right_one(infer):
    clock = CameraClock(shift_seconds=3600, zone="Asia/Tokyo")
    date = infer({ORIGINAL: "2015:01:31 13:20:30"}, camera=CANON, clock=clock)

    assert (date.local, date.instant, date.offset_source) == (LOCAL, INSTANT, "camera rule")
    assert (date.confidence, date.reasons) == (Confidence.HIGH, (Reason.CAMERA_RULE,))
    assert date.verdicts[0].candidate.local == datetime(2015, 1, 31, 13, 20, 30)


def test_a_sidecar_goes_before_the_tags_that_it_corrects(infer):
    sidecar = replace(
        candidates.from_tags({"XMP:XMP-exif:DateTimeOriginal": "2015:01:31 14:20:30+09:00"})[0],
        source="sidecar:XMP:DateTimeOriginal",
        weight=10,
    )
    alone = infer({}, more=[sidecar])
    against = infer({ORIGINAL: "2014:03:03 03:03:03"}, more=[sidecar], camera=CANON)

    assert (alone.local, alone.confidence, alone.reasons[0]) == (LOCAL, Confidence.HIGH, Reason.SIDECAR)
    assert (against.source, against.confidence) == ("sidecar:XMP:DateTimeOriginal", Confidence.MEDIUM)
