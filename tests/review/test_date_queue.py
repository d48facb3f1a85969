from datetime import datetime, timedelta

import pytest
from django.db import connection

from media_catalog.models import MediaFile
from media_catalog.services.selections import BadSelection
from review.date_queue import AFTER, BEFORE, FROM, BadPlace, Place, Queue
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)


def add(name: str, captured: datetime | None = None, **facts) -> MediaFile:
    """Add a file that needs a date."""
    return add_file(name, captured=captured, confidence="low" if captured else "none", **facts)


def queue(**filters: str) -> Queue:
    return Queue.of(filters, at=NOW)


def names(files) -> list[str]:
    return [file.name for file in files]


@pytest.fixture
def library() -> list[str]:
    """Files in the order in which they are to come; their names begin with their place."""
    first, second = add_source("Phone"), add_source("Disk")
    add("7", source=second, folder_key="a" * 64)
    add("5", source=first, folder_key="b" * 64)
    add("3", source=first, folder_key="a" * 64)
    add("6", source=first, folder_key="b" * 64)
    add("4", source=first, folder_key="a" * 64)
    add("2", NOON + timedelta(days=1), source=first)
    add("0", NOON - timedelta(days=9), source=second)
    add("1", NOON, source=first)
    add_file("certain", captured=NOON, source=first)
    add_file("reviewed", source=first, reviewed_at=NOW)
    return [str(place) for place in range(8)]


def test_the_dated_come_by_their_time_and_then_the_undated_folder_by_folder(library):
    assert names(queue().next(None, 99)) == library


@pytest.mark.parametrize("size", [1, 3, 5])
def test_goes_on_after_each_file_and_misses_none(library, size):
    seen: list[str] = []
    place = None
    while len(seen) <= len(library) and (files := queue().next(place, size, is_after=bool(place))):
        seen += names(files)
        place = Place.of(files[-1])
    assert seen == library


def test_the_address_of_a_file_leads_to_it_and_once_it_is_decided_to_the_next(library):
    for name in library[:-1]:
        file = MediaFile.objects.get(name=name)
        place = Place.parse(str(Place.of(file)))
        assert names(queue().next(place, 1)) == [name]
        MediaFile.objects.filter(pk=file.pk).update(needs_date=False)
        assert names(queue().next(place, 1)) == [str(int(name) + 1)]


def test_goes_back_file_by_file(library):
    seen: list[str] = []
    file = queue().last()
    while file and len(seen) <= len(library):
        seen.append(file.name)
        file = queue().before(Place.of(file))
    assert seen == library[::-1]


def test_many_files_of_one_second_come_one_after_the_other():
    added = [add(f"{number}", NOON).name for number in range(5)]
    place = Place.of(MediaFile.objects.get(name="2"))
    assert names(queue().next(place, 9)) == added[2:]
    assert names(queue().next(place, 9, is_after=True)) == added[3:]
    assert queue().before(place).name == "1"


def test_what_was_put_off_is_left_out_until_its_time_and_can_be_looked_at():
    add("now", NOON)
    add("due", NOON, snoozed_until=NOW - timedelta(hours=1))
    add("later", NOON, snoozed_until=NOW + timedelta(hours=1))
    assert names(queue().next(None, 9)) == ["now", "due"]
    assert queue().put_off() == 1
    Queue.of({"snoozed": "yes"}, at=NOW)


def test_is_narrowed_by_what_stands_in_the_address(library):
    assert names(queue(source=str(MediaFile.objects.get(name="7").source_id)).next(None, 9)) == ["0", "7"]
    assert names(queue(until="2015-01-31").next(None, 9)) == ["0", "1"]
    assert queue(source="1", name="x", unknown="1", until=" ").query == "name=x&source=1"


def test_refuses_malformed_filters():
    with pytest.raises(BadSelection):
        queue(source="x")


@pytest.mark.parametrize(
    "text",
    [
        "zzz",
        "_",
        "_1",
        "end",
        "2015-01-31_4",
        "2015-01-31T12:00:00_-1_",
        "2015-01-31T12:00:00+01:00_4",
        f"2015-01-31T12:00:00_{1 << 63}",
        f"{1 << 63}.ab_1",
        "1.ab_01",
        "01.ab_1",
        "٣.ab_1",
        f"1.{'a' * 65}_1",
        "2015-01-31T12:00:00_" + "9" * 5000,
    ],
)
def test_refuses_a_place_that_no_page_gave_out(text):
    with pytest.raises(BadPlace):
        Place.parse(text)


def test_says_how_many_are_left_from_the_counts(library, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert queue().left(put_off=0).number == 8
        assert queue(confidence="low").left(put_off=1).number == 2
    assert queue(source=str(MediaFile.objects.get(name="7").source_id)).left(put_off=0).number == 2


def test_counts_no_further_than_it_has_to(monkeypatch, library):
    monkeypatch.setattr("review.date_queue.MOST_COUNTED", 2)
    left = queue(until="2015-02-01").left(put_off=0)
    assert (left.number, left.is_all) == (2, False)


@pytest.mark.parametrize("name", ["1", "4"])
def test_enters_the_index_of_its_order_wherever_it_goes_on(library, name):
    place = Place.of(MediaFile.objects.get(name=name))
    parts = [*queue()._parts(None, FROM), *queue()._parts(place, AFTER), *queue()._parts(place, BEFORE)]
    plans = [part[:1].explain() for part in parts]
    if connection.vendor == "sqlite":
        assert [plan for plan in plans if "TEMP B-TREE" in plan] == []
        assert all("INDEX file_to_date " in plan or "INDEX file_undated " in plan for plan in plans)
