import io
import re

import pytest
from PIL import Image

from media_catalog.models import (
    DuplicateGroup,
    FileTraits,
    MediaFile,
)
from media_catalog.services import tags
from review import comparison, outcomes
from review import copies as queue
from tests.media_catalog import copies
from tests.pipeline.pictures import corners
from tests.review.groups import burst, decide, file, near

pytestmark = pytest.mark.django_db


def test_videos_can_be_played_one_beside_the_other(page):
    clips = [copies.file(f"{name}.mp4", kind="video", duration_s=65) for name in "ab"]
    text = page.get(f"/copies/{copies.group('near', *clips).pk}/").text
    assert [f'src="/files/{clip.pk}/video/?v={clip.sha256[:8]}"' in text for clip in clips] == [True, True]
    assert "1:05" in text


def test_shows_what_differs_alone_and_says_which_is_better(page):
    group = near(distance_bits=3, evidence=["scaled"])
    text = page.get(f"/copies/{group.pk}/").text
    facts = re.findall(r"<dt>(.*?)</dt><dd><bdi>(.*?)</bdi>(?: <b>(.*?)</b>)?</dd>", text)
    assert ("Pixels", "4000 × 3000 (12.0 MP)", "✓ larger") in facts  # noqa: RUF001  a size
    assert ("Pixels", "400 × 300 (0.1 MP)", "") in facts  # noqa: RUF001  a size
    assert {label for label, _text, _better in facts} == {"Pixels", "Size"}
    assert "another size, looks 95 % alike" in text


def test_ticks_what_is_usually_kept(page):
    for group, ticked in ((near(), ["sea.jpg"]), (burst(2), ["shot-1.jpg", "shot-0.jpg"])):
        shown = page.get(f"/copies/{group.pk}/").context["shown"]
        assert [member.file.path_text for member in shown.members if member.is_kept] == ticked


def test_says_before_what_would_go_along_and_what_the_kept_one_gets(page):
    group = near()
    best, small = file("sea.jpg"), file("sea-small.jpg")
    video = copies.file("sea-small.mov", kind="video")
    copies.stack(small, video)
    again = copies.file("again.jpg", content="sea-small.jpg")
    copies.identical(small, again)
    MediaFile.objects.filter(pk=small.pk).update(gps_lat=1.0, gps_lon=2.0, description="at sea")
    tags.add({small.pk: ["holiday"]}, origin="person", created_at=copies.NOW)
    shown = page.get(f"/copies/{group.pk}/").context["shown"].outcome
    assert {one.name for one in shown.along} == {"sea-small.mov", "again.jpg"}
    assert [one.what for one in shown.handed] == [
        "where it was taken",
        "the description",
        "the tags holiday",
    ]
    decide(page, group, keep=["sea.jpg"])
    assert copies.discarded() == {"sea-small.jpg", "sea-small.mov", "again.jpg"}
    best.refresh_from_db()
    assert (best.gps_lat, best.description) == (1.0, "at sea")


def test_says_what_another_choice_would_come_to(page, htmx):
    group = near()
    small = file("sea-small.jpg")
    text = page.get(f"/copies/{group.pk}/outcome/?keep={small.pk}", headers=htmx).text
    assert "1 is kept" in text
    assert "Keep 1, discard 1" in text
    assert "Tick at least one" in page.get(f"/copies/{group.pk}/outcome/").text
    assert page.get("/copies/999/outcome/").status_code == 404
    assert page.get(f"/copies/{group.pk}/outcome/?keep=x").status_code == 400


def test_warns_of_what_somebody_decided_before(page):
    group = near()
    MediaFile.objects.filter(path_text="sea-small.jpg").update(disposition="keep")
    assert "Somebody decided before to keep one" in page.get(f"/copies/{group.pk}/").text


def test_fetches_the_pictures_of_the_next_groups_ahead(page):
    first, second = near("a"), near("b")
    MediaFile.objects.update(has_thumbnail=True)
    ahead = re.search(r'data-preload="([^"]*)"', page.get(f"/copies/{first.pk}/").text)[1].split()
    keeper = second.members.get(is_keeper=True).file
    assert f"/files/{keeper.pk}/preview/?v={keeper.sha256[:8]}" in ahead


def test_identical_files_are_shown_as_settled(page):
    copies.identical(copies.file("a.jpg", content="x"), copies.file("b.jpg", content="x"))
    listed = page.get("/copies/?kind=identical")
    assert "there is nothing to decide" in listed.text
    group = DuplicateGroup.objects.get()
    for query in ("", "?again=yes"):
        text = page.get(f"/copies/{group.pk}/{query}").text
        assert "There is nothing to decide" in text
        assert 'name="act"' not in text


def test_stacks_are_listed_with_their_parts(page):
    photo, video = copies.file("IMG_1.HEIC"), copies.file("IMG_1.MOV", kind="video")
    copies.stack(video, photo)
    entries = page.get("/copies/?kind=stacks").context["list"].entries
    assert [[one.name for one in entry.files] for entry in entries] == [["IMG_1.MOV", "IMG_1.HEIC"]]


