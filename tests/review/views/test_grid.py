from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from media_catalog.models import DuplicateGroup, FileTag, Job, Tag
from media_catalog.services import walks
from tests.review.rows import NOW, add_file, add_group, add_source

NOON = datetime(2015, 1, 31, 12)
pytestmark = pytest.mark.django_db


def shown(answer) -> list[str]:
    return [file.name for file in answer.context["page"].files]


def few(monkeypatch, size: int) -> None:
    """Let pages hold so many files."""
    monkeypatch.setattr(walks.page, "__kwdefaults__", {"size": size})


def test_shows_every_tile_with_date_confidence_and_what_is_special(page):
    add_file("still.jpg", captured=NOON, reviewed_at=NOW, is_flagged=True)
    add_file("clip.mp4", captured=NOON, kind="video", duration_s=65)
    add_file("broken.jpg", damage="picture data is cut off", disposition="discard")
    add_file("lost.jpg", state="failed", reason_code="unreadable")
    keeper, copy = add_file("keeper.jpg", captured=NOON), add_file("copy.jpg", captured=NOON)
    add_group(keeper, copy)
    text = page.get("/files/").text
    for expected in (
        "31 Jan 2015 12:00:00",
        "confidence: high",
        "no date",
        "1:05",
        "damaged",
        "failed",
        "copy</span>",
        "confirmed",
        "flagged",
        "discarded",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["new.jpg", "clip.mp4", "undated.jpg"]),
        ("confidence=high", ["new.jpg", "clip.mp4"]),
        ("state=analysed&confidence=none", ["undated.jpg"]),
        ("kind=video", ["clip.mp4"]),
        ("fate=skipped", ["refused.txt"]),
        ("state=skipped", ["refused.txt"]),
        ("open=true", ["undated.jpg"]),
        ("date=yes", ["undated.jpg"]),
        ("flagged=yes", []),
        ("reviewed=no&position=yes", ["new.jpg"]),
        ("name=CLIP", ["clip.mp4"]),
        ("name=%25", []),
        ("type=.MP4", ["clip.mp4"]),
        ("camera=N8", ["new.jpg"]),
        ("tag=ski+TRIP", ["clip.mp4"]),
        ("group=near", ["new.jpg"]),
        ("from=2015-01-31", ["new.jpg"]),
        ("until=2015-01-30&kind=video", ["clip.mp4"]),
        ("confidence=high&kind=image", ["new.jpg"]),
        ("nonsense=1&after=", ["new.jpg", "clip.mp4", "undated.jpg"]),
        ("state=skipped", ["refused.txt"]),
    ],
)
def test_narrows_the_grid_by_what_stands_in_the_address(page, query, expected):
    add_file("refused.txt", state="skipped", reason_code="not_media", kind="other")
    add_file("undated.jpg")
    clip = add_file("clip.mp4", captured=NOON - timedelta(days=1), kind="video", extension="mp4")
    new = add_file("new.jpg", captured=NOON, camera_model="N8", gps_lat=1.0, gps_lon=2.0)
    tag = Tag.objects.create(name="Ski trip", name_key="ski trip", created_at=NOW)
    FileTag.objects.create(file=clip, tag=tag, origin="folder")
    group = DuplicateGroup.objects.create(kind="near", key="k", created_at=NOW)
    group.members.create(file=new, kind="near", rank=0, is_keeper=True)
    assert shown(page.get(f"/files/?{query}")) == expected


def test_what_an_import_left_out_is_told_and_shown_on_request(page):
    file = add_file("new.jpg", captured=NOON)
    add_file("new.jpg.json", state="skipped", reason_code="not_media", kind="other")
    for query in ("", f"source={file.source_id}", "folder="):
        assert shown(page.get(f"/files/?{query}")) == ["new.jpg"]
    text = page.get("/files/").text
    assert ">1 file</p>" in text
    assert '<a href="/files/?state=skipped">1 more file was left out by an import' in text
    assert (
        shown(page.get("/files/?state=skipped")) == shown(page.get("/files/?name=json")) == ["new.jpg.json"]
    )


def test_all_that_match_are_those_that_are_shown(page):
    file = add_file("new.jpg", captured=NOON)
    beside = add_file("new.jpg.json", state="skipped", reason_code="not_media", kind="other")
    for filters, files in (("", [file]), (f"source={file.source_id}", [file]), ("state=skipped", [beside])):
        answer = page.post("/files/bulk/", {"all": "yes", "filters": filters, "act": "flag"})
        assert [one.file for one in answer.context["effect"].rows] == files
        assert answer.context["common"].number == 1
    assert f'href="/files/{beside.pk}/' not in page.get(f"/files/{file.pk}/").text


@pytest.mark.parametrize(
    "query", ["confidence=nonsense", "source=999", "name=%00", "from=2015-02-31", "group=x", "open=perhaps"]
)
def test_shows_nothing_and_says_why_for_a_filter_that_makes_no_sense(page, query):
    add_file(captured=NOON)
    answer = page.get(f"/files/?{query}")
    assert shown(answer) == []
    assert "cannot be read" in answer.text


def test_offers_the_cameras_that_there_are(page):
    for model in ("N8", "EOS", "N8", ""):
        add_file(camera_model=model)
    text = page.get("/files/?camera=gone").text
    for model in ("EOS", "N8", "gone"):
        assert f'<option value="{model}"' in text


