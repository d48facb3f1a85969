from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from media_catalog.models import DecisionBatch, LibraryCount, MediaFile, Tag
from media_catalog.services import date_choices
from review.date_queue import Place
from tests.review.rows import add_file, add_source

pytestmark = pytest.mark.django_db
NOON = datetime(2015, 1, 31, 12)
HOSTILE = "<script>alert(1)</script>\x07"


@pytest.fixture
def files() -> list[MediaFile]:
    """Three dated files and an undated one, in the order of the queue."""
    source = add_source()
    dated = [
        add_file(f"{day}.jpg", captured=NOON + timedelta(days=day), confidence="low", source=source)
        for day in range(3)
    ]
    return [*dated, add_file("undated.jpg", source=source, folder_key="a")]


def add_claim(file, local, **facts):
    known = {"rank": 0, "source": "name:camera", "raw_text": "as written", "precision": "second", "weight": 3}
    return file.candidates.create(local=local, **{**known, "verdict": "differs", **facts})


def send(page, file, verb, query="", *, headers=None, stamp=None, **values):
    file.refresh_from_db()
    values["stamp"] = date_choices.stamp_of(file) if stamp is None else stamp
    return page.post(f"/dates/{file.pk}/{verb}/{query}", values, headers=headers)


def at(address: str) -> str:
    """The place that an address leads to."""
    return parse_qs(urlsplit(address).query)["at"][0]


def shown(answer) -> MediaFile | None:
    file: MediaFile | None = answer.context["page"].file
    return file


def test_shows_the_first_file_with_its_question_its_claims_and_its_keys(page, files):
    add_claim(files[0], NOON, is_chosen=True)
    text = page.get("/dates/").text
    for expected in (
        "31 Jan 2015 12:00:00",
        "This date is a guess.",
        "the file&#x27;s name",
        "as written",
        "trusted 3 of 10",
        'data-key="Enter"',
        'data-key="1"',
        'data-key="shift+z"',
        "<b>4</b> files need a date",
    ):
        assert expected in text


def test_large_numbers_are_written_in_groups_of_digits(page, files):
    LibraryCount.objects.filter(facet="doubt", value="low").update(number=432_075)
    assert "<b>432,076</b> files need a date" in page.get("/dates/").text


def test_the_previews_of_the_next_three_are_fetched_ahead(page, files):
    MediaFile.objects.update(has_thumbnail=True, sha256="ab" * 32)
    text = page.get("/dates/").text
    ahead = " ".join(f"/files/{file.pk}/preview/?v=abababab" for file in files[1:])
    assert f'data-preload="{ahead} "' in text


def test_accepting_leads_to_the_next_file_and_not_to_the_first(page, files):
    answer = send(page, files[1], "accept")
    assert at(answer.url) == str(Place.of(files[2]))
    assert shown(page.get(answer.url)) == files[2]
    files[1].refresh_from_db()
    assert (files[1].reviewed_by.username, files[1].needs_date) == ("mum", False)


def test_by_htmx_the_next_file_comes_in_the_same_answer_with_its_address(page, files, htmx):
    answer = send(page, files[0], "accept", headers=htmx)
    assert "<html" not in answer.text
    assert shown(answer) == files[1]
    assert at(answer.headers["HX-Push-Url"]) == str(Place.of(files[1]))
    assert "Accepted: 31 Jan 2015 12:00:00" in answer.text


def test_from_the_last_dated_file_it_goes_on_with_the_undated(page, files, htmx):
    assert shown(send(page, files[2], "accept", headers=htmx)) == files[3]


def test_an_empty_library_leads_to_the_import(page, htmx):
    for text in (page.get("/dates/").text, page.get("/dates/", headers=htmx).text):
        assert 'href="/import/" data-key="Enter"' in text
        assert "No file waits for a date" not in text
    add_file("a.jpg", captured=NOON)
    assert 'href="/import/" data-key' not in page.get("/dates/").text


def test_at_the_end_of_the_queue_it_says_what_is_left(page, files, htmx):
    answer = send(page, files[3], "flag", headers=htmx)
    assert shown(answer) is None
    assert "4 files still need a date" in answer.text
    assert at(answer.headers["HX-Push-Url"]) == "end"
    assert page.get("/dates/?at=end").context["page"].file is None


def test_when_only_what_was_put_off_is_left_it_says_so(page, files):
    for file in files:
        send(page, file, "skip")
    text = page.get("/dates/").text
    assert "Only what you put off is left" in text
    assert "Look at the 4 put off" in text


def test_when_all_is_decided_it_says_so(page):
    add_file("a.jpg", captured=NOON)
    assert "No file waits for a date" in page.get("/dates/").text


