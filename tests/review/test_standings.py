import pytest

from media_catalog.models import Source
from media_catalog.services import counts
from review import standings
from tests.media_catalog import copies
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db


def count(facet, value, number, source=None):
    (source or Source.objects.first() or add_source()).counts.create(facet=facet, value=value, number=number)


def parts(library):
    return {part.value: part.number for part in library.segments}


def tasks(library):
    return {task.name: (task.number, task.address) for task in library.tasks}


def test_sums_up_all_libraries_and_tells_of_each():
    add_file("a")
    hers = add_source("Dad's camera")
    add_file("b", source=hers)
    add_file("c", state="skipped", reason_code="hidden", source=hers)
    standing = standings.standing()
    assert (standing.total, standing.open) == (3, 2)
    assert parts(standing.whole) == {"open": 2, "skipped": 1}
    assert {one.label: one.total for one in standing.libraries} == {"Mum's phone": 1, "Dad's camera": 2}
    assert parts(standing.libraries[1]) == {"open": 1, "skipped": 1}


@pytest.mark.parametrize(("number", "label"), [(1, "burst"), (2, "bursts")])
def test_one_of_a_kind_is_not_told_in_the_plural(number, label):
    count("group", "burst", number)
    assert [task.label for task in standings.standing().whole.tasks] == [label]


def test_every_count_is_a_link_that_names_the_library():
    one, other = copies.file("a.jpg"), copies.file("b.jpg", is_flagged=True)
    copies.group("near", one, other)
    copies.group("burst", one, other)
    (library,) = standings.standing().libraries
    key = library.source
    assert tasks(library) == {
        "near": (1, f"/copies/?kind=near&source={key}"),
        "date": (2, f"/dates/?source={key}"),
        "flagged": (1, f"/files/?flagged=yes&source={key}"),
        "burst": (1, f"/copies/?kind=burst&source={key}"),
    }
    assert tasks(standings.standing().whole)["date"] == (2, "/dates/")


def test_a_bar_is_full_and_none_of_it_is_invisible(django_assert_num_queries):
    count("standing", "ready", 1_000_000)
    count("standing", "failed", 1)
    with django_assert_num_queries(3):
        ready, failed = standings.standing().whole.segments
    assert failed.width == standings.LEAST_UNITS
    assert failed.start == ready.width
    assert standings.BAR_UNITS - 2 <= failed.start + failed.width <= standings.BAR_UNITS


def test_many_libraries_come_page_by_page(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(standings, "PAGE_SIZE", 2)
    for number in range(3):
        add_file(source=add_source(f"{number}"))
    with django_assert_num_queries(3):
        first = standings.standing()
    assert [one.label for one in first.libraries] == ["0", "1"]
    rest = standings.standing(after=first.after)
    assert ([one.label for one in rest.libraries], rest.after, rest.total) == (["2"], None, 3)


def test_advises_to_import_first():
    step = standings.standing().step
    assert "Import a folder first" in step.text
    assert step.command.startswith("manage.py import_path")


# What is there already when the next of it is put on top, from what is done last to what is done first.
ORDER = (
    ("standing", "exported", 9, "All is done.", "/files/"),
    ("standing", "failed", 2, "2 files failed", "/trouble/"),
    ("standing", "ready", 1, "Everything is decided: 1 file is ready", "/exports/"),
    ("standing", "unread", 7, "7 files are not read yet", "/jobs/"),
    ("standing", "open", 5, "5 files need a decision", "/files/?open=yes"),
    ("is_flagged", "True", 1, "1 file is flagged", "/files/?flagged=yes"),
    ("needs_date", "True", 1500, "Now the dates: 1,500 files wait", "/dates/"),
    ("group", "near", 3, "Look at the near copies next: 3 groups", "/copies/?kind=near"),
    ("group", "same_pixels", 1, "1 group of duplicates is left", "/copies/?kind=same_pixels"),
)


@pytest.mark.parametrize("reach", range(1, len(ORDER) + 1))
def test_advises_what_to_do_next_in_the_order_that_saves_work(reach):
    for facet, value, number, _text, _address in ORDER[:reach]:
        count(facet, value, number)
    *_rest, text, address = ORDER[reach - 1]
    step = standings.standing().step
    assert text in step.text
    assert step.address.startswith(address)
    assert step.label


def test_what_is_set_aside_or_done_waits_for_nobody():
    one = add_file("a", reviewed_at=NOW)
    counts.rebuild()
    assert tasks(standings.standing().whole) == {}
    assert parts(standings.standing().whole) == {"ready": 1}
    assert one.pk
