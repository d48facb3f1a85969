import uuid
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from media_catalog.models import DecisionBatch, Disposition, Job, MediaFile
from media_catalog.services import acts, decisions
from review import history
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db
HOSTILE = "<img src=x onerror=alert(1)>\u202e.jpg"


def flag(*files, at=NOW, actor=None, is_flagged=True):
    found = MediaFile.objects.filter(pk__in=[one.pk for one in files])
    return decisions.set_flag(found, is_flagged=is_flagged, actor=actor, at=at)


def notices(answer):
    return [str(message) for message in answer.context["messages"]]


def is_flagged(file):
    return MediaFile.objects.get(pk=file.pk).is_flagged


def test_lists_every_act_with_who_and_when_and_a_way_to_undo(page, person):
    batch = flag(add_file(), actor=person)
    text = page.get("/history/").text
    assert "Flagged 1 file" in text
    assert "mum" in text
    assert "20 Nov 2026 12:00 UTC" in text
    assert f'action="/history/{batch}/undo/"' in text


def test_says_so_when_nothing_was_decided_yet(page):
    assert "Nothing was decided yet" in page.get("/history/").text


def test_earlier_acts_are_a_page_further_and_htmx_gets_them_alone(page, htmx, monkeypatch):
    monkeypatch.setattr(history, "PAGE_SIZE", 1)
    file = add_file()
    flag(file)
    flag(file, at=NOW + timedelta(minutes=1), is_flagged=False)
    first = page.get("/history/")
    assert "Took the flag from 1 file" in first.text
    assert "Flagged 1 file" not in first.text
    more = page.get("/history/", {"before": str(first.context["page"].after)}, headers=htmx)
    assert "Flagged 1 file" in more.text
    assert "<html" not in more.text
    assert "HX-Request" in more.headers["Vary"]


def test_only_mine_leaves_out_what_others_did(page, person):
    flag(add_file())
    flag(add_file(), actor=person)
    assert len(page.get("/history/?who=me").context["page"].acts) == 1


@pytest.mark.parametrize("address", ["/history/?before=zzz", "/history/?before=_"])
def test_refuses_a_place_that_no_page_has(page, address):
    assert page.get(address).status_code == 400


def test_an_act_shows_its_files_before_and_after(page):
    file = add_file("a.jpg")
    batch = flag(file)
    text = page.get(f"/history/{batch}/").text
    assert f'href="/files/{file.pk}/"' in text
    assert "<bdi>no</bdi>" in text
    assert "<bdi>yes</bdi>" in text
    assert "is_flagged" not in text


def test_the_files_of_an_act_come_page_by_page(page, htmx, monkeypatch):
    monkeypatch.setattr(history, "PAGE_SIZE", 2)
    batch = flag(*(add_file(f"{number}.jpg") for number in range(3)))
    first = page.get(f"/history/{batch}/")
    after = first.context["changes"].after
    rest = page.get(f"/history/{batch}/?after={after}", headers=htmx)
    assert "2.jpg" in rest.text
    assert "1.jpg" not in rest.text
    assert page.get(f"/history/{batch}/?after=x").status_code == 400


@pytest.mark.parametrize("verb", ["", "undo/", "redo/"])
def test_an_act_that_nobody_did_is_not_found(page, verb):
    address = f"/history/{uuid.uuid4()}/{verb}"
    assert (page.post(address) if verb else page.get(address)).status_code == 404


@pytest.mark.parametrize("address", ["/history/undo/", "/history/redo/"])
def test_nothing_is_undone_by_looking(page, address):
    assert page.get(address).status_code == 405


def test_undo_and_redo_of_an_act_say_what_they_did_and_go_back(page):
    file = add_file()
    batch = flag(file)
    answer = page.post(f"/history/{batch}/undo/", {"next": "/files/?kind=image"}, follow=True)
    assert answer.redirect_chain == [("/files/?kind=image", 302)]
    assert notices(answer) == ["Took back: Flagged 1 file"]
    assert not is_flagged(file)
    assert "taken back by mum" in page.get("/history/").text
    answer = page.post(f"/history/{batch}/redo/", follow=True)
    assert answer.redirect_chain == [("/history/", 302)]
    assert is_flagged(file)


def test_the_batch_that_an_undo_offers_to_undo_is_done_again(page):
    file = add_file()
    undone = decisions.undo(flag(file), actor=None, at=NOW)
    page.post(f"/history/{undone.batch}/undo/")
    assert is_flagged(file)
    assert DecisionBatch.objects.filter(verb="redo").exists()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_never_leads_away_from_the_site(page, target):
    answer = page.post("/history/undo/", {"next": target})
    assert answer.headers["Location"] == "/history/"


