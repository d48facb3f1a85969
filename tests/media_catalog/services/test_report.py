import base64
import os

import pytest

from media_catalog import tasks
from media_catalog.models import DuplicateGroup, DuplicateMember, MediaFile, Source, Stack
from media_catalog.services import imports, job_control, report, sources
from media_catalog.services.job_control import Action

pytestmark = pytest.mark.django_db

PLACE = {"GPSLatitude": "48.5", "GPSLatitudeRef": "N", "GPSLongitude": "2.25", "GPSLongitudeRef": "E"}


def by_path(**options):
    return {line["path"]: line for line in report.lines(**options)}


def group(now, kind, *names):
    found = DuplicateGroup.objects.create(kind=kind, key=f"{kind}-{names}", created_at=now, resolved_at=now)
    for rank, name in enumerate(names):
        file = MediaFile.objects.get(name=name)
        DuplicateMember.objects.create(group=found, file=file, kind=kind, rank=rank, is_keeper=not rank)
    return found


def test_has_every_field_in_order_and_says_what_is_known(library):
    library.add(OffsetTimeOriginal="+02:00", **PLACE)
    library.scan()
    library.export()
    [line] = report.lines()
    assert tuple(line) == report.FIELDS
    file = MediaFile.objects.get()
    assert line == {
        "path": "a.jpg",
        "source": "photos",
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "mime": "image/jpeg",
        "kind": "image",
        "width": 160,
        "height": 120,
        "captured_at": "2015-01-31T14:20:30",
        "captured_until": "2015-01-31T14:20:30",
        "precision": "second",
        "utc_offset": "+02:00",
        "offset_source": "evidence",
        "captured_from": "EXIF:DateTimeOriginal",
        "confidence": "high",
        "date_reasons": "written by the camera when the picture was taken",
        "gps_lat": 48.5,
        "gps_lon": 2.25,
        "camera_make": "Nokia",
        "camera_model": "N8",
        "exact_group": None,
        "near_group": None,
        "burst_group": None,
        "live_pair": None,
        "json": None,
        "disposition": "undecided",
        "fate": "exported",
        "duplicate_of": None,
        "status": "ok",
        "reason": "dated by EXIF:DateTimeOriginal",
        "exported_to": "2015/20150131_142030.jpg",
    }


