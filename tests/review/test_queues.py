from datetime import datetime

import pytest

from review import queues
from review.queues import Cursor
from tests.review.rows import add_file, add_group

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)


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
