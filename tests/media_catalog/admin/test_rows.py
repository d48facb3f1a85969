"""Actions on rows of other lists than that of files: seen first, then done by their services."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from media_catalog.admin import read_only
from media_catalog.models import CameraRule, Decision, DecisionBatch, DuplicateGroup, Job, MediaFile
from media_catalog.services import acts
from media_catalog.services.acts import Act
from media_catalog.services.selections import Selection
from tests.review.rows import NOW, add_file, add_group, add_source

NOON = datetime(2015, 1, 31, 12)
pytestmark = pytest.mark.django_db


def choose(office, model, name, *rows, query="", **more):
    """Choose an action for rows of a list; with `confirmed` it is done."""
    data = {"action": name, "_selected_action": [str(row.pk) for row in rows], **more}
    return office.post(f"/admin/media_catalog/{model}/{query}", data, follow=True)


def chosen(office, model, name, *rows):
    """Look at what an action would do to rows, and let it be done to those that the page still names."""
    page = choose(office, model, name, *rows, index="0")
    left = [line.row for line in page.context["lines"] if not line.refusal]
    return page, choose(office, model, name, *left, confirmed="yes")


def flagged(*files) -> DecisionBatch:
    ids = tuple(file.pk for file in files)
    done = acts.apply(Selection(ids=ids), Act(verb="flag"), expected=len(ids), actor=None, at=NOW)
    assert isinstance(done, acts.Done)
    return DecisionBatch.objects.get(pk=done.batch)


def test_acts_are_taken_back_and_done_again(office):
    file, other = add_file("a.jpg"), add_file("b.jpg")
    first, second = flagged(file), flagged(other)
    page, _answer = chosen(office, "decisionbatch", "undo", first, second)
    assert page.context["number"] == 2
    assert not MediaFile.objects.filter(is_flagged=True).exists()
    page, answer = chosen(office, "decisionbatch", "undo", first)
    assert "it was taken back already" in page.text
    assert "Done for" not in answer.text
    chosen(office, "decisionbatch", "redo", first)
    assert list(MediaFile.objects.filter(is_flagged=True)) == [file]


def test_nothing_is_done_before_it_was_seen(office):
    act = flagged(add_file())
    answer = choose(office, "decisionbatch", "undo", act, index="0")
    assert "This will be done to 1 row" in answer.text
    assert MediaFile.objects.get().is_flagged


def test_who_may_only_look_can_do_nothing(client, django_user_model):
    act = flagged(add_file())
    user = django_user_model.objects.create_user("guest", password="a-long-password", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_decisionbatch"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    choose(client, "decisionbatch", "undo", act, confirmed="yes")
    assert MediaFile.objects.get().is_flagged


def test_jobs_are_paused_resumed_and_cancelled(office):
    job = Job.objects.create(kind="group", state="running", created_at=NOW, started_at=NOW)
    ended = Job.objects.create(kind="export", state="completed", created_at=NOW, finished_at=NOW)
    page, _answer = chosen(office, "job", "pause", job, ended)
    assert "it is completed" in page.text
    job.refresh_from_db()
    assert job.state == "paused"
    for name, state in (("resume", "running"), ("cancel", "cancelled")):
        chosen(office, "job", name, job)
        job.refresh_from_db()
        assert job.state == state
    ended.refresh_from_db()
    assert ended.state == "completed"


def test_sources_are_imported_again(office):
    source, busy = add_source("one"), add_source("busy")
    Job.objects.create(kind="import", source=busy, state="running", created_at=NOW)
    page, _answer = chosen(office, "source", "import", source, busy)
    assert "is importing it already" in page.text
    assert Job.objects.filter(source=source, kind="import").count() == 1
    assert Job.objects.filter(source=busy).count() == 1


def test_rules_are_put_in_force_and_aside(office):
    rule = CameraRule.objects.create(camera_model="N8", shift_seconds=3600, created_at=NOW)
    for name, state in (("dismiss", "dismissed"), ("offer_again", "proposed"), ("activate", "active")):
        chosen(office, "camerarule", name, rule)
        rule.refresh_from_db()
        assert rule.state == state
    assert Job.objects.get().kind == "redate"


def test_groups_show_their_best_their_number_and_their_members(office, django_assert_num_queries):
    keeper, copy = add_file("best.jpg", captured=NOON), add_file("copy.jpg", captured=NOON)
    group = add_group(keeper, copy)
    text = office.get("/admin/media_catalog/duplicategroup/").text
    for expected in (
        "best.jpg",
        "31 Jan 2015 12:00:00",
        '<td class="field-number">2</td>',
        f"/copies/{group.pk}/",
    ):
        assert expected in text
    row = office.get(reverse("admin:media_catalog_duplicategroup_change", args=[group.pk])).text
    assert "copy.jpg" in row
    assert "All members" in row
    with django_assert_num_queries(6) as few:
        office.get("/admin/media_catalog/duplicategroup/")
    for number in range(5):
        add_group(add_file(f"{number}.jpg"), add_file(f"{number} copy.jpg"))
    with django_assert_num_queries(len(few)):
        office.get("/admin/media_catalog/duplicategroup/")


@pytest.mark.parametrize(
    ("query", "number"), [("", 2), ("?resolved=no", 1), ("?resolved=yes", 1), ("?kind=near", 1)]
)
def test_groups_are_found_by_kind_and_whether_they_are_resolved(office, query, number):
    add_group(add_file("a.jpg"), add_file("b.jpg"))
    DuplicateGroup.objects.create(kind="near", key="k", created_at=NOW)
    answer = office.get(f"/admin/media_catalog/duplicategroup/{query}")
    assert len(answer.context["cl"].result_list) == number


def test_a_row_shows_no_more_parts_than_a_page_holds(office, monkeypatch):
    monkeypatch.setattr(read_only.BoundedFormSet, "most_rows", 2)
    group = add_group(*[add_file(f"{number}.jpg") for number in range(4)])
    text = office.get(reverse("admin:media_catalog_duplicategroup_change", args=[group.pk])).text
    assert ("0.jpg" in text, "1.jpg" in text, "2.jpg" in text) == (True, True, False)


def test_an_act_shows_its_first_decisions_and_leads_to_all(office):
    act = flagged(add_file("a.jpg"), add_file("b.jpg"))
    text = office.get(reverse("admin:media_catalog_decisionbatch_change", args=[act.pk])).text
    assert "a.jpg" in text
    answer = office.get(f"/admin/media_catalog/decision/?batch__exact={act.pk}")
    assert len(answer.context["cl"].result_list) == 2
    assert office.get("/admin/media_catalog/decision/?kind__exact=flag").status_code == 400
    assert office.get("/admin/media_catalog/decision/?batch__exact=x").status_code == 400
    assert Decision.objects.count() == 2


@pytest.mark.parametrize(
    ("query", "number"), [("?undone=yes", 1), ("?undone=no", 2), ("?verb__exact=undo", 1)]
)
def test_acts_are_found_by_what_they_were_and_whether_they_were_taken_back(office, query, number):
    chosen(office, "decisionbatch", "undo", flagged(add_file("a.jpg")))
    acts.apply(
        Selection(ids=(MediaFile.objects.get().pk,)),
        Act(verb="flag"),
        expected=1,
        actor=None,
        at=NOW + timedelta(seconds=1),
    )
    answer = office.get(f"/admin/media_catalog/decisionbatch/{query}")
    assert len(answer.context["cl"].result_list) == number
