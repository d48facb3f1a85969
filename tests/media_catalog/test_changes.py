import pytest

from media_catalog import changes
from media_catalog.models import Decision, FileTag, Tag
from tests.review.rows import NOW, add_file

DATE = {
    "captured_local": None,
    "captured_until_local": None,
    "captured_precision": "",
    "offset_minutes": None,
}
SUMMER = {
    "captured_local": "1978-06-01T00:00:00",
    "captured_until_local": "1978-08-31T23:59:59",
    "captured_precision": "season",
    "offset_minutes": None,
}
NOON = {
    "captured_local": "2019-05-04T12:30:00",
    "captured_until_local": "2019-05-04T12:30:00",
    "captured_precision": "second",
    "offset_minutes": 120,
}


def told(before, after, names=None):
    found = changes.lines(Decision(before=before, after=after), names or {})
    return [(line.label, line.before, line.after) for line in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (DATE, SUMMER, [("date", "no date", "Summer 1978")]),
        (SUMMER, NOON, [("date", "Summer 1978", "4 May 2019 12:30:00 +02:00")]),
        (
            {**NOON, "captured_from": "EXIF:CreateDate"},
            {**NOON, "captured_from": "name:camera"},
            [("date from", "EXIF:CreateDate", "name:camera")],
        ),
        ({"reviewed_at": None}, {"reviewed_at": NOW.isoformat()}, [("date", "not confirmed", "confirmed")]),
        (
            {**NOON, "reviewed_at": None},
            {**NOON, "reviewed_at": NOW.isoformat()},
            [("date", "not confirmed", "confirmed")],
        ),
        ({"disposition": "keep"}, {"disposition": "discard"}, [("decision", "keep", "discard")]),
        ({"is_flagged": False}, {"is_flagged": True}, [("flagged", "no", "yes")]),
        (
            {"snoozed_until": None},
            {"snoozed_until": "2026-11-21T07:00:00+00:00"},
            [("put off until", "not put off", "21 Nov 2026 07:00 UTC")],
        ),
        (
            {"gps_lat": None, "gps_lon": None, "gps_altitude_m": None},
            {"gps_lat": 48.1371, "gps_lon": 11.5754, "gps_altitude_m": 519.0},
            [("position", "none", "48.13710, 11.57540")],
        ),
        ({"description": ""}, {"description": "At sea"}, [("description", "none", "At sea")]),
        ({"rating": None}, {"rating": 0}, [("rating", "none", "0")]),
        (
            {"group": {"kind": "near", "at": None}},
            {"group": {"kind": "near", "at": NOW.isoformat()}},
            [("group of near copies", "open", "decided")],
        ),
        (
            {"pairs": {"of": [["a", "b"]], "is_undone": True}},
            {"pairs": {"of": [["a", "b"]], "is_undone": False}},
            [("pairs", "maybe copies", "no copies of each other")],
        ),
        ({"claims": []}, {"claims": [{}, {}]}, [("claims about the date", "0 of copies", "2 of copies")]),
        ({"is_flagged": True}, {"is_flagged": True}, []),
        ({"tags": []}, {"tags": [1, 9]}, [("tags", "none", "Beach, a tag that is gone")]),
        (
            {"labels": [[1, "folder"]]},
            {"labels": [[1, "folder"], [2, "person"]]},
            [("tags", "Beach", "Beach, Mum")],
        ),
    ],
)
def test_tells_before_and_after_in_words(before, after, expected):
    assert told(before, after, {1: "Beach", 2: "Mum"}) == expected


@pytest.mark.django_db
def test_the_names_of_all_tags_in_decisions_are_read_at_once(django_assert_num_queries):
    tag = Tag.objects.create(name="Beach", name_key="beach", created_at=NOW)
    other = Tag.objects.create(name="Mum", name_key="mum", created_at=NOW)
    add_file().file_tags.create(tag=tag, origin=FileTag.Origin.PERSON)
    decisions = [
        Decision(before={"tags": []}, after={"tags": [tag.pk]}),
        Decision(before={"labels": [[other.pk, "person"]]}, after={"labels": []}),
        Decision(before={"is_flagged": True}, after={"is_flagged": False}),
    ]
    with django_assert_num_queries(1):
        assert changes.tags_of(decisions) == {tag.pk: "Beach", other.pk: "Mum"}
    with django_assert_num_queries(0):
        assert changes.tags_of(decisions[2:]) == {}
