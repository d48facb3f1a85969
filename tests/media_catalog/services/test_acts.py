import re
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import User

from media_catalog.models import (
    Decision,
    DecisionBatch,
    DuplicateGroup,
    FileTag,
    Job,
    MediaFile,
    TimestampCandidate,
)
from media_catalog.services import acts, counts, decisions, evidence, tags
from media_catalog.services.acts import Act
from media_catalog.services.acts_verbs import VERBS
from media_catalog.services.selections import Selection
from tests.media_catalog import copies
from tests.media_catalog.copies import EXIF, NOW, SHOT

pytestmark = pytest.mark.django_db

NAMES = ("1978/scan9.jpg", "1978/scan10.jpg", "1978/scan11.jpg")
GIVEN = {"local": "1999-12-25T00:00:00", "precision": "day"}
EVERYTHING = Selection(filters={"all": "yes"})
HOUR = {"seconds": 3600}
TOKYO = {"zone": "Asia/Tokyo", "keeping": "wall"}
# What each verb is tried with, the fields that it changes, and their values after it for the first file.
CASES = [
    ("confirm", {}, {"reviewed_at": NOW}),
    ("set_date", GIVEN, {"captured_local": datetime(1999, 12, 25), "confidence": "high"}),
    ("shift", HOUR, {"captured_local": SHOT + timedelta(hours=1), "captured_from": "person"}),
    ("set_zone", TOKYO, {"captured_local": SHOT, "offset_minutes": 540}),
    ("candidate", {"source": "name"}, {"captured_local": datetime(2018, 1, 2), "confidence": "high"}),
    ("spread", {**GIVEN, "seconds": 86400}, {"captured_local": datetime(1999, 12, 25)}),
    ("keep", {}, {"disposition": "keep"}),
    ("discard", {}, {"disposition": "discard"}),
    ("flag", {}, {"is_flagged": True}),
    (
        "snooze",
        {"until": "2026-11-21T08:00:00+00:00"},
        {"snoozed_until": datetime(2026, 11, 21, 8, tzinfo=NOW.tzinfo)},
    ),
    ("describe", {"description": "Mum <b>& Dad</b>"}, {"description": "Mum <b>& Dad</b>"}),
    ("rate", {"rating": 4}, {"rating": 4}),
    ("edit", {"acts": [["rate", {"rating": 5}], ["flag", {}]]}, {"rating": 5, "is_flagged": True}),
]


@pytest.fixture
def mother():
    return User.objects.create(username="mother")


@pytest.fixture
def scans():
    """Three files with a date of their own and one in their names, read by a machine."""
    found = [copies.file(name) for name in NAMES]
    TimestampCandidate.objects.bulk_create(
        claim
        for number, file in enumerate(found)
        for claim in (
            _claim(file, 0, source=EXIF, local=SHOT + timedelta(days=number), precision="second"),
            _claim(file, 1, source="name:camera", local=datetime(2018, 1, 2 + number), precision="day"),
        )
    )
    evidence.redecide([file.pk for file in found], at=NOW)
    counts.rebuild()
    return found


def _claim(file, rank, **facts):
    return TimestampCandidate(file=file, rank=rank, raw_text="x", weight=60 - 30 * rank, **facts)


def apply(verb, params=None, *, selection=EVERYTHING, actor=None, expected=None, stamp=""):
    number = selection.files().count() if expected is None else expected
    act = Act(verb=verb, params=params or {})
    return acts.apply(selection, act, expected=number, actor=actor, at=NOW, stamp=stamp)


def preview(verb, params=None, *, selection=EVERYTHING, **options):
    return acts.preview(selection, Act(verb=verb, params=params or {}), **options)


def undo(done):
    undone = acts.undo(done.batch, actor=None, at=NOW)
    assert not isinstance(undone, Job)
    return undone.number


def redo(done):
    redone = acts.redo(done.batch, actor=None, at=NOW)
    assert not isinstance(redone, Job)
    return redone.number


def everything():
    """Everything that an act could have changed; the time of what is done again is that of the undo."""
    return {
        "files": list(MediaFile.objects.order_by("pk").values()),
        "tags": sorted(FileTag.objects.values_list("file", "tag", "origin")),
        "groups": list(DuplicateGroup.objects.order_by("pk").values("kind", "resolved_at", "resolved_batch")),
    }


