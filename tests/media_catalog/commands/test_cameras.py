import io
import json
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from media_catalog.models import CameraRule, Decision, Job, MediaFile
from tests.review.rows import NOW, add_file

NOON = datetime(2015, 7, 4, 12)
NIKON = {"camera_make": "NIKON", "camera_model": "D70"}
pytestmark = pytest.mark.django_db


def run(command, *arguments):
    output = io.StringIO()
    call_command(command, *map(str, arguments), stdout=output)
    return output.getvalue()


def refused(command, *arguments):
    with pytest.raises(CommandError) as error:
        run(command, *arguments)
    assert error.value.returncode == 2
    return str(error.value)


def add(name="a.jpg", local=NOON, **facts):
    file = add_file(name, captured=local, **NIKON | facts)
    file.candidates.create(
        rank=0, source="EXIF:DateTimeOriginal", local=local, precision="second", weight=10, is_chosen=True
    )
    return file


def add_wrong(number=4):
    """Add pictures whose names know better than the clock."""
    for day in range(1, number + 1):
        file = add(f"{day}.jpg", datetime(2014, 7, day, 12, day))
        right = datetime(2015, 7, day, 12, day)
        file.candidates.create(
            rank=1, source="name:phone_camera", raw_text="named", local=right, precision="second", weight=6
        )


def local(file):
    return MediaFile.objects.get(pk=file.pk).captured_local


def test_lists_cameras_with_proposals_and_evidence():
    add_wrong()
    add_file("b.jpg", camera_make="Canon", camera_model="Canon X1")
    text = run("cameras", "--refresh")
    rule = CameraRule.objects.get()
    assert text.startswith("Canon X1: 1 files\nNIKON D70: 4 files\n")
    assert f"rule {rule.pk}, proposed: shift +365 days" in text
    assert "The clock was 365 days behind, say 4 files (file name: 4); none says otherwise." in text
    assert "1.jpg, by its clock 2014-07-01 12:01:00, by name:phone_camera named" in text
    assert f"`manage.py camera_rule --accept {rule.pk} --dry-run`" in text


def test_lists_cameras_as_one_json_object():
    add_wrong()
    found = json.loads(run("cameras", "--refresh", "--json"))
    [camera] = found["cameras"]
    assert (camera["make"], camera["model"], camera["files"], camera["quicktime"]) == (
        "NIKON",
        "D70",
        4,
        None,
    )
    [rule] = camera["rules"]
    assert (rule["state"], rule["shift_seconds"]) == ("proposed", 365 * 86400)
    assert rule["evidence"]["files_for"] == 4


def test_a_library_without_cameras_is_said():
    assert run("cameras") == "No file names a camera.\n"
    assert json.loads(run("cameras", "--json")) == {"cameras": []}


def test_a_library_without_errors_is_said():
    add()
    assert "No clock is proposed to be corrected." in run("cameras", "--refresh")


def test_a_rule_shows_first_what_it_changes_then_does_it_and_is_undone():
    file = add()
    text = run("camera_rule", "D70", "--shift=+1d", "--zone", "Asia/Tokyo")
    rule = CameraRule.objects.get()
    assert text.splitlines() == [
        "rule (new), proposed: shift +1 day, zone Asia/Tokyo",
        f"  {file.path_text}: 2015-07-04 12:00:00 -> 2015-07-05 12:00:00 +09:00",
        "1 of 1 files get another date.",
        f"Rule {rule.pk} is in force: 1 files have another date now. "
        f"`manage.py camera_rule --undo {rule.pk}` takes it back.",
    ]
    assert local(file) == datetime(2015, 7, 5, 12)
    assert "is taken back: 1 files have the dates again" in run("camera_rule", "--undo", rule.pk)
    assert local(file) == NOON


def test_a_dry_run_changes_nothing():
    file = add()
    text = run("camera_rule", "D70", "--shift=-6h", "--dry-run")
    assert "2015-07-04 12:00:00 -> 2015-07-04 06:00:00" in text
    assert text.endswith("Nothing was changed.\n")
    assert not CameraRule.objects.exists()
    assert local(file) == NOON


def test_a_rule_holds_in_its_period_for_its_camera():
    inside, outside = add(), add(local=datetime(2016, 1, 1))
    add_file("other.jpg", captured=NOON, camera_model="X1")
    period = ("--from", "2015-07-04", "--until", "2015-07-04")
    text = run("camera_rule", "D70", "--make", "NIKON", "--shift", "1h", *period)
    assert "from 2015-07-04 00:00:00 until 2015-07-04 23:59:59 by its own clock" in text
    assert (local(inside).hour, local(outside)) == (13, datetime(2016, 1, 1))


def test_what_a_person_confirmed_stays_and_is_counted():
    add(reviewed_at=NOW)
    assert "0 of 1 files get another date; 1 that a person dated stay." in run(
        "camera_rule", "D70", "--shift", "1h"
    )


def test_long_lists_are_cut_on_a_terminal_only():
    for number in range(25):
        add(f"{number}.jpg")
    assert "… and 5 more, which --json lists" in run("camera_rule", "D70", "--shift", "1h", "--dry-run")
    found = json.loads(run("camera_rule", "D70", "--shift", "1h", "--dry-run", "--json"))
    assert (found["files"], len(found["listed"]), found["changed"]) == (25, 25, 0)


