from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from media_catalog.models import Decision, DecisionBatch, DuplicateGroup, Job, MediaFile
from media_catalog.services import (
    acts,
    copy_rule_counts,
    copy_rules,
    counts,
    deciding_acts,
    decisions,
    job_control,
    jobs,
    sliced,
    undoing,
    working,
)
from media_catalog.services.acts import Act
from media_catalog.services.job_control import Action
from media_catalog.services.selections import Selection
from tests.media_catalog import copies
from tests.media_catalog.copies import NOW

pytestmark = pytest.mark.django_db

NOON = datetime(2015, 7, 4, 12)
HOUR = timedelta(hours=1)
EVERYTHING = Selection(filters={"all": "yes"})
SHIFT = Act(verb="shift", params={"seconds": 3600})
NEAR = copy_rules.Rule(kind="near")


@pytest.fixture(autouse=True)
def small_slices(monkeypatch):
    """Let seven files be many, in slices of two."""
    monkeypatch.setattr(acts, "AT_ONCE", 3)
    monkeypatch.setattr(sliced, "SLICE", 2)
    monkeypatch.setattr(copy_rules, "SLICE", 2)


@pytest.fixture
def mother():
    return User.objects.create(username="mother")


def add(number=7, **facts):
    date: dict[str, Any] = {**dated(NOON), "confidence": "medium"}
    found = [copies.file(f"scan{one}.jpg", **{**date, **facts}) for one in range(1, number + 1)]
    counts.rebuild()
    return found


def start(act=SHIFT, *, selection=EVERYTHING, actor=None):
    shown = acts.preview(selection, act)
    job = acts.apply(selection, act, expected=shown.number, stamp=shown.stamp, actor=actor, at=NOW)
    assert isinstance(job, Job)
    return job


def undo(batch):
    job = acts.undo(batch, actor=None, at=NOW)
    assert isinstance(job, Job)
    return job


def run():
    """Let a worker do all that waits."""
    while working.run_next(clock=lambda: NOW):
        pass


def state(job):
    job.refresh_from_db()
    return job.state


