import json
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from media_catalog.models import (
    FileMetadata,
    FileTag,
    Job,
    LibraryCount,
    MediaFile,
    SidecarLink,
    SidecarValues,
    Tag,
    TimestampCandidate,
)
from media_catalog.services import decisions, exports, imports, report, sidecar_albums, sources, tags
from tests import tagging

pytestmark = pytest.mark.django_db

PART1, PART2 = (f"takeout-20250114T081500Z-00{part}/Takeout/Google Photos" for part in (1, 2))
YEAR, ALBUM = "Photos from 2021", "Sommer 2021"
NOON = 1622548800  # 2021-06-01T12:00:00Z


class Export:
    """A small Takeout export that is written file by file, and imported."""

    def __init__(self, folder: Path, make_picture: Callable[..., Path], importer: Callable[..., Job]) -> None:
        self.folder, self.make_picture, self.importer = folder, make_picture, importer

    def photo(self, path: str, *, seed: int = 0, **tags: str) -> None:
        self.make_picture(self.folder / path, seed=seed, tags=tags or None)

    def json(self, path: str, title: str | None = None, *, taken: int | str = NOON, **more: object) -> None:
        content = {"title": title or Path(path).name.split(".json")[0], **more}
        self.write(path, {"photoTakenTime": {"timestamp": str(taken)}, **content})

    def write(self, path: str, content: object) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content if isinstance(content, str) else json.dumps(content))

    def scan(self) -> Job:
        return self.importer(self.folder)


@pytest.fixture
def export(tmp_path, make_picture, import_folder):
    folder = tmp_path / "export"
    folder.mkdir()
    return Export(folder, make_picture, import_folder)


def by_path(ending: str) -> MediaFile:
    return MediaFile.objects.get(path_text__endswith=ending)


def tags_of(file: MediaFile) -> set[tuple[str, str, str]]:
    rows = FileTag.objects.filter(file=file).values_list("tag__kind", "tag__name", "origin")
    return {(kind, name, origin) for kind, name, origin in rows}


def links() -> set[tuple[str, str, str]]:
    rows = SidecarLink.objects.values_list("file__name", "sidecar__name", "rule")
    return {(file, sidecar, rule) for file, sidecar, rule in rows}


def everything() -> list[object]:
    """All rows that sidecars have a part in."""
    tables = (MediaFile, TimestampCandidate, SidecarLink, FileTag, Tag, FileMetadata, LibraryCount)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def reasons() -> dict[str, str]:
    return dict(MediaFile.objects.filter(kind="sidecar").values_list("name", "reason_text"))


def test_a_json_dates_its_photo_though_it_lies_in_another_part(export):
    export.photo(f"{PART1}/{YEAR}/a.jpg")
    export.json(f"{PART2}/{YEAR}/a.jpg.supplemental-metadata.json", "a.jpg")

    export.scan()

    photo = by_path("a.jpg")
    assert (photo.captured_from, photo.confidence) == ("takeout:photoTakenTime", "medium")
    assert photo.captured_at == datetime(2021, 6, 1, 12, tzinfo=UTC)
    assert links() == {("a.jpg", "a.jpg.supplemental-metadata.json", "title")}
    sidecar = by_path("metadata.json")
    assert (sidecar.state, sidecar.reason_code, sidecar.belongs_to) == ("skipped", "sidecar", photo)
    assert sidecar.reason_text == f"sidecar of {PART1}/{YEAR}/a.jpg"


def test_facts_beyond_the_date_are_kept(export):
    export.photo(f"{PART1}/{ALBUM}/a.jpg")
    export.write(f"{PART1}/{ALBUM}/Metadaten.json", {"title": "Sommer &amp; See"})
    export.json(
        f"{PART1}/{ALBUM}/a.jpg.json",
        description="Am Strand",
        people=[{"name": "Oma"}],
        favorited=True,
        archived=True,
        geoData={"latitude": -33.856784, "longitude": 151.215297, "altitude": 4.0},
    )

    export.scan()

    photo = by_path("a.jpg")
    assert tags_of(photo) == {("album", "Sommer & See", "metadata"), ("person", "Oma", "metadata")}
    assert (photo.description, photo.is_favourite, photo.is_archived) == ("Am Strand", True, True)
    assert (photo.gps_lat, photo.gps_lon, photo.gps_altitude_m) == (-33.856784, 151.215297, 4.0)
    # the place gives the zone
    assert (photo.captured_local, photo.offset_minutes) == (datetime(2021, 6, 1, 22), 600)
    assert photo.offset_source == "GPS:position"


