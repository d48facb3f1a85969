import hashlib
import io
import json
import os
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings

from media_catalog.models import FileTag, Job, MediaFile, Source, Upload, UploadedFile
from media_catalog.services import janitor, upload_disk, upload_ends, uploads
from media_catalog.services.upload_ends import UploadRefused
from media_catalog.services.upload_offers import Offer
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

MTIME_MS = 1_422_714_030_000
MTIME_NS = MTIME_MS * 10**6


def offered(path: str, content: bytes, *, mtime_ms: int | None = MTIME_MS) -> Offer:
    sha256 = hashlib.sha256(content).hexdigest()
    return Offer(path=path, size_bytes=len(content), mtime_ms=mtime_ms, sha256=sha256)


def offer(upload: Upload, path: str, content: bytes, **more) -> UploadedFile:
    return uploads.offer(upload, [offered(path, content, **more)], at=NOW)[0]


def send(upload: Upload, row: UploadedFile, content: bytes, *, offset: int = 0) -> UploadedFile:
    return uploads.receive(
        upload, row.pk, io.BytesIO(content), offset=offset, length_bytes=len(content), at=NOW
    )


def put(upload: Upload, path: str, content: bytes, **more) -> UploadedFile:
    return send(upload, offer(upload, path, content, **more), content)


def lying(upload: Upload) -> dict[str, bytes]:
    folder = upload_disk.files(upload.pk)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def upload():
    return uploads.begin(owner=None, at=NOW)


def test_takes_a_file_in_pieces_and_keeps_its_folder_name_and_time(upload):
    row = offer(upload, "DCIM/Grüße {ski, alps}.jpg", b"0123456789")
    assert (row.state, row.received_bytes) == ("sending", 0)
    assert send(upload, row, b"0123").state == "sending"
    assert lying(upload) == {}
    done = send(upload, row, b"456789", offset=4)
    assert (done.state, bytes(done.stored_bytes).decode()) == ("arrived", "DCIM/Grüße {ski, alps}.jpg")
    assert lying(upload) == {"DCIM/Grüße {ski, alps}.jpg": b"0123456789"}
    path = upload_disk.files(upload.pk) / "DCIM/Grüße {ski, alps}.jpg"
    assert path.stat().st_mtime_ns == MTIME_NS
    assert os.listdir(upload_disk.folder(upload.pk) / "parts") == []


def test_says_where_a_file_goes_on_after_it_broke_off(upload):
    row = offer(upload, "a.jpg", b"0123456789")
    send(upload, row, b"0123")
    again = offer(upload, "a.jpg", b"0123456789")
    assert (again.pk, again.received_bytes) == (row.pk, 4)
    with pytest.raises(uploads.WrongOffset) as wrong:
        send(upload, row, b"0123")
    assert wrong.value.offset == 4
    with pytest.raises(upload_disk.CutShort):
        uploads.receive(upload, row.pk, io.BytesIO(b"45"), offset=4, length_bytes=6, at=NOW)
    assert send(upload, row, b"456789", offset=4).state == "arrived"
    assert lying(upload) == {"a.jpg": b"0123456789"}


def test_what_reached_the_disk_unnoted_is_sent_again(upload):
    row = offer(upload, "a.jpg", b"0123456789")
    send(upload, row, b"0123")
    part = upload_disk.part(upload.pk, row.pk)
    part.write_bytes(b"0123xx")
    assert send(upload, row, b"456789", offset=4).state == "arrived"
    assert lying(upload) == {"a.jpg": b"0123456789"}


def test_what_was_noted_but_never_reached_the_disk_is_sent_again(upload):
    row = offer(upload, "a.jpg", b"0123456789")
    send(upload, row, b"0123")
    upload_disk.part(upload.pk, row.pk).write_bytes(b"01")
    assert offer(upload, "a.jpg", b"0123456789").received_bytes == 2


def test_a_file_that_was_named_before_the_server_died_is_not_there_twice(upload):
    row = offer(upload, "a.jpg", b"0123456789")
    send(upload, row, b"01234")
    part = upload_disk.part(upload.pk, row.pk)
    part.write_bytes(b"0123456789")
    os.link(part, upload_disk.files(upload.pk) / "a.jpg")
    UploadedFile.objects.filter(pk=row.pk).update(received_bytes=10)
    assert offer(upload, "a.jpg", b"0123456789").received_bytes == 10
    assert send(upload, row, b"", offset=10).state == "arrived"
    assert lying(upload) == {"a.jpg": b"0123456789"}


