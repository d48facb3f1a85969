import pytest

from media_catalog.models import DuplicateGroup
from tests.media_catalog.copies import file, identical, source

pytestmark = pytest.mark.django_db


def members():
    [group] = DuplicateGroup.objects.all()
    return [(one.file.path_text, one.reasons, one.evidence) for one in group.members.order_by("rank")]


@pytest.mark.parametrize(
    ("better", "worse", "reason"),
    [
        ({"path": "z.jpg", "where": "phone"}, {"path": "a.jpg"}, "source_preferred"),
        ({"path": "IMG_0001.jpg"}, {"path": "IMG-20190504-WA0001.jpg"}, "original"),
        ({"path": "b.jpg", "mtime_ns": 1}, {"path": "a.jpg", "mtime_ns": 2}, "earliest"),
        ({"path": "b.jpg"}, {"path": "long/a.jpg"}, "shortest_path"),
        ({"path": "a.jpg"}, {"path": "b.jpg"}, "path_first"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_of_equal_bytes_the_better_place_is_kept_for_its_reason(better, worse, reason):
    source("phone", preference=3)
    others = file(**worse, content="x"), file(**better, content="x")
    identical(*others)
    [kept, set_aside] = members()
    assert (kept[0], kept[1][0], kept[2]) == (better["path"], reason, [])
    assert set_aside == (worse["path"], [], ["same_bytes"])


def test_a_group_of_equal_bytes_is_resolved_as_it_is_made():
    identical(file("a.jpg", content="x"), file("b.jpg", content="x"))
    assert DuplicateGroup.objects.get().resolved_at is not None


def test_a_file_that_is_alone_again_is_in_no_group():
    one, other = file("a.jpg", content="x"), file("b.jpg", content="x")
    identical(one, other)
    type(other).objects.filter(pk=other.pk).update(state="missing", reason_code="vanished")
    identical(one)
    assert not DuplicateGroup.objects.exists()
