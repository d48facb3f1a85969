import json
from datetime import datetime

import pytest

from media_catalog.models import Decision, DecisionBatch, FileTag, Job, MediaFile
from media_catalog.services import acts
from review.templatetags import sights
from tests.review.rows import add_file

NOON = datetime(2015, 1, 31, 12)
pytestmark = pytest.mark.django_db


def texts(answer) -> list[str]:
    """What the notices on the page that follows say."""
    messages = answer.context["messages"] if answer.context else []
    return [str(message) for message in messages]


def fields(**values) -> dict:
    """What the form on the page sends."""
    return {"step": "look", **values}


def agreed(answer) -> dict:
    """What goes with the button that does what the page shows."""
    effect = answer.context["effect"]
    shown = effect.preview
    return {"step": "apply", "shown": effect.shown, "stamp": shown.stamp, "expected": shown.number}


def of(*files: MediaFile) -> str:
    return json.dumps({"ids": [file.pk for file in files]})


@pytest.mark.parametrize(
    ("verb", "name", "value"),
    [
        ("keep", "disposition", "keep"),
        ("discard", "disposition", "discard"),
        ("flag", "is_flagged", True),
        ("confirm", "reviewed_by__username", "mum"),
    ],
)
def test_a_button_acts_at_once_on_what_was_picked(page, verb, name, value):
    files = [add_file(f"{number}.jpg", captured=NOON) for number in range(3)]
    answer = page.post(
        "/files/bulk/", {"id": [files[0].pk, files[2].pk], "act": verb, "next": "/files/?kind=image"}
    )
    assert answer.headers["Location"] == "/files/?kind=image"
    assert list(MediaFile.objects.order_by("pk").values_list(name, flat=True))[::2] == [value] * 2
    assert MediaFile.objects.filter(**{name: value}).count() == 2
    assert DecisionBatch.objects.get().number == 2


def test_what_is_restored_is_kept_and_the_form_says_so(page):
    file = add_file(captured=NOON, disposition="discard")
    form = page.post("/files/bulk/", {"selection": of(file)})
    assert '<option value="restore">restore: keep what was discarded</option>' in form.text
    page.post("/files/bulk/", {"id": file.pk, "act": "restore"})
    assert MediaFile.objects.get().disposition == "keep"


def test_says_what_was_done_with_a_way_to_undo_it(page):
    file = add_file(captured=NOON)
    answer = page.post("/files/bulk/", {"id": file.pk, "act": "discard"}, follow=True)
    assert "Discarded 1 file." in answer.text
    assert f"/history/{DecisionBatch.objects.get().pk}/undo/" in answer.text


def test_does_nothing_to_files_that_changed_since_they_were_seen(page, htmx):
    files = [add_file(f"{number}.jpg", captured=NOON) for number in range(2)]
    shown = [sights.picked(file) for file in files]
    MediaFile.objects.filter(pk=files[1].pk).update(captured_local=NOON.replace(year=2001))
    answer = page.post("/files/bulk/", {"id": ",".join(shown), "act": "confirm"}, headers=htmx)
    assert "Nothing was done: 1 of these files has changed since you saw it." in answer.text
    assert f'id="tile-{files[1].pk}"' in answer.text
    assert "31 Jan 2001 12:00:00" in answer.text
    assert f'id="tile-{files[0].pk}"' not in answer.text
    assert not Decision.objects.exists()


def test_acts_on_files_that_are_as_they_were_seen(page):
    file = add_file(captured=NOON)
    page.post("/files/bulk/", {"id": sights.picked(file), "act": "confirm"})
    assert Decision.objects.count() == 1


def test_tags_and_untags_what_was_picked(page):
    files = [add_file(), add_file()]
    ids = [file.pk for file in files]
    page.post("/files/bulk/", {"id": ids, "act": "tag", "tags": "Ski  trip, Alps,"})
    assert FileTag.objects.filter(tag__name="Ski trip").count() == 2
    page.post("/files/bulk/", {"id": ids[:1], "act": "untag", "tags": "ski trip"})
    assert set(FileTag.objects.values_list("file_id", "tag__name")) == {
        (ids[0], "Alps"),
        (ids[1], "Ski trip"),
        (ids[1], "Alps"),
    }