def test_what_the_file_says_itself_is_not_replaced(export):
    place = {"GPSLatitude": "35.68", "GPSLatitudeRef": "N", "GPSLongitude": "139.69", "GPSLongitudeRef": "E"}
    export.photo("a.jpg", ImageDescription="Mine", Rating="2", **place)
    export.json("a.jpg.json", description="Theirs", geoData={"latitude": 1.0, "longitude": 2.0})

    export.scan()

    photo = by_path("a.jpg")
    assert (photo.description, photo.rating, photo.gps_lat) == ("Mine", 2, 35.68)


@pytest.mark.parametrize(
    ("folder", "tags"),
    [
        ("Sommer am See", {("album", "Sommer am See", "folder")}),
        (YEAR, set()),
        ("Untitled(2)", set()),
        ("Trash", set()),
    ],
)
def test_the_folder_of_an_album_without_metadata_is_an_album(export, folder, tags):
    export.photo(f"{PART1}/{folder}/a.jpg")

    export.scan()

    photo = by_path("a.jpg")
    assert tags_of(photo) == tags
    assert photo.is_trashed is (folder == "Trash")


def test_a_copy_in_an_album_has_the_json_of_the_year(export):
    for folder in (YEAR, ALBUM):
        export.photo(f"{PART1}/{folder}/a.jpg")
    export.json(f"{PART1}/{YEAR}/a.jpg.json", people=[{"name": "Oma"}])

    export.scan()

    album = by_path(f"{ALBUM}/a.jpg")
    assert album.captured_at == datetime(2021, 6, 1, 12, tzinfo=UTC)
    assert tags_of(album) == {("person", "Oma", "metadata"), ("album", ALBUM, "folder")}
    assert ("a.jpg", "a.jpg.json", "identical copy") in links()
    assert MediaFile.objects.filter(memberships__kind="identical").count() == 2

    (export.folder / f"{PART1}/{YEAR}/a.jpg.json").unlink()
    export.scan()

    assert by_path(f"{ALBUM}/a.jpg").captured_at is None
    assert links() == set()


def test_a_copy_that_comes_later_has_the_json_too_until_it_is_another_picture(export):
    export.photo(f"{PART1}/{YEAR}/a.jpg")
    export.json(f"{PART1}/{YEAR}/a.jpg.json")
    export.scan()

    export.photo("Handy/b.jpg")
    export.scan()

    assert ("b.jpg", "a.jpg.json", "identical copy") in links()
    assert by_path("b.jpg").captured_at == datetime(2021, 6, 1, 12, tzinfo=UTC)

    export.photo("Handy/b.jpg", seed=5)
    export.scan()

    assert links() == {("a.jpg", "a.jpg.json", "title")}
    assert not TimestampCandidate.objects.filter(file=by_path("b.jpg"), origin="sidecar").exists()


def test_copies_whose_json_files_contradict_each_other_speak_for_no_third(export):
    for number, folder in enumerate((YEAR, ALBUM, "Herbst")):
        export.photo(f"{PART1}/{folder}/a.jpg")
        if number < 2:
            export.json(f"{PART1}/{folder}/a.jpg.json", taken=NOON + number)

    export.scan()

    assert not SidecarLink.objects.filter(file=by_path("Herbst/a.jpg")).exists()


def test_a_contradiction_between_camera_and_json_is_never_certain(export):
    export.photo("a.jpg", Make="Nokia", Model="N8", DateTimeOriginal="2018:01:02 03:04:05")
    export.json("a.jpg.json")

    export.scan()

    photo = by_path("a.jpg")
    assert photo.confidence == "medium"
    assert photo.captured_local == datetime(2018, 1, 2, 3, 4, 5)


