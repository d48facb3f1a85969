import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from media_catalog.models import Decision, MediaFile, TimestampCandidate
from media_catalog.services import decisions, evidence, trips
from media_catalog.services.zone_decisions import Keeping
from tests.review.rows import NOW, add_file

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
NOON = datetime(2015, 7, 4, 12)
DATE = (
    "captured_local",
    "captured_until_local",
    "captured_at",
    "offset_minutes",
    "offset_source",
    "captured_from",
)
pytestmark = pytest.mark.django_db


def add(name="a.jpg", local=NOON, **facts):
    return add_file(name, captured=local, **{"confidence": "medium"} | facts)


def add_in_berlin(name="a.jpg"):
    instant = datetime(2015, 7, 4, 10, tzinfo=UTC)
    return add(name, captured_at=instant, offset_minutes=120, offset_source="assumed")


def everything():
    return list(MediaFile.objects.order_by("pk").values())


def put_into(zone, keeping):
    return decide(zone=zone.key, keeping=keeping)


def move(**delta):
    return decide(shift=timedelta(**delta))


def decide(**facts):
    trip = trips.Trip(selection=trips.Selection(), batch=uuid.uuid4(), **facts)
    return trips.change(MediaFile.objects.all(), trip, actor=None, at=NOW)


def date_of(file):
    return MediaFile.objects.values_list(*DATE).get(pk=file.pk)


def test_a_zone_keeps_the_wall_clock_and_gives_the_instant():
    file = add()
    changed = put_into(TOKYO, Keeping.WALL)
    assert (changed.number, changed.left_ids) == (1, ())
    assert date_of(file)[:5] == (NOON, NOON, datetime(2015, 7, 4, 3, tzinfo=UTC), 540, "person")


def test_a_zone_keeps_the_instant_and_moves_the_wall_clock():
    file = add_in_berlin()
    put_into(TOKYO, Keeping.INSTANT)
    local = datetime(2015, 7, 4, 19)
    assert date_of(file)[:4] == (local, local, datetime(2015, 7, 4, 10, tzinfo=UTC), 540)


def test_a_trip_over_a_change_of_the_clocks_gets_both_offsets():
    before, after = add(local=datetime(2015, 10, 24, 12)), add(local=datetime(2015, 10, 25, 12))
    put_into(BERLIN, Keeping.WALL)
    assert (date_of(before)[3], date_of(after)[3]) == (120, 60)


@pytest.mark.parametrize(
    ("facts", "keeping"),
    [
        ({"captured_precision": "day", "captured_until_local": NOON + timedelta(hours=11)}, Keeping.WALL),
        ({}, Keeping.INSTANT),
        ({"local": datetime(2015, 10, 25, 2, 30)}, Keeping.WALL),  # the hour that comes twice
        ({"local": datetime(2015, 3, 29, 2, 30)}, Keeping.WALL),  # and the one that never does
    ],
)
def test_what_no_zone_can_be_given_to_is_left_and_said(facts, keeping):
    file = add(**facts)
    before = everything()
    changed = put_into(BERLIN, keeping)
    assert (changed.number, changed.left_ids) == (0, (file.pk,))
    assert everything() == before


def test_undated_files_are_left():
    file = add_file("undated.jpg")
    assert put_into(TOKYO, Keeping.WALL).left_ids == (file.pk,)
    assert move(days=1).left_ids == (file.pk,)


def test_a_shift_moves_wall_clock_and_instant():
    file = add_in_berlin()
    move(hours=-25)
    local = datetime(2015, 7, 3, 11)
    assert date_of(file) == (local, local, datetime(2015, 7, 3, 9, tzinfo=UTC), 120, "assumed", "person")


def test_a_day_moves_by_days_only():
    facts = {"captured_precision": "day", "captured_until_local": datetime(2015, 7, 4, 23, 59, 59)}
    file = add(local=datetime(2015, 7, 4), **facts)
    assert move(hours=5).left_ids == (file.pk,)
    move(days=365)
    assert date_of(file)[:2] == (datetime(2016, 7, 3), datetime(2016, 7, 3, 23, 59, 59))


def test_a_shift_beyond_the_calendar_leaves_the_file():
    file = add()
    assert move(days=-999_999).left_ids == (file.pk,)


@pytest.mark.parametrize("act", [lambda: put_into(TOKYO, Keeping.WALL), lambda: move(hours=3)])
def test_undo_gives_back_exactly_what_was(act):
    add()
    add_in_berlin("b.jpg")
    add("c.jpg", captured_precision="minute", captured_until_local=NOON + timedelta(seconds=59))
    before = everything()
    batch = act().batch
    assert everything() != before
    assert decisions.undo(batch, actor=None, at=NOW).number == 3
    assert everything() == before
    assert Decision.objects.filter(kind="undo").count() == 3


def test_undo_leaves_alone_what_was_changed_since():
    file = add()
    batch = put_into(TOKYO, Keeping.WALL).batch
    move(hours=1)
    assert decisions.undo(batch, actor=None, at=NOW).refused_ids == (file.pk,)


@pytest.mark.parametrize("act", [lambda: put_into(TOKYO, Keeping.WALL), lambda: move(hours=3)])
def test_evidence_does_not_take_back_what_a_person_said(act):
    file = add()
    TimestampCandidate.objects.create(
        file=file, rank=0, source="EXIF:DateTimeOriginal", local=NOON, precision="second", weight=10
    )
    act()
    before = date_of(file)
    evidence.redecide([file.pk], at=NOW)
    assert date_of(file) == before


def test_a_zone_does_not_confirm_a_doubtful_date():
    file = add()
    put_into(TOKYO, Keeping.WALL)
    file.refresh_from_db()
    assert (file.confidence, file.is_open, file.reviewed_at) == ("medium", True, None)


def test_many_files_take_no_more_queries_each(django_assert_max_num_queries):
    for _ in range(60):
        add()
    with django_assert_max_num_queries(30):
        put_into(TOKYO, Keeping.WALL)
