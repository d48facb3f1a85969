import re

import pytest

from media_catalog.models import DecisionBatch, Job, MediaFile
from media_catalog.services import acts
from review import date_rules
from tests.review.clocked import NASTY, NOON, text_of
from tests.review.rows import NOW, add_file, add_source

pytestmark = pytest.mark.django_db


def add(name="a.jpg", *, level="medium", **facts) -> MediaFile:
    return add_file(name, captured=NOON, confidence=level, **facts)


def ask(page, **asked):
    return page.get("/rules/dates/", {"confidence": "medium"} | asked)


def accept(page, answer, **more):
    rule = answer.context["rule"]
    kept = {"expected": rule.effect.number, "stamp": rule.effect.stamp}
    return page.post("/rules/dates/apply/", rule.form.values | kept | more)


def reviewed() -> list[str]:
    return sorted(MediaFile.objects.exclude(reviewed_at=None).values_list("name", flat=True))


def names(answer) -> list[str]:
    return [one.file.name for one in answer.context["rule"].samples]


def test_says_how_many_dates_of_each_level_wait(page):
    for level in ("medium", "medium", "low", "high"):
        add(level=level)
    add(reviewed_at=NOW)
    text = text_of(page.get("/rules/dates/"))
    assert "medium 2" in text
    assert "low 1" in text
    assert "Choose a level" in text


def test_says_as_a_sentence_what_would_be_accepted(page):
    source = add_source("Mum's phone")
    add(source=source, camera_make="Canon", camera_model="EOS 7D", captured_from="name:camera")
    asked = {"source": source.pk, "camera": "EOS 7D", "origin": "name"}
    assert (
        "Accept the date of 1 file of medium confidence, from “Mum's phone”, taken with Canon EOS 7D, "
        "with a date found in its name." in text_of(ask(page, **asked))
    )


def test_says_so_when_no_date_is_meant(page):
    add(level="low")
    text = text_of(ask(page))
    assert "There are no files of medium confidence that wait for this." in text
    assert "Accept the" not in text
    assert "Accepted dates count as sure" not in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["byname", "folder", "gps", "other", "tag"]),
        ({"source": "1"}, []),
        ({"camera": "EOS 7D"}, ["tag"]),
        ({"folder": "abc"}, ["folder"]),
        ({"origin": "name"}, ["byname"]),
        ({"origin": "tag"}, ["gps", "tag"]),
        ({"origin": "folder"}, ["folder"]),
        ({"origin": "neighbour"}, ["other"]),
        ({"origin": "sidecar"}, []),
    ],
)
def test_is_narrowed_to_exactly_what_is_chosen(page, asked, found):
    add("tag", camera_model="EOS 7D")
    add("gps", captured_from="GPS:GPSDateTime")
    add("byname", captured_from="name:camera")
    add("folder", captured_from="folder:day", folder_key="abc")
    add("other", captured_from="neighbour:copy")
    add("low", level="low")
    add("flagged", is_flagged=True)
    add("reviewed", reviewed_at=NOW)
    add("discarded", disposition="discard")
    if "source" in asked:
        asked = {"source": add_source("empty").pk}
    answer = ask(page, **asked)
    assert sorted(names(answer)) == found
    assert answer.context["rule"].effect.number == len(found)
    if found:
        accept(page, answer)
    assert reviewed() == sorted([*found, "reviewed"])


def test_shows_picture_date_and_why_of_each_sample(page):
    file = add("a.jpg", date_reasons=["one_kind_of_source"])
    text = ask(page).text
    assert f'href="/files/{file.pk}/"' in text
    assert "4 Jul 2015 12:00:42" in text
    assert "EXIF:DateTimeOriginal" in text


def test_draws_twenty_at_random_and_others_when_asked(page):
    for number in range(60):
        add(f"{number:02}")
    first, same, others = ask(page, seed="5"), ask(page, seed="5"), ask(page, seed="3000000000")
    assert len(set(names(first))) == 20
    assert names(first) == names(same) != names(others)
    assert names(first) != sorted(names(first))
    assert str(first.context["rule"].next_seed) in first.text