def test_a_difference_of_whole_zones_is_agreement_and_gives_the_offset(export):
    export.photo("a.jpg", Make="Nokia", Model="N8", DateTimeOriginal="2021:06:01 14:00:00")
    export.json("a.jpg.json")

    export.scan()

    photo = by_path("a.jpg")
    assert (photo.captured_local, photo.offset_minutes) == (datetime(2021, 6, 1, 14), 120)
    assert (photo.confidence, photo.offset_source) == ("high", "takeout:photoTakenTime")


def test_an_unknown_time_is_no_date(export):
    export.photo("a.jpg")
    export.json("a.jpg.json", taken="0")

    export.scan()

    claim = TimestampCandidate.objects.get(origin="sidecar")
    assert (by_path("a.jpg").captured_local, claim.verdict) == (None, "refused_sentinel")


def test_two_json_files_that_fit_are_shown_and_not_guessed(export):
    export.photo("IMG_1.png")
    export.photo("IMG_1.jpg", seed=1)
    export.json("IMG_1.json", "IMG_1")

    export.scan()

    assert links() == set()
    assert reasons()["IMG_1.json"] == ("sidecar that may belong to IMG_1.jpg or IMG_1.png: nothing decides")


def test_a_broken_json_still_belongs_to_its_photo(export):
    export.photo("a.jpg")
    export.write("a.jpg.json", '{"title": "a.jpg", "photoTakenTime": {"timest')

    job = export.scan()

    assert job.state == Job.State.COMPLETED
    assert by_path("a.jpg").captured_local is None
    assert reasons()["a.jpg.json"].startswith("sidecar of a.jpg; it cannot be read: no valid JSON")
    [photo] = [line for line in report.lines() if line["path"] == "a.jpg"]
    assert photo["json"] == "a.jpg.json"


def test_the_report_names_the_json_and_what_sidecars_belong_to(export):
    export.photo("a.jpg")
    export.photo("b.jpg", seed=1)
    export.json("a.jpg.json")
    export.json("gone.jpg.json")
    export.write("metadata.json", {"title": "Sommer"})

    export.scan()

    lines = {line["path"]: (line["json"], line["reason"]) for line in report.lines()}
    assert lines == {
        "a.jpg": ("a.jpg.json", "dated by takeout:photoTakenTime"),
        "b.jpg": (None, "no date found"),
        "a.jpg.json": (None, "sidecar of a.jpg"),
        "gone.jpg.json": (None, "sidecar of nothing that was found"),
        "metadata.json": (None, "sidecar of its folder, an album"),
    }


def test_importing_again_changes_nothing(export):
    export.photo(f"{PART1}/{YEAR}/a.jpg")
    export.photo(f"{PART1}/{ALBUM}/a.jpg")
    export.json(f"{PART2}/{YEAR}/a.jpg.json", people=[{"name": "Oma"}], favorited=True)
    export.write(f"{PART1}/{ALBUM}/metadata.json", {"title": ALBUM})
    export.scan()
    before = everything()

    export.scan()

    assert everything() == before


def test_a_changed_json_is_read_again_and_a_vanished_one_no_longer_speaks(export):
    export.photo("a.jpg")
    export.json("a.jpg.json", people=[{"name": "Oma"}], description="old", favorited=True)
    export.scan()

    export.json("a.jpg.json", taken=NOON + 3600, people=[{"name": "Opa"}], description="new text")
    export.scan()

    photo = by_path("a.jpg")
    assert (photo.captured_at, photo.description) == (datetime(2021, 6, 1, 13, tzinfo=UTC), "new text")
    assert (tags_of(photo), photo.is_favourite) == ({("person", "Opa", "metadata")}, False)

    (export.folder / "a.jpg.json").unlink()
    export.scan()

    photo = by_path("a.jpg")
    assert (photo.captured_local, photo.description, tags_of(photo)) == (None, "", set())
    assert not TimestampCandidate.objects.filter(origin="sidecar").exists()


