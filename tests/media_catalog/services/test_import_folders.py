import os

import pytest

from media_catalog.models import Job, MediaFile
from media_catalog.services import import_folders, sources
from media_catalog.services.import_folders import FolderRefused, token_of
from media_catalog.services.uploads import Wishes
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def photos(tmp_path, settings):
    folder = tmp_path / "photos"
    folder.mkdir()
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(folder), str(tmp_path / "not there")]
    return folder


def encoded(path) -> bytes:
    return os.fsencode(path)


def test_lists_only_roots_that_are_there(photos):
    assert import_folders.roots() == [encoded(photos)]


@pytest.mark.parametrize("other", ["..", "../secret", "/", "", "/etc", "link", "\0"])
def test_never_looks_beyond_the_allowed_roots(photos, tmp_path, other):
    (tmp_path / "secret").mkdir()
    (photos / "link").symlink_to(tmp_path / "secret")
    path = encoded(photos) + b"/" + other.encode() if not other.startswith("/") and other else other.encode()
    with pytest.raises(FolderRefused):
        import_folders.path_of(token_of(path))


@pytest.mark.parametrize("token", ["!", "a", "=", "ü", "A" * 9])
def test_refuses_what_stands_for_no_path(photos, token):
    with pytest.raises(FolderRefused):
        import_folders.path_of(token)


def test_a_folder_whose_name_merely_begins_like_a_root_is_none(photos, tmp_path):
    (tmp_path / "photos-private").mkdir()
    with pytest.raises(FolderRefused):
        import_folders.path_of(token_of(encoded(tmp_path / "photos-private")))


def test_counts_photos_by_what_is_known_and_new(photos, make_picture, import_folder):
    make_picture("photos/Trip/a.jpg")
    make_picture("photos/Trip/b.jpg", seed=2)
    (photos / "Trip/notes.txt").write_text("x")
    import_folder(photos)
    make_picture("photos/Trip/c.jpg", seed=3)
    found = import_folders.listing(encoded(photos))
    assert (found.here.counts.media, found.here.counts.known, found.here.counts.new) == (3, 2, 1)
    assert [(one.name, one.counts.new) for one in found.folders] == [("Trip", 1)]
    assert found.source is not None
    inner = import_folders.listing(encoded(photos / "Trip"))
    assert (inner.here.counts.known, inner.source) == (2, found.source)
    assert [one.name for one in inner.above] == [str(photos), "Trip"]


def test_lists_folders_page_by_page_and_no_hidden_or_linked_ones(photos, monkeypatch, tmp_path):
    monkeypatch.setattr(import_folders, "PAGE", 2)
    for name in ("c", "a", "b", ".hidden", "@eaDir"):
        (photos / name).mkdir()
    (photos / "link").symlink_to(tmp_path)
    first = import_folders.listing(encoded(photos))
    assert [one.name for one in first.folders] == ["a", "b"]
    rest = import_folders.listing(encoded(photos), after=first.more)
    assert [one.name for one in rest.folders] == ["c"]
    assert rest.more == ""


def test_stops_counting_in_a_large_folder_and_says_so(photos, monkeypatch):
    monkeypatch.setattr(import_folders, "MOST_ENTRIES", 3)
    (photos / "inner").mkdir()
    for number in range(5):
        (photos / f"{number}.jpg").write_text("x")
    found = import_folders.listing(encoded(photos))
    assert (found.here.counts.media, found.here.counts.is_whole) == (3, False)
    assert found.folders[0].counts is None


def test_keeps_names_that_are_no_text(photos):
    (photos / os.fsdecode(b"caf\xe9")).mkdir()
    found = import_folders.listing(encoded(photos)).folders[0]
    assert found.name == "caf\ufffd"
    assert import_folders.path_of(found.token) == encoded(photos) + b"/caf\xe9"


def test_sees_the_parts_of_a_takeout(photos):
    for number in (1, 3):
        (photos / f"takeout-20240131T142030Z-00{number}.zip").write_text("x")
    [found] = import_folders.listing(encoded(photos)).takeouts
    assert (found.numbers, found.missing) == ((1, 3), (2,))


def test_imports_a_folder_without_its_folders_and_remembers_that(photos, make_picture, run_job):
    make_picture("photos/a.jpg")
    make_picture("photos/inner/b.jpg", seed=2)
    job = run_job(
        import_folders.start(encoded(photos), wishes=Wishes(label="Ours"), is_recursive=False, at=NOW)
    )
    assert (job.kind, job.source.label) == (Job.Kind.IMPORT, "Ours")
    assert [file.name for file in MediaFile.objects.all()] == ["a.jpg"]
    make_picture("photos/c.jpg", seed=3)
    run_job(import_folders.again(job.source, at=NOW))
    assert {file.name for file in MediaFile.objects.all()} == {"a.jpg", "c.jpg"}


def test_what_overlaps_a_source_is_refused_with_the_way_out(photos, make_picture, import_folder):
    make_picture("photos/Trip/a.jpg")
    import_folder(photos)
    with pytest.raises(sources.SourceRefused, match="overlaps the source"):
        import_folders.start(encoded(photos / "Trip"), wishes=Wishes(), at=NOW)
