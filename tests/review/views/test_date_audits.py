import pytest

from media_catalog.models import Decision, DecisionBatch, MediaFile
from media_catalog.services import acts, decisions
from review import date_audits
from tests.review.clocked import NASTY, NOON, text_of
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db


def add(name, **facts) -> MediaFile:
    return add_file(name, captured=NOON, confidence="medium", **facts)


def accept(number=30, **facts):
    """Accept dates, and return the address of their audit."""
    for one in range(number):
        add(f"{one:02}", **facts)
    batch = decisions.confirm_dates(MediaFile.objects.all(), actor=None, at=NOW)
    return f"/rules/dates/{batch}/"


def test_is_offered_for_what_was_accepted_beyond_the_samples(page):
    assert "Check what was accepted" not in page.get("/rules/dates/").text
    address = accept()
    assert address in page.get("/rules/dates/").text
    acts.undo(DecisionBatch.objects.get().pk, actor=None, at=NOW)
    assert address not in page.get("/rules/dates/").text


def test_draws_twenty_files_of_the_batch_and_keeps_them(page):
    address = accept()
    add("other")
    first = page.get(f"{address}?seed=1").context["audit"]
    again = page.get(f"{address}?seed=1").context["audit"]
    ids = [one.file.pk for one in first.judged]
    assert len(set(ids)) == 20
    assert ids == [one.file.pk for one in again.judged]
    assert "other" not in [one.file.name for one in first.judged]


def test_draws_from_a_large_batch_without_reading_it(page, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(date_audits, "DRAWN_WHOLE", 10)
    monkeypatch.setattr(date_audits, "DRAWS", 25)
    address = accept(40)
    Decision.objects.filter(
        pk__in=Decision.objects.order_by("pk").values_list("pk", flat=True)[2:12]
    ).delete()
    with django_assert_max_num_queries(15):
        judged = page.get(f"{address}?seed=1").context["audit"].judged
    assert 15 <= len({one.file.pk for one in judged}) <= 20


def test_what_is_right_is_kept_in_the_address(page):
    address = accept()
    one = page.get(f"{address}?seed=1").context["audit"].judged[0]
    answer = page.get(one.right)
    assert "Of 1 that you looked at 0 are wrong." in text_of(answer)
    assert [one.outcome for one in answer.context["audit"].judged].count("right") == 1


def test_what_is_wrong_is_asked_about_again_and_can_be_mended(page):
    address = accept()
    audit = page.get(f"{address}?seed=1").context["audit"]
    file = audit.judged[3].file
    answer = page.post(f"{address}{file.pk}/", audit.kept, follow=True)
    file.refresh_from_db()
    assert (file.needs_date, file.reviewed_at) == (True, None)
    assert "Of 1 that you looked at 1 is wrong." in text_of(answer)
    assert "The file is in the queue of dates again." in answer.text
    assert file.name in page.get(answer.context["audit"].judged[3].mending).text


def test_judges_only_what_it_showed(page):
    address, other = accept(), add("other")
    assert page.post(f"{address}{other.pk}/", {"seed": "1"}).status_code == 400
    other.refresh_from_db()
    assert not DecisionBatch.objects.filter(verb="doubt").exists()


@pytest.mark.parametrize(("wrong", "most"), [(0, 12), (1, 20), (20, 100)])
def test_says_what_the_samples_tell_about_all(page, wrong, most):
    address = accept()
    ids = [str(one.file.pk) for one in page.get(f"{address}?seed=1").context["audit"].judged]
    said = {"seed": "1", "wrong": ".".join(ids[:wrong]), "right": ".".join(ids[wrong:])}
    text = text_of(page.get(address, said))
    assert f"So of all 30, very likely no more than {most} in 100 are wrong." in text


def test_says_when_all_were_looked_at(page):
    address = accept(2)
    ids = [str(one.file.pk) for one in page.get(f"{address}?seed=1").context["audit"].judged]
    assert "These are all." in text_of(page.get(address, {"seed": "1", "right": ".".join(ids)}))


def test_answers_htmx_with_the_audit_alone(page, htmx):
    answer = page.get(accept(), headers=htmx)
    assert answer.text.strip().startswith('<section id="audit"')


def test_shows_what_means_harm_as_text(page):
    text = page.get(accept(1, captured_from=NASTY, camera_model=NASTY)).text
    assert "<img src=x" not in text
    assert "\u202e" not in text