def test_choosing_takes_the_date_of_a_claim(page, files):
    claim = add_claim(files[0], datetime(2014, 5, 3, 10, 11, 12))
    answer = send(page, files[0], "choose", claim=claim.pk)
    assert at(answer.url) == str(Place.of(files[1]))
    files[0].refresh_from_db()
    assert files[0].captured_local == datetime(2014, 5, 3, 10, 11, 12)


@pytest.mark.parametrize("claim", ["", "x", "-1", "9" * 30, "٣"])
def test_a_broken_choice_is_told_and_changes_nothing(page, files, htmx, claim):
    answer = send(page, files[0], "choose", claim=claim, headers=htmx)
    assert shown(answer) == files[0]
    assert "Choose one of the dates first." in answer.text


def test_typing_gives_the_date_with_its_precision(page, files):
    send(page, files[3], "give", text=" summer 1978 ")
    files[3].refresh_from_db()
    assert (files[3].captured_local, files[3].captured_precision) == (datetime(1978, 6, 1), "season")
    assert (files[3].captured_from, files[3].needs_date) == ("person", False)


def test_of_a_text_that_means_two_days_the_other_one_can_be_taken(page, files):
    send(page, files[0], "give", text="3/4/2019", reading="other")
    files[0].refresh_from_db()
    assert files[0].captured_local == datetime(2019, 3, 4)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "This is not understood"), ("30 February 1999", "no such day"), ("2999", "in the future")],
)
def test_a_text_that_is_no_date_is_told_and_changes_nothing(page, files, htmx, text, reason):
    answer = send(page, files[0], "give", text=text, headers=htmx)
    assert shown(answer) == files[0]
    assert reason in answer.text
    assert not DecisionBatch.objects.exists()


def test_a_text_that_is_no_date_stays_to_be_mended(page, files, htmx):
    field = 'spellcheck="false" value="30 February 1999"'
    assert field in send(page, files[0], "give", text="30 February 1999", headers=htmx).text
    plain = send(page, files[0], "give", text="30 February 1999")
    assert field in page.get(plain.headers["Location"]).text


def test_tells_while_somebody_types_how_it_is_understood(page, files):
    def told(text: str) -> str:
        return str(page.get(f"/dates/{files[0].pk}/understand/", {"text": text}).text)

    assert "<b>Summer 1978, June to August, precise to the season</b>" in told("summer 1978")
    assert "No, 4 Mar 2019" in told("3/4/2019")
    assert "no such day" in told("31/2/2019")
    assert told(" ").strip() == ""
    assert "<script" not in told("<script>")


def test_skipping_puts_off_until_tomorrow_and_the_page_says_how_many(page, files):
    answer = send(page, files[0], "skip")
    assert at(answer.url) == str(Place.of(files[1]))
    files[0].refresh_from_db()
    until = files[0].snoozed_until - timezone.now()
    assert timedelta(0) < until < timedelta(days=2)
    first = page.get("/dates/")
    assert shown(first) == files[1]
    assert ">1 put off</a>" in first.text
    assert shown(page.get("/dates/?snoozed=yes")) == files[0]


def test_flagging_twice_takes_the_flag_away(page, files):
    send(page, files[0], "flag")
    files[0].refresh_from_db()
    assert files[0].is_flagged
    send(page, files[0], "flag")
    files[0].refresh_from_db()
    assert not files[0].is_flagged


def test_tagging_stays_with_the_file(page, files, htmx):
    answer = send(page, files[0], "tag", tag='Ski trip, Anna, "Paris, Texas"', headers=htmx)
    assert shown(answer) == files[0]
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Anna", "Paris, Texas", "Ski trip"]
    assert "Ski trip</bdi>" in answer.text
    assert "Type the name of a tag first." in send(page, files[0], "tag", tag=" , ", headers=htmx).text


def test_discarding_leaves_the_file_out(page, files):
    send(page, files[0], "discard")
    files[0].refresh_from_db()
    assert (files[0].disposition, files[0].needs_date) == ("discard", False)


def test_undo_goes_back_to_that_file_and_redo_on_to_the_next(page, files):
    send(page, files[0], "accept")
    send(page, files[1], "give", text="1 May 1999")
    undone = page.post("/history/undo/", {"next": "/dates/back/"}, follow=True)
    assert shown(undone) == files[1]
    assert shown(page.post("/history/undo/", {"next": "/dates/back/"}, follow=True)) == files[0]
    redone = page.post("/history/redo/", {"next": "/dates/back/"}, follow=True)
    assert shown(redone) == files[1]


def test_what_somebody_else_decided_meanwhile_is_told(page, files, htmx):
    stamp = date_choices.stamp_of(files[0])
    send(page, files[0], "give", text="1999")
    answer = send(page, files[0], "discard", stamp=stamp, headers=htmx)
    assert "changed this file meanwhile" in answer.text
    files[0].refresh_from_db()
    assert files[0].disposition == "undecided"


