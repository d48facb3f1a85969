from datetime import UTC, datetime
from pathlib import Path

import pytest

from media_catalog.models import Archive, DuplicateGroup, FileTag, Tag
from tests.review.rows import NOW, add_file, add_group, add_thumbnail

NOON = datetime(2015, 1, 31, 12)
SHA256 = "ab12" + "0" * 60
pytestmark = pytest.mark.django_db


@pytest.fixture
def pictured():
    add_thumbnail(SHA256)
    return add_file(captured=NOON, sha256=SHA256, has_thumbnail=True)


def test_sends_the_grid_picture_to_be_kept_by_this_browser_alone(page, pictured):
    answer = page.get(f"/files/{pictured.pk}/thumbnail.jpg")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"] == f'"{SHA256}"'


def test_does_not_send_a_picture_that_the_browser_has(page, pictured):
    answer = page.get(f"/files/{pictured.pk}/thumbnail.jpg", headers={"If-None-Match": f'"{SHA256}"'})
    assert answer.status_code == 304


@pytest.mark.parametrize("sha256", ["", "cd" * 32, "../../../../../etc/passwd"])
def test_sends_an_icon_where_there_is_no_picture(page, sha256):
    answer = page.get(f"/files/{add_file(sha256=sha256).pk}/thumbnail.jpg")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")


@pytest.mark.parametrize("address", ["/files/999/", "/files/999/thumbnail.jpg", f"/files/{1 << 70}/"])
def test_knows_no_file_that_is_not_there(page, address):
    assert page.get(address).status_code == 404


def test_the_picture_of_a_file_has_a_new_address_when_its_bytes_are_new(page, pictured):
    assert f"/files/{pictured.pk}/thumbnail.jpg?v=ab120000" in page.get(f"/files/{pictured.pk}/").text


def test_explains_the_date(page):
    file = add_file(captured=NOON, date_reasons=["written by the camera when the picture was taken"])
    claim = {"local": NOON, "precision": "second", "weight": 10, "raw_text": "2015:01:31 12:00:00"}
    file.candidates.create(
        rank=0,
        source="EXIF:DateTimeOriginal",
        verdict="chosen",
        verdict_text="believed",
        is_chosen=True,
        **claim,
    )
    file.candidates.create(
        rank=1,
        source="file:mtime",
        instant=datetime(2020, 2, 3, tzinfo=UTC),
        precision="second",
        weight=1,
        raw_text="2020-02-03",
        verdict="offered",
        verdict_text="never believed alone",
    )
    text = page.get(f"/files/{file.pk}/").text
    for expected in (
        "31 Jan 2015 12:00:00",
        "written by the camera when the picture was taken",
        "Its time zone is not known.",
        "2015:01:31 12:00:00",
        "3 Feb 2020 00:00:00 UTC",
        "never believed alone",
        "chosen",
    ):
        assert expected in text


def test_says_that_a_zone_is_assumed(page):
    file = add_file(captured=NOON, offset_minutes=60, offset_source="assumed", captured_at=NOW)
    text = page.get(f"/files/{file.pk}/").text
    assert "31 Jan 2015 12:00:00 +01:00 (zone assumed)" in text
    assert "the time zone it is shown in is assumed" in text


def test_lists_facts_copies_tags_and_places_in_the_archive(page):
    file = add_file(captured=NOON, camera_make="Apple", camera_model="iPhone 6", gps_lat=48.1, gps_lon=11.5)
    copy = add_file("copy.jpg", captured=NOON, belongs_to=file)
    add_group(file, copy)
    tag = Tag.objects.create(name="Ski trip", name_key="ski trip", created_at=NOW)
    FileTag.objects.create(file=file, tag=tag, origin="folder")
    archive = Archive.objects.create(
        root_bytes=b"/archive", root_key="k", root_text="/archive", created_at=NOW
    )
    archive.exported_files.create(file=file, destination="2015/20150131_120000.jpg", destination_key="k")
    text = page.get(f"/files/{file.pk}/").text
    for expected in (
        "Apple iPhone 6",
        "48.10000, 11.50000",
        "copy.jpg",
        "Ski trip",
        "/archive/2015/20150131_120000.jpg",
    ):
        assert expected in text
    assert "Belongs to" in page.get(f"/files/{copy.pk}/").text


def test_says_why_a_file_could_not_be_read(page):
    file = add_file(state="failed", reason_code="unreadable", reason_text="permission <denied>")
    assert "failed: <bdi>permission &lt;denied&gt;</bdi>" in page.get(f"/files/{file.pk}/").text


def test_takes_a_fixed_number_of_queries(page, django_assert_max_num_queries):
    keeper = add_file(captured=NOON)
    add_group(keeper, *(add_file(captured=NOON) for _ in range(5)))
    with django_assert_max_num_queries(14):
        page.get(f"/files/{keeper.pk}/")