def test_a_second_delivery_changes_nothing(upload):
    row = put(upload, "a.jpg", b"0123")
    assert send(upload, row, b"0123").state == "arrived"
    assert offer(upload, "a.jpg", b"0123").state == "arrived"
    assert lying(upload) == {"a.jpg": b"0123"}


def test_the_same_file_is_not_taken_by_two_at_once(upload):
    row = offer(upload, "a.jpg", b"0123")
    with upload_disk.opened(upload_disk.part(upload.pk, row.pk)), pytest.raises(upload_disk.Busy):
        send(upload, row, b"0123")


def test_what_arrives_with_other_bytes_is_refused_and_can_be_sent_again(upload):
    row = offer(upload, "a.jpg", b"0123")
    damaged = send(upload, row, b"0124")
    assert (damaged.state, damaged.reason_text) == ("failed", str(uploads.DAMAGED))
    assert lying(upload) == {}
    assert put(upload, "a.jpg", b"0123").state == "arrived"


def test_same_names_do_not_overwrite_each_other(upload):
    put(upload, "DCIM/a.jpg", b"one")
    put(upload, "DCIM/a.jpg", b"two")
    put(upload, "DCIM/a.jpg", b"two", mtime_ms=5)
    put(upload, "DCIM//a.jpg", b"three")
    put(upload, "DCIM/A.JPG", b"four")
    assert lying(upload) == {
        "DCIM/a.jpg": b"one",
        "2/DCIM/a.jpg": b"two",
        "3/DCIM/a.jpg": b"three",
        "DCIM/A.JPG": b"four",
    }


def test_a_file_where_a_folder_is_and_the_reverse_get_other_places(upload):
    put(upload, "a", b"file")
    put(upload, "a/b.jpg", b"in a folder")
    put(upload, "c/d.jpg", b"in a folder")
    put(upload, "c", b"file")
    assert lying(upload) == {
        "a": b"file",
        "2/a/b.jpg": b"in a folder",
        "c/d.jpg": b"in a folder",
        "2/c": b"file",
    }


def test_leads_nobody_out_of_its_folder(upload):
    put(upload, "../../../../etc/passwd", b"x")
    assert lying(upload) == {"etc/passwd": b"x"}


def test_a_name_that_is_too_long_costs_nothing_but_its_end(upload):
    row = put(upload, "ü" * 300 + ".jpg", b"x")
    assert row.state == "arrived"
    assert row.path_text == "ü" * 300 + ".jpg"
    assert [name.endswith(".jpg") for name in lying(upload)] == [True]


def test_a_file_that_cannot_be_stored_does_not_keep_the_others(upload):
    deep = "a/" * 200 + "b.jpg"
    failed, fine = uploads.offer(upload, [offered(deep, b"1"), offered("b.jpg", b"2")], at=NOW)
    assert (failed.state, fine.state) == ("failed", "sending")
    assert "too deep" in failed.reason_text


def test_what_an_import_would_leave_out_is_not_sent(upload):
    paths = [".DS_Store", "@eaDir/a.jpg", "._a.jpg", "Thumbs.db"]
    rows = uploads.offer(upload, [offered(path, b"x") for path in paths], at=NOW)
    assert {row.state for row in rows} == {"left"}
    assert all(row.reason_text for row in rows)


def test_does_not_want_what_the_library_has(upload, make_picture, import_folder):
    path = make_picture("photos/a.jpg")
    import_folder(path.parent)
    row = offer(upload, "other name.jpg", path.read_bytes())
    assert (row.state, row.known_file) == ("known", MediaFile.objects.get())
    path.rename(path.with_name("b.jpg"))
    assert offer(upload, "another.jpg", path.with_name("b.jpg").read_bytes()).state == "sending"


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("MEDIAPARSER_UPLOAD_FILE_GB", 1e-9, "the most for one file"),
        ("MEDIAPARSER_UPLOAD_GB", 1e-9, "GB: send the rest"),
        ("MEDIAPARSER_UPLOAD_FILES", 0, "files: send the rest"),
    ],
)
def test_obeys_its_limits_and_says_so(upload, settings, name, value, told):
    setattr(settings, name, value)
    row = offer(upload, "a.jpg", b"0123")
    assert row.state == "failed"
    assert told in row.reason_text
    setattr(settings, name, 10)
    assert offer(upload, "a.jpg", b"0123").state == "sending"


