"""What the predecessor got wrong about dates, and must never happen again."""

import json
from datetime import UTC, datetime

import pytest
from PIL import Image

from media_catalog.pipeline.timestamps.confidence import Confidence
from media_catalog.pipeline.timestamps.decide import DatePolicy
from tests import tagging

CANON = ("Canon", "Canon EOS 7D")
ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"
DIGITIZED = "EXIF:ExifIFD:CreateDate"
MODIFIED = "EXIF:IFD0:ModifyDate"
TAKEN = {ORIGINAL: "2015:01:31 14:20:30"}
LOCAL = datetime(2015, 1, 31, 14, 20, 30)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tags", "name", "mtime", "local"),
    [
        (TAKEN, "a.jpg", datetime(2003, 2, 3, tzinfo=UTC), LOCAL),
        ({ORIGINAL: "2015:02:01 00:30:00"}, "IMG-20150131-WA0001.jpg", None, datetime(2015, 2, 1, 0, 30)),
        (TAKEN | {MODIFIED: "2008:03:04 05:06:07"}, "a.jpg", None, LOCAL),
        (TAKEN, "2003/IMG_1.JPG", None, LOCAL),
    ],
)
def test_bug_4_the_earliest_does_not_win(infer, tags, name, mtime, local):
    assert infer(tags, name, mtime=mtime, camera=CANON).local == local


@pytest.mark.parametrize("name", ["IMG-20150131-WA0007.jpg", "Scan_20150131.jpg", "2015-01-31 Oma.jpg"])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Auckland"])
def test_bug_6_a_day_gets_no_time_and_no_zone(infer, name, zone):
    date = infer({}, name, policy=DatePolicy(default_zone=zone, now=NOW))

    assert (date.local, date.until) == (datetime(2015, 1, 31), datetime(2015, 1, 31, 23, 59, 59))
    assert (date.precision, date.offset_minutes, date.instant) == ("day", None, None)


@pytest.mark.parametrize(
    "name",
    [
        "WhatsApp Image 2015-01-31 at 14.20.30.jpeg",
        "2015-01-31 14.20.30.jpg",
        "Screenshot_2015-01-31-14-20-30.png",
        "2015-01-31_14-20-30.jpg",
        "31-01-2015 14.20.30.jpg",
        "signal-2015-01-31-142030.jpg",
    ],
)
def test_bug_7_the_time_in_a_name_is_read(infer, name):
    assert infer({}, name).local == LOCAL


@pytest.mark.parametrize(
    ("name", "instant"),
    [
        ("1422735630000.jpg", datetime(2015, 1, 31, 20, 20, 30, tzinfo=UTC)),
        ("PXL_20150131_142030123.jpg", datetime(2015, 1, 31, 14, 20, 30, 123_000, tzinfo=UTC)),
        ("IMG_20150131_142030Z.jpg", datetime(2015, 1, 31, 14, 20, 30, tzinfo=UTC)),
    ],
)
def test_bug_7_names_in_utc_are_no_wall_clocks(infer, name, instant):
    assert infer({}, name).instant == instant


def test_bug_7_digits_are_not_a_date_and_folders_are(infer):
    assert infer({}, "IMG_1200512301.jpg").local is None
    assert infer({}, "2015/2015-01 Ski/IMG_1.jpg").local == datetime(2015, 1, 1)


