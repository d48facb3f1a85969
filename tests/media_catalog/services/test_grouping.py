import pytest

from media_catalog.models import DuplicateGroup, MediaFile
from media_catalog.services import grouping, job_control, jobs
from media_catalog.services import groups as groups_service
from media_catalog.services.job_control import Action

pytestmark = pytest.mark.django_db


def groups():
    rows = (
        DuplicateGroup.objects.filter(kind="identical")
        .order_by("key")
        .values_list("key", "members__file__name")
    )
    return sorted((key, name) for key, name in rows)


@pytest.fixture
def copies(library):
    for seed, name in enumerate("abc"):
        library.add(f"{name}.jpg", seed=seed)
        library.add_copy(f"{name}.jpg", f"photos/{name}2.jpg")
    library.add("alone.jpg", seed=9)
    library.scan()
    return library


def test_groups_that_were_lost_are_found_again(copies, run_job, now):
    before = groups()
    assert len(before) == 6
    DuplicateGroup.objects.all().delete()
    job = run_job(grouping.start(created_at=now))
    assert (job.kind, job.state, job.summary["groups_by_kind"]["identical"]) == ("group", "completed", 3)
    assert groups() == before
    assert job.steps[:2] == [["looks", 0, 0], ["groups", 4, 4]]
    assert [name for name, _, _ in job.steps] == ["looks", "groups", "stacks", "copies", "grouped"]


def test_groups_of_files_that_have_changed_are_taken_apart(copies, run_job, now):
    MediaFile.objects.filter(name="a2.jpg").update(sha256="0" * 64)
    run_job(grouping.start(created_at=now))
    assert {name for _, name in groups()} == {"b.jpg", "b2.jpg", "c.jpg", "c2.jpg"}


def test_it_is_paused_between_slices_and_resumes_to_the_same_end(copies, run_job, now, monkeypatch):
    before = groups()
    DuplicateGroup.objects.all().delete()
    monkeypatch.setattr(grouping, "SLICE", 1)
    job = grouping.start(created_at=now)
    refresh = groups_service.refresh_identical

    def refresh_and_pause(hashes, *, at):
        job_control.act(job.pk, Action.PAUSE, at=now)
        return refresh(hashes, at=at)

    with monkeypatch.context() as patched:
        patched.setattr(groups_service, "refresh_identical", refresh_and_pause)
        run_job(job)
    assert (job.state, len(groups())) == ("paused", 2)
    job_control.act(job.pk, Action.RESUME, at=now)
    assert (run_job(job).state, groups()) == ("completed", before)


def test_one_search_at_a_time(now):
    first = grouping.start(created_at=now)
    with pytest.raises(jobs.AlreadyRunning) as refused:
        grouping.start(created_at=now)
    assert refused.value.job == first
