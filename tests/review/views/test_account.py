import pytest
from django.test import Client

PASSWORD = "a-long-password"
pytestmark = pytest.mark.django_db


def test_logs_a_person_in_and_leads_on(client, person):
    answer = client.post(
        "/account/login/?next=/jobs/", {"username": "mum", "password": PASSWORD, "next": "/jobs/"}
    )
    assert answer.headers["Location"] == "/jobs/"
    assert client.get("/").status_code == 200


def test_leads_to_no_other_host(client, person):
    login = {"username": "mum", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post("/account/login/", login).headers["Location"] == "/"


def test_says_that_the_password_is_wrong(client, person):
    answer = client.post("/account/login/", {"username": "mum", "password": "wrong"})
    assert 'role="alert"' in answer.text


def test_locks_out_who_guesses_on(client, person):
    for _ in range(8):
        client.post("/account/login/", {"username": "mum", "password": "wrong"})
    answer = client.post("/account/login/", {"username": "mum", "password": PASSWORD})
    assert answer.status_code == 429
    assert "Too many attempts" in answer.text


def test_logs_out_by_post_only(page):
    assert page.get("/account/logout/").status_code == 405
    page.post("/account/logout/")
    assert page.get("/").status_code == 302


def test_a_form_from_another_site_changes_nothing(person):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    answer = strict.post("/account/logout/")
    assert answer.status_code == 403
    assert "Nothing was changed" in answer.text
    assert strict.get("/").status_code == 200


def test_a_part_of_a_page_whose_session_ended_loads_the_page_anew(client, htmx):
    answer = client.get("/jobs/", headers=htmx, follow=True)
    assert answer.headers["HX-Refresh"] == "true"
    assert answer.text == ""


@pytest.mark.parametrize(
    ("page", "way_back"),
    [
        ("http://testserver/tags/?name=a", "/tags/%3Fname%3Da"),
        ("http://evil.example/tags/", "/"),
        ("", "/"),
    ],
)
def test_what_was_sent_after_a_session_ended_leads_back_to_its_page(client, page, way_back):
    sent = client.post("/history/undo/", headers={"Referer": page, "Accept": "text/html"})
    assert sent.headers["Location"] == f"/account/login/?next={way_back}"
    assert "so this was not done" in client.get(sent.headers["Location"]).text


def test_a_script_that_asks_again_and_again_leaves_no_notice(client):
    client.post("/import/uploads/", headers={"Accept": "*/*"})
    assert "so this was not done" not in client.get("/account/login/").text
