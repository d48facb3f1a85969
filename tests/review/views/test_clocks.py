import re
import uuid
from datetime import datetime

import pytest

from media_catalog.models import CameraRule, Job
from media_catalog.pipeline.timestamps.clock_witnesses import Kind
from tests.review.clocked import HOUR, NASTY, NOON, add, locals_of, text_of
from tests.review.rows import NOW

pytestmark = pytest.mark.django_db


def add_rule(*examples, **facts) -> CameraRule:
    """Add what was found about the clock of that camera."""
    evidence = {
        "text": "",
        "files_for": 37,
        "files_against": 0,
        "files_silent": 2,
        "margin_seconds": 0,
        "kinds": {Kind.GPS: 30, Kind.PEERS: 7},
        "examples": [
            {
                "file": file.pk,
                "path": file.path_text,
                "clock": "2015-07-04 12:00:42",
                "says": "GPS",
                "is_for": True,
            }
            for file in examples
        ],
    }
    known = {
        "camera_make": "Canon",
        "camera_model": "EOS 7D",
        "shift_seconds": -3600,
        "evidence": evidence,
        "created_at": NOW,
    }
    return CameraRule.objects.create(**known | facts)


def test_says_in_words_what_was_found_and_who_says_so(page):
    add_rule(add(), from_local=datetime(2015, 6, 1), until_local=datetime(2015, 8, 31, 23, 59, 59))
    text = text_of(page.get("/clocks/"))
    assert "Canon EOS 7D" in text
    assert "The clock was 1 hour ahead from 1 Jun 2015 to 31 Aug 2015." in text
    assert "37 files say so: the time of the satellites (GPS) (30)," in text
    assert "pictures of other devices beside them (7)." in text
    assert "None says otherwise." in text
    assert "2 files of that time tell nothing." in text


def test_shows_the_dates_before_and_after_and_who_stays(page):
    add("moves.jpg")
    add("stays.jpg", reviewed_at=NOW)
    answer = page.get(f"/clocks/rules/{add_rule().pk}/")
    text = text_of(answer)
    assert "2 files are meant. 1 would get another date." in text
    assert "before: 4 Jul 2015 12:00:42" in text
    assert "after: 4 Jul 2015 11:00:42" in text
    assert "1 would stay as it is: somebody vouched for their date." in text
    assert locals_of() == [NOON, NOON]


def test_an_accepted_rule_changes_its_files_and_can_be_taken_back(page, run_job):
    add()
    rule = add_rule()
    answer = page.post(f"/clocks/rules/{rule.pk}/accept/", follow=True)
    assert "See how far it is" in text_of(answer)
    run_job(Job.objects.get())
    assert locals_of() == [NOON - HOUR]
    assert "In force" in text_of(page.get("/clocks/"))
    page.post(f"/clocks/rules/{rule.pk}/withdraw/")
    run_job(Job.objects.last())
    assert locals_of() == [NOON]


def test_what_is_put_aside_can_be_proposed_again(page):
    rule = add_rule()
    page.post(f"/clocks/rules/{rule.pk}/dismiss/")
    rule.refresh_from_db()
    assert rule.state == "dismissed"
    assert "Put aside or taken back" in text_of(page.get("/clocks/"))
    page.post(f"/clocks/rules/{rule.pk}/restore/")
    rule.refresh_from_db()
    assert rule.state == "proposed"


def test_tells_the_later_one_that_somebody_has_decided(page):
    rule = add_rule(state="dismissed")
    answer = page.post(f"/clocks/rules/{rule.pk}/dismiss/", follow=True)
    assert "Somebody has decided about this meanwhile: it is dismissed." in text_of(answer)


def test_says_why_a_rule_is_refused(page):
    active = add_rule(state="active")
    answer = page.post(f"/clocks/rules/{add_rule().pk}/accept/", follow=True)
    assert f"Rule {active.pk} is in force for this camera and time: undo it first." in text_of(answer)


@pytest.mark.parametrize(
    ("verb", "status"), [("explode", 404), ("restore", 404), ("accept", 302), ("withdraw", 302)]
)
def test_knows_its_verbs(page, verb, status):
    rule = add_rule(evidence={}, state="dismissed")
    assert page.post(f"/clocks/rules/{rule.pk}/{verb}/").status_code == status
    assert page.get(f"/clocks/rules/{rule.pk}/{verb}/").status_code == 405


def test_shows_what_means_harm_as_text(page):
    file = add(NASTY, camera_model=NASTY)
    rule = add_rule(file, camera_model=NASTY)
    for address in (
        "/clocks/",
        f"/clocks/rules/{rule.pk}/",
        f"/clocks/set/?file={file.pk}",
        "/clocks/zone/",
    ):
        answer = page.get(address)
        assert "<img src=x" not in answer.text
        assert "\u202e" not in re.sub(r'value="[^"]*"', "", answer.text)


def test_lists_many_rules_page_by_page_in_few_queries(page, django_assert_max_num_queries):
    for _ in range(45):
        add_rule(add())
    with django_assert_max_num_queries(15):
        answer = page.get("/clocks/")
    first = answer.context["pages"]["proposed"]
    assert len(first.rules) == 20
    second = page.get(f"/clocks/?proposed={first.after}").context["pages"]["proposed"]
    assert second.rules[0].rule.pk > first.rules[-1].rule.pk
    assert page.get("/clocks/?proposed=x").status_code == 400


@pytest.mark.parametrize("address", ["/clocks/", "/clocks/set/", "/clocks/zone/", "/rules/dates/"])
def test_pages_ask_few_questions_however_many_files_there_are(page, address, django_assert_max_num_queries):
    for number in range(30):
        add(camera_model=f"Model {number % 10}", camera_serial=str(number % 3))
    with django_assert_max_num_queries(15):
        assert page.get(address, {"camera": "Model 1", "confidence": "low"}).status_code == 200


def test_a_rule_that_does_not_exist_is_not_found(page):
    assert page.get("/clocks/rules/7/").status_code == 404
    assert page.get(f"/rules/dates/{uuid.uuid4()}/").status_code == 404
