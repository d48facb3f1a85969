import os
from pathlib import Path

import pytest

from media_catalog.models import Archive, Job
from media_catalog.services import archives, exports

pytestmark = pytest.mark.django_db


def start(library, folder: Path | str):
    root = os.fsencode(folder)
    return exports.start(archive_root=root, is_forced=True, created_at=library.now)


def test_a_new_archive_is_made_and_says_what_it_is(library):
    start(library, library.folder / "a/new/archive")
    text = (library.folder / "a/new/archive" / archives.MARKER).read_text()
    assert "archive that MediaParser writes" in text
    assert Archive.objects.get().root == os.fsencode(library.folder / "a/new/archive")


def test_an_archive_is_known_again_through_a_link(library):
    library.export()
    (library.folder / "link").symlink_to(library.archive)
    library.run_job(start(library, library.folder / "link"))
    assert Archive.objects.count() == 1


def test_the_archive_in_the_data_folder_is_allowed(library, settings):
    settings.DATA_DIR = library.folder / "data"
    start(library, library.folder / "data/archive")


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        ("photos", "overlaps the source"),
        ("photos/sub", "overlaps the source"),
        ("photos/sub/../../photos", "overlaps the source"),
        ("link", "overlaps the source"),
        (".", "own data folder"),
        ("data", "own data folder"),
        ("data/thumbnails", "own data folder"),
        ("data/..", "data folder"),
        ("file", "is a file: give a folder"),
        ("file/below", "is a file: give a folder"),
        ("other/sub", "overlaps the archive"),
        ("/proc/new", "make room, or give a folder on another disk"),
    ],
)
def test_a_folder_that_cannot_be_the_archive_is_refused_and_nothing_is_made(library, settings, folder, words):
    settings.DATA_DIR = library.folder / "data"
    settings.DATA_DIR.mkdir()
    library.add("sub/a.jpg")
    library.scan()
    (library.folder / "link").symlink_to("photos")
    (library.folder / "file").touch()
    archives.register(os.fsencode(library.folder / "other"), created_at=library.now)
    before = sorted(library.folder.rglob("*"))
    with pytest.raises(archives.ArchiveRefused, match=words):
        start(library, os.path.join(library.folder, folder))
    assert sorted(library.folder.rglob("*")) == before
    assert not Job.objects.filter(kind="export").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_refused(library):
    library.archive.mkdir(mode=0o500)
    with pytest.raises(archives.ArchiveRefused, match="may not be written to"):
        library.start()


def test_an_archive_without_its_marker_is_taken_for_an_unmounted_disk(library):
    library.add()
    library.scan()
    library.export()
    (library.archive / archives.MARKER).unlink()
    with pytest.raises(archives.ArchiveRefused, match="connect its disk") as refusal:
        library.start()
    assert f"create an empty file {archives.MARKER}" in str(refusal.value)
    (library.archive / archives.MARKER).touch()
    assert library.export().known_count == 1


def test_an_archive_that_nothing_was_written_to_yet_may_be_made_anew(library):
    library.export()
    (library.archive / archives.MARKER).unlink()
    library.archive.rmdir()
    library.add()
    library.scan()
    assert library.export().done_count == 1
