from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_catalog.models import CameraHabit, CameraRule, MediaFile, TimestampCandidate
from media_catalog.services import camera_effects, camera_proposals, cameras, decisions, import_results
from tests.pipeline import pictures

FIRST = datetime(2015, 6, 1, 9, 17, 5)
YEAR = timedelta(days=365)
NIKON = ("NIKON", "D70")
pytestmark = pytest.mark.django_db


@pytest.fixture
def camera(library, run_job):
    """A camera whose pictures have the right time in their names; its clock is `error` behind."""

    class Camera:
        folder = library.folder
        now = library.now

        def take(self, *days, error=YEAR, model="D70", folder="photos", named=True, **tags):
            for day in days:
                moment = FIRST + timedelta(days=day, hours=day % 7)
                clock = f"{moment - error:%Y:%m:%d %H:%M:%S}"
                name = f"IMG_{moment:%Y%m%d_%H%M%S}.jpg" if named else f"{model}_{day:04}.jpg"
                dated = {"Make": "NIKON", "Model": model, "DateTimeOriginal": clock, "CreateDate": clock}
                seed = MediaFile.objects.count() + day
                library.make_picture(f"{folder}/{name}", seed=seed, tags=dated | tags)
            return self

        def scan(self, folder="photos"):
            return library.scan(folder)

        def propose(self, make="NIKON", model="D70"):
            camera_proposals.propose(make, model, at=self.now)
            return list(CameraRule.objects.filter(state="proposed").order_by("pk"))

        def rule(self, **facts):
            facts = {"camera_model": "D70", "shift_seconds": 365 * 86400} | facts
            return cameras.add(CameraRule(**facts), at=self.now)

        def activate(self, **facts):
            rule = self.rule(**facts)
            self.put_in_force(rule)
            return rule

        def put_in_force(self, rule):
            return run_job(cameras.activate(rule, at=self.now)).summary

        def take_back(self, rule):
            run_job(cameras.deactivate(rule, at=self.now))

    return Camera()


def snapshot():
    """Everything that is known about dates, but for the ids of claims."""
    files = list(MediaFile.objects.order_by("pk").values())
    claims = TimestampCandidate.objects.order_by("file_id", "rank").values()
    return files, [{name: value for name, value in claim.items() if name != "id"} for claim in claims]


def locals_of(**facts):
    files = MediaFile.objects.filter(**facts).order_by("captured_local")
    return list(files.values_list("captured_local", flat=True))


def test_an_error_is_proposed_with_its_evidence(camera):
    camera.take(0, 1, 2, 40).scan()
    [rule] = camera.propose()
    assert (rule.camera_make, rule.camera_model, rule.shift_seconds) == (*NIKON, 365 * 86400)
    assert (rule.state, rule.time_zone) == ("proposed", "")
    assert rule.evidence["text"].startswith("The clock was 365 days behind, say 4 files (file name: 4);")
    first = rule.evidence["examples"][0]
    assert first["path"] == "IMG_20150601_091705.jpg"
    assert first["clock"] == "2014-06-01 09:17:05"
    assert first["says"].endswith("IMG_20150601_091705.jpg") or "20150601" in first["says"]


def test_a_second_look_changes_nothing_and_more_files_renew_the_evidence(camera):
    camera.take(0, 1, 2, 3).scan()
    [before] = CameraRule.objects.filter(pk=camera.propose()[0].pk).values()
    camera.propose()
    assert list(CameraRule.objects.values()) == [before]
    camera.take(4).scan()
    [after] = camera.propose()
    assert after.pk == before["id"]
    assert after.evidence["files_for"] == 5


def test_a_proposal_that_the_evidence_no_longer_bears_is_taken_back(camera):
    camera.take(0, 1, 2, 3).scan()
    camera.propose()
    TimestampCandidate.objects.filter(source__startswith="name:").delete()
    assert camera.propose() == []


def test_what_was_dismissed_is_not_proposed_again(camera):
    camera.take(0, 1, 2, 3).scan()
    [rule] = camera.propose()
    assert cameras.dismiss(rule)
    assert camera.propose() == []
    assert not cameras.dismiss(rule)
    assert CameraRule.objects.get().state == "dismissed"


def test_what_is_in_force_is_not_proposed_again(camera):
    camera.take(0, 1, 2, 3).scan()
    [rule] = camera.propose()
    camera.put_in_force(rule)
    assert camera.propose() == []


