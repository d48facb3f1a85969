import os

import pytest

from media_catalog.models import Archive
from media_catalog.services import archives, export_rehearsals, exports
from media_catalog.services.export_rehearsals import NoSuchPlan
from media_catalog.services.exports import Scope
from media_catalog.services.selections import Selection
from tests.media_catalog import dated

pytestmark = pytest.mark.django_db


def plan(library, **scope):
    wanted = Scope(**({"is_forced": True} | scope))
    root = os.fsencode(library.archive)
    return library.run_job(export_rehearsals.start(root, scope=wanted, actor=None, created_at=library.now))


@pytest.fixture
def three(library):
    dated.add(library, "a.jpg")
    dated.add(library, "b.jpg", seed=1)
    dated.add(library, "c.jpg", seed=2, local="2016:02:01 10:00:00")
    library.add_undated("old.jpg", seed=3)
    library.scan()
    return library


def test_a_plan_names_every_copy_as_the_export_does_and_writes_nothing(three):
    job = plan(three)
    assert (job.state, job.summary["files"], job.summary["numbered"]) == ("completed", 4, 1)
    assert not three.archive.exists()
    assert not Archive.objects.exists()
    months = {year: set(found) for year, found in job.summary["months"].items()}
    assert months == {"2015": {"01"}, "2016": {"02"}, "unknown": {""}}
    planned = [
        line
        for year, found in months.items()
        for month in found
        for line in export_rehearsals.page(job, year=year, month=month, at=0).lines
    ]
    three.export()
    assert {line.destination for line in planned} == set(three.copies())
    assert [line.number for line in planned if line.destination.endswith("_001.jpg")] == [1]


def test_a_plan_after_an_export_has_only_what_changed(three):
    three.export()
    three.tag("c.jpg", "beach")
    job = plan(three)
    assert (job.summary["files"], job.summary["again"]) == (1, 1)


def test_a_plan_is_read_page_by_page(three, monkeypatch):
    monkeypatch.setattr(export_rehearsals, "PAGE", 1)
    job = plan(three)
    first = export_rehearsals.page(job, year="2015", month="01", at=0)
    rest = export_rehearsals.page(job, year="2015", month="01", at=first.after)
    assert [one.destination[-7:] for one in (*first.lines, *rest.lines)] == ["030.jpg", "001.jpg"]
    assert rest.after is None


@pytest.mark.parametrize(
    ("year", "month", "at"),
    [("../x", "01", 0), ("2015", "../01", 0), ("2015", "01", 3), ("1999", "01", 0), ("2015", "01", 10**15)],
)
def test_a_place_that_no_plan_gave_out_is_none(three, year, month, at):
    job = plan(three)
    with pytest.raises(NoSuchPlan):
        export_rehearsals.page(job, year=year, month=month, at=at)


def test_a_plan_that_was_replaced_is_gone(three):
    first, second = plan(three), plan(three)
    with pytest.raises(NoSuchPlan):
        export_rehearsals.page(first, year="2015", month="01", at=0)
    assert export_rehearsals.page(second, year="2015", month="01", at=0).lines


def test_says_what_keeps_the_export_from_starting(three, monkeypatch):
    three.flag("a.jpg")
    assert plan(three, is_forced=False).summary["is_open"]
    monkeypatch.setattr(archives, "free_bytes", lambda _root: 10)
    job = plan(three)
    assert "make room" in job.summary["obstacle"]
    assert job.summary["needed_bytes"] > job.summary["free_bytes"] == 10


def test_a_selection_is_planned_and_exported_alone(three):
    three.add_copy("c.jpg", "photos/zz.jpg")
    three.scan()
    wanted = Selection(ids=(three.file("a.jpg").pk, three.file("zz.jpg").pk))
    assert plan(three, selection=wanted).summary["files"] == 2
    scope = Scope(is_forced=True, selection=wanted)
    root = os.fsencode(three.archive)
    job = three.run_job(exports.start_scope(root, scope=scope, actor=None, created_at=three.now))
    assert (job.done_count, sorted(three.copies())) == (
        2,
        ["2015/20150131_142030.jpg", "2016/20160201_100000.jpg"],
    )


def test_a_selection_is_exported_though_others_need_a_decision(three):
    three.flag("a.jpg")
    scope = Scope(selection=Selection(ids=(three.file("c.jpg").pk,)))
    root = os.fsencode(three.archive)
    job = three.run_job(exports.start_scope(root, scope=scope, actor=None, created_at=three.now))
    assert (job.state, job.done_count) == ("completed", 1)
