from datetime import UTC, datetime

import pytest

from media_catalog.pipeline.timestamps import copies
from media_catalog.pipeline.timestamps.candidates import Precision
from media_catalog.pipeline.timestamps.confidence import Confidence
from tests.pipeline.timestamps.neighbourhood import CANON, LOOK, dated, edit_date, file, named_day

NOON = "2019-05-04 12:00:00"
ORIGINAL = file("IMG_0411.JPG", NOON, phash=LOOK)


def said(claim):
    return claim and (claim.source, str(claim.local), claim.weight)


def test_dates_a_live_photos_video_by_its_still():
    claim = copies.by_stem(file("IMG_0411.MOV", duration_s=2.0), [ORIGINAL])
    assert said(claim) == ("neighbour:stem", NOON, 3)
    assert claim.raw == "belongs to IMG_0411.JPG: EXIF:DateTimeOriginal"


def test_does_not_believe_a_companion_that_is_older_than_the_picture():
    video = file("IMG_0411.MOV", duration_s=2.0, file_time=datetime(2018, 1, 1))
    assert copies.by_stem(video, [ORIGINAL]) is None


def test_hands_on_an_instant_as_an_instant():
    instant = datetime(2019, 5, 4, 10, 0, tzinfo=UTC)
    movie = dated(NOON, "QuickTime:CreateDate", weight=7, instant=instant, is_zone_assumed=True)
    claim = copies.by_bytes(file("b.mp4"), [file("a.mp4", movie)])
    assert (claim.local, claim.instant, claim.offset_minutes) == (None, instant, None)


def test_hands_on_a_zone_that_is_evidence():
    own = dated(NOON, offset_minutes=120, offset_source="EXIF:OffsetTimeOriginal")
    claim = copies.by_bytes(file("b.jpg"), [file("a.jpg", own)])
    assert (claim.offset_minutes, claim.offset_source) == (120, "EXIF:OffsetTimeOriginal")


@pytest.mark.parametrize(
    ("copy", "is_sure_name", "weight"),
    [
        (file("IMG_0411-edited.JPG", phash=LOOK ^ 0b11), True, 3),
        (file("IMG_0411-edited.JPG", phash=LOOK ^ 0xFFFF), True, 2),  # cropped, coloured
        (file("IMG_0411-edited.JPG"), True, 2),
        (file("IMG_0411(1).JPG", phash=LOOK ^ 0xFF), False, 3),
        (file("IMG_0411(1).JPG", phash=LOOK ^ 0xFFFF), False, None),  # a stranger of that number
        (file("IMG_0411(1).JPG"), False, None),
        (file("IMG_0411-edited.JPG", "2019-06-01 10:00:00", phash=LOOK), True, None),  # has its own
        (file("IMG_0411-edited.MP4", duration_s=3.0), True, None),
        (file("IMG_0411 - Kopie.JPG", phash=LOOK, file_time=datetime(2018, 1, 1)), True, 2),
    ],
)
def test_dates_copies_by_their_names(copy, is_sure_name, weight):
    claim = copies.by_name(copy, [(ORIGINAL, is_sure_name)])
    assert (claim and claim.weight) == weight
    assert claim is None or said(claim)[:2] == ("neighbour:copy", NOON)


@pytest.mark.parametrize(
    ("own", "weight"),
    [
        (None, 3),
        (named_day("2019-05-04"), 3),  # sent on the same day
        (named_day("2019-05-05"), 3),
        (named_day("2019-06-20"), None),  # too long after, so it may be another one
        (named_day("2019-05-01"), None),  # sent before it was taken
        (dated("2019-05-04 18:07:31", "name:signal", weight=4, confidence=Confidence.MEDIUM), 3),
        (edit_date("2021-01-01 10:00:00"), 3),  # edited later
        (edit_date("2018-01-01 10:00:00"), None),  # edited before it was taken
        (dated("2019-01-01", "folder:year", weight=1, precision=Precision.YEAR), 3),
        (dated("2014-01-01", "folder:year", weight=1, precision=Precision.YEAR), 2),
        (dated("2014-01-01 10:00:00", is_doubted=True), 2),
        (dated("2000-01-01 00:10:00", is_doubted=True), 2),  # a clock that was never set
    ],
)
def test_weighs_what_a_file_says_itself_against_the_date_of_its_likeness(own, weight):
    claim = copies.by_look(file("b.jpg", own, phash=LOOK ^ 0b11), [ORIGINAL])
    assert said(claim) == (weight and ("neighbour:look", NOON, weight))


