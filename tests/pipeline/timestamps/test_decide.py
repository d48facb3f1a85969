"""Which date is believed, in whose zone, how surely, and why."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest

from media_catalog.pipeline.sidecars import takeout as takeout_reader
from media_catalog.pipeline.timestamps import decide, own_claims
from media_catalog.pipeline.timestamps.candidates import Precision
from media_catalog.pipeline.timestamps.decide import Confidence, DatePolicy, Reason

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CANON = ("Canon", "Canon EOS 7D")
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


def test_a_wall_clock_alone_has_no_offset_and_no_instant(infer):
    date = infer(TAKEN)

    assert (date.local, date.until, date.precision) == (LOCAL, LOCAL, Precision.SECOND)
    assert (date.offset_minutes, date.offset_source, date.instant) == (None, None, None)


def test_a_wall_clock_with_a_zone_is_kept_as_written(infer):
    date = infer(TAKEN | {OFFSET: "+09:00"})

    assert (date.local, date.instant) == (LOCAL, INSTANT)
    assert (date.offset_minutes, date.offset_source) == (540, "EXIF:OffsetTimeOriginal")


def test_an_instant_alone_is_shown_in_the_zone_of_its_place(infer):
    date = infer({"QuickTime:CreateDate": "2015:01:31 05:20:30"}, position=TOKYO)

    assert (date.local, date.instant) == (LOCAL, INSTANT)
    assert (date.offset_minutes, date.offset_source) == (540, "GPS:position")


def test_an_instant_without_a_place_is_shown_in_the_assumed_zone(infer):
    date = infer({"QuickTime:CreateDate": "2015:01:31 05:20:30"})

    assert date.local == datetime(2015, 1, 31, 0, 20, 30)
    assert date.instant == INSTANT
    assert (date.offset_minutes, date.offset_source) == (-300, "assumed")


@pytest.mark.parametrize(
    ("tags", "name", "position", "offset", "offset_source"),
    [
        (TAKEN | GPS, None, None, 540, "GPS:GPSDateTime"),
        (TAKEN, "PXL_20150131_052030123.jpg", None, 540, "name:pixel"),
        (TAKEN, None, TOKYO, 540, "GPS:position"),
        (
            TAKEN | {"XMP:XMP-exif:DateTimeOriginal": "2015:01:31 14:20:30+09:00"},
            None,
            None,
            540,
            "XMP:DateTimeOriginal",
        ),
        (  # the computer that wrote the XMP was elsewhere: GPS knows better
            TAKEN | GPS | {"XMP:XMP-exif:DateTimeOriginal": "2015:01:31 14:20:30-05:00"},
            None,
            None,
            540,
            "GPS:GPSDateTime",
        ),
        (
            TAKEN | {OFFSET: "+09:00", "EXIF:ExifIFD:OffsetTime": "-05:00"},
            None,
            None,
            540,
            "EXIF:OffsetTimeOriginal",
        ),
        # Old phones write the wall clock as GPS time, and a camera may be on UTC: nobody can tell.
        (TAKEN | GPS | {"EXIF:GPS:GPSTimeStamp": "14:20:30"}, None, TOKYO, None, None),
        ({ORIGINAL: "2019:10:27 02:30:00"}, None, (52.5, 13.4), None, None),  # this hour came twice
        ({"IPTC:DateCreated": "2015:01:31"}, None, TOKYO, None, None),
    ],
)
def test_the_zone_of_a_wall_clock_is_found_by_evidence(infer, tags, name, position, offset, offset_source):
    date = infer(tags, name, position=position)

    assert (date.offset_minutes, date.offset_source) == (offset, offset_source)
    assert (date.instant is None) is (offset is None)


def test_a_local_name_gives_a_video_its_zone(infer):
    date = infer({"QuickTime:CreateDate": "2015:01:31 05:20:31"}, "VID_20150131_142030.mp4")

    assert date.source == "QuickTime:CreateDate"
    assert (date.local, date.offset_minutes) == (datetime(2015, 1, 31, 14, 20, 31), 540)
    assert date.offset_source == "name:phone_camera"
    assert date.confidence is Confidence.HIGH


def test_a_video_on_its_wall_clock_gets_no_offset_from_itself(infer):
    date = infer({"QuickTime:CreateDate": "2015:01:31 14:20:30"}, "VID_20150131_142030.mp4")

    assert (date.local, date.offset_minutes, date.instant) == (LOCAL, None, None)


def takeout(instant):
    return takeout_reader.facts(
        {"Takeout:photoTakenTime": {"timestamp": str(int(instant.timestamp()))}}
    ).claims


def test_google_may_have_taken_a_wall_clock_for_utc(infer):
    date = infer(TAKEN, more=takeout(LOCAL.replace(tzinfo=UTC)))

    assert (date.local, date.offset_minutes, date.offset_source, date.instant) == (LOCAL, None, None, None)
    assert code_of(date, "takeout:photoTakenTime") == "agrees"


def test_a_name_keeps_its_wall_clock_beside_googles_utc(infer):
    date = infer({}, "IMG_20150131_142030.jpg", more=takeout(LOCAL.replace(tzinfo=UTC)))

    assert (date.local, date.offset_minutes, date.instant) == (LOCAL, None, None)


def test_googles_utc_of_the_same_digits_does_not_contradict_a_known_zone(infer):
    date = infer(TAKEN | {OFFSET: "+09:00"}, more=takeout(LOCAL.replace(tzinfo=UTC)))

    assert (date.local, date.offset_minutes, date.instant) == (LOCAL, 540, INSTANT)
    assert code_of(date, "takeout:photoTakenTime") == "agrees"


def test_the_place_gives_a_zone_that_google_does_not(infer):
    date = infer(TAKEN, position=TOKYO, more=takeout(LOCAL.replace(tzinfo=UTC)))

    assert (date.local, date.offset_minutes, date.offset_source) == (LOCAL, 540, "GPS:position")


def test_googles_instant_gives_a_zone_where_it_differs_from_the_wall_clock(infer):
    date = infer(TAKEN, more=takeout(INSTANT))

    assert (date.local, date.offset_minutes, date.offset_source) == (LOCAL, 540, "takeout:photoTakenTime")


@pytest.mark.parametrize(
    "mtime", [datetime(1985, 5, 5, tzinfo=UTC), datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)]
)
def test_the_file_time_is_offered_and_never_chosen(infer, mtime):
    date = infer({}, mtime=mtime)

    assert (date.local, date.instant, date.source, date.precision) == (None, None, None, None)
    assert (date.confidence, date.reasons) == (Confidence.NONE, (Reason.FILE_TIME_ONLY,))
    assert code_of(date, "file:mtime") == "offered"


def test_a_name_goes_before_the_file_time(infer):
    date = infer({}, "IMG_20150131_142030.jpg", mtime=datetime(2003, 2, 3, tzinfo=UTC))

    assert (date.source, date.local) == ("name:phone_camera", LOCAL)


def test_without_evidence_there_is_no_date(infer):
    date = infer({})

    assert date.local is None
    assert (date.confidence, date.reasons, date.verdicts) == (Confidence.NONE, (Reason.NO_EVIDENCE,), ())


def test_every_claim_has_a_verdict_in_words(infer):
    tags = TAKEN | {
        DIGITIZED: "2015:01:31 14:20:30",
        MODIFIED: "2017:03:03 17:59:30",
        "XMP:XMP-exif:DateTimeOriginal": "0000:00:00 00:00:00",
        "XMP:XMP-xmp:CreateDate": "2099:01:01 10:00:00",
        "XMP:XMP-photoshop:DateCreated": "soon",
        "IPTC:DateCreated": "2015:02:01",
        **GPS,
    }

    date = infer(tags, "IMG_20150131_152030.jpg", mtime=datetime(2020, 1, 1, tzinfo=UTC))

    found = {verdict.candidate.source: (verdict.code, verdict.text) for verdict in date.verdicts}
    assert found == {
        "EXIF:DateTimeOriginal": ("chosen", "believed"),
        "EXIF:CreateDate": ("derived", "the same date as EXIF:DateTimeOriginal, counted once"),
        "XMP:DateTimeOriginal": ("refused_sentinel", "empty date: the clock was never set"),
        "GPS:GPSDateTime": ("agrees", "agrees with EXIF:DateTimeOriginal at +09:00"),
        "XMP:DateCreated": ("refused_unreadable", "not a date"),
        "IPTC:DateCreated": ("compatible", "near EXIF:DateTimeOriginal: neither for nor against"),
        "XMP:CreateDate": ("refused_future", "in the future"),
        "EXIF:ModifyDate": ("differs", "differs from EXIF:DateTimeOriginal by 2 years"),
        "name:phone_camera": ("apart", "1 hour from EXIF:DateTimeOriginal: perhaps another zone"),
        "file:mtime": ("offered", "the file's own time is shown, never believed alone"),
    }
    assert [verdict.is_chosen for verdict in date.verdicts].count(True) == 1


def test_only_a_known_zone_can_be_assumed(infer):
    policy = DatePolicy(default_zone="Mars/Olympus", now=NOW)

    with pytest.raises(ZoneInfoNotFoundError):
        infer({"QuickTime:CreateDate": "2015:01:31 05:20:30"}, policy=policy)


def alone(source, tags, *, mtime=None, **circumstances):
    claims = own_claims.of_file("", tags=tags, mtime_ns=int(mtime.timestamp()) * 10**9 if mtime else 0)
    (place,) = (place for place, claim in enumerate(claims) if claim.source == source)
    policy = DatePolicy(default_zone="America/New_York", now=NOW)
    return decide.alone(claims, place, policy=policy, **circumstances)


def test_a_claim_alone_gives_its_own_date_though_others_are_believed():
    date = alone("EXIF:ModifyDate", {**TAKEN, MODIFIED: "2018:05:01 10:00:00"})

    assert (date.local, date.source) == (datetime(2018, 5, 1, 10), "EXIF:ModifyDate")


def test_the_files_own_time_alone_is_shown_in_the_assumed_zone():
    date = alone("file:mtime", TAKEN, mtime=INSTANT)

    assert (date.local, date.instant) == (datetime(2015, 1, 31, 0, 20, 30), INSTANT)
    assert (date.offset_minutes, date.offset_source) == (-300, "assumed")


def test_a_claim_alone_has_the_zone_of_its_place():
    date = alone("EXIF:DateTimeOriginal", TAKEN, position=TOKYO)

    assert (date.local, date.instant, date.offset_source) == (LOCAL, INSTANT, "GPS:position")


def test_a_claim_before_the_earliest_year_decides_nothing_but_is_there_to_be_chosen(infer):
    policy = DatePolicy(default_zone="UTC", now=NOW, earliest_year=2016)
    date = infer(TAKEN, "2017/IMG_1.jpg", policy=policy)

    assert (date.local, date.source) == (datetime(2017, 1, 1), "folder:year")
    assert [verdict.code for verdict in date.verdicts] == ["refused_too_early", "chosen"]
    claims = [verdict.candidate for verdict in date.verdicts]
    assert decide.alone(claims, 0, policy=policy).local == LOCAL


@pytest.mark.parametrize("written", ["2099:01:31 14:20:30", "0000:00:00 00:00:00", "2015:02:31"])
def test_an_implausible_claim_gives_no_date_alone(written):
    assert alone("EXIF:DateTimeOriginal", {ORIGINAL: written}) is None