@pytest.mark.parametrize(("verb", "params", "fields"), CASES, ids=[case[0] for case in CASES])
def test_an_act_is_done_recorded_taken_back_and_done_again(verb, params, fields, scans, mother):
    before = everything()
    done = apply(verb, params, actor=mother)
    assert (done.number, done.left) == (3, 0)
    first = MediaFile.objects.get(pk=scans[0].pk)
    assert {name: getattr(first, name) for name in fields} == fields
    act = DecisionBatch.objects.get(pk=done.batch)
    assert (act.verb, act.params, act.number, act.actor) == (verb, params, 3, mother)
    assert set(Decision.objects.filter(batch=done.batch).values_list("file", "actor")) == {
        (file.pk, mother.pk) for file in scans
    }
    after = everything()
    assert after != before
    assert undo(done) == 3
    assert everything() == before
    assert redo(done) == 3
    assert everything() == after
    assert copies.counts_are_right()


def test_times_that_come_back_are_found_by_what_they_are(scans):
    """They are kept as text in decisions, and some databases keep whatever is written."""
    apply("confirm")
    done = apply("set_date", GIVEN)
    undo(done)
    assert MediaFile.objects.filter(captured_local=SHOT, reviewed_at=NOW).get() == scans[0]
    redo(done)
    assert MediaFile.objects.filter(captured_local=datetime(1999, 12, 25), reviewed_at=NOW).count() == 3


def test_every_verb_about_files_is_tried():
    others = {"tag", "untag", "restore", "unflag", "unsnooze"}  # which need something to be there before
    assert set(VERBS) == {case[0] for case in CASES} | others


@pytest.mark.parametrize(
    ("first", "then"), [("discard", "restore"), ("flag", "unflag"), ("snooze", "unsnooze")]
)
def test_what_was_done_is_taken_away_by_its_contrary(first, then, scans):
    params = {"until": "2026-11-21T08:00:00+00:00"} if first == "snooze" else {}
    apply(first, params, selection=Selection(ids=(scans[0].pk, scans[1].pk)))
    middle = everything()
    done = apply(then)
    assert (done.number, done.left) == (2, 1)
    undo(done)
    assert everything() == middle


def test_tags_are_put_on_and_taken_off_whoever_put_them_there(scans):
    tags.add({scans[0].pk: ["Sea"]}, origin="metadata", created_at=NOW)
    before = everything()
    done = apply("tag", {"names": ["sea", " Holiday  1978 "]})
    assert done.number == 3
    assert set(FileTag.objects.values_list("file", "tag__name", "origin")) == {
        (scans[0].pk, "Sea", "metadata"),
        *((file.pk, "Sea", "person") for file in scans[1:]),
        *((file.pk, "Holiday 1978", "person") for file in scans),
    }
    middle = everything()
    off = apply("untag", {"names": ["SEA"]})
    assert set(FileTag.objects.values_list("tag__name", flat=True)) == {"Holiday 1978"}
    undo(off)
    assert everything() == middle
    undo(done)
    assert everything() == before


def test_a_tag_that_was_taken_off_does_not_come_back_when_the_file_is_read_again(scans):
    word = tags.Word("tag", "Sea", "folder")
    for put in (
        lambda: tags.add({scans[0].pk: ["Sea"]}, origin="metadata", created_at=NOW),
        lambda: tags.replace({scans[1].pk: [word]}, created_at=NOW),
    ):
        put()
        done = apply("untag", {"names": ["Sea"]})
        put()
        assert not FileTag.objects.exists()
        undo(done)
        assert FileTag.objects.count() == 1
        put()
        assert FileTag.objects.count() == 1
        FileTag.objects.all().delete()


def test_a_preview_says_what_happens_and_changes_nothing(scans):
    MediaFile.objects.filter(pk=scans[2].pk).update(captured_precision="month")
    before = everything()
    found = preview("shift", HOUR)
    assert (found.number, found.changed, found.left) == (3, 2, 1)
    moved, *_, left = found.samples
    assert moved.before["captured_local"] == SHOT
    assert moved.after["captured_local"] == moved.then.captured_local == SHOT + timedelta(hours=1)
    assert (left.file, left.then) == (scans[2], None)
    assert moved.file.captured_local == SHOT
    assert everything() == before
    assert not Decision.objects.exists()
    assert not DecisionBatch.objects.exists()