def test_cameras_of_one_model_are_told_apart_by_their_numbers(camera):
    camera.take(0, 1, 2, 3, SerialNumber="11").take(
        10, 11, 12, 13, error=timedelta(0), SerialNumber="22"
    ).scan()
    [rule] = camera.propose()
    assert rule.camera_serial == "11"
    camera.put_in_force(rule)
    assert locals_of(camera_serial="11")[0] == FIRST
    assert locals_of(camera_serial="22")[0] == FIRST + timedelta(days=10, hours=3)


def test_the_cameras_in_the_folders_of_an_import_are_looked_at(camera):
    camera.take(0, folder="photos/a").take(1, folder="photos/b", model="D50").scan()
    camera.take(2, folder="photos/a", model="X1")
    job = camera.scan()
    assert list(camera_proposals.touched(job)) == [NIKON, ("NIKON", "X1")]


def test_an_import_looks_at_the_clocks_of_its_cameras(camera):
    camera.take(0, 1, 2, 3).take(4, 5, model="D50").scan()
    [rule] = CameraRule.objects.all()
    assert (rule.camera_model, rule.state, rule.shift_seconds) == ("D70", "proposed", 365 * 86400)
    before = snapshot(), list(CameraRule.objects.values())
    camera.scan()
    assert (snapshot(), list(CameraRule.objects.values())) == before


def test_a_rule_of_the_meantime_is_not_missed_by_a_running_import(camera, monkeypatch):
    rule = {"camera_model": "D70", "shift_seconds": 365 * 86400, "state": "active", "created_at": camera.now}
    read = import_results.store

    def store_and_accept(*args, **options):
        read(*args, **options)
        CameraRule.objects.get_or_create(**rule)

    monkeypatch.setattr(import_results, "store", store_and_accept)
    camera.take(0, named=False).scan()
    assert locals_of() == [FIRST]


def test_a_rule_applies_to_past_and_to_coming_files(camera):
    camera.take(0, 1, named=False).scan()
    applied = camera.put_in_force(camera.rule())
    assert applied == {"files": 2, "changed": 2}
    camera.take(2, named=False).scan()
    assert locals_of() == [FIRST + timedelta(days=day, hours=day) for day in range(3)]
    claims = TimestampCandidate.objects.filter(source="EXIF:DateTimeOriginal").order_by("local")
    assert claims[0].local == FIRST - YEAR  # as it was written


def test_a_rule_gives_a_zone(camera):
    camera.take(0, named=False).scan()
    camera.activate(shift_seconds=0, time_zone="Asia/Tokyo")
    file = MediaFile.objects.get()
    assert (file.captured_local, file.offset_minutes) == (FIRST - YEAR, 540)
    assert file.offset_source == "camera rule"


@pytest.mark.parametrize(
    ("facts", "changed"),
    [
        ({}, 3),
        ({"camera_make": "NIKON"}, 3),
        ({"camera_make": "Canon"}, 0),
        ({"camera_model": "D50"}, 0),
        ({"camera_serial": "7"}, 0),
        ({"from_local": FIRST - YEAR + timedelta(days=1)}, 2),
        ({"until_local": FIRST - YEAR}, 1),
        ({"from_local": FIRST, "until_local": FIRST + YEAR}, 0),
    ],
)
def test_a_rule_is_about_its_camera_and_period(camera, facts, changed):
    camera.take(0, 1, 2, named=False).scan()
    before = snapshot()
    rule = camera.rule(**facts)
    assert camera.put_in_force(rule)["changed"] == changed
    camera.take_back(rule)
    assert snapshot() == before


def test_a_rule_of_one_source_leaves_others_alone(camera):
    camera.take(0, named=False).scan()
    camera.take(1, folder="others", named=False).scan("others")
    camera.activate(source=MediaFile.objects.get(name="D70_0000.jpg").source)
    assert [local.year for local in locals_of()] == [2014, 2015]


def test_taking_a_rule_back_restores_exactly_what_was(camera):
    camera.take(0, 1, 2, 3).take(5, 6, named=False).scan()
    before = snapshot()
    [rule] = camera.propose()
    assert camera.put_in_force(rule)["changed"] > 0
    assert snapshot() != before
    camera.take_back(rule)
    assert snapshot() == before
    assert CameraRule.objects.get().state == "proposed"


