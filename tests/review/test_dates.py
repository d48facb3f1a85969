from datetime import UTC, datetime, timedelta

import pytest

from media_catalog.models import MediaFile
from media_catalog.pipeline import spoken_dates
from review import date_words, dates
from review.date_queue import Place, Queue
from review.dates import Map
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)


def page_of(file: MediaFile) -> dates.Page:
    return dates.page(Queue.of({}, at=NOW), Place.of(file))


def doubtful(**facts) -> MediaFile:
    return add_file(captured=NOON, confidence="low", **facts)


def add_claim(file, rank, **facts):
    known = {
        "source": "name:camera",
        "raw_text": "",
        "precision": "second",
        "weight": 3,
        "verdict": "differs",
    }
    return file.candidates.create(rank=rank, **{**known, **facts})


def test_what_is_believed_comes_first_and_what_is_no_date_last_and_has_no_key():
    file = doubtful()
    add_claim(file, 0, local=None, raw_text="0000:00:00")
    add_claim(file, 1, local=NOON - timedelta(days=1), weight=9)
    add_claim(file, 2, local=NOON, weight=2, is_chosen=True)
    claims = page_of(file).claims
    assert [(claim.row.rank, claim.key) for claim in claims] == [(2, 1), (1, 2), (0, None)]


def test_only_nine_claims_have_a_key():
    file = doubtful()
    for rank in range(12):
        add_claim(file, rank, local=NOON)
    assert [claim.key for claim in page_of(file).claims] == [*range(1, 10), None, None, None]


@pytest.mark.parametrize(
    ("claim", "distance"),
    [
        ({"local": NOON}, "the same"),
        ({"local": NOON + timedelta(hours=2)}, "2 hours later"),
        ({"local": NOON - timedelta(days=800)}, "2 years earlier"),
        ({"local": datetime(2015, 1, 1), "precision": "month"}, "fits"),
        ({"local": datetime(2014, 1, 1), "precision": "year"}, "1 year earlier"),
        ({"local": datetime(2014, 1, 1), "until_local": datetime(2016, 1, 1), "precision": "range"}, "fits"),
        ({"local": None, "instant": datetime(2015, 1, 31, 11, tzinfo=UTC)}, "the same"),
        ({"local": None}, ""),
        ({"local": datetime(9999, 12, 31), "precision": "decade"}, "7990 years later"),
    ],
)
def test_says_how_far_each_claim_is_from_the_date(claim, distance):
    file = doubtful(offset_minutes=60, offset_source="assumed", captured_at=NOON.replace(tzinfo=UTC))
    add_claim(file, 0, **claim)
    assert page_of(file).claims[0].distance == distance


def test_nothing_is_far_from_a_date_that_is_not_there():
    file = add_file()
    add_claim(file, 0, local=NOON)
    assert page_of(file).claims[0].distance == ""


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (
            {"confidence": "none", "date_reasons": ["file_time_only"]},
            "Nobody knows yet when this was taken: "
            "only the file's own time is known, which is never believed alone.",
        ),
        (
            {"confidence": "medium", "date_reasons": ["single", "midnight"]},
            "This date is likely, but not certain: only one kind of source says so; "
            "midnight to the second, often a mere day.",
        ),
        ({"confidence": "low", "date_reasons": []}, "This date is a guess."),
    ],
)
def test_says_why_a_file_is_asked_about(facts, sentence):
    assert date_words.question(MediaFile(**facts)) == sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("summer 1978", "Summer 1978, June to August, precise to the season"),
        ("winter 1978/79", "Winter 1978/79, December to February, precise to the season"),
        ("1970s", "1970s, 1970 to 1979, precise to the decade"),
        ("15/08/2019 14:20", "15 Aug 2019 14:20, precise to the minute"),
        ("3 March 1999 14:20:30 +02:00", "3 Mar 1999 14:20:30 +02:00, precise to the second"),
        ("Christmas 1999", "24 Dec 1999 – 26 Dec 1999, some time within these days"),  # noqa: RUF001  a range
    ],
)
def test_says_what_was_understood_and_how_exactly(text, said):
    assert date_words.understood(spoken_dates.read(text, today=NOW.date())) == said


def test_shows_what_was_taken_before_and_after_and_what_lies_beside_it():
    others = {day: add_file(f"{day}.jpg", captured=NOON + timedelta(days=day)) for day in (-9, -1, 1, 9)}
    file = doubtful(name="5.jpg", folder_key="a")
    beside = [add_file(f"{number}.jpg", folder_key="a") for number in (6, 4)]
    page = page_of(file)
    assert [one.file for one in page.in_time.before] == [others[-9], others[-1]]
    assert [one.file for one in page.in_time.after] == [others[1], others[9]]
    assert [one.file for one in page.in_folder.before] == [beside[1]]
    assert [one.file for one in page.in_folder.after] == [beside[0]]
    assert page_of(beside[0]).in_time is None


def test_offers_the_day_of_a_neighbour_in_words_that_are_understood():
    add_file("a", captured=NOON - timedelta(days=1))
    neighbour = page_of(doubtful(name="b")).in_time.before[0]
    assert (neighbour.say, neighbour.when) == ("30 January 2015", "30 Jan 2015")
    assert "say=30+January+2015" in neighbour.address


@pytest.mark.parametrize(
    ("lat", "lon", "shifts"),
    [
        (48.1, 11.5, (0,)),
        (-17.7, 178.0, (0, 3600)),
        (-14.0, -172.0, (0, -3600)),
        (89.9, 0.0, (0, -3600, 3600)),
    ],
)
def test_the_map_shows_the_surroundings_even_across_the_date_line(lat, lon, shifts):
    found = Map.of(MediaFile(gps_lat=lat, gps_lon=lon))
    left, top, width, height = map(float, found.box.split())
    assert found.shifts == shifts
    assert (left + width / 2, top + height / 2) == pytest.approx((lon * 10, -lat * 10), abs=1)


def test_a_file_without_a_position_has_no_map():
    assert Map.of(MediaFile()) is None


def test_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    file = doubtful(folder_key="a")
    for number in range(30):
        add_claim(file, number, local=NOON)
        add_file(f"{number}", captured=NOON, folder_key="a", confidence="low")
    with django_assert_max_num_queries(9):
        page_of(file)
