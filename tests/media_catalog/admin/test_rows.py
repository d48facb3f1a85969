"""Actions on rows of other lists than that of files: seen first, then done by their services."""

from datetime import datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from media_catalog.admin import read_only
from media_catalog.admin.confirmed import ConfirmedAdmin
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


def jobs_in(state, **facts):
    """Add two imports, each with a file that failed."""
    found = []
    for name in ("one", "two"):
        source = add_source(name)
        facts = {"started_at": NOW, **facts}
        job = Job.objects.create(kind="import", source=source, state=state, created_at=NOW, **facts)
        file = add_file(f"{name}.jpg", source=source, state="failed", reason_code="unreadable")
        job.job_files.create(file=file, change="new", outcome="failed")
        found.append(job)
    return found


def rules_in(state, *, names=("N8", "N9")):
    return [
        CameraRule.objects.create(camera_model=name, shift_seconds=3600, state=state, created_at=NOW)
        for name in names
    ]


def undone_acts():
    found = [flagged(add_file("a.jpg")), flagged(add_file("b.jpg"))]
    for one in found:
        acts.undo(one.pk, actor=None, at=NOW + timedelta(seconds=1))
    return found


def states(rows) -> set[str]:
    return {type(row).objects.get(pk=row.pk).state for row in rows}


def flags(_rows) -> set[bool]:
    return set(MediaFile.objects.values_list("is_flagged", flat=True))


def retried(rows) -> set[int | None]:
    new = Job.objects.filter(state="pending").exclude(pk__in=[row.pk for row in rows])
    return set(new.values_list("source", flat=True)) - {None} and {new.count()}


def imported(rows) -> set[int]:
    return {Job.objects.filter(kind="import", source__in=rows).count()}


ACTIONS = {
    "decisionbatch undo": (lambda: [flagged(add_file("a.jpg")), flagged(add_file("b.jpg"))], flags, {False}),
    "decisionbatch redo": (undone_acts, flags, {True}),
    "job pause": (lambda: jobs_in("running"), states, {"paused"}),
    "job resume": (lambda: jobs_in("paused"), states, {"running"}),
    "job cancel": (lambda: jobs_in("running"), states, {"cancelled"}),
    "job continue": (lambda: jobs_in("halted", error_text="x"), states, {"running"}),
    "job retry_failed": (lambda: jobs_in("completed", finished_at=NOW), retried, {2}),
    "source import": (lambda: [add_source("one"), add_source("two")], imported, {2}),
    # One at a time: each dates its files anew, by a job.
    "camerarule activate": (lambda: rules_in("proposed", names=["N8"]), states, {"active"}),
    "camerarule deactivate": (lambda: rules_in("active", names=["N8"]), states, {"dismissed"}),
    "camerarule dismiss": (lambda: rules_in("proposed"), states, {"dismissed"}),
    "camerarule offer_again": (lambda: rules_in("dismissed"), states, {"proposed"}),
}


def test_no_action_on_rows_is_missing_above():
    known = {
        f"{model._meta.model_name} {name}"
        for model, one in admin.site._registry.items()
        if isinstance(one, ConfirmedAdmin)
        for name in one.deeds
    }
    assert known == set(ACTIONS)


@pytest.mark.parametrize("meant", ["a selection", "all that match"])
@pytest.mark.parametrize("action", ACTIONS)
def test_rows_are_changed_once_it_was_seen(office, action, meant):
    make, found, wanted = ACTIONS[action]
    (model, name), rows = action.split(), make()
    before = found(rows)
    if meant == "a selection":
        page = choose(office, model, name, *rows, index="0")
    else:
        page = choose(office, model, name, rows[0], index="0", select_across="1")
    able = [line.row for line in page.context["lines"] if not line.refusal]
    assert [row.pk for row in able] == sorted(row.pk for row in rows)
    assert found(rows) == before != wanted
    answer = choose(office, model, name, *able, confirmed="yes")
    assert f"Done for {len(rows)} row" in answer.text
    assert found(rows) == wanted


def test_of_a_row_that_changed_since_it_was_shown_is_told_why_nothing_was_done(office):
    job, other = jobs_in("running")
    page = choose(office, "job", "pause", job, other, index="0")
    Job.objects.filter(pk=job.pk).update(state="completed", finished_at=NOW)
    answer = choose(office, "job", "pause", *[line.row for line in page.context["lines"]], confirmed="yes")
    assert "it is completed" in answer.text
    assert "Done for 1 row." in answer.text


def test_a_source_that_is_being_imported_is_left_alone(office):
    busy = add_source("busy")
    Job.objects.create(kind="import", source=busy, state="running", created_at=NOW)
    assert "is importing it already" in choose(office, "source", "import", busy, index="0").text
    choose(office, "source", "import", busy, confirmed="yes")
    assert Job.objects.filter(source=busy).count() == 1


def test_groups_show_their_best_their_number_and_their_members(office, django_assert_num_queries):
    keeper, copy = add_file("best.jpg", captured=NOON), add_file("copy.jpg", captured=NOON)
    group = add_group(keeper, copy)
    text = office.get("/admin/media_catalog/duplicategroup/").text
    for expected in (
        "best.jpg",
        "31 Jan 2015 12:00:00",
        '<td class="field-number">2</td>',
        f"/copies/{group.pk}/",
        f">{NOW:%-d %b %Y %H:%M}<",
    ):
        assert expected in text
    row = office.get(reverse("admin:media_catalog_duplicategroup_change", args=[group.pk])).text
    assert "copy.jpg" in row
    assert "All members" in row
    assert "MB" not in row
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


def test_decisions_are_told_in_the_words_of_the_history(office, django_assert_max_num_queries):
    files = [add_file(f"{number}.jpg") for number in range(6)]
    selection = Selection(ids=tuple(file.pk for file in files))
    done = acts.apply(selection, Act(verb="tag", params={"names": ["Alps"]}), expected=6, actor=None, at=NOW)
    assert isinstance(done, acts.Done)
    decision, told = Decision.objects.all()[0], "tags: none → Alps"
    for model, pk in (("decision", decision.pk), ("decisionbatch", done.batch), ("mediafile", files[0].pk)):
        text = office.get(reverse(f"admin:media_catalog_{model}_change", args=[pk])).text
        assert told in text, model
        assert "field-before" not in text, model
    assert (
        "Tagged 6 files: Alps" in office.get(f"/admin/media_catalog/decisionbatch/{done.batch}/change/").text
    )
    with django_assert_max_num_queries(10):
        text = office.get(f"/admin/media_catalog/decision/?batch__exact={done.batch}").text
    assert text.count(told) == 6


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