def test_the_filters_stay_in_every_address(page, files, htmx):
    answer = send(page, files[0], "accept", "?until=2015-02-01", headers=htmx)
    assert answer.headers["HX-Push-Url"].startswith("/dates/?until=2015-02-01&at=")
    assert f"/dates/{files[1].pk}/accept/?until=2015-02-01" in answer.text
    assert shown(send(page, files[1], "accept", "?until=2015-02-01", headers=htmx)) is None


def test_goes_to_the_file_before(page, files):
    answer = page.get("/dates/", {"before": str(Place.of(files[2]))})
    assert at(answer.url) == str(Place.of(files[1]))
    assert at(page.get("/dates/?before=end").url) == str(Place.of(files[3]))


def test_the_day_of_a_neighbour_is_offered_in_the_field(page, files):
    text = page.get("/dates/", {"at": str(Place.of(files[3])), "say": "31 January 2015"}).text
    assert 'value="31 January 2015"' in text
    assert "precise to the day" in text


@pytest.mark.parametrize("query", ["at=x", "before=x", "source=x", "from=2015-13-01", "at=1.b_" + "9" * 99])
def test_refuses_addresses_that_no_page_gave_out(page, query):
    assert page.get(f"/dates/?{query}").status_code == 400


def test_knows_no_other_verbs_and_no_file_that_is_not_there(page, files):
    assert send(page, files[0], "destroy").status_code == 404
    assert page.post("/dates/999/accept/").status_code == 404
    assert page.get(f"/dates/{files[0].pk}/accept/").status_code == 405


def test_nothing_is_shown_to_strangers(client, files):
    for address in ("/dates/", "/dates/back/", f"/dates/{files[0].pk}/others/"):
        assert client.get(address).status_code == 302
    assert send(client, files[0], "accept").url.startswith("/account/login/")


def test_takes_a_fixed_number_of_queries(page, files, django_assert_max_num_queries):
    for file in files:
        for number in range(9):
            add_claim(file, NOON, rank=number)
    with django_assert_max_num_queries(13):
        page.get("/dates/")


def test_shows_hostile_names_and_metadata_as_text(page):
    file = add_file(
        HOSTILE,
        captured=NOON,
        confidence="low",
        camera_make=HOSTILE,
        camera_model=HOSTILE,
        date_reasons=[HOSTILE],
    )
    MediaFile.objects.filter(pk=file.pk).update(path_text=f"{HOSTILE}/x", captured_from=HOSTILE)
    add_claim(file, NOON, source=HOSTILE, raw_text=HOSTILE, verdict=HOSTILE, offset_source=HOSTILE)
    text = page.get("/dates/", {"say": HOSTILE}).text
    assert "<script>alert" not in text
    assert "\x07" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;␇") >= 7


def test_offers_the_rest_of_a_folder_and_says_how_many(page, files):
    beside = add_file("beside.jpg", folder_key="a", source=files[3].source)
    text = page.get(f"/dates/{files[3].pk}/others/").text
    assert "<b>(2)</b>" in text
    looked = page.get(f"/dates/{files[3].pk}/others/", {"way": "give", "text": "summer 1978"})
    assert "Do this with 2 files" in looked.text
    plan = looked.context["plan"]
    values = {"scope": "folder", "way": "give", "text": "summer 1978", "stamp": plan.preview.stamp}
    done = page.post(f"/dates/{files[3].pk}/others/", {**values, "expected": plan.preview.number})
    assert at(done.url) == str(Place.of(files[3]))
    beside.refresh_from_db()
    assert (beside.captured_local, beside.captured_precision) == (datetime(1978, 6, 1), "season")


def test_more_files_than_were_shown_are_told_and_left_alone(page, files):
    values = {"scope": "folder", "way": "give", "text": "1978", "expected": 1}
    add_file("beside.jpg", folder_key="a", source=files[3].source)
    page.post(f"/dates/{files[3].pk}/others/", values)
    assert not MediaFile.objects.filter(captured_from="person").exists()


def test_the_dates_of_a_day_are_accepted_together(page, files):
    same_day = add_file("same.jpg", captured=NOON + timedelta(hours=1), confidence="low")
    certain = add_file("certain.jpg", captured=NOON)
    looked = page.get(f"/dates/{files[0].pk}/others/", {"scope": "day", "way": "confirm"})
    preview = looked.context["plan"].preview
    values = {"scope": "day", "way": "confirm", "expected": preview.number, "stamp": preview.stamp}
    page.post(f"/dates/{files[0].pk}/others/", values)
    confirmed = MediaFile.objects.filter(reviewed_at__isnull=False)
    assert set(confirmed) == {files[0], same_day}
    assert certain not in confirmed
