"""Choosing the best-supported moment."""

from media_catalog.pipeline.filename_dates import candidate_from_name
from media_catalog.pipeline.timestamps import candidates, clusters, trust
from media_catalog.pipeline.timestamps.agreement import Relation

ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"
DIGITIZED = "EXIF:ExifIFD:CreateDate"
GPS_2015 = {"EXIF:GPS:GPSDateStamp": "2015:01:31", "EXIF:GPS:GPSTimeStamp": "05:20:30"}


def chosen(tags, *names):
    claims = candidates.from_tags(tags)
    claims += [claim for name in names if (claim := candidate_from_name(name))]
    return clusters.choose(claims, trust=trust.weigh(claims, camera=(None, None)))


def test_the_earliest_does_not_win_by_being_earliest():
    choice = chosen({ORIGINAL: "2015:01:31 14:20:30", DIGITIZED: "2003:02:03 10:00:00"})

    assert choice.chosen.source == "EXIF:DateTimeOriginal"


def test_copies_of_one_date_count_once():
    tags = {
        DIGITIZED: "2010:05:05 10:00:00",
        "XMP:XMP-exif:DateTimeOriginal": "2010:05:05 10:00:00",
        "XMP:XMP-photoshop:DateCreated": "2010:05:05 10:00:00",
        "IPTC:DateCreated": "2010:05:05",
        **GPS_2015,
    }

    choice = chosen(tags, "IMG_20150131_142030.jpg")

    assert (
        choice.chosen.source == "name:phone_camera"
    )  # two witnesses against one, however often it repeats itself


def test_the_most_precise_and_trusted_member_speaks():
    choice = chosen({"IPTC:DateCreated": "2015:01:31", **GPS_2015}, "IMG_20150131_142030.jpg")

    assert choice.chosen.source == "name:phone_camera"


def test_a_satellite_speaks_last_because_its_fix_is_old():
    tags = {"XMP:XMP-photoshop:DateCreated": "2015:01:31 14:20:44", **GPS_2015}

    assert chosen(tags).chosen.source == "XMP:DateCreated"


def test_a_weak_date_gives_no_support():
    tags = {DIGITIZED: "2015:01:31 14:20:30", "EXIF:IFD0:ModifyDate": "2016:03:04 12:00:00"}

    assert chosen(tags, "2016-03-04 12.00.00.jpg").chosen.source == "EXIF:CreateDate"


def test_a_video_on_the_wall_clock_is_no_instant():
    choice = chosen({"QuickTime:CreateDate": "2015:01:31 14:20:30"}, "VID_20150131_142030.mp4")

    assert choice.chosen.source == "name:phone_camera"


def test_a_person_goes_before_everything():
    tags = {
        ORIGINAL: "2010:05:05 10:00:00",
        "EXIF:GPS:GPSDateStamp": "2010:05:05",
        "EXIF:GPS:GPSTimeStamp": "08:00:00",
    }

    assert chosen(tags, "[FORCE]20150131_142030.jpg").chosen.source == "name:forced"


def test_says_how_every_claim_stands_to_the_chosen_one():
    choice = chosen(
        {ORIGINAL: "2015:01:31 14:20:30", DIGITIZED: "2015:01:31 14:20:30", "IPTC:DateCreated": "2014:01:01"}
    )

    assert [relation for _, relation in choice.relations] == [
        Relation.AGREES,
        Relation.AGREES,
        Relation.DIFFERS,
    ]
    assert choice.agreeing()[0] is choice.chosen
