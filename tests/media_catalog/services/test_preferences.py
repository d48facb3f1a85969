"""Settings that people change; test names carry the predecessor's items (BUG-30, 2.7) by their numbers."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from media_catalog.models import Job, JobBatch, JobFailure, MediaFile, Setting, SettingChange, Source
from media_catalog.models.fields import path_key
from media_catalog.pipeline.timestamps import plausibility
from media_catalog.services import (
    archives,
    claim_rows,
    date_choices,
    export_roots,
    faults,
    finalizing,
    grouping,
    import_folders,
    job_control,
    jobs,
    preference_effects,
    preference_rules,
    preferences,
    redating,
    tools,
)
from media_catalog.services.finalizing import Refused, Wish
from media_catalog.services.preference_rules import BadValue, NotNow
from media_catalog.services.preferences import Name, Origin
from mediaparser import settings as configuration
from tests.media_catalog import dated
from tests.media_catalog.conftest import contents
from tests.review.rows import NOW, add_file

pytestmark = pytest.mark.django_db
MOMENT = datetime(2015, 7, 4, 12, tzinfo=UTC)


def put(name: Name, value, *, actor=None):
    return preference_rules.change(name, value, seen=preferences.value(name), actor=actor, at=NOW)


def add_moment(name="a.mp4", **facts) -> MediaFile:
    """Add a video that tells the moment and no place, as the zone UTC dated it."""
    facts |= {"kind": "video", "offset_minutes": 0, "offset_source": "assumed", "captured_at": MOMENT}
    file = add_file(name, captured=MOMENT.replace(tzinfo=None), **facts)
    file.candidates.create(
        rank=0, source="QuickTime:CreateDate", instant=MOMENT, precision="second", weight=7, is_chosen=True
    )
    return file


def add_source(root: Path, **facts: str) -> Source:
    root.mkdir(exist_ok=True)
    key = os.fsencode(root)
    return Source.objects.create(
        label="x", root_bytes=key, root_key=path_key(key), root_text=str(root), created_at=NOW, **facts
    )


def test_the_environment_wins_over_what_a_person_set_and_that_over_the_default(settings):
    assert preferences.known()[Name.TIME_ZONE].origin == Origin.DEFAULT
    put(Name.TIME_ZONE, "Asia/Tokyo")
    known = preferences.known()[Name.TIME_ZONE]
    assert (known.value, known.default, known.origin) == ("Asia/Tokyo", "UTC", Origin.PERSON)
    settings.FROM_ENVIRONMENT = frozenset(["MEDIAPARSER_TIME_ZONE"])
    known = preferences.known()[Name.TIME_ZONE]
    assert (known.value, preferences.time_zone(), known.origin) == ("UTC", "UTC", Origin.ENVIRONMENT)
    with pytest.raises(NotNow, match="MEDIAPARSER_TIME_ZONE"):
        put(Name.TIME_ZONE, "Europe/Berlin")
    with pytest.raises(NotNow, match="MEDIAPARSER_TIME_ZONE"):
        preference_rules.take_back(SettingChange.objects.get(), actor=None, at=NOW)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (Name.ARCHIVE_DIR, "", "Give the whole path"),
        (Name.ARCHIVE_DIR, "archive", "Give the whole path"),
        (Name.ARCHIVE_DIR, "~/archive", "Give the whole path"),
        (Name.ARCHIVE_DIR, "/srv/\0archive", "Give the whole path"),
        (Name.ARCHIVE_DIR, "/srv/" + "a/" * 2000, "too long"),
        (Name.ARCHIVE_DIR, "/srv/" + "ä" * 128, "too long"),
        (Name.ARCHIVE_DIR, "/", "belongs to the system"),
        (Name.ARCHIVE_DIR, "/srv/../proc/self", "belongs to the system"),
        (Name.ARCHIVE_DIR, "{data}", "data folder"),
        (Name.ARCHIVE_DIR, "{data}/thumbnails/x", "data folder"),
        (Name.ARCHIVE_DIR, "{tmp}/file", "is a file"),
        (Name.ARCHIVE_DIR, "{tmp}/source", "overlaps the source"),
        (Name.ARCHIVE_DIR, "{tmp}/source/in/it", "overlaps the source"),
        (Name.ARCHIVE_DIR, "{tmp}", "overlaps the source"),
        (Name.ARCHIVE_DIR, "{tmp}/link", "overlaps the source"),
        (Name.ARCHIVE_DIR, "{tmp}/root/archive", "must not lie in each other"),
        (Name.IMPORT_ROOTS, "photos", "Give the whole path"),
        (Name.IMPORT_ROOTS, "/no/such/folder", "does not exist"),
        (Name.IMPORT_ROOTS, "{tmp}/root\n{tmp}/file", "is not a folder"),
        (Name.IMPORT_ROOTS, "{data}", "belongs to MediaParser"),
        (Name.IMPORT_ROOTS, "{tmp}/archive", "belongs to MediaParser"),
        (Name.IMPORT_ROOTS, "{tmp}/archive/2015", "belongs to MediaParser"),
        (Name.IMPORT_ROOTS, "{tmp}", "must not lie in each other"),
        (Name.IMPORT_ROOTS, "/sys", "belongs to the system"),
        (Name.IMPORT_ROOTS, "/x\n" * 51, "50 folders at most"),
        (Name.EXPORT_ROOTS, "/no/such/folder", "no folder that is there"),
        (Name.EXPORT_ROOTS, "{tmp}/file", "no folder that is there"),
        (Name.EXPORT_ROOTS, "{data}", "belongs to MediaParser"),
        (Name.EXPORT_ROOTS, "{tmp}/source", "holds originals"),
        (Name.EXPORT_ROOTS, "{tmp}/root", "holds originals"),
        (Name.TIME_ZONE, "Atlantis", "no such time zone"),
        (Name.TIME_ZONE, "../../etc/passwd", "no such time zone"),
        (Name.NAME_PATTERNS, "Scan_%d%m", "no year"),
        (Name.NAME_PATTERNS, "%Y_%q", "unknown part"),
        (Name.NAME_PATTERNS, "%Y" + "x" * 4000, "too much"),
        (Name.EARLIEST_YEAR, 1825, "a year from 1826, when the first photograph was taken, to 20"),
        (Name.EARLIEST_YEAR, 9999, "a year from 1826"),
        (Name.COPY_BITS, -1, "a whole number from 0 to 10"),
        (Name.COPY_BITS, 11, "Beyond it, pictures of other things were taken for copies"),
        (Name.ERROR_THRESHOLD, 1.01, "from 0 to 100"),
        (Name.ERROR_THRESHOLD, float("nan"), "from 0 to 100"),
    ],
)
def test_refuses_what_cannot_be_used_and_says_why(tmp_path, settings, name, value, said):
    (tmp_path / "file").touch()
    (tmp_path / "root").mkdir()
    (tmp_path / "archive" / "2015").mkdir(parents=True)
    add_source(tmp_path / "source")
    (tmp_path / "link").symlink_to(tmp_path / "source")
    settings.MEDIAPARSER_ARCHIVE_DIR = tmp_path / "archive"
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(tmp_path / "root")]
    if isinstance(value, str) and "{" in value:
        value = value.format(tmp=tmp_path, data=settings.DATA_DIR)
    with pytest.raises(BadValue, match=said):
        put(name, value)
    assert not Setting.objects.exists()
    assert not SettingChange.objects.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_no_archive(tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(BadValue, match="change its permissions"):
        put(Name.ARCHIVE_DIR, str(tmp_path / "locked"))


def test_the_folder_for_exports_is_made_and_tried_and_holds_from_then_on_27(tmp_path):
    put(Name.ARCHIVE_DIR, f"{tmp_path}/new//folder/")
    folder = tmp_path / "new" / "folder"
    assert folder.is_dir()
    assert list(folder.iterdir()) == []
    assert preferences.archive_dir() == folder
    assert export_roots.known()[0] == str(folder)
    assert export_roots.require("") == os.fsencode(folder)
    with pytest.raises(CommandError, match=f"{folder}:"):
        call_command("verify_archive")
    with pytest.raises(CommandError, match=f"{tmp_path}/other:"):
        call_command("verify_archive", f"{tmp_path}/other")


def test_roots_hold_for_what_the_browser_may_do_27(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "copies").mkdir()
    put(Name.IMPORT_ROOTS, f"{tmp_path}/photos\n\n {tmp_path}/photos/ \n")
    put(Name.EXPORT_ROOTS, f"{tmp_path}/copies")
    assert preferences.value(Name.IMPORT_ROOTS) == [f"{tmp_path}/photos"]
    assert import_folders.roots() == [os.fsencode(tmp_path / "photos")]
    assert export_roots.require(f"{tmp_path}/copies/2026") == os.fsencode(tmp_path / "copies/2026")
    put(Name.IMPORT_ROOTS, None)
    assert import_folders.roots() == []


def test_a_change_is_recorded_and_taken_back_unless_it_was_changed_again():
    mum = get_user_model().objects.create_user("mum")
    put(Name.TIME_ZONE, "Asia/Tokyo", actor=mum)
    put(Name.TIME_ZONE, "Europe/Berlin", actor=mum)
    assert put(Name.TIME_ZONE, "Europe/Berlin") is None
    first, second = SettingChange.objects.order_by("pk")
    assert (second.before, second.after, second.changed_by) == ("Asia/Tokyo", "Europe/Berlin", mum)
    with pytest.raises(NotNow, match="changed again"):
        preference_rules.take_back(first, actor=mum, at=NOW)
    preference_rules.take_back(second, actor=mum, at=NOW)
    assert preferences.time_zone() == "Asia/Tokyo"
    with pytest.raises(NotNow, match="changed again"):
        preference_rules.take_back(second, actor=mum, at=NOW)
    with pytest.raises(NotNow, match="Somebody has changed this"):
        preference_rules.change(Name.TIME_ZONE, "UTC", seen="Europe/Berlin", actor=mum, at=NOW)


def test_taking_back_the_first_change_gives_the_default_again():
    preference_rules.take_back(put(Name.ERROR_THRESHOLD, 0.5), actor=None, at=NOW)
    assert (preferences.value(Name.ERROR_THRESHOLD), Setting.objects.count()) == (0.1, 0)


def test_what_was_changed_back_to_a_folder_that_is_gone_stays_as_it_is(tmp_path):
    (tmp_path / "photos").mkdir()
    put(Name.IMPORT_ROOTS, f"{tmp_path}/photos")
    change = put(Name.IMPORT_ROOTS, "")
    (tmp_path / "photos").rmdir()
    with pytest.raises(BadValue, match="does not exist"):
        preference_rules.take_back(change, actor=None, at=NOW)
    assert preferences.value(Name.IMPORT_ROOTS) == []


def test_the_preference_of_a_source_is_recorded_and_taken_back():
    source = add_file("a.jpg").source
    change = preference_rules.prefer(source, 3, actor=None, at=NOW)
    assert preference_rules.prefer(source, 3, actor=None, at=NOW) is None
    assert Source.objects.get().keeper_preference == 3
    with pytest.raises(BadValue, match="between -1000 and 1000"):
        preference_rules.prefer(source, 1001, actor=None, at=NOW)
    preference_rules.take_back(change, actor=None, at=NOW)
    assert Source.objects.get().keeper_preference == 0


def test_another_zone_dates_anew_what_tells_a_moment_alone_and_nothing_else(run_job, tmp_path):
    file, wall = add_moment(), add_file("b.jpg", captured=MOMENT.replace(tzinfo=None))
    home = add_source(tmp_path / "home", time_zone="UTC")
    at_home = add_moment("c.mp4", source=home)
    put(Name.TIME_ZONE, "Asia/Tokyo")
    assert preference_effects.number(Name.TIME_ZONE).number == 1
    job = run_job(redating.start_setting(Name.TIME_ZONE, created_at=NOW, created_by=None))
    assert (job.state, job.total_count, job.changed_count) == ("completed", 1, 1)
    dates = {one.pk: (one.captured_local.hour, one.captured_at) for one in MediaFile.objects.all()}
    assert dates == {file.pk: (21, MOMENT), wall.pk: (12, None), at_home.pk: (12, MOMENT)}


def test_a_job_keeps_the_zone_and_the_patterns_that_it_began_with(run_job):
    file = add_moment()
    put(Name.TIME_ZONE, "Asia/Tokyo")
    put(Name.NAME_PATTERNS, "Scan_%Y")
    job = redating.start_setting(Name.TIME_ZONE, created_at=NOW, created_by=None)
    put(Name.TIME_ZONE, "America/New_York")
    kept = {"time_zone": "Asia/Tokyo", "name_patterns": "Scan_%Y", "earliest_year": 1826, "copy_bits": 10}
    assert run_job(job).preferences == kept
    file.refresh_from_db()
    assert file.captured_local.hour == 21
    run_job(redating.start_setting(Name.TIME_ZONE, created_at=NOW, created_by=None))
    file.refresh_from_db()
    assert file.captured_local.hour == 8


def test_patterns_are_tried_on_names_and_read_into_files_that_are_here(run_job):
    scan = add_file("Scan_31012015_7.jpg", confidence="none")
    scan.candidates.create(rank=0, source="file:mtime", instant=MOMENT, precision="second", weight=1)
    other = add_file("x.jpg", confidence="none")
    trial = preference_effects.try_patterns("Scan_%d%m%Y_*")
    assert (trial.tried, trial.matched, trial.samples[0][0]) == (2, 1, "Scan_31012015_7.jpg")
    put(Name.NAME_PATTERNS, "Scan_%d%m%Y_*\r\n* vom %d.%m.%Y")
    job = run_job(redating.start_setting(Name.NAME_PATTERNS, created_at=NOW, created_by=None))
    assert (job.state, job.total_count, job.changed_count) == ("completed", 2, 1)
    scan.refresh_from_db()
    assert (scan.captured_from, scan.captured_local) == ("name:own", datetime(2015, 1, 31))
    claims = list(scan.candidates.values_list("source", flat=True).order_by("rank"))
    assert claims == ["name:own", "file:mtime"]
    put(Name.NAME_PATTERNS, None)
    run_job(redating.start_setting(Name.NAME_PATTERNS, created_at=NOW, created_by=None))
    assert not scan.candidates.filter(source="name:own").exists()
    assert not other.candidates.exists()


def dates() -> dict[str, list]:
    rows = MediaFile.objects.values_list("name", "captured_local__year", "captured_from", "taken_local__year")
    return {name: date for name, *date in rows.order_by("name")}


def redate(run_job):
    return run_job(redating.start_setting(Name.EARLIEST_YEAR, created_at=NOW, created_by=None))


def test_the_earliest_year_refuses_what_files_say_until_it_is_taken_back(library, run_job):
    for name, year in (("a.jpg", 1999), ("IMG-20150704-WA0001.jpg", 1999), ("c.jpg", 2015), ("d.jpg", 1999)):
        dated.add(library, name, seed=len(name), local=f"{year}:01:31 14:20:30")
    library.scan()
    library.date("d.jpg", datetime(1975, 7, 4))
    before = dates()
    assert preference_effects.number(Name.EARLIEST_YEAR).number == 0
    change = put(Name.EARLIEST_YEAR, 2000)
    assert preference_effects.number(Name.EARLIEST_YEAR).number == 2
    assert dates() == before

    job = redate(run_job)

    assert (job.state, job.total_count, job.changed_count) == ("completed", 3, 2)
    exif = "EXIF:DateTimeOriginal"
    assert dates() == {
        "IMG-20150704-WA0001.jpg": [2015, "name:whatsapp", None],
        "a.jpg": [None, "", None],
        "c.jpg": [2015, exif, 2015],
        "d.jpg": [1975, "person", None],
    }
    refused = library.file("a.jpg").candidates.get(source=exif)
    assert str(claim_rows.phrase(refused)) == "before the earliest year of your pictures (2000)"
    assert preference_effects.number(Name.EARLIEST_YEAR).number == 0
    preference_rules.take_back(change, actor=None, at=NOW)
    assert redate(run_job).changed_count == 2
    assert dates() == before


def test_the_earliest_year_holds_for_files_that_come_and_not_for_a_person(library):
    put(Name.EARLIEST_YEAR, 2016)
    dated.add(library, "a.jpg")
    dated.add(library, "[FORCE]20140704_120000.jpg", seed=1)
    library.scan()
    assert dates() == {"[FORCE]20140704_120000.jpg": [2014, "name:forced", None], "a.jpg": [None, "", None]}
    assert preference_effects.number(Name.EARLIEST_YEAR).number == 0
    file = library.file("a.jpg")
    claim = file.candidates.get(source="EXIF:DateTimeOriginal")
    date_choices.choose_candidate(file.pk, claim.pk, stamp=date_choices.stamp_of(file), actor=None, at=NOW)
    assert dates()["a.jpg"][0] == 2015


def test_moments_before_the_earliest_year_count_as_well_as_wall_clocks(run_job):
    file = add_moment()
    add_moment("b.mp4", source=file.source)
    put(Name.EARLIEST_YEAR, 2016)
    assert preference_effects.number(Name.EARLIEST_YEAR).number == 2
    assert redate(run_job).changed_count == 2
    assert not MediaFile.objects.exclude(captured_local=None).exists()
    put(Name.EARLIEST_YEAR, 2015)
    assert redate(run_job).changed_count == 2
    assert redate(run_job).total_count == 0


@pytest.mark.parametrize("text", ["1825", "9999", "2000.5", "long ago", "nan"])
def test_a_year_in_the_environment_that_cannot_be_stops_the_start(monkeypatch, settings, text):
    assert settings.MEDIAPARSER_EARLIEST_YEAR == plausibility.FIRST_PHOTOGRAPH
    monkeypatch.setenv("MEDIAPARSER_EARLIEST_YEAR", text)
    with pytest.raises(ImproperlyConfigured, match=f"MEDIAPARSER_EARLIEST_YEAR='{text}' is not usable"):
        configuration._whole("MEDIAPARSER_EARLIEST_YEAR", 1826, 1826, 2026)


def test_policies_and_halts_go_by_what_holds(now, tmp_path):
    source = add_file("a.jpg").source
    put(Name.TIME_ZONE, "Asia/Tokyo")
    put(Name.NAME_PATTERNS, "Scan_%Y")
    put(Name.EARLIEST_YEAR, 1950)
    policy = tools.analysis_policy(source, clocks=None, at=now)
    assert (policy.default_zone, len(policy.name_patterns), policy.earliest_year) == ("Asia/Tokyo", 1, 1950)
    job = Job.objects.create(kind="import", source=source, done_count=18, failed_count=2, created_at=NOW)
    for number in range(2):
        failed = add_file(f"{number}.jpg")
        JobFailure.objects.create(job=job, file=failed, code="vanished", message="gone", created_at=NOW)
    assert "2 of 20 files" in faults.reason_to_halt(job.pk)
    put(Name.ERROR_THRESHOLD, 0.11)
    assert faults.reason_to_halt(job.pk) is None


def test_what_is_held_is_asked_for_once(django_assert_num_queries):
    put(Name.TIME_ZONE, "Asia/Tokyo")
    with django_assert_num_queries(1), preferences.held():
        assert {preferences.time_zone() for _ in range(50)} == {"Asia/Tokyo"}
        with preferences.held():
            assert preferences.value(Name.NAME_PATTERNS) == ""


@pytest.fixture
def exported(library, settings):
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(library.folder)]
    dated.add(library, "a.jpg")
    library.scan()
    return library


def test_originals_stay_while_deleting_is_off_and_a_deletion_under_way_stops(exported):
    export = exported.export().export
    wish = Wish(is_cleaning=False, sources=(Source.objects.get().pk,), phrase="delete originals")
    with pytest.raises(Refused, match="switched off"):
        finalizing.start(export, wish, actor=None, at=NOW)
    put(Name.DELETE_ORIGINALS, True)
    job = finalizing.start(export, wish, actor=None, at=NOW)
    put(Name.DELETE_ORIGINALS, False)
    exported.run_job(job)
    assert (job.state, "switched off" in job.error_text) == ("halted", True)
    assert set(contents(exported.photos)) == {"a.jpg"}
    put(Name.DELETE_ORIGINALS, True)
    job_control.act(job.pk, job_control.Action.CONTINUE, at=NOW)
    assert exported.run_job(job).state == "completed"
    assert set(contents(exported.photos)) == set()


def test_settings_outlive_clearing_up_and_the_next_import_works_30(exported):
    put(Name.TIME_ZONE, "Asia/Tokyo")
    export = exported.export().export
    clearing = finalizing.start(export, Wish(is_clearing=True), actor=None, at=NOW)
    assert exported.run_job(clearing).state == "completed"
    dated.add(exported, "b.jpg", seed=1)
    again = exported.scan()
    assert (again.state, again.done_count, preferences.time_zone()) == ("completed", 1, "Asia/Tokyo")
    assert again.preferences["time_zone"] == "Asia/Tokyo"


def test_the_number_of_a_job_that_is_gone_is_never_given_to_another_30():
    gone = grouping.start(created_at=NOW)
    JobBatch.objects.all().delete()
    number = gone.pk
    gone.delete()
    assert jobs.create(kind=Job.Kind.GROUP, source=None, options={}, created_at=NOW).pk > number


def test_an_archive_that_is_there_may_be_set_again(tmp_path):
    archives.register(os.fsencode(tmp_path / "archive"), created_at=NOW)
    put(Name.ARCHIVE_DIR, str(tmp_path / "archive"))
    with pytest.raises(BadValue, match="overlaps the archive"):
        put(Name.ARCHIVE_DIR, str(tmp_path / "archive/inner"))
