import hashlib
import os
import shutil
from datetime import datetime

import pytest
from django.conf import settings

from media_catalog.models import (
    DuplicateGroup,
    FileTag,
    Job,
    JobBatch,
    JobFile,
    MediaFile,
    TimestampCandidate,
)
from media_catalog.services import counts, import_scan, imports, jobs, risks, sources
from tests import tagging

pytestmark = pytest.mark.django_db

TAGS = {
    "Make": "Apple",
    "Model": "iPhone 6",
    "DateTimeOriginal": "2015:01:31 14:20:30",
    "OffsetTimeOriginal": "+09:00",
}


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def by_name(name: str) -> MediaFile:
    return MediaFile.objects.get(name=name)


def everything() -> list[object]:
    """All that an import may write about files, as plain data."""
    tables = (MediaFile, TimestampCandidate, FileTag, DuplicateGroup)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_reads_a_photo_with_its_date_place_and_thumbnail(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags={**TAGS, "GPSLatitude": "35.68", "GPSLatitudeRef": "N",
                                       "GPSLongitude": "139.69", "GPSLongitudeRef": "E"})  # fmt: skip
    job = import_folder(photos)
    assert (job.state, job.done_count, job.failed_count) == (Job.State.COMPLETED, 1, 0)
    file = by_name("a.jpg")
    assert file.captured_local == datetime(2015, 1, 31, 14, 20, 30)
    assert (file.offset_minutes, file.offset_source) == (540, "EXIF:OffsetTimeOriginal")
    assert file.captured_at and file.captured_at.isoformat() == "2015-01-31T05:20:30+00:00"
    assert (file.captured_from, file.confidence) == ("EXIF:DateTimeOriginal", "high")
    assert (file.gps_lat, file.gps_lon) == (35.68, 139.69)
    assert file.sha256 == hashlib.sha256((photos / "a.jpg").read_bytes()).hexdigest()
    thumbnail = settings.DATA_DIR / "thumbnails" / file.sha256[:2] / file.sha256[2:4] / f"{file.sha256}.jpg"
    assert file.has_thumbnail
    assert thumbnail.stat().st_size > 500