def test_htmx_is_told_to_go_back(page, htmx):
    flag(add_file())
    answer = page.post(f"/history/{DecisionBatch.objects.get().pk}/undo/", {"next": "/dates/"}, headers=htmx)
    assert answer.headers["HX-Redirect"] == "/dates/"


def test_the_last_act_goes_back_and_comes_again(page, person):
    first, second, theirs = add_file(), add_file(), add_file()
    flag(first, actor=person, at=NOW - timedelta(minutes=3))
    flag(second, actor=person, at=NOW - timedelta(minutes=2))
    flag(theirs, at=NOW - timedelta(minutes=1))
    page.post("/history/undo/")
    assert [is_flagged(one) for one in (first, second, theirs)] == [True, False, True]
    page.post("/history/undo/")
    page.post("/history/redo/")
    assert [is_flagged(one) for one in (first, second, theirs)] == [True, False, True]
    page.post("/history/redo/")
    assert [is_flagged(one) for one in (first, second, theirs)] == [True, True, True]


def test_says_so_when_there_is_nothing_to_undo_or_redo(page):
    flag(add_file())
    assert notices(page.post("/history/undo/", follow=True)) == ["There is nothing of yours to take back."]
    (text,) = notices(page.post("/history/redo/", follow=True))
    assert text.startswith("There is nothing to do again")


def test_the_later_one_is_told_who_has_changed_what_since(page, person):
    files = [add_file("a.jpg"), add_file("b.jpg")]
    batch = flag(*files, actor=person)
    dad = get_user_model().objects.create_user("dad")
    flag(files[0], actor=dad, is_flagged=False, at=NOW + timedelta(minutes=1))
    answer = page.post(f"/history/{batch}/undo/", follow=True)
    done, left = notices(answer)
    assert done == "Took back: Flagged 2 files (1 of them)"
    assert "1 file was left as it is" in left
    assert "a.jpg (dad: Took the flag from 1 file)" in left
    undo = DecisionBatch.objects.get(verb="undo")
    text = page.get(f"/history/{undo.pk}/").text
    assert "1 file was left as it is" in text
    assert "dad" in text


def test_what_was_changed_altogether_is_told_and_stays(page):
    file = add_file("a.jpg")
    batch = flag(file)
    flag(file, is_flagged=False, at=NOW + timedelta(minutes=1))
    (left,) = notices(page.post(f"/history/{batch}/undo/", follow=True))
    assert "1 file was left as it is" in left


def test_undoing_twice_changes_nothing_and_says_so(page):
    batch = flag(add_file())
    page.post(f"/history/{batch}/undo/", follow=True)
    assert notices(page.post(f"/history/{batch}/undo/", follow=True)) == ["There was nothing left to change."]


def test_an_act_that_is_under_way_is_not_taken_back(page):
    job = Job.objects.create(kind="decide", state="running", stage="files", created_at=NOW)
    batch = flag(add_file())
    DecisionBatch.objects.update(job=job)
    assert "still under way" in page.get("/history/").text
    (text,) = notices(page.post(f"/history/{batch}/undo/", follow=True))
    assert "cancel" in text
    assert not DecisionBatch.objects.filter(verb="undo").exists()


def test_an_undo_of_many_files_is_the_work_of_a_job(page, monkeypatch, run_job):
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    files = [add_file(f"{number}.jpg") for number in range(4)]
    batch = flag(*files)
    (text,) = notices(page.post(f"/history/{batch}/undo/", follow=True))
    assert "a job does it" in text
    run_job(Job.objects.get(kind="decide"))
    assert not any(is_flagged(file) for file in files)
    assert "Took back: Flagged 4 files" in page.get("/history/").text


def test_hostile_names_are_shown_as_text(page, person):
    person.username = "<b>mum</b>"
    person.save()
    copy = add_file(HOSTILE, source=add_source("<script>alert(2)</script>"))
    batch = decisions.open_batch("tag", actor=person, at=NOW, params={"names": [HOSTILE]})
    found = MediaFile.objects.filter(pk=copy.pk)
    decisions.set_disposition(found, disposition=Disposition.DISCARD, actor=person, at=NOW, batch=batch)
    for address in ("/history/", f"/history/{batch}/"):
        text = page.get(address).text
        assert "<img src=x" not in text
        assert "<b>mum" not in text
        assert "\u202e" not in text
        assert "&lt;img src=x onerror=alert(1)&gt;" in text


def test_the_history_takes_few_queries_however_long_it_is(page, django_assert_max_num_queries):
    file = add_file()
    for number in range(12):
        at = NOW + timedelta(minutes=number)
        decisions.undo(flag(file, at=at), actor=None, at=at)
    with django_assert_max_num_queries(6):
        page.get("/history/")
    batch = flag(*(add_file() for _ in range(12)))
    with django_assert_max_num_queries(6):
        page.get(f"/history/{batch}/")