def test_leaves_room_on_the_disk(upload, monkeypatch):
    monkeypatch.setattr(upload_disk, "room_bytes", lambda: 7)
    rows = uploads.offer(upload, [offered("a.jpg", b"0123"), offered("b.jpg", b"4567")], at=NOW)
    assert [row.state for row in rows] == ["sending", "failed"]
    assert "no room" in rows[1].reason_text
    assert offer(upload, "c.jpg", b"89xy").state == "failed"


def test_takes_no_more_than_a_file_has(upload):
    row = offer(upload, "a.jpg", b"0123")
    with pytest.raises(UploadRefused):
        send(upload, row, b"01234")


def test_imports_what_arrived_as_one_source_with_its_tags(make_picture, run_job):
    wishes = uploads.Wishes(label="Mum's phone", time_zone="Europe/Rome", tags=("Rome",))
    upload = uploads.begin(owner=None, wishes=wishes, at=NOW)
    path = make_picture("a.jpg", tags={"DateTimeOriginal": "2015:01:31 14:20:30", "Make": "Nokia"})
    put(upload, "Trip/a.jpg", path.read_bytes())
    job = run_job(uploads.start(upload.pk, at=NOW))
    assert (job.state, job.done_count) == (Job.State.COMPLETED, 1)
    source = Source.objects.get()
    assert (source.label, source.time_zone) == ("Mum's phone", "Europe/Rome")
    file = MediaFile.objects.get()
    assert (file.path, file.captured_local) == (b"Trip/a.jpg", datetime(2015, 1, 31, 14, 20, 30))
    assert FileTag.objects.filter(file=file, tag__name="Rome").exists()
    upload.refresh_from_db()
    assert (upload.state, upload.job_id) == ("imported", job.pk)
    with pytest.raises(UploadRefused):
        offer(upload, "late.jpg", b"x")


def test_does_not_import_half_of_it_unasked(upload):
    with pytest.raises(UploadRefused):
        uploads.start(upload.pk, at=NOW)
    put(upload, "a.jpg", b"0123")
    offer(upload, "b.jpg", b"4567")
    with pytest.raises(UploadRefused, match="1 file has not arrived"):
        uploads.start(upload.pk, at=NOW)
    assert uploads.start(upload.pk, leaves_missing=True, at=NOW).kind == Job.Kind.IMPORT


def test_gives_an_upload_up_with_all_that_came(upload):
    put(upload, "a.jpg", b"0123")
    upload_ends.drop(upload.pk)
    assert not upload_disk.folder(upload.pk).exists()
    assert Upload.objects.get().state == "dropped"


def test_never_drops_what_was_imported(upload):
    put(upload, "a.jpg", b"0123")
    uploads.start(upload.pk, at=NOW)
    with pytest.raises(UploadRefused):
        upload_ends.drop(upload.pk)
    assert upload_ends.drop_forgotten(at=NOW + timedelta(days=1000)) == 0
    assert lying(upload) == {"a.jpg": b"0123"}


def test_the_janitor_drops_what_was_forgotten_and_nothing_younger(upload):
    put(upload, "a.jpg", b"0123")
    limit = timedelta(days=settings.MEDIAPARSER_UPLOAD_DAYS)
    janitor.tidy(at=NOW + limit)
    assert lying(upload) == {"a.jpg": b"0123"}
    janitor.tidy(at=NOW + limit + timedelta(seconds=1))
    assert not upload_disk.folder(upload.pk).exists()


def test_a_file_without_a_time_does_not_claim_the_day_of_its_upload(upload, make_picture, run_job):
    put(upload, "a.jpg", make_picture("a.jpg").read_bytes(), mtime_ms=None)
    run_job(uploads.start(upload.pk, at=NOW))
    assert MediaFile.objects.get().captured_local is None


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in members.items():
            archive.writestr(f"Takeout/Google Photos/Photos from 2015/{name}", content)
    return packed.getvalue()


def test_the_parts_of_a_takeout_are_imported_as_one(upload, make_picture, run_job):
    told = {"title": "a.jpg", "photoTakenTime": {"timestamp": "1422714030"}}
    photo = make_picture("a.jpg").read_bytes()
    put(upload, "takeout-20240131T142030Z-001.zip", zipped(**{"a.jpg": photo}))
    put(upload, "takeout-20240131T142030Z-002.zip", zipped(**{"a.jpg.json": json.dumps(told).encode()}))
    run_job(uploads.start(upload.pk, at=NOW))
    file = MediaFile.objects.get(name="a.jpg")
    assert file.captured_at == datetime(2015, 1, 31, 14, 20, 30, tzinfo=UTC)
    assert file.sha256 == hashlib.sha256(photo).hexdigest()
