from datetime import datetime, timedelta

import pytest

from media_catalog.models import Job
from review import queues
from tests.review.rows import NOW, add_file, add_group, add_source

NOON = datetime(2015, 1, 31, 12)
pytestmark = pytest.mark.django_db


def shown(answer) -> list[str]:
    return [file.name for file in answer.context["grid"].files]


def add_import(**facts) -> Job:
    defaults = {"kind": "import", "state": "running", "stage": "files", "created_at": NOW, "started_at": NOW}
    return Job.objects.create(source=add_source("Mum's phone"), **defaults | facts)


def test_says_what_to_do_when_there_is_nothing(page):
    text = page.get("/").text
    assert "Nothing was imported yet" in text
    assert "There are no files here." in text


def test_shows_every_tile_with_date_confidence_and_what_is_special(page):
    add_file("still.jpg", captured=NOON)
    add_file("clip.mp4", captured=NOON, kind="video", duration_s=65)
    add_file("broken.jpg", damage="picture data is cut off")
    add_file("lost.jpg", state="failed", reason_code="unreadable")
    keeper, copy = add_file("keeper.jpg", captured=NOON), add_file("copy.jpg", captured=NOON)
    add_group(keeper, copy)
    text = page.get("/").text
    for expected in (
        "31 Jan 2015 12:00:00",
        "confidence: high",
        "no date",
        "1:05",
        "damaged",
        "failed",
        "copy</span>",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["new.jpg", "clip.mp4", "undated.jpg", "refused.txt"]),
        ("confidence=high", ["new.jpg", "clip.mp4"]),
        ("state=analysed&confidence=none", ["undated.jpg"]),
        ("kind=video", ["clip.mp4"]),
        ("fate=skipped", ["refused.txt"]),
        ("state=skipped", ["refused.txt"]),
        ("open=true", ["undated.jpg"]),
        ("name=CLIP", ["clip.mp4"]),
        ("name=%25", []),
        ("confidence=high&kind=image", ["new.jpg"]),
    ],
)
def test_narrows_the_grid_by_what_stands_in_the_address(page, query, expected):
    add_file("refused.txt", state="skipped", reason_code="not_media", kind="other")
    add_file("undated.jpg")
    add_file("clip.mp4", captured=NOON - timedelta(days=1), kind="video")
    add_file("new.jpg", captured=NOON)
    assert shown(page.get(f"/?{query}")) == expected


def test_narrows_the_grid_to_a_source(page):
    add_file("hers.jpg", captured=NOON)
    other = add_source("Dad's camera")
    add_file("his.jpg", captured=NOON, source=other)
    assert shown(page.get(f"/?source={other.pk}")) == ["his.jpg"]


@pytest.mark.parametrize("query", ["confidence=nonsense", "source=999", "name=%00"])
def test_shows_nothing_and_says_why_for_a_filter_that_makes_no_sense(page, query):
    add_file(captured=NOON)
    answer = page.get(f"/?{query}")
    assert shown(answer) == []
    assert "errorlist" in answer.text


def test_refuses_a_place_that_no_page_has(page):
    assert page.get("/?after=zzz").status_code == 400


def test_every_count_leads_to_as_many_files(page):
    add_file("a.jpg", captured=NOON)
    add_file("b.jpg")
    add_file("c.xmp", state="skipped", reason_code="sidecar", kind="sidecar")
    for bar in page.get("/").context["standing"].bars:
        for part in bar.segments:
            assert len(shown(page.get(f"/?{part.query}"))) == part.number


def test_more_leads_to_the_following_page_and_keeps_the_filter(page, monkeypatch):
    monkeypatch.setattr(queues.grid, "__kwdefaults__", {"size": 2})
    for hour in range(3):
        add_file(f"{hour}.jpg", captured=NOON + timedelta(hours=hour))
    answer = page.get("/?confidence=high")
    more = f"?confidence=high&amp;after={answer.context['grid'].after.local.isoformat().replace(':', '%3A')}"
    assert more in answer.text
    following = page.get("/", {"confidence": "high", "after": str(answer.context["grid"].after)})
    assert shown(following) == ["0.jpg"]
    assert "Back to the newest" in following.text
    assert 'id="more"' not in following.text


def test_htmx_gets_the_grid_alone(page, htmx):
    add_file("still.jpg", captured=NOON)
    answer = page.get("/", headers=htmx)
    assert answer.text.strip().startswith('<section id="grid"')
    assert "<html" not in answer.text
    assert "HX-Request" in answer.headers["Vary"]


def test_the_grid_takes_as_many_queries_for_many_files_as_for_few(page, django_assert_max_num_queries):
    add_file(captured=NOON)
    with django_assert_max_num_queries(16) as few:
        page.get("/")
    add_group(*(add_file(captured=NOON, kind="video") for _ in range(20)))
    for _ in range(20):
        add_file()
    with django_assert_max_num_queries(len(few) + 1):  # now and then, a server is asked for its time
        page.get("/")


def test_shows_hostile_names_as_text(page):
    for name in (
        "<img src=x onerror=alert(1)>.jpg",
        "'\"><script>alert(1)</script>",
        "bell\x07\x1b[31m",
        "\u202egpj.exe",
    ):
        add_file(name, captured=NOON)
    add_import(current_text="<b>bold</b>.jpg")
    text = page.get("/").text
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in text
    assert "<b>bold" not in text
    assert not set("\x07\x1b\u202e") & set(text)
    assert "bell␇␛[31m" in text


def test_an_import_that_failed_says_why(page):
    add_import(state="failed", error_text="The disk <b>is</b> gone.", finished_at=NOW)
    text = page.get("/").text
    assert "The disk &lt;b&gt;is&lt;/b&gt; gone." in text


def test_an_empty_grid_waits_for_the_first_pictures_of_an_import(page, htmx):
    add_import()
    assert 'hx-trigger="every 2s"' in page.get("/", headers=htmx).text
    add_file(captured=NOON)
    assert 'hx-trigger="every 2s"' not in page.get("/", headers=htmx).text