def test_each_filter_that_is_set_can_be_taken_back_by_itself(page):
    add_file("a.jpg", captured=NOON)
    source = add_file("b.jpg").source
    chips = list(page.get(f"/files/?kind=image&source={source.pk}&flagged=no").context["narrowed"].chips)
    assert [(chip.label, chip.value) for chip in chips] == [
        ("Source", "Mum's phone"),
        ("Kind", "picture"),
        ("Flagged", "no"),
    ]
    assert chips[0].rest == "?kind=image&flagged=no"


def test_a_folder_is_named_by_its_path(page):
    add_file("a.jpg", folder_key="f1")
    chips = list(page.get("/files/?folder=f1").context["narrowed"].chips)
    assert (chips[0].label, chips[0].value.isdigit()) == ("Folder", True)


def test_refuses_a_place_that_no_page_has(page):
    assert page.get("/files/?after=zzz").status_code == 400


def test_more_leads_to_the_following_page_and_keeps_the_filter(page, monkeypatch):
    few(monkeypatch, 2)
    for hour in range(3):
        add_file(f"{hour}.jpg", captured=NOON + timedelta(hours=hour))
    answer = page.get("/files/?confidence=high")
    more = f"?confidence=high&amp;after={answer.context['page'].after.local.isoformat().replace(':', '%3A')}"
    assert more in answer.text
    following = page.get("/files/", {"confidence": "high", "after": str(answer.context["page"].after)})
    assert shown(following) == ["0.jpg"]
    assert "Back to the newest" in following.text
    assert 'id="more"' not in following.text


def test_a_day_that_goes_on_on_the_next_page_is_headed_once(page, monkeypatch):
    few(monkeypatch, 4)
    for hour in range(6):
        add_file(f"{hour}.jpg", captured=NOON + timedelta(hours=hour))
    first = page.get("/files/")
    assert first.text.count("<h2>") == 1
    assert "?from=2015-01-31&amp;until=2015-01-31" in first.text
    after = {"after": str(first.context["page"].after), "by": "day", "head": "31 Jan 2015"}
    assert page.get("/files/", after).text.count("<h2>") == 0


def test_files_far_apart_are_headed_by_their_years(page):
    for day in range(8):
        add_file(f"{day}.jpg", captured=NOON + timedelta(days=60 * day))
    assert [part.label for part in page.get("/files/").context["sections"]] == ["2016", "2015"]
    for day in range(3):
        add_file(f"late {day}.jpg", captured=datetime(2016, 12, 1 + day))
    add_file("one.jpg", captured=datetime(1978, 6, 1), captured_precision="season")
    sections = page.get("/files/").context["sections"]
    assert [(part.label, len(part.files)) for part in sections] == [("2016", 5), ("2015", 6), ("1978", 1)]
    assert sections[0].query == "from=2016-01-01&until=2016-12-31"


def test_files_that_stand_alone_have_no_headings(page):
    for year in range(2001, 2007):
        add_file(f"{year}.jpg", captured=datetime(year, 1, 1))
    text = page.get("/files/").text
    assert '<li class="heading">' not in text
    assert text.count('class="tile"') == 6


def test_looks_on_by_itself_where_little_matches(page, htmx, monkeypatch):
    monkeypatch.setattr(walks, "SPANS", (2,))
    for hour in range(5):
        add_file(f"{hour}.jpg", captured=NOON + timedelta(hours=hour), extension="png")
    answer = page.get("/files/?type=jpg", headers=htmx)
    assert "Looked as far back as 31 Jan 2015" in answer.text
    assert 'hx-trigger="load' in answer.text
    enough = page.get("/files/?type=jpg&found=60", headers=htmx)
    assert 'hx-trigger="load' not in enough.text
    assert "Look further" in enough.text


def test_htmx_gets_the_grid_alone(page, htmx):
    add_file("still.jpg", captured=NOON)
    answer = page.get("/files/", headers=htmx)
    assert answer.text.strip().startswith('<section id="grid"')
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_an_empty_library_leads_to_the_import(page):
    assert 'There are no files here yet. <a href="/import/">' in page.get("/files/").text


def test_an_empty_grid_waits_for_the_first_pictures_of_an_import(page, htmx):
    Job.objects.create(kind="import", state="running", source=add_source(), created_at=NOW)
    assert 'hx-trigger="every 2s"' in page.get("/files/", headers=htmx).text
    add_file(captured=NOON)
    assert 'hx-trigger="every 2s"' not in page.get("/files/", headers=htmx).text


def test_takes_as_many_queries_for_many_files_as_for_few(page, django_assert_max_num_queries):
    add_file(captured=NOON, kind="video")
    with django_assert_max_num_queries(12) as for_few:
        page.get("/files/?confidence=high&kind=video")
    add_group(*(add_file(captured=NOON, kind="video") for _ in range(10)))
    with django_assert_max_num_queries(len(for_few)):
        page.get("/files/?confidence=high&kind=video")


def test_shows_hostile_names_as_text(page):
    for name in (
        "<img src=x onerror=alert(1)>.jpg",
        "'\"><script>alert(1)</script>",
        "bell\x07",
        "\u202egpj.exe",
    ):
        add_file(name, captured=NOON, camera_model=name)
    add_source("<b>bold</b>")
    text = page.get("/files/", {"camera": "'\"><script>alert(1)</script>", "name": "<u>"}).text
    text += page.get("/files/").text
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "<b>bold" not in text
    assert "<u>" not in text
    assert not set("\x07\u202e") & set(text)


def test_the_page_has_a_place_in_the_navigation(page):
    assert f'href="{reverse("grid")}" aria-current="page"' in page.get("/files/").text
