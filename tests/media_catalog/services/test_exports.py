import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from media_catalog import tasks
from media_catalog.models import ExportedFile, Fate, Job, JobFailure, MediaFile, Source, Tag, TagProposal
from media_catalog.services import acts, export_gate, jobs, proposed, tag_acts
from tests.media_catalog.conftest import contents

pytestmark = pytest.mark.django_db


def break_exif(path: Path) -> Path:
    """Give a JPEG tags that ExifTool reads but will not write to."""
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02" + b"\x01\x0f\0\x02\0\0\xff\xff\0\xff\xff\xff" * 2 + b"\xff" * 4
    content = path.read_bytes()
    path.write_bytes(content[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + content[2:])
    return path


def test_the_wall_clock_names_the_copy_whatever_zone_the_server_is_in(library, settings):
    settings.MEDIAPARSER_TIME_ZONE = "America/New_York"
    original = library.add(DateTimeOriginal="2015:12:31 22:30:00")
    library.scan()
    library.export()
    assert list(library.copies()) == ["2015/20151231_223000.jpg"]
    assert (library.archive / "2015/20151231_223000.jpg").read_bytes() == original.read_bytes()


def test_a_zone_that_is_known_changes_neither_name_nor_bytes(library):
    original = library.add(OffsetTimeOriginal="+09:00")
    library.scan()
    library.export()
    assert (library.archive / "2015/20150131_142030.jpg").read_bytes() == original.read_bytes()
    assert ExportedFile.objects.get().tags_written == []


def test_a_date_known_to_the_day_gets_no_time(library):
    library.add_undated("IMG-20150131-WA0007.jpg")
    library.scan()
    library.export()
    found = library.tags_of("2015/20150131_IMG-WA0007.jpg")
    assert "EXIF:DateTimeOriginal" not in found
    assert found["XMP:DateCreated"] == "2015:01:31"


def test_an_undated_file_keeps_its_name_made_safe(library):
    library.add_undated("Oma: 1.jpg")
    library.scan()
    library.export()
    assert list(library.copies()) == ["unknown/Oma_ 1.jpg"]


def test_keywords_are_added_and_none_is_replaced(library):
    library.add(**{"XMP:Subject": "existing", "IPTC:Keywords": "existing"})
    library.scan()
    library.tag("a.jpg", "New Tag")
    Tag.objects.filter(name="New Tag").update(
        parent=Tag.objects.create(name="Above", name_key="above", created_at=library.now)
    )
    library.export()
    found = library.tags_of("2015/20150131_142030.jpg")
    assert set(found["XMP:Subject"]) == set(found["IPTC:Keywords"]) == {"existing", "New Tag"}
    assert found["XMP:HierarchicalSubject"] in ("Above|New Tag", ["Above|New Tag"])


def test_bug_14_what_a_folder_proposes_reaches_the_copy_once_it_was_taken(library, now):
    library.add("2015-01 Ski trip/a.jpg")
    library.scan()
    word = TagProposal.objects.get(name="Ski trip")
    last = MediaFile.objects.latest("pk").pk
    selection, act = tag_acts.taking([proposed.Mark(key=word.pk, after=0)], [word.name], last=last)
    shown = tag_acts.preview(selection, act)
    acts.apply(selection, act, expected=shown.number, actor=None, at=now, stamp=shown.stamp)
    library.export()
    assert library.tags_of("2015/20150131_142030.jpg")["XMP:Subject"] == "Ski trip"


def test_the_modification_time_is_kept(library):
    original = library.add()
    os.utime(original, ns=(1_422_681_630_000_000_000, 1_422_681_630_123_000_000))
    library.scan()
    library.tag("a.jpg", "so that it is written to")
    library.export()
    copy = library.archive / "2015/20150131_142030.jpg"
    assert copy.read_bytes() != original.read_bytes()
    assert copy.stat().st_mtime_ns == 1_422_681_630_123_000_000


def test_all_dates_of_a_movie_are_set_in_utc(library):
    library.add_video("a.mp4")
    library.scan()
    library.date("a.mp4", datetime(2016, 2, 3, 14, 0), offset_minutes=540)
    library.export()
    found = library.tags_of("2016/20160203_140000.mp4")
    dates = {
        name: found[f"QuickTime:{name}"] for name in ("CreateDate", "TrackCreateDate", "MediaCreateDate")
    }
    assert set(dates.values()) == {"2016:02:03 05:00:00"}
    assert found["QuickTime:CreationDate"] == "2016:02:03 14:00:00+09:00"


def test_the_extension_is_that_of_the_content(library):
    library.add("a.png").rename(library.photos / "a.jpg")
    library.scan()
    library.tag("a.jpg", "beach")
    job = library.export()
    assert library.tags_of("2015/20150131_142030.png")["XMP:Subject"] == "beach"
    assert (job.failed_count, job.summary["tags_errors"]) == (0, 0)


def test_tags_that_a_file_cannot_take_go_into_a_sidecar_and_are_counted(library):
    broken = break_exif(library.add_undated("a.jpg"))
    library.scan()
    library.date("a.jpg", datetime(2015, 1, 31, 14, 20, 30))
    library.tag("a.jpg", "beach")
    job = library.export()
    row = ExportedFile.objects.get()
    assert (row.state, row.destination) == ("verified", "2015/20150131_142030.jpg")
    assert row.tags_error
    assert job.summary["tags_errors"] == 1
    assert (library.archive / row.destination).read_bytes() == broken.read_bytes()
    found = library.tags_of(row.sidecar)
    assert (found["XMP:Subject"], found["XMP:DateTimeOriginal"]) == ("beach", "2015:01:31 14:20:30")
    assert library.export().known_count == 1


def test_identical_bytes_are_exported_once_with_the_tags_of_all_copies(library):
    library.add()
    library.add_copy("a.jpg", "phone/b.jpg")
    library.scan()
    library.scan("phone")
    library.tag("a.jpg", "mum")
    library.tag("b.jpg", "dad")
    job = library.export()
    assert list(library.copies()) == ["2015/20150131_142030.jpg"]
    assert set(library.tags_of("2015/20150131_142030.jpg")["XMP:Subject"]) == {"mum", "dad"}
    assert sorted(library.fates().values()) == [Fate.DUPLICATE, Fate.EXPORTED]
    assert (job.done_count, job.summary["identical_copies"]) == (1, 1)


def test_a_copy_that_arrives_later_is_not_exported_again(library):
    library.add("b.jpg")
    library.scan()
    library.export()
    os.utime(library.add_copy("b.jpg", "phone/a.jpg"), (1, 1))  # it is the keeper now
    library.scan("phone")
    job = library.export()
    assert (job.total_count, job.known_count) == (0, 1)
    assert len(library.copies()) == 1
    assert library.fates() == {"b.jpg": Fate.EXPORTED, "a.jpg": Fate.DUPLICATE}


def test_the_next_copy_is_exported_where_the_keeper_is_discarded(library):
    library.add()
    library.add_copy("a.jpg", "photos/b.jpg")
    library.scan()
    library.discard("a.jpg")
    library.export()
    assert library.fates() == {"a.jpg": Fate.DISCARDED, "b.jpg": Fate.EXPORTED}


def test_exporting_again_writes_nothing(library):
    library.add()
    library.add_undated("b.jpg", seed=2)
    library.add_video("c.avi")
    library.scan()
    library.tag("a.jpg", "beach")
    library.tag("c.avi", "beach")
    library.export()
    before = {path: path.stat() for path in library.archive.rglob("*")}
    rows = list(ExportedFile.objects.order_by("pk").values())
    job = library.export()
    assert (job.total_count, job.done_count, job.known_count) == (0, 0, 3)
    assert {path: path.stat() for path in library.archive.rglob("*")} == before
    assert list(ExportedFile.objects.order_by("pk").values()) == rows


def test_a_changed_date_moves_the_copy(library):
    library.add()
    library.add("b.jpg", seed=2, DateTimeOriginal="2015:02:01 08:00:00")
    library.scan()
    library.export()
    library.date("a.jpg", datetime(2016, 5, 6, 7, 8, 9))
    job = library.export()
    assert (job.done_count, job.known_count) == (1, 1)
    assert list(library.copies()) == ["2015/20150201_080000.jpg", "2016/20160506_070809.jpg"]
    assert library.tags_of("2016/20160506_070809.jpg")["EXIF:DateTimeOriginal"] == "2016:05:06 07:08:09"
    assert set(library.fates().values()) == {Fate.EXPORTED}
    assert not ExportedFile.objects.filter(state="replaced").exists()


def test_the_old_place_is_left_alone_when_somebody_changed_the_copy(library):
    library.add()
    library.scan()
    library.export()
    (library.archive / "2015/20150131_142030.jpg").write_bytes(b"edited by hand")
    library.date("a.jpg", datetime(2016, 5, 6, 7, 8, 9))
    job = library.export()
    assert (library.archive / "2015/20150131_142030.jpg").read_bytes() == b"edited by hand"
    assert len(library.copies()) == 2
    assert job.failures.get().code == "copy_changed"


def test_a_new_tag_is_written_in_the_same_place(library):
    library.add()
    library.add_video("b.avi")
    library.scan()
    library.export()
    names = list(library.copies())
    library.tag("a.jpg", "beach")
    library.tag("b.avi", "beach")
    assert library.export().done_count == 2
    sidecar = ExportedFile.objects.exclude(sidecar="").get().sidecar
    assert list(library.copies()) == sorted([*names, sidecar])
    assert library.tags_of("2015/20150131_142030.jpg")["XMP:Subject"] == "beach"
    library.tag("b.avi", "sea")
    library.export()
    assert set(library.tags_of(sidecar)["XMP:Subject"]) == {"beach", "sea"}
    assert library.export().known_count == 2


def test_a_copy_that_somebody_changed_is_never_overwritten(library):
    library.add()
    library.scan()
    library.export()
    (library.archive / "2015/20150131_142030.jpg").write_bytes(b"edited by hand")
    library.tag("a.jpg", "beach")
    job = library.export()
    assert (library.archive / "2015/20150131_142030.jpg").read_bytes() == b"edited by hand"
    assert (job.failed_count, job.failures.get().code) == (1, "destination_taken")
    (library.archive / "2015/20150131_142030.jpg").unlink()
    assert library.export().done_count == 1
    assert list(library.copies()) == ["2015/20150131_142030.jpg"]


def test_a_lost_copy_is_written_again(library):
    library.add()
    library.scan()
    library.export()
    before = library.copies()
    (library.archive / "2015/20150131_142030.jpg").unlink()
    job = library.export()
    assert (job.done_count, job.failed_count) == (1, 0)
    assert library.copies() == before


def test_a_lost_copy_that_cannot_be_written_again_is_not_called_exported(library):
    library.add()
    library.scan()
    library.export()
    (library.archive / "2015/20150131_142030.jpg").unlink()
    (library.photos / "a.jpg").rename(library.photos / "elsewhere.jpg")
    job = library.export()
    assert job.failures.get().code == "vanished"
    assert library.fates() == {"a.jpg": Fate.WAITING}


def test_the_copy_of_an_earlier_version_stays(library):
    library.add()
    library.scan()
    library.export()
    before = library.copies()
    library.add("a.jpg", seed=5)
    library.scan()
    library.export()
    after = library.copies()
    assert before.items() <= after.items()
    assert list(after) == ["2015/20150131_142030.jpg", "2015/20150131_142030_001.jpg"]
    assert sorted(ExportedFile.objects.values_list("state", flat=True)) == ["replaced", "verified"]
    assert library.export().known_count == 1


def test_files_of_one_second_are_numbered_beyond_999(library):
    for number in range(3):
        library.add(f"{number}.jpg", seed=number)
    library.scan()
    library.export()
    assert list(library.copies()) == [f"2015/20150131_142030{end}.jpg" for end in ("", "_001", "_002")]
    ExportedFile.objects.filter(number=2).update(number=999)
    library.add("3.jpg", seed=3)
    library.scan()
    library.export()
    assert (library.archive / "2015/20150131_142030_1000.jpg").exists()


def test_names_that_differ_in_case_alone_do_not_meet(library):
    library.add_undated("a/Oma.jpg")
    library.add_undated("b/OMA.jpg", seed=2)
    library.scan()
    library.export()
    assert list(library.copies()) == ["unknown/OMA_001.jpg", "unknown/Oma.jpg"]


def test_what_lies_in_the_archive_already_is_never_overwritten(library):
    (library.archive / "2015").mkdir(parents=True)
    (library.archive / "2015/20150131_142030.jpg").write_bytes(b"somebody else's")
    library.add()
    library.scan()
    library.export()
    assert (library.archive / "2015/20150131_142030.jpg").read_bytes() == b"somebody else's"
    assert list(library.copies()) == ["2015/20150131_142030.jpg", "2015/20150131_142030_001.jpg"]


def test_force_never_exports_the_discarded(library):
    library.add()
    library.add_undated("b.jpg", seed=2)
    library.scan()
    library.discard("a.jpg")
    library.export()
    assert list(library.copies()) == ["unknown/b.jpg"]
    assert library.fates() == {"a.jpg": Fate.DISCARDED, "b.jpg": Fate.EXPORTED}


def test_the_copy_of_a_file_discarded_later_stays_and_is_told(library):
    library.add()
    library.scan()
    library.export()
    library.discard("a.jpg")
    job = library.export()
    assert list(library.copies()) == ["2015/20150131_142030.jpg"]
    assert job.summary["discarded_but_exported"] == 1


def test_open_decisions_refuse_the_export_and_say_where(library):
    library.add()
    library.add_undated("b.jpg", seed=2)
    library.add("c.jpg", seed=3)
    library.scan()
    library.flag("c.jpg")
    with pytest.raises(
        export_gate.DecisionsOpen, match=r"2 files need a decision .*1 without a date, 1 flagged"
    ):
        library.export(is_forced=False)
    assert not library.archive.exists()
    assert not Job.objects.filter(kind="export").exists()


def test_files_that_nobody_has_read_yet_refuse_the_export(library):
    library.add()
    library.scan()
    MediaFile.objects.update(state="discovered")
    with pytest.raises(export_gate.DecisionsOpen, match="1 not read yet"):
        library.export(is_forced=False)


def test_without_open_decisions_no_force_is_needed(library):
    library.add()
    library.scan()
    library.export(is_forced=False)
    assert list(library.copies()) == ["2015/20150131_142030.jpg"]


def test_what_became_undecided_meanwhile_is_left_out(library):
    library.add()
    library.add("b.jpg", seed=2)
    library.scan()
    job = library.start(is_forced=False)
    library.flag("b.jpg")
    library.run_job(job)
    assert len(library.copies()) == 1


def test_what_is_discarded_after_planning_is_left_out(library):
    library.add()
    library.scan()
    job = library.start()
    tasks.run_batch(job.batches.get().pk)
    library.discard("a.jpg")
    job = library.run_job(job)
    assert (library.copies(), job.skipped_count) == ({}, 1)
    assert not ExportedFile.objects.exists()


def test_a_second_export_at_once_is_refused(library):
    library.add()
    library.scan()
    first = library.start()
    with pytest.raises(jobs.AlreadyRunning) as refusal:
        library.start()
    assert refusal.value.job == first


def test_nothing_is_lost_and_the_sums_match(library):
    for number in range(7):
        add = library.add if number % 2 else library.add_undated
        add(f"{number}.jpg", seed=number)
    library.add_copy("1.jpg", "photos/same as 1.jpg")
    library.add_video("film.mp4")
    (library.photos / "notes.txt").write_text("hello")
    (library.photos / "empty.jpg").touch()
    (library.photos / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"rubbish" * 40)
    os.mkfifo(library.photos / "pipe")
    (library.photos / "link.jpg").symlink_to("1.jpg")
    before = {path.name: path.lstat() for path in library.photos.iterdir()}
    originals = contents(library.photos)
    library.scan()
    library.discard("2.jpg")
    job = library.export()
    assert job.state == Job.State.COMPLETED
    assert job.summary["fates"] == {
        "exported": 7, "duplicate": 1, "discarded": 1, "failed": 2, "skipped": 3
    }  # fmt: skip
    assert (
        sum(job.summary["fates"].values()) == MediaFile.objects.count() == len(list(library.photos.iterdir()))
    )
    copies = ExportedFile.objects.filter(state="verified")
    assert {row.destination: row.copy_sha256 for row in copies} == library.copies()
    assert {row.source_sha256 for row in copies} == {
        digest
        for name, digest in originals.items()
        if name not in ("2.jpg", "notes.txt", "empty.jpg", "broken.jpg")
    }
    assert contents(library.photos) == originals
    assert {
        path.name: (path.lstat().st_mtime_ns, path.lstat().st_ino, path.lstat().st_mode)
        for path in library.photos.iterdir()
    } == {name: (status.st_mtime_ns, status.st_ino, status.st_mode) for name, status in before.items()}


@pytest.mark.parametrize(
    "name", [b"caf\xe9.jpg", b"two\nlines.jpg", b"-rf $(id) @x.jpg", "ﬁlm \u202egpj.jpg".encode()]
)
def test_any_name_that_a_disk_takes_is_exported(library, name):
    original = library.add_undated("a.jpg")
    os.rename(original, os.path.join(os.fsencode(library.photos), name))
    library.scan()
    library.tag(MediaFile.objects.get().name, "beach")
    job = library.export()
    assert (job.done_count, job.failed_count) == (1, 0)
    [copy] = (library.archive / "unknown").iterdir()
    assert copy.name.isprintable()


def test_a_preview_says_what_an_export_then_does_and_writes_nothing(library):
    for number in range(4):
        add = library.add if number else library.add_undated
        add(f"{number}.jpg", seed=number)
    library.scan()
    for _ in range(2):
        planned = library.preview()
    assert not library.archive.exists()
    assert not ExportedFile.objects.exists()
    library.export()
    assert sorted(one.destination for one in planned) == list(library.copies())
    library.date("1.jpg", datetime(2016, 5, 6, 7, 8, 9))
    [one] = library.preview()
    assert (one.file.name, one.destination, one.is_first) == ("1.jpg", "2016/20160506_070809.jpg", False)


def test_files_get_their_names_in_the_order_of_date_source_and_path(library):
    library.add("b.jpg", seed=1)
    library.add("a.jpg", seed=2)
    library.add("z.jpg", seed=3, folder="phone")
    library.scan()
    library.scan("phone")
    Source.objects.filter(label="phone").update(keeper_preference=1)
    library.export()
    rows = ExportedFile.objects.order_by("number").values_list("file__name", flat=True)
    assert list(rows) == ["z.jpg", "a.jpg", "b.jpg"]


def test_planning_walks_every_file_once_whatever_the_slice(library, monkeypatch):
    monkeypatch.setattr("media_catalog.services.export_plan.SLICE", 2)
    for number in range(5):
        add = library.add if number % 2 else library.add_undated
        add(f"{number}.jpg", seed=number)
    library.scan()
    assert library.export().done_count == 5
    assert library.export().known_count == 5


def test_an_export_needs_few_queries_per_file(library, django_assert_max_num_queries):
    for number in range(10):
        library.add(f"{number}.jpg", seed=number)
    library.scan()
    job = library.start()
    with django_assert_max_num_queries(10 * 30):
        library.run_job(job)
    assert JobFailure.objects.count() == 0


def test_an_instant_without_a_place_is_not_given_a_zone(library):
    library.add_video("a.mp4")
    library.scan()
    file = MediaFile.objects.get()
    assert file.captured_at == datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC)
    assert file.captured_local == file.captured_at.replace(tzinfo=None) + timedelta(
        minutes=file.offset_minutes or 0
    )
    library.export()
    [copy] = (library.archive / "2015").iterdir()
    assert subprocess.run(["cmp", library.photos / "a.mp4", copy], check=False).returncode == 0


def test_a_changed_file_is_not_called_exported_before_its_new_bytes_are(library):
    library.add()
    library.scan()
    library.export()
    library.add(seed=5)
    library.scan()
    assert library.fates() == {"a.jpg": Fate.WAITING}
    library.export()
    assert library.fates() == {"a.jpg": Fate.EXPORTED}
