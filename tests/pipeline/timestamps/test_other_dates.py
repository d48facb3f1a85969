"""Dates in tags that no rule knows."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import other_dates
from media_catalog.pipeline.timestamps.confidence import Confidence, Reason
from media_catalog.pipeline.timestamps.own_claims import KNOWN

MOMENT = datetime(2015, 1, 31, 14, 20, 30)


def others(tags):
    return list(other_dates.from_other_tags(tags, known=KNOWN))


@pytest.mark.parametrize(
    ("key", "value", "local", "instant"),
    [
        ("PNG:ShootingDate", "2015:01:31 14:20:30", MOMENT, None),
        (
            "XMP:XMP-acme:TimeTaken",
            "2015-01-31T14:20:30+09:00",
            MOMENT,
            datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC),
        ),
        ("MakerNotes:Acme:CaptureDateTime", "2015:01:31 14:20:30Z", None, MOMENT.replace(tzinfo=UTC)),
        (
            "APP1:FLIR:DateTimeOriginal",
            "2015:01:31 14:20:30+09:00",
            MOMENT,
            datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC),
        ),
        ("XMP:XMP-pdf:CreationDate", "2015:01:31", datetime(2015, 1, 31), None),
    ],
)
def test_any_tag_whose_name_and_value_are_a_date_is_a_claim(key, value, local, instant):
    (claim,) = others({key: value})

    assert (claim.source, claim.raw, claim.local, claim.instant) == (f"other:{key}", value, local, instant)
    assert claim.weight == 1


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ICC_Profile:ICC-header:ProfileDateTime", "1998:02:09 06:49:00"),
        ("File:System:FileModifyDate", "2015:01:31 14:20:30+00:00"),
        ("Composite:SubSecCreateDate", "2015:01:31 14:20:30"),
        ("EXIF:IFD1:DateTimeOriginal", "2015:01:31 14:20:30"),
        ("EXIF:IFD0:PreviewDateTime", "2015:01:31 14:20:30"),
        ("XMP:XMP-xmp:MetadataDate", "2015:01:31 14:20:30"),
        ("XMP:XMP-xmp:ModifyDate", "2015:01:31 14:20:30"),
        ("XMP:XMP-xmpMM:HistoryWhen", "2015:01:31 14:20:30"),
        ("QuickTime:ModifyDate", "2015:01:31 14:20:30"),
        ("QuickTime:Track1:MediaModifyDate", "2015:01:31 14:20:30"),
        ("MakerNotes:Pentax:ManufactureDate", "2007:09:13"),
        ("MakerNotes:Nikon:PowerUpTime", "2010:04:25 10:51:00"),
        ("MakerNotes:Casio:FirmwareDate", "2010:04:25 10:51:00"),
        ("QuickTime:ItemList:ReleaseDate", "2010:04:25"),
        ("IPTC:ExpirationDate", "2030:04:25"),
        ("PNG:Datemodify", "2020-05-20T19:37:26+00:00"),
        ("EXIF:ExifIFD:ExposureTime", "0.01"),
        ("XMP:XMP-xmp:Label", "2015:01:31 14:20:30"),
        ("PNG:ShootingDate", "soon"),
        ("PNG:ShootingDate", 2015),
        ("PNG:ShootingDate", "2015"),
        ("EXIF:ExifIFD:DateTimeOriginal", "2015:01:31 14:20:30"),  # has a rule of its own
    ],
)
def test_known_liars_and_known_tags_are_none(key, value):
    assert others({key: value}) == []


def test_it_is_shown_and_never_believed_alone(infer):
    date = infer({"PNG:ShootingDate": "2015:01:31 14:20:30"})

    assert (date.local, date.confidence, date.reasons) == (None, Confidence.NONE, (Reason.FILE_TIME_ONLY,))
    assert [verdict.code for verdict in date.verdicts] == ["offered"]


def test_a_file_full_of_dates_has_only_some_of_them():
    assert (
        len(others({f"XMP:XMP-acme:Date{number}": "2015:01:31" for number in range(50)})) == other_dates.MOST
    )


@given(
    st.dictionaries(
        st.text(max_size=30), st.one_of(st.text(max_size=40), st.integers(), st.none()), max_size=5
    )
)
def test_no_tag_raises(tags):
    others({f"XMP:XMP-acme:Date{key}": value for key, value in tags.items()})
