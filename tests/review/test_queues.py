from datetime import datetime, timedelta

import pytest

from media_catalog.models import MediaFile, Source
from review import queues
from review.queues import Cursor
from tests.review.rows import add_file, add_group, add_source

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)


def names(grid: queues.Grid) -> list[str]:
    return [file.name for file in grid.files]


def test_puts_the_newest_capture_first_and_the_undated_last():
    add_file("undated")
    add_file("old", captured=NOON - timedelta(days=999))
    add_file("new", captured=NOON)
    assert names(queues.grid(MediaFile.objects.all(), after=None)) == ["new", "old", "undated"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_pages_hold_every_file_once_whatever_their_size(size):
    moments = [NOON, NOON, NOON, NOON - timedelta(microseconds=1), NOON - timedelta(days=1), None, None, None]
    added = [add_file(f"{number}", captured=moment).name for number, moment in enumerate(moments)]
    seen, after = [], None
    for _ in range(len(added)):
        page = queues.grid(MediaFile.objects.all(), after=after, size=size)
        seen += names(page)
        after = page.after and Cursor.parse(str(page.after))
        if after is None:
            break
    assert seen == ["2", "1", "0", "3", "4", "7", "6", "5"]


def test_a_file_that_is_added_meanwhile_shifts_no_later_page():
    for number in range(4):
        add_file(f"{number}", captured=NOON - timedelta(hours=number))
    first = queues.grid(MediaFile.objects.all(), after=None, size=2)
    add_file("newer", captured=NOON + timedelta(hours=1))
    assert names(queues.grid(MediaFile.objects.all(), after=first.after, size=2)) == ["2", "3"]


@pytest.mark.parametrize(
    "text",
    [
        "zzz",
        "_",
        "_x",
        "1_2_3",
        "2015-01-31_4",
        "2015-01-31T12:00:00_-1_",
        f"_{1 << 63}",
        "_01",
        "_" + "9" * 5000,
    ],
)
def test_refuses_a_cursor_that_no_page_gave_out(text):
    with pytest.raises(queues.BadCursor):
        Cursor.parse(text)


@pytest.mark.parametrize("cursor", [Cursor(local=NOON, file_id=4), Cursor(local=None, file_id=4)])
def test_reads_back_the_cursors_that_pages_give_out(cursor):
    assert Cursor.parse(str(cursor)) == cursor


def test_marks_what_is_set_aside_as_a_copy():
    keeper, copy = add_file("keeper", captured=NOON), add_file("copy", captured=NOON)
    add_group(keeper, copy)
    grid = queues.grid(MediaFile.objects.all(), after=None)
    assert {file.name: file.is_copy for file in grid.files} == {"keeper": False, "copy": True}  # type: ignore[attr-defined]


def test_standing_sums_up_all_sources():
    add_file("a", captured=NOON)
    add_file("b", captured=NOON, source=add_source("Dad's camera"))
    add_file("c")
    add_file("d", state="skipped", reason_code="hidden")
    standing = queues.standing()
    by_facet = {bar.facet: {part.value: part.number for part in bar.segments} for bar in standing.bars}
    assert (standing.total, standing.open) == (4, 1)
    assert by_facet == {"fate": {"waiting": 3, "skipped": 1}, "confidence": {"high": 2, "none": 1}}


def test_segments_fill_the_bar_and_none_of_them_is_invisible(django_assert_max_num_queries):
    source = Source.objects.first() or add_source()
    source.counts.create(facet="fate", value="waiting", number=1_000_000)
    source.counts.create(facet="fate", value="failed", number=1)
    with django_assert_max_num_queries(3):
        waiting, failed = queues.standing().bars[0].segments
    assert failed.width == queues.LEAST_UNITS
    assert failed.start == waiting.width
    assert queues.BAR_UNITS - 2 <= failed.start + failed.width <= queues.BAR_UNITS


def test_a_file_page_lists_the_other_members_of_its_groups():
    keeper, copy = add_file("keeper", captured=NOON), add_file("copy", captured=NOON)
    add_group(keeper, copy)
    assert [file.name for file in queues.file_page(keeper.pk).copies] == ["copy"]


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Canon", "Canon EOS 7D", "Canon EOS 7D"),
        ("Apple", "iPhone 6", "Apple iPhone 6"),
        ("NIKON CORPORATION", "", "NIKON CORPORATION"),
        ("", "", ""),
    ],
)
def test_names_the_make_of_a_camera_once(make, model, camera):
    assert queues.file_page(add_file(camera_make=make, camera_model=model).pk).camera == camera
