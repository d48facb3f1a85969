"""The second predecessor's rules on metadata; test names carry its items (IS-n).

| item | test |
|---|---|
| IS-1 | is_1_ |
| IS-2, 3 | tests/pipeline/timestamps/test_taken.py |
| IS-4 | is_4_ |
| IS-5, B1, B2 | is_5_, tests/pipeline/timestamps/test_taken.py |
| IS-6, B3 | is_6_ |
| IS-7, B4, B7 | is_7_ |
| IS-10, 12 | is_10_ |
| IS-11 | is_11_ |
| IS-13 | is_13_ |
| IS-20 … 22, B6 | is_20_, is_21_, is_22_, is_b6_ |
| IS-B5 | is_b5_ |
"""

import io
import json
import shutil
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from media_catalog.models import FileMetadata, MediaFile
from tests import tagging
from tests.pipeline import pictures

DATED = {"Make": "Nokia", "Model": "N8", "DateTimeOriginal": "2015:01:31 14:20:30"}
BLANK = {
    "taken_local": None,
    "taken_offset_minutes": None,
    "taken_at": None,
    "metadata_read_at": None,
    "camera_make": "",
    "camera_model": "",
    "gps_lat": None,
    "gps_lon": None,
}
TAKEN = datetime(2015, 1, 31, 14, 20, 30)
pytestmark = pytest.mark.django_db


def run(*arguments):
    output, errors = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("backfill_metadata", *map(str, arguments), stdout=output, stderr=errors)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, output.getvalue() + errors.getvalue()


@pytest.fixture
def old_catalogue(tmp_path, make_picture, import_folder):
    """Import pictures (name to tags) as an older version did, which kept nothing of their metadata."""

    def catalogue(**named_tags):
        for number, (name, tags) in enumerate(named_tags.items()):
            make_picture(f"photos/{name}.jpg", seed=number, tags=tags)
        import_folder(tmp_path / "photos")
        forget()
        return tmp_path / "photos"

    return catalogue


def forget():
    MediaFile.objects.update(**BLANK)
    FileMetadata.objects.all().delete()


def file(name="a.jpg"):
    return MediaFile.objects.get(name=name)


def taken(name="a.jpg"):
    one = file(name)
    return one.taken_local, one.taken_offset_minutes, one.taken_at


def test_is_1_date_camera_and_position_come_from_metadata(old_catalogue):
    place = {"GPSLatitude": "48.5", "GPSLatitudeRef": "N", "GPSLongitude": "2.25", "GPSLongitudeRef": "W"}
    old_catalogue(a=DATED | place | {"OffsetTimeOriginal": "+09:00"})
    assert run()[0] == 0
    one = file()
    assert taken() == (TAKEN, 540, datetime(2015, 1, 31, 5, 20, 30, tzinfo=UTC))
    assert (one.camera_make, one.camera_model) == ("Nokia", "N8")
    assert (one.gps_lat, one.gps_lon) == (48.5, -2.25)
    assert one.metadata.tags["EXIF:ExifIFD:DateTimeOriginal"] == "2015:01:31 14:20:30"


def test_is_1_files_without_exif_have_nothing_and_raise_nothing(old_catalogue):
    old_catalogue(a=None)
    code, text = run()
    assert (code, taken()) == (0, (None, None, None))
    assert "Skipped: 1" in text


def test_is_2_the_import_itself_fills_in_the_same(tmp_path, make_picture, import_folder, now):
    make_picture("photos/IMG_20100101_101010.jpg", tags={"ModifyDate": "2011:01:01 11:11:11"})
    make_picture("photos/a.jpg", seed=1, tags=DATED | {"CreateDate": "2016:01:01 10:00:00"})
    import_folder(tmp_path / "photos")
    assert taken() == (TAKEN, None, None)
    assert taken("IMG_20100101_101010.jpg") == (None, None, None)
    assert MediaFile.objects.filter(metadata_read_at=None).count() == 0
    assert "Processed: 0" in run()[1]


def test_is_4_make_and_model_are_stripped_and_cut(old_catalogue):
    old_catalogue(a={"Make": " Nokia ", "Model": "x" * 150})
    run()
    assert (file().camera_make, file().camera_model) == ("Nokia", "x" * 100)


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (("0", "N"), ("12.5", "E"), (0, 12.5)),
        (("12.5", "S"), ("0", "E"), (-12.5, 0)),
        (("0", "N"), ("0", "E"), (None, None)),
        (("12.5", "S"), None, (None, None)),
    ],
)
def test_is_5_zero_is_a_coordinate_but_not_two(old_catalogue, latitude, longitude, expected):
    tags = {"GPSLatitude": latitude[0], "GPSLatitudeRef": latitude[1]}
    if longitude:
        tags |= {"GPSLongitude": longitude[0], "GPSLongitudeRef": longitude[1]}
    old_catalogue(a=tags)
    run()
    assert (file().gps_lat, file().gps_lon) == expected