class TestMany:
    """More than a page may look at: only a window of them is."""

    @pytest.fixture(autouse=True)
    def small_window(self, monkeypatch):
        monkeypatch.setattr(date_rules, "WINDOW", 30)

    def fill(self, number=60):
        for one in range(number):
            add(f"{one:02}", captured_from="name:camera" if one % 2 else "EXIF:DateTimeOriginal")

    def test_are_estimated_and_counted_on_request(self, page):
        self.fill()
        answer = ask(page, seed="7")
        assert answer.context["rule"].effect is None
        assert "Accept the dates of about 60 files of medium confidence." in text_of(answer)
        assert "Accept the dates of 60 files of medium confidence." in text_of(ask(page, count="yes"))

    def test_are_drawn_at_random_from_any_place(self, page):
        self.fill()
        one, same, other = (names(ask(page, seed=seed)) for seed in ("7", "7", "2000000000"))
        assert len(set(one)) == len(set(other)) == 20
        assert one == same != other
        counted = ask(page, seed="7", count="yes")
        assert names(counted) == one

    def test_are_narrowed_within_the_window(self, page):
        self.fill()
        answer = ask(page, seed="7", origin="name")
        assert all(int(name) % 2 for name in names(answer))
        assert 10 <= answer.context["rule"].about <= 50

    def test_are_found_by_counting_where_the_window_shows_few(self, page, htmx):
        self.fill()
        add("rare", captured_from="folder:day")
        asked = {"confidence": "medium", "origin": "folder", "count": "yes"}
        answer = page.get("/rules/dates/", asked, headers=htmx | {"HX-Target": "rule"})
        assert answer.text.strip().startswith('<section id="rule"')
        assert names(answer) == ["rare"]

    def test_are_accepted_once_they_were_counted(self, page, htmx):
        self.fill()
        asked = {"confidence": "medium", "seed": "7", "count": "yes"}
        part = page.get("/rules/dates/", asked, headers=htmx | {"HX-Target": "accept"})
        assert part.text.strip().startswith('<div id="accept"')
        assert 'class="sample"' not in part.text
        accept(page, ask(page, **asked))
        assert len(reviewed()) == 60

    def test_are_looked_at_in_few_queries(self, page, django_assert_max_num_queries):
        self.fill()
        with django_assert_max_num_queries(15):
            ask(page, origin="name", camera="x")


@pytest.mark.parametrize("seed", ["0", "4294967295", "99999999999999", "x", "-1"])
def test_samples_hold_each_file_once_wherever_they_begin(page, seed):
    for number in range(7):
        add(f"{number}")
    assert sorted(names(ask(page, seed=seed))) == [str(number) for number in range(7)]


def test_answers_htmx_with_the_rule_alone(page, htmx):
    add()
    answer = page.get("/rules/dates/?confidence=medium", headers=htmx)
    assert answer.text.strip().startswith('<section id="rule"')
    assert "<html" not in answer.text


def test_what_was_accepted_can_be_taken_back(page):
    for number in range(3):
        add(str(number))
    answer = accept(page, ask(page))
    batch = DecisionBatch.objects.get()
    assert (batch.verb, batch.number, batch.actor.username) == ("confirm", 3, "mum")
    assert answer.url == f"/rules/dates/{batch.pk}/"
    text = page.get(answer.url).text
    assert "3 dates are accepted." in text
    assert f"/history/{batch.pk}/undo/" in text
    acts.undo(batch.pk, actor=None, at=NOW)
    assert reviewed() == []
    assert "This was taken back." in page.get(answer.url).text


def test_refuses_when_other_files_are_meant_by_now(page):
    add("shown")
    answer = ask(page)
    MediaFile.objects.filter(name="shown").update(needs_date=False)
    back = accept(page, answer)
    assert back.url == "/rules/dates/?confidence=medium"
    assert reviewed() == []


def test_leaves_out_what_came_later(page):
    add("shown")
    answer = ask(page)
    add("later")
    accept(page, answer)
    assert reviewed() in (["shown"], [])


def test_many_are_the_work_of_a_job(page, run_job, monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 2)
    for number in range(5):
        add(str(number))
    answer = accept(page, ask(page))
    job = Job.objects.get()
    assert answer.url == f"/jobs/{job.pk}/"
    run_job(job)
    assert len(reviewed()) == 5


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"confidence": "medium"},
        {"confidence": "high", "expected": "1"},
        {"confidence": "medium", "expected": "x"},
        {"expected": "1"},
        {"confidence": "medium", "expected": "1", "folder": "../.."},
        {"confidence": "medium", "expected": "1", "origin": "stars"},
    ],
)
def test_refuses_what_no_page_sends(page, given):
    add()
    assert page.post("/rules/dates/apply/", given).status_code == 400
    assert page.get("/rules/dates/apply/").status_code == 405
    assert reviewed() == []


@pytest.mark.parametrize(
    "asked", [{"confidence": "x"}, {"folder": "../.."}, {"source": "x"}, {"camera": "y" * 9000}]
)
def test_survives_addresses_that_no_page_gave_out(page, asked):
    add()
    assert ask(page, **asked).status_code == 200


def test_shows_what_means_harm_as_text(page):
    add(NASTY, camera_model=NASTY, folder_key="abc", captured_from=NASTY)
    for asked in ({}, {"camera": NASTY}, {"folder": "abc"}):
        text = ask(page, **asked).text
        assert "<img src=x" not in text
        assert "\u202e" not in re.sub(r'value="[^"]*"', "", text)