def test_htmx_gets_the_changed_tiles_and_the_notice(page, htmx):
    file = add_file("one.jpg", captured=NOON)
    answer = page.post("/files/bulk/", {"id": file.pk, "act": "flag", "filters": "kind=image"}, headers=htmx)
    assert f'id="tile-{file.pk}" class="cell" hx-swap-oob="true"' in answer.text
    assert f"/files/{file.pk}/?kind=image" in answer.text
    assert "Flagged 1 file." in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"id": "x"},
        {"id": "-1"},
        {"id": "1,x"},
        {"selection": "{"},
        {"selection": "[]"},
        {"selection": '{"ids": ["1"]}'},
        {"all": "yes", "filters": "kind=nonsense"},
    ],
)
def test_says_so_when_nothing_is_selected(page, data):
    add_file()
    answer = page.post("/files/bulk/", {"act": "discard", **data}, follow=True)
    assert answer.redirect_chain == [("/files/", 302)]
    assert 'class="warning"' in answer.text
    assert not Decision.objects.exists()


def test_leads_back_to_no_other_host(page):
    answer = page.post("/files/bulk/", {"act": "discard", "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/files/"


def test_all_that_match_are_shown_before_anything_is_done(page):
    for number in range(3):
        add_file(f"{number}.jpg", captured=NOON, kind="video" if number else "image")
    data = {"all": "yes", "filters": "kind=video", "act": "discard"}
    answer = page.post("/files/bulk/", data)
    assert "2 files would change" in answer.text
    assert "Kind: <bdi>video</bdi>" in answer.text
    assert not Decision.objects.exists()
    form = {"selection": answer.context["selection"], "decision": "discard"}
    page.post("/files/bulk/", form | agreed(answer))
    assert set(MediaFile.objects.filter(disposition="discard").values_list("kind", flat=True)) == {"video"}
    assert Decision.objects.count() == 2


def test_shows_mixed_values_as_mixed_with_their_numbers(page):
    files = [add_file(captured=NOON, rating=3), add_file(captured=NOON), add_file("undated.jpg")]
    answer = page.post("/files/bulk/", {"id": [file.pk for file in files], "act": ""})
    facts = answer.context["common"].facts
    found = {name: [(value.text, value.number) for value in fact.values] for name, fact in facts.items()}
    assert found["date"] == [("31 Jan 2015 12:00:00", 2), ("no date", 1)]
    assert found["rating"] == [("none", 2), ("3", 1)]
    assert found["flag"] == [("no", 3)]
    assert answer.text.count('class="mixed"') == 3


def test_shows_before_and_after_and_writes_only_what_was_edited(page):
    file = add_file("a.jpg", captured=NOON, description="old", rating=2)
    sent = fields(selection=of(file), date="May 2003", description="new", rating="")
    answer = page.post("/files/bulk/", sent)
    assert "31 Jan 2015 12:00:00" in answer.text
    assert "understood as <b>May 2003</b>" in answer.text
    page.post("/files/bulk/", sent | agreed(answer))
    file.refresh_from_db()
    assert (file.captured_local, file.captured_precision) == (datetime(2003, 5, 1), "month")
    assert (file.description, file.rating) == ("new", 2)
    assert DecisionBatch.objects.get().verb == "edit"


@pytest.mark.parametrize(
    ("edits", "name", "value"),
    [
        ({"shift": "-1 d"}, "captured_local", datetime(2015, 1, 30, 12)),
        ({"zone": "Tokyo", "keeping": "wall"}, "offset_minutes", 540),
        ({"rating": "5"}, "rating", 5),
        ({"rating": "none"}, "rating", None),
        ({"no_description": "on"}, "description", ""),
        ({"flag": "flag"}, "is_flagged", True),
        ({"confirm": "on"}, "reviewed_by__username", "mum"),
    ],
)
def test_makes_each_change_that_was_shown(page, edits, name, value):
    file = add_file("a.jpg", captured=NOON, description="old", rating=2)
    sent = fields(selection=of(file), **edits)
    answer = page.post("/files/bulk/", sent)
    assert answer.context["effect"].preview.changed == 1
    page.post("/files/bulk/", sent | agreed(answer))
    assert list(MediaFile.objects.values_list(name, flat=True)) == [value]


@pytest.mark.parametrize(
    ("edits", "problem"),
    [
        ({}, "Fill in what is to be changed."),
        ({"date": "someday"}, "This is not understood."),
        ({"date": "2003", "shift": "1 h"}, "one way at a time"),
        ({"shift": "soon"}, "Give a length of time"),
        ({"zone": "Atlantis"}, "There is no such time zone"),
        ({"description": "x", "no_description": "on"}, "Either give a description or take it away."),
    ],
)
def test_says_what_cannot_be_read(page, edits, problem):
    answer = page.post("/files/bulk/", fields(selection=of(add_file()), **edits))
    assert problem in answer.text
    assert answer.context["effect"].preview is None


def test_says_how_many_stay_as_they_are_and_why(page):
    files = [add_file(captured=NOON), add_file("undated.jpg")]
    text = page.post("/files/bulk/", fields(selection=of(*files), shift="1 h")).text
    assert "1 file would change" in text
    assert "1 stays as it is: they have no date, or one that is less exact than this." in text


def test_warns_of_dates_that_somebody_vouched_for(page, now):
    file = add_file(captured=NOON, reviewed_at=now)
    assert (
        "has a date that somebody vouched for"
        in page.post("/files/bulk/", fields(selection=of(file), date="2003")).text
    )


def test_does_nothing_when_other_files_match_than_were_shown(page):
    add_file("a.jpg", kind="video")
    sent = fields(selection='{"filters": {"kind": "video"}}', decision="discard")
    shown = page.post("/files/bulk/", sent)
    MediaFile.objects.update(kind="image")
    answer = page.post("/files/bulk/", sent | agreed(shown))
    assert 'class="warning"' in answer.text
    assert not Decision.objects.exists()


def test_many_files_are_the_work_of_a_job(page, monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    files = [add_file(captured=NOON) for _ in range(3)]
    shown = page.post("/files/bulk/", {"id": [file.pk for file in files], "act": "discard"})
    sent = {"selection": of(*files), "decision": "discard"}
    answer = page.post("/files/bulk/", sent | agreed(shown))
    assert answer.headers["Location"] == f"/jobs/{Job.objects.get().pk}/"


def test_shows_again_what_was_edited_after_it_had_been_shown(page):
    file = add_file(captured=NOON)
    shown = page.post("/files/bulk/", fields(selection=of(file), date="2003"))
    answer = page.post("/files/bulk/", {"selection": of(file), "date": "2004"} | agreed(shown))
    assert "understood as <b>2004</b>" in answer.text
    assert not Decision.objects.exists()
    page.post("/files/bulk/", {"selection": of(file), "date": "2004"} | agreed(answer))
    assert MediaFile.objects.get().captured_local == datetime(2004, 1, 1)


def test_a_button_that_is_too_much_for_one_go_leads_to_what_would_change(page, htmx, monkeypatch):
    monkeypatch.setattr(acts, "AT_ONCE", 1)
    ids = [add_file(captured=NOON).pk for _ in range(2)]
    answer = page.post("/files/bulk/", {"id": ids, "act": "discard"}, headers=htmx)
    assert answer.headers["HX-Retarget"] == answer.headers["HX-Reselect"] == "#content"
    assert "2 files would change" in answer.text
    assert not Decision.objects.exists()


def test_a_look_at_many_files_is_bounded(page, django_assert_max_num_queries):
    files = [add_file(captured=NOON) for _ in range(12)]
    with django_assert_max_num_queries(15):
        page.post("/files/bulk/", {"id": [file.pk for file in files], "act": ""})


def test_shows_tags_that_are_put_on_and_taken_off_in_one_go(page):
    file = add_file()
    page.post("/files/bulk/", {"id": file.pk, "act": "tag", "tags": "Alps, beach"})
    answer = page.post("/files/bulk/", fields(selection=of(file), tags="Rome", untags="beach"))
    [line] = answer.context["effect"].rows[0].lines
    assert (line.before, line.after) == ("Alps, beach", "Alps, Rome")
    page.post(
        "/files/bulk/", agreed(answer) | fields(selection=of(file), tags="Rome", untags="beach", step="apply")
    )
    assert set(FileTag.objects.values_list("tag__name", flat=True)) == {"Alps", "Rome"}


def test_a_quoted_tag_may_have_a_comma(page):
    file = add_file()
    page.post("/files/bulk/", {"id": file.pk, "act": "tag", "tags": '"Paris, Texas", beach'})
    assert set(FileTag.objects.values_list("tag__name", flat=True)) == {"Paris, Texas", "beach"}
    answer = page.post("/files/bulk/", fields(selection=of(file), untags='"Paris, Texas"'))
    assert "In double quotes a name may have a comma" in answer.text
    assert [line.after for line in answer.context["effect"].rows[0].lines] == ["beach"]


def test_shows_hostile_names_as_text(page):
    hostile = "<script>alert(1)</script>\x07"
    file = add_file(hostile, captured=NOON, camera_model=hostile, description=hostile)
    text = page.post("/files/bulk/", fields(selection=of(file), description=hostile, tags=hostile)).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;␇" in text


def test_an_address_that_was_kept_leads_to_the_files(page):
    assert page.get("/files/bulk/").headers["Location"] == "/files/"
