from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_catalog.pipeline.timestamps import neighbours
from media_catalog.pipeline.timestamps.candidates import Candidate, Precision
from media_catalog.pipeline.timestamps.confidence import Confidence
from tests.pipeline.timestamps.neighbourhood import (
    CANON,
    IPHONE,
    LOOK,
    bounds,
    dated,
    edit_date,
    file,
    minutes,
    named_day,
)

NOON = datetime(2019, 5, 4, 12)
OTHER = ~LOOK & (2**64 - 1)


def said(files):
    """What is said in a folder, by name: source, start and weight of each claim that is kept."""
    claims = neighbours.in_folder(files)
    return {
        one.name: [(claim.source, str(claim.local)[:19], claim.weight) for claim in kept]
        for one in files
        if (kept := neighbours.kept(claims.get(one.id, ())))
    }


FOLDERS = {
    "a phone's": (
        [
            file("IMG_0411.HEIC", NOON, camera=IPHONE, phash=LOOK),
            file("IMG_0411.MOV", duration_s=2.4),
            file("IMG_E0411.JPG", phash=LOOK ^ 0xFF),
            file("IMG_0412.MOV", duration_s=31.0),
            file("IMG_0413.HEIC", NOON + minutes(30), camera=IPHONE, phash=OTHER),
        ],
        {
            "IMG_0411.MOV": [("neighbour:stem", "2019-05-04 12:00:00", 3)],
            "IMG_E0411.JPG": [("neighbour:copy", "2019-05-04 12:00:00", 3)],
            "IMG_0412.MOV": [("neighbour:counter", "2019-05-04 12:00:00", 3)],
        },
    ),
    "a camera's, with RAW files": (
        [
            file("_MG_0937.CR2", NOON, camera=CANON),
            file("_MG_0937.JPG"),
            file("_MG_0937 (bearbeitet).JPG"),
            file("_MG_0938.JPG", NOON + minutes(1), camera=CANON),
        ],
        {
            "_MG_0937.JPG": [("neighbour:stem", "2019-05-04 12:00:00", 3)],
            "_MG_0937 (bearbeitet).JPG": [("neighbour:copy", "2019-05-04 12:00:00", 2)],
        },
    ),
    "a drawer of scans": (
        [file("scan0001.jpg"), file("scan0002.jpg"), file("Oma (1).jpg"), file("Oma (2).jpg")],
        {},
    ),
    "a wedding, with pictures of guests": (
        [file(f"DSC_{number:04}.JPG", NOON + minutes(number), camera=CANON) for number in range(9)]
        + [file("final_13.jpg"), file("IMG-20190506-WA0003.jpg", named_day("2019-05-06"))]
        + [file("from Eva.jpg", edit_date("2019-08-01 20:00:00"))],
        {
            "final_13.jpg": [("neighbour:folder", "2019-05-04 00:00:00", 1)],
            "from Eva.jpg": [("neighbour:folder", "2019-05-04 00:00:00", 1)],
        },
    ),
    "one with a camera whose clock was reset": (
        [file(f"DSC_{number:04}.JPG", NOON + minutes(number), camera=CANON) for number in range(9)]
        + [file("DSC_0009.JPG", "2000-01-03 01:00:00", camera=CANON)],
        {"DSC_0009.JPG": [("neighbour:outlier", "2019-05-04 00:00:00", 3)]},
    ),
    "one that a program dated": (
        [file(f"p{number:02}.jpg", "1985-06-01 12:00:00") for number in range(12)],
        {f"p{number:02}.jpg": [("neighbour:same_second", "1985-06-01 12:00:00", 1)] for number in range(12)},
    ),
}


@pytest.mark.parametrize("name", FOLDERS)
def test_says_of_a_folder_what_a_person_would(name):
    files, expected = FOLDERS[name]
    assert said(files) == expected


def test_has_nothing_to_say_to_dated_files():
    assert said([file(f"IMG_{number:04}.JPG", NOON + minutes(number)) for number in range(20)]) == {}