@pytest.mark.parametrize(
    "tags",
    [
        {"XMP:XMP-exif:DateTimeOriginal": "2015:01:31 14:20:30+09:00"},
        {"IPTC:DateCreated": "2015:01:31", "IPTC:TimeCreated": "14:20:30+09:00"},
        {"PNG:CreationTime": "2015:01:31 14:20:30"},
        {"QuickTime:Keys:CreationDate": "2015:01:31 14:20:30+09:00"},
        {"QuickTime:UserData:ContentCreateDate": "2015:01:31 14:20:30+09:00"},
        {"XML:XML:CreationDateValue": "2015:01:31 14:20:30+09:00"},
        {"MakerNotes:Sony:SonyDateTime": "2015:01:31 14:20:30"},
        {"MakerNotes:Pentax:Date": "2015:01:31", "MakerNotes:Pentax:Time": "14:20:30"},
        {"Matroska:DateRecorded": "2015:01:31 14:20:30"},
    ],
)
def test_bug_8_dates_are_read_wherever_they_stand(infer, tags):
    assert infer(tags).local.replace(microsecond=0) == LOCAL


def test_bug_8_matroska_keeps_utc(infer):
    date = infer({"Matroska:DateTimeOriginal": "2015:01:31 05:20:30Z"})

    assert date.instant == datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015:01:31 14:20:30+09:00", (LOCAL, 540, datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC), "second")),
        ("2015-01-31", (datetime(2015, 1, 31), None, None, "day")),
        ("0001:01:01 00:00:00", (None, None, None, None)),
        ("9999:12:31 23:59:59", (None, None, None, None)),
    ],
)
def test_bug_12_offsets_are_kept_and_absurd_years_refused(infer, text, expected):
    date = infer({ORIGINAL: text})

    assert (date.local, date.offset_minutes, date.instant, date.precision) == expected


@pytest.mark.parametrize(("zone", "hour"), [("Europe/Berlin", 6), ("America/New_York", 0), ("UTC", 5)])
def test_bug_13_the_zone_that_is_set_is_the_zone_that_is_assumed(infer, zone, hour):
    policy = DatePolicy(default_zone=zone, now=NOW)
    movie = infer({"QuickTime:CreateDate": "2015:01:31 05:20:30"}, policy=policy)
    photo = infer(TAKEN, policy=policy)

    assert (movie.local.hour, movie.offset_source) == (hour, "assumed")
    assert (photo.local, photo.offset_minutes, photo.instant) == (LOCAL, None, None)


def test_bug_16_one_clock_is_one_witness(infer):
    copies = TAKEN | {
        DIGITIZED: "2015:01:31 14:20:30",
        "XMP:XMP-photoshop:DateCreated": "2015:01:31 14:20:30",
    }
    date = infer(copies)

    assert date.confidence is Confidence.MEDIUM
    assert [verdict.code for verdict in date.verdicts] == ["chosen", "derived", "derived"]


def test_bug_16_a_future_date_is_no_candidate(infer):
    date = infer({ORIGINAL: "2099:01:31 14:20:30", DIGITIZED: "2015:01:31 14:20:30"})

    assert (date.source, date.local) == ("EXIF:CreateDate", LOCAL)
    assert date.verdicts[0].code == "refused_future"


def test_bug_16_a_wrong_clock_is_not_certain(infer):
    wrong = {ORIGINAL: "2012:05:25 14:20:30", DIGITIZED: "2012:05:25 14:20:30"}

    assert infer(wrong, "2015/2015-01-31 Ski/IMG_1.JPG", camera=CANON).confidence is Confidence.LOW
    assert infer(wrong, "IMG_20150131_142030.jpg", camera=CANON).confidence is Confidence.MEDIUM


def test_bug_9_one_bad_tag_in_a_real_file_fails_nothing(infer, tmp_path):
    picture = tmp_path / "a.jpg"
    Image.new("RGB", (16, 12), "teal").save(picture)
    bad = ["-EXIF:ModifyDate#=2023-09-27T14:32:53+02:00", "-EXIF:CreateDate#=31. Januar", "-XMP-dc:Date=soon"]
    good = "-EXIF:DateTimeOriginal=2015:01:31 14:20:30"
    tagging.run("-q", "-overwrite_original", good, *bad, picture)
    [tags] = json.loads(tagging.run("-j", "-G0:1", "-n", picture))

    assert infer(tags, camera=CANON).local == LOCAL