def test_a_proposal_is_accepted_undone_and_dismissed():
    add_wrong()
    run("cameras", "--refresh")
    rule = CameraRule.objects.get()
    assert "4 of 4 files get another date." in run("camera_rule", "--accept", rule.pk, "--dry-run")
    assert CameraRule.objects.get().state == "proposed"
    run("camera_rule", "--accept", rule.pk)
    assert CameraRule.objects.get().state == "active"
    assert "is active, not proposed" in refused("camera_rule", "--dismiss", rule.pk)
    assert json.loads(run("camera_rule", "--undo", rule.pk, "--json"))["changed"] == 4
    assert run("camera_rule", "--dismiss", rule.pk) == f"Rule {rule.pk} is dismissed.\n"


def test_undo_can_be_tried_first():
    add()
    run("camera_rule", "D70", "--shift", "1h")
    rule = CameraRule.objects.get()
    assert "would be taken out of force" in run("camera_rule", "--undo", rule.pk, "--dry-run")
    assert CameraRule.objects.get().state == "active"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give a MODEL"),
        (["D70"], "give a MODEL"),
        (["D71", "--shift", "1h"], "No file names a camera 'D71'"),
        (["D70", "--make", "Nikon", "--shift", "1h"], "No file names a camera"),
        (["D70", "--shift", "soon"], "no length of time"),
        (["D70", "--shift", "9999999d"], "longer than there have been photographs"),
        (["D70", "--zone", "Berlin"], "not a time zone"),
        (["D70", "--shift", "1h", "--from", "May"], "no wall clock"),
        (["D70", "--shift", "1h", "--from", "2015-01-01T00:00+01:00"], "no wall clock"),
        (["D70", "--shift", "1h", "--from", "2015-01-02", "--until", "2015-01-01"], "lies before"),
        (["D70", "--shift", "1h", "--source", "Dad"], "No source is called 'Dad'"),
        (["--accept", "99"], "There is no rule 99"),
        (["--undo", "99"], "There is no rule 99"),
    ],
)
def test_wrong_use_ends_with_two_and_one_line(arguments, message):
    add()
    text = refused("camera_rule", *arguments)
    assert message in text
    assert "\n" not in text
    assert not CameraRule.objects.exists()


def test_a_second_rule_for_one_time_ends_with_two():
    add()
    run("camera_rule", "D70", "--shift", "1h")
    assert "is in force for this camera and time" in refused("camera_rule", "D70", "--shift", "2h")
    assert CameraRule.objects.filter(state="active").count() == 1


def test_a_trip_gets_its_zone_and_loses_it_again():
    there, before = add(), add(local=datetime(2015, 7, 1))
    text = run("trip", "--zone", "Asia/Tokyo", "--from", "2015-07-02", "--camera", "D70")
    assert "2015-07-04 12:00:00 -> 2015-07-04 12:00:00 +09:00\n1 of 1 files change.\n" in text
    assert MediaFile.objects.get(pk=there.pk).offset_minutes == 540
    assert MediaFile.objects.get(pk=before.pk).offset_minutes is None
    batch = Decision.objects.get().batch
    assert f"`manage.py trip --undo {batch}`" in text
    assert run("trip", "--undo", batch) == "1 files are as they were before.\n"
    assert MediaFile.objects.get(pk=there.pk).offset_minutes is None


def test_a_trip_of_no_files_is_not_begun():
    add()
    assert run("trip", "--shift=+1d", "--camera", "D7") == "0 of 0 files change.\nNothing was changed.\n"
    assert not Job.objects.exists()


def test_a_trip_keeps_the_instant_on_demand_and_says_what_it_leaves():
    facts = {"captured_at": NOON.replace(tzinfo=NOW.tzinfo), "offset_minutes": 0, "offset_source": "assumed"}
    add(**facts)
    add("b.jpg")
    text = run("trip", "--zone", "Asia/Tokyo", "--keep", "instant", "--camera", "D70", "--dry-run")
    assert "2015-07-04 12:00:00 +00:00 -> 2015-07-04 21:00:00 +09:00" in text
    assert "1 of 2 files change; 1 are left as they are.\nNothing was changed.\n" in text


def test_the_dates_of_a_trip_are_moved():
    file = add()
    found = json.loads(run("trip", "--shift=-1d", "--folder", file.path_text.split("/")[0], "--json"))
    assert (found["files"], len(found["listed"])) == (1, 1)
    assert local(file) == datetime(2015, 7, 3, 12)
    undone = json.loads(run("trip", "--undo", found["batch"], "--json"))
    assert undone == {"undone": 1, "changed_since": []}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--zone", "Asia/Tokyo"], "Say which files"),
        (["--camera", "D70"], "Give either --zone or --shift"),
        (["--camera", "D70", "--zone", "Asia/Tokyo", "--shift", "1h"], "Give either --zone or --shift"),
        (["--camera", "D70", "--zone", "Tokyo"], "not a time zone"),
        (["--undo", "x"], "Nothing was done under 'x'"),
        (["--undo", "0" * 32], "Nothing was done under"),
    ],
)
def test_wrong_use_of_trip_ends_with_two(arguments, message):
    add()
    assert message in refused("trip", *arguments)
    assert not Decision.objects.exists()
