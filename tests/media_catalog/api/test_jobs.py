import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from media_catalog.models import Job, JobFailure
from tests.review.rows import NOW, add_file, add_source

BACKEND = "django.contrib.auth.backends.ModelBackend"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return get_user_model().objects.create_user("mum", password="a-long-password")


@pytest.fixture
def api(client, person):
    client.force_login(person, backend=BACKEND)
    return client


def add_job(**facts) -> Job:
    defaults = {"kind": "import", "state": "running", "stage": "files", "created_at": NOW, "started_at": NOW}
    return Job.objects.create(source=add_source("Mum's phone"), **defaults | facts)


def test_tells_all_about_a_job(api):
    job = add_job(
        total_count=10,
        done_count=4,
        failed_count=1,
        searched_at=NOW,
        worked_s=20.0,
        files_per_s=0.5,
        current_text="b.jpg",
        folders_count=2,
    )
    JobFailure.objects.create(job=job, file=add_file("a.jpg"), code="broken", message="why", created_at=NOW)
    answer = api.get(f"/api/jobs/{job.pk}/")
    found = answer.json()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    expected = {
        "job": job.pk,
        "kind": "import",
        "of": "Mum's phone",
        "state": "running",
        "done": 4,
        "failed": 1,
        "percent": 50,
        "files_per_s": 0.5,
        "left_s": 10.0,
        "work_s": 20.0,
        "current": "b.jpg",
        "failures_count": 1,
        "possible": ["pause", "cancel"],
        "has_ended": False,
        "finished_at": None,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["failures"][0] | {"path": ""} == {"path": "", "code": "broken", "reason": "why"}
    assert [(one["name"], one["phase"], one["done"], one["total"]) for one in found["stages"]] == [
        ("scan", "done", 10, 10),
        ("files", "running", 5, 10),
        ("finish", "waiting", 0, None),
    ]


def test_lists_jobs_latest_first_by_pages(api, monkeypatch):
    monkeypatch.setattr("media_catalog.api.jobs.PAGE", 2)
    made = [add_job() for _ in range(3)]
    first = api.get("/api/jobs/").json()
    assert ([one["job"] for one in first["jobs"]], first["next"]) == ([made[2].pk, made[1].pk], made[1].pk)
    second = api.get(f"/api/jobs/?before={first['next']}").json()
    assert ([one["job"] for one in second["jobs"]], second["next"]) == ([made[0].pk], None)
    assert api.get("/api/jobs/?before=x").status_code == 400


def test_does_what_is_asked(api):
    job = add_job()
    assert api.post(f"/api/jobs/{job.pk}/pause/").json()["state"] == "paused"
    assert api.post(f"/api/jobs/{job.pk}/resume/").json()["state"] == "running"


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        (
            "/api/jobs/{job}/resume/",
            409,
            "is running, so resume is not possible; possible is pause",
        ),
        ("/api/jobs/999/pause/", 404, "There is no job 999."),
        (f"/api/jobs/{'9' * 30}/pause/", 404, "There is no job"),
        ("/api/jobs/{job}/explode/", 400, "explode"),
    ],
)
def test_refuses_in_json_with_a_reason(api, address, status, words):
    answer = api.post(address.format(job=add_job().pk))
    assert answer.status_code == status
    assert words in answer.json()["error"]


def test_an_action_that_is_none_is_answered_with_those_there_are(api):
    answer = api.post(f"/api/jobs/{add_job().pk}/explode/")
    assert answer.json()["actions"] == ["pause", "resume", "cancel", "continue", "retry-failed"]


def test_an_unknown_job_is_not_found_in_json(api):
    answer = api.get("/api/jobs/999/")
    assert (answer.status_code, answer.json()) == (404, {"error": "There is no job 999."})


@pytest.mark.parametrize("address", ["/api/jobs/", "/api/jobs/1/"])
def test_needs_a_log_in_and_says_so_in_json(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.json()) == (401, {"error": "Log in first."})


def test_needs_a_log_in_and_a_token_to_act(client, person):
    job = add_job()
    assert client.post(f"/api/jobs/{job.pk}/pause/").status_code == 401
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(person, backend=BACKEND)
    assert careful.post(f"/api/jobs/{job.pk}/pause/").status_code == 403
    assert careful.get(f"/api/jobs/{job.pk}/pause/").status_code == 405
    job.refresh_from_db()
    assert job.state == "running"


def test_hostile_names_stay_data(api):
    job = add_job(current_text="\u202e</script><b>\x07")
    answer = api.get(f"/api/jobs/{job.pk}/")
    assert json.loads(answer.content)["current"] == "\u202e</script><b>\x07"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
