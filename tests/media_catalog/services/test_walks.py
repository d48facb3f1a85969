import itertools
import random
import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_catalog.models import DuplicateGroup, FileTag, MediaFile, Tag
from media_catalog.services import walks
from media_catalog.services.cursors import Cursor
from media_catalog.services.selections import Selection
from tests.review.rows import NOW, add_file, add_group, add_source

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)
# A limit, keys, counts that are kept, or the few sources.
BOUND = re.compile(r" LIMIT \d+| IN \([\d, ]+\)|librarycount|FROM .media_catalog_source.")
COMBINATIONS = [
    {},
    {"confidence": "high"},
    {"open": "no"},
    {"skipped": "no"},
    {"source": "first", "skipped": "no"},
    {"folder": "f1", "skipped": "no"},
    {"confidence": "none", "skipped": "no"},
    {"kind": "video", "position": "yes"},
    {"confidence": "none", "kind": "image"},
    {"camera": "N8"},
    {"camera": "N8", "flagged": "yes"},
    {"tag": "ski trip", "kind": "video"},
    {"folder": "f1", "from": "2015-01-20"},
    {"group": "near", "until": "2015-01-25"},
    {"name": "7", "from": "2015-01-10", "until": "2015-01-28"},
    {"source": "first", "confidence": "high", "type": "jpg"},
    {"position": "no"},
    {"flagged": "no", "reviewed": "no", "state": "analysed"},
    {"type": "never"},
    {"text": "n8", "kind": "video"},
]


@pytest.fixture
def library():
    """Files with all sorts of facts, some dates the same, some missing."""
    chance = random.Random(4)
    sources = [add_source(), add_source("Dad's camera")]
    tag = Tag.objects.create(name="Ski trip", name_key="ski trip", created_at=NOW)
    group = DuplicateGroup.objects.create(kind="near", key="k", created_at=NOW)
    for number in range(40):
        facts = {
            "kind": chance.choice(["image", "video"]),
            "camera_model": chance.choice(["", "N8", "EOS"]),
            "folder_key": chance.choice(["f1", "f2"]),
            "extension": chance.choice(["jpg", "png"]),
            "is_flagged": chance.random() < 0.2,
            "source": chance.choice(sources),
            **({"state": "skipped", "reason_code": "hidden"} if chance.random() < 0.3 else {}),
            **({"gps_lat": 1.0, "gps_lon": 2.0} if chance.random() < 0.5 else {}),
        }
        captured = NOON - timedelta(days=chance.randrange(30)) if chance.random() < 0.8 else None
        file = add_file(f"{number}.jpg", captured=captured, **facts)
        if chance.random() < 0.4:
            FileTag.objects.create(file=file, tag=tag, origin="person")
        if chance.random() < 0.3:
            group.members.create(file=file, kind="near", rank=number, is_keeper=not group.members.exists())
    return sources


@pytest.fixture(params=["few are looked at", "spans are walked"])
def way(request, monkeypatch):
    monkeypatch.setattr(walks, "FEW", 2000 if request.param.startswith("few") else 1)
    monkeypatch.setattr(walks, "SPANS", (3, 8))
    monkeypatch.setattr(walks, "NEAR_SPANS", (20, 80))


def named(filters, sources):
    return {**filters, "source": str(sources[0].pk)} if "source" in filters else dict(filters)


def expected(filters) -> list[int]:
    files = Selection.matching(filters).files()
    keys = files.values_list("captured_local", "pk")
    dated = sorted((key for key in keys if key[0]), reverse=True)
    undated = sorted((key for key in keys if not key[0]), reverse=True)
    return [pk for _, pk in [*dated, *undated]]


def walked(filters, *, size: int) -> tuple[list[int], int | None]:
    page = walks.page(filters, after=None, size=size)
    seen, number = [file.pk for file in page.files], page.number
    for _ in range(200):
        if page.after is None:
            break
        page = walks.page(filters, after=Cursor.parse(str(page.after)), size=size)
        seen += [file.pk for file in page.files]
    return seen, number


def test_pages_hold_every_file_that_matches_once_and_in_order(library, way):
    for filters, size in itertools.product(COMBINATIONS, [3, 7, 100]):
        filters = named(filters, library)
        seen, number = walked(filters, size=size)
        assert (filters, seen) == (filters, expected(filters))
        assert number in (None, len(seen))


def test_the_neighbours_of_a_file_are_those_beside_it_in_the_pages(library, way):
    for filters in COMBINATIONS:
        filters = named(filters, library)
        order = [None, *expected(filters), None]
        for before, pk, after in list(zip(order, order[1:], order[2:], strict=False))[::3]:
            found = walks.neighbours(filters, MediaFile.objects.get(pk=pk))
            assert (filters, found) == (filters, (before, after))


def test_a_file_that_is_added_meanwhile_shifts_no_later_page():
    for number in range(4):
        add_file(f"{number}", captured=NOON - timedelta(hours=number))
    first = walks.page({}, after=None, size=2)
    add_file("newer", captured=NOON + timedelta(hours=1))
    following = walks.page({}, after=first.after, size=2)
    assert [file.name for file in following.files] == ["2", "3"]


def test_marks_what_is_set_aside_as_a_copy():
    keeper, copy = add_file("keeper", captured=NOON), add_file("copy", captured=NOON)
    add_group(keeper, copy)
    found = walks.page({}, after=None).files
    assert {file.name: file.is_copy for file in found} == {"keeper": False, "copy": True}  # type: ignore[attr-defined]


def test_a_page_that_was_not_filled_says_where_to_look_further(library, monkeypatch):
    monkeypatch.setattr(walks, "SPANS", (5,))
    page = walks.page({"type": "never"}, after=None)
    assert (page.files, page.is_cut) == ([], True)
    assert page.after is not None


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ({}, 4),
        ({"state": "analysed", "confidence": "none"}, 2),
        ({"state": "skipped"}, 1),
        ({"open": "no"}, 2),
        ({"skipped": "no"}, 3),
        ({"position": "yes"}, 0),
    ],
)
def test_says_how_many_match_where_that_is_known(filters, number):
    add_file("a", captured=NOON)
    add_file("b")
    add_file("c")
    add_file("d", state="skipped", reason_code="hidden")
    assert walks.page(filters, after=None).number == number


def test_counts_within_the_source_that_is_asked_for():
    add_file("hers", captured=NOON)
    other = add_source("Dad's camera")
    add_file("his", captured=NOON, source=other)
    page = walks.page({"source": str(other.pk), "state": "analysed"}, after=None)
    assert (page.number, [file.name for file in page.files]) == (1, ["his"])


def test_reads_so_many_rows_at_most_however_many_files_there_are(library, monkeypatch):
    monkeypatch.setattr(walks, "SPANS", (3, 8))
    monkeypatch.setattr(walks, "FEW", 5)
    for filters in COMBINATIONS:
        with CaptureQueriesContext(connection) as seen:
            walks.page(named(filters, library), after=None, size=4)
        assert len(seen) <= 9
        assert [one["sql"] for one in seen.captured_queries if not BOUND.search(one["sql"])] == []
