"""Which claims are not trusted, in the company of which others."""

from datetime import UTC, datetime

import pytest

from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.confidence import Confidence, Reason

CANON = ("Canon", "Canon EOS 7D")  # sold since 2009
COMPACT = ("SONY", "DSC-W80")
ORIGINAL = "EXIF:ExifIFD:DateTimeOriginal"
DIGITIZED = "EXIF:ExifIFD:CreateDate"
MODIFIED = "EXIF:IFD0:ModifyDate"
SOFTWARE = "EXIF:IFD0:Software"
OFFSET = "EXIF:ExifIFD:OffsetTimeOriginal"


def camera_says(text):
    return {ORIGINAL: text, DIGITIZED: text, MODIFIED: text}


def code_of(inference, source):
    return next(verdict.code for verdict in inference.verdicts if verdict.candidate.source == source)


@pytest.mark.parametrize(
    ("date", "path", "source"),
    [
        # The clock was never set, lost its battery, or has the wrong year: the folder knows better.
        ("2012:07:04 14:20:30", "2015/2015-07-04 Hochzeit/a.jpg", "folder:day"),
        ("2011:05:25 14:20:30", "2015/2015-07-04 Hochzeit/a.jpg", "folder:day"),
        ("2012:07:04 14:20:30", "2015/2015-07/a.jpg", "folder:month"),
        ("2010:01:17 03:20:30", "2015/2015-07/a.jpg", "folder:month"),
        ("2017:08:23 14:20:30", "2015/2015-07/a.jpg", "folder:month"),
        # A program made a folder for the day of the import; or nobody can tell.
        ("2013:05:25 14:20:30", "2015/2015-07-04/a.jpg", "EXIF:DateTimeOriginal"),
        ("2013:05:25 14:20:30", "2015/07/a.jpg", "EXIF:DateTimeOriginal"),
        ("2015:05:01 14:20:30", "2015/2015-07-04 Hochzeit/a.jpg", "EXIF:DateTimeOriginal"),
        # A year is too little to say against a camera.
        ("2012:07:04 14:20:30", "Fotos/2015/a.jpg", "EXIF:DateTimeOriginal"),
        ("2017:07:04 14:20:30", "Fotos/2015/a.jpg", "EXIF:DateTimeOriginal"),
    ],
)
def test_a_folder_that_is_named_after_its_event_finds_a_wrong_clock(infer, date, path, source):
    inference = infer(camera_says(date), path, camera=CANON)

    assert inference.source == source
    assert inference.confidence is (Confidence.MEDIUM if source.startswith("EXIF") else Confidence.LOW)
    assert Reason.AGAINST_FOLDER in inference.reasons or Reason.AGAINST_CLOCK in inference.reasons


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({OFFSET: "+02:00"}, "a.jpg"),
        ({"EXIF:GPS:GPSDateStamp": "2012:05:25", "EXIF:GPS:GPSTimeStamp": "12:20:30"}, "a.jpg"),
        ({}, "IMG_20120525_142030.jpg"),
    ],
)
def test_a_clock_that_is_confirmed_is_believed_against_a_folder_but_never_surely(infer, tags, name):
    says = camera_says("2012:05:25 14:20:30") | tags
    inference = infer(says, f"2015/2015-07-04 Hochzeit/{name}", camera=CANON)

    assert inference.local == datetime(2012, 5, 25, 14, 20, 30)
    assert inference.confidence is Confidence.MEDIUM
    assert Reason.AGAINST_FOLDER in inference.reasons


@pytest.mark.parametrize(
    ("folder", "level"),
    [
        ("2015/2015-07-04 Hochzeit", Confidence.HIGH),
        ("2015/2015-07-01 Thailand", Confidence.HIGH),  # a journey under its first day
        ("2015/2015-07-07 Hochzeit", Confidence.HIGH),  # preparations
        ("2015/2015-06-01 Thailand", Confidence.MEDIUM),
        ("2015/2015-06", Confidence.HIGH),
        ("2015/2015-05", Confidence.MEDIUM),
        ("2015", Confidence.HIGH),
        ("Fotos/2014", Confidence.MEDIUM),
        ("Fotos/2016", Confidence.MEDIUM),
        ("Sommer 2015", Confidence.HIGH),
        ("Winter 2015", Confidence.HIGH),
        ("1970s", Confidence.MEDIUM),
        ("Backup 2021", Confidence.HIGH),
        ("Import 2021-03-04", Confidence.HIGH),
    ],
)
def test_a_folder_of_another_time_forbids_certainty(infer, folder, level):
    date = infer(camera_says("2015:07:04 14:20:30"), f"{folder}/IMG_0001.JPG", camera=CANON)

    assert (date.source, date.confidence) == ("EXIF:DateTimeOriginal", level)


