import os

import pytest
from django.test import Client
from django.urls import reverse

from media_catalog.models import Deletion, Job, Source
from tests.media_catalog import dated

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(library, settings):
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(library.folder)]
    settings.MEDIAPARSER_DELETE_ORIGINALS = True
    dated.add(library, "a.jpg")
    dated.add(library, "b.jpg", seed=1)
    library.scan()
    library.export()
    return library


@pytest.fixture
def person(person):
    """Here somebody who looks after the instance: others may not delete originals."""
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


@pytest.fixture
def address(exported):
    return reverse("finalize", args=[Job.objects.get(kind="export").pk])


def names(library) -> list[str]:
    return sorted(os.listdir(library.photos))


def finish(library, answer):
    assert answer.status_code == 302, answer.text
    return library.run_job(Job.objects.get(kind="finalize"))


def test_nothing_is_ticked_that_deletes_originals_nor_offered_while_that_is_off(address, page, settings):
    text = page.get(address).text
    boxes = [line for line in text.split("<input") if 'name="sources"' in line]
    assert len(boxes) == 1
    assert "checked" not in boxes[0]
    assert "up to 2 files" in text
    assert "type “delete originals”" in text
    settings.MEDIAPARSER_DELETE_ORIGINALS = False
    text = page.get(address).text
    assert "Deleting originals is switched off." in text
    assert 'name="sources"' not in text
    answer = page.post(address, {"sources": [Source.objects.get().pk], "phrase": "delete originals"})
    assert "Deleting originals is switched off." in answer.text
    assert not Job.objects.filter(kind="finalize").exists()


def test_clears_up_without_touching_originals(exported, address, page, person):
    job = finish(exported, page.post(address, {"cleaning": "on", "clearing": "on"}))
    assert (job.state, job.created_by) == ("completed", person)
    assert names(exported) == ["a.jpg", "b.jpg"]


def test_deletes_originals_after_the_words_and_says_so_in_the_journal(exported, address, page):
    source = Source.objects.get()
    values = {"sources": [source.pk], "phrase": " Delete  originals "}
    job = finish(exported, page.post(address, values))
    assert names(exported) == []
    text = page.get(reverse("job", args=[job.pk])).text
    assert "Originals deleted" in text
    journal = page.get(reverse("deletions")).text
    for row in Deletion.objects.all():
        assert row.original_text in journal
        assert row.copy_text in journal
    assert "mum" in journal
    file = exported.file("a.jpg")
    assert "Its original was deleted" in page.get(reverse("file", args=[file.pk]), {"story": "yes"}).text


@pytest.mark.parametrize("values", [{"sources": "1"}, {"phrase": "delete originals"}], ids=str)
def test_whoever_is_no_staff_is_not_offered_to_delete_originals_and_is_refused(
    exported, address, page, person, values
):
    person.is_staff = False
    person.save(update_fields=["is_staff"])
    text = page.get(address).text
    assert 'name="sources"' not in text
    assert 'name="phrase"' not in text
    answer = page.post(address, {"cleaning": "on", **values})
    assert answer.status_code == 403
    assert "Only who looks after this instance may delete originals. Nothing was done." in answer.text
    assert not Job.objects.filter(kind="finalize").exists()
    finish(exported, page.post(address, {"cleaning": "on"}))
    assert names(exported) == ["a.jpg", "b.jpg"]


def test_whoever_is_no_staff_can_stop_a_deletion_but_not_let_it_go_on(exported, address, page, person):
    page.post(address, {"sources": [Source.objects.get().pk], "phrase": "delete originals"})
    job = Job.objects.get(kind="finalize")
    person.is_staff = False
    person.save(update_fields=["is_staff"])
    for act in ("job_action", "api_job_action"):
        assert page.post(reverse("job_action", args=[job.pk, "pause"])).status_code == 302
        assert page.post(reverse(act, args=[job.pk, "resume"])).status_code == 403
        job.refresh_from_db()
        assert job.state == "paused"


@pytest.mark.parametrize("phrase", ["", "delete", "originals"])
def test_wrong_words_delete_nothing_and_say_so(exported, address, page, phrase):
    source = Source.objects.get()
    answer = page.post(address, {"cleaning": "on", "sources": [source.pk], "phrase": phrase})
    assert "Nothing was deleted." in answer.text
    assert not Job.objects.filter(kind="finalize").exists()
    assert names(exported) == ["a.jpg", "b.jpg"]


def test_a_source_that_is_not_offered_is_refused(exported, address, page, settings):
    settings.MEDIAPARSER_IMPORT_ROOTS = []
    answer = page.post(address, {"sources": [Source.objects.get().pk], "phrase": "delete originals"})
    assert "cannot be deleted from the browser" in answer.text
    assert not Job.objects.filter(kind="finalize").exists()


def test_nothing_chosen_says_so(address, page):
    assert "Choose what is to be cleared up." in page.post(address, {}).text


def test_a_get_never_deletes(exported, address, page):
    page.get(address, {"sources": Source.objects.get().pk, "phrase": "delete originals"})
    assert names(exported) == ["a.jpg", "b.jpg"]
    assert not Job.objects.filter(kind="finalize").exists()


def test_a_form_from_elsewhere_is_refused(exported, address, person):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(address, {"cleaning": "on"}).status_code == 403


def test_kept_originals_are_listed_with_the_reason(exported, address, page):
    exported.flag("a.jpg")
    values = {"sources": [Source.objects.get().pk], "phrase": "delete originals"}
    finish(exported, page.post(address, values))
    kept = page.get(reverse("deletions"), {"state": "kept"}).text
    assert "something about it is undecided" in kept
    assert "b.jpg" not in kept


def test_the_journal_comes_page_by_page(page, now, django_assert_max_num_queries):
    for number in range(51):
        Deletion.objects.create(
            state="kept", original_bytes=b"x", original_text=f"/p/<i>{number}", created_at=now
        )
    with django_assert_max_num_queries(10):
        text = page.get(reverse("deletions")).text
    assert "&lt;i&gt;50" in text
    assert "&lt;i&gt;0<" not in text
    rest = page.get(reverse("deletions"), {"before": Deletion.objects.order_by("-pk")[49].pk}).text
    assert "&lt;i&gt;0<" in rest
    assert page.get(reverse("deletions"), {"before": "x"}).status_code == 400
