from datetime import timedelta

import pytest
from django.test import Client

from media_catalog.models import Job, JobFailure, JobFile, Upload, UploadedFile
from review import progress
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db


def add_import(**facts) -> Job:
    defaults = {
        "kind": "import",
        "state": "running",
        "stage": "files",
        "created_at": NOW,
        "started_at": NOW,
        "searched_at": NOW,
    }
    return Job.objects.create(source=add_source("Mum's phone"), **defaults | facts)


def shape_of(text: str) -> str:
    return text.partition("?shape=")[2].partition('"')[0].replace("&amp;", "&")


def poll(page: Client, htmx, address="/jobs/"):
    """Ask as the page itself would, after it was drawn."""
    shape = shape_of(page.get(address).text)
    return page.get(f"{address}?shape={shape}", headers=htmx)


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_while_a_job_runs_the_page_asks_every_two_seconds_and_gets_the_numbers_alone(page, htmx):
    job = add_import(total_count=200, done_count=50)
    text = page.get("/jobs/").text
    assert 'hx-trigger="every 2s"' in text
    Job.objects.update(done_count=60)
    answer = poll(page, htmx)
    assert answer.headers["HX-Reswap"] == "none"
    assert f'<div id="numbers-{job.pk}" class="numbers" hx-swap-oob="true">' in answer.text
    assert 'value="30" max="100"' in answer.text
    assert (
        '<p id="announcement" hx-swap-oob="innerHTML">Import of “Mum&#x27;s phone”: 30 % done.' in answer.text
    )
    assert "<button" not in answer.text  # what a person is about to press stays where it is


def test_when_the_job_ends_the_overview_is_drawn_anew_and_asks_seldom(page, htmx):
    add_import(total_count=200, done_count=200)
    shape = shape_of(page.get("/jobs/").text)
    Job.objects.update(state="completed", finished_at=NOW)
    answer = page.get(f"/jobs/?shape={shape}", headers=htmx)
    assert answer.text.strip().startswith('<section id="overview"')
    assert "HX-Reswap" not in answer.headers
    assert 'hx-trigger="every 20s"' in answer.text
    assert ": completed." in answer.text


def test_while_nothing_runs_and_nothing_is_new_nothing_is_sent(page, htmx, django_assert_max_num_queries):
    assert poll(page, htmx).status_code == 204
    add_import(state="completed", finished_at=NOW)
    shape = shape_of(page.get("/jobs/").text)
    with django_assert_max_num_queries(8):
        answer = page.get(f"/jobs/?shape={shape}", headers=htmx)
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_job_that_starts_later_is_shown_though_the_page_stayed_open(page, htmx):
    shape = shape_of(page.get("/").text)
    add_import()
    answer = page.get(f"/jobs/?shape={shape}", headers=htmx)
    assert 'hx-trigger="every 2s"' in answer.text
    assert "Import of “Mum&#x27;s phone”" in answer.text


def test_a_job_that_came_and_went_between_two_looks_is_shown(page, htmx):
    shape = shape_of(page.get("/").text)
    add_import(state="completed", finished_at=NOW)
    assert "completed" in page.get(f"/jobs/?shape={shape}", headers=htmx).text


def test_every_job_that_runs_is_shown(page):
    add_import()
    Job.objects.create(kind="backfill", state="running", created_at=NOW, started_at=NOW)
    text = page.get("/jobs/").text
    assert "Import of “Mum&#x27;s phone”" in text
    assert "Reading of metadata" in text


def test_a_plain_browser_gets_the_progress_as_a_page(page):
    add_import(stage="scan", searched_at=None)
    text = page.get("/jobs/").text
    assert "<html" in text
    assert '<progress aria-label="Import of “Mum&#x27;s phone”"></progress>' in text


def test_the_history_is_paged_by_key(page, monkeypatch):
    monkeypatch.setattr(progress.page, "__kwdefaults__", {"size": 2})
    old = [add_import(state="completed", finished_at=NOW) for _ in range(3)]
    answer = page.get("/jobs/")
    assert [one.at.job for one in answer.context["history"].rows] == [old[2].pk, old[1].pk]
    following = page.get(f"/jobs/?before={old[1].pk}")
    assert f'href="?before={old[1].pk}"' in answer.text
    assert [one.at.job for one in following.context["history"].rows] == [old[0].pk]


@pytest.mark.parametrize("place", ["/jobs/?before=x", "/jobs/?before=-1", f"/jobs/?before={'9' * 30}"])
def test_refuses_a_place_that_no_page_has(page, place):
    assert page.get(place).status_code == 400


