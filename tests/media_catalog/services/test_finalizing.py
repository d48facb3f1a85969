"""Clearing up after an export; test names carry the predecessor's bugs (L2, L4, 30) by their numbers."""

import io
import os
from datetime import datetime

import pytest
from PIL import Image

from media_catalog.models import Deletion, ExportedFile, Job, JobFailure, JobFile, MediaFile, Source
from media_catalog.models.fields import path_key
from media_catalog.pipeline import source_removal
from media_catalog.services import finalizing, imports, job_control, jobs, originals, previews, sources
from media_catalog.services.finalizing import Refused, Wish
from tests.media_catalog import dated
from tests.media_catalog.conftest import contents

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def allowed(settings, library):
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(library.folder)]
    settings.MEDIAPARSER_DELETE_ORIGINALS = True


def delete(library, *, label: str = "photos", export: Job | None = None):
    """Delete the originals of a source, after an export if none is given."""
    export = export or library.export()
    source = Source.objects.get(label=label)
    wish = Wish(is_cleaning=False, sources=(source.pk,), phrase="delete originals")
    return library.run_job(finalizing.start(export.export, wish, actor=None, at=library.now))


def kept() -> dict[str, str]:
    rows = Deletion.objects.filter(state="kept").order_by("pk")
    return {os.path.basename(row.original_text): row.reason_code for row in rows}


def left(library) -> set[str]:
    return set(contents(library.photos))


@pytest.fixture
def two(library):
    dated.add(library, "a.jpg")
    dated.add(library, "b.jpg", seed=1)
    library.scan()
    return library


def test_deletes_originals_whose_copies_were_read_again_and_notes_each(two):
    before = contents(two.photos)
    job = delete(two)
    assert (job.state, job.summary["deleted"], job.summary["kept"]) == ("completed", 2, 0)
    assert left(two) == set()
    assert len(two.copies()) == 2
    rows = {os.path.basename(row.original_text): row for row in Deletion.objects.all()}
    assert {name: row.sha256 for name, row in rows.items()} == before
    assert all(row.deleted_at and os.path.exists(row.copy_text) for row in rows.values())
    assert job.summary["deleted_bytes"] == sum(row.size_bytes for row in rows.values())


def test_originals_stay_unless_somebody_asks_for_them(two):
    export = two.export()
    two.run_job(finalizing.start(export.export, Wish(is_clearing=True), actor=None, at=two.now))
    assert left(two) == {"a.jpg", "b.jpg"}
    assert not Deletion.objects.exists()


@pytest.mark.parametrize("phrase", ["", "yes", "delete", "delete originals!"])
def test_originals_are_not_deleted_without_the_words(two, phrase):
    export = two.export()
    source = Source.objects.get()
    with pytest.raises(Refused, match="type “delete originals”"):
        finalizing.start(export.export, Wish(sources=(source.pk,), phrase=phrase), actor=None, at=two.now)
    assert not Job.objects.filter(kind="finalize").exists()


def test_words_without_a_source_delete_nothing(two):
    export = two.export()
    with pytest.raises(Refused, match="Choose whose originals"):
        finalizing.start(export.export, Wish(phrase="delete originals"), actor=None, at=two.now)


def test_a_source_elsewhere_cannot_be_deleted_from(two, settings, tmp_path):
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(tmp_path / "other")]
    assert finalizing.removable() == []
    with pytest.raises(Refused, match="cannot be deleted from the browser"):
        delete(two)
    assert left(two) == {"a.jpg", "b.jpg"}


