from datetime import UTC, datetime
from typing import Any

import pytest

from media_catalog.pipeline import archive_tags
from media_catalog.pipeline.archive_tags import Facts
from media_catalog.pipeline.exiftool import TagEdit
from media_catalog.pipeline.timestamps.candidates import Precision, period_end

ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"
LOCAL = datetime(2015, 1, 31, 14, 20, 30)
INSTANT = datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)
DATED = "2015:01:31 14:20:30"
WALL_CLOCK: dict[str, Any] = {"local": LOCAL, "until": LOCAL, "precision": Precision.SECOND}
IN_TOKYO = WALL_CLOCK | {"offset_minutes": 540, "offset_is_evidence": True, "instant": INSTANT}
ASSUMED = IN_TOKYO | {"offset_is_evidence": False}
MOVIE = {
    "QuickTime:CreateDate": "0000:00:00 00:00:00",
    "QuickTime:ModifyDate": "0000:00:00 00:00:00",
    "QuickTime:Track1:TrackCreateDate": "0000:00:00 00:00:00",
    "QuickTime:Track1:TrackModifyDate": "0000:00:00 00:00:00",
    "QuickTime:Track1:MediaCreateDate": "0000:00:00 00:00:00",
    "QuickTime:Track1:MediaModifyDate": "0000:00:00 00:00:00",
}


def edits(facts, tags=None, mime_type="image/jpeg"):
    found = archive_tags.tag_edits(Facts(**facts), mime_type=mime_type, tags=tags or {})
    return [f"{edit.tag}{edit.op}{edit.value}" for edit in found]


def partial(precision, *parts):
    local = datetime(*parts, *[1] * (3 - len(parts)))
    return {"local": local, "until": period_end(local, precision), "precision": precision}


@pytest.mark.parametrize("facts", [WALL_CLOCK, IN_TOKYO, IN_TOKYO | {"may_replace_date": False}])
@pytest.mark.parametrize(
    "value", [DATED, "2015:01:31 14:20:30.55", "2015-01-31T14:20:30+09:00", "2015:01:31 14:20:31"]
)
def test_does_not_touch_a_photo_whose_date_is_right(facts, value):
    assert edits(facts, {ORIGINAL: value}) == []


def test_a_date_in_the_file_before_the_earliest_year_is_none():
    tags = {ORIGINAL: "1998:05:01 10:00:00"}
    assert edits(WALL_CLOCK, tags) == []
    assert edits(WALL_CLOCK | {"earliest_year": 2000}, tags)[0] == f"EXIF:DateTimeOriginal={DATED}"


def test_does_not_touch_a_file_of_which_nothing_is_known():
    assert edits({}) == []
    assert edits({}, MOVIE, "video/mp4") == []
    assert edits({}, mime_type="video/x-msvideo") == []


def test_writes_the_wall_clock_and_no_zone_that_is_not_known():
    assert edits(WALL_CLOCK) == [f"EXIF:DateTimeOriginal={DATED}", f"EXIF:CreateDate={DATED}"]


def test_writes_the_zone_that_is_evidence():
    assert edits(IN_TOKYO) == [
        f"EXIF:DateTimeOriginal={DATED}",
        "EXIF:OffsetTimeOriginal=+09:00",
        f"EXIF:CreateDate={DATED}",
    ]


def test_writes_a_minute_as_its_first_second():
    facts = WALL_CLOCK | {"local": LOCAL.replace(second=0), "precision": Precision.MINUTE}
    assert edits(facts)[0] == "EXIF:DateTimeOriginal=2015:01:31 14:20:00"
    assert edits(facts, {ORIGINAL: DATED}) == []


def test_keeps_the_date_of_digitizing():
    assert edits(WALL_CLOCK, {"EXIF:ExifIFD:CreateDate": "2019:05:05 10:00:00"}) == [
        f"EXIF:DateTimeOriginal={DATED}"
    ]


@pytest.mark.parametrize(
    "empty",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "",
        "garbage",
        "1970:01:01 00:00:00",
        "2000:01:01 00:00:00",
    ],
)
def test_fills_in_a_date_that_is_none(empty):
    assert edits(WALL_CLOCK, {ORIGINAL: empty})[0] == f"EXIF:DateTimeOriginal={DATED}"