@pytest.mark.parametrize(
    ("state", "buttons"),
    [
        ("running", ["pause", "cancel"]),
        ("paused", ["resume", "cancel"]),
        ("halted", ["continue", "cancel"]),
        ("completed", []),
        ("cancelled", []),
    ],
)
def test_only_what_can_be_done_has_a_button(page, state, buttons):
    job = add_import(state=state)
    text = page.get(f"/jobs/{job.pk}/").text
    offered = [action for action in progress.ACTIONS if f'action="/jobs/{job.pk}/{action}/"' in text]
    assert sorted(offered) == sorted(buttons)


def test_ux_7_a_halted_job_says_why_in_words_and_what_can_be_done(page):
    reason = "/photos is not there any more: is its disk connected? What is done stays done."
    job = add_import(state="halted", error_text=reason, finished_at=NOW, done_count=3, total_count=45)
    for address in ("/", "/jobs/", f"/jobs/{job.pk}/"):
        text = page.get(address).text
        assert reason in text
        assert f'action="/jobs/{job.pk}/continue/"' in text
        assert "Continue anyway" in text
        assert f'action="/jobs/{job.pk}/cancel/"' in text
    page.post(f"/jobs/{job.pk}/continue/")
    assert state_of(job) == "running"


def test_pausing_and_resuming_needs_no_javascript(page):
    job = add_import()
    answer = page.post(f"/jobs/{job.pk}/pause/", {"next": "/?kind=video"}, follow=True)
    assert answer.redirect_chain == [("/?kind=video", 302)]
    assert "The job is paused." in answer.text
    assert state_of(job) == "paused"
    page.post(f"/jobs/{job.pk}/resume/")
    assert state_of(job) == "running"


def test_what_is_refused_is_said(page):
    job = add_import(state="completed", finished_at=NOW)
    answer = page.post(f"/jobs/{job.pk}/pause/", follow=True)
    assert answer.redirect_chain == [(f"/jobs/{job.pk}/", 302)]
    assert f"Job {job.pk} is completed, so pause is not possible; possible is nothing." in answer.text
    assert 'class="error"' in answer.text


def test_trying_again_leads_to_the_new_job(page, django_capture_on_commit_callbacks):
    job = add_import(state="completed", finished_at=NOW, failed_count=1)
    JobFile.objects.create(job=job, file=add_file(), change="new", outcome="failed")
    answer = page.post(f"/jobs/{job.pk}/retry-failed/", follow=True)
    retried = Job.objects.latest("pk")
    assert answer.redirect_chain == [(f"/jobs/{retried.pk}/", 302)]
    assert f'href="/jobs/{job.pk}/"' in answer.text