def test_a_rule_that_a_person_made_is_dismissed_when_it_is_taken_back(camera):
    camera.take(0, named=False).scan()
    rule = camera.activate()
    camera.take_back(rule)
    assert CameraRule.objects.get().state == "dismissed"


def test_what_a_person_confirmed_stays(camera):
    camera.take(0, 1, named=False).scan()
    decisions.confirm_dates(MediaFile.objects.filter(name="D70_0000.jpg"), actor=None, at=camera.now)
    changes = list(camera_effects.preview(camera.rule(), at=camera.now))
    assert [(change.is_change, change.is_kept) for change in changes] == [(False, True), (True, False)]
    camera.activate()
    assert locals_of(name="D70_0000.jpg") == [FIRST - YEAR]


def test_a_preview_says_what_activation_does_and_changes_nothing(camera):
    camera.take(0, 1, named=False).scan()
    rule = camera.rule()
    before = snapshot()
    promised = [change.local for change in camera_effects.preview(rule, at=camera.now)]
    assert snapshot() == before
    camera.put_in_force(rule)
    assert locals_of() == promised


def test_two_rules_for_one_time_are_refused(camera):
    camera.take(0, named=False).scan()
    first = camera.activate()
    with pytest.raises(cameras.RuleRefused, match=f"Rule {first.pk} is in force"):
        camera.activate(shift_seconds=60)
    bounded = camera.activate(shift_seconds=60, from_local=FIRST - YEAR, until_local=FIRST)
    assert locals_of() == [FIRST - YEAR + timedelta(seconds=60)]
    camera.take_back(bounded)
    assert locals_of() == [FIRST]


def test_rules_cost_no_query_per_file(camera, django_assert_max_num_queries):
    camera.take(*range(12), named=False).scan()
    with CaptureQueriesContext(connection) as one:
        assert camera.put_in_force(camera.rule(until_local=FIRST - YEAR))["changed"] == 1
    with django_assert_max_num_queries(len(one) + 2):
        assert camera.put_in_force(camera.rule(camera_make="NIKON"))["changed"] == 11


def take_video(library, name, *, created, tags=()):
    (library.folder / "photos").mkdir(exist_ok=True)
    path = pictures.save_video(library.folder / "photos" / name, [pictures.scene(seed) for seed in range(2)])
    dates = [f"-QuickTime:{date}={created}" for date in ("CreateDate", "TrackCreateDate", "MediaCreateDate")]
    pictures.edit(path, "-Keys:Make=GoPro", "-Keys:Model=HERO4", *dates, *tags)


@pytest.mark.parametrize(("hour", "expected"), [(14, (0, 3)), (5, (3, 0))])
def test_how_a_camera_dates_its_videos_is_counted(library, settings, hour, expected):
    settings.MEDIAPARSER_TIME_ZONE = "Asia/Tokyo"
    for day in (1, 2, 3):
        take_video(library, f"VID_2015010{day}_142030.mp4", created=f"2015:01:0{day} {hour:02}:20:30")
    library.scan()
    habit = CameraHabit.objects.get()
    assert (habit.utc_count, habit.local_count) == expected


def test_the_habit_of_a_camera_dates_videos_that_tell_nothing(library, settings):
    settings.MEDIAPARSER_TIME_ZONE = "Asia/Tokyo"
    for day in (1, 2, 3):
        take_video(library, f"VID_2015010{day}_142030.mp4", created=f"2015:01:0{day} 14:20:30")
    take_video(library, "GOPR0001.mp4", created="2015:01:09 14:20:30")
    library.scan()
    file = library.file("GOPR0001.mp4")
    assert (file.captured_local, file.captured_at) == (datetime(2015, 1, 9, 14, 20, 30), None)


def test_pictures_of_phones_in_the_folder_bear_witness(camera):
    for trip in (0, 100, 200):
        folder = f"photos/{trip}"
        phone = {"OffsetTimeOriginal": "+02:00"}
        camera.take(trip, trip + 1, trip + 2, error=timedelta(0), model="Pixel", folder=folder, **phone)
        camera.take(trip, trip + 1, trip + 2, folder=folder, named=False)
    camera.scan()
    [rule] = camera.propose()
    assert rule.shift_seconds == 365 * 86400
    assert rule.evidence["kinds"] == {"pictures of other devices in the folder": 9}
