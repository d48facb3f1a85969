from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from media_catalog.models import Job, MediaFile, Stack
from media_catalog.services import grouping, near_groups, report, stacks
from tests.media_catalog import pictured
from tests.media_catalog.copies import NOW
from tests.media_catalog.pictured import CAMERA, bring, file, groups, video
from tests.pipeline.look import shots

pytestmark = pytest.mark.django_db

LIVE = {"live_id": "570F1469"}


def found():
    rows = Stack.objects.order_by("leader__path_text")
    return [
        (one.kind, one.leader.path_text, sorted(one.files.values_list("path_text", flat=True)))
        for one in rows
    ]


@pytest.fixture
def live():
    still = file("2019/IMG_0001.HEIC", shots.photograph(1), after_s=0, **LIVE)
    return still, video("2019/IMG_0001.MOV", [shots.photograph(1)] * 6, duration_s=2.8, **LIVE)


PAIR = [("live_photo", "2019/IMG_0001.HEIC", ["2019/IMG_0001.HEIC", "2019/IMG_0001.MOV"])]


def test_a_live_photo_is_one_thing_led_by_its_still(live):
    bring(*live)
    assert found() == PAIR
    assert Stack.objects.get().reasons == ["same_identifier"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_halves_that_come_one_after_the_other_are_joined(live, order):
    MediaFile.objects.update(state="discovered")
    for number in order:
        MediaFile.objects.filter(pk=live[number].pk).update(state="analysed")
        bring(live[number])
    assert found() == PAIR


def test_a_second_pass_writes_nothing(live):
    bring(*live)
    claim = pictured.claim_of(*live)
    with CaptureQueriesContext(connection) as asked:
        stacks.around_import(claim, clock=lambda: NOW)
    written = [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert not [sql for sql in written if "stack" in sql.partition("WHERE")[0] and "job" not in sql]


def test_a_stack_ends_with_its_leader_and_its_video_is_sought_by_itself(live):
    sent = video("sent.mp4", [shots.scaled(shots.photograph(1), 0.5)] * 6, duration_s=2.8)
    MediaFile.objects.filter(pk=sent.pk).update(name="IMG_0001.mp4")
    bring(*live, sent)
    assert (len(found()), groups()) == (1, [])
    MediaFile.objects.filter(pk=live[0].pk).update(state="missing", reason_code="vanished")
    bring(live[0], change="vanished")
    assert found() == []
    assert groups() == [("near", ["sent.mp4", "2019/IMG_0001.MOV"])]


def test_only_the_leader_of_a_stack_stands_in_groups(live):
    shot = shots.photograph(2)
    raw = file("IMG_0002.CR2", shot, kind="raw", after_s=50)
    picture = file("IMG_0002.JPG", shot, after_s=50)
    bring(*live, raw, picture, file("small.jpg", shots.scaled(shot, 0.4), after_s=50))
    assert found()[1][:2] == ("raw_jpeg", "IMG_0002.JPG")
    assert groups("near") == [("near", ["IMG_0002.JPG", "small.jpg"])]


def test_an_edit_beside_its_original_is_reported_as_a_copy_of_it():
    shot = shots.photograph(1)
    original = file("a/IMG_0001.JPG", shot, after_s=0)
    edit = file("a/IMG_E0001.JPG", shots.EDITS["lighter"](shot), **CAMERA)
    other = file("other.jpg", shots.photograph(2))
    bring(original, edit, other)
    assert found() == [("edited", "a/IMG_0001.JPG", ["a/IMG_0001.JPG", "a/IMG_E0001.JPG"])]
    labels = near_groups.labels([original.pk, edit.pk, other.pk])
    assert labels[original.pk] == labels[edit.pk]
    assert other.pk not in labels
    bring(sent := file("sent.jpg", shots.scaled(shot, 0.5)))
    near = {line["path"]: line["near_group"] for line in report.lines()}
    assert near["a/IMG_0001.JPG"] == near["a/IMG_E0001.JPG"] == near["sent.jpg"] is not None
    assert near["other.jpg"] is None
    assert sent.pk in near_groups.labels([sent.pk])


def test_names_alone_make_no_stack():
    one = file("a/IMG_0001.JPG", shots.photograph(1), after_s=0)
    bring(one, video("a/IMG_0001.MOV", [shots.photograph(2)] * 6, duration_s=2.8))
    assert found() == []


def test_a_search_of_the_library_finds_stacks_that_were_lost(live, run_job):
    bring(*live)
    Stack.objects.all().delete()
    assert run_job(grouping.start(created_at=NOW)).steps[2] == ["stacks", 1, None]
    assert found() == PAIR


def test_the_number_of_queries_does_not_grow_with_the_stacks():
    def asked(numbers):
        files = []
        for number in numbers:
            identifier: dict[str, Any] = {"live_id": f"{number}"}
            files.append(
                file(f"a/IMG_{number:04d}.HEIC", shots.photograph(1), content=f"{number}", **identifier)
            )
            files.append(video(f"a/IMG_{number:04d}.MOV", [], duration_s=2.0, **identifier))
        claim = pictured.claim_of(*files)
        with CaptureQueriesContext(connection) as queries:
            stacks.around_import(claim, clock=lambda: NOW)
        Job.objects.update(state="completed")
        return len(queries)

    few = asked(range(2))
    assert asked(range(10, 50)) <= few + 2
