from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from media_catalog.models import Decision, DecisionBatch, MediaFile, Stack
from media_catalog.services import date_choices, decisions
from media_catalog.services.date_choices import Changed, NoDate
from media_catalog.services.decisions import GivenDate
from tests.review.rows import NOW, add_file, add_group, add_source

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)
DOUBTFUL = {"confidence": "low"}


@pytest.fixture
def file() -> MediaFile:
    file = add_file(captured=NOON, source=add_source(), **DOUBTFUL)
    add_claim(file, 0, "EXIF:DateTimeOriginal", NOON, is_chosen=True)
    add_claim(file, 1, "name:whatsapp", datetime(2014, 5, 3), precision="day")
    return file


def add_claim(file, rank, source, local, *, precision="second", **facts):
    known = {"raw_text": "as written", "weight": 3, "verdict": "differs"}
    return file.candidates.create(
        rank=rank, source=source, local=local, precision=precision, **{**known, **facts}
    )


def seen(file: MediaFile) -> dict[str, Any]:
    file.refresh_from_db()
    return {"stamp": date_choices.stamp_of(file), "actor": None, "at": NOW}


def dated(file: MediaFile) -> tuple[object, ...]:
    file.refresh_from_db()
    return file.captured_local, file.captured_precision, file.captured_from, file.confidence


def undo(batch) -> None:
    decisions.undo(batch, actor=None, at=NOW)


def test_confirming_takes_the_date_as_it_stands_and_the_file_needs_none_any_more(file):
    before = dated(file)
    batch = date_choices.confirm(file.pk, **seen(file))
    assert dated(file) == before
    assert (file.reviewed_at, file.needs_date) == (NOW, False)
    undo(batch)
    file.refresh_from_db()
    assert (file.reviewed_at, file.needs_date) == (None, True)


def test_does_not_confirm_a_date_that_is_not_there():
    file = add_file(source=add_source())
    with pytest.raises(NoDate):
        date_choices.confirm(file.pk, **seen(file))
    assert not DecisionBatch.objects.exists()


def test_choosing_another_claim_gives_its_date_with_its_own_precision_and_source(file):
    before = dated(file)
    batch = date_choices.choose_candidate(file.pk, file.candidates.get(rank=1).pk, **seen(file))
    assert dated(file) == (datetime(2014, 5, 3), "day", "name:whatsapp", "high")
    assert file.captured_until_local == datetime(2014, 5, 3, 23, 59, 59)
    assert DecisionBatch.objects.get(pk=batch).verb == "candidate"
    undo(batch)
    assert dated(file) == before


def test_choosing_what_is_believed_confirms_it(file):
    batch = date_choices.choose_candidate(file.pk, file.candidates.get(rank=0).pk, **seen(file))
    assert DecisionBatch.objects.get(pk=batch).verb == "confirm"
    assert dated(file) == (NOON, "second", "EXIF:DateTimeOriginal", "low")


def test_of_two_claims_from_one_source_takes_the_one_that_was_chosen(file):
    other = add_claim(file, 2, "name:whatsapp", datetime(2013, 1, 1), precision="day")
    date_choices.choose_candidate(file.pk, other.pk, **seen(file))
    assert dated(file)[0] == datetime(2013, 1, 1)


def test_a_moment_without_a_zone_is_shown_in_the_zone_of_the_source():
    file = add_file(source=add_source())
    type(file.source).objects.update(time_zone="Europe/Berlin")
    moment = datetime(2015, 7, 1, 12, tzinfo=UTC)
    claim = add_claim(file, 0, "file:mtime", None, instant=moment)
    date_choices.choose_candidate(file.pk, claim.pk, **seen(file))
    assert dated(file)[0] == datetime(2015, 7, 1, 14)
    assert (file.offset_minutes, file.offset_source, file.captured_at) == (120, "assumed", moment)


@pytest.mark.parametrize("local", [None, datetime(1700, 1, 1), datetime(1970, 1, 1)])
def test_refuses_a_claim_that_is_no_date(file, local):
    claim = add_claim(file, 2, "EXIF:CreateDate", local)
    before = dated(file)
    with pytest.raises(NoDate):
        date_choices.choose_candidate(file.pk, claim.pk, **seen(file))
    assert dated(file) == before


def test_a_claim_that_is_gone_or_belongs_to_another_file_changes_nothing(file):
    claim = add_claim(add_file(), 0, "name:camera", NOON)
    with pytest.raises(Changed):
        date_choices.choose_candidate(file.pk, claim.pk, **seen(file))


def test_a_date_that_somebody_gives_is_kept_as_precisely_as_it_was_given(file):
    summer = GivenDate(
        local=datetime(1978, 6, 1),
        until=datetime(1978, 8, 31, 23, 59, 59),
        precision="season",
        offset_minutes=None,
    )
    before = dated(file)
    batch = date_choices.give_date(file.pk, summer, **seen(file))
    assert dated(file) == (datetime(1978, 6, 1), "season", "person", "high")
    assert file.captured_until_local == datetime(1978, 8, 31, 23, 59, 59)
    undo(batch)
    assert dated(file) == before


