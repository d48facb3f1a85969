import re
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from media_catalog.models import (
    Decision,
    DecisionBatch,
    DuplicateGroup,
    MediaFile,
    PairVerdict,
)
from media_catalog.services import decisions, group_choices
from review import copies as queue
from tests.media_catalog import copies
from tests.review.groups import burst, decide, file, near

pytestmark = pytest.mark.django_db


def notices(answer):
    return " ".join(str(message) for message in answer.context["messages"])


def test_leads_to_the_first_undecided_group_and_says_so_when_all_are_decided(page):
    copies.file("alone.jpg")
    assert "No copies wait for a decision" in page.get("/copies/").text
    first, second = near("a"), near("b")
    assert page.get("/copies/").headers["Location"] == f"/copies/{first.pk}/?kind=duplicates"
    decide(page, first, keep=["a.jpg"])
    assert page.get("/copies/").headers["Location"] == f"/copies/{second.pk}/?kind=duplicates"


def test_goes_on_with_another_class_when_one_is_done(page):
    burst()
    text = page.get("/copies/").text
    assert "Duplicates: all is decided" in text
    assert re.search(r'href="/copies/\?kind=burst" data-key="Enter"', text)


def test_offers_the_other_duplicates_when_one_kind_of_them_is_done(page):
    near()
    text = page.get("/copies/?kind=same_pixels").text
    assert "Same pixels: all is decided" in text
    assert re.search(r'href="/copies/\?kind=duplicates" data-key="Enter">Duplicates \(1\)', text)


def test_calls_near_copies_as_all_pages_do(page):
    group = near()
    assert "near copies: 2 files" in page.get(f"/copies/{group.pk}/").text
    assert "2 files, near copies" in page.get("/copies/?view=list").text


@pytest.mark.parametrize("query", ["kind=nonsense", "kind=similar&view=list&after=1"])
def test_knows_its_classes(page, query):
    assert page.get(f"/copies/?{query}").status_code == (404 if "nonsense" in query else 200)


def test_counts_what_is_undecided_by_class(page):
    group = near()
    near("b")
    burst()
    context = page.get(f"/copies/{group.pk}/").context
    numbers = {tab.scope.name: tab.number for tab in context["tabs"]}
    assert numbers == {"duplicates": 2, "edited": 0, "burst": 1, "stacks": None, "identical": None}
    assert context["left"] == 2


def test_keeps_what_is_ticked_and_shows_the_next_group(page):
    group, other = near("a"), near("b")
    answer = decide(page, group, keep=["a.jpg"])
    assert answer.headers["Location"] == f"/copies/{other.pk}/?kind=duplicates"
    assert copies.discarded() == {"a-small.jpg"}
    assert "1 is kept. 1 file is discarded." in notices(page.get(answer.headers["Location"]))


def test_htmx_gets_the_next_group_at_once_with_its_address_and_a_way_back(page, htmx):
    group, other = near("a"), near("b")
    answer = decide(page, group, keep=["a.jpg"], headers=htmx)
    assert answer.headers["HX-Push-Url"] == f"/copies/{other.pk}/?kind=duplicates"
    assert f'data-group="{other.pk}"' in answer.text
    assert "<html" not in answer.text
    batch = DuplicateGroup.objects.get(pk=group.pk).resolved_batch
    assert f'action="/history/{batch}/undo/"' in answer.text
    assert page.get(f"/copies/{other.pk}/", headers=htmx).text.strip().startswith('<section id="copies"')


def test_htmx_is_told_when_the_last_group_is_decided(page, htmx):
    answer = decide(page, near(), keep=["sea.jpg"], headers=htmx)
    assert "all is decided" in answer.text
    assert answer.headers["HX-Push-Url"] == "/copies/?kind=duplicates"


@pytest.mark.parametrize(
    ("act", "discarded"),
    [("all", set()), ("discard", {"sea.jpg", "sea-small.jpg"}), ("best", {"sea-small.jpg"})],
)
def test_does_with_a_whole_group_what_is_asked(page, act, discarded):
    group = near()
    decide(page, group, act, best="1")
    assert copies.discarded() == discarded
    assert not group_choices.is_open(group.pk)
    assert copies.counts_are_right()


def test_keeps_only_one(page):
    group = near()
    decide(page, group, f"only-{file('sea-small.jpg').pk}")
    assert copies.discarded() == {"sea.jpg"}


def test_keeps_the_best_of_a_series(page):
    decide(page, burst(4), "best", best="2", kind="burst")
    assert copies.discarded() == {"shot-2.jpg", "shot-3.jpg"}


def test_one_undo_brings_back_a_group_that_was_discarded_as_a_whole(page, now):
    group = near()
    decide(page, group, "discard")
    batch = DuplicateGroup.objects.get(pk=group.pk).resolved_batch
    assert DecisionBatch.objects.get(pk=batch).number == 2
    decisions.undo(batch, actor=None, at=now)
    assert copies.discarded() == set()
    assert group_choices.is_open(group.pk)