def test_lists_groups_page_by_page(page, monkeypatch):
    monkeypatch.setattr(queue, "LISTED", 2)
    groups = [near(name) for name in "abc"]
    listed = page.get("/copies/?kind=near&view=list").context["list"]
    assert [entry.key for entry in listed.entries] == [groups[0].pk, groups[1].pk]
    following = page.get(f"/copies/?kind=near&view=list&after={listed.after}").context["list"]
    assert [entry.key for entry in following.entries] == [groups[2].pk]
    assert following.after is None


def test_a_series_stands_in_the_order_of_time_with_its_sharpness(page):
    shown = page.get(f"/copies/{burst(3).pk}/").context["shown"]
    assert [one.file.path_text for one in shown.members] == ["shot-2.jpg", "shot-1.jpg", "shot-0.jpg"]
    assert [one.subject.sharpness_percent for one in shown.members] == [100, 67, 33]


def test_a_group_of_many_has_pages_and_keeps_what_was_ticked_on_others(page, monkeypatch):
    monkeypatch.setattr(comparison, "PAGE_SIZE", 2)
    group = copies.group("near", *(copies.file(f"{number}.jpg") for number in range(5)))
    turned = decide(page, group, "turn-2", keep=["0.jpg", "1.jpg"])
    shown = page.get(turned.headers["Location"]).context["shown"]
    assert [one.file.path_text for one in shown.members] == ["2.jpg", "3.jpg"]
    assert len(shown.kept_elsewhere) == 2
    assert (shown.previous, shown.following) == (0, 4)
    text = page.get(turned.headers["Location"]).text
    assert text.count('type="hidden" name="keep"') == 2


def test_what_becomes_of_very_many_is_not_worked_out_file_by_file(page, monkeypatch):
    monkeypatch.setattr(outcomes, "WHOLE", 2)
    monkeypatch.setattr(comparison, "PAGE_SIZE", 2)
    group = copies.group("near", *(copies.file(f"{number}.jpg") for number in range(4)))
    assert "There are too many files" in page.get(f"/copies/{group.pk}/").text
    decide(page, group, keep=["0.jpg"])
    assert copies.discarded() == {"1.jpg", "2.jpg", "3.jpg"}


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>.jpg", "'\"><b>.jpg", "bell\x07\u202egpj.jpg"])
def test_shows_hostile_names_as_text(page, name):
    group = copies.group("near", copies.file(f"a/{name}"), copies.file(f"b/{name}", camera_model="<i>Canon"))
    burst_group = copies.group("burst", file(f"a/{name}"), copies.file(f"c/{name}"))
    FileTraits.objects.create(file=file(f"a/{name}"), sharpness=1)
    MediaFile.objects.update(description="<script>alert(2)</script>")
    for address in (f"/copies/{group.pk}/", f"/copies/{burst_group.pk}/", "/copies/?kind=near&view=list"):
        text = page.get(address).text
        for harm in ("<img src=x", "<script>alert", "<b>.jpg", "<i>Canon", "\x07", "\u202e"):
            assert harm not in text


def test_takes_as_many_queries_for_many_members_as_for_few(page, django_assert_max_num_queries):
    few, many = near("a"), copies.group("near", *(copies.file(f"{number}.jpg") for number in range(20)))
    near("z")
    for address in (f"/copies/{few.pk}/", f"/copies/{many.pk}/"):
        with django_assert_max_num_queries(15):
            page.get(address)
    for address in ("/copies/?kind=near&view=list", "/copies/?kind=identical", "/copies/?kind=stacks"):
        with django_assert_max_num_queries(10):
            page.get(address)


@pytest.fixture
def photo(tmp_path, settings, import_folder):
    settings.DATA_DIR = tmp_path / "data"
    path = tmp_path / "photos/IMG_1.jpg"
    path.parent.mkdir()
    corners((2400, 1800)).save(path)
    import_folder(path.parent)
    return path


def test_a_picture_can_be_had_with_all_its_pixels(page, photo):
    row = MediaFile.objects.get()
    answer = page.get(f"/files/{row.pk}/full/")
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (2400, 1800)
    with Image.open(io.BytesIO(page.get(f"/files/{row.pk}/preview/").content)) as picture:
        assert picture.size == (1600, 1200)
    known = page.get(f"/files/{row.pk}/full/", headers={"If-None-Match": answer.headers["ETag"]})
    assert known.status_code == 304


def test_the_preview_stands_in_for_a_whole_picture_that_cannot_be_made(page, photo):
    photo.unlink()
    row = MediaFile.objects.get()
    answer = page.get(f"/files/{row.pk}/full/")
    assert answer.headers["Location"] == f"/files/{row.pk}/preview/?v={row.sha256[:8]}"
