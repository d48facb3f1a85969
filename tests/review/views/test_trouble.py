from typing import Any

import pytest
from django.urls import reverse

from media_catalog.models import Job, MediaFile
from media_catalog.services import decisions
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db


def add_trouble(
    number: int = 1, *, state: str = "failed", code: str = "unreadable", text: str = "no"
) -> list:
    facts: dict[str, Any] = {"state": state, "kind": "other", "reason_code": code, "reason_text": text}
    return [add_file(f"{code}-{count}.jpg", **facts) for count in range(number)]


def address(verb: str = "reason", *, fate: str = "failed", code: str = "unreadable") -> str:
    return reverse(f"trouble_{verb}", args=[fate, code])


def test_says_that_nothing_has_gone_wrong(page):
    text = page.get("/trouble/").text
    assert "No file has failed." in text
    assert "No file was skipped." in text


def test_groups_files_by_reason_with_their_number_and_what_to_do(page):
    add_trouble(3)
    add_trouble(2, state="skipped", code="empty")
    text = page.get("/trouble/").text
    assert "<b>3</b> Could not be read" in text
    assert "Open the file with another program." in text
    assert "<b>2</b> Empty files" in text
    assert address(fate="skipped", code="empty") in text


def test_a_reason_without_words_of_its_own_is_shown_all_the_same(page):
    add_trouble(code="made_of_cheese", text="it is made of cheese")
    assert "Another reason" in page.get("/trouble/").text
    assert "it is made of cheese" in page.get(address(code="made_of_cheese")).text


def test_lists_the_files_of_a_reason_page_by_page(page, django_assert_max_num_queries):
    files = add_trouble(51)
    with django_assert_max_num_queries(15):
        first = page.get(address()).text
    assert first.count('name="file"') == 50
    rest = page.get(address(), {"after": files[49].pk}).text
    assert f'value="{files[50].pk}"' in rest
    assert rest.count('name="file"') == 1


def test_names_and_reasons_full_of_markup_are_shown_as_text(page):
    facts: dict[str, Any] = {"state": "failed", "kind": "other", "reason_code": "unreadable"}
    add_file("<b>x.jpg", reason_text="<script>1</script>", **facts)
    text = page.get(address()).text
    assert "&lt;b&gt;x.jpg" in text
    assert "<script>1" not in text


@pytest.mark.parametrize("where", ["/trouble/exported/unreadable/", "/trouble/failed/a%20b/"])
def test_an_address_that_names_no_reason_is_not_found(page, where):
    assert page.get(where).status_code == 404


def test_a_place_that_no_page_gave_out_is_refused(page):
    assert page.get(address(), {"after": "x"}).status_code == 400


def test_trying_again_starts_an_import_of_these_files_alone(page):
    add_trouble()
    answer = page.post(address("retry"))
    job = Job.objects.get(kind="import")
    assert answer.headers["Location"] == reverse("job", args=[job.pk])
    assert job.options["reason"] == {"fate": "failed", "reason_code": "unreadable"}


def test_says_when_a_source_is_busy(page):
    source = add_source("Anna <3")
    add_file("x.jpg", source=source, state="failed", kind="other", reason_code="unreadable")
    Job.objects.create(kind="import", state="running", source=source, created_at=NOW)
    assert "“Anna &lt;3” is being imported." in page.post(address("retry"), follow=True).text


def test_ignores_all_files_of_a_reason_for_ever_until_that_is_undone(page, person):
    files = add_trouble(3)
    answer = page.post(address("ignore"), {"all": "3"}, follow=True)
    assert "3 files are ignored for ever." in answer.text
    assert "No file has failed." in page.get("/trouble/").text
    decision = files[0].decisions.get()
    decisions.undo(decision.batch, actor=person, at=NOW)
    assert "<b>3</b> Could not be read" in page.get("/trouble/").text


def test_ignores_only_the_ticked_files(page):
    files = add_trouble(3)
    page.post(address("ignore"), {"file": [files[0].pk, files[2].pk]})
    ignored = MediaFile.objects.filter(disposition="discard").order_by("pk")
    assert list(ignored) == [files[0], files[2]]


def test_ignoring_nothing_says_so(page):
    add_trouble()
    assert "Select some files first." in page.post(address("ignore"), follow=True).text


def test_ignoring_another_number_than_was_shown_changes_nothing(page):
    add_trouble(3)
    page.post(address("ignore"), {"all": "2"})
    assert not MediaFile.objects.filter(disposition="discard").exists()