def test_a_json_that_comes_later_is_matched_then(export):
    export.photo("a.jpg")
    export.scan()

    export.json("a.jpg.json")
    export.scan()

    assert by_path("a.jpg").captured_at == datetime(2021, 6, 1, 12, tzinfo=UTC)


def test_a_photo_that_changes_keeps_what_its_json_says(export):
    export.photo("a.jpg")
    export.json("a.jpg.json", people=[{"name": "Oma"}], geoData={"latitude": 1.5, "longitude": 2.5})
    export.scan()

    export.photo("a.jpg", seed=7, Make="Nokia")
    export.scan()

    photo = by_path("a.jpg")
    assert photo.captured_at == datetime(2021, 6, 1, 12, tzinfo=UTC)
    assert (tags_of(photo), photo.gps_lat) == ({("person", "Oma", "metadata")}, 1.5)


def test_what_sidecars_said_of_photos_that_are_gone_stays_known(export):
    export.photo("x/a.jpg")
    export.json("x/a.jpg.json")
    export.photo("b.jpg", seed=3)
    export.scan()

    for name in ("a.jpg", "a.jpg.json"):
        (export.folder / "x" / name).unlink()
    export.scan()

    photo = by_path("a.jpg")
    assert (photo.state, photo.captured_at) == ("missing", datetime(2021, 6, 1, 12, tzinfo=UTC))


def test_a_date_that_a_person_gave_is_left_alone(export):
    export.photo("a.jpg")
    export.scan()
    given = decisions.GivenDate(
        local=datetime(1999, 1, 2), until=datetime(1999, 1, 2), precision="second", offset_minutes=None
    )
    decisions.set_date(MediaFile.objects.filter(name="a.jpg"), date=given, actor=None, at=datetime.now(UTC))

    export.json("a.jpg.json")
    export.scan()

    assert by_path("a.jpg").captured_local == datetime(1999, 1, 2)
    assert TimestampCandidate.objects.filter(origin="sidecar").count() == 1


def test_what_an_unfinished_import_read_is_matched_by_the_next(export, run_job, now):
    export.photo("a.jpg")
    export.json("a.jpg.json")
    job = imports.start(sources.register(export.folder, created_at=now), created_at=now)
    Job.objects.filter(pk=run_job(job).pk).update(state=Job.State.FAILED)
    SidecarLink.objects.all().delete()

    export.scan()

    assert len(links()) == 1


def test_only_touched_folders_are_looked_at(export):
    for name in ("x", "y"):
        export.photo(f"{name}/a.jpg", seed=ord(name))
        export.json(f"{name}/a.jpg.json")
    export.scan()
    export.json("y/b.jpg.json")

    job = export.scan()

    folders = [album.folder_keys for album in sidecar_albums.touched(job)]
    assert folders == [(by_path("y/a.jpg").folder_key,)]


def test_an_xmp_file_gives_date_words_and_place(export):
    export.photo("a.png")
    arguments = [
        "-XMP-photoshop:DateCreated=2012:05:01 10:11:12",
        "-XMP-dc:Subject=poster",
        "-XMP-iptcExt:PersonInImage=Anna",
        "-XMP-xmp:Rating=5",
    ]
    tagging.run("-q", *arguments, export.folder / "a.xmp")

    export.scan()

    photo = by_path("a.png")
    assert (photo.captured_from, photo.confidence) == ("sidecar:XMP:DateCreated", "medium")
    assert photo.captured_local == datetime(2012, 5, 1, 10, 11, 12)
    assert (photo.rating, photo.offset_minutes) == (5, None)
    assert tags_of(photo) == {("tag", "poster", "metadata"), ("person", "Anna", "metadata")}
    assert links() == {("a.png", "a.xmp", "stem with .xmp")}


def test_a_sidecar_an_hour_away_takes_certainty_from_the_camera(export):
    export.photo("a.jpg", Make="HTC", Model="TyTN", DateTimeOriginal="2008:03:18 16:08:26")
    tagging.run("-q", "-XMP-exif:DateTimeOriginal=2008:03:18 17:08:26+01:00", export.folder / "a.jpg.xmp")

    export.scan()

    assert by_path("a.jpg").confidence == "medium"


