"""Groups of copies that are resolved together in the admin: seen first, done and taken back in one act."""

from datetime import datetime

import pytest
from django.contrib.auth.models import Permission

from media_catalog.models import DecisionBatch, DuplicateGroup, MediaFile
from media_catalog.services import copy_rules, picked_groups, undoing
from tests.review.rows import NOW, add_file

LIST = "/admin/media_catalog/duplicategroup/"
NOON = datetime(2015, 1, 31, 12)
pytestmark = pytest.mark.django_db


def add_near(number: int, **facts: object) -> DuplicateGroup:
    """Add an unresolved group of a file and two worse copies."""
    group = DuplicateGroup.objects.create(kind="near", key=f"near {number}", created_at=NOW)
    for rank in range(3):
        sha256 = f"{number:032x}{rank:032x}"
        file = add_file(f"{number}-{rank}.jpg", captured=NOON, sha256=sha256, size_bytes=1000, **facts)
        group.members.create(file=file, kind="near", rank=rank, is_keeper=rank == 0)
    return group


@pytest.fixture
def groups():
    return [add_near(number) for number in range(3)]


def choose(office, name, groups=(), *, query="", **more):
    across = {} if groups else {"select_across": "1"}
    picked = {"_selected_action": [one.pk for one in groups or DuplicateGroup.objects.all()[:1]], **across}
    return office.post(f"{LIST}{query}", {"action": name, "index": "0", **picked, **more}, follow=True)


def confirm(office, page, name):
    """Send what the page holds."""
    shown = [row.group for row in page.context["rows"]]
    return choose(office, name, shown, confirmed="yes", stamp=page.context["stamp"])


def discarded() -> set[str]:
    return set(MediaFile.objects.filter(disposition="discard").values_list("name", flat=True))


def test_says_what_a_group_is_in_the_words_of_the_other_pages(office, groups):
    member = groups[0].members.first()
    for address in ("duplicategroup/", f"duplicategroup/{groups[0].pk}/change/", "duplicatemember/"):
        assert "near copies" in office.get(f"/admin/media_catalog/{address}").text, address
    text = office.get(f"{LIST}?kind__exact=near").text
    assert ">near copies</a>" in text
    assert "near</" not in text
    text = office.get(f"/admin/media_catalog/mediafile/{member.file_id}/change/").text
    assert f"group {groups[0].pk}: near copies" in text
    assert ">near copies</a>" in office.get("/admin/media_catalog/mediafile/").text


OUTCOMES = {"keep_best": {f"{group}-{rank}.jpg" for group in range(3) for rank in (1, 2)}, "keep_all": set()}


@pytest.mark.parametrize("meant", ["a selection", "all that match"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_groups_are_resolved_in_one_act_that_is_taken_back_as_a_whole(office, groups, name, meant):
    chosen = groups[:2] if meant == "a selection" else groups
    page = choose(office, name, chosen if meant == "a selection" else (), query="?kind__exact=near")
    assert page.context["number"] == len(chosen)
    assert (discarded(), DecisionBatch.objects.count()) == (set(), 0)
    answer = confirm(office, page, name)
    assert "See it, or take it back" in answer.text
    wanted = {one for one in OUTCOMES[name] if int(one[0]) < len(chosen)}
    assert discarded() == wanted
    assert DuplicateGroup.objects.exclude(resolved_at=None).count() == len(chosen)
    act = DecisionBatch.objects.get()
    assert (act.verb, act.actor.username) == ("resolve", "admin")
    undoing.undo(act.pk, actor=None, at=NOW)
    assert (discarded(), DuplicateGroup.objects.filter(resolved_at=None).count()) == (set(), 3)


def test_the_page_shows_what_stays_what_goes_and_what_is_left_alone_and_why(office, groups):
    MediaFile.objects.filter(name="1-2.jpg").update(disposition="keep")
    DuplicateGroup.objects.filter(pk=groups[2].pk).update(resolved_at=NOW)
    page = choose(office, "keep_best", groups)
    for expected in (
        "1 group will be resolved",
        "2 files are set aside",
        "0-1.jpg",
        "31 Jan 2015 12:00:00",
        "somebody wants to keep another file of it",
        "resolved already",
    ):
        assert expected in page.text
    confirm(office, page, "keep_best")
    assert discarded() == {"0-1.jpg", "0-2.jpg"}


def test_nothing_is_done_to_groups_that_differ_from_what_was_shown(office, groups):
    page = choose(office, "keep_best", groups)
    groups[1].members.filter(rank=2).delete()
    answer = confirm(office, page, "keep_best")
    assert "Nothing was done" in answer.text
    assert not discarded()
    confirm(office, answer, "keep_best")
    assert len(discarded()) == 5


def test_of_two_people_the_later_is_told(office, groups):
    mine, theirs = choose(office, "keep_best", groups), choose(office, "keep_all", groups)
    confirm(office, theirs, "keep_all")
    assert "Nothing was done" in confirm(office, mine, "keep_best").text
    assert not discarded()


def test_of_more_than_a_page_shows_a_rule_decides(office, groups, monkeypatch):
    monkeypatch.setattr(picked_groups, "MOST", 2)
    answer = choose(office, "keep_best", groups)
    assert 'href="/rules/copies/">Decide about many by rule' in answer.text
    with pytest.raises(ValueError, match="too many"):
        picked_groups.look([1, 2, 3], keep=copy_rules.Keep.BEST)


def test_who_may_not_change_files_is_offered_nothing_about_groups(client, django_user_model, groups):
    user = django_user_model.objects.create_user("guest", password="a-long-password", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__endswith="duplicategroup"))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(LIST).context["action_form"] is None
    choose(client, "keep_best", groups, confirmed="yes", stamp="x")
    assert not discarded()