@pytest.mark.parametrize(("verb", "params", "_fields"), CASES, ids=[case[0] for case in CASES])
def test_what_is_shown_is_what_is_done(verb, params, _fields, scans):
    """The fields of the samples are those that the files have afterwards."""
    shown = preview(verb, params)
    apply(verb, params, expected=shown.number, stamp=shown.stamp)
    files = MediaFile.objects.in_bulk()
    for sample in shown.samples:
        assert {name: getattr(files[sample.file.pk], name) for name in sample.after} == sample.after
        assert {name: getattr(sample.file, name) for name in sample.before} == sample.before


def test_samples_of_tags_are_names(scans):
    tags.add({scans[0].pk: ["Sea"]}, origin="metadata", created_at=NOW)
    sample, *_ = preview("tag", {"names": ["Holiday", "sea"]}).samples
    assert (sample.before, sample.after) == ({"tags": ["Sea"]}, {"tags": ["Sea", "Holiday"]})
    sample, *_ = preview("untag", {"names": ["sea"]}).samples
    assert (sample.before, sample.after) == ({"tags": ["Sea"]}, {"tags": []})


def test_a_preview_counts_dates_that_a_person_vouched_for(scans):
    decisions.confirm_dates(MediaFile.objects.filter(pk=scans[0].pk), actor=None, at=NOW)
    assert preview("set_date", GIVEN).by_person == 1
    assert preview("flag").by_person == 0


def test_a_preview_draws_other_samples_by_another_seed_and_the_same_by_the_same():
    for number in range(40):
        copies.file(f"{number}.jpg")
    drawn = [[one.file.pk for one in preview("flag", number=5, seed=seed).samples] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]
    assert all(len(set(one)) == 5 for one in drawn)


def test_a_preview_takes_few_queries_however_many_files_there_are(scans, django_assert_max_num_queries):
    for verb, params, _ in CASES:
        with django_assert_max_num_queries(15):
            preview(verb, params)


def test_what_goes_with_discarded_files_is_counted_and_discarded_too(scans):
    twin = copies.file("copy.jpg", content=NAMES[0])
    video = copies.file("scan9.mov")
    copies.stack(scans[0], video)
    picked = Selection(ids=(scans[0].pk,))
    shown = preview("discard", selection=picked)
    assert (shown.number, shown.others) == (1, 2)
    done = apply("discard", selection=picked)
    assert done.number == 1
    assert copies.discarded() == {NAMES[0], twin.path_text, video.path_text}


def test_a_discarded_copy_hands_on_what_it_knows(scans):
    """Discarding goes by the groups of copies, never by the files alone."""
    MediaFile.objects.filter(pk=scans[1].pk).update(description="Nice, 1978")
    copies.group("near", scans[0], scans[1])
    apply("discard", selection=Selection(ids=(scans[1].pk,)))
    assert MediaFile.objects.get(pk=scans[0].pk).description == "Nice, 1978"
    assert not DuplicateGroup.objects.filter(resolved_at=None).exists()


def test_files_of_a_group_can_be_discarded_though_another_of_it_has_vanished(scans):
    copies.group("near", *scans)
    MediaFile.objects.filter(pk=scans[0].pk).update(state="missing", reason_code="vanished")
    counts.rebuild()
    done = apply("discard", selection=Selection(ids=(scans[1].pk,)))
    assert copies.discarded() == {NAMES[1]}
    undo(done)
    assert copies.discarded() == set()
    assert copies.counts_are_right()


def test_a_date_is_taken_from_files_that_say_it_and_no_others(scans):
    scans[2].candidates.filter(source__startswith="name:").delete()
    shown = preview("candidate", {"source": "name"})
    assert (shown.number, shown.left) == (3, 1)
    done = apply("candidate", {"source": "name"})
    assert (done.number, done.left) == (2, 1)
    dates = MediaFile.objects.order_by("pk").values_list(
        "captured_local", "captured_precision", "captured_from"
    )
    assert list(dates) == [
        (datetime(2018, 1, 2), "day", "name:camera"),
        (datetime(2018, 1, 3), "day", "name:camera"),
        (SHOT + timedelta(days=2), "second", EXIF),
    ]