def test_picasa_gives_stars_captions_and_albums(export):
    export.photo("a.jpg")
    export.write(".picasa.ini", "[.album:01]\nname=Best\n[a.jpg]\nstar=yes\ncaption=Hafen\nalbums=01\n")

    export.scan()

    photo = by_path("a.jpg")
    assert (photo.is_favourite, photo.description) == (True, "Hafen")
    assert tags_of(photo) == {("album", "Best", "metadata")}
    assert (by_path(".picasa.ini").kind, by_path(".picasa.ini").belongs_to) == ("sidecar", photo)


def test_needs_few_queries_for_an_untouched_source(export, django_assert_max_num_queries, run_job, now):
    for number in range(5):
        export.photo(f"{number}/a.jpg", seed=number)
        export.json(f"{number}/a.jpg.json")
    job = export.scan()
    again = run_job(imports.start(job.source, created_at=now))

    with django_assert_max_num_queries(3):
        assert list(sidecar_albums.touched(again)) == []


def pack(export: Export, part: str, *paths: str) -> None:
    """Move files into a ZIP that stands for the folder of the part."""
    with zipfile.ZipFile(export.folder / f"{part}.zip", "w") as archive:
        for path in paths:
            archive.write(export.folder / part / path, path)
    shutil.rmtree(export.folder / part)


def test_reads_an_export_without_unpacking_it(export, run_job, now):
    part1, part2 = PART1.partition("/")[0], PART2.partition("/")[0]
    photo, copy = (f"Takeout/Google Photos/{folder}/a.jpg" for folder in (YEAR, ALBUM))
    export.photo(f"{part1}/{photo}")
    export.photo(f"{part1}/{copy}")
    export.photo(f"{part1}/Takeout/readme.txt.jpg", seed=4)
    export.json(f"{part2}/{photo}.json", people=[{"name": "Oma"}])
    pack(export, part1, photo, copy, "Takeout/readme.txt.jpg")
    pack(export, part2, f"{photo}.json")

    job = export.scan()

    assert (job.state, job.failed_count) == (Job.State.COMPLETED, 0)
    file = by_path(f"{part1}.zip/{photo}")
    assert file.captured_at == datetime(2021, 6, 1, 12, tzinfo=UTC)
    assert file.has_thumbnail
    assert tags_of(by_path(copy)) == {("person", "Oma", "metadata"), ("album", ALBUM, "folder")}
    [line] = [line for line in report.lines() if line["path"] == f"{part1}.zip/{photo}"]
    assert line["json"] == f"{part2}.zip/{photo}.json"
    before = everything()

    export.scan()

    assert everything() == before


def test_exports_from_an_archive_what_an_unpacked_one_would_give(export, run_job, now, tmp_path):
    part, photo = PART1.partition("/")[0], f"Takeout/Google Photos/{YEAR}/a.jpg"
    export.photo(f"{part}/{photo}", Make="Nokia", Model="N8", DateTimeOriginal="2021:06:01 14:00:00")
    content = (export.folder / part / photo).read_bytes()
    pack(export, part, photo)
    export.scan()

    root = os.fsencode(tmp_path / "archive")
    run_job(exports.start(archive_root=root, is_forced=True, created_at=now))

    assert (tmp_path / "archive/2021/20210601_140000.jpg").read_bytes() == content
    assert by_path(photo).fate == "exported"


def test_a_damaged_member_fails_alone_and_a_whole_part_later_is_read(export):
    part, photo = PART1.partition("/")[0], f"Takeout/Google Photos/{YEAR}/a.jpg"
    export.photo(f"{part}/{photo}")
    export.photo(f"{part}/Takeout/b.jpg", seed=2)
    content = (export.folder / part / photo).read_bytes()
    pack(export, part, photo, "Takeout/b.jpg")
    path = export.folder / f"{part}.zip"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(content[-40:], bytes(40), 1))

    job = export.scan()

    assert (job.state, job.done_count, job.failed_count) == (Job.State.COMPLETED, 1, 1)
    assert "damaged in its archive" in by_path(photo).reason_text

    path.write_bytes(whole[:-30])
    job = export.scan()

    assert by_path(f"{part}.zip").reason_code == "archive_broken"
    assert by_path("b.jpg").state == "analysed"  # not taken for vanished
    assert job.vanished_count == 0