def test_replaces_a_different_date_only_if_a_person_said_so():
    tags = {ORIGINAL: "2012:05:05 10:00:00", "EXIF:ExifIFD:CreateDate": "2012:05:05 10:00:00"}
    assert edits(WALL_CLOCK, tags) == []
    assert edits(WALL_CLOCK | {"may_replace_date": True}, tags) == [f"EXIF:DateTimeOriginal={DATED}"]


def test_replaces_the_xmp_dates_that_contradict_as_well():
    tags = {
        ORIGINAL: "2012:05:05 10:00:00",
        "XMP:XMP-exif:DateTimeOriginal": "2012:05:05 10:00:00",
        "XMP:XMP-photoshop:DateCreated": "2015:01:31 14:20:30",
    }
    found = edits(IN_TOKYO | {"may_replace_date": True}, tags)
    assert f"XMP-exif:DateTimeOriginal={DATED}+09:00" in found
    assert not any("photoshop" in edit for edit in found)


def test_adds_a_zone_to_a_right_date_only_if_a_person_said_so():
    tags = {ORIGINAL: DATED}
    assert edits(IN_TOKYO | {"may_replace_date": True}, tags) == ["EXIF:OffsetTimeOriginal=+09:00"]
    tags["EXIF:ExifIFD:OffsetTimeOriginal"] = "+09:00"
    assert edits(IN_TOKYO | {"may_replace_date": True}, tags) == []
    assert edits(WALL_CLOCK | {"may_replace_date": True}, tags) == []


def test_never_writes_an_assumed_zone_as_fact():
    assert edits(ASSUMED) == [
        "XMP-photoshop:DateCreated=2015:01:31 05:20:30Z",
        "XMP-xmp:CreateDate=2015:01:31 05:20:30Z",
    ]
    tags = {"XMP:XMP-xmp:CreateDate": "2015:02:01 00:00:00"}
    assert edits(ASSUMED, tags) == ["XMP-photoshop:DateCreated=2015:01:31 05:20:30Z"]
    tags["XMP:XMP-photoshop:DateCreated"] = "2014:01:31 05:20:30Z"
    assert edits(ASSUMED, tags) == []
    assert edits(ASSUMED | {"may_replace_date": True}, tags) == [
        "XMP-photoshop:DateCreated=2015:01:31 05:20:30Z"
    ]


@pytest.mark.parametrize(
    "tags",
    [
        {"XMP:XMP-photoshop:DateCreated": "2015:01:31 05:20:30Z"},
        {"XMP:XMP-xmp:CreateDate": "2015:01:31 06:20:31+01:00"},
        {"EXIF:GPS:GPSDateStamp": "2015:01:31", "EXIF:GPS:GPSTimeStamp": "05:20:30"},
    ],
)
def test_does_not_repeat_an_instant_that_the_file_gives(tags):
    assert edits(ASSUMED, tags) == []


def test_leaves_a_different_date_beside_an_instant():
    assert edits(ASSUMED, {ORIGINAL: "2011:01:01 11:11:11"}) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (partial(Precision.DAY, 2015, 1, 31), "2015:01:31"),
        (partial(Precision.MONTH, 2015, 1), "2015:01"),
        (partial(Precision.SEASON, 1978, 6), "1978"),
        (partial(Precision.YEAR, 2015), "2015"),
        (
            partial(Precision.YEAR, 2015) | {"until": datetime(2015, 1, 20), "precision": Precision.RANGE},
            "2015:01",
        ),
    ],
)
@pytest.mark.parametrize(
    "mime_type", ["image/jpeg", "image/gif", "video/mp4", "video/x-msvideo", "image/x-canon-cr2"]
)
def test_invents_no_time_for_a_partial_date(facts, expected, mime_type):
    assert edits(facts, mime_type=mime_type) == [f"XMP-photoshop:DateCreated={expected}"]


def test_has_no_tag_for_a_decade():
    assert edits(partial(Precision.DECADE, 1970)) == []