def test_a_date_can_be_taken_from_the_files_own_time_which_never_decides_by_itself(scans):
    at = datetime(2017, 8, 1, 10, 0, tzinfo=NOW.tzinfo)
    TimestampCandidate.objects.create(
        file=scans[0], rank=9, source="file:mtime", instant=at, precision="second", weight=1
    )
    assert apply("candidate", {"source": "mtime"}).number == 1
    file = MediaFile.objects.get(pk=scans[0].pk)
    assert (file.captured_at, file.captured_from) == (at, "file:mtime")


def test_of_several_dates_in_a_name_the_weightiest_is_taken(scans):
    other = _claim(scans[0], 0, source="name:words", local=datetime(2001, 1, 1), precision="day")
    other.rank = 9
    other.save()
    apply("candidate", {"source": "name"})
    assert MediaFile.objects.get(pk=scans[0].pk).captured_local == datetime(2001, 1, 1)


def test_each_of_several_changes_leaves_alone_what_it_would_by_itself(scans, mother):
    picked = Selection(ids=(scans[0].pk,))
    apply("confirm", selection=picked, actor=mother)
    params = {"acts": [["confirm", {}], ["flag", {}]]}
    samples = {one.file.pk: one for one in preview("edit", params).samples}
    assert samples[scans[0].pk].after == {"is_flagged": True}
    assert apply("edit", params).number == 3
    assert MediaFile.objects.filter(is_flagged=True, reviewed_at=NOW).count() == 3
    assert MediaFile.objects.filter(reviewed_by=mother).get() == scans[0]


def test_an_implausible_claim_is_no_date_to_take(scans):
    scans[0].candidates.filter(source="name:camera").update(local=datetime(2099, 1, 1))
    assert apply("candidate", {"source": "name"}).left == 1
    assert MediaFile.objects.get(pk=scans[0].pk).captured_local == SHOT


def test_a_date_that_was_taken_is_not_decided_anew(scans):
    apply("candidate", {"source": "name"})
    evidence.redecide([scans[0].pk], at=NOW)
    assert MediaFile.objects.get(pk=scans[0].pk).captured_local == datetime(2018, 1, 2)


def test_scans_are_dated_in_the_order_of_their_names_as_people_count(scans):
    copies.file("1978/scan8.jpg", state="failed", reason_code="broken")
    apply("spread", {"local": "1978-07-01T12:00:00", "precision": "minute", "seconds": 60})
    assert dict(MediaFile.objects.filter(state="analysed").values_list("path_text", "captured_local")) == {
        name: datetime(1978, 7, 1, 12, minute) for minute, name in enumerate(NAMES)
    }
    assert set(
        MediaFile.objects.filter(state="analysed").values_list("captured_until_local__second", flat=True)
    ) == {59}


def test_undated_files_are_confirmed_only_if_that_is_asked_for(scans):
    copies.file("undated.jpg")
    assert preview("confirm").left == 1
    assert preview("confirm", {"also_undated": True}).left == 0
    assert apply("confirm", {"also_undated": True}).number == 4


def test_what_is_done_already_is_left_alone_and_not_recorded(scans):
    apply("flag")
    done = apply("flag")
    assert (done.number, done.left) == (0, 3)
    assert not Decision.objects.filter(batch=done.batch).exists()


FLAGGED = Selection(filters={"flagged": "yes"})


def flagged(*files):
    MediaFile.objects.update(is_flagged=False)
    MediaFile.objects.filter(pk__in=[file.pk for file in files]).update(is_flagged=True)


@pytest.mark.parametrize("is_stamped", [True, False])
def test_an_act_is_refused_when_more_or_fewer_files_are_selected_by_now(is_stamped, scans):
    flagged(*scans)
    shown = preview("keep", selection=FLAGGED)
    flagged(scans[0])
    stamp = shown.stamp if is_stamped else ""
    with pytest.raises(acts.SelectionChanged, match="it was 3 files, now it is 1"):
        apply("keep", selection=FLAGGED, expected=shown.number, stamp=stamp)
    assert not DecisionBatch.objects.exists()


