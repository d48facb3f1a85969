import pytest

from media_catalog.pipeline.timestamps import candidates, maker_zones

ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"MakerNotes:Canon:TimeZone": 120, "MakerNotes:Canon:DaylightSavings": 60}, (120, "Canon:TimeZone")),
        ({"MakerNotes:Nikon:TimeZone": 60, "MakerNotes:Nikon:DaylightSavings": 1}, (120, "Nikon:TimeZone")),
        (
            {"MakerNotes:Nikon:TimeZone": -300, "MakerNotes:Nikon:DaylightSavings": 0},
            (-300, "Nikon:TimeZone"),
        ),
        ({"MakerNotes:CanonRaw:TimeZoneCode": 9}, (540, "CanonRaw:TimeZoneCode")),
        ({"MakerNotes:Ricoh:TimeZone": "+09:00"}, (540, "Ricoh:TimeZone")),
        ({"EXIF:ExifIFD:TimeZoneOffset": "-5 -4"}, (-300, "EXIF:TimeZoneOffset")),
        ({"EXIF:ExifIFD:TimeZoneOffset": 2}, (120, "EXIF:TimeZoneOffset")),
        ({"MakerNotes:Canon:TimeZone": 0}, None),  # what a camera has that nobody told where it is
        ({"MakerNotes:Canon:TimeZone": 17}, None),
        ({"MakerNotes:Canon:TimeZone": True}, None),
        ({"MakerNotes:Canon:TimeZone": "soon"}, None),
        ({"MakerNotes:Ricoh:TimeZone": ["+09:00"]}, None),
        ({"EXIF:ExifIFD:TimeZoneOffset": "²"}, None),
        ({}, None),
    ],
)
def test_reads_the_zone_that_a_camera_was_set_to(tags, expected):
    assert maker_zones.maker_zone(tags) == expected


def test_it_holds_for_the_cameras_own_date_and_after_the_standard_tags():
    tags = {ORIGINAL: "2015:07:04 14:20:30", "MakerNotes:Nikon:TimeZone": 60}
    (plain,) = candidates.from_tags(tags)
    (standard,) = candidates.from_tags(tags | {"EXIF:ExifIFD:OffsetTimeOriginal": "+09:00"})
    (copy,) = candidates.from_tags(
        {"XMP:XMP-exif:DateTimeOriginal": "2015:07:04 14:20:30"} | {"MakerNotes:Nikon:TimeZone": 60}
    )

    assert (plain.offset_minutes, plain.offset_source) == (60, "Nikon:TimeZone")
    assert (standard.offset_minutes, standard.offset_source) == (540, "EXIF:OffsetTimeOriginal")
    assert copy.offset_minutes is None