def test_one_line_for_every_file_that_was_seen(library):
    library.add()
    library.add_undated("b.jpg", seed=2)
    (library.photos / "a.jpg.xmp").write_text("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    (library.photos / "notes.txt").write_text("hello")
    (library.photos / "empty.jpg").touch()
    (library.photos / "link.jpg").symlink_to("a.jpg")
    (library.photos / "gone.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"rubbish" * 40)
    library.scan()
    (library.photos / "gone.jpg").unlink()
    library.scan()
    found = by_path()
    assert len(found) == MediaFile.objects.count() == 7
    assert {path: (line["status"], line["reason"]) for path, line in found.items()} == {
        "a.jpg": ("ok", "dated by EXIF:DateTimeOriginal"),
        "b.jpg": ("ok", "no date found"),
        "a.jpg.xmp": ("skipped", "sidecar of a.jpg"),
        "notes.txt": ("skipped", "not a photo or video (text/plain)"),
        "empty.jpg": ("error", "empty file (0 bytes)"),
        "link.jpg": ("skipped", "symbolic link to a.jpg"),
        "gone.jpg": ("error", "no longer in its folder"),
    }


def test_files_that_a_stopped_import_never_read_are_waiting(library, now):
    library.add()
    job = imports.start(sources.register(library.photos, created_at=now), created_at=now)
    tasks.run_batch(job.batches.get().pk)
    job_control.act(job.pk, Action.CANCEL, at=now)
    [line] = report.lines()
    assert (line["status"], line["reason"], line["fate"]) == ("waiting", "waiting to be read", "waiting")


@pytest.mark.parametrize(
    ("minutes", "source", "expected"),
    [
        (-210, "EXIF:OffsetTimeOriginal", ("-03:30", "evidence")),
        (345, "GPS", ("+05:45", "evidence")),
        (0, "assumed", ("+00:00", "assumed")),
        (None, "", (None, None)),
    ],
)
def test_the_offset_says_whether_it_is_evidence(library, minutes, source, expected):
    library.add()
    library.scan()
    at = None if minutes is None else library.now
    MediaFile.objects.update(offset_minutes=minutes, offset_source=source, captured_at=at)
    [line] = report.lines()
    assert (line["utc_offset"], line["offset_source"]) == expected


def test_identical_files_share_a_group_and_name_their_keeper(library):
    library.add()
    library.add_copy("a.jpg", "photos/copy of a.jpg")
    library.add("b.jpg", seed=3)
    library.scan()
    found = by_path()
    assert (
        found["a.jpg"]["exact_group"] == found["copy of a.jpg"]["exact_group"] == found["a.jpg"]["near_group"]
    )
    assert found["copy of a.jpg"]["duplicate_of"] == "a.jpg"
    assert found["a.jpg"]["duplicate_of"] is found["b.jpg"]["exact_group"] is None
    library.export()
    assert by_path()["copy of a.jpg"]["fate"] == "duplicate"


def test_a_duplicate_names_the_file_that_was_exported_in_its_stead(library):
    library.add()
    library.add_copy("a.jpg", "photos/b.jpg")
    library.add_copy("a.jpg", "photos/c.jpg")
    library.scan()
    library.discard("a.jpg")
    library.export()
    found = by_path()
    assert {path: line["fate"] for path, line in found.items()} == {
        "a.jpg": "discarded", "b.jpg": "exported", "c.jpg": "duplicate"
    }  # fmt: skip
    assert found["c.jpg"]["duplicate_of"] == "b.jpg"


def test_the_near_group_of_a_keeper_is_that_of_its_identical_copies(library):
    library.add()
    library.add_copy("a.jpg", "photos/same.jpg")
    library.add("small.jpg", seed=2)
    library.add("burst.jpg", seed=3)
    library.scan()
    near = group(library.now, "near", "a.jpg", "small.jpg")
    burst = group(library.now, "burst", "a.jpg", "burst.jpg")
    found = by_path()
    assert {path: line["near_group"] for path, line in found.items()} == {
        "a.jpg": near.pk, "same.jpg": near.pk, "small.jpg": near.pk, "burst.jpg": None
    }  # fmt: skip
    assert found["a.jpg"]["burst_group"] == found["burst.jpg"]["burst_group"] == burst.pk


def test_the_halves_of_a_live_photo_name_each_other(library):
    library.add()
    library.add_video("a.mp4")
    library.scan()
    stack = Stack.objects.create(kind="live_photo", created_at=library.now)
    MediaFile.objects.update(stack=stack)
    assert {path: line["live_pair"] for path, line in by_path().items()} == {
        "a.jpg": "a.mp4",
        "a.mp4": "a.jpg",
    }


def test_copies_of_a_live_photo_in_one_folder_keep_to_their_names(library):
    library.add()
    library.add_video("a.mp4")
    library.add_copy("a.jpg", "photos/a (1).jpg")
    library.add_copy("a.mp4", "photos/a (1).mp4")
    library.scan()
    stack = Stack.objects.create(kind="live_photo", created_at=library.now)
    MediaFile.objects.update(stack=stack)
    pairs = {path: line["live_pair"] for path, line in by_path().items()}
    assert pairs == {"a.jpg": "a.mp4", "a.mp4": "a.jpg", "a (1).jpg": "a (1).mp4", "a (1).mp4": "a (1).jpg"}


def test_a_name_that_is_no_utf8_is_given_exactly_beside_what_can_be_shown(library):
    name = b"caf\xe9 \xe2\x82\xac.jpg"
    original = library.add_undated("a.jpg")
    os.rename(original, os.path.join(os.fsencode(library.photos), name))
    library.scan()
    [line] = report.lines()
    assert line["path"] == "caf\ufffd €.jpg"
    assert base64.b64decode(line["path_b64"]) == name


def test_only_files_of_a_source_or_a_job(library):
    library.add()
    library.add("b.jpg", seed=2, folder="phone")
    library.scan()
    job = library.scan("phone")
    assert list(by_path(source_label="photos")) == ["a.jpg"]
    assert list(by_path(job_id=job.pk)) == ["b.jpg"]
    assert list(by_path(source_label="photos", job_id=job.pk)) == []


def test_two_sources_of_one_label_are_reported_together(library):
    library.add()
    library.add("b.jpg", seed=2, folder="phone")
    library.scan()
    library.scan("phone")
    Source.objects.update(label="Mum")
    assert len(by_path(source_label="Mum")) == 2


@pytest.mark.parametrize(
    ("options", "words"), [({"source_label": "dad"}, "the sources are photos"), ({"job_id": 99}, "no job 99")]
)
def test_an_unknown_source_or_job_is_told_at_once(library, options, words):
    library.add()
    library.scan()
    with pytest.raises(report.NothingToReport, match=words):
        report.lines(**options)


def test_needs_a_fixed_number_of_queries_per_slice(library, django_assert_num_queries, monkeypatch):
    for number in range(6):
        library.add(f"{number}.jpg", seed=number % 3)
    library.scan()
    library.export()
    monkeypatch.setattr(report, "SLICE", 4)
    with django_assert_num_queries(2 * 9 + 1):
        assert len(list(report.lines())) == 6