def test_the_copy_in_the_archive_has_the_albums_and_people_of_all_copies(export, run_job, now, tmp_path):
    for folder in (YEAR, ALBUM, "Beste"):
        export.photo(f"{PART1}/{folder}/a.jpg")
    export.json(f"{PART1}/{YEAR}/a.jpg.json", people=[{"name": "Oma"}])
    export.scan()

    root = tmp_path / "archive"
    run_job(exports.start(archive_root=os.fsencode(root), is_forced=True, created_at=now))

    [copy] = root.glob("2021/*.jpg")
    [told] = json.loads(tagging.run("-json", "-XMP-dc:Subject", copy))
    assert sorted(told["Subject"]) == ["Beste", "Oma", ALBUM]


def test_a_tag_that_a_person_gave_stays_when_the_sidecar_goes(export, now):
    export.photo("a.jpg")
    export.write("a.jpg.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    export.scan()
    tags.add({by_path("a.jpg").pk: ["sea"]}, origin=FileTag.Origin.PERSON, created_at=now)

    xmp = export.folder / "a.jpg.xmp"
    tagging.run("-q", "-overwrite_original", "-XMP-dc:Subject=sea", xmp)
    export.scan()
    assert tags_of(by_path("a.jpg")) == {("tag", "sea", "person")}

    xmp.unlink()
    export.scan()
    assert tags_of(by_path("a.jpg")) == {("tag", "sea", "person")}


def test_what_a_person_changed_is_not_replaced_by_a_sidecar(export):
    export.photo("a.jpg")
    export.json(
        "a.jpg.json",
        description="Am Strand",
        favorited=True,
        geoData={"latitude": 1.5, "longitude": 2.5, "altitude": 4.0},
    )
    export.scan()
    photo = MediaFile.objects.filter(name="a.jpg")
    edited = {"description": "Am See", "gps_lat": 47.0, "gps_lon": 8.0, "gps_altitude_m": None}
    photo.update(**edited, is_favourite=False)

    export.json("a.jpg.json", description="Am Meer", favorited=True, geoData={"latitude": 9, "longitude": 9})
    export.scan()

    assert photo.values(*edited, "is_favourite").get() == {**edited, "is_favourite": False}


def test_what_a_person_deleted_stays_deleted(export):
    export.photo("a.jpg")
    export.json("a.jpg.json", description="Am Strand")
    export.scan()
    MediaFile.objects.filter(name="a.jpg").update(description="")

    export.json("a.jpg.json", description="Am Meer")
    export.scan()

    assert by_path("a.jpg").description == ""


def test_what_nobody_changed_follows_its_sidecar(export):
    export.photo("a.jpg")
    export.json("a.jpg.json", description="Am Strand", geoData={"latitude": 1.5, "longitude": 2.5})
    export.scan()
    export.json("a.jpg.json", description="Am Meer", geoData={"latitude": 9.25, "longitude": 9.5})
    export.scan()
    photo = by_path("a.jpg")
    assert (photo.description, photo.gps_lat, photo.gps_lon) == ("Am Meer", 9.25, 9.5)

    (export.folder / "a.jpg.json").unlink()
    export.scan()

    photo = by_path("a.jpg")
    assert (photo.description, photo.gps_lat, photo.gps_altitude_m) == ("", None, None)
    assert not SidecarValues.objects.exists()


def test_a_photo_read_again_still_follows_its_sidecar(export):
    export.photo("a.jpg")
    export.json("a.jpg.json", description="Am Strand")
    export.scan()
    export.photo("a.jpg", seed=7)
    export.scan()
    assert by_path("a.jpg").description == "Am Strand"

    export.json("a.jpg.json", description="Am Meer")
    export.scan()

    assert by_path("a.jpg").description == "Am Meer"