def test_shows_hostile_metadata_as_text(page):
    hostile = "<script>alert(1)</script>\x07"
    file = add_file(
        hostile, captured=NOON, camera_make=hostile, camera_model=hostile, description=hostile, damage=hostile
    )
    file.candidates.create(
        rank=0, source=hostile, raw_text=hostile, precision="second", weight=1, verdict=hostile
    )
    text = page.get(f"/files/{file.pk}/").text
    assert "<script>alert" not in text
    assert "\x07" not in text
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;␇") >= 8


def test_leads_to_the_files_beside_it_among_those_that_match(page):
    files = [add_file(f"{hour}.jpg", captured=NOON.replace(hour=hour)) for hour in range(4)]
    add_file("between.jpg", captured=NOON.replace(hour=1, minute=30), is_flagged=True)
    text = page.get(f"/files/{files[1].pk}/?flagged=no").text
    assert f'rel="prev" href="/files/{files[2].pk}/?flagged=no"' in text
    assert f'rel="next" href="/files/{files[0].pk}/?flagged=no"' in text
    assert 'href="/files/?flagged=no"' in text
    last = page.get(f"/files/{files[0].pk}/?flagged=no").text
    assert 'rel="next"' not in last


def test_leads_through_all_files_when_the_filter_cannot_be_read(page):
    file = add_file(captured=NOON)
    assert page.get(f"/files/{file.pk}/?flagged=perhaps&from=2015-02-31").status_code == 200


def test_takes_a_fixed_number_of_queries_with_any_filter(page, django_assert_max_num_queries):
    file = add_file(captured=NOON, kind="video")
    for number in range(5):
        add_file(captured=NOON.replace(minute=number))
    with django_assert_max_num_queries(15):
        page.get(f"/files/{file.pk}/?kind=video&position=no&reviewed=no&type=jpg")


def test_offers_what_can_be_done_with_a_file(page):
    text = page.get(f"/files/{add_file(captured=NOON, confidence='low').pk}/").text
    for value in ("confirm", "flag", "discard", "tag"):
        assert f'name="act" value="{value}"' in text
    assert 'href="/dates/?at=' in text
    done = page.get(f"/files/{add_file(captured=NOON, reviewed_at=NOW, disposition='discard').pk}/").text
    assert 'value="restore"' in done
    assert 'value="confirm"' not in done
    assert 'href="/dates/?at=' not in done


def test_an_act_on_a_file_leads_back_to_it(page):
    file = add_file(captured=NOON)
    sent = {"id": file.pk, "act": "flag", "next": f"/files/{file.pk}/?kind=image"}
    assert page.post("/files/bulk/", sent).headers["Location"] == f"/files/{file.pk}/?kind=image"


def test_another_date_that_is_typed_is_shown_before_it_is_given(page):
    file = add_file(captured=NOON)
    assert 'name="date"' in page.get(f"/files/{file.pk}/").text
    answer = page.post("/files/bulk/", {"id": file.pk, "act": "", "date": "summer 1978"})
    assert "summer 1978" in answer.context["form"].understood
    assert answer.context["effect"].preview.changed == 1
    file.refresh_from_db()
    assert file.captured_local == NOON
    answer = page.post("/files/bulk/", {"id": file.pk, "act": "", "date": "one day"})
    assert answer.context["form"].errors["date"]


def test_names_its_groups_those_to_be_decided_first(page):
    keeper, copy = add_file("keeper", captured=NOON), add_file("copy", captured=NOON)
    add_group(keeper, copy)
    near = DuplicateGroup.objects.create(kind="near", key="k", created_at=NOW)
    near.members.create(file=copy, kind="near", rank=0, is_keeper=True)
    answer = page.get(f"/files/{copy.pk}/")
    assert [one.group.kind for one in answer.context["memberships"]] == ["near", "identical"]
    assert "Group: near copies –" in answer.text  # noqa: RUF001  as the page writes it
    assert f'href="/copies/{near.pk}/"' in answer.text
    assert "to be decided" in answer.text


def test_tells_its_story_apart_and_within_the_page(page, htmx):
    file = add_file("a.jpg", captured=NOON)
    assert '<ol class="story">' not in page.get(f"/files/{file.pk}/").text
    assert '<ol class="story">' in page.get(f"/files/{file.pk}/?story=yes").text
    alone = page.get(f"/files/{file.pk}/", headers=htmx).text
    assert alone.strip().startswith('<ol class="story">')


def test_plays_a_video_and_opens_a_picture_pixel_by_pixel(page, pictured):
    assert 'data-zoom="full"' in page.get(f"/files/{pictured.pk}/").text
    assert "<video controls" in page.get(f"/files/{add_file('a.mp4', kind='video').pk}/").text


def test_an_imported_picture_is_seen(page, make_picture, import_folder, tmp_path: Path):
    make_picture("photos/IMG_1.jpg", tags={"DateTimeOriginal": "2015:01:31 14:20:30"})
    import_folder(tmp_path / "photos")
    files = page.get("/files/").context["page"].files
    assert [file.name for file in files] == ["IMG_1.jpg"]
    assert page.get(f"/files/{files[0].pk}/thumbnail.jpg").status_code == 200
    assert "31 Jan 2015 14:20:30" in page.get(f"/files/{files[0].pk}/").text
