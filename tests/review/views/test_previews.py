import pytest

from media_catalog.models import MediaFile
from tests.pipeline.pictures import corners
from tests.review.rows import add_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def photo(tmp_path, settings):
    settings.DATA_DIR = tmp_path / "data"
    path = tmp_path / "photos/IMG_1.jpg"
    path.parent.mkdir()
    corners((2400, 1800)).save(path)
    return path


@pytest.fixture
def file(photo, import_folder) -> MediaFile:
    import_folder(photo.parent)
    return MediaFile.objects.get()


def test_sends_the_preview_to_be_kept_by_this_browser_alone(page, file):
    answer = page.get(f"/files/{file.pk}/preview/")
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xff\xd8")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["ETag"] == f'"{file.sha256}-1600"'


def test_does_not_make_a_preview_that_the_browser_has(page, file, photo):
    photo.unlink()
    etag = f'"{file.sha256}-1600"'
    answer = page.get(f"/files/{file.pk}/preview/", headers={"If-None-Match": etag})
    assert answer.status_code == 304


def test_sends_an_icon_where_the_original_is_missing(page, file, photo):
    photo.unlink()
    answer = page.get(f"/files/{file.pk}/preview/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "image/svg+xml")
    assert answer.content.startswith(b"<svg")


def test_sends_the_grid_picture_where_no_preview_can_be_made(page, file, settings):
    settings.MEDIAPARSER_MAX_PIXELS = 1_000_000
    answer = page.get(f"/files/{file.pk}/preview/")
    assert answer.status_code == 200
    assert answer.headers["ETag"] == f'"{file.sha256}"'


def test_only_people_with_an_account_see_previews(client, file):
    assert client.get(f"/files/{file.pk}/preview/").status_code == 302


def test_the_page_of_a_file_shows_the_preview_over_the_grid_picture(page, file):
    text = page.get(f"/files/{file.pk}/").text
    version = file.sha256[:8]
    below, over = (
        text.index(f'src="/files/{file.pk}/{name}?v={version}"') for name in ("thumbnail.jpg", "preview/")
    )
    assert below < over


def test_knows_no_file_that_is_not_there(page):
    assert page.get("/files/999/preview/").status_code == 404
    assert page.get(f"/files/{add_file(sha256='').pk}/preview/").status_code == 404