def test_remembers_that_something_is_no_copy(page):
    group = near()
    decide(page, group, "apart")
    assert PairVerdict.objects.count() == 1
    group = copies.group("near", *(copies.file(f"{name}.jpg") for name in "abc"))
    decide(page, group, f"apart-{file('b.jpg').pk}")
    assert PairVerdict.objects.count() == 3


def test_tells_the_later_of_two_people_and_leaves_what_the_first_decided(page, htmx):
    group = near()
    seen = group_choices.standing(group.pk).stamp
    dad = Client()
    dad.force_login(get_user_model().objects.create_user("dad"), "django.contrib.auth.backends.ModelBackend")
    decide(dad, group, keep=["sea.jpg"])
    answer = decide(page, group, "only-" + str(file("sea-small.jpg").pk), stamp=seen, headers=htmx)
    assert copies.discarded() == {"sea-small.jpg"}
    assert "This group has changed since it was shown" in answer.text
    assert "Decided by dad" in answer.text
    assert "This group has changed" in notices(
        page.get(decide(page, group, "all", stamp=seen).headers["Location"])
    )


@pytest.mark.parametrize("change", [{"disposition": "keep"}, {"sha256": "0" * 64}, {"state": "missing"}])
def test_notices_what_happened_to_the_files_meanwhile(page, change):
    group = near()
    seen = group_choices.standing(group.pk).stamp
    reason = {"reason_code": "gone"} if "state" in change else {}
    MediaFile.objects.filter(path_text="sea-small.jpg").update(**change, **reason)
    decide(page, group, "all", stamp=seen)
    assert group_choices.is_open(group.pk)


def test_a_group_that_is_gone_leads_on(page, htmx):
    group, other = near("a"), near("b")
    seen = group_choices.standing(group.pk).stamp
    DuplicateGroup.objects.filter(pk=group.pk).delete()
    assert page.get(f"/copies/{group.pk}/").headers["Location"] == "/copies/?kind=duplicates"
    data = {"act": "all", "stamp": seen, "kind": "near"}
    answer = page.post(f"/copies/{group.pk}/decide/", data, headers=htmx)
    assert "This group is gone" in answer.text
    assert f'data-group="{other.pk}"' in answer.text
    assert page.post(f"/copies/{group.pk}/decide/", data).headers["Location"] == "/copies/?kind=near"


def test_an_empty_library_leads_to_the_import(page):
    text = page.get("/copies/").text
    assert 'href="/import/" data-key="Enter"' in text
    assert "all is decided" not in text
    copies.file("a.jpg")
    assert 'href="/import/" data-key' not in page.get("/copies/").text


def test_does_not_take_nothing_for_an_answer(page):
    group = near()
    answer = decide(page, group)
    assert "Keep at least one" in notices(page.get(answer.headers["Location"]))
    assert group_choices.is_open(group.pk)


@pytest.mark.parametrize(
    "data", [{"act": "burn"}, {"act": "only-"}, {"act": "keep", "keep": ["x"]}, {"act": "keep\nall"}, {}]
)
def test_refuses_what_no_page_asks(page, data):
    group = near()
    answer = page.post(f"/copies/{group.pk}/decide/", {"stamp": "x", "kind": "near"} | data)
    assert answer.status_code == 400
    assert page.get(f"/copies/{group.pk}/decide/").status_code == 405
    assert Decision.objects.count() == 0


def test_skipped_groups_come_again_at_the_end(page):
    first, second, third = near("a"), near("b"), near("c")
    scope = queue.SCOPES["duplicates"]
    assert queue.following(scope, after=first.pk) == [second.pk, third.pk]
    assert queue.following(scope, after=third.pk) == [first.pk, second.pk]
    assert f"/copies/{second.pk}/?kind=duplicates" in page.get(f"/copies/{first.pk}/").text


def test_a_decided_group_says_by_whom_and_can_be_decided_anew(page, person):
    group = near()
    decide(page, group, keep=["sea.jpg"])
    text = page.get(f"/copies/{group.pk}/").text
    assert "Decided by mum" in text
    assert 'name="act"' not in text
    anew = page.get(f"/copies/{group.pk}/?again=yes")
    assert 'value="keep"' in anew.text
    decide(page, group, "all")
    assert copies.discarded() == set()
    assert DecisionBatch.objects.filter(actor=person, verb="resolve").count() == 2


def test_only_people_with_an_account_see_and_decide(client):
    group = near()
    assert client.get(f"/copies/{group.pk}/").status_code == 302
    assert client.post(f"/copies/{group.pk}/decide/").headers["Location"].startswith("/account/login/")


def test_an_unknown_act_is_no_batch(page):
    assert page.get(f"/rules/copies/{uuid.uuid4()}/").status_code == 404