def test_leaves_dates_that_a_partial_one_does_not_improve():
    day = partial(Precision.DAY, 2015, 1, 31)
    assert edits(day, {"XMP:XMP-photoshop:DateCreated": "2015:01:31"}) == []
    assert edits(day, {"XMP:XMP-photoshop:DateCreated": "2015:01:31 10:00:00"}) == []
    assert edits(partial(Precision.YEAR, 2015), {"XMP:XMP-photoshop:DateCreated": 2015}) == []
    assert edits(day, {"XMP:XMP-photoshop:DateCreated": "2014:01:01"}) == []
    assert edits(day, {ORIGINAL: "2012:05:05 10:00:00"}) == []
    assert edits(day | {"may_replace_date": True}, {"XMP:XMP-photoshop:DateCreated": "2014:01:01"}) == [
        "XMP-photoshop:DateCreated=2015:01:31"
    ]


def test_gives_all_dates_of_a_movie_the_same_instant():
    assert edits(IN_TOKYO, MOVIE, "video/mp4") == [
        *(f"QuickTime:{name}=2015:01:31 05:20:30" for name in archive_tags.MOVIE_DATES),
        *(f"QuickTime:{name}=2015:01:31 05:20:30" for name in archive_tags.MOVIE_CHANGES),
        f"Keys:CreationDate={DATED}+09:00",
    ]


def test_writes_no_wall_clock_into_a_movie_whose_zone_is_assumed():
    found = edits(ASSUMED, MOVIE, "video/quicktime")
    assert len(found) == 6
    assert not any("Keys" in edit for edit in found)


def test_writes_no_instant_into_a_movie_whose_zone_is_unknown():
    assert edits(WALL_CLOCK, MOVIE, "video/mp4") == [f"Keys:CreationDate={DATED}"]


@pytest.mark.parametrize("facts", [IN_TOKYO, ASSUMED, IN_TOKYO | {"may_replace_date": True}])
@pytest.mark.parametrize("second", [29, 30, 31])
def test_does_not_touch_a_movie_whose_date_is_right(facts, second):
    assert edits(facts, MOVIE | {"QuickTime:CreateDate": f"2015:01:31 05:20:{second}"}, "video/mp4") == []
    keys = {"QuickTime:Keys:CreationDate": f"2015:01:31 14:20:{second}+09:00"}
    assert edits(facts, MOVIE | keys, "video/mp4") == []
    assert edits(facts, MOVIE | keys | {"QuickTime:CreateDate": "2018:01:01 10:11:12"}, "video/mp4") == []


def test_puts_right_a_camera_that_writes_its_wall_clock_as_utc():
    found = edits(IN_TOKYO, MOVIE | {"QuickTime:CreateDate": DATED}, "video/mp4")
    assert found[:3] == [f"QuickTime:{name}=2015:01:31 05:20:30" for name in archive_tags.MOVIE_DATES]
    assert found[3:] == [f"Keys:CreationDate={DATED}+09:00"]


def test_replaces_a_different_date_of_a_movie_only_if_a_person_said_so():
    tags = MOVIE | {"QuickTime:CreateDate": "2012:05:05 10:11:12"}
    for facts in (IN_TOKYO, WALL_CLOCK):
        assert edits(facts, tags, "video/mp4") == []
    found = edits(IN_TOKYO | {"may_replace_date": True}, tags, "video/mp4")
    assert "QuickTime:TrackCreateDate=2015:01:31 05:20:30" in found
    assert "QuickTime:ModifyDate=2015:01:31 05:20:30" not in found


@pytest.mark.parametrize(
    "mime_type", ["image/x-canon-cr2", "video/x-matroska", "image/bmp", "video/x-msvideo"]
)
def test_says_it_in_xmp_where_the_file_is_not_written(mime_type):
    assert not archive_tags.is_writable(mime_type)
    assert edits(IN_TOKYO, mime_type=mime_type) == [
        f"XMP-exif:DateTimeOriginal={DATED}+09:00",
        f"XMP-photoshop:DateCreated={DATED}+09:00",
    ]
    assert edits(ASSUMED, mime_type=mime_type)[0] == "XMP-photoshop:DateCreated=2015:01:31 05:20:30Z"


