from datetime import datetime, timedelta

import pytest

from media_catalog.models import Job
from review import queues, standings
from tests.media_catalog import copies
from tests.review.rows import NOW, add_file, add_source, add_thumbnail

NOON = datetime(2015, 1, 31, 12)
pytestmark = pytest.mark.django_db


def add_import(**facts) -> Job:
    defaults = {"kind": "import", "state": "running", "stage": "files", "created_at": NOW, "started_at": NOW}
    return Job.objects.create(source=add_source("Mum's phone"), **defaults | facts)


def test_the_first_run_says_the_three_steps(page):
    text = page.get("/").text
    for step in ("Three steps", "Import", "manage.py import_path", "Decide", "Export"):
        assert step in text
    assert "next-step" not in text


def test_says_what_to_do_next_in_one_sentence_and_one_button(page):
    add_file("undated.jpg")
    text = page.get("/").text
    assert "Now the dates: 1 file waits for one." in text
    assert text.count('id="next-step"') == 1
    assert 'href="/dates/" data-key="Enter"' in text


def test_every_part_of_the_bar_leads_to_as_many_files(page):
    add_file("a.jpg", captured=NOON)
    add_file("b.jpg")
    add_file("c.jpg", captured=NOON, disposition="discard")
    add_file("d.jpg", state="discovered")
    add_file("e.xmp", state="skipped", reason_code="sidecar", kind="sidecar")
    (library,) = page.get("/").context["standing"].libraries
    assert {part.value for part in library.segments} == {"ready", "open", "discarded", "unread", "skipped"}
    for part in library.segments:
        assert len(page.get(part.address).context["page"].files) == part.number == 1


def test_every_count_of_what_waits_is_a_link_that_works(page):
    copies.group("near", copies.file("a.jpg"), copies.file("b.jpg", is_flagged=True))
    copies.group("same_pixels", copies.file("c.jpg"), copies.file("d.jpg"))
    copies.group("burst", copies.file("e.jpg"), copies.file("f.jpg"))
    standing = page.get("/").context["standing"]
    for library in (standing.whole, *standing.libraries):
        assert {task.name for task in library.tasks} == {"near", "same_pixels", "burst", "date", "flagged"}
        for task in library.tasks:
            assert page.get(task.address, follow=True).status_code == 200


def test_one_library_is_told_once_and_several_one_by_one(page):
    add_file()
    assert "Mum&#x27;s phone" not in page.get("/").text
    add_file(source=add_source("Dad's camera"))
    text = page.get("/").text
    assert "Mum&#x27;s phone" in text
    assert "Dad&#x27;s camera" in text


def test_more_libraries_are_a_page_further_and_stay_there_while_it_is_refreshed(page, htmx, monkeypatch):
    monkeypatch.setattr(standings, "PAGE_SIZE", 1)
    for number in range(2):
        add_file(source=add_source(f"disk {number}"))
    first = page.get("/")
    assert "disk 1" not in first.text
    address = f"/?library={first.context['standing'].after}"
    assert f'href="{address}"' in first.text
    second = page.get(address)
    assert "disk 1" in second.text
    assert f"&amp;library={first.context['standing'].after}" in second.text
    again = page.get(f"/jobs/{address[1:]}", headers=htmx)
    assert "disk 1" in again.text
    assert page.get("/?library=x").status_code == 400


def test_shows_the_newest_pictures_and_none_without_one(page, monkeypatch):
    monkeypatch.setattr(queues, "NEWEST", 2)
    for hour in range(3):
        file = add_file(
            f"{hour}.jpg", captured=NOON + timedelta(hours=hour), has_thumbnail=True, sha256=f"{hour}" * 64
        )
        add_thumbnail(file.sha256)
    assert [file.name for file in page.get("/").context["newest"]] == ["2.jpg", "1.jpg"]
    add_file("broken.jpg", captured=NOON + timedelta(hours=9))
    assert [file.name for file in page.get("/").context["newest"]] == ["2.jpg"]


def test_running_work_is_shown_with_what_can_be_done(page):
    job = add_import()
    text = page.get("/").text
    assert "Import of “Mum&#x27;s phone”" in text
    assert f'action="/jobs/{job.pk}/pause/"' in text
    assert f'action="/jobs/{job.pk}/cancel/"' in text
    job.state = "paused"
    job.save()
    assert f'action="/jobs/{job.pk}/resume/"' in page.get("/").text


def test_a_decision_about_many_files_is_shown_as_a_job(page):
    Job.objects.create(kind="decide", state="running", stage="files", created_at=NOW, started_at=NOW)
    assert "Decision about many files" in page.get("/").text


def test_what_a_job_does_to_the_counts_comes_with_its_progress(page, htmx):
    add_import()
    shape = page.get("/").context["work"].shape
    add_file()
    text = page.get("/jobs/", {"shape": shape}, headers=htmx).text
    assert 'id="standing" hx-swap-oob="true"' in text
    assert "Now the dates: 1 file waits for one." in text


def test_shows_hostile_names_as_text(page):
    add_file("x.jpg", captured=NOON, has_thumbnail=True, sha256="0" * 64, source=add_source("a"))
    for name in ('"><script>alert(1)</script>.jpg', "bell\x07\u202egpj.exe"):
        source = add_source(name)
        add_file(name, captured=NOON, has_thumbnail=True, sha256="0" * 64, source=source)
    add_import(current_text="<b>bold</b>.jpg")
    text = page.get("/").text
    assert "<script>alert" not in text
    assert "<b>bold" not in text
    assert not set("\x07\u202e") & set(text)
    assert "&lt;script&gt;alert(1)" in text


def test_an_import_that_failed_says_why(page):
    add_import(state="failed", error_text="The disk <b>is</b> gone.", finished_at=NOW)
    assert "The disk &lt;b&gt;is&lt;/b&gt; gone." in page.get("/").text


def test_takes_as_many_queries_for_many_files_as_for_few(page, django_assert_max_num_queries):
    add_file(captured=NOON)
    with django_assert_max_num_queries(15) as few:
        page.get("/")
    for number in range(3):
        source = add_source(f"{number}")
        for _ in range(5):
            add_file(captured=NOON, has_thumbnail=True, sha256="0" * 64, source=source)
    with django_assert_max_num_queries(len(few) + 1):  # now and then, a server is asked for its time
        page.get("/")