def test_bug_l4_what_failed_was_discarded_or_has_changed_is_never_deleted(two):
    dated.add(two, "discarded.jpg", seed=2)
    dated.add(two, "changed.jpg", seed=3)
    dated.add(two, "flagged.jpg", seed=4)
    dated.add(two, "retagged.jpg", seed=5)
    dated.add(two, "later.jpg", seed=6)
    (two.photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    two.scan()
    two.discard("discarded.jpg")
    export = two.export()
    two.discard("later.jpg")
    two.flag("flagged.jpg")
    two.tag("retagged.jpg", "beach")
    (two.photos / "changed.jpg").write_bytes(b"something else")
    job = delete(two, export=export)
    assert left(two) == {
        "discarded.jpg",
        "changed.jpg",
        "flagged.jpg",
        "retagged.jpg",
        "later.jpg",
        "broken.jpg",
    }
    expected = {"changed": "changed", "flagged": "undecided", "retagged": "outdated", "later": "discarded"}
    assert kept() == {f"{name}.jpg": code for name, code in expected.items()}
    assert (job.summary["deleted"], job.summary["kept"], job.skipped_count) == (2, 4, 4)


@pytest.mark.parametrize("harm", ["change", "remove", "shorten"])
def test_an_original_stays_where_its_copy_is_not_as_it_was_written(two, harm):
    export = two.export()
    row = ExportedFile.objects.get(file__name="a.jpg")
    copy = two.archive / row.destination
    if harm == "remove":
        copy.unlink()
    else:
        content = copy.read_bytes()
        copy.write_bytes(content[:-1] + (bytes([content[-1] ^ 1]) if harm == "change" else b""))
    delete(two, export=export)
    assert left(two) == {"a.jpg"}
    assert kept() == {"a.jpg": "bad_copy"}


def test_an_original_stays_where_the_sidecar_of_its_copy_has_changed(library):
    library.add_video("a.mkv")
    library.scan()
    library.date("a.mkv", datetime(2015, 1, 31, 14, 20, 30))
    export = library.export()
    row = ExportedFile.objects.get()
    (library.archive / row.sidecar).write_bytes(b"<xml/>")
    delete(library, export=export)
    assert kept() == {"a.mkv": "bad_copy"}


def test_an_identical_copy_goes_for_the_sake_of_the_one_in_the_archive(library):
    dated.add(library)
    library.add_copy("a.jpg", "photos/copy.jpg")
    library.scan()
    job = delete(library)
    assert (job.summary["deleted"], left(library), len(library.copies())) == (2, set(), 1)


def test_bug_l2_nothing_of_another_source_is_touched(two):
    other = dated.add(two, "c.jpg", seed=2, folder="phone")
    two.scan("phone")
    delete(two)
    assert other.exists()
    assert (left(two), MediaFile.objects.count()) == (set(), 3)


def test_what_was_deleted_is_no_loss_to_the_next_import(two):
    two.add_copy("a.jpg", "photos/again.jpg")
    two.scan()
    delete(two)
    dated.add(two, "new.jpg", seed=9)
    job = two.scan()
    assert (job.vanished_count, job.failed_count) == (0, 0)
    assert two.fates() == {
        "a.jpg": "exported",
        "b.jpg": "exported",
        "again.jpg": "duplicate",
        "new.jpg": "waiting",
    }
    again = two.export()
    assert (again.failed_count, again.known_count, again.done_count) == (0, 2, 1)


def test_a_copy_whose_original_was_deleted_stays_as_it_is_and_says_so(two):
    delete(two)
    before = two.copies()
    two.tag("a.jpg", "beach")
    job = two.export()
    assert (job.state, job.failed_count, two.copies()) == ("completed", 1, before)
    assert JobFailure.objects.get(job=job).code == "original_deleted"
    assert two.fates() == {"a.jpg": "exported", "b.jpg": "exported"}


def test_a_source_all_of_which_was_deleted_is_imported_as_the_empty_folder_that_it_is(two):
    delete(two)
    job = two.scan()
    assert (job.state, job.vanished_count) == ("completed", 0)


def test_what_came_back_changed_and_went_again_is_a_loss(two):
    delete(two)
    dated.add(two, "a.jpg", seed=7)
    two.scan()
    (two.photos / "a.jpg").unlink()
    dated.add(two, "new.jpg", seed=9)
    assert two.scan().vanished_count == 1


def test_a_worker_that_died_after_a_deletion_leaves_it_to_the_next_to_say_so(two, monkeypatch):
    export = two.export()
    remove = source_removal.remove

    def killed(path, **options):
        remove(path, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(source_removal, "remove", killed)
    with pytest.raises(KeyboardInterrupt):
        delete(two, export=export)
    assert list(Deletion.objects.values_list("state", flat=True)) == ["intended"]
    monkeypatch.setattr(source_removal, "remove", remove)
    job = two.run_job(Job.objects.get(kind="finalize"))
    assert (job.state, job.summary["deleted"], left(two)) == ("completed", 2, set())
    assert set(Deletion.objects.values_list("state", flat=True)) == {"deleted"}


def test_nothing_is_deleted_when_the_archive_has_gone(two):
    export = two.export()
    source = Source.objects.get()
    wish = Wish(sources=(source.pk,), phrase="delete originals")
    job = finalizing.start(export.export, wish, actor=None, at=two.now)
    two.archive.rename(two.archive.with_name("unplugged"))
    two.run_job(job)
    assert (job.state, left(two)) == ("halted", {"a.jpg", "b.jpg"})
    two.archive.with_name("unplugged").rename(two.archive)
    job_control.act(job.pk, job_control.Action.CONTINUE, at=two.now)
    two.run_job(job)
    assert (job.state, left(two)) == ("completed", set())


def test_a_paused_clearing_deletes_nothing_more_and_goes_on(two, monkeypatch):
    export = two.export()
    remove = source_removal.remove

    def pausing(path, **options):
        remove(path, **options)
        job_control.act(Job.objects.get(kind="finalize").pk, job_control.Action.PAUSE, at=two.now)

    monkeypatch.setattr(source_removal, "remove", pausing)
    job = delete(two, export=export)
    assert (job.state, len(left(two))) == ("paused", 1)
    monkeypatch.setattr(source_removal, "remove", remove)
    job_control.act(job.pk, job_control.Action.RESUME, at=two.now)
    assert (two.run_job(job).summary["deleted"], left(two)) == (2, set())


def test_does_not_begin_while_files_are_imported(two):
    export = two.export()
    running = imports.start(sources.register(two.photos, created_at=two.now), created_at=two.now)
    with pytest.raises(finalizing.Busy, match=f"Job {running.pk}"):
        finalizing.start(export.export, Wish(), actor=None, at=two.now)


def test_does_not_begin_after_an_export_that_was_not_completed(two):
    export = two.start()
    with pytest.raises(Refused, match="has not been completed"):
        finalizing.start(export.export, Wish(), actor=None, at=two.now)


def test_working_files_go_and_thumbnails_stay(two, settings):
    export = two.export()
    preview = settings.DATA_DIR / "previews" / "ab" / "cd" / "x.jpg"
    preview.parent.mkdir(parents=True, exist_ok=True)
    preview.write_bytes(b"jpeg")
    thumbnails = set((settings.DATA_DIR / "thumbnails").rglob("*.jpg"))
    job = two.run_job(finalizing.start(export.export, Wish(), actor=None, at=two.now))
    assert job.summary["cleaned"] >= 1
    assert not preview.exists()
    assert set((settings.DATA_DIR / "thumbnails").rglob("*.jpg")) == thumbnails
    assert (len(two.copies()), len(left(two))) == (2, 2)


def test_cleared_records_leave_files_decisions_and_jobs(two):
    export = two.export()
    two.tag("a.jpg", "beach")
    seen = JobFile.objects.count()
    numbers = (MediaFile.objects.count(), Job.objects.count(), ExportedFile.objects.count())
    job = two.run_job(
        finalizing.start(export.export, Wish(is_cleaning=False, is_clearing=True), actor=None, at=two.now)
    )
    assert (job.summary["cleared"], JobFile.objects.count()) == (seen, 0)
    assert (MediaFile.objects.count(), Job.objects.count() - 1, ExportedFile.objects.count()) == numbers


def test_bug_30_work_goes_on_after_records_were_cleared(two):
    export = two.export()
    wish = Wish(is_clearing=True)
    cleared = two.run_job(finalizing.start(export.export, wish, actor=None, at=two.now))
    dated.add(two, "new.jpg", seed=8)
    job = two.scan()
    assert (job.state, job.known_count, job.done_count) == ("completed", 2, 1)
    assert job.pk > cleared.pk
    assert two.export().done_count == 1


def test_a_second_clearing_at_the_same_time_is_refused(two):
    export = two.export()
    finalizing.start(export.export, Wish(), actor=None, at=two.now)
    with pytest.raises(jobs.AlreadyRunning):
        finalizing.start(export.export, Wish(), actor=None, at=two.now)


def test_pictures_of_what_was_deleted_are_made_from_its_copy(two, now):
    two.tag("a.jpg", "so that the copy has other bytes")
    delete(two)
    for name in ("a.jpg", "b.jpg"):
        file = MediaFile.objects.select_related("source", "metadata").get(name=name)
        jpeg = previews.jpeg_of(file, at=now)
        assert jpeg is not None
        assert Image.open(io.BytesIO(jpeg)).size == (160, 120)
        stream, size_bytes = originals.opened(file)
        with stream:
            assert len(stream.read()) == size_bytes


def test_what_was_uploaded_goes_with_its_empty_folders(two, settings):
    settings.MEDIAPARSER_IMPORT_ROOTS = []
    uploads = settings.DATA_DIR / "uploads" / "1"
    (uploads / "Rome" / "day 1").mkdir(parents=True)
    dated.add(two, "c.jpg", seed=5, folder="sent").rename(uploads / "Rome" / "day 1" / "c.jpg")
    (uploads / "notes.txt").write_text("no picture")
    root = str(uploads).encode()
    source = Source.objects.create(
        label="1", root_bytes=root, root_key=path_key(root), root_text=str(uploads), created_at=two.now
    )
    two.run_job(imports.start(source, created_at=two.now))
    delete(two, label="1")
    assert sorted(path.name for path in uploads.rglob("*")) == ["notes.txt"]


def test_a_decision_made_while_originals_are_deleted_still_counts(two, monkeypatch):
    export = two.export()
    remove = source_removal.remove

    def discarding(path, **options):
        remove(path, **options)
        two.discard("b.jpg")

    monkeypatch.setattr(source_removal, "remove", discarding)
    delete(two, export=export)
    assert (left(two), kept()) == ({"b.jpg"}, {"b.jpg": "discarded"})
