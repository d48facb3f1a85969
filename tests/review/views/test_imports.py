import os

import pytest
from django.urls import reverse

from media_catalog.models import FileTag, Job, MediaFile, Source
from media_catalog.services import import_folders, uploads
from tests.review.conftest import BACKEND
from tests.review.rows import NOW, add_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def photos(tmp_path, settings):
    folder = tmp_path / "photos"
    folder.mkdir()
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(folder)]
    return folder


def token(folder) -> str:
    return import_folders.token_of(os.fsencode(folder))


def show(page, folder, **more):
    return page.get(reverse("import_folders"), {"at": token(folder), **more})


def start(page, folder, **more):
    return page.post(reverse("import_folder_start"), {"at": token(folder), **more})


def test_shows_the_three_ways_within_few_queries(page, photos, django_assert_max_num_queries):
    for number in range(25):
        add_source(f"Phone {number}")
    with django_assert_max_num_queries(15):
        text = page.get("/import/").text
    assert "From this device" in text
    assert token(photos) in text
    assert text.count("Import again") == 20


def test_says_how_folders_become_allowed_while_there_are_none(page):
    text = page.get("/import/").text
    assert reverse("settings") + "#import_roots" in text
    assert "import_path" in text


def test_an_upload_that_can_go_on_is_offered_to_whose_it_is_alone(page, person, admin_user):
    mine = uploads.begin(owner=person, at=NOW)
    others = uploads.begin(owner=admin_user, at=NOW)
    text = page.get("/import/").text
    assert str(mine.pk) in text
    assert str(others.pk) not in text


def test_looks_into_a_folder_with_counts(page, photos, make_picture):
    make_picture("photos/Trip <b>/a.jpg")
    text = show(page, photos).text
    assert "1 photo or video" in text
    assert "Trip &lt;b&gt;" in text
    inner = show(page, photos / "Trip <b>").text
    assert token(photos) in inner


def test_refuses_folders_that_are_not_allowed(page, photos, tmp_path):
    answer = page.get(reverse("import_folders"), {"at": token(tmp_path)}, follow=True)
    assert answer.redirect_chain == [("/import/", 302)]
    assert "may not be imported" in answer.text
    assert start(page, tmp_path).status_code == 400
    assert not Source.objects.exists()


@pytest.mark.parametrize("query", [{}, {"at": "!"}, {"at": "Li4"}, {"at": "", "after": "x"}])
def test_an_address_that_stands_for_no_folder_leads_back(page, photos, query):
    assert page.get(reverse("import_folders"), query).url == "/import/"


def test_imports_a_folder_with_what_was_said_about_it(page, photos, make_picture, run_job):
    make_picture("photos/a.jpg")
    answer = start(
        page, photos, label="Mum's phone", time_zone="rome", tags="Rome,  trip ", is_recursive="on"
    )
    job = Job.objects.get()
    assert answer.url == reverse("job", args=[job.pk])
    run_job(job)
    source = Source.objects.get()
    assert (source.label, source.time_zone) == ("Mum's phone", "Europe/Rome")
    assert set(FileTag.objects.values_list("tag__name", flat=True)) == {"Rome", "trip"}


def test_a_wrong_time_zone_is_told_beside_its_field(page, photos):
    answer = start(page, photos, time_zone="Atlantis")
    assert answer.status_code == 422
    assert "no such time zone" in answer.text
    assert not Job.objects.exists()


def test_remembers_whether_inner_folders_are_meant(page, person, photos, make_picture, run_job):
    make_picture("photos/a.jpg")
    make_picture("photos/inner/b.jpg", seed=2)
    assert "2 photos and videos" in show(page, photos).text
    assert "1 photo or video" in show(page, photos, inner="no").text
    assert 'name="is_recursive"' not in show(page, photos).text
    start(page, photos)
    run_job(Job.objects.get())
    assert [file.name for file in MediaFile.objects.all()] == ["a.jpg"]
    page.logout()
    page.force_login(person, backend=BACKEND)
    assert 'name="is_recursive"' not in show(page, photos).text  # as it was imported the last time


def test_a_folder_within_a_source_says_where_it_belongs(page, photos, make_picture, import_folder):
    make_picture("photos/Trip/a.jpg")
    import_folder(photos)
    assert "belongs to the source" in show(page, photos / "Trip").text
    answer = page.post(reverse("import_folder_start"), {"at": token(photos / "Trip")}, follow=True)
    assert "overlaps the source" in answer.text


def test_imports_a_source_again_and_not_twice_at_once(page, photos, make_picture, import_folder):
    make_picture("photos/a.jpg")
    job = import_folder(photos)
    address = reverse("import_again", args=[job.source_id])
    second = page.post(address)
    assert second.url != reverse("job", args=[job.pk])
    assert page.post(address).url == second.url
    assert page.get(address).status_code == 405
    assert page.post(reverse("import_again", args=[10**6])).status_code == 404


def test_shows_the_parts_of_a_takeout(page, photos):
    for number in (1, 3):
        (photos / f"takeout-20240131T142030Z-00{number}.zip").write_text("x")
    text = show(page, photos).text
    assert "Google Takeout of 2024-01-31, part 1, 3" in text
    assert "Part 2 is missing." in text