@pytest.mark.parametrize(
    ("day", "folder"), [("2015:12:31", "2016"), ("2016:01:01", "2015"), ("2016:01:06", "Silvester 2015")]
)
def test_the_turn_of_the_year_is_no_contradiction(infer, day, folder):
    assert (
        infer(camera_says(f"{day} 14:20:30"), f"{folder}/a.jpg", camera=CANON).confidence is Confidence.HIGH
    )


def test_a_later_year_is_that_of_an_album_where_the_clock_is_confirmed(infer):
    phone = camera_says("2015:07:04 14:20:30") | {OFFSET: "+02:00"}

    assert infer(phone, "2024/a.jpg", camera=CANON).confidence is Confidence.HIGH
    assert infer(phone, "Fotos/2014/a.jpg", camera=CANON).confidence is Confidence.MEDIUM


def test_gps_and_folder_outvote_the_camera(infer):
    gps = {"EXIF:GPS:GPSDateStamp": "2015:07:04", "EXIF:GPS:GPSTimeStamp": "12:20:30"}
    date = infer(camera_says("2013:05:25 14:20:30") | gps, "2015/2015-07/a.jpg", camera=CANON)

    assert (date.source, date.confidence) == ("GPS:GPSDateTime", Confidence.MEDIUM)
    assert code_of(date, "EXIF:DateTimeOriginal") == "distrusted"


def test_a_date_before_the_camera_was_sold_is_not_believed(infer):
    date = infer(camera_says("2008:02:03 04:05:06"), "Fotos/2012/a.jpg", camera=CANON)

    assert (date.source, date.confidence) == ("folder:year", Confidence.LOW)
    assert code_of(date, "EXIF:DateTimeOriginal") == "distrusted"


def test_it_is_answered_where_nothing_else_is_known(infer):
    date = infer(camera_says("2008:02:03 04:05:06"), camera=CANON)

    assert (date.source, date.confidence) == ("EXIF:DateTimeOriginal", Confidence.LOW)
    assert Reason.BEFORE_CAMERA in date.reasons


def test_a_confirmed_date_before_the_camera_was_sold_is_believed_but_not_surely(infer):
    date = infer(camera_says("2008:02:03 04:05:06") | {OFFSET: "+01:00"}, camera=CANON)

    assert (date.source, date.confidence) == ("EXIF:DateTimeOriginal", Confidence.MEDIUM)
    assert Reason.BEFORE_CAMERA in date.reasons


def test_a_clock_that_was_never_set_yields_to_the_year_of_a_folder(infer):
    date = infer(camera_says("2007:01:01 00:07:12"), "Fotos/2012/a.jpg", camera=COMPACT)

    assert (date.source, date.confidence) == ("folder:year", Confidence.LOW)


@pytest.mark.parametrize(
    ("tags", "path", "source"),
    [
        ({MODIFIED: "2018:05:06 10:11:12", SOFTWARE: "Picasa"}, "Fotos/2012/a.jpg", "folder:year"),
        ({MODIFIED: "2012:05:06 10:11:12", SOFTWARE: "Picasa"}, "Fotos/2012/a.jpg", "folder:year"),
        ({MODIFIED: "2018:05:06 10:11:12"}, "2012/2012-03-04 Ski/a.jpg", "folder:day"),
        ({MODIFIED: "2012:03:04 10:11:12"}, "2012/2012-03-04 Ski/a.jpg", "EXIF:ModifyDate"),
        ({"XMP:XMP-xmp:CreateDate": "2018:05:06 10:11:12"}, "1987 Sommer/a.jpg", "folder:season"),
        ({}, "1987 Sommer/Scan_20140218.jpg", "folder:season"),
        ({}, "2015-07-04 Hochzeit/IMG-20150720-WA0001.jpg", "name:whatsapp"),
        ({}, "2015-07-04 Hochzeit/IMG-20150920-WA0001.jpg", "folder:day"),
        ({}, "Fotos/2013/IMG-20150920-WA0001.jpg", "name:whatsapp"),
        ({}, "Fotos/2018/IMG-20150920-WA0001.jpg", "name:whatsapp"),
    ],
)
def test_what_was_done_to_a_picture_was_done_after_it_was_taken(infer, tags, path, source):
    date = infer(tags, path)

    assert (date.source, date.confidence) == (source, Confidence.LOW)