def hours():
    """By how many hours each file's date was moved."""
    dates = MediaFile.objects.order_by("pk").values_list("captured_local", flat=True)
    return [(local - NOON) // HOUR for local in dates]


def after(monkeypatch, module, name, calls, do):
    """Do something right after so many calls of a function."""
    function, made = getattr(module, name), []

    def watched(*arguments, **options):
        result = function(*arguments, **options)
        made.append(name)
        if len(made) == calls:
            do()
        return result

    monkeypatch.setattr(module, name, watched)


def test_an_act_on_many_files_is_the_work_of_a_job_and_one_token_undoes_it(mother):
    files = add()
    job = start(actor=mother)
    act = job.acts.get()
    assert (job.kind, job.created_by, act.verb, hours()) == ("decide", mother, "shift", [0] * 7)
    run()
    assert (state(job), job.total_count, job.done_count, job.changed_count) == ("completed", 7, 7, 7)
    assert job.summary == {"files": 7, "decided": 7}
    assert hours() == [1] * 7
    rows = Decision.objects.filter(batch=act.pk).values_list("file", "actor")
    assert sorted(rows) == [(file.pk, mother.pk) for file in files]
    act.refresh_from_db()
    assert act.number == 7
    assert copies.counts_are_right()


def test_an_undo_of_many_decisions_and_doing_them_again_are_jobs_too():
    add()
    batch = start().acts.get().pk
    run()
    undone = undo(batch)
    run()
    assert (state(undone), undone.changed_count, hours()) == ("completed", 7, [0] * 7)
    assert DecisionBatch.objects.get(pk=batch).undone_by == undone.acts.get()
    redo = acts.redo(batch, actor=None, at=NOW)
    assert isinstance(redo, Job)
    run()
    assert (state(redo), hours()) == ("completed", [1] * 7)
    assert DecisionBatch.objects.get(pk=batch).undone_by is None
    again = undo(redo.acts.get().pk)
    run()
    assert (state(again), hours()) == ("completed", [0] * 7)
    assert copies.counts_are_right()


def test_an_undo_of_several_facts_of_each_file_takes_all_of_them_back():
    add()
    batch = start(Act(verb="edit", params={"acts": [["rate", {"rating": 5}], ["flag", {}]]})).acts.get().pk
    run()
    assert MediaFile.objects.filter(rating=5, is_flagged=True).count() == 7
    undone = undo(batch)
    run()
    assert (state(undone), undone.total_count, undone.changed_count) == ("completed", 7, 7)
    assert MediaFile.objects.filter(rating=None, is_flagged=False).count() == 7


def test_what_was_changed_since_is_left_by_an_undo_and_counted():
    files = add()
    batch = start().acts.get().pk
    run()
    MediaFile.objects.filter(pk=files[0].pk).update(captured_from="somebody else")
    undone = undo(batch)
    run()
    assert (state(undone), undone.done_count, undone.changed_count) == ("completed", 7, 6)
    assert hours() == [1, *[0] * 6]


def test_a_lost_lease_neither_skips_nor_repeats_anything(monkeypatch):
    """The first worker changes a slice, loses its lease before it can say so, and another one goes on."""
    add()
    job = start()
    finish = jobs.finish_batch

    def lose_lease(claim, *, at):
        if claim.batch.stage == Job.Stage.FILES:
            monkeypatch.setattr(jobs, "finish_batch", finish)
            jobs.put_back(job.batches.filter(pk=claim.batch.pk), claim.batch, at=at)
        finish(claim, at=at)

    monkeypatch.setattr(jobs, "finish_batch", lose_lease)
    run()
    assert (state(job), job.done_count, hours()) == ("completed", 7, [1] * 7)
    assert job.batches.filter(stage="files").count() == 4


def test_a_slice_that_breaks_off_changes_nothing_of_it(monkeypatch):
    add()
    job = start()
    after(monkeypatch, deciding_acts, "do", 2, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run()
    assert hours() == [1, 1, 0, 0, 0, 0, 0]
    run()
    assert (state(job), hours()) == ("completed", [1] * 7)


@pytest.mark.parametrize(
    ("action", "then"), [(Action.PAUSE, Action.RESUME), (Action.CANCEL, Action.CONTINUE)]
)
def test_a_job_that_was_stopped_goes_on_where_it_was(action, then, monkeypatch):
    add()
    job = start()
    after(monkeypatch, deciding_acts, "do", 2, lambda: job_control.act(job.pk, action, at=NOW))
    run()
    assert hours() == [1, 1, 1, 1, 0, 0, 0]
    assert job_control.possible(job.__class__.objects.get(pk=job.pk))[0] == then
    job_control.act(job.pk, then, at=NOW)
    run()
    assert (state(job), hours()) == ("completed", [1] * 7)


def test_what_a_cancelled_job_has_done_can_be_taken_back(monkeypatch):
    add()
    job = start()
    after(monkeypatch, deciding_acts, "do", 1, lambda: job_control.act(job.pk, Action.CANCEL, at=NOW))
    with pytest.raises(acts.BadAct, match="still being done"):
        acts.undo(job.acts.get().pk, actor=None, at=NOW)
    run()
    assert hours() == [1, 1, 0, 0, 0, 0, 0]
    undone = acts.undo(job.acts.get().pk, actor=None, at=NOW)
    assert not isinstance(undone, Job)
    assert (undone.number, hours()) == (2, [0] * 7)


@pytest.mark.parametrize("selection", ["all", "picked"])
def test_exactly_the_files_that_were_shown_are_changed(selection):
    """Also where the act itself takes files out of what is selected, and an import brings others into it."""
    files = add(confidence="low")
    chosen = EVERYTHING if selection == "picked" else Selection(filters={"confidence": "low"})
    if selection == "picked":
        chosen = Selection(ids=tuple(file.pk for file in files[:5]))
    job = start(Act(verb="set_date", params={"local": "1999-12-25", "precision": "day"}), selection=chosen)
    add_late = copies.file("late.jpg", confidence="low", **dated(NOON))
    run()
    changed = {file.pk for file in (files if selection == "all" else files[:5])}
    assert state(job) == "completed"
    assert set(Decision.objects.values_list("file", flat=True)) == changed
    assert MediaFile.objects.get(pk=add_late.pk).captured_local == NOON


def dated(local):
    return {"captured_local": local, "captured_until_local": local, "captured_precision": "second"}


def test_a_job_asks_before_it_changes_others_than_were_shown():
    files = add(is_flagged=True)
    job = start(selection=Selection(filters={"flagged": "yes"}))
    MediaFile.objects.filter(pk=files[0].pk).update(is_flagged=False)
    run()
    assert (state(job), hours()) == ("halted", [0] * 7)
    assert "it was 7 files, now it is 6" in job.error_text
    job_control.act(job.pk, Action.CONTINUE, at=NOW)
    run()
    assert (state(job), hours()) == ("completed", [0, *[1] * 6])


def test_what_somebody_decides_while_a_job_waits_is_left_alone(mother):
    files = add()
    job = start()
    date = decisions.GivenDate(local=NOON - HOUR, until=NOON - HOUR, precision="second", offset_minutes=None)
    decisions.set_date(MediaFile.objects.filter(pk=files[3].pk), date=date, actor=mother, at=NOW)
    run()
    assert (state(job), job.changed_count, hours()) == ("completed", 6, [1, 1, 1, -1, 1, 1, 1])


def test_only_one_change_of_many_files_goes_on_and_a_refused_one_leaves_nothing_behind():
    add()
    first = start()
    with pytest.raises(acts.Busy, match=f"as job {first.pk}: wait"):
        start()
    assert DecisionBatch.objects.count() == Job.objects.count() == 1


def test_a_sequence_is_in_order_across_slices():
    add(12)
    act = Act(verb="spread", params={"local": "1978-07-01T12:00:00", "precision": "minute", "seconds": 60})
    job = start(act)
    run()
    assert state(job) == "completed"
    minutes = MediaFile.objects.order_by("pk").values_list("captured_local__minute", flat=True)
    assert list(minutes) == list(range(12))


def test_files_that_were_discarded_along_with_others_count_as_changed():
    files = [copies.file(f"{number}.jpg", content="the same") for number in range(5)]
    counts.rebuild()
    job = start(Act(verb="discard"))
    run()
    assert (state(job), job.changed_count) == ("completed", 5)
    assert copies.discarded() == {file.path_text for file in files}
    acts.undo(job.acts.get().pk, actor=None, at=NOW)
    run()
    assert copies.discarded() == set()
    assert copies.counts_are_right()


def add_groups(number=7):
    for one in range(number):
        best = copies.file(f"{one}/best.jpg", width_px=800, height_px=600)
        worse = copies.file(f"{one}/worse.jpg")
        copies.group("near", best, worse)
    counts.rebuild()


def tally(rule=NEAR):
    return copy_rule_counts.go_on(rule, copy_rule_counts.begin(rule), slices=1000)


def start_rule():
    shown = tally()
    return acts.apply_rule(NEAR, expected=shown.groups, stamp=shown.stamp, actor=None, at=NOW)


def test_a_rule_about_many_groups_is_the_work_of_a_job_and_one_token_undoes_it():
    add_groups()
    before = list(DuplicateGroup.objects.order_by("pk").values())
    job = start_rule()
    assert isinstance(job, Job)
    assert copies.discarded() == set()
    run()
    assert (state(job), job.summary) == ("completed", {"groups": 7, "decided": 14})
    assert copies.discarded() == {f"{one}/worse.jpg" for one in range(7)}
    assert not DuplicateGroup.objects.filter(resolved_at=None).exists()
    acts.undo(job.acts.get().pk, actor=None, at=NOW)
    run()
    assert copies.discarded() == set()
    assert list(DuplicateGroup.objects.order_by("pk").values()) == before
    assert copies.counts_are_right()


def test_a_rule_about_few_groups_is_carried_out_at_once():
    add_groups(3)
    done = start_rule()
    assert (done.groups, done.files) == (3, 3)
    assert not Job.objects.exists()


@pytest.mark.parametrize("number", [3, 7])
def test_a_rule_is_not_carried_out_on_groups_that_changed_since_they_were_shown(number):
    add_groups(number)
    shown = tally()
    copies.file("0/third.jpg")
    group = DuplicateGroup.objects.order_by("pk").first()
    group.members.create(file=MediaFile.objects.latest("pk"), kind="near", rank=2)
    if number == 3:
        with pytest.raises(acts.SelectionChanged):
            acts.apply_rule(NEAR, expected=number, stamp=shown.stamp, actor=None, at=NOW)
    else:
        job = acts.apply_rule(NEAR, expected=number, stamp=shown.stamp, actor=None, at=NOW)
        run()
        assert isinstance(job, Job)
        assert state(job) == "halted"
        assert "have changed since" in job.error_text
    assert copies.discarded() == set()


def test_a_group_that_changes_while_a_job_waits_is_left_alone(monkeypatch):
    add_groups()
    job = start_rule()
    last = DuplicateGroup.objects.order_by("pk").last()
    late = copies.file("6/late.jpg")
    first = copy_rules.apply_slice

    def change_before(*arguments, **options):
        last.members.get_or_create(file=late, kind="near", rank=2)
        return first(*arguments, **options)

    monkeypatch.setattr(copy_rules, "apply_slice", change_before)
    run()
    assert (state(job), job.changed_count) == ("completed", 6)
    assert DuplicateGroup.objects.get(resolved_at=None) == last


def test_a_rule_goes_on_after_a_lost_lease_and_finds_no_group_twice(monkeypatch):
    add_groups()
    job = start_rule()
    after(monkeypatch, sliced, "_add", 2, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run()
    run()
    assert (state(job), job.total_count, job.changed_count) == ("completed", 7, 7)


def test_an_undo_that_breaks_off_while_it_looks_for_files_goes_on(monkeypatch):
    add()
    batch = start().acts.get().pk
    run()
    job = undo(batch)
    after(monkeypatch, sliced, "_add", 2, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run()
    run()
    assert (state(job), job.total_count, hours()) == ("completed", 7, [0] * 7)


def test_a_thousand_files_are_changed_and_changed_back_by_workers(monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 500)
    monkeypatch.setattr(sliced, "SLICE", 500)
    source = copies.source()
    MediaFile.objects.bulk_create(
        MediaFile(
            source=source,
            path_bytes=b"%d" % one,
            path_key=str(one),
            path_text=str(one),
            name=str(one),
            kind="image",
            state="analysed",
            confidence="low",
            discovered_at=NOW,
            **dated(NOON),
        )
        for one in range(1000)
    )
    counts.rebuild()
    job = start(Act(verb="set_date", params={"local": "1999-12-25", "precision": "day"}))
    run()
    assert (state(job), job.changed_count) == ("completed", 1000)
    assert job.batches.filter(stage="files").count() == 2
    assert counts.numbers("confidence") == {"high": 1000}
    undone = undo(job.acts.get().pk)
    run()
    assert (state(undone), undone.changed_count) == ("completed", 1000)
    assert counts.numbers("confidence") == {"low": 1000}
    assert not undoing.standing(list(Decision.objects.filter(batch=job.acts.get().pk)))
