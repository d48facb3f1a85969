"""How two claims stand to each other."""

from datetime import timedelta

import pytest

from media_catalog.pipeline.filename_dates import candidate_from_name
from media_catalog.pipeline.timestamps import agreement, candidates
from media_catalog.pipeline.timestamps.agreement import Relation


def camera(text, offset=None):
    tags = {"EXIF:ExifIFD:DateTimeOriginal": text}
    return candidates.from_tags(tags | ({"EXIF:ExifIFD:OffsetTimeOriginal": offset} if offset else {}))[0]


def movie(text):
    return candidates.from_tags({"QuickTime:CreateDate": text})[0]


def apple(text):
    return candidates.from_tags({"QuickTime:Keys:CreationDate": text})[0]


def satellite(day, time):
    return candidates.from_tags({"EXIF:GPS:GPSDateStamp": day, "EXIF:GPS:GPSTimeStamp": time})[0]


def day(text):
    return candidates.from_tags({"IPTC:DateCreated": text})[0]


def name(text):
    claim = candidate_from_name(text)
    assert claim is not None
    return claim


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (camera("2015:01:31 14:20:30"), camera("2015:01:31 14:20:31"), Relation.AGREES),
        (camera("2015:01:31 14:20:30"), name("IMG_20150131_142030.jpg"), Relation.AGREES),
        (camera("2015:01:31 14:20:30"), name("PXL_20150131_052030123.jpg"), Relation.AGREES),
        (camera("2015:01:31 14:20:30"), movie("2015:01:31 05:20:30"), Relation.AGREES),
        (camera("2015:01:31 14:20:30"), satellite("2015:01:31", "05:20:30"), Relation.AGREES),
        (camera("2015:01:31 14:20:30"), satellite("2015:01:31", "05:16:30"), Relation.AGREES),
        (camera("2015:01:31 14:20:30"), satellite("2015:01:31", "03:11:30"), Relation.APART),
        (camera("2015:01:31 14:20:30"), satellite("2003:01:31", "05:20:30"), Relation.DIFFERS),
        (camera("2015:01:31 14:20:30", "+09:00"), satellite("2015:01:31", "05:20:30"), Relation.AGREES),
        (camera("2015:01:31 14:20:30", "+01:00"), satellite("2015:01:31", "05:20:30"), Relation.APART),
        (apple("2019:07:24 11:25:40+03:00"), movie("2019:07:24 08:25:57"), Relation.AGREES),
        (apple("2015:01:19 12:45:11-08:00"), movie("2015:12:12 08:59:26"), Relation.DIFFERS),
        (movie("2015:01:31 14:20:30"), name("VID_20150131_142030.mp4"), Relation.AGREES),
        (camera("2008:03:18 16:08:26"), apple("2008:03:18 17:08:26+01:00"), Relation.APART),
        (camera("2008:03:14 13:59:26"), camera("2008:03:14 11:31:48"), Relation.DIFFERS),
        (camera("2015:01:31 14:20:30"), camera("2014:01:31 14:20:30"), Relation.DIFFERS),
        (camera("2015:01:31 14:20:30"), day("2015:01:31"), Relation.AGREES),
        (camera("2015:02:01 00:30:00"), day("2015:01:31"), Relation.COMPATIBLE),
        (camera("2015:02:02 00:30:00"), day("2015:01:31"), Relation.DIFFERS),
        (movie("2015:01:31 23:20:30"), day("2015:02:01"), Relation.AGREES),  # it was tomorrow in the east
        (movie("2015:01:29 23:20:30"), day("2015:02:01"), Relation.DIFFERS),
    ],
)
def test_relates_two_claims_and_does_not_care_for_their_order(one, other, expected):
    assert agreement.relation(one, other) is expected
    assert agreement.relation(other, one) is expected


def test_finds_the_offset_of_an_instant_and_a_wall_clock():
    wall, instant = camera("2015:01:31 14:20:30"), movie("2015:01:31 05:20:31")

    assert agreement.zone_offset(wall, instant) == 540
    assert agreement.zone_offset(instant, wall) == 540
    assert agreement.zone_offset(wall, wall) is None


def test_measures_the_gap_on_one_clock():
    with_zone, movie_date = apple("2019:07:24 11:25:40+03:00"), movie("2019:07:24 08:25:57")

    assert agreement.gap(with_zone, movie_date) == timedelta(seconds=17)