def neighbour(source, local, *, weight=3, until=None):
    return Candidate(
        source=source,
        raw="looks like IMG_0001.JPG",
        local=local,
        instant=None,
        precision=Precision.RANGE if until else Precision.SECOND,
        offset_minutes=None,
        offset_source=None,
        weight=weight,
        until=until,
    )


def test_the_original_of_a_message_goes_before_the_time_of_sending(infer):
    original = neighbour("neighbour:copy", datetime(2015, 1, 31, 11, 0, 0))
    date = infer({}, "signal-2015-01-31-142030.jpg", more=[original])

    assert (date.source, date.local, date.confidence) == ("neighbour:copy", original.local, Confidence.MEDIUM)
    assert code_of(date, "name:signal") == "distrusted"


def test_an_original_that_is_younger_than_the_message_is_none(infer):
    original = neighbour("neighbour:copy", datetime(2016, 1, 31, 11, 0, 0))

    assert infer({}, "signal-2015-01-31-142030.jpg", more=[original]).source == "name:signal"


def test_neighbours_never_make_a_date_certain(infer):
    same = neighbour("neighbour:stem", datetime(2015, 1, 31, 14, 20, 30))
    alone = infer({}, more=[same])
    beside = infer({"XMP:XMP-exif:DateTimeOriginal": "2015:01:31 14:20:30"}, more=[same])

    assert (alone.source, alone.confidence) == ("neighbour:stem", Confidence.MEDIUM)
    assert (beside.source, beside.confidence) == ("XMP:DateTimeOriginal", Confidence.MEDIUM)


def test_a_narrow_bound_answers_within_a_wide_one(infer):
    bound = neighbour("neighbour:counter", datetime(2012, 3, 4, 10), until=datetime(2012, 3, 4, 12), weight=2)
    date = infer({}, "Fotos/2012/IMG_0002.JPG", more=[bound])

    assert (date.source, date.precision) == ("neighbour:counter", Precision.RANGE)
    assert (date.local, date.until) == (bound.local, bound.until)


@pytest.mark.parametrize(
    ("source", "local", "until", "reason"),
    [
        ("neighbour:outlier", datetime(2012, 3, 1), datetime(2012, 3, 7), Reason.OUTLIER),
        ("neighbour:same_second", datetime(2015, 1, 31, 14, 20, 30), None, Reason.SAME_SECOND),
    ],
)
def test_suspicions_forbid_certainty_and_are_never_believed(infer, source, local, until, reason):
    suspicion = neighbour(source, local, until=until)
    date = infer({ORIGINAL: "2015:01:31 14:20:30"}, more=[suspicion], camera=CANON)

    assert (date.source, date.confidence) == ("EXIF:DateTimeOriginal", Confidence.MEDIUM)
    assert reason in date.reasons
    assert code_of(date, source) == "suspicion"
    assert infer({}, more=[suspicion]).local is None


def test_a_file_older_than_its_picture_is_doubted_unless_something_confirms_the_clock(infer):
    old = {"mtime": datetime(2014, 1, 1, tzinfo=UTC), "camera": CANON}
    camera = camera_says("2015:07:04 14:20:30")

    assert infer(camera, **old).confidence is Confidence.MEDIUM
    assert infer(camera | {OFFSET: "+02:00"}, **old).confidence is Confidence.HIGH
    assert infer(camera, "Fotos/2015/a.jpg", **old).confidence is Confidence.HIGH
    assert infer({}, "IMG_20150704_142030.jpg", mtime=old["mtime"]).confidence is Confidence.HIGH