@pytest.mark.parametrize("place", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_leads_to_no_other_site(page, place):
    job = add_import()
    assert page.post(f"/jobs/{job.pk}/pause/", {"next": place}).headers["Location"] == f"/jobs/{job.pk}/"


def test_nothing_is_done_without_a_token_nor_by_get(person):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    job = add_import()
    assert careful.post(f"/jobs/{job.pk}/pause/").status_code == 403
    assert careful.get(f"/jobs/{job.pk}/pause/").status_code == 405
    assert state_of(job) == "running"


@pytest.mark.parametrize("address", ["/jobs/999/", "/jobs/999/files/done/", f"/jobs/{'9' * 30}/"])
def test_an_unknown_job_is_not_found(page, address):
    assert page.get(address).status_code == 404


def test_unknown_actions_and_outcomes_are_not_found(page):
    job = add_import()
    assert page.post(f"/jobs/{job.pk}/explode/").status_code == 404
    assert page.post("/jobs/999/pause/").status_code == 404
    assert page.get(f"/jobs/{job.pk}/files/lost/").status_code == 404


def test_the_page_of_a_job_shows_stages_counts_and_how_long_it_took(page):
    job = add_import(
        stage="finish",
        total_count=1200,
        done_count=1198,
        failed_count=2,
        known_count=34,
        folders_count=7,
        worked_s=61,
        state="completed",
        finished_at=NOW + timedelta(hours=3),
        steps=[["sidecars", 3, None], ["groups", 1100, 1100]],
    )
    text = page.get(f"/jobs/{job.pk}/").text
    for expected in ("1,234 of 1,234 in 7 folders", "1,200 of 1,200", "1,100 of 1,100", "1 min of work"):
        assert expected in text
    assert "hx-trigger" not in text  # a completed job never changes again


def test_an_import_is_summed_up_by_outcome_confidence_and_class_with_links_to_the_files(page):
    summary = {"confidence": {"high": 1100, "none": 7}, "classes": {"near": 12, "burst": 3}, "open": 19}
    job = add_import(
        state="completed", finished_at=NOW, done_count=1107, failed_count=2, vanished_count=1, summary=summary
    )
    text = page.get(f"/jobs/{job.pk}/").text
    source = job.source_id
    for address, words in {
        f"/jobs/{job.pk}/files/done/": "<b>1,107</b> done",
        f"/jobs/{job.pk}/files/failed/": "<b>3</b> failed",
        f"/files/?source={source}&amp;confidence=high": "<b>1,100</b> high confidence",
        f"/files/?source={source}&amp;confidence=none": "<b>7</b> no date found",
        "/copies/?kind=near": "<b>12</b> Near copies",
        "/copies/?kind=burst": "<b>3</b> Bursts",
    }.items():
        assert f'href="{address}">{words}' in text
        assert page.get(address.replace("&amp;", "&")).status_code == 200
    assert f"/jobs/{job.pk}/files/skipped/" not in text


def test_what_was_left_out_of_an_upload_is_listed_with_the_reasons(page, person):
    job = add_import(state="completed", finished_at=NOW)
    upload = Upload.objects.create(owner=person, state="imported", job=job, created_at=NOW, touched_at=NOW)
    for state, reason in {"left": "no photo or video", "failed": "it was damaged", "arrived": "fine"}.items():
        UploadedFile.objects.create(
            upload=upload,
            state=state,
            path_text=f"DCIM/<b>{state}",
            offer_key=state,
            size_bytes=1,
            reason_text=reason,
        )
    text = page.get(f"/jobs/{job.pk}/").text
    assert "DCIM/&lt;b&gt;left" in text
    assert "no photo or video" in text
    assert "it was damaged" in text
    assert "arrived" not in text


def test_the_step_of_the_last_stage_is_shown(page):
    steps = [["sidecars", 3, 3], ["groups", 500, 1100], ["cameras", None, None]]
    job = add_import(stage="finish", total_count=9, done_count=9, steps=steps)
    text = page.get(f"/jobs/{job.pk}/").text
    assert "identical copies 500/1,100" in text
    assert text.count('aria-current="step"') == 2
    assert "not begun" in text


def test_failures_are_listed_by_pages_with_their_reasons(page, monkeypatch):
    monkeypatch.setattr(progress.page, "__kwdefaults__", {"size": 2})
    job = add_import(failed_count=3)
    rows = [
        JobFailure.objects.create(
            job=job, file=add_file(f"{name}.jpg"), code="x", message=f"reason <{name}>", created_at=NOW
        )
        for name in "abc"
    ]
    text = page.get(f"/jobs/{job.pk}/").text
    assert "3 failures" in text
    assert "reason &lt;a&gt;" in text
    assert "reason &lt;c&gt;" not in text
    assert f'href="?after={rows[1].pk}#failures"' in text
    assert "reason &lt;c&gt;" in page.get(f"/jobs/{job.pk}/?after={rows[1].pk}").text


def test_the_page_of_a_job_asks_for_its_numbers(page, htmx):
    job = add_import(total_count=4, done_count=1)
    answer = poll(page, htmx, f"/jobs/{job.pk}/")
    assert answer.headers["HX-Reswap"] == "none"
    assert 'aria-current="step"' in answer.text
    Job.objects.update(state="halted", error_text="The disk is gone.", finished_at=NOW)
    shape = shape_of(page.get(f"/jobs/{job.pk}/").text)
    assert page.get(f"/jobs/{job.pk}/?shape={shape}", headers=htmx).status_code == 204
    whole = page.get(f"/jobs/{job.pk}/?shape=other", headers=htmx).text
    assert whole.strip().startswith('<div id="job"')
    assert "The disk is gone." in whole


def test_the_files_of_a_job_are_listed_by_what_came_of_them(page, monkeypatch):
    monkeypatch.setattr(progress.page, "__kwdefaults__", {"size": 2})
    job = add_import()
    for name, outcome in (("a", "done"), ("b", "done"), ("c", "failed"), ("d", "done")):
        JobFile.objects.create(job=job, file=add_file(f"{name}.jpg"), change="new", outcome=outcome)
    first = page.get(f"/jobs/{job.pk}/files/done/")
    assert [row.file.name for row in first.context["page"].rows] == ["a.jpg", "b.jpg"]
    after = first.context["page"].after
    second = page.get(f"/jobs/{job.pk}/files/done/?after={after}")
    assert [row.file.name for row in second.context["page"].rows] == ["d.jpg"]
    assert "no such files" in page.get(f"/jobs/{job.pk}/files/skipped/").text


def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(page, django_assert_num_queries):
    job = add_import()
    for number in range(2):
        JobFile.objects.create(job=job, file=add_file(f"{number}.jpg"), change="new", outcome="done")
    with django_assert_num_queries(4) as few:
        page.get(f"/jobs/{job.pk}/files/done/")
    for number in range(20):
        JobFile.objects.create(job=job, file=add_file(f"m{number}.jpg"), change="new", outcome="done")
    with django_assert_num_queries(len(few)):
        page.get(f"/jobs/{job.pk}/files/done/")