def test_a_suggestion_is_no_evidence_for_a_third():
    files = [
        file("a.jpg", NOON),
        file("a-edited.jpg"),
        file("a-edited - Kopie.png"),
        file("b-edited - Kopie.jpg"),
    ]
    assert set(said(files)) == {"a-edited.jpg", "a-edited - Kopie.png"}
    claims = neighbours.in_folder(files)
    assert all("a.jpg" in claim.raw for one in files[1:3] for claim in claims[one.id])


def test_keeps_the_weightiest_of_a_kind_and_no_bounds_beside_a_sure_date():
    copy, vague = claim("neighbour:copy", 3), claim("neighbour:copy", 1)
    counter, folder = claim("neighbour:counter", 3), claim("neighbour:folder", 1)
    assert neighbours.kept([vague, copy, folder, counter]) == [copy]
    assert neighbours.kept([folder, counter, vague]) == [vague, counter]
    assert neighbours.kept([folder, vague]) == [vague, folder]
    assert neighbours.kept([claim("neighbour:outlier", 3), copy]) == [copy, claim("neighbour:outlier", 3)]
    assert neighbours.kept([]) == []


def test_asks_copies_by_bytes_before_those_by_look():
    asked = file("x.jpg", sha256="ab", phash=LOOK)
    same = file("a.jpg", dated("2019-05-04 12:00:00", weight=10), sha256="ab")
    near = file("b.jpg", NOON + minutes(1), phash=LOOK)
    claims = neighbours.of_copies(asked, same=[same, asked], near=[near])
    assert neighbours.kept(claims)[0].raw == "same bytes as a.jpg: EXIF:DateTimeOriginal"
    assert neighbours.of_copies(asked) == []


def claim(source, weight):
    return Candidate(
        source=source,
        raw="",
        local=NOON,
        instant=None,
        precision=Precision.SECOND,
        offset_minutes=None,
        offset_source=None,
        weight=weight,
    )


NAMES = (
    "IMG_{}.JPG",
    "IMG_{}.MOV",
    "IMG_{}-edited.JPG",
    "IMG_{}(1).JPG",
    "Kopie von IMG_{}.JPG",
    "DSC_{}.JPG",
)
OWN = st.one_of(
    st.none(),
    st.integers(0, 10**7).map(lambda seconds: dated(NOON + timedelta(seconds=seconds))),
    st.integers(0, 100).map(lambda days: named_day(str((NOON + timedelta(days=days)).date()))),
    st.just(edit_date("2020-01-01 10:00:00")),
    st.just(dated(NOON, "name:signal", weight=4, confidence=Confidence.MEDIUM)),
)


@st.composite
def folders(draw):
    return [
        file(
            draw(st.sampled_from(NAMES)).format(f"{draw(st.integers(0, 30)):04}"),
            draw(OWN),
            camera=draw(st.sampled_from((CANON, IPHONE, ("", "")))),
            phash=draw(st.sampled_from((None, LOOK, LOOK ^ 0b11, OTHER))),
            duration_s=draw(st.sampled_from((None, 2.0, 60.0))),
            file_time=draw(st.sampled_from((None, NOON - timedelta(days=900), NOON + timedelta(days=900)))),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]


@given(folders(), st.randoms())
def test_the_order_of_the_files_does_not_matter(files, dice):
    shuffled = dice.sample(files, len(files))
    assert dict(neighbours.in_folder(files)) == dict(neighbours.in_folder(shuffled))


@given(folders())
def test_invents_no_time_outside_those_of_the_folder(files):
    own = [one.own for one in files if one.own]
    for claims in neighbours.in_folder(files).values():
        for one in claims:
            start, end = bounds(one)
            assert start <= end
            assert min(date.local for date in own) - timedelta(days=1) <= start
            assert end <= max(date.until for date in own) + timedelta(days=1)
            assert one.weight <= 3
            assert one.source.startswith("neighbour:")
