from datetime import datetime, timedelta

import pytest

from media_catalog.models import CameraRule, MediaFile
from media_catalog.services import camera_effects
from tests.review.rows import NOW, add_file, add_source

NOON = datetime(2015, 7, 4, 12)
pytestmark = pytest.mark.django_db


def add(name, *, clock=NOON, **facts) -> MediaFile:
    file = add_file(name, **{"captured": clock, "camera_make": "Canon", "camera_model": "EOS 7D"} | facts)
    file.candidates.create(
        rank=0, source="EXIF:DateTimeOriginal", local=clock, precision="second", weight=10, is_chosen=True
    )
    return file


def named(ids) -> list[str]:
    return sorted(MediaFile.objects.filter(pk__in=ids).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("facts", "names"),
    [
        ({}, ["early", "late", "other", "serial"]),
        ({"camera_make": "Canon"}, ["early", "late", "serial"]),
        ({"camera_serial": "7"}, ["serial"]),
        ({"from_local": NOON - timedelta(hours=1)}, ["late", "other", "serial"]),
        ({"until_local": NOON - timedelta(hours=1)}, ["early"]),
        (
            {"from_local": datetime(1, 1, 1), "until_local": datetime(9999, 12, 31)},
            ["early", "late", "other", "serial"],
        ),
    ],
)
def test_some_are_the_files_of_a_rule_wherever_all_are_few(facts, names):
    add("early", clock=NOON - timedelta(days=30))
    add("late")
    add("serial", camera_serial="7")
    add("other", camera_make="Other", source=add_source("other"))
    add("model", camera_model="EOS 5D")
    add("failed", state="failed", reason_code="unreadable", reason_text="x")
    rule = CameraRule(camera_model="EOS 7D", shift_seconds=60, created_at=NOW, **facts)
    assert named(camera_effects.some(rule, number=10)) == names
    assert named(camera_effects.files(rule).values_list("pk", flat=True)) == names
    assert len(camera_effects.some(rule, number=1)) == 1