def test_importing_again_creates_nothing_and_says_what_is_known(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    make_picture("photos/b.jpg", seed=2)
    (photos / "notes.txt").write_text("hello")
    (photos / ".hidden").write_text("x")
    import_folder(photos)
    before = everything()
    again = import_folder(photos)
    assert everything() == before
    assert (again.total_count, again.known_count) == (0, 4)
    assert again.job_files.filter(outcome=JobFile.Outcome.UNCHANGED).count() == 4


def test_notices_what_changed_and_what_vanished_and_what_came_back(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    make_picture("photos/b.jpg", seed=2)
    import_folder(photos)
    make_picture("photos/a.jpg", seed=5, tags={**TAGS, "DateTimeOriginal": "2016:02:03 04:05:06"})
    shutil.move(photos / "b.jpg", photos.parent / "b.jpg")
    job = import_folder(photos)
    assert (job.changed_count, job.vanished_count) == (1, 1)
    assert by_name("a.jpg").captured_local == datetime(2016, 2, 3, 4, 5, 6)
    assert (by_name("b.jpg").state, by_name("b.jpg").reason_code) == ("missing", "vanished")
    shutil.move(photos.parent / "b.jpg", photos / "b.jpg")
    import_folder(photos)
    assert by_name("b.jpg").state == "analysed"


def test_a_date_that_a_person_confirmed_survives_a_changed_file(photos, make_picture, import_folder, now):
    make_picture("photos/a.jpg", tags=TAGS)
    import_folder(photos)
    MediaFile.objects.update(reviewed_at=now)
    make_picture("photos/a.jpg", seed=5, tags={**TAGS, "DateTimeOriginal": "2016:02:03 04:05:06"})
    import_folder(photos)
    assert by_name("a.jpg").captured_local == datetime(2015, 1, 31, 14, 20, 30)


def test_an_empty_mount_point_does_not_make_a_library_vanish(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    import_folder(photos)
    (photos / "a.jpg").unlink()
    job = import_folder(photos)
    assert job.state == Job.State.HALTED
    assert "empty" in job.error_text
    assert by_name("a.jpg").state == "analysed"


def test_every_entry_has_a_state_and_a_reason(photos, make_picture, import_folder):
    make_picture("photos/good.jpg", tags=TAGS)
    make_picture("photos/@eaDir/thumb.jpg")
    make_picture("photos/.hidden.jpg")
    (photos / "._good.jpg").write_bytes(b"\0\5\26\7")
    (photos / "Thumbs.db").write_bytes(b"x")
    (photos / "empty.jpg").touch()
    (photos / "notes.txt").write_text("no picture at all")
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"rubbish" * 40)
    (photos / "good.jpg.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    (photos / "link.jpg").symlink_to("good.jpg")
    os.mkfifo(photos / "pipe.jpg")
    (photos / "folder.jpg").mkdir()
    job = import_folder(photos)
    assert job.state == Job.State.COMPLETED
    states = {file.name: (file.state, file.reason_code) for file in MediaFile.objects.all()}
    assert states == {
        "good.jpg": ("analysed", ""),
        "thumb.jpg": ("skipped", "system_file"),
        ".hidden.jpg": ("skipped", "hidden"),
        "._good.jpg": ("skipped", "system_file"),
        "Thumbs.db": ("skipped", "system_file"),
        "empty.jpg": ("failed", "empty"),
        "notes.txt": ("skipped", "not_media"),
        "broken.jpg": ("failed", "unreadable"),
        "good.jpg.xmp": ("skipped", "sidecar"),
        "link.jpg": ("skipped", "symlink"),
        "pipe.jpg": ("skipped", "fifo"),
    }
    assert by_name("good.jpg.xmp").belongs_to == by_name("good.jpg")
    assert job.total_count == job.handled_count == len(states)
    assert sum(counts.numbers("fate").values()) == len(states)


def test_identical_files_form_one_group_across_sources_and_unrelated_ones_none(
    tmp_path, photos, make_picture, import_folder
):
    make_picture("photos/a.jpg", tags=TAGS)
    make_picture("photos/other.jpg", seed=9)
    (tmp_path / "phone/sub").mkdir(parents=True)
    shutil.copy2(photos / "a.jpg", tmp_path / "phone/sub/copy.jpg")
    import_folder(photos)
    assert not DuplicateGroup.objects.exists()
    import_folder(tmp_path / "phone")
    group = DuplicateGroup.objects.get()
    assert group.resolved_at is not None
    members = group.members.order_by("rank").values_list("file__name", "is_keeper")
    assert list(members) == [("a.jpg", True), ("copy.jpg", False)]


def test_two_names_of_one_file_are_no_copies_of_each_other(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    os.link(photos / "a.jpg", photos / "b.jpg")
    import_folder(photos)
    assert MediaFile.objects.count() == 2
    assert not DuplicateGroup.objects.exists()


def test_a_group_dissolves_when_its_copy_changes(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    shutil.copy2(photos / "a.jpg", photos / "b.jpg")
    import_folder(photos)
    assert DuplicateGroup.objects.count() == 1
    make_picture("photos/b.jpg", seed=4)
    import_folder(photos)
    assert not DuplicateGroup.objects.exists()


def test_the_zone_of_the_source_places_an_instant_and_is_marked_as_assumed(photos, run_job, now):
    shutil.copy(_video(photos), photos / "clip.mp4")
    (photos / "raw.mp4").unlink()
    source = sources.register(photos, time_zone="Europe/Berlin", created_at=now)
    run_job(imports.start(source, created_at=now))
    file = by_name("clip.mp4")
    assert file.captured_local == datetime(2015, 7, 4, 12, 0, 0)
    assert (file.offset_minutes, file.offset_source) == (120, "assumed")


def _video(folder):
    import av
    import numpy

    target = folder / "raw.mp4"
    with av.open(str(target), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(0, 200, 40):
            image = numpy.full((48, 64, 3), shade + 30, dtype=numpy.uint8)
            image[10:30, 10:40] = 255 - shade
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode())
    date = "-QuickTime:CreateDate=2015:07:04 10:00:00"
    tagging.run("-q", "-overwrite_original", date, target)
    return target


def test_a_clip_of_half_a_second_has_its_thumbnail_and_hash(photos, import_folder):
    _video(photos)
    import_folder(photos)
    file = by_name("raw.mp4")
    assert (file.kind, file.state) == ("video", "analysed")
    assert file.has_thumbnail
    assert file.phash is not None


def test_a_cut_off_picture_is_flagged_and_never_high(photos, make_picture, import_folder):
    whole = make_picture("photos/cut.jpg", tags=TAGS, size=(800, 600)).read_bytes()
    (photos / "cut.jpg").write_bytes(whole[: len(whole) * 2 // 3])
    import_folder(photos)
    file = by_name("cut.jpg")
    assert file.state == "analysed"
    assert file.damage
    assert file.confidence != "high"
    assert (file.is_flagged, file.is_open) == (True, True)


def test_tags_given_for_the_import_and_keywords_of_the_file_are_both_kept(
    photos, make_picture, import_folder
):
    make_picture("photos/a.jpg", tags={"XMP-dc:Subject": "Existing"})
    import_folder(photos, tags=["Holiday", "existing"])
    rows = FileTag.objects.order_by("tag__name").values_list("tag__name", "origin")
    assert list(rows) == [("Existing", "metadata"), ("Holiday", "person")]


def test_a_second_delivery_of_the_same_batch_changes_nothing(photos, make_picture, import_folder, now):
    from media_catalog import tasks

    make_picture("photos/a.jpg", tags=TAGS)
    import_folder(photos)
    before = everything()
    for batch in JobBatch.objects.all():
        tasks.run_batch(batch.pk)
    assert everything() == before


def test_the_last_batches_are_small_so_that_no_worker_waits_long_for_another(photos, now, settings):
    settings.MEDIAPARSER_BATCH_SIZE = 30
    for number in range(70):
        (photos / f"{number:02}.jpg").write_bytes(b"x")
    job = imports.start(sources.register(photos, created_at=now), created_at=now)
    claim = jobs.claim(job.batches.get().pk, at=now)
    import_scan.run(claim, clock=lambda: now)
    sizes = [batch.job_files.count() for batch in job.batches.filter(stage="files").order_by("pk")]
    assert sizes == [17, 13, 10, 10, 10, 10]


def test_the_last_step_follows_the_last_files_at_once(photos, make_picture, now, settings):
    from media_catalog import tasks

    settings.MEDIAPARSER_BATCH_SIZE = 1
    for number in range(2):
        make_picture(f"photos/{number}.jpg", seed=number)
    job = imports.start(sources.register(photos, created_at=now), created_at=now)
    tasks.run_batch(job.batches.get().pk)
    first, last = job.batches.filter(stage="files").order_by("pk")

    tasks.run_batch(first.pk)
    assert not job.batches.filter(stage="finish").exists()
    tasks.run_batch(last.pk)

    job.refresh_from_db()
    assert job.state == Job.State.COMPLETED


def test_a_scan_that_was_cut_off_goes_on_where_it_was(photos, make_picture, run_job, now, monkeypatch):
    for number in range(4):
        make_picture(f"photos/{number}.jpg", seed=number)
    job = imports.start(sources.register(photos, created_at=now), created_at=now)
    monkeypatch.setattr("media_catalog.services.import_scan.SLICE", 2)
    claim = jobs.claim(job.batches.get().pk, at=now)
    assert claim
    from media_catalog.pipeline.scan import scan

    entries = list(scan(os.fsencode(photos)))
    import_scan.store(claim, claim.batch.job.source, entries[:2], at=now)
    jobs.release(claim, at=now)
    done = run_job(job)
    assert (done.total_count, done.done_count) == (4, 4)
    assert MediaFile.objects.count() == 4


def test_a_file_that_kills_its_worker_is_quarantined_and_stops_nobody(photos, make_picture, run_job, now):
    for number in range(3):
        make_picture(f"photos/{number}.jpg", seed=number)
    job = imports.start(sources.register(photos, created_at=now), created_at=now)
    from media_catalog import tasks

    tasks.run_batch(job.batches.get().pk)
    JobFile.objects.filter(file__name="1.jpg").update(attempts=risks.MAX_FILE_ATTEMPTS)
    JobBatch.objects.filter(stage="files").update(attempts=1)
    done = run_job(job)
    states = dict(MediaFile.objects.values_list("name", "state"))
    assert states == {"0.jpg": "analysed", "1.jpg": "quarantined", "2.jpg": "analysed"}
    assert (done.state, done.done_count, done.failed_count) == (Job.State.COMPLETED, 2, 1)


def test_names_that_are_not_utf8_are_kept_to_the_byte(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    os.rename(bytes(photos) + b"/a.jpg", bytes(photos) + b"/caf\xe9.jpg")
    import_folder(photos)
    file = MediaFile.objects.get()
    assert file.path == b"caf\xe9.jpg"
    assert file.path_text == "caf�.jpg"
    assert file.state == "analysed"


def test_originals_are_left_as_they_are(photos, make_picture, import_folder):
    make_picture("photos/a.jpg", tags=TAGS)
    os.utime(photos / "a.jpg", ns=(1_400_000_000_000_000_000, 1_400_000_000_123_456_789))
    before = ((photos / "a.jpg").read_bytes(), (photos / "a.jpg").stat().st_mtime_ns, os.listdir(photos))
    import_folder(photos)
    after = ((photos / "a.jpg").read_bytes(), (photos / "a.jpg").stat().st_mtime_ns, os.listdir(photos))
    assert before == after
