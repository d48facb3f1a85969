import pytest

from media_catalog.models import Archive
from media_catalog.models.fields import path_key
from media_catalog.services import export_roots
from media_catalog.services.export_roots import NotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def usual(settings, tmp_path):
    settings.MEDIAPARSER_ARCHIVE_DIR = tmp_path / "archive"
    settings.MEDIAPARSER_EXPORT_ROOTS = [str(tmp_path / "more")]


def test_nothing_stands_for_the_usual_folder(tmp_path):
    assert export_roots.require("  ") == str(tmp_path / "archive").encode()


def test_what_is_below_an_allowed_folder_may_be_named(tmp_path):
    assert export_roots.require(f"{tmp_path}/more/a/b") == f"{tmp_path}/more/a/b".encode()


def test_an_archive_that_is_there_may_be_brought_up_to_date(tmp_path, now):
    root = str(tmp_path / "old").encode()
    Archive.objects.create(root_bytes=root, root_key=path_key(root), root_text=root.decode(), created_at=now)
    assert export_roots.require(f"{tmp_path}/old") == root
    assert export_roots.known() == [str(tmp_path / "archive"), str(tmp_path / "old")]


@pytest.mark.parametrize(
    "place", ["/etc", "{0}/more/../secret", "{0}/moreover", "more", "/a\0b", "{0}/link/x"]
)
def test_other_folders_are_refused_with_what_is_allowed(tmp_path, place):
    (tmp_path / "more").mkdir()
    (tmp_path / "link").symlink_to("/etc")
    with pytest.raises(NotAllowed) as refused:
        export_roots.require(place.format(tmp_path))
    assert str(tmp_path / "more") in str(refused.value) or "whole path" in str(refused.value)
