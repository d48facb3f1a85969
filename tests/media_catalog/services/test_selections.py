from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from media_catalog.models import MediaFile
from media_catalog.services import counts, tags
from media_catalog.services.selection_filters import FILTERS, BadSelection
from media_catalog.services.selections import MOST_IDS, Selection
from tests.media_catalog import copies
from tests.media_catalog.copies import NOW

pytestmark = pytest.mark.django_db

DAY = datetime(2015, 7, 4)
LONG = timedelta(days=3650)
# What the one file is that each filter finds, and a value that finds it.
ONE_OF_EACH: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({}, "WANTED.J"),
    "confidence": (
        {
            "confidence": "low",
            **dict.fromkeys(["captured_local", "captured_until_local"], DAY),
            "captured_precision": "day",
        },
        "low",
    ),
    "fate": ({"fate": "exported"}, "exported"),
    "state": ({"state": "skipped", "reason_code": "x"}, "skipped"),
    "text": ({"camera_make": "Nokia"}, "OKI"),
    "reason": ({"reason_code": "x"}, "x"),
    "kind": ({"kind": "video"}, "video"),
    "open": ({"is_open": True}, "yes"),
    "date": ({"needs_date": True}, "on"),
    "flagged": ({"is_flagged": True}, "1"),
    "snoozed": ({"snoozed_until": timezone.now() + LONG}, "true"),
    "reviewed": ({"reviewed_at": NOW}, "yes"),
    "position": ({"gps_lat": 1.0, "gps_lon": 2.0}, "yes"),
    "camera": ({"camera_model": "N8"}, "N8"),
    "serial": ({"camera_serial": "12"}, "12"),
    "folder": ({"folder_key": "ab12"}, "ab12"),
    "type": ({"extension": "heic"}, ".HEIC"),
}


def find(**filters):
    found = Selection(filters=filters).files().order_by("pk").values_list("path_text", flat=True)
    return list(found)


def dated(local):
    return {"captured_local": local, "captured_until_local": local, "captured_precision": "second"}


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_filter_finds_what_it_names(name):
    facts, value = ONE_OF_EACH[name]
    copies.file("wanted.jpg", **facts)
    copies.file("other.png")
    assert find(**{name: value}) == ["wanted.jpg"]


@pytest.mark.parametrize("name", ["open", "date", "flagged", "snoozed", "reviewed", "position"])
def test_a_question_can_be_answered_with_no(name):
    copies.file("wanted.jpg", **ONE_OF_EACH[name][0])
    copies.file("other.png")
    assert find(**{name: "no"}) == ["other.png"]


def test_a_snooze_that_is_over_is_none():
    copies.file("a.jpg", snoozed_until=timezone.now() - timedelta(minutes=1))
    assert find(snoozed="yes") == []


def test_sources_are_found_by_their_key():
    there = copies.file("a.jpg", where="elsewhere")
    copies.file("b.jpg")
    assert find(source=str(there.source_id)) == ["a.jpg"]


def test_tags_are_found_however_they_are_written_and_a_file_with_several_is_found_once():
    file = copies.file("a.jpg")
    copies.file("b.jpg")
    tags.add({file.pk: ["Été 1978", "Sea"]}, origin="person", created_at=NOW)
    assert find(tag=" été  1978 ") == ["a.jpg"]
    assert find(tag="winter") == []


def test_unresolved_groups_are_found_by_their_kind():
    copies.group("near", copies.file("a.jpg"), copies.file("b.jpg"))
    resolved = copies.group("burst", copies.file("c.jpg"), copies.file("d.jpg"))
    resolved.resolved_at = NOW
    resolved.save()
    assert find(group="near") == ["a.jpg", "b.jpg"]
    assert find(group="burst") == []


def test_a_day_is_found_from_its_first_moment_to_its_last():
    for name, local in {
        "before": DAY - timedelta(seconds=1),
        "morning": DAY,
        "night": DAY + timedelta(hours=23, minutes=59, seconds=59, microseconds=999_000),
        "after": DAY + timedelta(days=1),
    }.items():
        copies.file(name, **dated(local))
    copies.file("undated")
    assert find(**{"from": "2015-07-04", "until": "2015-07-04"}) == ["morning", "night"]
    assert find(**{"from": "2015-07-04T12:00"}) == ["night", "after"]


def test_filters_combine():
    copies.file("a.jpg", kind="video", is_flagged=True)
    copies.file("b.jpg", kind="video")
    copies.file("c.jpg", is_flagged=True)
    assert find(kind="video", flagged="yes") == ["a.jpg"]


@pytest.mark.parametrize(
    "filters",
    [
        {"colour": "red"},
        {"confidence": "sure"},
        {"source": "x"},
        {"source": "²"},
        {"source": "9" * 30},
        {"source": "-1"},
        {"folder": "../etc"},
        {"folder": "a" * 65},
        {"from": "yesterday"},
        {"until": "2015-02-30"},
        {"open": "maybe"},
        {"group": "twins"},
        {"name": "a\0b"},
    ],
)
def test_an_unknown_or_malformed_filter_is_refused_in_words(filters):
    with pytest.raises(BadSelection, match=r"cannot be read here|There is no filter"):
        Selection(filters=filters)


def test_nothing_is_never_everything():
    with pytest.raises(BadSelection, match="Select some files first"):
        Selection()
    with pytest.raises(BadSelection, match="Select some files first"):
        Selection(ids=(), filters={})


def test_files_are_picked_one_by_one_or_by_filters_but_not_both():
    with pytest.raises(BadSelection, match="not both"):
        Selection(ids=(1,), filters={"all": "yes"})
    with pytest.raises(BadSelection, match="No more than"):
        Selection(ids=tuple(range(MOST_IDS + 1)))
    for broken in (0, -1, 1 << 63):
        with pytest.raises(BadSelection, match="no files"):
            Selection(ids=(1, broken))


def test_an_address_without_filters_means_the_whole_library():
    files = [copies.file("a.jpg"), copies.file("b.jpg")]
    selection = Selection.matching({"name": "  ", "page": "7", "csrf": "x"})
    assert selection.filters == {"all": "yes"}
    assert set(selection.files()) == set(files)
    assert Selection.matching({"name": " a.j "}).filters == {"name": "a.j"}


def test_a_selection_is_the_same_after_it_was_stored():
    picked, filtered = Selection(ids=(3, 1)), Selection(filters={"name": "a", "flagged": "yes"})
    assert Selection.of_json(picked.as_json()) == picked
    assert Selection.of_json(filtered.as_json()) == filtered
    for broken in ({}, {"ids": ["1; DROP"]}, {"ids": [1], "filters": {"all": "yes"}}):
        with pytest.raises(BadSelection):
            Selection.of_json(broken)


def test_every_filter_selects_each_file_once():
    """Joins would count a file once for each of its tags, and acts would be refused or done twice."""
    file = copies.file("a.jpg", is_flagged=True)
    tags.add({file.pk: ["one", "two"]}, origin="person", created_at=NOW)
    copies.group("near", file, copies.file("b.jpg"))
    counts.rebuild()
    for name in FILTERS:
        query = str(MediaFile.objects.filter(FILTERS[name](_value(name))).query)
        assert " JOIN " not in query.partition("WHERE")[0], name


def _value(name):
    given = {"source": "1", "from": "2015-07-04", "until": "2015-07-04", "tag": "one", "group": "near"}
    values = {"origin": "tag", "all": "yes", "skipped": "no", "tagged": "1,2", "proposal": "1-0", **given}
    return values.get(name) or ONE_OF_EACH[name][1]