def test_is_6_all_tags_are_kept(old_catalogue):
    old_catalogue(a=DATED | {"FNumber": "2.8", "ISO": "200", "ExposureTime": "0.004", "LensModel": "Z"})
    run()
    tags = file().metadata.tags
    assert tags["EXIF:ExifIFD:FNumber"] == 2.8
    assert tags["EXIF:ExifIFD:ISO"] == 200
    assert tags["EXIF:ExifIFD:LensModel"] == "Z"


def test_is_7_control_characters_and_numbers_that_are_none_do_not_reach_the_database(old_catalogue):
    folder = old_catalogue(a=DATED | {"Make": "No_kia", "UserComment": "a_b", "FocalLength": "1/3"})
    path = folder / "a.jpg"
    data = path.read_bytes().replace(b"No_kia", b"No\x01kia").replace(b"a_b", b"a\x00b")
    data = data.replace(b"\x00\x00\x00\x01\x00\x00\x00\x03", b"\x00\x00\x00\x01\x00\x00\x00\x00")
    path.write_bytes(data)
    code, _ = run()
    kept = json.dumps(FileMetadata.objects.get(file__name="a.jpg").tags, allow_nan=False)
    assert code == 0
    assert file().camera_make == "Nokia"
    assert "\\u0000" not in kept
    assert "\\u0001" not in kept


def test_is_10_a_picture_with_broken_metadata_is_still_imported(tmp_path, make_picture, import_folder):
    path = make_picture("photos/a.jpg", tags=DATED)
    data = path.read_bytes()
    start = data.index(b"Exif\0\0") + 6
    path.write_bytes(data[:start] + b"\xff" * 40 + data[start + 40 :])
    import_folder(tmp_path / "photos")
    assert (file().state, file().has_thumbnail, taken()) == ("analysed", True, (None, None, None))


def test_is_11_nothing_known_is_replaced_by_nothing(old_catalogue):
    old_catalogue(a={"Model": "N8"})
    MediaFile.objects.update(camera_make="Nokia", gps_lat=1, gps_lon=0)
    run()
    one = file()
    assert (one.camera_make, one.camera_model, one.gps_lat, one.gps_lon) == ("Nokia", "N8", 1, 0)


def test_is_11_failing_to_read_leaves_what_was_read(old_catalogue, import_folder):
    folder = old_catalogue(a=DATED)
    run()
    (folder / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture any more")
    import_folder(folder)
    assert taken() == (TAKEN, None, None)


def test_is_13_dates_are_indexed(old_catalogue):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, MediaFile._meta.db_table)
    assert {"file_by_taken", "file_metadata_unread"} <= found.keys()


def test_is_20_a_dry_run_says_what_would_be_and_writes_nothing(old_catalogue):
    place = {"GPSLatitude": "0", "GPSLatitudeRef": "N", "GPSLongitude": "2.5", "GPSLongitudeRef": "E"}
    old_catalogue(a=DATED | {"OffsetTimeOriginal": "+09:00"}, b={"Make": "Nokia"} | place, c=None)
    code, text = run("--dry-run")
    assert code == 0
    assert (
        "[DRY RUN] Would update a.jpg: taken 2015-01-31 14:20:30+09:00, camera Nokia N8, gps none\n"
        "[DRY RUN] Would update b.jpg: taken unknown, camera Nokia, gps 0.000000, 2.500000\n"
    ) in text
    assert "c.jpg" not in text
    assert "Processed: 3\nUpdated: 2\nSkipped: 1\nFailed: 0\n" in text
    assert MediaFile.objects.filter(**BLANK).count() == 3
    assert not FileMetadata.objects.exists()


def test_is_20_limit_and_batch_size_bound_the_work(old_catalogue):
    old_catalogue(**{f"p{number}": DATED for number in range(5)})
    _, text = run("--limit", 3, "--batch-size", 2)
    assert "Processing batch 1/2... (2 updated, 0 skipped, 0 failed)" in text
    assert "Processing batch 2/2... (1 updated, 0 skipped, 0 failed)" in text
    assert "Processed: 3" in text
    assert "Processed: 2" in run()[1]


@pytest.mark.parametrize("option", ["--limit", "--batch-size"])
def test_is_20_numbers_below_one_end_with_two(option):
    with pytest.raises(CommandError, match="give a number from 1") as error:
        run(option, 0)
    assert error.value.returncode == 2


def test_is_20_the_log_level_holds_for_this_run(old_catalogue, caplog):
    old_catalogue(a=DATED)
    run("--log-level", "debug")
    assert "updated file=" in caplog.text
    caplog.clear()
    forget()
    run()
    assert caplog.text == ""


def test_is_21_a_missing_file_fails_with_a_warning_and_is_tried_again(old_catalogue, caplog):
    folder = old_catalogue(a=DATED, b=DATED)
    kept = (folder / "a.jpg").rename(folder.parent / "kept.jpg")
    code, text = run()
    assert code == 1
    assert "Processed: 2\nUpdated: 1\nSkipped: 0\nFailed: 1\n" in text
    assert "the file is not there" in caplog.text
    kept.rename(folder / "a.jpg")
    assert run()[0] == 0
    assert taken() == (TAKEN, None, None)