def test_an_act_is_refused_when_as_many_but_other_files_are_selected_by_now(scans):
    flagged(scans[0])
    shown = preview("keep", selection=FLAGGED)
    flagged(scans[1])
    with pytest.raises(acts.SelectionChanged):
        apply("keep", selection=FLAGGED, expected=1, stamp=shown.stamp)
    assert not DecisionBatch.objects.exists()


def test_files_that_came_later_are_left_out(scans):
    shown = preview("flag")
    late = copies.file("late.jpg")
    assert apply("flag", expected=3, stamp=shown.stamp).number == 3
    assert not MediaFile.objects.get(pk=late.pk).is_flagged


def test_the_later_of_two_people_is_told(scans):
    shown = preview("set_date", GIVEN)
    decisions.confirm_dates(MediaFile.objects.filter(pk=scans[0].pk), actor=None, at=NOW)
    with pytest.raises(acts.SelectionChanged, match="about 1 of these"):
        apply("set_date", GIVEN, expected=3, stamp=shown.stamp)
    assert MediaFile.objects.get(pk=scans[1].pk).captured_local != datetime(1999, 12, 25)


def test_what_others_decide_about_something_else_does_not_disturb(scans):
    shown = preview("set_date", GIVEN)
    apply("tag", {"names": ["Sea"]})
    assert apply("set_date", GIVEN, expected=3, stamp=shown.stamp).number == 3


@pytest.mark.parametrize(
    ("verb", "params", "message"),
    [
        ("finalize", {}, "Nothing of the kind"),
        ("set_date", {"local": "soon", "precision": "day"}, "“soon” is no date"),
        ("set_date", {"local": "1999-01-01"}, "how exact"),
        ("set_date", {"local": "1999-01-01T00:00:00+01:00", "precision": "day"}, "as the clock showed"),
        (
            "set_date",
            {"local": "1999-01-02", "until": "1999-01-01", "precision": "range"},
            "before it begins",
        ),
        (
            "set_date",
            {"local": "0001-01-01", "precision": "second", "offset_minutes": 60},
            "beyond the calendar",
        ),
        ("set_date", {**GIVEN, "offset_minutes": 900}, "14 hours"),
        ("shift", {"seconds": 0}, "by how much"),
        ("shift", {"seconds": "3600"}, "by how much"),
        ("shift", {"seconds": 1e12}, "by how much"),
        ("set_zone", {"zone": "../../etc/passwd"}, "no time zone"),
        ("set_zone", {"zone": ""}, "no time zone"),
        ("set_zone", {"zone": "Asia/Tokyo", "keeping": "both"}, "Keep either"),
        ("candidate", {}, "where the dates"),
        ("spread", {**GIVEN, "seconds": 60}, "whole days"),
        ("spread", {"local": "1978-01-01", "precision": "year", "seconds": 86400}, "has to be a day"),
        ("tag", {"names": [" "]}, "between one and"),
        ("tag", {"names": ["x" * 101]}, "between one and"),
        ("tag", {"names": ["x"], "kind": "color"}, "no tags of this kind"),
        ("snooze", {"until": "2026-11-21T08:00:00"}, "until when"),
        ("describe", {}, "characters at most"),
        ("rate", {"rating": 6}, "from 0 to 5"),
        ("edit", {"acts": []}, "together"),
        ("edit", {"acts": [["edit", {}]]}, "together"),
        ("edit", {"acts": [["spread", {**GIVEN, "seconds": 86400}]]}, "together"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(verb, params, message, scans):
    with pytest.raises(acts.BadAct, match=re.escape(message)):
        preview(verb, params)
    with pytest.raises(acts.BadAct, match=re.escape(message)):
        apply(verb, params)


@pytest.mark.parametrize("stamp", ["x", "1-2", "1-2-x", "-1-2-3", "1-2-" + "9" * 30])
def test_a_stamp_that_was_never_given_out_is_refused(stamp, scans):
    with pytest.raises(acts.BadAct, match="form is broken"):
        apply("flag", stamp=stamp)


def test_few_files_are_changed_here_and_now_without_a_job(scans):
    apply("flag")
    assert not Job.objects.exists()