@pytest.mark.parametrize(
    "own",
    [
        dated("2019-06-01 10:00:00"),
        dated("2019-06-01 10:00:00", "name:phone_camera", weight=6, confidence=Confidence.MEDIUM),
        dated(NOON, is_doubted=True),  # nothing new
    ],
)
def test_leaves_files_alone_that_have_a_time_of_capture(own):
    assert copies.by_look(file("b.jpg", own, phash=LOOK), [ORIGINAL]) is None
    assert copies.by_bytes(file("b.jpg", own), [ORIGINAL]) is None


def test_takes_the_most_alike_picture_of_a_burst():
    burst = [
        file("b1.jpg", "2019-05-04 12:00:00", phash=LOOK ^ 0b1111),
        file("b2.jpg", "2019-05-04 12:00:01", phash=LOOK ^ 0b11),
    ]
    assert said(copies.by_look(file("x.jpg", phash=LOOK), burst)) == (
        "neighbour:look",
        "2019-05-04 12:00:01",
        3,
    )


def test_does_not_guess_among_look_alikes_of_different_days():
    scans = [ORIGINAL, file("b.jpg", "2020-05-04 12:00:00", phash=LOOK)]
    assert copies.by_look(file("x.jpg", phash=LOOK), scans) is None


def test_prefers_a_time_of_capture_to_the_nearer_picture_with_a_mere_day():
    day = file("IMG-20190505-WA0001.jpg", named_day("2019-05-05"), phash=LOOK)
    claim = copies.by_look(file("x.jpg", phash=LOOK), [day, file("a.jpg", NOON, phash=LOOK ^ 0b11)])
    assert said(claim) == ("neighbour:look", NOON, 3)


def test_shares_the_narrowest_date_among_equal_bytes_without_a_time():
    folder = file("a.jpg", named_day("2010-01-16", "folder:day", 2))
    year = dated("2010-01-01", "folder:year", weight=1, precision=Precision.YEAR, confidence=Confidence.LOW)
    claim = copies.by_bytes(file("b.jpg", year), [folder, file("c.jpg", year)])
    assert (claim.precision, said(claim)) == (Precision.DAY, ("neighbour:copy", "2010-01-16 00:00:00", 2))
    assert copies.by_bytes(folder, [file("c.jpg", year)]) is None


def test_of_the_time_when_one_copy_was_sent_others_get_the_day():
    sent = dated("2017-06-10 06:28:24", "name:signal", weight=4, confidence=Confidence.LOW)
    claim = copies.by_bytes(file("x.jpg"), [file("signal-2017-06-10-062824.jpg", sent)])
    assert (claim.precision, said(claim)) == (Precision.DAY, ("neighbour:copy", "2017-06-10 00:00:00", 1))


def test_does_not_believe_a_doubtful_original_where_the_folder_contradicts():
    original = file("a.jpg", dated("2002-02-07 20:31:20", is_doubted=True), phash=LOOK)
    month = dated("2003-02-01", "folder:month", weight=1, precision=Precision.MONTH)
    assert said(copies.by_look(file("x.jpg", phash=LOOK), [original]))[2] == 2
    assert copies.by_look(file("x.jpg", month, phash=LOOK), [original]) is None


def test_is_less_sure_where_equal_bytes_have_different_times():
    names = [
        file("b.jpg", dated("2019-05-09 10:00:00", "name:phone_camera", weight=6)),
        file("a.jpg", dated("2019-05-04 10:00:00", "name:phone_camera", weight=6)),
    ]
    assert said(copies.by_bytes(file("x.jpg"), names)) == ("neighbour:copy", "2019-05-04 10:00:00", 2)


def test_never_hands_on_when_a_copy_was_edited():
    assert copies.by_look(file("x.jpg", phash=LOOK), [file("a.jpg", edit_date(NOON), phash=LOOK)]) is None


def test_does_not_date_a_file_by_itself():
    day = file("a.jpg", named_day("2019-05-05"), phash=LOOK, camera=CANON)
    assert copies.by_bytes(day, [day]) is None
    assert copies.by_look(day, [day]) is None