def test_is_21_what_fails_in_the_database_costs_no_other_file(old_catalogue, caplog):
    old_catalogue(a=DATED, b=DATED, c=DATED)
    unlucky = file("b.jpg").pk

    def refuse_one(execute, sql, params, many, context):
        if sql.startswith('UPDATE "media_catalog_mediafile"') and unlucky in (params or ()):
            raise DatabaseError("no")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_one):
        code, text = run()
    assert code == 1
    assert "Updated: 2\nSkipped: 0\nFailed: 1\n" in text
    assert taken("b.jpg") == (None, None, None)
    assert taken("c.jpg") == (TAKEN, None, None)
    assert f"failed file={unlucky}" in caplog.text
    assert "Traceback" in caplog.text


def test_is_21_a_batch_that_cannot_be_committed_counts_as_failed(old_catalogue, caplog):
    old_catalogue(a=DATED, b=DATED)
    open_blocks: list[str] = []
    commits: list[str] = []  # of the block that writes about files; Django repeats one after rolling back

    def fill_the_disk(execute, sql, params, many, context):
        if sql.startswith("SAVEPOINT"):
            open_blocks.append(f"RELEASE {sql}")
        if sql.startswith('UPDATE "media_catalog_mediafile"') and not commits:
            commits.append(open_blocks[0])
        if commits == [sql]:
            commits.append("refused")
            raise DatabaseError("the disk is full")
        if sql in open_blocks:
            open_blocks.remove(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fill_the_disk):
        code, text = run()
    assert code == 1
    assert "Processed: 2\nUpdated: 0\nSkipped: 0\nFailed: 2\n" in text
    assert f"nothing stored of files={[file('a.jpg').pk, file('b.jpg').pk]}" in caplog.text
    assert MediaFile.objects.filter(**BLANK).count() == 2


def test_is_22_the_summary_is_a_block_and_a_second_run_finds_nothing_to_do(old_catalogue):
    old_catalogue(a=DATED, b=None)
    code, text = run()
    assert code == 0
    assert "Processing batch 1/1... (1 updated, 1 skipped, 0 failed)" in text
    assert "EXIF BACKFILL SUMMARY" in text
    assert "Processed: 2\nUpdated: 1\nSkipped: 1\nFailed: 0\n" in text
    assert "Processed: 0\nUpdated: 0\nSkipped: 0\nFailed: 0\n" in run()[1]


def test_is_b6_undated_files_are_not_read_for_ever(old_catalogue):
    old_catalogue(a=None, b=None, c=DATED)
    for _ in range(3):
        assert "Processed: 1" in run("--limit", 1)[1]
    assert taken("c.jpg") == (TAKEN, None, None)
    assert "Processed: 0" in run("--limit", 1)[1]


def test_is_b6_files_that_are_not_there_do_not_use_up_the_limit(old_catalogue):
    folder = old_catalogue(a=DATED, b=DATED, c=DATED)
    (folder / "a.jpg").unlink()
    (folder / "b.jpg").unlink()
    code, text = run("--limit", 1, "--batch-size", 1)
    assert code == 1
    assert "Processed: 3\nUpdated: 1\nSkipped: 0\nFailed: 2\n" in text


def test_a_file_that_cannot_be_read_is_tried_once(old_catalogue, caplog):
    folder = old_catalogue(a=DATED)
    (folder / "a.jpg").write_bytes(b"\x00" * 500)
    code, text = run()
    assert (code, "Failed: 1" in text) == (1, True)
    assert run()[0] == 0


def test_a_source_whose_disk_is_not_there_is_left_out_and_said(old_catalogue):
    folder = old_catalogue(a=DATED)
    folder.rename(folder.parent / "elsewhere")
    code, text = run()
    assert code == 1
    assert f"“photos” is left out: {folder} is not there." in text
    assert "Processed: 0" in text


def test_is_b5_heic_is_read(tmp_path, import_folder):
    (tmp_path / "photos").mkdir()
    path = tmp_path / "photos/a.heic"
    pictures.save_heic(path, pictures.scene(1))
    tagging.run("-q", "-overwrite_original", "-DateTimeOriginal=2015:01:31 14:20:30", path)
    import_folder(tmp_path / "photos")
    forget()
    run()
    assert taken("a.heic") == (TAKEN, None, None)


def test_what_people_and_names_say_stays_apart(old_catalogue, tmp_path, import_folder):
    folder = old_catalogue(a=DATED)
    shutil.copy(folder / "a.jpg", folder / "IMG_20100101_101010.jpg")
    import_folder(folder)
    forget()
    before = list(MediaFile.objects.order_by("pk").values("captured_local", "confidence", "reviewed_at"))
    run()
    assert (
        list(MediaFile.objects.order_by("pk").values("captured_local", "confidence", "reviewed_at")) == before
    )
    assert taken("IMG_20100101_101010.jpg") == (TAKEN, None, None)
