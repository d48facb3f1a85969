"""What the predecessor did wrong about jobs; test names carry its bugs by their numbers.

| bug | test |
|---|---|
| L1 | bug_l1_, test_job_control.py: no_action_on_a_job_makes_it_another_kind_of_work, a_paused_job_stops_… |
| 20 | test_job_control.py: a_paused_job_stops_between_files_…; tests/cluster/test_control.py |
| 21 | test_jobs.py: the_reconciler_…; tests/cluster/test_killed.py |
| 22 | bug_22_ |
| 23 | test_job_control.py: faults_of_the_surroundings_…, damaged_files_never_halt_… |
| 24 | test_job_control.py: a_job_paused_in_its_last_files_…, bug_24_ |
| 26 | test_exports.py: a_changed_date_moves_the_copy, bug_26_ |
| UX-7 | ux_7_ in tests/review/views/test_jobs.py |
"""

import os
from collections import Counter
from datetime import timedelta

import pytest

from media_catalog.management import export_summaries
from media_catalog.models import CameraRule, DuplicateGroup, Job, JobBatch, JobFailure, JobFile
from media_catalog.services import (
    acts,
    backfill,
    cameras,
    export_rehearsals,
    exports,
    finalizing,
    grouping,
    import_results,
    imports,
    job_control,
    jobs,
    sources,
    working,
)
from media_catalog.services.job_control import Action
from media_catalog.services.selections import Selection
from tests.media_catalog.services.test_job_control import deny, do_after

pytestmark = pytest.mark.django_db


@pytest.fixture
def start(library, now, monkeypatch):
    """Start a job of a kind in a small library; everything there is needed for it is done before."""

    def of_kind(kind):
        for number in range(3):
            library.add(f"{number}.jpg", seed=number)
        source = sources.register(library.photos, created_at=now)
        if kind == "import":
            return imports.start(source, created_at=now)
        library.run_job(imports.start(source, created_at=now))
        return begin[kind]()

    def decide():
        monkeypatch.setattr(acts, "AT_ONCE", 2)
        flag = acts.Act(verb="flag")
        return acts.apply(Selection(filters={"all": "yes"}), flag, expected=3, actor=None, at=now)

    def plan():
        root = os.fsencode(library.archive)
        return export_rehearsals.start(root, scope=exports.Scope(), actor=None, created_at=now)

    def finalize():
        exported = library.run_job(library.start())
        return finalizing.start(exported.export, finalizing.Wish(), actor=None, at=now)

    begin = {
        "export": library.start,
        "backfill": lambda: backfill.start(backfill.Plan(), created_at=now),
        "group": lambda: grouping.start(created_at=now),
        "redate": lambda: cameras.activate(CameraRule(camera_model="N8", shift_seconds=60), at=now),
        "decide": decide,
        "plan": plan,
        "finalize": finalize,
    }
    return of_kind


@pytest.mark.parametrize("action", [Action.RESUME, Action.CONTINUE])
@pytest.mark.parametrize("kind", Job.Kind.values)
def test_bug_l1_what_goes_on_is_the_same_kind_of_work(kind, action, start, run_job, now, monkeypatch):
    job = start(kind)
    ran = []

    def watched(each, handler):
        def run(claim, **options):
            ran.append(str(each))
            handler(claim, **options)

        return run

    for each, handler in working.HANDLERS.items():
        monkeypatch.setitem(working.HANDLERS, each, watched(each, handler))
    if action is Action.RESUME:
        job_control.act(job.pk, Action.PAUSE, at=now)
    else:
        jobs.halt(job.pk, reason="The disk is gone.", at=now)
    run_job(job)
    assert ran == []
    assert job_control.act(job.pk, action, at=now) == job
    run_job(job)
    assert (job.kind, job.state, set(ran)) == (kind, "completed", {kind})


def test_bug_22_counts_lose_nothing_where_workers_take_turns(
    library, start, run_job, now, monkeypatch, settings
):
    for number in range(3, 25):
        library.add(f"{number}.jpg", seed=number)
    monkeypatch.setattr(imports, "PATIENCE", timedelta(hours=1))
    monkeypatch.setattr(imports, "CHUNK", 2)
    settings.MEDIAPARSER_BATCH_SIZE, settings.MEDIAPARSER_ERROR_THRESHOLD = 6, 0.5
    deny(monkeypatch, "4.jpg", "20.jpg")
    job = start("import")
    run_job_once = lambda: working.run_next(clock=lambda: now)  # noqa: E731
    assert run_job_once()
    do_after(monkeypatch, import_results, "store", run_job_once)  # another worker, in the midst of a batch
    run_job(job)
    outcomes = Counter(JobFile.objects.filter(job=job).values_list("outcome", flat=True))
    assert (job.done_count, job.failed_count) == (outcomes["done"], outcomes["failed"]) == (23, 2)
    assert JobFailure.objects.filter(job=job).count() == 2


def test_bug_22_an_export_of_which_every_file_failed_says_so(library, start, run_job):
    job = start("export")
    for path in library.photos.glob("*.jpg"):
        path.write_bytes(b"something else")
    run_job(job)
    assert (job.done_count, job.failed_count) == (0, 3)
    facts = export_summaries.as_dict(job)
    assert (facts["exported"], facts["failed"], len(facts["failures"])) == (0, 3, 3)
    assert library.copies() == {}


def test_bug_22_the_number_of_groups_is_that_of_the_groups(library, run_job, now):
    for number in range(5):
        library.add(f"{number}.jpg", seed=number)
        library.add_copy(f"{number}.jpg", f"photos/copy{number}.jpg")
    library.scan()
    assert DuplicateGroup.objects.filter(kind="identical").count() == 5
    assert run_job(grouping.start(created_at=now)).summary["groups"] == DuplicateGroup.objects.count()


def test_bug_24_copies_are_found_though_the_last_files_were_read_before_the_pause(
    library, start, run_job, now, monkeypatch
):
    job = start("import")
    library.add_copy("0.jpg", "photos/copy.jpg")
    pause = lambda: job_control.act(job.pk, Action.PAUSE, at=now)  # noqa: E731
    do_after(monkeypatch, import_results, "store", pause)
    run_job(job)
    assert not JobBatch.objects.filter(job=job, stage="finish").exists()
    job_control.act(job.pk, Action.RESUME, at=now)
    run_job(job)
    assert (job.state, job.summary["identical_copies"]) == ("completed", 1)


def test_bug_26_a_second_export_writes_what_has_another_date_now(library, start, run_job):
    run_job(start("export"))
    before = library.copies()
    library.date("1.jpg", library.file("1.jpg").captured_local + timedelta(days=400))
    again = library.export()
    after = library.copies()
    assert (again.done_count, again.known_count) == (1, 2)
    assert len(before.keys() - after.keys()) == len(after.keys() - before.keys()) == 1