def test_what_is_skipped_still_needs_a_date_and_comes_back_by_undo(file):
    tomorrow = NOW + timedelta(days=1)
    batch = date_choices.skip(file.pk, until=tomorrow, **seen(file))
    file.refresh_from_db()
    assert (file.snoozed_until, file.needs_date) == (tomorrow, True)
    undo(batch)
    file.refresh_from_db()
    assert file.snoozed_until is None


def test_flags_tags_and_discards_with_undo(file):
    flagged = date_choices.flag(file.pk, **seen(file))
    tagged = date_choices.tag(file.pk, ["Ski trip", "Anna"], **seen(file))
    discarded = date_choices.discard(file.pk, **seen(file))
    file.refresh_from_db()
    assert (file.is_flagged, file.disposition) == (True, "discard")
    assert sorted(file.file_tags.values_list("tag__name", flat=True)) == ["Anna", "Ski trip"]
    for batch in (discarded, tagged, flagged):
        undo(batch)
    file.refresh_from_db()
    assert (file.is_flagged, file.disposition, file.file_tags.count()) == (False, "undecided", 0)


def test_what_somebody_else_decided_meanwhile_is_told_and_not_overwritten(file):
    mine = seen(file)
    date_choices.confirm(file.pk, **seen(file))
    before = dated(file)
    day = GivenDate(local=NOON, until=NOON, precision="second", offset_minutes=None)
    for decide in (
        lambda: date_choices.confirm(file.pk, **mine),
        lambda: date_choices.choose_candidate(file.pk, file.candidates.get(rank=1).pk, **mine),
        lambda: date_choices.give_date(file.pk, day, **mine),
        lambda: date_choices.skip(file.pk, until=NOW, **mine),
        lambda: date_choices.discard(file.pk, **mine),
    ):
        with pytest.raises(Changed):
            decide()
    assert dated(file) == before
    assert Decision.objects.count() == 1


def test_a_file_that_is_gone_is_told_like_one_that_changed():
    with pytest.raises(Changed):
        date_choices.confirm(999, stamp="", actor=None, at=NOW)


def test_a_flag_does_not_count_as_a_change_of_what_was_seen(file):
    mine = seen(file)
    date_choices.flag(file.pk, **seen(file))
    date_choices.confirm(file.pk, **mine)
    assert dated(file)[0] == NOON


@pytest.fixture
def live_photo(file) -> MediaFile:
    """The video of a Live Photo, of which `file` is the still."""
    stack = Stack.objects.create(kind="live_photo", leader=file, created_at=NOW)
    video = add_file("IMG_1.MOV", captured=NOON + timedelta(seconds=2), kind="video", **DOUBTFUL)
    MediaFile.objects.filter(pk__in=[file.pk, video.pk]).update(stack=stack)
    return video


def test_all_parts_of_a_stack_that_need_a_date_get_the_one_that_was_given(file, live_photo):
    day = GivenDate(local=NOON, until=NOON, precision="day", offset_minutes=None)
    batch = date_choices.give_date(file.pk, day, **seen(file))
    assert dated(live_photo) == dated(file) == (NOON, "day", "person", "high")
    undo(batch)
    assert dated(live_photo)[0] == NOON + timedelta(seconds=2)


def test_confirming_confirms_the_other_part_of_one_shot_with_its_own_date(file, live_photo):
    date_choices.confirm(file.pk, **seen(file))
    live_photo.refresh_from_db()
    assert live_photo.reviewed_at == NOW
    assert dated(live_photo)[0] == NOON + timedelta(seconds=2)


def test_confirming_leaves_a_part_of_the_stack_that_has_quite_another_date(file, live_photo):
    MediaFile.objects.filter(pk=live_photo.pk).update(captured_local=NOON.replace(year=2012))
    date_choices.confirm(file.pk, **seen(file))
    live_photo.refresh_from_db()
    assert live_photo.reviewed_at is None


def test_a_part_of_a_stack_that_is_certain_keeps_its_date(file, live_photo):
    MediaFile.objects.filter(pk=live_photo.pk).update(confidence="high", needs_date=False)
    date_choices.choose_candidate(file.pk, file.candidates.get(rank=1).pk, **seen(file))
    assert dated(live_photo)[0] == NOON + timedelta(seconds=2)


def test_a_discarded_picture_takes_its_identical_copies_along(file):
    MediaFile.objects.filter(pk=file.pk).update(sha256="ab" * 32)
    copy = add_file("copy.jpg", captured=NOON, sha256="ab" * 32)
    add_group(file, copy)
    date_choices.discard(file.pk, **seen(file))
    copy.refresh_from_db()
    assert copy.disposition == "discard"
