"""Tags in the admin: each change is an act of the history, seen first where it is about many files."""

import pytest

from media_catalog.models import DecisionBatch, FileTag, Tag
from media_catalog.services import acts, undoing
from tests.review.rows import NOW, add_file

LIST = "/admin/media_catalog/tag/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def tags():
    """Three tags with a file each, and one with a file of its own that nobody means."""
    found = {
        name: Tag.objects.create(name=name, name_key=name, created_at=NOW)
        for name in ("ski", "snow", "sun", "x")
    }
    for name, tag in found.items():
        FileTag.objects.create(file=add_file(f"{name}.jpg"), tag=tag, origin="person")
    return found


def carried() -> dict[str, str]:
    return dict(FileTag.objects.order_by("pk").values_list("file__name", "tag__name"))


def choose(office, name, tags=(), *, query="", **more):
    picked = {"_selected_action": [tag.pk for tag in tags]}
    return office.post(
        f"{LIST}{query}", {"action": name, **({"index": "0"} if not more else {}), **picked, **more}
    )


def confirm(office, page, name, **values):
    held = {key: page.context[key] for key in ("shown",)} | values
    preview = page.context["preview"]
    held |= {"expected": preview.number, "stamp": preview.stamp, "step": "apply"}
    return choose(office, name, page.context["tags"], **held)


def everything(tags):
    return [tags[name] for name in ("ski", "snow", "sun")]


@pytest.mark.parametrize("meant", ["a selection", "all that match"])
@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("merge", {"ski.jpg": "ski", "snow.jpg": "ski", "sun.jpg": "ski", "x.jpg": "x"}),
        ("delete", {"x.jpg": "x"}),
    ],
)
def test_tags_are_merged_and_deleted_in_one_act_that_is_taken_back(office, tags, name, left, meant):
    before = carried()
    if meant == "a selection":
        page = choose(office, name, everything(tags))
    else:
        data = {"action": name, "index": "0", "select_across": "1", "_selected_action": [tags["ski"].pk]}
        page = office.post(f"{LIST}?q=s", data)
    assert [tag.name for tag in page.context["tags"]] == ["ski", "snow", "sun"]
    assert (carried(), DecisionBatch.objects.count()) == (before, 0)
    values = {"into": tags["ski"].pk} if name == "merge" else {}
    assert confirm(office, page, name, **values).status_code == 302
    assert carried() == left
    act = DecisionBatch.objects.get()
    assert act.actor.username == "admin"
    undoing.undo(act.pk, actor=None, at=NOW)
    assert (carried(), Tag.objects.count()) == (before, 4)


def test_another_tag_that_stays_is_shown_before_it_is_done(office, tags):
    page = choose(office, "merge", everything(tags))
    assert "snow.jpg" in page.text
    again = confirm(office, page, "merge", into=tags["sun"].pk)
    assert (again.status_code, again.context["into"]) == (200, "sun")
    assert not DecisionBatch.objects.exists()
    confirm(office, again, "merge", into=tags["sun"].pk)
    assert set(carried().values()) == {"sun", "x"}


def test_nothing_is_done_to_tags_whose_files_changed_since(office, tags):
    page = choose(office, "delete", everything(tags))
    FileTag.objects.create(file=add_file("late.jpg"), tag=tags["ski"], origin="person")
    FileTag.objects.filter(tag=tags["sun"]).delete()
    assert "Nothing was done" in confirm(office, page, "delete").text
    assert not DecisionBatch.objects.exists()


def test_tags_of_many_files_are_the_work_of_a_job(office, tags, monkeypatch, run_job):
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    answer = confirm(office, choose(office, "delete", everything(tags)), "delete")
    act = DecisionBatch.objects.get()
    assert answer.url == f"/jobs/{act.job_id}/"
    run_job(act.job)
    assert carried() == {"x.jpg": "x"}


def change(office, tag, **values):
    held = {"name": tag.name, "parent": "", "colour": "", **values}
    return office.post(f"{LIST}{tag.pk}/change/", held)


@pytest.mark.parametrize(
    ("values", "verb"), [({"name": "Ski TRIP"}, "rename_tag"), ({"colour": "red"}, "colour_tag"), ({}, None)]
)
def test_a_tag_is_renamed_and_coloured_by_acts_that_are_taken_back(office, tags, values, verb):
    before = Tag.objects.filter(pk=tags["ski"].pk).values().get()
    assert change(office, tags["ski"], **values).status_code == 302
    now = Tag.objects.get(pk=tags["ski"].pk)
    assert {name: getattr(now, name) for name in values} == values
    for act in DecisionBatch.objects.all():
        undoing.undo(act.pk, actor=None, at=NOW)
    assert Tag.objects.filter(pk=tags["ski"].pk).values().get() == before
    assert list(DecisionBatch.objects.exclude(verb="undo").values_list("verb", flat=True)) == (
        [verb] if verb else []
    )


def test_a_tag_is_put_below_another_but_never_below_itself(office, tags):
    change(office, tags["ski"], parent=tags["snow"].pk)
    assert Tag.objects.get(name="ski").parent == tags["snow"]
    assert "A tag cannot be below itself." in change(office, tags["snow"], parent=tags["ski"].pk).text


@pytest.mark.parametrize("name", ["SNOW", " "])
def test_a_tag_gets_no_name_of_another_and_none_that_is_blank(office, tags, name):
    assert change(office, tags["ski"], name=name).status_code == 200
    assert Tag.objects.filter(name="ski").exists()
