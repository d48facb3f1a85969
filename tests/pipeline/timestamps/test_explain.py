"""A decision in plain words."""

from datetime import UTC, datetime

import pytest

from media_catalog.pipeline.timestamps import explain
from media_catalog.pipeline.timestamps.candidates import Precision

CANON = ("Canon", "Canon EOS 7D")
TAKEN = {"EXIF:ExifIFD:DateTimeOriginal": "2015:01:31 14:20:30"}
GPS = {"EXIF:GPS:GPSDateStamp": "2015:01:31", "EXIF:GPS:GPSTimeStamp": "05:20:30"}


@pytest.mark.parametrize(
    ("tags", "path", "camera", "expected"),
    [
        (
            TAKEN | GPS,
            "2015/01/IMG_1.JPG",
            CANON,
            "31 January 2015, 14:20:30 (+09:00), by EXIF:DateTimeOriginal: written by the camera when the "
            "picture was taken. Agreeing: the GPS receiver, its folder's name.",
        ),
        (
            TAKEN,
            "Fotos/2014/IMG_1.JPG",
            CANON,
            "31 January 2015, 14:20:30, by EXIF:DateTimeOriginal: written by the camera when the picture was "
            "taken. Otherwise: its folder's name. Not certain: its folder is named after another time.",
        ),
        (
            {},
            "Sommer 1987/Bild 7.jpg",
            (None, None),
            "summer 1987, by its folder's name: only the name of its folder says so. "
            "Not certain: the seconds are not known.",
        ),
        (
            {"QuickTime:CreateDate": "2015:01:31 05:20:30"},
            "a.mp4",
            ("Apple", "iPhone 6"),
            "31 January 2015, 00:20:30 (-05:00), by QuickTime:CreateDate: written by the camera in UTC, as "
            "its maker does. The time zone is assumed. Not certain: the moment is known, but not in whose "
            "zone to show it.",
        ),
        ({}, "a.jpg", (None, None), "No date: no plausible date."),
    ],
)
def test_a_sentence_says_what_is_believed_who_says_so_and_what_is_doubtful(
    infer, tags, path, camera, expected
):
    assert explain.sentence(infer(tags, path, camera=camera)) == expected


def test_a_list_shows_every_claim_the_believed_one_first(infer):
    date = infer(GPS, "IMG_20150131_142030.jpg", mtime=datetime(2020, 1, 1, tzinfo=UTC))

    assert [(line.speaker, line.is_chosen, line.verdict) for line in explain.lines(date)] == [
        ("the file's name", True, "believed"),
        ("the GPS receiver", False, "agrees with name:phone_camera at +09:00"),
        ("the file's own time", False, "the file's own time is shown, never believed alone"),
    ]


def test_words_and_values_are_apart_for_those_who_translate(infer):
    phrases = explain.phrases(infer(TAKEN, camera=CANON))

    assert phrases[0].words == "%(date)s, by %(speaker)s:"
    assert phrases[0].values == {"date": "31 January 2015, 14:20:30", "speaker": "EXIF:DateTimeOriginal"}


@pytest.mark.parametrize(
    ("precision", "text"),
    [
        (Precision.SECOND, "1 June 1970, 00:00:00"),
        (Precision.MINUTE, "1 June 1970, 00:00"),
        (Precision.DAY, "1 June 1970"),
        (Precision.MONTH, "June 1970"),
        (Precision.SEASON, "summer 1970"),
        (Precision.YEAR, "1970"),
        (Precision.DECADE, "1970s"),
        (Precision.RANGE, "between 1 June 1970 and 4 July 1971"),
    ],
)
def test_a_date_is_written_as_exactly_as_it_is_known(precision, text):
    assert explain.date_text(datetime(1970, 6, 1), precision=precision, until=datetime(1971, 7, 4)) == text
