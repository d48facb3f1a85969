"""Everything that a file says of its date by itself."""

from media_catalog.pipeline.filename_dates import patterns
from media_catalog.pipeline.timestamps import own_claims

TAGS = {
    "EXIF:ExifIFD:DateTimeOriginal": "2015:01:31 14:20:30",
    "EXIF:IFD0:ModifyDate": "2016:01:31 14:20:30",
    "PNG:ShootingDate": "2015:01:31 14:20:30",
}


def sources(path, tags=TAGS, **options):
    return [claim.source for claim in own_claims.of_file(path, tags=tags, mtime_ns=0, **options)]


def test_tags_name_folders_other_tags_and_the_file_time_speak():
    assert sources("2015/01/IMG_20150131_142030.jpg") == [
        "EXIF:DateTimeOriginal",
        "EXIF:ModifyDate",
        "name:phone_camera",
        "folder:month",
        "other:PNG:ShootingDate",
        "file:mtime",
    ]
    assert sources("IMG_0001.JPG", {}) == ["file:mtime"]


def test_a_users_patterns_are_asked():
    rules = patterns.compiled("Scan %d%m%Y")

    assert sources("Scan 04072015.jpg", {}, patterns=rules) == ["name:own", "file:mtime"]


def test_folders_may_be_remembered():
    asked: list[str] = []
    sources("2015/01/a.jpg", {}, folder_date=asked.append)

    assert asked == ["2015/01/"]


def test_the_date_of_a_program_that_edits_weighs_nothing():
    edited = {
        "EXIF:IFD0:ModifyDate": "2016:01:31 14:20:30",
        "EXIF:IFD0:Software": "Adobe Photoshop CS6 (Windows)",
    }
    firmware = edited | {"EXIF:IFD0:Software": "Ver.1.02"}
    weights = [own_claims.of_file("a.jpg", tags=tags, mtime_ns=0)[0].weight for tags in (edited, firmware)]

    assert weights == [0, 2]
