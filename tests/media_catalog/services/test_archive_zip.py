import io
import os
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest

from media_catalog.models import Archive, ExportedFile
from media_catalog.services import archive_zip
from media_catalog.services.selections import Selection
from tests.media_catalog import dated

pytestmark = pytest.mark.django_db


@pytest.fixture
def exported(library):
    dated.add(library, "a.jpg")
    dated.add(library, "b.jpg", seed=1)
    library.add_video("c.mkv")
    library.add_copy("a.jpg", "photos/same.jpg")
    library.scan()
    library.tag("c.mkv", "beach")
    library.export()
    return library


def unpacked(copies) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(archive_zip.stream(copies, Archive.objects.get()))))


def test_holds_all_copies_their_sidecars_and_their_checksums(exported):
    packed = unpacked(archive_zip.of_archive(Archive.objects.get()))
    assert packed.testzip() is None
    names = {name for name in packed.namelist() if name != archive_zip.SUMS}
    assert names == set(exported.copies())
    for name in names:
        assert packed.read(name) == (exported.archive / name).read_bytes()
    lines = packed.read(archive_zip.SUMS).decode().splitlines()
    assert {line[66:]: line[:64] for line in lines} == exported.copies()
    assert {one.compress_type for one in packed.infolist()} == {zipfile.ZIP_STORED}


def test_holds_only_what_one_export_wrote(exported):
    dated.add(exported, "late.jpg", seed=5)
    exported.scan()
    job = exported.export()
    names = unpacked(archive_zip.of_export(job.export)).namelist()
    assert (len(names), job.done_count) == (2, 1)


def test_holds_the_copy_of_an_identical_file_that_was_selected(exported):
    same = exported.file("same.jpg")
    files = Selection(ids=(same.pk,)).files()
    names = unpacked(archive_zip.of_files(files, Archive.objects.get())).namelist()
    copy = ExportedFile.objects.get(source_sha256=same.sha256)
    assert names == [copy.destination, archive_zip.SUMS]


def test_says_what_is_missing_and_sends_the_rest(exported):
    gone = ExportedFile.objects.get(file__name="b.jpg").destination
    (exported.archive / gone).unlink()
    packed = unpacked(archive_zip.of_archive(Archive.objects.get()))
    assert gone not in packed.namelist()
    assert gone in packed.read(archive_zip.MISSING).decode()


def test_never_follows_a_link_out_of_the_archive(exported, tmp_path):
    copy = exported.archive / ExportedFile.objects.get(file__name="b.jpg").destination
    secret = tmp_path / "secret"
    secret.write_text("password")
    copy.unlink()
    copy.symlink_to(secret)
    body = b"".join(archive_zip.stream(archive_zip.of_archive(Archive.objects.get()), Archive.objects.get()))
    assert b"password" not in body


def test_names_that_are_not_ascii_and_dates_beyond_the_format_are_kept_or_cut(library):
    library.add_undated("Großmutter 写真.jpg")
    os.utime(library.photos / "Großmutter 写真.jpg", (0, 0))
    library.scan()
    library.date("Großmutter 写真.jpg", datetime(1931, 5, 1))
    library.export()
    [entry, *_] = unpacked(archive_zip.of_archive(Archive.objects.get())).infolist()
    assert entry.filename == "1931/19310501_000000.jpg"
    assert entry.date_time >= archive_zip.EARLIEST


def test_takes_the_memory_of_a_piece_and_not_of_a_film(exported):
    film = exported.archive / ExportedFile.objects.get(file__name="b.jpg").destination
    with film.open("r+b") as file:
        file.truncate(200 << 20)
    tracemalloc.start()
    sent = sum(
        map(len, archive_zip.stream(archive_zip.of_archive(Archive.objects.get()), Archive.objects.get()))
    )
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent > 200 << 20
    assert peak < 12 << 20


def test_time_of_the_last_change_is_that_of_the_copy(exported):
    row = ExportedFile.objects.get(file__name="a.jpg")
    at = datetime(2019, 3, 4, 5, 6, 8, tzinfo=UTC).timestamp()
    os.utime(exported.archive / row.destination, (at, at))
    entry = unpacked(archive_zip.of_archive(Archive.objects.get())).getinfo(row.destination)
    assert entry.date_time == (2019, 3, 4, 5, 6, 8)
