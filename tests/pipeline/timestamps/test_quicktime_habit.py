from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from media_catalog.pipeline.filename_dates import candidate_from_name
from media_catalog.pipeline.timestamps import candidates, quicktime_habit

BERLIN, LONDON, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/London"), ZoneInfo("Asia/Tokyo")
WALL, UTC_OF_WALL = "2015:07:04 14:20:30", "2015:07:04 05:20:30"


def is_local(tags, *, name=None, place=None, default_zone=BERLIN):
    claims = candidates.from_tags(tags)
    if name and (claim := candidate_from_name(name)):
        claims.append(claim)
    claims.append(candidates.from_mtime(int(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) * 10**9))
    return quicktime_habit.is_local(claims, place=place, default_zone=default_zone)


@pytest.mark.parametrize(
    ("created", "tags", "name", "expected"),
    [
        (UTC_OF_WALL, {"QuickTime:Keys:CreationDate": f"{WALL}+09:00"}, None, False),
        (WALL, {"QuickTime:Keys:CreationDate": f"{WALL}+09:00"}, None, True),
        (WALL, {"QuickTime:UserData:DateTimeOriginal": WALL}, None, True),
        (UTC_OF_WALL, {"EXIF:ExifIFD:DateTimeOriginal": WALL}, None, False),
        (UTC_OF_WALL, {}, "VID_20150704_142030.mp4", False),
        (WALL, {}, "VID_20150704_142030.mp4", True),
        (WALL, {}, "PXL_20150704_142030123.mp4", None),  # the name is on UTC
        (WALL, {}, "signal-2015-07-04-142030.mp4", None),  # the name is the sender's
        (WALL, {}, "IMG_0001.MOV", None),
        ("2015:07:04 03:11:11", {}, "VID_20150704_142030.mp4", None),
        (UTC_OF_WALL, {"QuickTime:Keys:CreationDate": "2015:07:04"}, None, None),
        (WALL, {"QuickTime:UserData:DateTimeOriginal": WALL}, "VID_20150704_232030.mp4", None),
        ("0000:00:00 00:00:00", {}, "VID_20150704_142030.mp4", None),
    ],
)
def test_other_clocks_of_the_file_tell(created, tags, name, expected):
    assert is_local({"QuickTime:CreateDate": created} | tags, name=name) is expected


@pytest.mark.parametrize(
    ("default_zone", "place", "name", "expected"),
    [
        (LONDON, None, "VID_20150704_142030.mp4", True),  # summer time
        (LONDON, None, "VID_20150104_142030.mp4", None),
        (BERLIN, LONDON, "VID_20150104_142030.mp4", None),
        (LONDON, TOKYO, "VID_20150104_142030.mp4", True),
    ],
)
def test_equal_clocks_tell_nothing_where_the_wall_clock_is_utc(default_zone, place, name, expected):
    date = f"{name[4:8]}:{name[8:10]}:{name[10:12]} 14:20:30"
    found = is_local({"QuickTime:CreateDate": date}, name=name, place=place, default_zone=default_zone)
    assert found is expected


@pytest.mark.parametrize(
    ("created", "place", "expected"),
    [
        (UTC_OF_WALL, TOKYO, False),
        (WALL, TOKYO, True),
        (UTC_OF_WALL, None, None),
        (UTC_OF_WALL, LONDON, None),
    ],
)
def test_gps_time_tells_where_the_place_is_known(created, place, expected):
    gps = {"EXIF:GPS:GPSDateStamp": "2015:07:04", "EXIF:GPS:GPSTimeStamp": "05:20:00"}
    if place is LONDON:
        gps["EXIF:GPS:GPSDateStamp"] = "2015:01:04"
        created = created.replace(":07:", ":01:")
    assert is_local({"QuickTime:CreateDate": created} | gps, place=place) is expected