@pytest.mark.parametrize(
    ("mime_type", "tags"),
    [
        ("image/x-canon-cr2", {ORIGINAL: DATED}),
        ("image/x-canon-cr2", {ORIGINAL: "2012:01:01 10:10:10"}),
        ("video/x-msvideo", {"RIFF:DateTimeOriginal": DATED}),
        ("video/m2ts", {"H264:DateTimeOriginal": f"{DATED}+09:00"}),
        ("video/x-matroska", {"Matroska:DateTimeOriginal": "2015:01:31 05:20:30Z"}),
        ("image/gif", {"XMP:XMP-photoshop:DateCreated": DATED}),
    ],
)
def test_needs_no_sidecar_where_the_file_says_it(mime_type, tags):
    assert edits(IN_TOKYO, tags, mime_type) == []


def test_says_in_xmp_what_a_movie_would_have_said():
    movie = archive_tags.tag_edits(Facts(**ASSUMED), mime_type="video/mp4", tags=MOVIE)
    assert archive_tags.as_xmp(movie, tags={}) == [
        TagEdit(tag="XMP-photoshop:DateCreated", value="2015:01:31 05:20:30Z")
    ]


def test_says_a_zone_in_xmp_together_with_its_date():
    zone = [TagEdit(tag="EXIF:OffsetTimeOriginal", value="+09:00")]
    assert [edit.value for edit in archive_tags.as_xmp(zone, tags={ORIGINAL: DATED})] == [
        f"{DATED}+09:00"
    ] * 2


def test_adds_keywords_and_keeps_those_that_are_there():
    tags = {"XMP:XMP-dc:Subject": "existing", "IPTC:Keywords": "existing", "IPTC:CodedCharacterSet": "\x1b%G"}
    assert edits({"keywords": ["Existing", "New Tag", "new tag"]}, tags) == [
        "XMP-dc:Subject+=New Tag",
        "IPTC:Keywords+=New Tag",
    ]


def test_says_below_which_keywords_others_are_once_and_in_a_sidecar_as_well():
    paths = {"keyword_paths": [("Holidays", "Italy"), ("holidays", "ITALY"), ("a|b", "c"), ("Known", "Sea")]}
    tags = {"XMP:XMP-lr:HierarchicalSubject": "known|sea"}
    for mime_type in ("image/jpeg", "image/x-canon-cr2"):
        assert edits(paths, tags, mime_type) == ["XMP-lr:HierarchicalSubject+=Holidays|Italy"]


def test_adds_no_keyword_that_is_there_in_any_case_or_place():
    tags = {"XMP:XMP-dc:Subject": ["Straße", 2015], "EXIF:IFD0:XPKeywords": "beach;sun"}
    assert edits({"keywords": ["strasse", "2015", "Sun", " ", ""]}, tags) == []


def test_cleans_keywords():
    assert edits({"keywords": [" a\n\tb\x00 ", "Cafe\u0301"]}, mime_type="image/png") == [
        "XMP-dc:Subject+=a b",
        "XMP-dc:Subject+=Café",
    ]


def test_starts_iptc_in_utf8_but_never_changes_the_character_set_under_old_words():
    word = {"keywords": ["写真"]}
    assert edits(word)[1:] == ["IPTC:Keywords+=写真", "IPTC:CodedCharacterSet=UTF8"]
    assert edits(word, {"IPTC:Keywords": "Bräu"}) == ["XMP-dc:Subject+=写真"]
    assert edits({"keywords": ["sea"]}, {"IPTC:Keywords": "Bräu"}) == [
        "XMP-dc:Subject+=sea",
        "IPTC:Keywords+=sea",
    ]


def test_keeps_long_keywords_out_of_iptc():
    assert edits({"keywords": ["x" * 65]}) == ["XMP-dc:Subject+=" + "x" * 65]


def test_repeats_the_keywords_of_a_file_in_its_sidecar():
    tags = {"XMP:XMP-dc:Subject": ["old"], "IPTC:Keywords": ["old", "older"]}
    assert edits({"keywords": ["new"]}, tags, "image/x-canon-cr2") == [
        "XMP-dc:Subject+=old",
        "XMP-dc:Subject+=older",
        "XMP-dc:Subject+=new",
    ]
